"""Acts on many risks of a register: change them, undo such a change, edit their cells, raise and copy many."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.access import Person, ensure
from core.acts import act
from core.grid.rows import RowChange, RowsWritten, write_rows
from core.history import Outdated
from core.lists.undo import BulkResult
from pmo.risks.enums import FOLLOWS, RiskStatus
from pmo.risks.models import Risk, RiskScale, grades_in_force
from pmo.risks.services import (
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
    write_assessment,
)
from projects import undo
from projects.ledger.enums import Act
from projects.mandates.predicates import role_code_of
from projects.models import LedgerEvent, Project
from projects.project.rows import save_fields
from roles.models import User

#: Statuses that many risks may get at once. A rejection is final: it is given one by one.
IN_BULK = (RiskStatus.CLOSED, RiskStatus.ASSESSED)
#: Columns that an undone change gives back.
COLUMNS = ("status", "owner_role", "review_on")
#: Fields of a risk that a copy takes over as they are.
COPIED = ("title", "cause", "event", "effect", "category", "opportunity", "proximity")
#: Fields that `edit_risk` changes; the others belong to the assessment.
TEXT = (*COPIED, "requirements")
NOT_FROM_THERE = gettext_lazy("%(code)s is “%(status)s” and cannot change to this status.")
BY_DECISION = gettext_lazy("%(code)s is accepted by a decision: change its status on its page.")
NOT_OPEN = gettext_lazy("%(code)s is “%(status)s”: it has no holder and no review to change.")


@act("pmo.assess_risk", on="project")
def change_risks(
    *, actor: User, project: Project, numbers: Sequence[int], fields: Mapping[str, Any], because: str = ""
) -> BulkResult:
    """Set the same fields of COLUMNS on many risks, given by primary key; a new status needs a reason.

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
        seqs.append(record_assessment(actor, risk).seq)
    return BulkResult(done.changed, done.skipped, seqs[0] if seqs else 0)


@act("pmo.assess_risk", on="project")
def edit_risks(*, actor: User, project: Project, changes: Mapping[int, RowChange]) -> RowsWritten[Risk]:
    """Change the text and the assessment of many risks, by primary key: each is written or refused alone.

    The rules are those of `edit_risk` and `assess_risk`, and so are the events.
    """
    ensure(actor, "pmo.edit_risk", project)

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
        is_changed = change_text(actor, risk, text)
        if assessed:
            write_assessment(actor, risk, assessed)
        return is_changed or bool(assessed)

    return write_rows(project.risks.select_related(*Risk.LOCKED_WITH), changes, write)


@act("pmo.raise_risk", on="project")
def raise_risks(*, actor: User, project: Project, rows: Mapping[int, Mapping[str, Any]]) -> RowsWritten[Risk]:
    """Raise many risks: each as `raise_risk` does, or refused alone, by its key in `rows`.

    A title that an open risk of the register has is refused: a list that is sent twice raises its risks once.
    """
    role, done = role_code_of(actor, project), RowsWritten[Risk]()
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
        record_raised(actor, risk)
        done.saved.append(risk)
    return done


@act("pmo.raise_risk", on="project")
def copy_risks(*, actor: User, project: Project, risks: Sequence[Risk]) -> list[Risk]:
    """Raise each of these risks of another project here as a new one, with its first rating; one event each.

    Neither actions, acceptances nor reviews come along. A grade above the scale in force becomes its highest; a role
    that the project has not is left out. The caller checks that `actor` may read the risks.
    """
    role, roles = role_code_of(actor, project), {role.code for role in project.roles()}
    highest = grades_in_force(RiskScale.objects.in_force_for(project)).size
    raised = []
    for risk in risks:
        fields = {name: getattr(risk, name) for name in COPIED}
        fields |= {name: min(getattr(risk, name), highest) for name in ("likelihood", "impact")}
        fields["owner_role"] = risk.owner_role if risk.owner_role in roles else ""
        raised.append(create_risk(actor, role, project, fields))
        record_raised(actor, raised[-1])
    return raised


@act("pmo.assess_risk", on="project")
def undo_risks(*, actor: User, project: Project, seq: int) -> BulkResult:
    """Give back the values that the risks had before the change of many that begins at ledger entry `seq`.

    One that was changed since, or whose status does not lead back, is skipped with the reason. Raise Outdated when the
    entry is no recent change by the actor.
    """
    events = list_undoable(project, actor, seq)
    if not events:
        raise Outdated
    done, began = BulkResult(), events[0].acted_at
    for risk in _lock_risks(project, [event.subject_id for event in events]):
        versions = list(risk.history.order_by("-history_id")[:2])
        if len(versions) < 2 or versions[0].history_date < began or versions[1].history_date >= began:
            done.skipped.append((risk, _("%(code)s was changed since.") % {"code": risk.code}))
            continue
        before = {name: getattr(versions[1], name) for name in COLUMNS}
        steps = _list_steps(risk, RiskStatus(before["status"]))
        if steps is None or _differ_elsewhere(*versions):
            done.skipped.append((risk, str(NOT_FROM_THERE % _describe(risk))))
            continue
        for status in steps:
            risk.status = status
            risk.save()
        save_fields(risk, before)
        done.changed.append(risk)
        record_assessment(actor, risk)
    return done


def list_undoable(project: Project, actor: Person, seq: int) -> list[LedgerEvent]:
    """List the entries of the recent act of `actor` on risks that begins at `seq`; empty when there is none."""
    return [event for event in undo.list_undoable(project, actor, Risk, seq) if event.act == Act.ASSESS_RISK]


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


def _list_steps(risk: Risk, status: RiskStatus) -> list[RiskStatus] | None:
    """List the statuses between that of the risk and `status`; None when it does not lead there."""
    now = RiskStatus(risk.status)
    if now == status or status in FOLLOWS[now]:
        return []
    between = RiskStatus.ASSESSED
    return [between] if between in FOLLOWS[now] and status in FOLLOWS[between] and not risk.acceptance else None


def _differ_elsewhere(now: Any, before: Any) -> bool:
    """Tell whether two versions differ in more than COLUMNS: another act than a change of many."""
    fields = [field.attname for field in Risk._meta.concrete_fields if field.name not in COLUMNS]
    return any(getattr(now, name) != getattr(before, name) for name in fields)


def _describe(risk: Risk) -> dict[str, str]:
    return {"code": risk.code, "status": risk.get_status_display()}
