"""Pages of escalated risks: the list of a level, one of them, and the forms."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from core.access import can
from core.pages.form_views import Text
from core.pages.lists.exports import export, is_export
from core.pages.lists.neighbours import find_neighbours
from core.pages.lists.pages import build_page
from core.pages.refusals.exceptions import MovedOn
from pmo.registers.escalations import services
from pmo.registers.escalations.forms import AnswerForm, EscalateForm, ExamineForm
from pmo.registers.escalations.models import Escalation
from pmo.registers.escalations.queries import find_fault, list_signals
from pmo.registers.escalations.register import ESCALATIONS
from pmo.registers.risks.edit_views import RiskActView
from pmo.registers.risks.models import RiskScale, grades_in_force
from projects.form_views import RowActView, get_row_or_404
from projects.models import Project
from projects.shortcuts import get_project_or_404


@require_GET
def escalation_list(request: HttpRequest, code: str) -> HttpResponse:
    """List the risks escalated to a portfolio or programme, and the red ones below that nobody answers."""
    project = get_project_or_404(request, code)
    if not project.has_parts:
        raise Http404
    listing, asked = ESCALATIONS.build(project, request.GET)
    if is_export(listing):
        return export(listing, title=str(ESCALATIONS.title), of=f"{project.code} · {project.title}", stem=project.code)
    context = {
        "project": project,
        "page": build_page(listing),
        "asked": asked,
        "signals": list_signals(project, request.user, timezone.localdate()),
    }
    return render(request, "pmo/registers/escalations/escalation_list.html", context)


@require_GET
def escalation(request: HttpRequest, escalation_id: int) -> HttpResponse:
    """Show an escalated risk to the readers of its level, and to those of the project that escalated it."""
    row = get_row_or_404(request, Escalation, escalation_id, *RELATED)
    seen = set(Project.objects.visible_to(request.user).filter(pk__in=(row.project_id, row.risk.project_id)))
    context = {
        "project": row.project if row.project in seen else row.risk.project,
        "escalation": row,
        "reads_above": row.project in seen,
        "reads_below": row.risk.project in seen,
        "may_examine": row.is_waiting and can(request.user, "pmo.examine_escalation", row),
        "may_answer": row.is_waiting and can(request.user, "pmo.answer_escalation", row),
        "neighbours": None,
    }
    if row.project in seen:
        context["neighbours"] = find_neighbours(
            request,
            lambda query: ESCALATIONS.build(row.project, query)[0],
            row.pk,
            reverse(ESCALATIONS.list_url, args=[row.project.code]),
            lambda pk: reverse(ESCALATIONS.row_url, args=[pk]),
        )
    return render(request, "pmo/registers/escalations/escalation.html", context)


RELATED = ("risk__project", "scale", "raised_by", "answered_by", "own")


class EscalateView(RiskActView):
    """Escalate a risk to the level above."""

    permission = "pmo.escalate_risk"
    form_class = EscalateForm
    button = _("Escalate the risk")
    done = _("The risk is escalated. The owner above is notified.")

    def check(self) -> None:
        """Raise Http404 where the level above does not take it."""
        if find_fault(self.row, self.project.parent):
            raise Http404

    def get_title(self) -> Text:
        return _("Escalate risk %(code)s") % {"code": self.row.code}

    def get_lede(self) -> Text:
        words = _("%(node)s rates it on its own scale, and its owner answers. It stays in your register.")
        return words % {"node": self.project.parent}

    def act(self, data: dict[str, Any]) -> Escalation:
        above: Any = self.project.parent
        return services.escalate_risk(actor=self.actor, risk=self.row, above=above, **data)


class EscalationActView(RowActView):
    """An act on an escalated risk that waits for its answer."""

    model = Escalation
    select_related = RELATED
    pk_url_kwarg = "escalation_id"

    def check(self) -> None:
        """Raise MovedOn when it is answered or withdrawn."""
        if not self.row.is_waiting:
            raise MovedOn(self.row)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"row": self.row}

    def get_quote(self) -> Text:
        title: str = self.row.title
        return title

    def get_back_label(self) -> Text:
        reference: str = self.row.reference
        return reference


class ExamineView(EscalationActView):
    """Rate an escalated risk on the scale of its level."""

    permission = "pmo.examine_escalation"
    form_class = ExamineForm
    lede = _("The rating of the level below stays as it is: levels are never added up.")
    button = _("Save the rating")
    done = _("The rating is saved.")

    def get_title(self) -> Text:
        return _("Rate escalated risk %(code)s") % {"code": self.row.reference}

    def get_form_kwargs(self) -> dict[str, Any]:
        grades = grades_in_force(RiskScale.objects.in_force_for(self.project))
        return super().get_form_kwargs() | {"grades": grades}

    def act(self, data: dict[str, Any]) -> Escalation:
        return services.examine_escalation(actor=self.actor, escalation=self.row, **data)


class AnswerView(EscalationActView):
    """Answer an escalated risk as the owner of its level."""

    permission = "pmo.answer_escalation"
    form_class = AnswerForm
    button = _("Record the answer")
    done = _("The answer is recorded. The person who escalated the risk is notified.")

    def get_title(self) -> Text:
        return _("Answer escalated risk %(code)s") % {"code": self.row.reference}

    def get_lede(self) -> Text:
        if self.row.level:
            return _("A risk that you take over is in your own register, where a decision can accept it.")
        return _("It is not rated on the scale of this level yet: it can only be handed back.")

    def act(self, data: dict[str, Any]) -> Escalation:
        return services.answer_escalation(actor=self.actor, escalation=self.row, **data)
