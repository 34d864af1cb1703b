"""Pages of what the closing of a project carried over: list, read, accept, decline, finish, refuse."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from core.access import can
from core.pages.form_views import Text
from core.pages.refusals.exceptions import MovedOn
from core.record.erasure import display_text
from governance.life.carry_overs import services
from governance.life.carry_overs.forms import AcceptForm, DeclineForm, FinishForm, RefuseForm
from governance.life.carry_overs.models import CarryOver
from governance.life.carry_overs.queries import SHOWN, list_carried_over, list_others, list_taken_over
from projects.form_views import RowActView, get_row_or_404
from projects.models import Project
from projects.shortcuts import get_project_or_404


@require_GET
def carry_over_list(request: HttpRequest, code: str) -> HttpResponse:
    """List what closings carried over to the project, and what its own closing carried over to others."""
    project = get_project_or_404(request, code)
    lists = [
        (_("Carried over from other projects"), list(list_taken_over(project)), True),
        (_("Carried over to other projects"), list(list_carried_over(project)), False),
    ]
    context = {"project": project, "lists": lists}
    return render(request, "governance/life/carry_overs/carry_over_list.html", context)


@require_GET
def carry_over(request: HttpRequest, carry_over_id: int) -> HttpResponse:
    """Show an item to those who see one of the projects, and to its holder."""
    row = get_row_or_404(request, CarryOver, carry_over_id, *SHOWN)
    reads_target = Project.objects.visible_to(request.user).filter(pk=row.target_id).exists()
    context = {
        "row": row,
        "project": row.target if reads_target else None,
        "has_returned": row.has_returned,
        "reads_project": Project.objects.visible_to(request.user).filter(pk=row.project_id).exists(),
        "reads_target": reads_target,
        "may_accept": can(request.user, "governance.accept_carry_over", row),
        "may_decline": can(request.user, "governance.decline_carry_over", row),
        "may_finish": can(request.user, "governance.finish_carry_over", row),
        "may_refuse": can(request.user, "governance.refuse_carry_over", row),
    }
    return render(request, "governance/life/carry_overs/carry_over.html", context)


class AnswerView(RowActView):
    """An answer to an item carried over."""

    model = CarryOver
    select_related = SHOWN
    pk_url_kwarg = "carry_over_id"
    back_label = _("Item carried over")
    meaning: Text

    @property
    def project(self) -> Project:
        """Return the project it goes to: the reader may not read the one that ended."""
        row: CarryOver = self.row
        return row.target

    def check(self) -> None:
        if self.row.is_accepted:
            raise MovedOn(self.row)

    def get_quote(self) -> str:
        """Return what is carried over, and from where."""
        return f"{self.row.project.code} · {self.row.title}"

    def get_lede(self) -> Text:
        return self.meaning % {"project": self.row.target}


class AcceptView(AnswerView):
    """Accept an item, as its holder or as the owner it has returned to."""

    permission = "governance.accept_carry_over"
    form_class: type[forms.Form] = AcceptForm
    title = button = _("Accept the item")
    done = _("The item is accepted.")
    meaning = _("Once you accept it, you follow it in %(project)s. Ouvrage adds nothing there.")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Count the other items of the same closing."""
        return super().get_form_kwargs() | {"others": list_others(self.row, self.actor).count()}

    def act(self, data: dict[str, Any]) -> CarryOver:
        return services.accept_carry_over(actor=self.actor, carry_over=self.row, **data)[0]


class DeclineView(AnswerView):
    """Decline an item, as its holder."""

    permission = "governance.decline_carry_over"
    form_class: type[forms.Form] = DeclineForm
    title = button = _("Decline the item")
    done = _("The item is declined. It returns to the owner of the project.")
    meaning = _("If you decline it, it returns to the owner of %(project)s.")

    def act(self, data: dict[str, Any]) -> CarryOver:
        return services.decline_carry_over(actor=self.actor, carry_over=self.row, **data)


class FinishView(AnswerView):
    """Record that an item is done, as who accepted it."""

    permission = "governance.finish_carry_over"
    form_class: type[forms.Form] = FinishForm
    title = button = _("Record that the item is done")
    done = _("The item is done.")
    meaning = _("The item leaves the tasks of %(project)s. The owners of both projects are informed.")

    def check(self) -> None:
        if self.row.is_done:
            raise MovedOn(self.row)

    def act(self, data: dict[str, Any]) -> CarryOver:
        return services.finish_carry_over(actor=self.actor, carry_over=self.row, **data)


class RefuseView(AnswerView):
    """Say that an item is not done, as the owner of the project it goes to."""

    permission = "governance.refuse_carry_over"
    form_class: type[forms.Form] = RefuseForm
    title = button = _("Record that the item is not done")
    done = _("The item is to be done.")
    meaning = _("The item is a task in %(project)s again. What was said to be done is kept beside your reason.")

    def check(self) -> None:
        if not self.row.is_done:
            raise MovedOn(self.row)

    def get_quote(self) -> str:
        """Return what is carried over, and what was said to be done."""
        return f"{super().get_quote()}\n\n{display_text(self.row.outcome)}"

    def act(self, data: dict[str, Any]) -> CarryOver:
        return services.refuse_carry_over(actor=self.actor, carry_over=self.row, **data)
