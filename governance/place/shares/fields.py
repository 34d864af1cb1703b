"""Field of the shares of a budget: an amount for each place."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import AmountField
from core.templatetags.ui import euros
from governance.decide.kinds.fields import TermField
from governance.place.shares.queries import list_places
from projects.models import Project


def read_shares(text: str) -> dict[str, Decimal]:
    """Return the shares of a term by code: `ONE=600.00,TWO=300.00`."""
    pairs = (pair.split("=") for pair in text.split(",") if pair)
    return {code: Decimal(amount) for code, amount in pairs}


class PlacesInput(forms.Widget):
    """A figure for each place; the field sets `places`."""

    template_name = "components/figures.html"
    places: tuple[Project, ...] = ()

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_{self.places[0].code}" if id_ and self.places else id_

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Add a line for each place."""
        given, id_ = value or {}, (attrs or {}).get("id", name)
        show = AmountField().prepare_value
        lines = [
            {
                "label": str(place),
                "name": f"{name}-{place.code}",
                "id": f"{id_}_{place.code}",
                "value": show(given.get(place.code, "")),
            }
            for place in self.places
        ]
        return super().get_context(name, value, attrs) | {"lines": lines}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:
        """Return what is typed by code, empty lines left out."""
        typed = {place.code: str(data.get(f"{name}-{place.code}", "")).strip() for place in self.places}
        return {code: text for code, text in typed.items() if text}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return not any(f"{name}-{place.code}" in data for place in self.places)


class SharesTerm(TermField, forms.Field):
    """Shares by code, stored as `ONE=600.00,TWO=300.00`."""

    widget = PlacesInput

    def offer(self, project: Project) -> None:
        self.widget.places = tuple(list_places(project))

    def clean(self, value: Any) -> dict[str, Decimal]:
        """Return the amounts. Raises ValidationError with the codes of those that are none."""
        shares: dict[str, Decimal] = {}
        for code, text in (value or {}).items():
            try:
                shares[code] = AmountField().clean(text)
            except forms.ValidationError as error:
                raise forms.ValidationError([f"{code}: {message}" for message in error.messages]) from error
        return shares

    def from_text(self, text: str) -> dict[str, Decimal]:
        return read_shares(text)

    def to_text(self, value: Any) -> str:
        """Return the shares by code, with two decimals."""
        return ",".join(f"{code}={amount:.2f}" for code, amount in sorted((value or {}).items()))

    def display(self, text: str) -> str:
        line = _("%(project)s: %(amount)s")
        shares = read_shares(text).items()
        return "\u2002·\u2002".join(line % {"project": code, "amount": euros(amount)} for code, amount in shares)
