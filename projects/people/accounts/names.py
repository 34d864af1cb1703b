"""Names that look like those of others: shown side by side, and taken once somebody says that it is another person."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from roles.accounts.look_alikes import differ, list_alike
from roles.models import INSTALLATION, User

LOOKS_LIKE = _("This name looks like that of %(people)s. Tick the box if this is another person.")
WRITTEN_OTHERWISE = _(
    "This name is that of %(people)s in other letters. Correct it, or invite this person on the People page."
)
#: People named in a message.
MOST = 5


def ensure_not_mistaken(
    name: str, person: User | None = None, *, is_another: bool = False, with_addresses: bool = True
) -> None:
    """Raise ValidationError ("name") on a name that looks like somebody else's, unless this `is_another` person."""
    if not is_another and (alike := list_alike(name, person)):
        raise ValidationError({"name": describe(alike, with_addresses=with_addresses)}, code="looks_like")


def ensure_same_letters(name: str, person: User | None = None) -> None:
    """Raise ValidationError ("name") on the name of somebody else in other letters; namesakes pass.

    For ways in where nobody can say that it is another person.
    """
    if alike := differ(name, list_alike(name, person)):
        raise ValidationError({"name": WRITTEN_OTHERWISE % {"people": name_each(alike)}}, code="looks_like")


def describe(alike: Iterable[User], *, with_addresses: bool = True) -> str:
    """Return the sentence that names the people who look alike, for administrators with their addresses."""
    return str(LOOKS_LIKE % {"people": name_each(alike, with_addresses=with_addresses)})


def name_each(people: Iterable[User], *, with_addresses: bool = True) -> str:
    """Name people with their addresses, or with their positions."""
    listed = []
    for person in people:
        beside = "" if person.email == INSTALLATION else person.email if with_addresses else person.position
        listed.append(f"{person} ({beside})" if beside else str(person))
    return ", ".join(listed[:MOST])


class NamingForm(forms.Form):
    """Form that names a person in `name_field`; it asks whether this is another one when somebody has such a name."""

    name_field = "name"
    shows_addresses = True

    is_another = forms.BooleanField(label=_("This is another person"), required=False)

    def __init__(self, *args: Any, person: User | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.person = person
        if not self.is_bound:
            del self.fields["is_another"]
        else:
            names = [name for name in self.fields if name != "is_another"]
            self.order_fields([*_until(names, self.name_field), "is_another"])

    def clean(self) -> dict[str, Any]:
        """Ask about a name that looks like somebody else's; leave the question out of other forms."""
        typed = super().clean() or self.cleaned_data
        alike = self.list_alike(typed.get(self.name_field, ""))
        if alike and not typed.get("is_another"):
            self.add_error(self.name_field, describe(alike, with_addresses=self.shows_addresses))
        if not alike:
            self.fields.pop("is_another", None)
            typed.pop("is_another", None)
        return typed

    def list_alike(self, name: str) -> list[User]:
        """List the people with such a name, unless it is the one that the person has."""
        return list_alike(name, self.person) if name and not (self.person and self.person.name == name) else []


def _until(names: list[str], last: str) -> list[str]:
    return names[: names.index(last) + 1] if last in names else names
