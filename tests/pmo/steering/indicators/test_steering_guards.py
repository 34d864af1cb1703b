"""Attack the triggers and constraints on indicators, weather, schedule, budget, success criteria and lessons."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from pmo.models import (
    BudgetLine,
    BudgetReading,
    CriterionMeasure,
    Dependency,
    Indicator,
    IndicatorReading,
    LessonLearned,
    Milestone,
    MilestoneForecast,
    SuccessCriteriaSet,
    SuccessCriterion,
    WeatherReport,
)
from pmo.registers.success_criteria.models import hash_of
from projects.models import Interest, Project
from tests.attacks import Attacks, Declared, leaves

pytestmark = pytest.mark.django_db
MODELS: tuple[Any, ...] = (
    Indicator,
    IndicatorReading,
    WeatherReport,
    Milestone,
    MilestoneForecast,
    Dependency,
    BudgetLine,
    BudgetReading,
    SuccessCriterion,
    SuccessCriteriaSet,
    CriterionMeasure,
    LessonLearned,
)


class World:
    """Project one with its steering rows, written past the services."""

    def __init__(self, cast: dict[str, Any], project: Project, other: Project) -> None:
        self.cast, self.project, self.other = cast, project, other
        self.today = timezone.localdate()

    def add(self, model: Any, **fields: Any) -> Any:
        """Write a row of project one."""
        return model.objects.bulk_create([model(**{"project": self.project} | fields)])[0]

    def change(self, row: Any, **fields: Any) -> None:
        """Change a row."""
        assert type(row).objects.filter(pk=row.pk).update(**fields)

    def first(self, model: Any) -> Any:
        """Return the first row of project one."""
        return model.objects.filter(project=self.project).earliest("pk")

    def said(self, **fields: Any) -> dict[str, Any]:
        """Return the fields of an act of the PMO."""
        return {"acted_at": timezone.now()} | fields

    def indicator(self, **fields: Any) -> Any:
        given = {"code": "X", "name": "X", "better": "lower", "green": 1, "amber": 2}
        return self.add(Indicator, **given | fields)

    def reading(self, **fields: Any) -> Any:
        given = {
            "indicator": self.first(Indicator),
            "measured_on": self.today,
            "value": Decimal(3),
            "read_by": self.cast["pmo"],
        }
        return self.add(IndicatorReading, **self.said(**given | fields))

    def weather(self, **fields: Any) -> Any:
        """Write a report of an earlier month than any other, so that it has no trend."""
        month = (self.today - timedelta(days=800)).replace(day=1)
        given = {
            "month": month,
            "delay": "cloudy",
            "cost": "sunny",
            "computed": "cloudy",
            "overall": "cloudy",
            "comment": "None.",
            "published_by": self.cast["pmo"],
        }
        return self.add(WeatherReport, **self.said(**given | fields))

    def milestone(self, *, kept: bool = True, **fields: Any) -> Any:
        given = {"code": "X", "name": "X", "baseline_on": self.today, "forecast_on": self.today}
        row = self.add(Milestone, **given | fields)
        if kept:
            self.forecast(milestone=row, forecast_on=row.forecast_on, reason="")
        return row

    def forecast(self, **fields: Any) -> Any:
        given = {
            "milestone": self.first(Milestone),
            "forecast_on": self.today,
            "reason": "Storms.",
            "made_by": self.cast["pmo"],
        }
        return self.add(MilestoneForecast, **self.said(**given | fields))

    def dependency(self, **fields: Any) -> Any:
        given = {"needs": self.other, "what": "Tickets", "needed_on": self.today}
        return self.add(Dependency, **given | fields)

    def line(self, *, kept: bool = True, **fields: Any) -> Any:
        row = self.add(BudgetLine, **{"label": "X", "envelope": 5, "committed": 1, "forecast": 5} | fields)
        if kept:
            self.figures(line=row)
        return row

    def figures(self, **fields: Any) -> Any:
        given = {
            "line": self.first(BudgetLine),
            "envelope": 5,
            "committed": 1,
            "forecast": 5,
            "read_by": self.cast["pmo"],
        }
        return self.add(BudgetReading, **self.said(**given | fields))

    def criterion(self, **fields: Any) -> Any:
        given = {
            "number": 99,
            "kind": "criterion",
            "text": "A",
            "measure": "B",
            "target": "1",
            "due_gate": "G5",
            "proposed_by_role": "PMO",
        }
        return self.add(SuccessCriterion, **given | fields)

    def in_state(self, state: str) -> Any:
        """Write a criterion of project one in this state."""
        return self.project.success_criteria.filter(state=state).earliest("pk")

    def frozen(self, **fields: Any) -> Any:
        content = [self.in_state("proposed").plain()]
        given = {"number": 2, "content": content, "hash": hash_of(2, content), "made_by": self.cast["pmo"]}
        return self.add(SuccessCriteriaSet, **self.said(**given | fields))

    def measure(self, **fields: Any) -> Any:
        given = {
            "criterion": self.in_state("approved"),
            "measured_on": self.today,
            "value": "1",
            "met": "yes",
            "measured_by": self.cast["pmo"],
        }
        return self.add(CriterionMeasure, **self.said(**given | fields))

    def lesson(self, **fields: Any) -> Any:
        given = {
            "number": 99,
            "title": "A",
            "lesson": "B",
            "raised_by_role": "PMO",
            "raised_by": self.cast["pmo"],
            "raised_at": timezone.now(),
        }
        return self.add(LessonLearned, **given | fields)

    def tie(self, member: str) -> None:
        """Tie a member of the cast to a bidder."""
        tied = {"person": self.cast[member], "organisation": self.project.bidders.earliest("pk").organisation}
        self.add(Interest, tie="A cousin.", **self.said(**tied))

    def foreign(self, write: Callable[..., Any], **fields: Any) -> Any:
        """Write a row like those of `write`, on project two."""
        return write(project=self.other, **fields)


def _tied_freezes(world: World) -> None:
    world.tie("pmo")
    world.frozen()


Attempt = Callable[[World], Any]
TOGETHER = "What belongs together is of one project"
KEEPS = "A row keeps its project and what names it"
WORST = "The weather that was computed is that of the worst aspect"
TREND = "The trend compares with the report of the month before"
FORECASTS = "Every forecast of a milestone is kept"
WHY = "A forecast that moves says why"
FIGURES = "Every figure of a budget line is kept"
FIRST = "A success criterion is proposed first"
WORDS = "What was approved or dropped keeps its words"
ANEW = "A criterion that was dropped is proposed anew"
OWNER_APPROVES = "Only a decision of the owner approves a success criterion, or ends that (R1)"
HASHED = "A set of success criteria carries the hash of its content"
FOLLOWING = "The sets of success criteria follow each other"
TIED = "A declared tie with a bidder blocks this role until the owner settles it (R8)"
ONCE_APPROVED = "A success criterion is measured once the owner has approved it"


def _dropped(world: World) -> Any:
    row = world.in_state("proposed")
    world.change(row, state="dropped")
    return row


TRIGGERS: list[Declared] = [
    *(
        (f"{model._meta.model_name}.stays_on_its_project", f"another {column}", attack, KEEPS)
        for model, column, value in (
            (Indicator, "code", "X"),
            (Indicator, "computed", "delay"),
            (Milestone, "code", "X"),
            (SuccessCriterion, "number", 98),
            (SuccessCriterion, "kind", "benefit"),
            (LessonLearned, "number", 98),
            (LessonLearned, "raised_by_role", "MOA"),
        )
        for attack in [lambda w, m=model, c=column, v=value: w.change(w.first(m), **{c: v})]
    ),
    (
        "milestone.stays_on_its_project",
        "another first plan",
        lambda w: w.change(w.first(Milestone), baseline_on=w.today + timedelta(days=1)),
        KEEPS,
    ),
    ("budgetline.stays_on_its_project", "moved", lambda w: w.change(w.first(BudgetLine), project=w.other), KEEPS),
    (
        "dependency.stays_on_its_project",
        "another end",
        lambda w: w.change(Dependency.objects.earliest("pk"), needs=w.project),
        KEEPS,
    ),
    (
        "indicatorreading.points_within_its_project",
        "of a foreign indicator",
        lambda w: w.reading(indicator=w.foreign(w.indicator)),
        TOGETHER,
    ),
    (
        "milestoneforecast.points_within_its_project",
        "of a foreign milestone",
        lambda w: w.forecast(milestone=w.foreign(w.milestone, kept=False)),
        TOGETHER,
    ),
    (
        "dependency.points_within_its_project",
        "for a foreign milestone",
        lambda w: w.dependency(milestone=w.foreign(w.milestone, kept=False)),
        TOGETHER,
    ),
    (
        "budgetreading.points_within_its_project",
        "of a foreign line",
        lambda w: w.figures(line=w.foreign(w.line, kept=False)),
        TOGETHER,
    ),
    (
        "criterionmeasure.points_within_its_project",
        "of a foreign criterion",
        lambda w: w.measure(project=w.other),
        TOGETHER,
    ),
    (
        "weatherreport.follows_from_its_aspects",
        "better than the worst",
        lambda w: w.weather(computed="sunny", overall="sunny"),
        WORST,
    ),
    ("weatherreport.follows_from_its_aspects", "computed of nothing", lambda w: w.weather(delay="", cost=""), WORST),
    ("weatherreport.follows_from_its_aspects", "improving from nothing", lambda w: w.weather(trend="improving"), TREND),
    (
        "weatherreport.follows_from_its_aspects",
        "stable, and worse",
        lambda w: [
            w.weather(),
            w.weather(
                month=w.weather().month + timedelta(days=31 * 12), overall="stormy", reason="A crack.", trend="stable"
            ),
        ],
        TREND,
    ),
    ("milestone.keeps_its_forecasts", "added without one", lambda w: w.milestone(kept=False), FORECASTS),
    (
        "milestone.keeps_its_forecasts",
        "expected otherwise",
        lambda w: w.change(w.first(Milestone), forecast_on=w.today + timedelta(days=99)),
        FORECASTS,
    ),
    ("milestoneforecast.says_why_it_moves", "without a reason", lambda w: w.forecast(reason=""), WHY),
    ("budgetline.keeps_its_readings", "added without one", lambda w: w.line(kept=False), FIGURES),
    (
        "budgetline.keeps_its_readings",
        "other figures",
        lambda w: w.change(w.first(BudgetLine), committed=Decimal(7)),
        FIGURES,
    ),
    ("successcriterion.stays_as_approved", "born approved", lambda w: w.criterion(state="approved"), FIRST),
    (
        "successcriterion.stays_as_approved",
        "another target",
        lambda w: w.change(w.in_state("approved"), target="99"),
        WORDS,
    ),
    (
        "successcriterion.stays_as_approved",
        "proposed again",
        lambda w: w.change(_dropped(w), state="proposed"),
        ANEW,
    ),
    (
        "successcriterion.is_approved_by_the_owner",
        "approved by nobody",
        lambda w: w.change(w.in_state("proposed"), state="approved"),
        OWNER_APPROVES,
    ),
    (
        "successcriterion.is_approved_by_the_owner",
        "dropped by nobody",
        lambda w: w.change(w.in_state("approved"), state="dropped"),
        OWNER_APPROVES,
    ),
    ("successcriteriaset.carries_its_hash", "another hash", lambda w: w.frozen(hash="0" * 64), HASHED),
    ("successcriteriaset.carries_its_hash", "another content", lambda w: w.frozen(content=[]), HASHED),
    (
        "successcriteriaset.carries_its_hash",
        "a number left out",
        lambda w: w.frozen(number=3, content=[], hash=hash_of(3, [])),
        FOLLOWING,
    ),
    ("successcriteriaset.is_refused_to_the_tied", "frozen by who is tied", _tied_freezes, TIED),
    (
        "criterionmeasure.is_measured_once_approved",
        "of what is proposed",
        lambda w: w.measure(criterion=w.in_state("proposed")),
        ONCE_APPROVED,
    ),
    *(
        (f"{model._meta.model_name}.leaves_an_event", "written without an event", attack, leaves(model))
        for model, attack in (
            (Indicator, lambda w: w.indicator()),
            (IndicatorReading, lambda w: w.reading()),
            (WeatherReport, lambda w: w.weather()),
            (Milestone, lambda w: w.milestone()),
            (MilestoneForecast, lambda w: w.forecast()),
            (Dependency, lambda w: w.dependency()),
            (BudgetLine, lambda w: w.line()),
            (BudgetReading, lambda w: w.figures()),
            (SuccessCriterion, lambda w: w.criterion()),
            (SuccessCriteriaSet, lambda w: w.frozen()),
            (CriterionMeasure, lambda w: w.measure()),
            (LessonLearned, lambda w: w.lesson()),
        )
    ),
]

#: constraint → a row it refuses.
CONSTRAINTS: dict[str, Attempt] = {
    "one_indicator_per_code_and_project": lambda w: w.indicator(code="NOISE"),
    "one_indicator_per_computed_figure": lambda w: [w.indicator(code=c, computed="delay") for c in ("X", "Y")],
    "an_indicator_has_a_code_and_a_name": lambda w: w.indicator(name=""),
    "green_is_better_than_amber": lambda w: w.indicator(better="higher"),
    "the_words_of_an_indicator_are_known": lambda w: w.indicator(aspect="mood"),
    "the_sky_of_a_project_is_known": lambda w: w.weather(overall="foggy", reason="Fog."),
    "another_weather_than_the_computed_says_why": lambda w: w.weather(overall="sunny"),
    "the_weather_says_effect_and_action": lambda w: w.weather(comment=""),
    "the_weather_is_of_a_month": lambda w: w.weather(month=w.today.replace(day=2)),
    "one_milestone_per_code_and_project": lambda w: w.milestone(code="M-1"),
    "a_milestone_has_a_code_and_a_name": lambda w: w.milestone(name=""),
    "the_gate_of_a_milestone_is_known": lambda w: w.milestone(gate="G9"),
    "a_project_depends_on_another_one": lambda w: w.dependency(needs=w.project),
    "a_dependency_says_what_and_its_state": lambda w: w.dependency(what=""),
    "one_budget_line_per_label": lambda w: w.line(label="Works on the quays"),
    "a_budget_line_has_a_label_and_amounts": lambda w: w.line(committed=-1),
    "one_success_criterion_per_number": lambda w: w.criterion(number=1),
    "a_success_criterion_is_measurable": lambda w: w.criterion(measure=""),
    "the_words_of_a_success_criterion_are_known": lambda w: w.criterion(due_gate="G1"),
    "one_criteria_set_per_number": lambda w: w.frozen(number=1),
    "a_measure_says_value_and_met": lambda w: w.measure(met="maybe"),
    "one_lesson_per_number": lambda w: w.lesson(number=1),
    "a_lesson_has_a_title_and_says_it": lambda w: w.lesson(lesson=""),
    "a_lesson_has_a_known_family": lambda w: w.lesson(family="mood"),
}
#: constraint → the trigger that refuses the same row first, disabled for the attack.
BEHIND = {
    "one_criteria_set_per_number": "successcriteriaset.carries_its_hash",
    "the_sky_of_a_project_is_known": "weatherreport.follows_from_its_aspects",
    "the_weather_is_of_a_month": "weatherreport.follows_from_its_aspects",
}


@pytest.fixture
def world(cast: dict[str, Any], project_one: Any, project_two: Any) -> World:
    """Build the world of these attacks."""
    return World(cast, project_one, project_two)


ATTACKS = Attacks(TRIGGERS, CONSTRAINTS, BEHIND)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)
