"""Pages of second looks: the owner's word on one decision, and what many of them teach."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from core.pages.form_views import Text
from core.pages.refusals.views import Conflict
from governance.decide.decisions.models import Decision
from governance.life.second_look.enums import LookAnswer
from governance.life.second_look.forms import SecondLookForm
from governance.life.second_look.models import SecondLook
from governance.life.second_look.queries import Comparison, is_due, list_looks, measure_bias
from governance.life.second_look.registry import list_figures
from governance.life.second_look.services import NothingToLookBackAt, look_back
from projects.form_views import RowActView
from projects.models import Project
from projects.organisation_settings.queries import today
from projects.shortcuts import get_project_or_404


class SecondLookView(RowActView):
    """Say what became of a decision: expected figures beside measured ones, then the owner's word."""

    model = Decision
    select_related = ("proposal", "revision", "second_look", "superseded_by__project")
    pk_url_kwarg = "decision_id"
    permission = "governance.look_back"
    form_class = SecondLookForm
    template_name = "governance/life/second_look/second_look_form.html"
    title = _("Look back at the decision")
    button = _("Record the second look")
    done = _("The second look is recorded. The roles involved are notified.")
    conflicts = (NothingToLookBackAt,)

    def check(self) -> None:
        """Raise NothingToLookBackAt unless its day has come and the owner has said nothing yet."""
        if not is_due(self.object, today()):
            raise NothingToLookBackAt

    def get_lede(self) -> Text:
        return str(_("You chose to look back at decision %(reference)s.")) % {"reference": self.object.reference}

    def get_form_kwargs(self) -> dict[str, Any]:
        """Return the roles that are held, and the figures that were expected."""
        seats = self.project.mandates.active().select_related("role").order_by("role__position", "pk")
        roles = {seat.role.code: f"{seat.role.code} · {seat.role.name}" for seat in seats if not seat.decides}
        asked = Comparison.read(self.object).asked
        return super().get_form_kwargs() | {"roles": list(roles.items()), "asked": asked}

    def get_context_data(self, form: Any) -> dict[str, Any]:
        """Return the context, with what was expected and what the project shows today."""
        row, figures = Comparison.read(self.object), list_figures(self.project)
        return super().get_context_data(form) | {"row": row, "decision": self.object, "figures": figures}

    def act(self, data: dict[str, Any]) -> SecondLook:
        answer = LookAnswer(data.pop("answer"))
        return look_back(actor=self.actor, decision=self.object, answer=answer, **data)

    def get_back_url(self) -> str:
        """Return the address of the decision in its file."""
        return str(self.object.dossier_address)

    def get_back_label(self) -> Text:
        return str(self.object.reference)

    def get_conflict(self, error: Exception) -> Conflict:
        title = _("There is nothing to look back at")
        text = _("Its day has not come, it is looked back at already, or it is replaced.")
        return Conflict(title, text, self.get_back_url(), _("Read the decision"))


@require_GET
def second_looks(request: HttpRequest, code: str) -> HttpResponse:
    """List the decisions of a project and of what is part of it that come back, with their bias in cost and delay."""
    project = get_project_or_404(request, code)
    part = Q(pk=project.pk) | Q(parent=project) | Q(parent__parent=project)
    rows = list_looks(Project.objects.visible_to(request.user).filter(part))
    context = {"project": project, "rows": rows, "biases": measure_bias(rows), "today": today()}
    return render(request, "governance/life/second_look/second_looks.html", context)
