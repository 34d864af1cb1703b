"""The acts on the change plan: each a form and one call of a service."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from governance.change_plan import services
from governance.change_plan.forms import (
    AnswerForm,
    CommunicationForm,
    FeedbackForm,
    ImpactForm,
    IndicatorForm,
    PlanForm,
    ReadingForm,
    TrainingForm,
)
from governance.one_form import Words, one_form, posted
from governance.refusals.views import Conflict, conflict
from governance.visible import visible_project
from projects.models import (
    AdoptionIndicator,
    ChangeImpact,
    CommunicationAction,
    FeedbackItem,
    Project,
    TrainingSession,
)
from roles.access import ensure, reader


@require_http_methods(["GET", "POST"])
def change_impact_write(request: HttpRequest, code: str) -> HttpResponse:
    """Say what changes for the `group` of the address in one `aspect`; what is said already stands in the form."""
    project = visible_project(request, code)
    ensure(request.user, "governance.plan_change", project)
    known = _impact(project, request.GET.get("group", ""), request.GET.get("aspect", ""))
    given = {name: request.GET[name] for name in ("group", "aspect") if name in request.GET and known is None}
    form = ImpactForm(posted(request), project=project, row=known, **given)
    if known:
        form.fields["group"].disabled = form.fields["aspect"].disabled = True
    words = Words(
        _("Impact on a group"), _("One per group and per respect: how much, from what to what, and the measure."),
        _("Record the impact"), _("The impact is recorded."), *_place("change_plan", project),
    )  # fmt: skip

    def run(typed: dict[str, Any]) -> Any:
        group, aspect, seen = (typed.pop(name) for name in ("group", "aspect", "seen"))
        return services.write_impact(
            actor=reader(request), project=project, group=group, aspect=aspect, fields=typed, seen=seen
        )

    return one_form(request, project, form, words, run)


def _impact(project: Project, group: str, aspect: str) -> ChangeImpact | None:
    number = int(group) if group.isascii() and group.isdecimal() and len(group) < 10 else 0
    return project.impacts.filter(group=number, aspect=aspect).select_related("group").first()


@require_http_methods(["GET", "POST"])
def change_communication_new(request: HttpRequest, code: str) -> HttpResponse:
    """Plan one more message."""
    return _communication(request, visible_project(request, code), None)


@require_http_methods(["GET", "POST"])
def change_communication_edit(request: HttpRequest, communication_id: int) -> HttpResponse:
    """Change a message, or note that it was sent."""
    row = _visible(request, CommunicationAction, communication_id)
    return _communication(request, row.project, row)


def _communication(request: HttpRequest, project: Project, row: CommunicationAction | None) -> HttpResponse:
    words = Words(
        _("Change a communication") if row else _("Plan a communication"),
        _("Tied to a day, or to the decision on a proposal; note here too how many people it reached."),
        _("Record the communication"), _("The communication is recorded."), *_place("change_communications", project),
    )  # fmt: skip
    return _row(request, project, CommunicationForm, row, words, services.write_communication)


@require_http_methods(["GET", "POST"])
def change_training_new(request: HttpRequest, code: str) -> HttpResponse:
    """Plan one more session."""
    return _training(request, visible_project(request, code), None)


@require_http_methods(["GET", "POST"])
def change_training_edit(request: HttpRequest, training_id: int) -> HttpResponse:
    """Change a session, or note who came."""
    row = _visible(request, TrainingSession, training_id)
    return _training(request, row.project, row)


def _training(request: HttpRequest, project: Project, row: TrainingSession | None) -> HttpResponse:
    words = Words(
        _("Change a training session") if row else _("Plan a training session"),
        _("How many are expected, and once it was held how many came."),
        _("Record the session"), _("The session is recorded."), *_place("change_trainings", project),
    )  # fmt: skip
    return _row(request, project, TrainingForm, row, words, services.write_training)


@require_http_methods(["GET", "POST"])
def change_indicator_new(request: HttpRequest, code: str) -> HttpResponse:
    """Add an indicator of adoption."""
    return _indicator(request, visible_project(request, code), None)


@require_http_methods(["GET", "POST"])
def change_indicator_edit(request: HttpRequest, indicator_id: int) -> HttpResponse:
    """Change an indicator or its target."""
    row = _visible(request, AdoptionIndicator, indicator_id)
    return _indicator(request, row.project, row)


def _indicator(request: HttpRequest, project: Project, row: AdoptionIndicator | None) -> HttpResponse:
    words = Words(
        _("Change an indicator") if row else _("Add an indicator"),
        _("Attendance, reading rate, active users, requests for help, satisfaction: what tells whether it is used."),
        _("Record the indicator"), _("The indicator is recorded."), *_place("change_adoption", project),
    )  # fmt: skip
    return _row(request, project, IndicatorForm, row, words, services.write_indicator)


@require_http_methods(["GET", "POST"])
def change_reading_add(request: HttpRequest, indicator_id: int) -> HttpResponse:
    """Note what an indicator showed."""
    indicator = _visible(request, AdoptionIndicator, indicator_id)
    ensure(request.user, "governance.plan_change", indicator)
    words = Words(
        _("Add a reading"), indicator.name, _("Record the reading"), _("The reading is recorded."),
        *_place("change_adoption", indicator.project),
    )  # fmt: skip

    def run(typed: dict[str, Any]) -> Any:
        return services.add_reading(actor=reader(request), indicator=indicator, **typed)

    return one_form(request, indicator.project, ReadingForm(posted(request)), words, run)


@require_http_methods(["GET", "POST"])
def change_plan_freeze(request: HttpRequest, code: str) -> HttpResponse:
    """Freeze the plan for the owner: one page that says what it means, then the act."""
    project = visible_project(request, code)
    ensure(request.user, "governance.freeze_plan", project)
    title = _("Freeze the change plan")
    lede = _(
        "Impacts, communications, training and targets are kept word for word as the next version. You then put it to"
        " the owner; the plan itself goes on."
    )
    words = Words(title, lede, _("Freeze the plan"), "", *_place("change_plan", project))
    if request.method == "GET":
        return one_form(request, project, forms.Form(), words, lambda typed: None)
    try:
        plan = services.freeze_plan(actor=reader(request), project=project)
    except services.NothingToFreeze:
        title = _("There is nothing to freeze")
        text = _("The plan is empty, or its newest version says the same.")
        return conflict(request, Conflict(title, text, words.back, _("Read the change plan")))
    messages.success(request, _("Version %(number)s is frozen. Put it to the owner.") % {"number": plan.number})
    return redirect("governance:change_plan_version", project.code, plan.number)


@require_http_methods(["GET", "POST"])
def feedback_new(request: HttpRequest, code: str) -> HttpResponse:
    """Note what somebody of a group said."""
    project = visible_project(request, code)
    ensure(request.user, "governance.give_feedback", project)
    words = Words(
        _("Note what recipients say"), _("In their words, for their group. Who prepares the change answers."),
        _("Record what was said"), _("It is noted."), *_place("change_feedback", project),
    )  # fmt: skip

    def run(typed: dict[str, Any]) -> Any:
        return services.give_feedback(actor=reader(request), project=project, **typed)

    return one_form(request, project, FeedbackForm(posted(request), project=project), words, run)


@require_http_methods(["GET", "POST"])
def feedback_answer(request: HttpRequest, feedback_id: int) -> HttpResponse:
    """Answer what was said, once."""
    item = _visible(request, FeedbackItem, feedback_id)
    project = item.project
    ensure(request.user, "governance.answer_feedback", item)
    words = Words(
        _("Answer what recipients say"), _("The answer stands beside what was said."), _("Record the answer"),
        _("The answer is recorded."), *_place("change_feedback", project), quote=item.text,
    )  # fmt: skip
    if item.answer:
        return _answered(request, words)
    about = {"requirement": item.requirement.code if item.requirement else "", "risk": item.risk}

    def run(typed: dict[str, Any]) -> Any:
        return services.answer_feedback(actor=reader(request), item=item, **typed)

    try:
        return one_form(request, project, AnswerForm(posted(request), project=project, initial=about), words, run)
    except services.AnsweredAlready:
        return _answered(request, words)


def _answered(request: HttpRequest, words: Words) -> HttpResponse:
    title, text = _("This is answered already"), _("An answer is given once; the one that was recorded stands.")
    return conflict(request, Conflict(title, text, words.back, _("Read what recipients say")))


def _row(
    request: HttpRequest, project: Project, form: type[PlanForm], row: Any, words: Words, service: Any
) -> HttpResponse:
    """The form of a row of the plan, new or known, and the service that writes it."""
    ensure(request.user, "governance.plan_change", project)

    def run(typed: dict[str, Any]) -> Any:
        seen = typed.pop("seen")
        return service(actor=reader(request), project=project, fields=typed, row=row, seen=seen)

    return one_form(request, project, form(posted(request), project=project, row=row), words, run)


def _place(name: str, project: Project) -> tuple[str, str]:
    """The page that an act leads back to: its name in words, and its address."""
    names = {
        "change_plan": _("Change plan"),
        "change_communications": _("Communications"),
        "change_trainings": _("Training"),
        "change_feedback": _("Feedback"),
        "change_adoption": _("Adoption"),
    }
    return names[name], reverse(f"governance:{name}", args=[project.code])


def _visible[M: models.Model](request: HttpRequest, model: type[M], number: int) -> M:
    """The row, or 404 when absent or on a project that is not for this reader."""
    rows: Any = model._default_manager
    found: M = get_object_or_404(rows.visible_to(request.user).select_related("project"), pk=number)
    return found
