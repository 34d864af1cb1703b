"""Fields of priorities: a rank for each place, and how many are funded."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.decide.kinds.fields import TermField
from governance.place.shares.fields import PlacesInput
from governance.place.shares.queries import list_places
from projects.models import Project


class RanksTerm(TermField, forms.Field):
    """The order of the places by rank, stored as their codes: `ONE,TWO`."""

    widget = PlacesInput

    def offer(self, project: Project) -> None:
        self.widget.places = tuple(place for place in list_places(project) if place.pk != project.pk)

    def clean(self, value: Any) -> list[str]:
        """Return the codes in their order. Raises ValidationError unless each rank is a number, given once."""
        ranks = {code: str(text).strip() for code, text in (value or {}).items()}
        if not all(text.isdecimal() for text in ranks.values()) or len(set(map(int, ranks.values()))) < len(ranks):
            raise forms.ValidationError(_("Enter another rank for each project: 1, 2, 3."))
        return sorted(ranks, key=lambda code: int(ranks[code]))

    def from_text(self, text: str) -> Any:
        return {code: str(rank) for rank, code in enumerate(text.split(","), 1)}

    def to_text(self, value: Any) -> str:
        """Return the codes in their order."""
        return ",".join(value or ())

    def display(self, text: str) -> str:
        return ", ".join(f"{rank}. {code}" for rank, code in enumerate(text.split(","), 1))


class CountTerm(TermField, forms.IntegerField):
    """A number of projects; 0 is one."""

    def from_text(self, text: str) -> int:
        return int(text)

    def to_text(self, value: Any) -> str:
        """Return the number in figures."""
        return "" if value is None else str(value)
