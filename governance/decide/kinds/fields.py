"""Form fields of terms: each stores its value as text and formats it for pages and records."""

from collections.abc import Container, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import AmountField, DayField, ProseField, TextField
from core.history import version_at
from core.record.sealing import parse_term
from core.templatetags.ui import euros
from core.words.dates import long_day
from projects.models import Project
from projects.seats.mandates.fields import PersonField
from roles.enums import Gate
from roles.models import User

Terms = dict[str, str]
LONGEST_CHOICE = 50
YES_OR_NO = (("yes", _("Yes")), ("no", _("No")))


class TermField:
    """Mixin for Django form fields whose value is stored as text; by default plain text."""

    #: Format on pages: "text", "day" or "amount".
    shape: ClassVar[str] = "text"
    #: Whether it is free text, in the language of the project.
    is_prose: ClassVar[bool] = False
    #: Whether it prepares words of the owner, who says them on the answer: it changes nothing by itself.
    is_prepared: bool = False

    def offer(self, project: Project) -> None:
        """Load the choices that depend on `project`."""

    def from_text(self, text: str) -> Any:
        """Parse the stored text."""
        return text

    def to_text(self, value: Any) -> str:
        """Return the text to store; empty for no value."""
        return str(value or "")

    def display(self, text: str) -> Any:
        """Return the value as a page shows it: a text, a day, an amount or a person."""
        return self.from_text(text)

    def display_on(self, project: Project, text: str) -> Any:
        """Return the value as a page of `project` shows it."""
        return self.display(text)

    def in_record(self, text: str, at: datetime, project: Project) -> str:
        """Return the value as the record of a decision of `project` taken at `at` states it."""
        return str(self.display_on(project, text))

    def digits(self, text: str) -> str:
        """Return the hash in the term; empty without one."""
        return ""

    def link(self, project: Project) -> str:
        """Return the address of the page of the referenced row, if there is one."""
        return ""


class TextTerm(TermField, TextField):
    """One line of text."""


class ProseTerm(TermField, ProseField):
    """Several sentences."""

    is_prose = True


class DayTerm(TermField, DayField):
    """A day, stored in ISO form."""

    shape = "day"

    def from_text(self, text: str) -> date:
        return date.fromisoformat(text)

    def to_text(self, value: Any) -> str:
        """Return the day in ISO form."""
        return value.isoformat() if value else ""

    def in_record(self, text: str, at: datetime, project: Project) -> str:
        """Return the day in full words."""
        return long_day(self.from_text(text))


class AmountTerm(TermField, AmountField):
    """An amount in euros, stored with two decimals."""

    shape = "amount"

    def from_text(self, text: str) -> Decimal:
        return Decimal(text)

    def to_text(self, value: Any) -> str:
        """Return the amount with two decimals."""
        return "" if value is None else f"{value:.2f}"

    def in_record(self, text: str, at: datetime, project: Project) -> str:
        """Return the amount formatted for the active language."""
        return euros(self.from_text(text))


class ChoiceTerm(TermField, forms.ChoiceField):
    """One of several codes, shown by its label."""

    def display(self, text: str) -> str:
        """Return the label of the code, or the code when the choices depend on the project."""
        choices: Any = self.choices
        return str(dict(choices).get(text, text))


class GateTerm(ChoiceTerm):
    """A gate of the project, stored as its place; `places` are those to choose from, by default every one."""

    def __init__(self, *, places: Container[str] = Gate.values, **options: Any) -> None:
        super().__init__(**options)
        self.places = places

    def offer(self, project: Project) -> None:
        gates = [(gate.place.value, gate.label) for gate in project.gates if gate.place in self.places]
        self.choices = [("", "—"), *gates]

    def display_on(self, project: Project, text: str) -> str:
        return str(project.name_gate(text).label)


class FlagTerm(TermField, forms.BooleanField):
    """A flag that is set or absent."""

    def to_text(self, value: Any) -> str:
        return "yes" if value else ""

    def display(self, text: str) -> str:
        """Return the word for a set flag."""
        return str(_("yes"))


class ListTerm(TermField, forms.MultipleChoiceField):
    """Several codes, separated by commas, in order."""

    def from_text(self, text: str) -> list[str]:
        return text.split(",")

    def to_text(self, value: Any) -> str:
        """Return the codes separated by commas."""
        return ",".join(sorted(value or ()))

    def display(self, text: str) -> str:
        choices: Any = self.choices
        labels = {str(code): label for code, label in choices}
        return ", ".join(str(labels.get(code, code)) for code in self.from_text(text))


class FrozenTerm(ChoiceTerm):
    """A frozen row of the project, identified by number and hash (core.record.sealing.parse_term)."""

    #: Name of the row, with %(number)s.
    called = _("version %(number)s")

    def frozen(self, project: Project) -> Iterable[tuple[str, Any]]:
        """List the (term, label) of the choices, newest first."""
        raise NotImplementedError

    def offer(self, project: Project) -> None:
        self.choices = [("", "—"), *self.frozen(project)]

    def display(self, text: str) -> str:
        return str(self.called) % {"number": parse_term(text)[0]}

    def digits(self, text: str) -> str:
        return parse_term(text)[1]


class PersonTerm(TermField, PersonField):
    """A person of the installation, stored by key."""

    def to_text(self, value: Any) -> str:
        return str(value.key) if value else ""

    def display(self, text: str) -> User:
        return User.objects.get(key=UUID(text))

    def in_record(self, text: str, at: datetime, project: Project) -> str:
        return str(version_at(self.display(text), at))


class TermsForm(forms.Form):
    """Terms of one kind. A draft may omit any; a submission checks the needed ones."""

    #: Note behind the label of a needed term, by name; all others are optional.
    needed: Mapping[str, Any] = MappingProxyType({})

    def __init__(self, data: Any = None, *, project: Project, initial: Terms | None = None) -> None:
        declared: Any = self.base_fields
        typed = {name: declared[name].from_text(text) for name, text in (initial or {}).items() if name in declared}
        super().__init__(data, initial=typed, prefix="terms")
        fields: Any = self.fields
        for field in fields.values():
            field.offer(project)

    def terms(self) -> Terms:
        """Return the typed values as strings, without the empty ones."""
        fields: Any = self.fields
        return {name: text for name, value in self.cleaned_data.items() if (text := fields[name].to_text(value))}
