"""Form fields that name a person or a recipient group."""

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from core.forms import TextField
from projects.project.models import Project
from roles.accounts.addresses import validate_address
from roles.accounts.queries import find_people
from roles.models import User

KNOWN_GROUPS = 200
CHAMPION_OF_NOTHING = _("Name the group whose champion this person is.")
KEY = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: People listed for one search.
MOST_PEOPLE = 8
#: Administrators named in a message.
MOST_NAMED = 3
UNKNOWN_NAME = _("No account has this name. Enter another name, or an email address.")
CLOSED = _("This account is closed. Select another person.")
SELECT_PERSON = _("Select the person.")
TOO_MANY = _("Many people match. Select the person, or enter more of the name.")


@dataclass(frozen=True)
class Newcomer:
    """A person without an account, whom the act invites."""

    email: str
    name: str = ""
    #: Whether it is another person than those whose names look like theirs.
    is_another: bool = False
    organisation: str = ""

    def __str__(self) -> str:
        return f"{self.name}, {self.email}"


def _by_key(key: str) -> User | None:
    """Return the account with this key, if any."""
    return User.objects.filter(key=key).first() if KEY.fullmatch(key) else None


class PersonInput(forms.TextInput):
    """Name or email address of a person, with the key of the one chosen.

    A script lists matches as one types; without it, the field sets `people` to choose from after a search. A chosen key
    counts only while the text still names its person.
    """

    template_name = "components/person_input.html"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.people: list[User] = []

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the key of the chosen person, else the text."""
        text, key = data.get(name), data.get(f"{name}_key") or ""
        if text and KEY.fullmatch(key) and find_people(text).filter(key=key).exists():
            return key
        return text

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Show the name for a key, and add the people to choose from."""
        person = _by_key(str(value or ""))
        context = super().get_context(name, person.name if person else value, attrs)
        context["widget"]["attrs"]["autocomplete"] = "off"
        return context | {
            "key": str(person.key) if person else "",
            "people": self.people,
            "search": reverse_lazy("projects:mandates:person_find"),
        }


class PersonField(TextField):
    """An open account, typed as a name or as the email address it signs in with, and stored by its key."""

    widget = PersonInput
    #: Whether an address without an account is a newcomer; the form asks for their name.
    takes_newcomers = False

    def clean(self, value: Any) -> User | Newcomer | None:
        """Return the account. Raises ValidationError when there is none, or several to choose from."""
        text = super().clean(value)
        if not text:
            return None
        if chosen := _by_key(text):
            if not chosen.is_active:
                raise forms.ValidationError(CLOSED)
            return chosen
        if "@" in text:
            return self.find_by_address(text)
        return self.find_by_name(text)

    def find_by_address(self, address: str) -> User | Newcomer:
        """Return the open account with this address, or a newcomer. Raises ValidationError."""
        user = User.objects.filter(email__iexact=address).first()
        if user is None and self.takes_newcomers:
            validate_address(address)
            return Newcomer(address)
        if user is None or not user.is_active:
            raise forms.ValidationError(
                _("No account has this address. Ask an administrator to open one: %(names)s.")
                % {"names": _name_administrators()}
            )
        return user

    def find_by_name(self, text: str) -> User:
        """Return the only person with exactly this name. Raises ValidationError with the matches in the widget."""
        found = list(find_people(text)[: MOST_PEOPLE + 1])
        if not found:
            raise forms.ValidationError(UNKNOWN_NAME)
        exact = [person for person in found if text.casefold() in {person.name.casefold(), str(person).casefold()}]
        if len(exact) == 1 and len(found) <= MOST_PEOPLE:
            return exact[0]
        self.widget.people = found[:MOST_PEOPLE]
        raise forms.ValidationError(SELECT_PERSON if len(found) <= MOST_PEOPLE else TOO_MANY)

    def prepare_value(self, value: Any) -> Any:
        """Return the key of an account, else the value."""
        return str(value.key) if isinstance(value, User) else value

    def typed_text(self, value: str) -> str:
        """Return the name for a key, else the text."""
        person = _by_key(value)
        return str(person) if person else value


def known_groups(project: Project) -> list[str]:
    """List the names of the recipient groups of `project` as suggestions."""
    return list(project.recipient_groups.order_by("name").values_list("name", flat=True)[:KNOWN_GROUPS])


def _name_administrators() -> str:
    people = User.objects.filter(is_staff=True, is_active=True).order_by("name")
    return ", ".join(str(person) for person in people[:MOST_NAMED])
