"""Form of an appointment, which invites a person who has no account yet."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.forms import SuggestingInput, TextField
from projects.people.opening.forms import InvitingForm
from projects.seats.mandates.fields import Newcomer
from projects.seats.mandates.forms import AppointForm
from roles.models import Organisation

KNOWN = 200


class InvitingAppointForm(InvitingForm, AppointForm):
    """An appointment to a role other than the owner's; a newcomer is asked for their name and organisation."""

    person_field = "email"
    shows_addresses = False

    organisation = TextField(
        label=_("Organisation of the person to invite"),
        required=False,
        widget=SuggestingInput(),
        help_text=_("A known one, or a new one. It tells whether two roles are independent of each other."),
    )

    def __init__(self, *args: Any, may_invite: bool, **options: Any) -> None:
        super().__init__(*args, may_invite=may_invite, **options)
        if "newcomer" not in self.fields:
            del self.fields["organisation"]
            return
        self.fields["newcomer"].help_text = _(
            "This person receives an invitation to choose a password, and the role. Administrators are notified."
        )
        known = Organisation.objects.order_by("name").values_list("name", flat=True)
        self.fields["organisation"].widget.suggestions = list(known[:KNOWN])
        names = [name for name in self.fields if name != "organisation"]
        names.insert(names.index("newcomer") + 1, "organisation")
        self.order_fields(names)

    def clean(self) -> dict[str, Any]:
        """Add the organisation of a newcomer; leave out a group that was entered for another role."""
        typed = super().clean()
        if typed.get("role") not in self.receiving:
            typed |= {"group": "", "champion": False}
        organisation, person = typed.pop("organisation", ""), typed.get("email")
        if isinstance(person, Newcomer):
            if not organisation and typed.get("role") in self.two_sides:
                self.add_error("organisation", _("Enter the organisation. This role must be independent."))
            typed["email"] = Newcomer(person.email, person.name, person.is_another, organisation)
        return typed
