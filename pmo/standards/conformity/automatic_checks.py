"""Automatic conformity checks: result, sentence and figures.

Each check takes a project annotated by check_inputs.py and an instant. It returns None when it cannot be computed yet;
a person answers then.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.pages.charts import list_months
from pmo.registers.success_criteria.enums import CriterionState
from pmo.standards.conformity.due import GATES, GateChange, gates_passed_by
from pmo.standards.conformity.enums import Result
from projects.enums import ProjectState
from projects.models import OrganisationSettings
from projects.organisation_settings.queries import day_of, organisation
from projects.seats.launch.checklist import checklist_of

SATURDAY = 5
#: Expected number of success criteria: enough to judge the benefit, few enough to follow.
FEWEST_CRITERIA, MOST_CRITERIA = 2, 5
#: Full months that must each have a weather report.
MONTHS_JUDGED = 3
#: Day of the next month by which the weather of a month is due.
OUT_BY = 10


@dataclass(frozen=True)
class Fact:
    """Figure behind a check: label, number, and link to its page."""

    label: str
    number: int
    link: str = ""


@dataclass(frozen=True)
class Computed:
    """Result of a check, with a sentence in the reader's language and its figures.

    Results of a past night have neither sentence nor figures.
    """

    result: Result
    sentence: str = ""
    facts: tuple[Fact, ...] = ()


Check = Callable[[Any, datetime], Computed | None]


def roles_defined(project: Any, at: datetime) -> Computed:
    """Check that the launch checklist is complete (R3)."""
    items = checklist_of(project)
    missing = [item for item in items if not item.done]
    sentence = ngettext(
        "%(n)s item of the launch checklist is missing.",
        "%(n)s items of the launch checklist are missing.",
        len(missing),
    ) % {"n": len(missing)}
    link = reverse("governance:launch:launch", args=[project.code])
    facts = (Fact(_("Items of the launch checklist"), len(items), link), Fact(_("Missing"), len(missing), link))
    if missing:
        return Computed(Result.NOT_CONFORM, sentence, facts)
    return Computed(Result.CONFORM, _("Every item of the launch checklist is there."), facts)


def charter_attached(project: Any, at: datetime) -> Computed:
    """Check that a document of the project is called a charter."""
    link = reverse("governance:evidence:project_documents", args=[project.code])
    facts = (Fact(_("Documents called a charter"), project.charters_, link),)
    if project.charters_:
        return Computed(Result.CONFORM, _("The charter is among the documents."), facts)
    return Computed(Result.NOT_CONFORM, _("No document is called a charter."), facts)


def success_criteria_approved(project: Any, at: datetime) -> Computed:
    """Check that the owner approved two to five success criteria, and none is pending."""
    states = Counter(project.criteria_)
    approved, proposed = states[CriterionState.APPROVED], states[CriterionState.PROPOSED]
    link = reverse("pmo:success_criteria:success", args=[project.code])
    facts = (Fact(_("Success criteria approved"), approved, link), Fact(_("Proposed"), proposed, link))
    if not approved:
        return Computed(Result.NOT_CONFORM, _("No success criterion is approved by the owner."), facts)
    if proposed:
        return Computed(Result.PARTIALLY_CONFORM, _("Some success criteria are proposed and not approved yet."), facts)
    if not FEWEST_CRITERIA <= approved <= MOST_CRITERIA:
        sentence = _("The owner has approved fewer than two success criteria, or more than five.")
        return Computed(Result.PARTIALLY_CONFORM, sentence, facts)
    return Computed(Result.CONFORM, _("Every success criterion is approved by the owner."), facts)


def gates_decided_in_order(project: Any, at: datetime) -> Computed | None:
    """Check that the gates were passed by decisions, in order; None before the first."""
    passed = list(gates_passed_by(GateChange(*change) for change in project.effects_))
    if not passed:
        return None
    facts = (Fact(_("Gates passed"), len(passed), reverse("governance:register:register", args=[project.code])),)
    if passed == GATES[: len(passed)]:
        sentence = _("Each gate was passed by a decision of the owner, in order: %(gates)s.")
        return Computed(Result.CONFORM, sentence % {"gates": ", ".join(passed)}, facts)
    sentence = _("The gates were passed out of order: %(gates)s.") % {"gates": ", ".join(passed)}
    return Computed(Result.NOT_CONFORM, sentence, facts)


def risks_reviewed_monthly(project: Any, at: datetime) -> Computed | None:
    """Check that each open risk was reviewed within a month; None without open risks."""
    all_, done = project.risks_, project.reviewed_
    if not all_:
        return None
    link = reverse("pmo:risks:risk_list", args=[project.code])
    facts = (Fact(_("Open risks"), all_, link), Fact(_("Raised or reviewed within a month"), done, link))
    if done == all_:
        return Computed(Result.CONFORM, _("Every open risk was raised or reviewed within a month."), facts)
    sentence = ngettext(
        "%(n)s open risk was not reviewed within a month.",
        "%(n)s open risks were not reviewed within a month.",
        all_ - done,
    ) % {"n": all_ - done}
    return Computed(Result.PARTIALLY_CONFORM if done else Result.NOT_CONFORM, sentence, facts)


def dashboard_published_monthly(project: Any, at: datetime) -> Computed | None:
    """Check that the weather was published in each of the last full months, three at most.

    The report of a month is due on the tenth of the next. None before the first one is due.
    """
    coming = day_of(at) - timedelta(days=OUT_BY - 1)  # early in a month, the report of the previous one is not due yet
    months = [
        month for month in list_months(coming, MONTHS_JUDGED + 1)[:-1] if month >= project.starts_on.replace(day=1)
    ]
    if not months or project.state == ProjectState.DRAFT:
        return None
    published = len(set(months).intersection(project.published_))
    link = reverse("pmo:weather:weather", args=[project.code])
    facts = (Fact(_("Months judged"), len(months), link), Fact(_("With a weather report"), published, link))
    if published == len(months):
        return Computed(Result.CONFORM, _("The weather was published each month."), facts)
    sentence = _("The weather was published in %(done)s of the last %(all)s months.")
    result = Result.PARTIALLY_CONFORM if published else Result.NOT_CONFORM
    return Computed(result, sentence % {"done": published, "all": len(months)}, facts)


def decisions_listed_in_time(project: Any, at: datetime) -> Computed | None:
    """Check that each decision was recorded within the working days that the settings gave on the day of the act.

    Working days are Monday to Friday; holidays are ignored. Decisions entered afterwards are counted apart: their entry
    date says nothing about the register.
    """
    here = project.decisions_
    if not here:
        return None
    days = organisation().list_days
    late = sum(
        working_days(day_of(acted), day_of(recorded)) > _days_to_record(project.deadlines_, acted)
        for acted, recorded in here
    )
    link = reverse("governance:register:register", args=[project.code])
    facts = (
        Fact(_("Decisions judged"), len(here), link),
        Fact(_("Recorded late"), late, link),
        Fact(_("Entered afterwards, not judged"), project.afterwards_, link),
    )
    if not late:
        sentence = ngettext(
            "Every decision was recorded in time (%(days)s working day at present, Monday to Friday).",
            "Every decision was recorded in time (%(days)s working days at present, Monday to Friday).",
            days,
        )
        return Computed(Result.CONFORM, sentence % {"days": days}, facts)
    sentence = ngettext(
        "%(n)s decision was recorded late (working days to record one, at present: %(days)s).",
        "%(n)s decisions were recorded late (working days to record one, at present: %(days)s).",
        late,
    ) % {"n": late, "days": days}
    return Computed(partial_result(late < len(here)), sentence, facts)


#: Checks by the name that a checkpoint carries. business_checks.py adds those of the business side.
CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        roles_defined,
        charter_attached,
        success_criteria_approved,
        gates_decided_in_order,
        risks_reviewed_monthly,
        dashboard_published_monthly,
        decisions_listed_in_time,
    )
}


def compute(name: str, project: Any, at: datetime) -> Computed | None:
    """Run the check of this name; None when it is unknown or cannot be computed yet.

    `project` must carry the inputs of that check as of `at`.
    """
    check = CHECKS.get(name)
    return check(project, at) if check else None


def _days_to_record(deadlines: Iterable[Mapping[str, Any]], moment: datetime) -> int:
    """Return the working days to record a decision taken at `moment`, from the changes of the settings in order."""
    known = [row["days"] for row in deadlines if datetime.fromisoformat(row["since"]) <= moment]
    return known[-1] if known else OrganisationSettings().list_days


def working_days(first: date, last: date) -> int:
    """Count the days from Monday to Friday after `first` up to `last`; 0 when `last` is not later."""
    return sum(day.weekday() < SATURDAY for day in _iterate_days(first, last))


def _iterate_days(first: date, last: date) -> Iterator[date]:
    for n in range(1, (last - first).days + 1):
        yield first + timedelta(days=n)


def partial_result(holds: bool) -> Result:
    return Result.PARTIALLY_CONFORM if holds else Result.NOT_CONFORM
