"""Decision kind: waive checkpoints of a standard for a time (dérogation, R9)."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.acts import act_time
from governance.decide.decisions import watches
from governance.decide.kinds.base import Change, Kind, Part, Text, needs_terms
from governance.decide.kinds.fields import YES_OR_NO, ChoiceTerm, DayTerm, ListTerm, ProseTerm, Terms, TermsForm
from governance.decide.kinds.registry import register
from pmo.standards.conformity.enums import FAILED, SETTLED, Standing, WaiverEnding
from pmo.standards.conformity.guards import MOST_MONTHS
from pmo.standards.conformity.models import Waiver
from pmo.standards.conformity.queries import list_standings
from pmo.standards.standards.effects import WHEN_RETIRED
from pmo.standards.standards.guards import WAS_RETIRED
from pmo.standards.standards.references import list_checkpoints, reference_of, resolve_checkpoints
from pmo.standards.waivers.effects import ALREADY_OVER, end, grant, is_over
from pmo.standards.waivers.effects import NOT_OURS as NOT_OUR_CHECKPOINTS
from pmo.standards.waivers.seals import compare_version, mark_waivers
from projects.models import Project
from projects.organisation_settings.queries import today
from roles.enums import DecisionKind
from roles.models import User

CANNOT_BE_WAIVED = _("%(checkpoint)s cannot be waived: the standard says so.")
IS_MET = _("%(checkpoint)s is met or not applicable. Only a checkpoint that is not met can be waived.")
NOT_ANSWERED = _("%(checkpoint)s has no answer yet. Record its check, then ask for the waiver.")
NOTHING_TO_WAIVE = _("Select the checkpoints to waive. Without a standard in force there is nothing to waive.")
ONE_STANDARD = _("A waiver is of one standard: ask for another waiver for the other one.")
ENDS_FIRST = _("Enter a last day after the first one.")
TOO_LONG = _("Enter a last day within 24 months of the first one.")


class CheckpointsTerm(ListTerm):
    """Checkpoints of one version of a standard; cleans to a list of names (pmo.standards.standards.references).

    `offer` loads the choices of the project. `refused` says why each other checkpoint cannot be chosen.
    """

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.refused: dict[str, Text] = {}

    def offer(self, project: Project) -> None:
        offered: dict[str, list[tuple[str, str]]] = {}
        refused: dict[str, Text] = {}
        for row in list_standings(project, list_checkpoints(project), act_time()):
            version, text = row.checkpoint.version, row.checkpoint.text
            if not row.checkpoint.waivable:
                refused[row.name] = CANNOT_BE_WAIVED % {"checkpoint": f"{row.name} ({text})"}
            elif row.without in FAILED:
                group = offered.setdefault(f"{version.standard.code} · {version.title}", [])
                group.append((row.name, f"{row.name} · {text}"))
            else:
                words = NOT_ANSWERED if row.without == Standing.UNANSWERED else IS_MET
                refused[row.name] = words % {"checkpoint": f"{row.name} ({text})"}
        self.refused = refused
        self.choices = [choice for group in offered.values() for choice in group]

    def validate(self, value: list[str]) -> None:
        """Refuse checkpoints that cannot be waived, and checkpoints of more than one standard."""
        if barred := [self.refused[name] for name in value if name in self.refused]:
            raise forms.ValidationError([forms.ValidationError(str(text)) for text in barred])
        super().validate(value)
        if len({name.rpartition("#")[0] for name in value}) > 1:
            raise forms.ValidationError(ONE_STANDARD)


class WaiverForm(TermsForm):
    """Describe the exception, its period and the compensating measure (R9)."""

    checkpoints = CheckpointsTerm(
        label=_("Checkpoints to waive"),
        required=False,
        help_text=_("Those of one standard that are not met. A checkpoint that cannot be waived is not listed."),
        error_messages={"invalid_choice": _("This checkpoint is not in force for the project.")},
    )
    scope = ProseTerm(
        label=_("What the waiver covers"),
        rows=2,
        required=False,
        help_text=_("The part of the project, exactly: everything else stays under the standard."),
    )
    reason = ProseTerm(
        label=_("Reason"),
        rows=3,
        required=False,
        help_text=_("Why the standard cannot be met now. Name roles, not people: what is granted stays on record."),
    )
    impact = ProseTerm(label=_("Impact and risk"), rows=3, required=False)
    measure = ProseTerm(
        label=_("Compensating measure"), rows=3, required=False, help_text=_("What protects the recipients meanwhile.")
    )
    starts_on = DayTerm(label=_("First day"), future=False, required=False)
    ends_on = DayTerm(
        label=_("Last day"),
        required=False,
        help_text=_("24 months at most. A waiver never renews itself."),
    )
    return_plan = ProseTerm(
        label=_("Plan to return to conformity"), rows=3, required=False, help_text=_("Tasks, people and dates.")
    )
    affects_recipients = ChoiceTerm(
        label=_("Are recipients affected?"), required=False, choices=lambda: [("", "—"), *YES_OR_NO]
    )

    def clean(self) -> dict[str, Any]:
        """Refuse an empty period, or one longer than allowed."""
        data: dict[str, Any] = super().clean() or {}
        if error := period_error(data.get("starts_on"), data.get("ends_on")):
            self.add_error("ends_on", str(error))
        return data


def period_error(first: date | None, last: date | None) -> Text | None:
    """Return the reason why a waiver cannot last from `first` to `last`.

    None when it can, or when one of the days is missing.
    """
    if first is None or last is None:
        return None
    if last <= first:
        return ENDS_FIRST
    return TOO_LONG if last > months_after(first, MOST_MONTHS) else None


def months_after(day: date, months: int) -> date:
    """Return the same day `months` later, or the last day of a shorter month, as PostgreSQL does."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


class WaiverPart(Part):
    """Effect: a waiver is granted."""

    field = "waiver"
    heading = _("Waivers")
    subject = Waiver
    named = "reference"
    done = _("Waiver granted: %(reference)s")
    undone = _("Waiver no longer in force: %(reference)s")

    def undo(self, effect: Any, decision: Any, actor: User) -> Iterator[Change]:
        """End the waiver, unless it is over."""
        waiver = Waiver.objects.with_record().get(pk=effect.subject_id)
        if waiver.early_end is None and waiver.ends_on >= today():
            end(waiver, WaiverEnding.REPLACED, actor)
            yield Change(waiver, effect.field, effect.after, "")


class WaiverKind(Kind):
    """Waives checkpoints of a standard for a time; a checkpoint that is not waivable never is (R9)."""

    evidence = _("What keeps the project from the standard, and the plan to return to it.")
    form = WaiverForm
    differing = ("measure", "ends_on")
    parts: ClassVar[tuple[Part, ...]] = (WaiverPart(),)
    needs = needs_terms("checkpoints", "scope", "reason", "impact", "measure", "starts_on", "ends_on", "return_plan")
    needed_terms: ClassVar = {
        "checkpoints": _("Name the checkpoints to waive."),
        "scope": _("Describe what the waiver covers."),
        "reason": _("Describe why the standard cannot be met."),
        "impact": _("Describe the impact and the risk."),
        "measure": _("Describe what compensates for it meanwhile."),
        "starts_on": _("Enter the first day."),
        "ends_on": _("Enter the last day of the waiver."),
        "return_plan": _("Describe how the project returns to conformity."),
        "affects_recipients": _("Select whether recipients are affected."),
    }

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """Return the missing terms; without a standard in force there is nothing to waive."""
        terms, gaps = content.terms, super().gaps(content, project)
        if not terms.get("checkpoints") and not list_checkpoints(project, today()):
            gaps["terms-checkpoints"] = str(NOTHING_TO_WAIVE)
        error = _waiver_error(project, terms) or _find_met(project, terms)
        for name, text in (("checkpoints", error), ("ends_on", _period_gap(terms))):
            if text:
                gaps.setdefault(f"terms-{name}", str(text))
        return gaps

    def obstacles(self, content: Any, project: Project) -> list[str]:
        """Add the checkpoints that left the library since, and a period that is over."""
        obstacles = super().obstacles(content, project)
        if "checkpoints" not in content.terms:
            return [*obstacles, str(NOTHING_TO_WAIVE)]
        if gap := _waiver_error(project, content.terms):
            obstacles.append(str(gap))
        if is_over(content.terms):
            obstacles.append(str(ALREADY_OVER))
        return obstacles

    def changes(self, terms: Terms) -> frozenset[str]:
        """Add the waiver that the decision grants."""
        return super().changes(terms) | ({"waiver"} if "checkpoints" in terms else set())

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        if gap := _waiver_error(project, content.terms):
            raise ValidationError(str(gap))
        waiver = grant(project, content)
        yield Change(waiver, "waiver", "", waiver.reference)
        yield from super().apply(project, content, actor)


def _waiver_error(project: Project, terms: Terms) -> Text | None:
    """Return the reason why the named checkpoints cannot be waived; None when they can."""
    if not terms.get("checkpoints"):
        return NOTHING_TO_WAIVE
    checkpoints = resolve_checkpoints(project, terms["checkpoints"], today())
    if checkpoints is None:
        return NOT_OUR_CHECKPOINTS
    if len({checkpoint.version_id for checkpoint in checkpoints}) > 1:
        return ONE_STANDARD
    barred = next((checkpoint for checkpoint in checkpoints if not checkpoint.waivable), None)
    return CANNOT_BE_WAIVED % {"checkpoint": reference_of(barred)} if barred else None


def _find_met(project: Project, terms: Terms) -> Text | None:
    """Return why a waiver is not needed: one of the checkpoints is met. None when all fail or are unanswered."""
    checkpoints = resolve_checkpoints(project, terms["checkpoints"], today()) or []
    rows = list_standings(project, checkpoints, act_time())
    met = next((row for row in rows if row.without in SETTLED), None)
    return IS_MET % {"checkpoint": met.name} if met else None


def _period_gap(terms: Terms) -> Text | None:
    first, last = (date.fromisoformat(terms[name]) if terms.get(name) else None for name in ("starts_on", "ends_on"))
    return period_error(first, last)


watches.register(watches.Watch("standard", WAS_RETIRED, compare_version, in_force=False))
WHEN_RETIRED.append(mark_waivers)
register(WaiverKind(DecisionKind.WAIVER))
