"""Page on which the owner appoints a person, and invites them in the same step when they have no account."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.access import can
from core.pages.form_views import Text
from projects.form_views import ProjectFormView
from projects.people.accounts.invitations import try_to_send
from projects.people.accounts.services import invite_holder
from projects.people.appointments.forms import InvitingAppointForm
from projects.seats.launch.checklist import TWO_SIDES, is_unknown
from projects.seats.mandates.edit_views import RENAMED
from projects.seats.mandates.fields import Newcomer
from projects.seats.mandates.models import Mandate
from projects.seats.mandates.services import appoint, role_on

UNKNOWN = _("Their organisation is unknown: they enter it on their account, or an administrator does.")


class MandateNewView(ProjectFormView):
    """Appoint the holder of a role other than the owner's."""

    template_name = "projects/seats/mandates/mandate_form.html"
    permission = "projects.appoint"
    form_class = InvitingAppointForm
    title = _("Appoint a person")
    lede = _("The person has the role from the first day, and accepts it on the page of the mandates.")
    button = _("Appoint the person")
    done = _("The person is appointed.")
    back_url_name = "projects:mandates:mandate_list"
    renamed = RENAMED | {"name": "newcomer"}
    error_field = "email"

    #: Whether the invitation left; empty for a person who has an account.
    sent: Text = ""

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the roles of the project; the query string may preset the role, the person by key and the first day."""
        asked = {name: self.request.GET[name] for name in ("role", "email", "starts_on") if name in self.request.GET}
        may_invite = can(self.actor, "projects.invite_holder", self.project)
        return super().get_form_kwargs() | {"project": self.project, "initial": asked, "may_invite": may_invite}

    def act(self, data: dict[str, Any]) -> Mandate:
        """Invite a newcomer and appoint the person, both or neither; the link leaves once both are recorded."""
        named = data["email"]
        with transaction.atomic():
            holder = self.invite(named) if isinstance(named, Newcomer) else named
            mandate = appoint(
                actor=self.actor,
                project=self.project,
                role=role_on(self.project, data["role"]),
                holder=holder,
                group=data["group"],
                champion=data["champion"],
                starts_at=data["starts_on"],
                ends_at=data["ends_on"],
            )
        if isinstance(named, Newcomer):
            self.sent = try_to_send(holder)
        return mandate

    def invite(self, newcomer: Newcomer) -> Any:
        """Open the account."""
        return invite_holder(
            actor=self.actor,
            project=self.project,
            email=newcomer.email,
            name=newcomer.name,
            organisation=newcomer.organisation,
            is_another=newcomer.is_another,
        )

    def get_done(self, result: Mandate) -> Text:
        """Return that the person is appointed, whether the invitation left, and that their organisation is unknown."""
        is_missing = result.role.authority in TWO_SIDES and is_unknown(result)
        return " ".join(str(text) for text in (self.done, self.sent, UNKNOWN if is_missing else "") if text)
