"""Pages of questions and answers: the list of a project, and the forms to ask, answer and estimate."""

from datetime import datetime
from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from amoa.questions import services
from amoa.questions.forms import AnswerForm, EstimateForm, QuestionForm
from amoa.questions.listing import build_listing, shows_all
from amoa.questions.queries import liaison_roles
from amoa.requirements.models import Requirement
from amoa.requirements.question_models import Estimate, Question
from core.access import can
from core.pages.form_views import ActFormView, Text, typed_texts
from core.pages.lists.exports import export, is_export
from core.pages.lists.pages import build_page
from core.pages.refusals.views import Conflict
from core.templatetags.ui import day
from projects.shortcuts import get_object_or_404, get_project_or_404


@require_GET
def liaison_list(request: HttpRequest, code: str) -> HttpResponse:
    """List the questions that the query string asks for, by default the open ones, oldest first."""
    project = get_project_or_404(request, code)
    roles = list(project.questions.order_by("asked_of").values_list("asked_of", flat=True).distinct())
    listing, asked = build_listing(project, request.user, request.GET, roles)
    if is_export(listing):
        return export(listing, title=gettext("Questions"), of=f"{project.code} · {project.title}", stem=project.code)
    oldest = project.questions.open().order_by("asked_at").values_list("asked_at", flat=True).first()
    context = {
        "project": project,
        "page": build_page(listing),
        "asked": asked,
        "whole": shows_all(request.GET),
        "may_estimate": can(request.user, "amoa.estimate", project),
        "waited": (timezone.now() - oldest).days if oldest else None,
    }
    return render(request, "amoa/questions/liaison.html", context)


class LiaisonFormView(ActFormView):
    """Base view of a form about a requirement."""

    template_name = "amoa/questions/liaison_form.html"
    icon: str

    question: Question | None = None

    @property
    def requirement(self) -> Requirement:
        """Return the requirement."""
        requirement: Requirement = self.object
        return requirement

    def get_object(self) -> Any:
        rows = Requirement.objects.visible_to(self.request.user).select_related("project__matrix")
        return get_object_or_404(rows, pk=self.kwargs["requirement_id"])

    def get_back_url(self) -> str:
        """Return the address of the section on the page of the requirement."""
        return f"{self.requirement.get_absolute_url()}#liaison"

    def get_context_data(self, form: forms.Form) -> dict[str, Any]:
        about = {"requirement": self.requirement, "question": self.question}
        return super().get_context_data(form) | about


class QuestionAskView(LiaisonFormView):
    """Ask the other side about a requirement."""

    permission = "amoa.ask"
    form_class = QuestionForm
    title = _("Ask a question")
    button = _("Ask the question")
    icon = "message-circle-question-mark"
    done = _("The question is asked.")

    def get_lede(self) -> Text:
        _asking, asked_role = liaison_roles(self.request.user, self.requirement.project)
        if not asked_role:
            return _("No role can be asked yet.")
        lede = _("The %(role)s is notified. The question stays on the questions page until it is answered.")
        return lede % {"role": asked_role}

    def act(self, data: dict[str, Any]) -> Question:
        return services.ask(actor=self.actor, requirement=self.requirement, text=data["text"])


class QuestionAnswerView(LiaisonFormView):
    """Answer a question, once."""

    permission = "amoa.answer"
    form_class = AnswerForm
    title = _("Answer the question")
    lede = _("The person who asked is notified. Project members can read the answer.")
    button = _("Answer the question")
    icon = "message-square-reply"
    done = _("The question is answered.")
    conflicts = (services.AlreadyAnswered,)

    @property
    def requirement(self) -> Requirement:
        requirement: Requirement = self.object.requirement
        return requirement

    def get_object(self) -> Question:
        rows = Question.objects.visible_to(self.request.user)
        rows = rows.select_related("project", "requirement__project", "asked_by")
        self.question = get_object_or_404(rows, pk=self.kwargs["question_id"])
        return self.question

    def check(self) -> None:
        if self.object.answered_at:
            raise services.AlreadyAnswered(self.object)

    def act(self, data: dict[str, Any]) -> Question:
        return services.answer(actor=self.actor, question=self.object, text=data["text"])

    def get_conflict(self, error: Exception) -> Conflict:
        """Say who answered, and hand back what was typed."""
        question = error.question if isinstance(error, services.AlreadyAnswered) else self.object
        on = day(cast(datetime, question.answered_at))
        text = _("%(who)s answered it on %(on)s.") % {"who": question.answered_by, "on": on}
        title, link = _("The question has its answer already"), self.get_back_url()
        return Conflict(title, text, link, _("Read the answer"), typed_texts(self.get_form()))


class EstimateGiveView(LiaisonFormView):
    """Give an estimate of a requirement; earlier estimates stay."""

    permission = "amoa.estimate"
    form_class = EstimateForm
    title = _("Enter an estimate")
    button = _("Save the estimate")
    icon = "calculator"
    done = _("The estimate is saved.")

    def get_lede(self) -> Text:
        lede = _(
            "It is kept with version %(version)s of the requirement. Later estimates are added and do not replace it."
        )
        return lede % {"version": self.requirement.version}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"project": self.project}

    def act(self, data: dict[str, Any]) -> Estimate:
        return services.estimate(actor=self.actor, requirement=self.requirement, **data)
