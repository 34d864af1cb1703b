"""The pages of the liaison: who waits for whom on a project, and asking, answering, estimating."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from governance.liaison import services
from governance.liaison.forms import AnswerForm, EstimateForm, QuestionForm
from governance.liaison.reading import answerable
from governance.paging import page_after
from governance.refusals.views import Conflict, conflict
from governance.visible import visible_project
from projects.models import Question, Requirement
from projects.rules import liaison
from roles.access import ensure, reader
from roles.forms import add_errors
from roles.templatetags.ui import day

UNPROCESSABLE = 422


@dataclass(frozen=True)
class Words:
    """What the page of one act says."""

    title: str
    lede: str
    button: str
    icon: str
    done: str


@require_GET
def liaison_list(request: HttpRequest, code: str) -> HttpResponse:
    """Who waits for whom and since when, the oldest first; `show=all` has the answered ones too."""
    project = visible_project(request, code)
    whole = request.GET.get("show") == "all"
    questions = project.questions.select_related("project", "requirement", "asked_by", "answered_by")
    page = page_after(request, questions if whole else questions.open(), "pk")
    oldest = project.questions.open().order_by("asked_at").values_list("asked_at", flat=True).first()
    context = {
        "project": project,
        "page": page,
        "whole": whole,
        "answerable": answerable(page.rows, request.user),
        "waited": (timezone.now() - oldest).days if oldest else None,
    }
    return render(request, "governance/liaison.html", context)


@require_http_methods(["GET", "POST"])
def question_ask(request: HttpRequest, requirement_id: int) -> HttpResponse:
    """Ask the other side about a requirement."""
    requirement = _visible_requirement(request, requirement_id)
    ensure(request.user, "governance.ask", requirement)
    form = QuestionForm(_posted(request))
    _asking, asked = liaison(request.user, requirement.project)
    words = Words(
        _("Ask a question"),
        _("The %(role)s is told, and the question waits on the liaison page until it is answered.") % {"role": asked}
        if asked else _("No role is there to be asked yet."),
        _("Ask the question"), "message-circle-question-mark", _("The question is asked."),
    )  # fmt: skip

    def run() -> object:
        return services.ask(actor=reader(request), requirement=requirement, **form.cleaned_data)

    return _act(request, requirement, form, words, run)


@require_http_methods(["GET", "POST"])
def question_answer(request: HttpRequest, question_id: int) -> HttpResponse:
    """Answer a question, once."""
    rows = Question.objects.visible_to(request.user).select_related("project", "requirement__project", "asked_by")
    question = get_object_or_404(rows, pk=question_id)
    ensure(request.user, "governance.answer", question)
    form = AnswerForm(_posted(request))
    if question.answered_at:
        return _already(request, question, form)
    words = Words(
        _("Answer the question"), _("Whoever asked is told; the answer is read by everyone on the project."),
        _("Answer"), "message-square-reply", _("The question is answered."),
    )  # fmt: skip

    def run() -> object:
        return services.answer(actor=reader(request), question=question, **form.cleaned_data)

    try:
        return _act(request, question.requirement, form, words, run, question)
    except services.AlreadyAnswered as error:
        return _already(request, error.question, form)


@require_http_methods(["GET", "POST"])
def estimate_give(request: HttpRequest, requirement_id: int) -> HttpResponse:
    """Say what a requirement takes and how it would be built; earlier estimates stay."""
    requirement = _visible_requirement(request, requirement_id)
    ensure(request.user, "governance.estimate", requirement)
    form = EstimateForm(_posted(request), project=requirement.project)
    words = Words(
        _("Give an estimate"),
        _("It is kept with version %(version)s of the requirement. A later one stands beside it, and erases nothing.")
        % {"version": requirement.version},
        _("Give the estimate"), "calculator", _("The estimate is recorded."),
    )  # fmt: skip

    def run() -> object:
        return services.estimate(actor=reader(request), requirement=requirement, **form.cleaned_data)

    return _act(request, requirement, form, words, run)


def _act(
    request: HttpRequest, requirement: Requirement, form: forms.Form, words: Words, run: Callable[[], object],
    question: Question | None = None,
) -> HttpResponse:  # fmt: skip
    """The form, then the act; a refusal of the service comes back beside its field."""
    context = {
        "project": requirement.project, "requirement": requirement, "question": question, "form": form, "words": words,
    }  # fmt: skip
    if form.is_valid():
        try:
            run()
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, words.done)
            return redirect(f"{requirement.get_absolute_url()}#liaison")
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "governance/liaison_form.html", context, status=status)


def _already(request: HttpRequest, question: Question, form: forms.Form) -> HttpResponse:
    text = _("%(who)s answered it on %(on)s.") % {
        "who": question.answered_by,
        "on": day(cast(datetime, question.answered_at)),
    }
    typed = str(form["text"].value() or "")
    kept = [(str(form["text"].label), typed)] if typed else []
    link = f"{question.requirement.get_absolute_url()}#liaison"
    return conflict(request, Conflict(_("The question has its answer already"), text, link, _("Read the answer"), kept))


def _visible_requirement(request: HttpRequest, requirement_id: int) -> Requirement:
    """The requirement, or 404 when absent or not for this reader."""
    rows = Requirement.objects.visible_to(request.user).select_related("project__matrix")
    return get_object_or_404(rows, pk=requirement_id)


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None
