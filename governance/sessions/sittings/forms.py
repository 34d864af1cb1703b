"""Forms of sessions: day and place, order of the agenda, a late item, notes of an item."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.forms import DayField, ProseField, ReasonField, RowForm, SeenForm, TextField, label_choices
from governance.sessions.bodies.models import Body
from governance.sessions.sittings.enums import ItemOutcome, Presence
from governance.sessions.sittings.models import Session, SessionItem
from governance.sessions.sittings.queries import MINUTES, Entry
from projects.models import Project

#: Free items that a draft takes at once.
FREE = 3
#: Longest item, in minutes.
MOST = 480


class BodyChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A body that still meets."""

    def label_from_instance(self, obj: Any) -> str:
        """Return its name."""
        return str(obj)


class TimeField(forms.TimeField):
    """An hour from the clock of the browser."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), **options)


class SessionForm(RowForm):
    """Body, day, hour and place of a session."""

    kept = ("body",)

    body = BodyChoice(Body.objects.none(), label=_("Body"), empty_label=None)
    day = DayField(label=_("Day"), error_messages={"required": _("Enter the day.")})
    begins = TimeField(label=_("Begins at"), initial="09:30", error_messages={"required": _("Enter the hour.")})
    minutes = forms.IntegerField(label=_("Minutes"), min_value=5, max_value=1440, initial=90)
    place = TextField(
        label=_("Place or link"), max_length=300, required=False, help_text=_("A room, or the address of a call.")
    )

    def __init__(self, data: Any = None, *, project: Project, row: Session | None = None, **options: Any) -> None:
        super().__init__(data, project=project, row=row, **options)
        if row is None:
            self.fields["body"].queryset = project.bodies.filter(ended_on=None).order_by("name")  # type: ignore[attr-defined]


class AgendaForm(SeenForm):
    """An order and a time for each item of a draft agenda, and a few free items; an empty order leaves one out."""

    def __init__(self, data: Any = None, *, entries: Sequence[Entry], seen: str) -> None:
        super().__init__(data, initial={"seen": seen})
        self.keys = [entry.key for entry in entries]
        for place, entry in enumerate(entries, 1):
            self._add(str(place), entry.text, None if entry.is_out else place, entry.minutes)
        for place in range(len(entries) + 1, len(entries) + FREE + 1):
            self.fields[f"title-{place}"] = TextField(label=_("Item for information"), required=False, max_length=200)
            self._add(str(place), "", place, MINUTES)
        self.lines = [(entry, self._list(str(place))) for place, entry in enumerate(entries, 1)]
        self.free = [
            [self[f"title-{place}"], *self._list(str(place))]
            for place in range(len(entries) + 1, len(entries) + FREE + 1)
        ]

    def _add(self, name: str, text: str, place: int | None, minutes: int) -> None:
        said = f" · {text}" if text else ""
        self.fields[f"order-{name}"] = forms.IntegerField(
            label=f"{_('Order')}{said}", required=False, min_value=1, max_value=999, initial=place
        )
        self.fields[f"minutes-{name}"] = forms.IntegerField(
            label=f"{_('Minutes')}{said}", required=False, min_value=1, max_value=MOST, initial=minutes
        )

    def _list(self, name: str) -> list[Any]:
        return [self[f"order-{name}"], self[f"minutes-{name}"]]

    def clean(self) -> dict[str, Any]:
        """Return the items in their order, as `arrange_agenda` takes them, and what was read."""
        data: dict[str, Any] = super().clean() or {}
        placed = []
        for number, key in enumerate(self.keys, 1):
            placed.append((key, data.get(f"order-{number}"), data.get(f"minutes-{number}")))
        for number in range(len(self.keys) + 1, len(self.keys) + FREE + 1):
            if title := data.get(f"title-{number}"):
                placed.append((f":{title}", data.get(f"order-{number}"), data.get(f"minutes-{number}")))
        if len({key for key, _order, _minutes in placed}) < len(placed):
            raise ValidationError(_("Enter another title for each item."))
        placed.sort(
            key=lambda one: (one[1] is None, one[1] or 0, not one[0].startswith(":"))
        )  # what is typed comes first
        arranged = [{"key": key, "minutes": minutes or MINUTES, "out": order is None} for key, order, minutes in placed]
        return {"arranged": arranged, "seen": data.get("seen", "")}


class LateItemForm(forms.Form):
    """An item that joins the agenda after the notice, and why."""

    key = forms.ChoiceField(label=_("Item"), required=False)
    title = TextField(label=_("Or an item for information"), required=False, max_length=200)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=MOST, initial=MINUTES)
    because = ReasonField(
        label=_("Why it is added after the notice"), max_length=300, error_messages={"required": _("Enter the reason.")}
    )

    def __init__(self, data: Any = None, *, entries: Iterable[Entry]) -> None:
        super().__init__(data)
        self.fields["key"].choices = [("", "—"), *((entry.key, entry.text) for entry in entries)]  # type: ignore[attr-defined]


class ItemForm(RowForm):
    """What was told of an item, who was there, and what becomes of it if the owner did not decide."""

    note = ProseField(label=_("Information"), rows=4, required=False)
    outcome = forms.ChoiceField(
        label=pgettext_lazy("item of a session", "What becomes of it"),
        required=False,
        choices=label_choices(ItemOutcome.choices),
        help_text=_("The owner decides on the page of the proposal. A session only shows it."),
    )
    deferred_to = DayField(label=_("Deferred to"), required=False, future=False)

    def __init__(
        self, data: Any = None, *, row: SessionItem, seats: Sequence[Any], before: Mapping[str, str], **options: Any
    ) -> None:
        super().__init__(data, row=row, **options)
        self.seats = seats
        noted = row.presence or before
        for seat in seats:
            self.fields[f"presence-{seat.holder_id}"] = forms.ChoiceField(
                label=f"{seat.role.code} · {seat.holder}",
                choices=label_choices(Presence.choices),
                initial=noted.get(str(seat.holder_id), Presence.PRESENT),
            )

    def clean(self) -> dict[str, Any]:
        """Gather the attendance; require a day to which an item is deferred."""
        data: dict[str, Any] = super().clean() or {}
        names = {f"presence-{seat.holder_id}": str(seat.holder_id) for seat in self.seats}
        data["presence"] = {number: data.pop(name) for name, number in names.items() if name in data}
        if data.get("outcome") == ItemOutcome.DEFERRED and not data.get("deferred_to"):
            self.add_error("deferred_to", _("Enter a day after the session."))
        return data
