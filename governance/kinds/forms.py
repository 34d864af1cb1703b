"""What an approval of each kind changes, as its author types it: the terms, kept as strings by field name."""

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django import forms
from django.db.models import Count
from django.utils.text import capfirst
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from governance.granted_waivers.guards import MOST_MONTHS
from governance.granted_waivers.naming import BETWEEN, checkpoints_of, name_of
from governance.standards.adopting import term_of as standard_term
from governance.standards.content import with_content
from governance.standards.enums import StandardState
from governance.standards.models import StandardVersion
from projects.models import Project
from projects.requirements.models import RequirementBaseline, get_baseline_in_force
from projects.risks.accepting import risk_term
from projects.risks.enums import ACCEPTABLE
from roles.dates import long_day
from roles.enums import DELEGABLE_KINDS, DecisionKind, Gate
from roles.forms import AmountField, DayField, ProseField, SuggestingInput, TextField
from roles.models import User

Terms = dict[str, str]
LONGEST_CHOICE = 50
#: The terms that hold several values, by commas.
LISTS = frozenset({"checkpoints", "kinds", "standards", "retires"})
KNOWN_GROUPS = 200
YES_OR_NO = (("yes", _("Yes")), ("no", _("No")))
CHAMPION_OF_NOTHING = _("Name the group whose champion this person is.")
KEY = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class TermsForm(forms.Form):
    """The terms of one kind. A draft may leave any of them out; what a kind needs is checked when it is submitted."""

    #: What stands behind the label of a term, by its name; others are optional.
    needed: Mapping[str, Any] = MappingProxyType({})

    def __init__(self, data: Any = None, *, project: Project, initial: Terms | None = None) -> None:
        typed = {name: from_text(name, text) for name, text in (initial or {}).items()}
        super().__init__(data, initial=typed, prefix="terms")

    def terms(self) -> Terms:
        """What was typed, as strings; what is empty is left out."""
        return {name: text for name, value in self.cleaned_data.items() if (text := as_text(value))}


def as_text(value: Any) -> str:
    """A term as it is kept: dates in ISO form, amounts with two decimals, people by their key, lists by commas."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, User):
        return str(value.key)
    if value is True:
        return "yes"
    return ",".join(sorted(value)) if isinstance(value, list) else str(value or "")


def from_text(name: str, text: str) -> Any:
    """The term `name` as a value: a day, an amount, a list of codes, or the text itself."""
    if name in {"starts_on", "ends_on", "valid_until"}:
        return date.fromisoformat(text)
    if name in {"budget", "cap"}:
        return Decimal(text)
    return text.split(",") if name in LISTS else text


def version_named(text: str) -> tuple[int, str]:
    """The number and the hash of a version of the roles, from the term that names it; (0, "") when it names none."""
    number, _sign, fingerprint = text.partition(":")
    return (int(number), fingerprint) if re.fullmatch("[0-9]{1,9}", number) else (0, "")


def term_of(number: int, fingerprint: str) -> str:
    """The term that names a version of the roles, as `version_named` reads it."""
    return f"{number}:{fingerprint}"


class PersonField(TextField):
    """A person of the installation, typed as the address they sign in with; kept by their key."""

    def clean(self, value: Any) -> User | None:
        """The account; a form error when nobody can sign in with that address."""
        address = super().clean(value)
        if not address:
            return None
        found = User.objects.filter(email__iexact=address, is_active=True).first()
        if found is None:
            raise forms.ValidationError(_("Nobody signs in with this address. An administrator opens accounts."))
        return found

    def prepare_value(self, value: Any) -> Any:
        """The address behind a key."""
        found = User.objects.filter(key=value).first() if KEY.fullmatch(str(value)) else None
        return found.email if found else value


class ProjectTermsForm(TermsForm):
    """The terms of the project itself: what it covers, until when, for how much."""

    scope = ProseField(label=_("New scope of the project"), rows=3, required=False)
    ends_on = DayField(label=_("New end of the project"), required=False)
    budget = AmountField(label=_("New budget of the project (EUR)"), required=False)


class SealedChoiceForm(TermsForm):
    """Terms that name one frozen thing of the project, by its number and its hash; `named` is the term."""

    named = ""

    def __init__(self, data: Any = None, *, project: Project, initial: Terms | None = None) -> None:
        super().__init__(data, project=project, initial=initial)
        self.fields[self.named].choices = [("", "—"), *self.frozen(project)]  # type: ignore[attr-defined]

    def frozen(self, project: Project) -> list[tuple[str, str]]:
        """The (term, label) of what may be chosen, newest first."""
        raise NotImplementedError


class BaselineForm(SealedChoiceForm):
    """The set of requirements an approval brings into force."""

    named = "baseline"

    baseline = forms.ChoiceField(
        label=_("Requirements to approve"), required=False,
        help_text=_(
            "An approval brings exactly the versions of this baseline into force, and no other. Only the newest one "
            "can be put to the owner."
        ),
    )  # fmt: skip

    def frozen(self, project: Project) -> list[tuple[str, str]]:
        """The baselines, by number, the day they were frozen and how many requirements they hold."""
        found = project.baselines.order_by("-number")[:LONGEST_CHOICE].annotate(size=Count("entries"))
        return [(term_of(one.number, one.hash), _named(get_baseline_in_force(project), one)) for one in found]


def _named(held: RequirementBaseline | None, baseline: Any) -> str:
    words = _("Baseline %(number)s, in force") if baseline == held else _("Baseline %(number)s")
    frozen = ngettext(
        "frozen on %(day)s, %(size)s requirement", "frozen on %(day)s, %(size)s requirements", baseline.size
    )
    about = {"number": baseline.number, "day": long_day(localdate(baseline.acted_at)), "size": baseline.size}
    return f"{words} · {frozen}" % about


class ChangeForm(ProjectTermsForm, BaselineForm):
    """The terms of the project itself, and the requirements as they will be."""


class AcceptanceForm(SealedChoiceForm):
    """The closed campaign whose results the owner pronounces on."""

    named = "campaign"

    campaign = forms.ChoiceField(label=_("Acceptance campaign"), required=False)

    def frozen(self, project: Project) -> list[tuple[str, str]]:
        """The closed campaigns."""
        closed = project.campaigns.filter(closed_at__isnull=False).order_by("-number")[:LONGEST_CHOICE]
        return [(term_of(one.number, one.hash), f"{one.number} · {one.title}") for one in closed]


class RiskAcceptanceForm(SealedChoiceForm):
    """The risk an approval accepts, at exactly the rating it has, until when, and what is watched meanwhile (R9)."""

    named = "risk"

    risk = forms.ChoiceField(
        label=_("Risk to accept"), required=False,
        help_text=_("An approval accepts it at exactly this level; a rise reopens it."),
    )  # fmt: skip
    valid_until = DayField(
        label=_("Accepted until"), required=False, help_text=_("Its last day; it is never renewed by itself.")
    )
    indicator = TextField(label=_("Watch indicator"), required=False, help_text=_("What is measured meanwhile."))
    trigger = TextField(
        label=_("What reopens it"), required=False, help_text=_("The event or value that puts it to the owner again.")
    )

    def frozen(self, project: Project) -> list[tuple[str, str]]:
        """The risks that can be accepted, newest first, with their level now."""
        found: Any = project.risks.filter(status__in=ACCEPTABLE).annotate(rated=Count("ratings")).order_by("-pk")
        return [(risk_term(one, one.rated), _rated(one)) for one in found[:LONGEST_CHOICE]]


def _rated(risk: Any) -> str:
    likelihood, impact = risk.rating
    about = {"code": risk.code, "likelihood": likelihood, "impact": impact, "level": risk.residual_level}
    return f"%(code)s · %(likelihood)s × %(impact)s = %(level)s · {risk.title}" % about


class CommunicationForm(SealedChoiceForm):
    """The change plan an approval lets go ahead, if any."""

    named = "plan"

    plan = forms.ChoiceField(label=_("Change plan to approve"), required=False)

    def frozen(self, project: Project) -> list[tuple[str, str]]:
        """The frozen versions of the plan."""
        found = project.change_plans.order_by("-number").values_list("number", "hash")[:LONGEST_CHOICE]
        return [(term_of(n, h), _("Version %(number)s") % {"number": n}) for n, h in found]


class CriteriaForm(SealedChoiceForm):
    """The frozen set of success criteria an approval brings into force, if any."""

    named = "criteria"

    criteria = forms.ChoiceField(
        label=_("Success criteria to approve"), required=False,
        help_text=_("An approval brings exactly this set into force. Only the newest one can be put to the owner."),
    )  # fmt: skip

    def frozen(self, project: Project) -> list[tuple[str, str]]:
        """The frozen sets."""
        found = project.criteria_sets.order_by("-number").values_list("number", "hash")[:LONGEST_CHOICE]
        return [(term_of(n, h), _("Version %(number)s") % {"number": n}) for n, h in found]


class ScopeForm(ProjectTermsForm, CriteriaForm):
    """The terms of the project itself, and the criteria its success is judged by."""


class AppointmentForm(TermsForm):
    """The roles an approval brings into force, the gate of the provider, the role it gives: any, or none of them."""

    matrix = forms.ChoiceField(label=_("Roles to approve"), required=False)
    provider_gate = forms.ChoiceField(
        label=_("Provider appointed by gate"), required=False, choices=lambda: [("", "—"), *Gate.choices[1:4]],
        help_text=_("When the provider is chosen after the launch."),
    )  # fmt: skip
    role = forms.ChoiceField(label=_("Role to give"), required=False)
    holder = PersonField(label=_("Person, by e-mail address"), required=False)
    starts_on = DayField(label=_("From"), required=False, help_text=_("Empty: from the decision on."))
    ends_on = DayField(label=_("Last day"), required=False, help_text=_("Empty: until it is ended."))
    group = TextField(
        label=_("Recipient group"), required=False, max_length=100, widget=SuggestingInput(),
        help_text=_("A known group, or a new one."),
    )  # fmt: skip
    champion = forms.BooleanField(label=_("Champion of the group"), required=False)

    def __init__(self, data: Any = None, *, project: Project, initial: Terms | None = None) -> None:
        super().__init__(data, project=project, initial=initial)
        content = project.matrix.read() if project.matrix else None
        given = [role for role in content.roles if not role.decides] if content else []
        roles = [(role.code, f"{role.code} · {role.name}") for role in given]
        versions = project.matrices.order_by("-number").values_list("number", "hash")[:LONGEST_CHOICE]
        self._offer("role", roles)
        self.fields["group"].widget.suggestions = known_groups(project)
        self._offer("matrix", [(term_of(n, h), _("Version %(number)s") % {"number": n}) for n, h in versions])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = [("", "—"), *choices]  # type: ignore[attr-defined]


def known_groups(project: Project) -> list[str]:
    """The names of the recipient groups of `project`, to choose from."""
    return list(project.recipient_groups.order_by("name").values_list("name", flat=True)[:KNOWN_GROUPS])


class GateForm(CriteriaForm):
    """The gate an approval passes, and the success criteria it approves, if any."""

    gate = forms.ChoiceField(label=_("Gate"), required=False, choices=lambda: [("", "—"), *Gate.choices])


class DelegationForm(TermsForm):
    """The signature an approval delegates."""

    delegate = PersonField(label=_("Delegate, by e-mail address"), required=False)
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of decision"),
        choices=lambda: [(kind, capfirst(DecisionKind(kind).label)) for kind in sorted(DELEGABLE_KINDS)],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    cap = AmountField(label=_("Cap (EUR)"), required=False, help_text=_("Empty: no cap."))
    starts_on = DayField(label=_("From"), required=False, help_text=_("Empty: from the decision on."))
    ends_on = DayField(label=_("Last day"), required=False)
    document = TextField(label=_("Act document"), required=False)


class StandardsForm(TermsForm):
    """The versions of standards an approval adopts, and those it retires, each by exactly what it says."""

    standards = forms.MultipleChoiceField(
        label=_("Versions to adopt"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Drafts of this library with a checkpoint. An adopted version takes the place of the one before."),
    )  # fmt: skip
    retires = forms.MultipleChoiceField(
        label=_("Standards to retire"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("They are no longer asked for from the day of the decision on."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, project: Project, initial: Terms | None = None) -> None:
        super().__init__(data, project=project, initial=initial)
        rows = with_content(StandardVersion.objects.filter(standard__project=project)).exclude(
            state=StandardState.RETIRED
        )
        found = list(rows.order_by("standard__code", "number"))
        drafts = [one for one in found if one.is_draft and one.checkpoints.all()]
        self.fields["standards"].choices = [_version_choice(one) for one in drafts]  # type: ignore[attr-defined]
        adopted = [_version_choice(one) for one in found if not one.is_draft]
        self.fields["retires"].choices = adopted  # type: ignore[attr-defined]


def _version_choice(one: StandardVersion) -> tuple[str, str]:
    called = _("%(code)s, version %(number)s: %(title)s")
    return standard_term(one), called % {"code": one.standard.code, "number": one.number, "title": one.title}


class CheckpointsField(forms.MultipleChoiceField):
    """Checkpoints of one version of a standard; the choices, and what is `refused` with its reason, come with the form.

    Cleaned to a list of names (governance.granted_waivers.naming).
    """

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.refused: dict[str, str] = {}

    def validate(self, value: list[str]) -> None:
        """Refuse what cannot be waived, in the words of the standard, and more than one standard at a time."""
        if barred := [self.refused[name] for name in value if name in self.refused]:
            raise forms.ValidationError(
                [forms.ValidationError(CANNOT_BE_WAIVED % {"checkpoint": one}) for one in barred]
            )
        super().validate(value)
        if len({name.rpartition("#")[0] for name in value}) > 1:
            raise forms.ValidationError(ONE_STANDARD)


class WaiverForm(TermsForm):
    """What is to be done otherwise, until when, and what protects the project and its recipients meanwhile (R9)."""

    checkpoints = CheckpointsField(
        label=_("Checkpoints to waive"), required=False,
        help_text=_("Those of one standard. What the standard does not let anybody waive is not listed."),
        error_messages={"invalid_choice": _("This checkpoint is not in force for the project.")},
    )  # fmt: skip
    scope = ProseField(
        label=_("What the waiver covers"), rows=2, required=False,
        help_text=_("The part of the project, exactly: everything else stays under the standard."),
    )  # fmt: skip
    reason = ProseField(
        label=_("Reason"), rows=3, required=False,
        help_text=_("Why the standard cannot be met now. Name roles, not people: what is granted stays on record."),
    )  # fmt: skip
    impact = ProseField(label=_("Impact and risk"), rows=3, required=False)
    measure = ProseField(
        label=_("Compensating measure"), rows=3, required=False, help_text=_("What protects the recipients meanwhile.")
    )
    starts_on = DayField(label=_("First day"), future=False, required=False)
    ends_on = DayField(
        label=_("Last day"), required=False,
        help_text=_("24 months at most. A waiver never renews itself."),
    )  # fmt: skip
    return_plan = ProseField(
        label=_("Plan to return to conformity"), rows=3, required=False, help_text=_("Who does what by when.")
    )
    affects_recipients = forms.ChoiceField(
        label=_("Are recipients affected?"), required=False, choices=lambda: [("", "—"), *YES_OR_NO]
    )

    def __init__(self, data: Any = None, *, project: Project, initial: Terms | None = None) -> None:
        super().__init__(data, project=project, initial=initial)
        field, known = self.fields["checkpoints"], checkpoints_of(project)
        offered: dict[str, list[tuple[str, str]]] = {}
        for one in known:
            if one.waivable:
                group = f"{one.version.standard.code} · {one.version.title}"
                offered.setdefault(group, []).append((name_of(one), f"{name_of(one)} · {one.text}"))
        field.choices = [choice for group in offered.values() for choice in group]  # type: ignore[attr-defined]
        field.refused = {  # type: ignore[attr-defined]
            name_of(one): f"{name_of(one)} ({one.text})" for one in known if not one.waivable
        }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Refuse a period that is none, or a longer one than may be granted."""
        data: dict[str, Any] = super().clean() or {}
        if error := period_error(data.get("starts_on"), data.get("ends_on")):
            self.add_error("ends_on", str(error))
        return data


CANNOT_BE_WAIVED = _("%(checkpoint)s cannot be waived: the standard says so.")
ONE_STANDARD = _("A waiver is of one standard: ask for another waiver for the other one.")
ENDS_FIRST = _("Give a last day after the first one.")
TOO_LONG = _("Give a last day within 24 months of the first one.")


def period_error(first: date | None, last: date | None) -> Any:
    """Why a waiver cannot last from `first` to `last`; None when it can, and while one of them is missing."""
    if first is None or last is None:
        return None
    if last <= first:
        return ENDS_FIRST
    return TOO_LONG if last > months_after(first, MOST_MONTHS) else None


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month when it is shorter, as PostgreSQL counts."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def names_in(text: str) -> list[str]:
    """The names of checkpoints in a term."""
    return [name for name in text.split(BETWEEN) if name]
