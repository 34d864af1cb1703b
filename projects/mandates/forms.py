"""What the owner types to give, end and lend; and the question of who could decide when.

A day means the midnight that begins it, the last day of a period the midnight that ends it, where the reader lives.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.forms import AmountField, DayField, SuggestingInput, TextField
from projects.mandates.fields import CHAMPION_OF_NOTHING, PersonField, known_groups
from projects.project.models import Project
from roles.enums import DELEGABLE_KINDS, DecisionKind, decision_kinds

DAY = timedelta(days=1)
FIRST_YEAR = 1990
NOON = time(12)


def _person() -> PersonField:
    return PersonField(
        label=_("Person, by e-mail address"), error_messages={"required": _("Say who, by e-mail address.")},
        help_text=_("An account that is already open."),
    )  # fmt: skip


class FromField(DayField):
    """The first day of a period. Cleaned to the midnight that begins it; None for today, which means at once."""

    def __init__(self) -> None:
        super().__init__(label=_("From"), required=False, help_text=_("Left empty: at once."))

    def clean(self, value: Any) -> Any:
        """The instant, or None."""
        day = super().clean(value)
        return timezone.make_aware(datetime.combine(day, time.min)) if day and day > timezone.localdate() else None


class LastDayField(DayField):
    """The last day of a period. Cleaned to the midnight that ends it; None when it is left empty."""

    def __init__(self, **options: Any) -> None:
        super().__init__(label=_("Last day"), **options)

    def clean(self, value: Any) -> Any:
        """The instant, or None."""
        day = super().clean(value)
        return timezone.make_aware(datetime.combine(day + DAY, time.min)) if day else None


class AppointForm(forms.Form):
    """A role that does not decide, given to someone over a period."""

    role = forms.ChoiceField(
        label=_("Role"),
        error_messages={"required": _("Choose the role."), "invalid_choice": _("Choose the role.")},
    )  # fmt: skip
    email = _person()
    starts_on = FromField()
    ends_on = LastDayField(required=False, help_text=_("Left empty: until you end it."))
    group = TextField(
        label=_("Recipient group"), max_length=100, required=False, widget=SuggestingInput(),
        help_text=_("For whom a recipient speaks: a known group, or a new one."),
    )  # fmt: skip
    champion = forms.BooleanField(
        label=_("Champion of the group"), required=False,
        help_text=_("Relays in their unit, and does not speak in the name of the group."),
    )  # fmt: skip

    def __init__(self, *args: Any, project: Project, **options: Any) -> None:
        super().__init__(*args, **options)
        given = [(role.code, f"{role.code} · {role.name}") for role in project.roles() if not role.decides]
        self.fields["role"].choices = [("", "—"), *given]  # type: ignore[attr-defined]
        self.fields["group"].widget.suggestions = known_groups(project)

    def clean(self) -> dict[str, Any]:
        """Refuse a champion of nothing."""
        typed = super().clean() or self.cleaned_data
        if typed.get("champion") and not typed.get("group"):
            self.add_error("group", CHAMPION_OF_NOTHING)
        return typed


class NameOwnerForm(forms.Form):
    """Who follows as the owner, and from when."""

    email = _person()
    starts_on = FromField()


class EndForm(forms.Form):
    """When a mandate ends, and why."""

    ends_on = LastDayField(required=False, help_text=_("Left empty: it ends at once."))
    because = TextField(
        label=_("Reason"), max_length=300, error_messages={"required": _("Say why the mandate ends.")},
        help_text=_("Kept with the mandate, word for word."),
    )  # fmt: skip


class DelegateForm(forms.Form):
    """A signature lent: to whom, for what, up to how much, over which period and by which act."""

    email = _person()
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of decision"), widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(kind.value, capfirst(kind.label)) for kind in DecisionKind if kind in DELEGABLE_KINDS],
        error_messages={"required": _("Choose at least one kind of decision.")},
        help_text=_("Every other kind stays with you in person."),
    )  # fmt: skip
    cap = AmountField(
        label=_("Cap (EUR)"), required=False, help_text=_("The largest amount of one decision. Left empty: no cap.")
    )
    starts_on = FromField()
    ends_on = LastDayField(error_messages={"required": _("Give the last day: a delegation always ends.")})
    document = TextField(
        label=_("Act document"), error_messages={"required": _("Name the written act that delegates the signature.")},
        help_text=_("Title, date and where it is kept."),
    )  # fmt: skip


class AuthorityForm(forms.Form):
    """Who could decide, on which day, at what time, on what: everything may be left out."""

    on = DayField(label=_("On"), future=False, required=False)
    at = forms.TimeField(
        label=_("At"), required=False, input_formats=["%H:%M", "%H:%M:%S", "%H:%M:%S.%f"],
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("Kind of decision"), required=False,
        choices=lambda: [("", _("any")), *((code, capfirst(label)) for code, label in decision_kinds())],
    )  # fmt: skip
    amount = AmountField(label=_("Amount committed (EUR)"), required=False)

    def clean_on(self) -> date | None:
        """Refuse a day before anything here began."""
        on: date | None = self.cleaned_data["on"]
        if on and on.year < FIRST_YEAR:
            raise ValidationError(_("Give a date from 1990 on."))
        return on

    @property
    def instant(self) -> datetime:
        """The moment asked: now unless a day or a time is given; the noon of a day without a time."""
        on, at = self.cleaned_data["on"], self.cleaned_data["at"]
        if not on and not at:
            return timezone.now()
        return timezone.make_aware(datetime.combine(on or timezone.localdate(), at or NOON))

    @property
    def kind_asked(self) -> str:
        """The kind of decision, or an empty text."""
        return str(self.cleaned_data["kind"])

    @property
    def amount_asked(self) -> Decimal | None:
        """The amount, if one was given."""
        amount: Decimal | None = self.cleaned_data["amount"]
        return amount
