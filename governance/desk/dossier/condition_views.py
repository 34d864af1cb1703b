"""Pages to prove, lift and waive a condition."""

from typing import Any

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from core.pages.form_views import Text
from governance.decide.decisions.condition_services import lift, prove, waive
from governance.decide.decisions.effects import CannotTakeEffect
from governance.decide.decisions.forms import LiftForm, ProofForm, WaiveForm
from governance.decide.decisions.models import Condition, Decision
from governance.decide.proposals.models import Proposal
from governance.decide.proposals.services import Outdated
from governance.desk.dossier.edit_views import ProposalFormView
from governance.desk.dossier.settlement import describe_settlement
from governance.desk.dossier.views import get_proposal_or_404
from governance.enums import Act, ConditionState


class SettleView(ProposalFormView):
    """A form of an act on a condition; `reservation_done` is the message where the condition is a reservation."""

    template_name = "governance/desk/dossier/condition_settle.html"
    reservation_done: Text

    _proposal: Proposal | None = None

    @property
    def proposal(self) -> Proposal:
        if self._proposal is None:
            self._proposal = get_proposal_or_404(self.request, self.object.decision.proposal_id)
        return self._proposal

    @property
    def typed(self) -> list[tuple[str, str]]:
        form = self.form or self.get_form()
        return [(str(field.label), str(field.value() or "")) for field in form if form.is_bound]

    @property
    def project(self) -> Any:
        return self.proposal.project

    def get_object(self) -> Condition:
        seen = Condition.objects.filter(decision__in=Decision.objects.visible_to(self.request.user))
        seen = seen.select_related("decision__project", "decision__proposal", "proved_by")
        return get_object_or_404(seen, pk=self.kwargs["condition_id"])

    def check(self) -> None:
        is_open = self.object.state == ConditionState.OPEN and self.proposal.allows(self.act_name)
        if self.request.method == "GET" and not is_open:
            raise Outdated

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"initial": {"proof": self.object.proof}}

    def get_done(self, result: Any) -> Text:
        return self.reservation_done if self.object.is_reservation else self.done

    def get_context_data(self, form: Any) -> dict[str, Any]:
        [field] = form
        return super().get_context_data(form) | {
            "condition": self.object,
            "decision": self.object.decision,
            "settlement": describe_settlement(self.act_name, self.object),
            "field": field,
        }


class ProveView(SettleView):
    """Give the proof of a condition."""

    act_name = Act.PROVE
    form_class = ProofForm
    done = reservation_done = _("The evidence is sent to the owner.")

    def act(self, data: dict[str, Any]) -> Any:
        return prove(actor=self.actor, condition=self.object, proof=data["proof"])


class LiftView(SettleView):
    """Lift a condition as the owner."""

    act_name = Act.LIFT
    form_class = LiftForm
    done, reservation_done = _("The condition is marked as met."), _("The reservation is cleared.")

    def act(self, data: dict[str, Any]) -> Any:
        try:
            return lift(actor=self.actor, condition=self.object, proof=data["proof"])
        except CannotTakeEffect as error:
            raise ValidationError(error.messages) from error


class WaiveView(SettleView):
    """Waive a condition as the owner."""

    act_name = Act.WAIVE
    form_class = WaiveForm
    done, reservation_done = _("Condition waived."), _("Reservation waived.")

    def act(self, data: dict[str, Any]) -> Any:
        try:
            return waive(actor=self.actor, condition=self.object, because=data["because"])
        except CannotTakeEffect as error:
            raise ValidationError(error.messages) from error
