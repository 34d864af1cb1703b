"""Forms to give and end mandates and delegations, and to ask who could decide when.

Days become instants in the reader's time zone: a first day its first midnight, a last day the midnight after it.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.forms import AmountField, DayField, ProseField, ReasonField, SuggestingInput, TextField
from core.words.days import midnight
from projects.documents.models import DocumentVersion
from projects.project.models import Project
from projects.seats.mandates.fields import CHAMPION_OF_NOTHING, PersonField, known_groups
from roles.enums import DELEGABLE_KINDS, DecisionKind, decision_kinds

DAY = timedelta(days=1)
FIRST_YEAR = 1990
NOON = time(12)


def _person() -> PersonField:
    return PersonField(
        label=_("Person"),
        error_messages={"required": _("Enter the person.")},
        help_text=_("Enter a name or an email address."),
    )


class FromField(DayField):
    """First day of a period, cleaned to its first midnight; None (at once) for today and earlier."""

    def __init__(self) -> None:
        super().__init__(label=_("From"), required=False, help_text=_("Left empty: at once."))

    def clean(self, value: Any) -> Any:
        """Return the instant, or None."""
        day = super().clean(value)
        return midnight(day) if day and day > timezone.localdate() else None


class LastDayField(DayField):
    """Last day of a period, cleaned to the midnight after it; None when empty."""

    def __init__(self, **options: Any) -> None:
        super().__init__(label=_("Last day"), **options)

    def clean(self, value: Any) -> Any:
        """Return the instant, or None."""
        day = super().clean(value)
        return midnight(day + DAY) if day else None


class RoleSelect(forms.Select):
    """A choice of a role, which marks the options of recipients: the style shows the fields that only they have."""

    receiving: frozenset[str] = frozenset()

    def create_option(self, name: str, value: Any, *args: Any, **options: Any) -> dict[str, Any]:
        """Mark the option of a role that receives."""
        option = super().create_option(name, value, *args, **options)
        if str(value) in self.receiving:
            option["attrs"]["data-recipients"] = ""
        return option


class AppointForm(forms.Form):
    """Appointment to a role other than the owner's."""

    role = forms.ChoiceField(
        label=_("Role"),
        widget=RoleSelect(),
        error_messages={"required": _("Choose the role."), "invalid_choice": _("Choose the role.")},
    )
    email = _person()
    starts_on = FromField()
    ends_on = LastDayField(required=False, help_text=_("Left empty: until you end it."))
    group = TextField(
        label=_("Recipient group"),
        max_length=100,
        required=False,
        widget=SuggestingInput(),
        help_text=_("For whom a recipient speaks: a known group, or a new one."),
    )
    champion = forms.BooleanField(
        label=_("Champion of the group"),
        required=False,
        help_text=_("Passes information on in their unit, without speaking for the group."),
    )

    def __init__(self, *args: Any, project: Project, **options: Any) -> None:
        super().__init__(*args, **options)
        roles = [role for role in project.roles() if not role.decides]
        given = [(role.code, f"{role.code} · {role.name}") for role in roles]
        self.fields["role"].choices = [("", "—"), *given]  # type: ignore[attr-defined]
        self.receiving = frozenset(role.code for role in roles if role.receives)
        self.two_sides = frozenset(role.code for role in roles if role.advises or role.delivers)
        self.fields["role"].widget.receiving = self.receiving
        for name in ("group", "champion"):
            self.fields[name].widget.attrs["data-for"] = "recipients"
        self.fields["group"].widget.suggestions = known_groups(project)

    def clean(self) -> dict[str, Any]:
        """Refuse a champion without a group."""
        typed = super().clean() or self.cleaned_data
        if typed.get("champion") and not typed.get("group"):
            self.add_error("group", CHAMPION_OF_NOTHING)
        return typed


class NameOwnerForm(forms.Form):
    """The next owner and the start of their mandate."""

    email = _person()
    starts_on = FromField()


class EndForm(forms.Form):
    """End of a mandate and its reason."""

    ends_on = LastDayField(required=False, help_text=_("Left empty: it ends at once."))
    because = ReasonField(
        label=_("Reason"),
        max_length=300,
        error_messages={"required": _("Enter why the mandate ends.")},
        help_text=_("Kept with the mandate."),
    )


class DeclineForm(forms.Form):
    """Reason why a mandate is declined."""

    because = ReasonField(
        label=_("Reason"),
        max_length=300,
        error_messages={"required": _("Enter why you decline.")},
        help_text=_("The project owner reads it. It is kept with the mandate."),
    )


class CompetenceForm(forms.Form):
    """Competence of a holder for their role, and the document that shows it."""

    text = ProseField(
        label=_("Competence"),
        error_messages={"required": _("Describe your competence.")},
        help_text=_("Experience, training and qualifications that matter for this role."),
    )
    document = forms.ModelChoiceField(
        label=_("Document"),
        queryset=DocumentVersion.objects.none(),
        required=False,
        empty_label="—",
        help_text=_("A certificate or a reference among the documents."),
    )

    def __init__(self, *args: Any, project: Project, **options: Any) -> None:
        super().__init__(*args, **options)
        newest = DocumentVersion.objects.newest().filter(document__project=project)
        self.fields["document"].queryset = newest.select_related("document").order_by(  # type: ignore[attr-defined]
            "document__name"
        )


class DelegateForm(forms.Form):
    """A delegation of signature: delegate, kinds, cap, period and written act."""

    email = _person()
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of decision"),
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(kind.value, capfirst(kind.label)) for kind in DecisionKind if kind in DELEGABLE_KINDS],
        error_messages={"required": _("Choose at least one kind of decision.")},
        help_text=_("Every other kind stays with you in person."),
    )
    cap = AmountField(
        label=_("Cap (€)"), required=False, help_text=_("The largest amount of one decision. Left empty: no cap.")
    )
    starts_on = FromField()
    ends_on = LastDayField(error_messages={"required": _("Enter the last day of the delegation.")})
    document = TextField(
        label=_("Act document"),
        error_messages={"required": _("Name the written act that delegates the signature.")},
        help_text=_("Title, date and where it is kept."),
    )


class AuthorityForm(forms.Form):
    """Query for the page of who could decide; every field is optional."""

    on = DayField(label=_("On"), future=False, required=False)
    at = forms.TimeField(
        label=_("At"),
        required=False,
        input_formats=["%H:%M", "%H:%M:%S", "%H:%M:%S.%f"],
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    kind = forms.ChoiceField(
        label=_("Kind of decision"),
        required=False,
        choices=lambda: [("", _("any")), *((code, capfirst(label)) for code, label in decision_kinds())],
    )
    amount = AmountField(label=_("Committed amount (€)"), required=False)

    def clean_on(self) -> date | None:
        """Refuse dates before FIRST_YEAR."""
        on: date | None = self.cleaned_data["on"]
        if on and on.year < FIRST_YEAR:
            raise ValidationError(_("Enter a date from 1990 on."))
        return on

    @property
    def instant(self) -> datetime:
        """Return the requested moment: now by default, noon for a day without a time."""
        on, at = self.cleaned_data["on"], self.cleaned_data["at"]
        if not on and not at:
            return timezone.now()
        return timezone.make_aware(datetime.combine(on or timezone.localdate(), at or NOON))

    @property
    def requested_kind(self) -> str:
        """Return the kind of decision, or an empty string."""
        return str(self.cleaned_data["kind"])

    @property
    def requested_amount(self) -> Decimal | None:
        """Return the amount (EUR), if any."""
        amount: Decimal | None = self.cleaned_data["amount"]
        return amount
