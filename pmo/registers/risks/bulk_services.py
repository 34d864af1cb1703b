"""Acts on many risks of a register: change them, undo such a change, edit their cells, raise and copy many."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.access import can, ensure
from core.acts import act, act_time
from core.pages.grid.rows import RowChange, RowsWritten, write_rows
from core.pages.lists.undo import UNDONE_WITHIN, BulkResult, Effects, ensure_confirmed
from governance.decide.decisions.seal_breaks import list_marked
from pmo.registers.risks.announcements import announce_red
from pmo.registers.risks.elsewhere import write_status
from pmo.registers.risks.enums import FOLLOWS, ISSUE_FOLLOWS, IssueState, RiskStatus
from pmo.registers.risks.models import Issue, Risk, RiskScale, grades_in_force
from pmo.registers.risks.ratings import record_ratings
from pmo.registers.risks.register import COPIED, TEXT
from pmo.registers.risks.services import (
    change_text,
    create_review,
    create_risk,
    ensure_assessment,
    ensure_not_past,
    ensure_response,
    ensure_text,
    list_next_statuses,
    record_assessment,
    record_raised,
    record_settled,
    record_text,
    write_assessment,
)
from projects.models import LedgerEvent, Project
from projects.project.rows import save_fields
from projects.seats.mandates.predicates import role_code_of
from projects.undo import Change, Limits, find_steps, give_back
from roles.models import User

#: Statuses that many risks may get at once. A rejection is final: it is given one by one.
IN_BULK = (RiskStatus.CLOSED, RiskStatus.ASSESSED)
NOT_FROM_THERE = gettext_lazy("%(code)s is “%(status)s” and cannot change to this status.")
BY_DECISION = gettext_lazy("%(code)s is accepted by a decision: change its status on its page.")
NOT_OPEN = gettext_lazy("%(code)s is “%(status)s”: it has no holder and no review to change.")


@act("pmo.assess_risk", on="project")
def change_risks(
    *, actor: User, project: Project, numbers: Sequence[int], fields: Mapping[str, Any], because: str = ""
) -> BulkResult:
    """Set status, role or next review of many risks, given by primary key; a new status needs a reason.

    A risk that cannot follow is skipped with the reason. Each changed one gets a version and an event; a new status
    leaves a review. Raise ValidationError on a new status without a reason ("because"), an unknown role ("owner_role")
    and a review in the past ("review_on").
    """
    if "status" in fields and not because:
        raise ValidationError({"because": _("Enter the reasons.")})
    if fields.get("owner_role") and fields["owner_role"] not in {role.code for role in project.roles()}:
        raise ValidationError({"owner_role": _("The project has no such role.")})
    ensure_not_past(fields.get("review_on"))
    done, seqs = BulkResult(), []
    for risk in _lock_risks(project, numbers):
        if reason := _why_not(risk, fields):
            done.skipped.append((risk, str(reason % _describe(risk))))
            continue
        is_settled = fields.get("status", risk.status) != risk.status
        if not save_fields(risk, fields):
            done.skipped.append((risk, _("%(code)s is already in this state.") % {"code": risk.code}))
            continue
        if is_settled:
            create_review(risk, actor, because)
        done.changed.append(risk)
        seqs.append(record_assessment(risk).seq)
    return BulkResult(done.changed, done.skipped, seqs[0] if seqs else 0)


@act("pmo.assess_risk", on="project")
def edit_risks(
    *, actor: User, project: Project, changes: Mapping[int, RowChange], confirmed: str | None = None
) -> RowsWritten[Risk]:
    """Change the text and the assessment of many risks, by primary key: each is written or refused alone.

    The rules are those of `edit_risk` and `assess_risk`, and so are the events. Raises Unconfirmed unless `confirmed`
    is None or names the acceptances that end.
    """
    ensure(actor, "pmo.edit_risk", project)
    told: list[tuple[LedgerEvent, Risk]] = []
    reopened: list[int] = []

    def write(risk: Risk, fields: Mapping[str, Any]) -> bool:
        risk.project = project
        text = {name: value for name, value in fields.items() if name in TEXT}
        assessed = {name: value for name, value in fields.items() if name not in TEXT}
        ensure_text(risk, text)
        ensure_response(risk, fields)
        if assessed and not risk.is_open:
            raise ValidationError(_("It is “%(status)s” now.") % {"status": risk.get_status_display()})
        if assessed:
            ensure_assessment(risk, assessed)
        is_changed, accepted = change_text(risk, text), risk.acceptance_id
        if assessed and (event := write_assessment(actor, risk, assessed)):
            told.append((event, risk))
        if accepted and not risk.acceptance_id:
            reopened.append(risk.pk)
        return is_changed or bool(assessed)

    done = write_rows(project.risks.select_related(*Risk.LOCKED_WITH), changes, write)
    announce_red(told, UNDONE_WITHIN)
    ensure_confirmed(_describe_effects(project, reopened, len(done.saved)), confirmed)
    return done


def _describe_effects(project: Project, reopened: Sequence[int], count: int) -> Effects | None:
    """Return which acceptances the running act has ended, out of `count` risks."""
    words = ngettext(
        "%(n)s of %(count)s is reopened: it is no longer as the project owner accepted it.",
        "%(n)s of %(count)s are reopened: they are no longer as the project owner accepted them.",
        len(reopened),
    )
    what = words % {"n": len(reopened), "count": count}
    return Effects(what, count, tuple(sorted(reopened)), list_marked(project, act_time())) if reopened else None


@act("pmo.raise_risk", on="project")
def raise_risks(*, actor: User, project: Project, rows: Mapping[int, Mapping[str, Any]]) -> RowsWritten[Risk]:
    """Raise many risks: each as `raise_risk` does, or refused alone, by its key in `rows`.

    A title that an open risk of the register has is refused: a list that is sent twice raises its risks once.
    """
    role, done, told = role_code_of(actor, project), RowsWritten[Risk](), list[tuple[LedgerEvent, Risk]]()
    known = {title.casefold() for title in project.risks.open().values_list("title", flat=True)}
    for number, fields in rows.items():
        try:
            if fields["title"].casefold() in known:
                raise ValidationError({"title": _("This title is already used. Enter another title.")})
            risk = create_risk(actor, role, project, fields)
        except ValidationError as error:
            done.refused[number] = error
            continue
        known.add(risk.title.casefold())
        told.append((_record_rated(actor, risk), risk))
        done.saved.append(risk)
    announce_red(told)
    return done


def _record_rated(actor: User, risk: Risk) -> LedgerEvent:
    """Record a new risk of a list; the ratings of a list are an assessment if its author may assess."""
    event = record_raised(risk)
    if can(actor, "pmo.assess_risk", risk.project):
        write_status(actor, risk, RiskStatus.ASSESSED)
        record_assessment(risk)
    return event


@act("pmo.raise_risk", on="project")
def copy_risks(*, actor: User, project: Project, risks: Sequence[Risk]) -> list[Risk]:
    """Raise each of these risks of another project here as a new one, with its first rating; one event each.

    Neither actions, acceptances nor reviews come along. A grade above the scale in force becomes its highest; a role
    that the project has not is left out. The caller checks that `actor` may read the risks.
    """
    role, roles = role_code_of(actor, project), {role.code for role in project.roles()}
    highest = grades_in_force(RiskScale.objects.in_force_for(project)).size
    told = []
    for risk in risks:
        fields = {name: getattr(risk, name) for name in COPIED}
        fields |= {name: min(getattr(risk, name), highest) for name in ("likelihood", "impact")}
        fields["owner_role"] = risk.owner_role if risk.owner_role in roles else ""
        risk = create_risk(actor, role, project, fields)
        told.append((record_raised(risk), risk))
    announce_red(told)
    return [risk for _event, risk in told]


@act("pmo.assess_risk", on="project")
def undo_risks(*, actor: User, project: Project, seq: int) -> BulkResult:
    """Undo the change of risks that begins at entry `seq`; see `give_back`."""
    ensure(actor, "pmo.edit_risk", project)
    role, rows = role_code_of(actor, project), project.risks.select_related(*Risk.LOCKED_WITH)
    before = dict(rows.values_list("pk", "status"))

    def restore(risk: Risk, differing: set[str]) -> None:
        former = RiskStatus(risk.status)
        for step in (find_steps(FOLLOWS, RiskStatus(before[risk.pk]), former) or [])[:-1]:
            risk.status = step
            risk.save()
        risk.status = former
        record_ratings(risk, differing, actor, role)
        risk.save()
        if differing & set(TEXT):
            record_text(risk)
        if differing - set(TEXT):
            record_assessment(risk)

    return give_back(project=project, actor=actor, rows=rows, seq=seq, restore=restore, read_limits=read_limits)


def read_limits(_project: Project, _change: Change) -> Limits:
    """Return why an undo cannot give back a risk."""

    def why_kept(former: Any, risk: Risk) -> str:
        if former.acceptance_id != risk.acceptance_id:
            return _("It is no longer as the project owner accepted it.")
        if former.residual_likelihood is None and risk.residual_likelihood is not None:
            return _("You can replace a residual rating, not remove it.")
        if former.scale_id != risk.scale_id:
            return _("It is rated on another scale now.")
        if find_steps(FOLLOWS, RiskStatus(risk.status), RiskStatus(former.status)) is None:
            return _("This status is final.")
        return ""

    return why_kept


@act("pmo.settle_issue", on="project")
def undo_issues(*, actor: User, project: Project, seq: int) -> BulkResult:
    """Undo the change of issues that begins at entry `seq`; see `give_back`."""
    rows = project.issues.all()
    before = dict(rows.values_list("pk", "state"))

    def restore(issue: Issue, _differing: set[str]) -> None:
        former = IssueState(issue.state)
        for step in (find_steps(ISSUE_FOLLOWS, IssueState(before[issue.pk]), former) or [])[:-1]:
            issue.state = step
            issue.save()
        issue.state = former
        issue.save()
        record_settled(issue)

    return give_back(
        project=project, actor=actor, rows=rows, seq=seq, restore=restore, read_limits=read_limits_of_issues
    )


def read_limits_of_issues(_project: Project, _change: Change) -> Limits:
    """Return why an undo cannot give back an issue."""

    def why_kept(former: Any, issue: Issue) -> str:
        way = find_steps(ISSUE_FOLLOWS, IssueState(issue.state), IssueState(former.state))
        return _("A closed issue stays closed.") if way is None else ""

    return why_kept


def _lock_risks(project: Project, numbers: Sequence[int] | QuerySet[Any, Any]) -> list[Risk]:
    """Lock these risks of `project` and list them by code."""
    rows = project.risks.select_for_update(of=("self",)).select_related(*Risk.LOCKED_WITH).filter(pk__in=numbers)
    risks = list(rows.order_by("code"))
    for risk in risks:
        risk.project = project
    return risks


def _why_not(risk: Risk, fields: Mapping[str, Any]) -> Any:
    """Return why `risk` cannot take these fields, to be filled; empty when it can."""
    status = fields.get("status", risk.status)
    if status != risk.status and risk.acceptance:
        return BY_DECISION
    if status != risk.status and status not in list_next_statuses(risk):
        return NOT_FROM_THERE
    is_about_open = {"owner_role", "review_on"} & set(fields)
    return NOT_OPEN if is_about_open and not risk.is_open and status != RiskStatus.ASSESSED else ""


def _describe(risk: Risk) -> dict[str, str]:
    return {"code": risk.code, "status": risk.get_status_display()}
