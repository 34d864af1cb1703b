"""The acts on the risk register: each a form and one call of a service."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from governance.one_form import Words, one_form, posted
from governance.refusals.views import Conflict, conflict
from governance.risks import services
from governance.risks.forms import (
    ActionForm,
    AssessForm,
    IssueForm,
    NewRiskForm,
    ReviewForm,
    RiskTextForm,
    ScaleForm,
    SettleForm,
    SettleIssueForm,
)
from governance.risks.views import visible_issue, visible_risk
from governance.visible import visible_project
from projects.models import Project, Risk, RiskAction, RiskScale
from projects.risks.enums import FOLLOWS, ISSUE_FOLLOWS, IssueState, RiskStatus
from projects.risks.models import ruling_grades
from roles.access import ensure, reader

FORM = require_http_methods(["GET", "POST"])
#: What an act of its keeper makes of a risk: title and button, and what is said once it is done.
SETTLED: dict[str, tuple[Any, Any]] = {
    RiskStatus.CLOSED: (gettext_lazy("Close the risk"), gettext_lazy("The risk is closed.")),
    RiskStatus.REJECTED: (gettext_lazy("Reject the risk"), gettext_lazy("The risk is rejected.")),
    RiskStatus.ACCEPTED: (gettext_lazy("Accept the green risk"), gettext_lazy("The risk is accepted.")),
    RiskStatus.ASSESSED: (gettext_lazy("Open the risk again"), gettext_lazy("The risk is open again.")),
}


@FORM
def risk_new(request: HttpRequest, code: str) -> HttpResponse:
    """Raise a risk; everybody who holds a role does."""
    project = visible_project(request, code)
    ensure(request.user, "governance.raise_risk", project)
    words = Words(
        _("Raise a risk"), _("Cause, event, effect: three sentences are enough. Whoever keeps the register goes on."),
        _("Raise the risk"), _("The risk is in the register."), *_register(project), shows_it=True,
    )  # fmt: skip
    form = NewRiskForm(posted(request), project=project, grades=ruling_grades(RiskScale.objects.ruling(project)))

    def run(typed: dict[str, Any]) -> Any:
        return services.raise_risk(actor=reader(request), project=project, fields=typed)

    return one_form(request, project, form, words, run)


@FORM
def risk_edit(request: HttpRequest, risk_id: int) -> HttpResponse:
    """Change what a risk says."""
    risk = visible_risk(request, risk_id)
    ensure(request.user, "governance.edit_risk", risk)
    words = Words(
        _("Change risk %(code)s") % {"code": risk.code}, _("What it says; its ratings are given apart, and kept."),
        _("Record the risk"), _("The risk is recorded."), risk.code, risk.get_absolute_url(),
    )  # fmt: skip

    def run(typed: dict[str, Any]) -> Any:
        seen = typed.pop("seen")
        return services.edit_risk(actor=reader(request), risk=risk, fields=typed, seen=seen)

    return one_form(request, risk.project, RiskTextForm(posted(request), project=risk.project, row=risk), words, run)


@FORM
def risk_assess(request: HttpRequest, risk_id: int) -> HttpResponse:
    """Rate a risk and say how it is answered."""
    risk = visible_risk(request, risk_id)
    ensure(request.user, "governance.assess_risk", risk)
    if not risk.is_open:
        return _moved_on(request, risk)
    lede = _("Each rating is kept. One above what the owner accepted reopens the risk and tells the owner.")
    words = Words(
        _("Assess risk %(code)s") % {"code": risk.code}, lede, _("Record the assessment"),
        _("The assessment is recorded."), risk.code, risk.get_absolute_url(), quote=risk.title,
    )  # fmt: skip
    grades = ruling_grades(RiskScale.objects.ruling(risk.project))

    def run(typed: dict[str, Any]) -> Any:
        seen = typed.pop("seen")
        return services.assess_risk(actor=reader(request), risk=risk, fields=typed, seen=seen)

    try:
        return one_form(request, risk.project, AssessForm(posted(request), risk=risk, grades=grades), words, run)
    except services.RiskMovedOn as error:
        return _moved_on(request, error.risk)


@FORM
def risk_settle(request: HttpRequest, risk_id: int, status: str) -> HttpResponse:
    """Close a risk, reject it, accept a green one, or open it again."""
    risk = visible_risk(request, risk_id)
    if status not in SETTLED:
        raise Http404
    ensure(request.user, "governance.assess_risk", risk)
    target = RiskStatus(status)
    title, done = SETTLED[status]
    words = Words(
        str(title), _("The reason stays with the risk, as a review."), str(title), str(done), risk.code,
        risk.get_absolute_url(), quote=risk.title,
    )  # fmt: skip

    def run(typed: dict[str, Any]) -> Any:
        return services.settle_risk(actor=reader(request), risk=risk, status=target, because=typed["because"])

    try:
        services.ensure_settles(risk, target)
        return one_form(request, risk.project, SettleForm(posted(request)), words, run)
    except services.RiskMovedOn as error:
        return _moved_on(request, error.risk)
    except services.OwnerAccepts as error:
        return _for_the_owner(request, error.risk)


@FORM
def risk_action_new(request: HttpRequest, risk_id: int) -> HttpResponse:
    """Say what is done about a risk."""
    return _action(request, visible_risk(request, risk_id), None)


@FORM
def risk_action_edit(request: HttpRequest, action_id: int) -> HttpResponse:
    """Change an action, or note that it is done."""
    rows = RiskAction.objects.visible_to(request.user).select_related("risk__project__matrix")
    row = get_object_or_404(rows, pk=action_id)
    return _action(request, row.risk, row)


def _action(request: HttpRequest, risk: Risk, row: RiskAction | None) -> HttpResponse:
    ensure(request.user, "governance.treat_risk", risk)
    words = Words(
        _("Change an action") if row else _("Add an action"), _("What is done about the risk, by which role and when."),
        _("Record the action"), _("The action is recorded."), risk.code, risk.get_absolute_url(), quote=risk.title,
    )  # fmt: skip

    def run(typed: dict[str, Any]) -> Any:
        seen = typed.pop("seen")
        return services.write_action(actor=reader(request), risk=risk, fields=typed, row=row, seen=seen)

    return one_form(request, risk.project, ActionForm(posted(request), project=risk.project, row=row), words, run)


@FORM
def risk_review(request: HttpRequest, risk_id: int) -> HttpResponse:
    """Note that a risk was looked at again."""
    risk = visible_risk(request, risk_id)
    words = Words(
        _("Review risk %(code)s") % {"code": risk.code}, _("Who looked at it, when and what was found stays with it."),
        _("Record the review"), _("The review is recorded."), risk.code, risk.get_absolute_url(), quote=risk.title,
    )  # fmt: skip
    return _review(request, risk.project, words, risk)


@FORM
def risks_review(request: HttpRequest, code: str) -> HttpResponse:
    """The monthly review of the register: every open risk at once."""
    project = visible_project(request, code)
    number = project.risks.open().count()
    lede = ngettext(
        "%(n)s open risk is reviewed by this act.", "%(n)s open risks are reviewed by this act.", number
    ) % {"n": number}  # fmt: skip
    words = Words(
        _("Review the register"), lede, _("Record the review"), _("The review is recorded."), *_register(project)
    )
    return _review(request, project, words, None)


def _review(request: HttpRequest, project: Project, words: Words, risk: Risk | None) -> HttpResponse:
    ensure(request.user, "governance.review_risks", project)

    def run(typed: dict[str, Any]) -> Any:
        return services.review_risks(actor=reader(request), project=project, risk=risk, **typed)

    return one_form(request, project, ReviewForm(posted(request)), words, run)


@FORM
def risk_materialise(request: HttpRequest, risk_id: int) -> HttpResponse:
    """Note that a risk has happened: it becomes an issue."""
    risk = visible_risk(request, risk_id)
    ensure(request.user, "governance.materialise_risk", risk)
    if RiskStatus.MATERIALISED not in FOLLOWS[RiskStatus(risk.status)]:
        return _moved_on(request, risk)
    words = Words(
        _("Risk %(code)s has happened") % {"code": risk.code}, _("It becomes an issue; the owner is told."),
        _("Record the issue"), _("The risk has become an issue."), risk.code, risk.get_absolute_url(), quote=risk.title,
        shows_it=True,
    )  # fmt: skip
    form = IssueForm(posted(request), project=risk.project, title=risk.title, owner_role=risk.owner_role)

    def run(typed: dict[str, Any]) -> Any:
        return services.materialise_risk(actor=reader(request), risk=risk, fields=typed)

    try:
        return one_form(request, risk.project, form, words, run)
    except services.RiskMovedOn as error:
        return _moved_on(request, error.risk)


@FORM
def issue_new(request: HttpRequest, code: str) -> HttpResponse:
    """Raise an issue that was no risk of the register."""
    project = visible_project(request, code)
    ensure(request.user, "governance.raise_issue", project)
    words = Words(
        _("Raise an issue"), _("Something that has happened and was no risk of the register."), _("Raise the issue"),
        _("The issue is recorded."), _("Issues"), reverse("governance:issue_list", args=[project.code]), shows_it=True,
    )  # fmt: skip

    def run(typed: dict[str, Any]) -> Any:
        return services.raise_issue(actor=reader(request), project=project, fields=typed)

    return one_form(request, project, IssueForm(posted(request), project=project), words, run)


@FORM
def issue_settle(request: HttpRequest, issue_id: int) -> HttpResponse:
    """Say what becomes of an issue."""
    issue = visible_issue(request, issue_id)
    ensure(request.user, "governance.settle_issue", issue)
    if not ISSUE_FOLLOWS[IssueState(issue.state)]:
        return _issue_moved_on(request, services.IssueMovedOn(issue))
    words = Words(
        _("Follow issue %(reference)s") % {"reference": issue.reference},
        _("Postponed, resolved, closed or open again; a settled issue says how."),
        _("Record what becomes of it"), _("The issue is recorded."), issue.reference, issue.get_absolute_url(),
        quote=issue.title,
    )  # fmt: skip

    def run(typed: dict[str, Any]) -> Any:
        state, seen = IssueState(typed.pop("state")), typed.pop("seen")
        return services.settle_issue(actor=reader(request), issue=issue, state=state, fields=typed, seen=seen)

    try:
        return one_form(request, issue.project, SettleIssueForm(posted(request), issue=issue), words, run)
    except services.IssueMovedOn as error:
        return _issue_moved_on(request, error)


@FORM
def risk_scale_set(request: HttpRequest, code: str) -> HttpResponse:
    """The owner sets the scale; the address may ask to begin with the 4 × 4 or the 5 × 5."""
    project = visible_project(request, code)
    ensure(request.user, "governance.set_risk_scale", project)
    place = _("Risk scale"), reverse("governance:risk_scale", args=[project.code])
    words = Words(
        _("Set the risk scale"),
        _("It holds for what is rated from now on, here and below; what was rated keeps the scale it was rated on."),
        _("Set the scale"), _("The scale is set."), *place,
    )  # fmt: skip
    grades = ruling_grades(RiskScale.objects.ruling(project))
    form = ScaleForm(posted(request), grades=grades, preset=request.GET.get("preset", ""))

    def run(typed: dict[str, Any]) -> Any:
        return services.set_risk_scale(actor=reader(request), project=project, fields=typed)

    return one_form(request, project, form, words, run)


def _register(project: Project) -> tuple[str, str]:
    return _("Risks"), reverse("governance:risk_list", args=[project.code])


def _moved_on(request: HttpRequest, risk: Risk) -> HttpResponse:
    title, text = _("The risk has moved on"), _("It is “%(status)s” now.") % {"status": risk.get_status_display()}
    return conflict(request, Conflict(title, text, risk.get_absolute_url(), _("Read the risk as it is now")))


def _for_the_owner(request: HttpRequest, risk: Risk) -> HttpResponse:
    title = _("The owner accepts this risk, nobody else")
    text = _("Its level is amber or red: write a proposal to accept it, with an end and what is watched meanwhile.")
    return conflict(request, Conflict(title, text, risk.get_absolute_url(), _("Read the risk as it is now")))


def _issue_moved_on(request: HttpRequest, error: services.IssueMovedOn) -> HttpResponse:
    title = _("The issue has moved on")
    text = _("It is “%(state)s” now.") % {"state": error.issue.get_state_display()}
    place = error.issue.get_absolute_url()
    return conflict(request, Conflict(title, text, place, _("Read the issue as it is now")))
