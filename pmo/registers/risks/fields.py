"""Fields that the register of risks alone has: grades of its scale, and codes of requirements."""

from dataclasses import dataclass
from typing import Any

from django import forms

from core.forms import TextField
from core.pages.register.fields import Field


class CodesField(TextField):
    """Requirement codes separated by commas or spaces; cleans to a list without duplicates."""

    def clean(self, value: Any) -> Any:
        """Return the codes in order."""
        return list(dict.fromkeys(str(super().clean(value)).replace(",", " ").split()))

    def prepare_value(self, value: Any) -> Any:
        """Join the codes by commas."""
        return ", ".join(value) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Return whether other codes are typed than those of the row."""
        return super().has_changed(self.prepare_value(initial), data)


class GradeField(forms.TypedChoiceField):
    """Grade of the scale; the form sets its choices."""

    def __init__(self, **options: Any) -> None:
        super().__init__(coerce=int, empty_value=None, **options)


@dataclass(frozen=True)
class Grade(Field):
    """A grade of the scale."""

    def build(self) -> forms.Field:
        return GradeField(**self.say())

    @property
    def is_numeric(self) -> bool:
        return True


@dataclass(frozen=True)
class Codes(Field):
    """Codes of requirements."""

    def build(self) -> forms.Field:
        return CodesField(max_length=500, **self.say())

    def value(self, row: Any) -> Any:
        return ", ".join(getattr(row, self.name))
