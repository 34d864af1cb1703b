"""Acts on the risk register: risks, ratings, actions, reviews, issues, scale.

The keeper of the register accepts green risks; amber and red ones need a decision (pmo.registers.risks.kinds).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from core.acts import act, act_time
from core.history import ensure_unchanged
from core.pages.grid.rows import RowChange, RowsWritten, write_rows
from core.pages.refusals.exceptions import MovedOn
from pmo.business_side import list_requirements_by_code
from pmo.enums import Act, Reason
from pmo.registers.risks.announcements import announce_red, announce_risen, is_red, list_owners
from pmo.registers.risks.enums import (
    FOLLOWS,
    ISSUE_FOLLOWS,
    TO_OPPORTUNITIES,
    TO_THREATS,
    IssueState,
    Response,
    RiskStatus,
)
from pmo.registers.risks.models import (
    Issue,
    Risk,
    RiskAcceptance,
    RiskAction,
    RiskReview,
    RiskScale,
    grades_in_force,
    rating_facts,
)
from pmo.registers.risks.ratings import exceeds_acceptance, next_code, rate, reopen
from projects.ledger.models import LedgerEvent
from projects.models import Project
from projects.notices.services import notify
from projects.project.rows import get_row_to_write, save_fields
from projects.seats.mandates.events import record_in_role
from projects.seats.mandates.predicates import role_code_of
from roles.models import User

#: Fields that identify a risk.
WORDS = ("title", "cause", "event", "effect", "opportunity")
RATINGS = ("likelihood", "impact", "residual_likelihood", "residual_impact")


class OwnerAccepts(Exception):
    """Raised on an amber or red risk: only a decision of the owner accepts it (R1, R9)."""

    def __init__(self, risk: Risk) -> None:
        super().__init__(risk.code)
        self.risk = risk


@act("pmo.set_risk_scale", on="project")
def set_risk_scale(*, actor: User, project: Project, fields: Mapping[str, Any]) -> RiskScale:
    """Set the risk scale; existing ratings keep theirs.

    `fields` are those of `Grades`. Raise ValidationError when they are inconsistent (pmo.registers.risks.models).
    """
    scale = RiskScale(
        project=project, number=project.risk_scales.count() + 1, set_by=actor, acted_at=act_time(), **fields
    )
    scale.validate_constraints()
    scale.save(force_insert=True)
    record_in_role(Act.SET_RISK_SCALE, scale, detail=str(scale.number), amber=scale.amber_from, red=scale.red_from)
    return scale


@act("pmo.raise_risk", on="project")
def raise_risk(*, actor: User, project: Project, fields: Mapping[str, Any]) -> Risk:
    """Raise a risk with its first rating on the scale in force; a missing `code` is generated.

    Raise ValidationError on a taken code ("code"), a grade outside the scale ("likelihood" or "impact") and an unknown
    requirement ("requirements").
    """
    risk = create_risk(actor, role_code_of(actor, project), project, fields)
    announce_red([(record_raised(risk), risk)])
    return risk


def record_raised(risk: Risk) -> LedgerEvent:
    """Record the event of a new risk."""
    return record_in_role(Act.RAISE_RISK, risk, detail=risk.code, **rating_facts(risk))


def create_risk(actor: User, role: str, project: Project, fields: Mapping[str, Any]) -> Risk:
    """Write a new risk with its first ratings, inside an act; raise as `raise_risk`."""
    given = dict(fields) | {"code": fields.get("code") or next_code(project)}
    if project.risks.filter(code=given["code"]).exists():
        raise ValidationError({"code": _("This code is already used. Enter another code.")})
    ensure_requirements(project, given.get("requirements", []))
    scale = RiskScale.objects.in_force_for(project)
    ratings = {name: given.pop(name) for name in RATINGS if name in given}
    ensure_grades(scale, ratings)
    risk = Risk(project=project, raised_by=actor, raised_by_role=role, raised_at=act_time(), **given)
    rate(risk, ratings, scale, actor, role)
    return risk


@act("pmo.edit_risk", on="risk")
def edit_risk(*, actor: User, risk: Risk, fields: Mapping[str, Any], seen: str) -> Risk:
    """Change the text of a risk; `seen` is the version that was read (core.history.version_of).

    Raise ValidationError on an unknown requirement ("requirements") and on a change of accepted wording (its field).
    Raise Outdated.
    """
    ensure_unchanged(risk, seen)
    ensure_text(risk, fields)
    change_text(risk, fields)
    return risk


def change_text(risk: Risk, fields: Mapping[str, Any]) -> bool:
    """Write the text of a risk and its event, inside an act; return whether it differs. Call `ensure_text` first."""
    is_changed = save_fields(risk, fields)
    if is_changed:
        record_text(risk)
    return is_changed


def record_text(risk: Risk) -> None:
    """Record the event of a change of the text of a risk."""
    record_in_role(Act.EDIT_RISK, risk, detail=risk.code)


def ensure_text(risk: Risk, fields: Mapping[str, Any]) -> None:
    """Raise ValidationError as `edit_risk` does."""
    _ensure_accepted_words(risk, fields)
    ensure_requirements(risk.project, fields.get("requirements", []))


@act("pmo.assess_risk", on="risk")
def assess_risk(*, actor: User, risk: Risk, fields: Mapping[str, Any], seen: str) -> Risk:
    """Rate a risk, and set its response and owner role; `treated` makes it treated instead of assessed.

    Every new rating is recorded; a confirmed one moves to the scale in force. A rating above the acceptance, or on
    another scale, reopens the risk and notifies the owner. Raise ValidationError on a grade outside the scale and on a
    treatment without response ("response"). Raise Outdated, and MovedOn on a risk that is not open.
    """
    ensure_unchanged(risk, seen)
    if not risk.is_open:
        raise MovedOn(risk)
    if event := write_assessment(actor, risk, fields):
        announce_red([(event, risk)])
    return risk


def write_assessment(actor: User, risk: Risk, fields: Mapping[str, Any]) -> LedgerEvent | None:
    """Write an assessment of an open risk with its event, inside an act; raise as `assess_risk`.

    Notify the owner of one that exceeds its acceptance. Return the event if the risk has turned red.
    """
    was_red = is_red(risk)
    risen = change_assessment(actor, role_code_of(actor, risk.project), risk, fields)
    event = record_assessment(risk)
    if risen:
        announce_risen(event, risk, risen)
    return event if is_red(risk) and not was_red else None


def ensure_assessment(risk: Risk, fields: Mapping[str, Any]) -> None:
    """Raise ValidationError as `assess_risk` does."""
    ratings = {name: fields[name] for name in RATINGS if name in fields}
    scale = RiskScale.objects.in_force_for(risk.project) if _uses_scale_in_force(risk, ratings) else risk.scale
    ensure_grades(scale, {name: getattr(risk, name) for name in RATINGS} | ratings)
    if risk.residual_likelihood and ratings.get("residual_likelihood", 1) is None:
        sentence = _("Enter the residual rating. You can replace a rating, not remove it.")
        raise ValidationError({"residual_likelihood": sentence})
    if fields.get("treated", risk.status == RiskStatus.TREATED) and not fields.get("response", risk.response):
        raise ValidationError({"response": _("Select the treatment.")})


def ensure_response(risk: Risk, fields: Mapping[str, Any]) -> None:
    """Raise ValidationError on a response to an opportunity for a threat, and the reverse ("response")."""
    response = fields.get("response", risk.response)
    meant = TO_OPPORTUNITIES if fields.get("opportunity", risk.opportunity) else TO_THREATS
    if response and response not in meant:
        sentence = _("A threat and an opportunity are answered differently. Use: %(words)s.")
        words = ", ".join(str(answer.label) for answer in meant)
        raise ValidationError({"response": sentence % {"words": words}})


def change_assessment(actor: User, role: str, risk: Risk, fields: Mapping[str, Any]) -> RiskAcceptance | None:
    """Write an assessment of an open risk, inside an act; raise as `assess_risk`.

    Return the acceptance that the risk exceeds now, if any: its decision is told once the event is recorded.
    """
    ensure_assessment(risk, fields)
    given = dict(fields)
    treated = given.pop("treated", risk.status == RiskStatus.TREATED)
    ratings = {name: given.pop(name) for name in RATINGS if name in given}
    scale = RiskScale.objects.in_force_for(risk.project) if _uses_scale_in_force(risk, ratings) else risk.scale
    rate(risk, ratings, scale, actor, role)
    for name, value in given.items():
        setattr(risk, name, value)
    risen, accepted = exceeds_acceptance(risk), risk.acceptance
    _set_status(risk, treated=treated)
    risk.save()
    return accepted if risen else None


def list_next_statuses(risk: Risk) -> list[RiskStatus]:
    """List the statuses that the keeper may set by `settle_risk`; amber and red are not theirs to accept."""
    offered = {RiskStatus.CLOSED, RiskStatus.REJECTED}
    if not risk.needs_owner:
        offered.add(RiskStatus.ACCEPTED)
    if not risk.is_open:
        offered.add(RiskStatus.ASSESSED)
    return [status for status in FOLLOWS[RiskStatus(risk.status)] if status in offered]


def ensure_transition(risk: Risk, status: RiskStatus) -> None:
    """Raise OwnerAccepts on accepting an amber or red risk, MovedOn on any other forbidden transition."""
    if status in list_next_statuses(risk):
        return
    follows = status in FOLLOWS[RiskStatus(risk.status)]
    raise OwnerAccepts(risk) if follows and status == RiskStatus.ACCEPTED else MovedOn(risk)


@act("pmo.assess_risk", on="risk")
def settle_risk(*, actor: User, risk: Risk, status: RiskStatus, because: str) -> Risk:
    """Close, reject, accept (green only) or reopen a risk; the reason is recorded as a review.

    Raise OwnerAccepts on accepting an amber or red risk, and MovedOn on any other forbidden transition.
    """
    ensure_transition(risk, status)
    if status == RiskStatus.ACCEPTED:
        risk.response = Response.ACCEPT
    risk.status, risk.acceptance = status, None
    risk.save()
    create_review(risk, actor, because)
    record_assessment(risk)
    return risk


def record_assessment(risk: Risk) -> LedgerEvent:
    """Record the event of an assessment: status and ratings of the risk."""
    return record_in_role(Act.ASSESS_RISK, risk, detail=risk.status, **rating_facts(risk))


@act("pmo.treat_risk", on="risk")
def write_action(
    *, actor: User, risk: Risk, fields: Mapping[str, Any], row: RiskAction | None = None, seen: str = ""
) -> RiskAction:
    """Add an action on a risk, change it or mark it done; `seen` is the version that was read.

    Raise ValidationError on a future day of completion ("done_on"). Raise Outdated.
    """
    action = get_row_to_write(RiskAction, risk.project, row, seen)
    if row is None:
        action.risk = risk
    if save_action(action, fields):
        record_in_role(Act.TREAT_RISK, action, detail=risk.code)
    return action


def save_action(action: RiskAction, fields: Mapping[str, Any]) -> bool:
    """Write an action inside an act and return whether it was saved; raise as `write_action`."""
    ensure_not_ahead(fields.get("done_on"))
    return save_fields(action, fields)


@act("pmo.review_risks", on="project")
def review_risks(
    *, actor: User, project: Project, note: str = "", review_on: date | None = None, risk: Risk | None = None
) -> list[RiskReview]:
    """Record a review of one risk, or of every open one; `review_on` is the next review.

    Raise ValidationError without an open risk, or when the next review is not in the future ("review_on").
    """
    ensure_not_past(review_on)
    today = localtime(act_time()).date()
    chosen = project.risks.filter(pk=risk.pk) if risk else project.risks.open()
    risks = list(chosen.select_for_update(of=("self",)).order_by("pk"))
    if not risks:
        raise ValidationError(_("No risk of the register is open."))
    reviews = []
    for open_risk in risks:
        open_risk.reviewed_on, open_risk.review_on = today, review_on or open_risk.review_on
        open_risk.save()
        reviews.append(create_review(open_risk, actor, note))
    record_in_role(
        Act.REVIEW_RISKS, reviews[-1], detail=str(len(reviews)), risks=",".join(open_risk.code for open_risk in risks)
    )
    return reviews


@act("pmo.materialise_risk", on="risk")
def materialise_risk(*, actor: User, risk: Risk, fields: Mapping[str, Any]) -> Issue:
    """Turn a risk that happened into an issue, and notify the owner. Raise MovedOn."""
    if RiskStatus.MATERIALISED not in FOLLOWS[RiskStatus(risk.status)]:
        raise MovedOn(risk)
    issue = _create_issue(
        actor, risk.project, {"title": risk.title, "owner_role": risk.owner_role} | dict(fields), risk
    )
    risk.status, risk.acceptance = RiskStatus.MATERIALISED, None
    risk.save()
    event = record_in_role(Act.MATERIALISE_RISK, risk, detail=issue.reference)
    notify(event=event, reason=Reason.RISK_HAPPENED, about=risk, people=list_owners(risk.project))
    return issue


@act("pmo.raise_issue", on="project")
def raise_issue(*, actor: User, project: Project, fields: Mapping[str, Any]) -> Issue:
    """Raise an issue that was not a risk of the register."""
    issue = _create_issue(actor, project, fields)
    record_in_role(Act.RAISE_ISSUE, issue, detail=issue.reference)
    return issue


@act("pmo.settle_issue", on="issue")
def settle_issue(*, actor: User, issue: Issue, state: IssueState, fields: Mapping[str, Any], seen: str = "") -> Issue:
    """Postpone, resolve, close or reopen an issue; a settled one needs a `resolution`.

    `seen` is the version that was read, or empty. Raise MovedOn on a forbidden transition, ValidationError without
    a resolution ("resolution"), and Outdated.
    """
    if state != issue.state and state not in ISSUE_FOLLOWS[IssueState(issue.state)]:
        raise MovedOn(issue)
    if seen:
        ensure_unchanged(issue, seen)
    _ensure_resolution(state, fields.get("resolution", issue.resolution))
    _save_issue(issue, {**fields, "state": state})
    return issue


@act("pmo.settle_issue", on="project")
def settle_issues(*, actor: User, project: Project, changes: Mapping[int, RowChange]) -> RowsWritten[Issue]:
    """Change state, resolution and term of many issues, by primary key: each as `settle_issue`, or refused alone.

    An issue without a difference is not written.
    """

    def write(issue: Issue, fields: Mapping[str, Any]) -> bool:
        issue.project = project
        state = fields.get("state", issue.state)
        if state != issue.state and state not in ISSUE_FOLLOWS[IssueState(issue.state)]:
            raise ValidationError({"state": _("It is “%(status)s” now.") % {"status": issue.get_state_display()}})
        _ensure_resolution(state, fields.get("resolution", issue.resolution))
        differs = any(getattr(issue, name) != value for name, value in fields.items())
        if differs:
            _save_issue(issue, fields)
        return differs

    return write_rows(project.issues.all(), changes, write)


def _ensure_resolution(state: str, resolution: str) -> None:
    if state in {IssueState.RESOLVED, IssueState.CLOSED} and not resolution:
        raise ValidationError({"resolution": _("Describe how it was resolved.")})


def _save_issue(issue: Issue, fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        setattr(issue, name, value)
    issue.save()
    record_settled(issue)


def record_settled(issue: Issue) -> None:
    """Record the event of a change of an issue."""
    record_in_role(Act.SETTLE_ISSUE, issue, detail=issue.state)


def _uses_scale_in_force(risk: Risk, ratings: Mapping[str, Any]) -> bool:
    """Tell whether the scale in force applies: accepted risks keep their scale while their numbers stay."""
    differ = any(getattr(risk, name) != value for name, value in ratings.items())
    return differ or bool(ratings and not risk.acceptance)


def ensure_grades(scale: RiskScale | None, ratings: Mapping[str, Any]) -> None:
    """Refuse a grade outside the scale, and an incomplete rating."""
    size = grades_in_force(scale).size
    for name, value in ratings.items():
        if value is not None and not 1 <= value <= size:
            raise ValidationError(
                {name: ValidationError(_("Choose a grade from 1 to %(size)s."), params={"size": size})}
            )
    if (ratings.get("residual_likelihood") is None) != (ratings.get("residual_impact") is None):
        raise ValidationError({"residual_impact": _("Select both the residual likelihood and the residual impact.")})


def ensure_requirements(project: Project, codes: list[str]) -> None:
    """Raise ValidationError on a code that no requirement of the project has ("requirements")."""
    known = {requirement.code for requirement in list_requirements_by_code(project, codes)}
    if unknown := [code for code in codes if code not in known]:
        sentence = _("The project has no requirement of this code: %(codes)s.")
        raise ValidationError({"requirements": ValidationError(sentence, params={"codes": ", ".join(unknown)})})


def _ensure_accepted_words(risk: Risk, fields: Mapping[str, Any]) -> None:
    """Refuse changes of the wording that the owner accepted."""
    changed = [name for name in WORDS if name in fields and fields[name] != getattr(risk, name)]
    if risk.acceptance and changed:
        sentence = _("The owner accepted the risk in these words: they stay while it is accepted.")
        raise ValidationError({changed[0]: sentence})


def ensure_not_ahead(day: date | None) -> None:
    """Raise ValidationError on a day of completion that has not come ("done_on")."""
    if day and day > localtime(act_time()).date():
        raise ValidationError({"done_on": _("Enter a day that is not in the future.")})


def ensure_not_past(day: date | None) -> None:
    """Raise ValidationError on a next review that is not in the future ("review_on")."""
    if day and day <= localtime(act_time()).date():
        raise ValidationError({"review_on": _("Enter a day after today.")})


def _set_status(risk: Risk, *, treated: bool) -> None:
    """Set the status after an assessment; an acceptance stays while it covers the risk."""
    if risk.status == RiskStatus.ACCEPTED:
        covered = risk.acceptance is not None or not risk.needs_owner
        if covered and risk.response == Response.ACCEPT and not exceeds_acceptance(risk):
            return
        reopen(risk)
    elif treated and risk.response != Response.ACCEPT:
        risk.status = RiskStatus.TREATED
    else:
        risk.status = RiskStatus.ASSESSED


def create_review(risk: Risk, actor: User, note: str) -> RiskReview:
    """Write a review of the risk, inside an act."""
    return RiskReview.objects.create(
        project_id=risk.project_id,
        risk=risk,
        note=note,
        by=actor,
        role=role_code_of(actor, risk.project),
        acted_at=act_time(),
    )


def _create_issue(actor: User, project: Project, fields: Mapping[str, Any], risk: Risk | None = None) -> Issue:
    return Issue.objects.create(
        project=project,
        number=project.issues.count() + 1,
        risk=risk,
        raised_by=actor,
        raised_by_role=role_code_of(actor, project),
        raised_at=act_time(),
        **fields,
    )
