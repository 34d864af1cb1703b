"""Page to review a decision."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.pages.form_views import Text
from core.pages.refusals.views import Conflict
from governance.decide.decisions.models import Decision
from governance.life.decision_reviews.enums import ReviewAnswer
from governance.life.decision_reviews.forms import ReviewForm
from governance.life.decision_reviews.models import DecisionReview
from governance.life.decision_reviews.services import ChangedAgain, NothingToReview, review_decision
from projects.form_views import RowActView


class DecisionReviewView(RowActView):
    """Say whether a decision still holds after a change of what it was decided on."""

    model = Decision
    select_related = ("proposal", "revision")
    pk_url_kwarg = "decision_id"
    permission = "governance.review_decision"
    form_class = ReviewForm
    template_name = "governance/life/decision_reviews/decision_review_form.html"
    title = button = _("Review the decision")
    conflicts = (ChangedAgain, NothingToReview)

    def check(self) -> None:
        """Raise NothingToReview when no change waits for the owner's word."""
        if not self.object.needs_review:
            raise NothingToReview

    def get_lede(self) -> Text:
        words = _("The basis of decision %(reference)s has changed since.")
        return str(words) % {"reference": self.object.reference}

    def get_form_kwargs(self) -> dict[str, Any]:
        """Return the roles that are held, and the newest change."""
        seats = self.project.mandates.active().select_related("role").order_by("role__position", "pk")
        roles = {seat.role.code: f"{seat.role.code} · {seat.role.name}" for seat in seats if not seat.decides}
        initial = {"change": self.object.changes[-1].pk}
        return super().get_form_kwargs() | {"roles": list(roles.items()), "initial": initial}

    def get_context_data(self, form: Any) -> dict[str, Any]:
        return super().get_context_data(form) | {"decision": self.object}

    def act(self, data: dict[str, Any]) -> DecisionReview:
        answer = ReviewAnswer(data.pop("answer"))
        return review_decision(actor=self.actor, decision=self.object, answer=answer, **data)

    def get_back_url(self) -> str:
        return str(self.object.dossier_address)

    def get_back_label(self) -> Text:
        return str(self.object.reference)

    def get_done(self, result: DecisionReview) -> Text:
        return _("The decision is confirmed.") if result.answer == ReviewAnswer.HOLDS else _("The request is sent.")

    def get_conflict(self, error: Exception) -> Conflict:
        """Explain that the decision waits for no review, or for another one."""
        if isinstance(error, ChangedAgain):
            title = _("Something else has changed meanwhile")
            return Conflict(title, _("Nothing was recorded."), self.request.path, _("Read it as it is now"))
        title, text = _("This decision needs no review"), _("It is replaced, or its last change is reviewed.")
        return Conflict(title, text, self.get_back_url(), _("Read the decision"))
