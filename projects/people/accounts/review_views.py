"""Acts of administrators on an account that are shown before they are done: reopen it, end its second factors."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core.pages.form_views import ActFormView, Text
from core.pages.refusals.views import Conflict
from projects.people.accounts import services
from projects.people.accounts.departures import find_obstacle
from projects.people.accounts.queries import has_entered
from projects.people.accounts.views import describe_conflict, describe_holdings, get_person_or_404, person_url
from projects.people.second_factors.queries import list_credentials_of_factors
from roles.models import User


class AccountReview(ActFormView):
    """A page that says what an act on an account does, with its button; without one while `obstacle` excludes it."""

    template_name = "projects/people/accounts/account_review.html"
    conflicts = (ValidationError,)

    object: User

    @property
    def project(self) -> None:
        return

    def get_object(self) -> User:
        return get_person_or_404(self.kwargs["person_id"])

    @cached_property
    def obstacle(self) -> Text:
        """Why the act is impossible now; empty when it is possible."""
        return ""

    def get_consequences(self) -> Sequence[Text]:
        """Return what follows, in sentences."""
        return ()

    def get_back_url(self) -> str:
        """Return the address of the page of the person."""
        return person_url(self.object)

    def get_conflict(self, error: Exception) -> Conflict:
        """Return the conflict page with the reason of the refusal."""
        return describe_conflict(error, self.object)


class AccountReopenView(AccountReview):
    """Reopen a closed account."""

    permission = "projects.reopen_account"
    title = _("Reopen the account")
    lede = _("The person can sign in again, without any role.")
    button = _("Reopen the account")
    done = _("The account is open again.")

    def check(self) -> None:
        if self.object.is_active:
            raise ValidationError(_("This account is open."))

    @cached_property
    def obstacle(self) -> Text:
        """Why the account stays closed."""
        return find_obstacle(self.object)

    def get_consequences(self) -> Sequence[Text]:
        """Return what the person can do again, and who is told."""
        if self.obstacle:
            return ()
        enters: Text = _("Their password and second factors work again as before.")
        if not has_entered(self.object):
            enters = _("The person has never chosen a password: an invitation leaves, which works for 7 days.")
        return (
            enters,
            _("Roles that ended stay ended. Only the owner of a project gives one again."),
            _("The person and all administrators receive an email."),
        )

    def get_context_data(self, form: Any) -> dict[str, Any]:
        """Return the context with the roles that keep the account closed."""
        return super().get_context_data(form) | describe_holdings(self.object)

    def act(self, data: dict[str, Any]) -> User:
        return services.reopen_account(actor=self.actor, person=self.object)


class FactorsEndView(AccountReview):
    """Send a link for a new password that ends the second factors of its person."""

    permission = "projects.send_reset"
    title = _("End the second factors")
    lede = _("For a person who has lost them. They choose a new password by a link, and sign in with it alone.")
    button = _("Send the link")
    done = _("The link is on its way to the address on file.")

    @cached_property
    def obstacle(self) -> Text:
        """Why no link is sent."""
        if not self.object.is_active:
            return _("This account is closed.")
        if not has_entered(self.object):
            return _("This person has not chosen a password yet: send the invitation again.")
        return "" if self.factors else _("This person has no second factor.")

    @cached_property
    def factors(self) -> Sequence[Any]:
        """The second factors that end."""
        return list_credentials_of_factors(self.object)

    def get_consequences(self) -> Sequence[Text]:
        """Return when they end, what that stops, and who is told."""
        if self.obstacle:
            return ()
        return (
            _("They end when the person chooses the new password, not before."),
            _("A new second factor does not count at once: the waiting time passes first, or another person vouches."),
            _("Until it counts, a project owner cannot sign a decision."),
            _("The link goes to the address on file. Other addresses of the last 30 days get a notice without it."),
        )

    def act(self, data: dict[str, Any]) -> User:
        return services.send_reset(actor=self.actor, person=self.object, ends_factors=True)
