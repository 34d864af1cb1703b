"""Form of the settings of the organisation."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.files.checks import Upload
from core.forms import TextField, label_choices
from core.history import version_of
from projects.organisation_settings.enums import Holidays, SecondFactor
from projects.organisation_settings.logos import KIB, MOST_BYTES, check_logo
from projects.organisation_settings.models import MOST_DAYS, OrganisationSettings
from projects.organisation_settings.sections import OF_PMO, SECTIONS, SIGN_IN, Section, has_pmo
from projects.organisation_settings.time_zones import list_time_zones
from roles.accounts.fields import EmailField
from roles.models import MethodPack, RoleTemplate, User

FORMATS = ("%Y-%m-%d", "%d/%m/%Y")
MOST_DATES = 500


class LogoField(forms.FileField):
    """A PNG or JPEG picture; cleans to an Upload, or None without a file."""

    def to_python(self, data: Any) -> Upload | None:  # type: ignore[override]
        """Return the checked picture."""
        return None if data in self.empty_values else check_logo(data)


class DatesField(TextField):
    """Dates, one a line; cleans to a sorted list."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MOST_DATES * 12, rows=4, **options)

    def prepare_value(self, value: Any) -> Any:
        """Return one date a line."""
        return "\n".join(day.isoformat() for day in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[date]:
        """Return the dates. Raises ValidationError on a line that is none."""
        return sorted({_parse_date(line) for line in super().clean(value).split()})


def _parse_date(line: str) -> date:
    for known in FORMATS:
        try:
            return datetime.strptime(line, known).date()
        except ValueError:
            continue
    raise ValidationError(_("Enter dates like 2026-12-26, one per line."))


class RolesField(forms.MultipleChoiceField):
    """Roles of one method that require a second factor, by key; one that is no longer published stays while chosen."""

    def __init__(self, method: MethodPack, roles: Sequence[RoleTemplate], chosen: Sequence[str]) -> None:
        labels = {role.key: str(role) for role in roles}
        former = [key for key in chosen if key.startswith(f"{method.code}/") and key not in labels]
        super().__init__(
            label=format_lazy(_("Also of these roles: {method}"), method=method.name),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            choices=[*labels.items(), *((key, key) for key in former)],
            initial=chosen,
        )


class SettingsForm(forms.Form):
    """Settings of one section; `seen` is the version of all of them that was read."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    name = TextField(
        label=_("Name of the organisation"), error_messages={"required": _("Enter the name of your organisation.")}
    )
    logo = LogoField(
        label=_("Logo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg"}),
        help_text=format_lazy(
            _("PNG or JPEG, {most} KiB at most. It is shown on pages and on decision records."), most=MOST_BYTES // KIB
        ),
    )
    without_logo = forms.BooleanField(label=_("Remove the logo"), required=False)
    language = forms.ChoiceField(
        label=_("Language"), choices=User.Language, help_text=_("For people who have not chosen theirs.")
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=list_time_zones, help_text=_("Deadlines are days in this zone.")
    )
    holidays = forms.ChoiceField(label=_("Public holidays"), choices=label_choices(Holidays.choices))
    own_holidays = DatesField(
        label=_("Dates without work"),
        required=False,
        help_text=_("For dates of the organisation: one per line, like 2026-12-26."),
    )
    sender_name = TextField(label=_("Name of the sender"), max_length=100, required=False)
    sender_address = EmailField(
        label=_("Address of the sender"),
        required=False,
        help_text=_(
            "Leave it empty to use the address of this server. A change counts after the waiting time below. Until "
            "then emails leave from the previous sender."
        ),
    )
    second_factor = forms.ChoiceField(
        label=_("Second factor required of"),
        choices=label_choices(SecondFactor.choices),
        help_text=_("A passkey or a code app. People without one must add one before anything else."),
    )
    credential_hours = forms.IntegerField(
        label=_("Hours before a new credential counts"),
        min_value=0,
        max_value=168,
        help_text=_(
            "After a new password by a mailed link or a new second factor. From 0 to 168. A shorter time applies a "
            "week later. For people who decide or administer, time alone is never enough."
        ),
    )
    signed_decisions = forms.BooleanField(
        label=_("Sign every decision with a passkey"),
        required=False,
        help_text=_(
            "Project owners and their delegates without a passkey cannot decide. Each adds one on their account."
        ),
    )
    publisher = TextField(
        label=_("Publisher of the site"),
        max_length=2_000,
        rows=3,
        required=False,
        help_text=_("Name, address and telephone, and the director of publication."),
    )
    host = TextField(
        label=_("Host of the site"),
        max_length=2_000,
        rows=3,
        required=False,
        help_text=_("Name, address and telephone. Leave it empty if the publisher hosts the site."),
    )
    legal_contact = EmailField(
        label=_("Contact for accessibility and personal data"),
        required=False,
    )
    opinion_days = forms.IntegerField(
        label=_("Days to give an opinion"),
        min_value=1,
        max_value=MOST_DAYS,
        help_text=_("From submission, where the author chooses no day. Proposals already submitted keep theirs."),
    )
    answer_days = forms.IntegerField(
        label=_("Days to decide, as a goal"),
        min_value=2,
        max_value=MOST_DAYS,
        help_text=_("From submission to decision, on the dashboards."),
    )
    list_days = forms.IntegerField(
        label=_("Working days to record a decision"),
        min_value=1,
        max_value=MOST_DAYS,
        help_text=_("Monday to Friday, from the session. Decisions already taken keep theirs."),
    )
    delay_cloudy = forms.IntegerField(label=_("Delay, cloudy from (days)"), min_value=1, max_value=9999)
    delay_stormy = forms.IntegerField(label=_("Delay, stormy from (days)"), min_value=1, max_value=9999)
    cost_cloudy = forms.IntegerField(label=_("Cost, cloudy from (% of the budget)"), min_value=1, max_value=9999)
    cost_stormy = forms.IntegerField(label=_("Cost, stormy from (% of the budget)"), min_value=1, max_value=9999)
    scope_cloudy = forms.IntegerField(
        label=_("Scope, cloudy below (% of must-have requirements)"), min_value=0, max_value=100
    )
    scope_stormy = forms.IntegerField(
        label=_("Scope, stormy below (% of must-have requirements)"), min_value=0, max_value=100
    )
    storm_watch = forms.IntegerField(label=_("Budget under storm, to watch from (%)"), min_value=1, max_value=100)
    storm_alert = forms.IntegerField(label=_("Budget under storm, alert from (%)"), min_value=1, max_value=100)

    def __init__(
        self, data: Any = None, files: Any = None, *, row: OrganisationSettings, section: Section = SECTIONS[0]
    ) -> None:
        names = [name for name in self.base_fields if hasattr(row, name) and name != "logo"]
        read = {name: getattr(row, name) for name in names} | {"seen": version_of(row) if row.pk else ""}
        super().__init__(data, files, initial=read)
        absent = {*(("without_logo",) if row.logo_id is None else ()), *(() if has_pmo() else OF_PMO)}
        self.fields = {
            name: field
            for name, field in self.fields.items()
            if name == "seen" or (name in section.fields and name not in absent)
        }
        self.roles: tuple[str, ...] = ()
        if section == SIGN_IN:
            self._add_roles(row.second_factor_roles)

    def _add_roles(self, chosen: Sequence[str]) -> None:
        """Add a field per method after the one that says of whom a second factor is required."""
        published = RoleTemplate.objects.published()
        methods = MethodPack.objects.prefetch_related(Prefetch("roles", published, to_attr="published"))
        self.roles = tuple(f"roles_{method.code}" for method in methods)
        for name, method in zip(self.roles, methods, strict=True):
            self.fields[name] = RolesField(method, method.published, chosen)
        if self.roles:
            self.fields[self.roles[0]].help_text = _(
                "Of the people who hold the role on any project, and of the delegates who sign for them."
            )
        self.order_fields(["seen", "second_factor", *self.roles])

    def clean(self) -> dict[str, Any]:
        """Refuse an own calendar without dates, and storms milder than clouds; drop dates of another calendar."""
        typed: dict[str, Any] = super().clean() or {}
        if self.roles:
            typed["second_factor_roles"] = [key for name in self.roles for key in typed.pop(name, [])]
        if "holidays" in typed and typed["holidays"] != Holidays.OWN:
            typed["own_holidays"] = []
        elif "own_holidays" in typed and not typed["own_holidays"]:
            self.add_error("own_holidays", _("Enter at least one date, or select another calendar."))
        for aspect in ("delay", "cost"):
            cloudy, stormy = typed.get(f"{aspect}_cloudy"), typed.get(f"{aspect}_stormy")
            if cloudy is not None and stormy is not None and stormy < cloudy:
                self.add_error(f"{aspect}_stormy", _("Enter at least the limit from which it is cloudy."))
        watch, alert = typed.get("storm_watch"), typed.get("storm_alert")
        if watch is not None and alert is not None and alert < watch:
            self.add_error("storm_alert", _("Enter at least the part from which it is watched."))
        cloudy, stormy = typed.get("scope_cloudy"), typed.get("scope_stormy")
        if cloudy is not None and stormy is not None and stormy > cloudy:
            self.add_error("scope_stormy", _("Enter at most the limit below which it is cloudy."))
        return typed
