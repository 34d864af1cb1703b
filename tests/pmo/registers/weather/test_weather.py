"""Test the weather of a project: computed from rows, published by the PMO, changed only with a reason, compared."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from amoa.requirements.services import edit_requirement
from core.access import Refused
from core.acts import back_entry
from core.history import bypassing_history, version_of
from pmo.enums import Act
from pmo.models import Risk, WeatherReport
from pmo.registers.budget.services import write_budget_line
from pmo.registers.risks.enums import Band
from pmo.registers.schedule.services import forecast
from pmo.registers.weather import calculation, queries
from pmo.registers.weather.enums import Sky, trend, worst_sky
from pmo.registers.weather.services import publish_weather
from projects.models import LedgerEvent, OrganisationSettings, Project
from projects.organisation_settings.services import edit_settings
from tests.amoa.requirements.factories import write
from tests.conftest import CAST
from tests.database import owning, run, undone
from tests.days import today

pytestmark = pytest.mark.django_db


def publish(actor: Any, project: Any, **fields: Any) -> WeatherReport:
    report = publish_weather(actor=actor, project=project, **{"comment": "No effect."} | fields)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET CONSTRAINTS ALL DEFERRED")
    return report


def at(day: date, actor: Any, project: Any, **fields: Any) -> WeatherReport:
    """Publish at noon of a past day."""
    moment = timezone.make_aware(timezone.datetime(day.year, day.month, day.day, 12))
    with owning(), back_entry(moment):
        return publish_weather(actor=actor, project=project, **{"comment": "No effect."} | fields)


@pytest.mark.parametrize("member", CAST)
def test_the_weather_is_published_by_who_follows_the_project(
    member: str, cast: dict[str, Any], project_one: Any
) -> None:
    events = LedgerEvent.objects.count()
    if member != "pmo":
        with pytest.raises(Refused):
            publish(cast[member], project_one)
        assert LedgerEvent.objects.count() == events
        return
    report = publish(cast[member], project_one)
    event = LedgerEvent.objects.latest("pk")
    assert LedgerEvent.objects.count() == events + 1
    assert (event.act, event.subject_id, event.detail) == (Act.PUBLISH_WEATHER, report.pk, report.overall)


def sky(project: Any, aspect: str) -> str:
    return calculation.compute_weather(Project.objects.get(pk=project.pk)).skies()[aspect]


@pytest.mark.parametrize(("days", "expected"), [(7, Sky.SUNNY), (8, Sky.CLOUDY), (41, Sky.CLOUDY), (42, Sky.STORMY)])
def test_delay_follows_the_largest_slip(days: int, expected: Sky, pmo: Any, project_one: Any) -> None:
    milestone = project_one.milestones.get(code="M-2")
    forecast(actor=pmo, milestone=milestone, forecast_on=milestone.baseline_on + timedelta(days), reason="Storms.")
    assert sky(project_one, "delay") == expected


@pytest.mark.parametrize(("days", "expected"), [(2, Sky.SUNNY), (3, Sky.CLOUDY), (5, Sky.STORMY)])
def test_the_limits_of_the_organisation_apply(
    days: int, expected: Sky, staff_admin: Any, pmo: Any, project_one: Any
) -> None:
    edit_settings(
        actor=staff_admin,
        fields={"delay_cloudy": 3, "delay_stormy": 5},
        seen=version_of(OrganisationSettings.objects.get()),
    )
    milestone = project_one.milestones.get(code="M-2")
    forecast(actor=pmo, milestone=milestone, forecast_on=milestone.baseline_on + timedelta(days), reason="Storms.")
    assert sky(project_one, "delay") == expected


def test_a_milestone_past_the_end_of_the_project_is_a_delay(pmo: Any, project_one: Any) -> None:
    milestone = project_one.milestones.get(code="M-2")
    late = project_one.ends_on + timedelta(days=10)
    forecast(actor=pmo, milestone=milestone, forecast_on=late, reason="Storms.")
    assert sky(project_one, "delay") == Sky.STORMY


@pytest.mark.parametrize(
    ("percent", "expected"), [("100", Sky.SUNNY), ("101", Sky.CLOUDY), ("109.9", Sky.CLOUDY), ("110", Sky.STORMY)]
)
def test_cost_follows_what_is_expected_in_the_end_of_the_budget(
    percent: str, expected: Sky, pmo: Any, project_one: Any
) -> None:
    line = project_one.budget_lines.get()
    amount = (project_one.budget * Decimal(percent) / 100).quantize(Decimal("0.01"))
    write_budget_line(actor=pmo, project=project_one, row=line, seen=version_of(line), fields={"forecast": amount})
    assert sky(project_one, "cost") == expected


@pytest.mark.parametrize(
    ("budget", "expected", "said"),
    [
        (Decimal(0), Sky.STORMY, "Nothing is budgeted. The forecast at completion is €3,650,000"),
        (None, Sky.CLOUDY, "% of the allocated amounts"),
    ],
)
def test_a_budget_of_nothing_is_not_the_same_as_none_decided(
    budget: Decimal | None, expected: Sky, said: str, project_one: Any
) -> None:
    project_one.budget = budget
    [cost] = [aspect for aspect in calculation.compute_weather(project_one).aspects if aspect.aspect == "cost"]
    assert cost.sky == expected
    with translation.override("en"):
        assert said in calculation.explain_aspect("cost", cost.facts)


def test_scope_follows_the_must_requirements_in_force_as_they_are_written(amoa: Any, project_one: Any) -> None:
    assert sky(project_one, "scope") == Sky.SUNNY
    must = project_one.requirements.get(code="ONE-001")
    edit_requirement(actor=amoa, requirement=must, seen=must.changed_at.isoformat(), fields={"statement": "Otherwise."})
    assert sky(project_one, "scope") == Sky.STORMY


def test_a_weather_aspect_without_rows_is_not_computed_and_says_so(project_three: Any) -> None:
    found = calculation.compute_weather(project_three)
    assert (set(found.skies().values()), found.overall) == ({""}, "")
    with translation.override("en"):
        assert all(line.why.startswith("Not computed") for line in queries.list_aspects(found))


@pytest.mark.parametrize("gate", ["", "G0", "G1"])
def test_before_gate_g1_scope_without_a_baseline_is_not_computed_and_never_stormy(
    gate: str, project_two: Any, cast: Any
) -> None:
    write(cast["other_amoa"], project_two, priority="must")
    project_two.gate, project_two.state = gate, "active"
    [scope] = [one for one in calculation.compute_weather(project_two).aspects if one.aspect == "scope"]
    assert scope.sky == ("" if gate < "G1" else Sky.STORMY)
    with translation.override("en"):
        words = calculation.explain_aspect("scope", scope.facts)
    assert (words == "Not computed yet: no baseline is approved.") == (gate < "G1")


@pytest.mark.parametrize("gate", ["", "G0", "G1"])
def test_before_gate_g1_cost_without_a_budget_is_not_computed_and_never_stormy(
    gate: str, pmo: Any, project_one: Any
) -> None:
    line = project_one.budget_lines.get()
    huge = {"forecast": Decimal("99000000"), "committed": Decimal(0)}
    write_budget_line(actor=pmo, project=project_one, row=line, seen=version_of(line), fields=huge)
    project_one.budget, project_one.gate = None, gate
    [cost] = [one for one in calculation.compute_weather(project_one).aspects if one.aspect == "cost"]
    assert cost.sky == ("" if gate < "G1" else Sky.STORMY)
    for language, said in (
        ("en", "Not computed yet: no budget is decided."),
        ("fr", "Pas encore calculé\u202f: aucun budget n’est décidé."),
    ):
        with translation.override(language):
            assert (calculation.explain_aspect("cost", cost.facts) == said) == (gate < "G1")
    project_one.budget = Decimal(0)
    [cost] = [one for one in calculation.compute_weather(project_one).aspects if one.aspect == "cost"]
    assert cost.sky == Sky.STORMY


def test_a_weather_published_before_gate_g1_keeps_what_was_not_computed(pmo: Any, project_one: Any) -> None:
    computed = calculation.Computed([calculation.AspectWeather("scope", "", {"missing": "baseline"})])
    assert computed.overall == ""
    report = WeatherReport(facts={"scope": {"missing": "baseline"}})
    with translation.override("en"):
        [scope] = [line for line in queries.list_published_aspects(report) if line.aspect == "scope"]
    assert (scope.sky, scope.why) == (None, "Not computed yet: no baseline is approved.")


def test_risk_follows_the_worst_threat_that_the_owner_has_not_accepted(project_one: Any, project_three: Any) -> None:
    assert sky(project_three, "risk") == ""
    threats = project_one.risks.open().filter(opportunity=False)
    found = calculation.compute_weather(project_one).facts()["risk"]
    red = [risk.code for risk in threats.select_related("scale") if risk.residual_band == Band.RED]
    assert (int(found["all"]), red, found["red"]) == (threats.count(), ["OR-2"], "1")
    assert sky(project_one, "risk") == Sky.STORMY


@pytest.mark.parametrize(
    ("levels", "expected"),
    [((1, 1), Sky.SUNNY), ((3, 3), Sky.CLOUDY), ((5, 5), Sky.STORMY)],
)
def test_a_threat_is_a_cloud_or_a_storm_by_its_level(
    levels: tuple[int, int], expected: Sky, pmo: Any, project_two: Any
) -> None:
    given = {
        "code": "TR-1",
        "title": "A",
        "cause": "A",
        "event": "B",
        "effect": "C",
        "category": "it",
        "raised_by": pmo,
        "raised_by_role": "PMO",
        "raised_at": timezone.now(),
        "likelihood": levels[0],
        "impact": levels[1],
    }
    worst_chance = given | {"code": "TR-2", "opportunity": True, "likelihood": 5, "impact": 5}
    with undone(), bypassing_history():  # past the register, which keeps ratings beside them
        Risk.objects.bulk_create([Risk(project=project_two, **fields) for fields in (given, worst_chance)])
        assert sky(project_two, "risk") == expected


def test_the_overall_weather_is_the_worst_aspect(project_one: Any, pmo: Any) -> None:
    report = publish(pmo, project_one)
    assert (report.delay, report.cost, report.scope, report.risk) == ("cloudy", "sunny", "sunny", "stormy")
    assert (report.computed, report.overall, report.reason) == ("stormy", "stormy", "")
    assert (report.facts["delay"], report.facts["risk"]["red"]) == ({"days": "14"}, "1")
    assert worst_sky(["", "cloudy", "sunny"]) == "cloudy"
    assert worst_sky([""]) == ""


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"comment": ""}, "comment"), ({"overall": "sunny"}, "reason"), ({"overall": "cloudy"}, "reason")],
)
def test_another_weather_says_why_and_every_report_says_the_effect(
    fields: dict[str, str], code: str, pmo: Any, project_one: Any
) -> None:
    with pytest.raises(ValidationError) as refused:
        publish(pmo, project_one, **fields)
    assert set(refused.value.message_dict) == {code}


def test_a_project_without_rows_needs_a_weather_with_its_reason(cast: Any, project_three: Any) -> None:
    pmo = cast["pmo"].__class__.objects.get(email="other.pmo@example.org")
    with pytest.raises(ValidationError) as refused:
        publish(pmo, project_three)
    assert set(refused.value.message_dict) == {"overall"}
    report = publish(pmo, project_three, overall="sunny", reason="Nothing has begun.")
    assert (report.computed, report.overall) == ("", "sunny")


def test_a_reason_that_is_not_needed_is_not_kept(pmo: Any, project_one: Any) -> None:
    assert publish(pmo, project_one, overall="stormy", reason="As computed.").reason == ""


def test_the_trend_compares_with_the_month_before_and_a_correction_with_the_same(pmo: Any, project_one: Any) -> None:
    WeatherReport.objects.none()
    before = project_one.weather.order_by("-month", "-pk").first()
    assert before is not None
    first = publish(pmo, project_one, overall="stormy", reason="A crack.")
    again = publish(pmo, project_one, overall="sunny", reason="Repaired.")
    last = project_one.weather.filter(month__lt=first.month).order_by("-month", "-pk").first()
    assert first.trend == trend(last.overall if last else "", "stormy")
    assert again.trend == trend(last.overall if last else "", "sunny")
    assert (trend("", "sunny"), trend("sunny", "stormy"), trend("stormy", "cloudy"), trend("cloudy", "cloudy")) == (
        "",
        "worsening",
        "improving",
        "stable",
    )


def test_the_grid_gives_the_newest_report_of_each_month_in_one_query(cast: Any, project_one: Any) -> None:
    pmo, months = cast["pmo"], queries.list_last_months()
    publish(pmo, project_one, overall="sunny", reason="Repaired.")
    newest = publish(pmo, project_one)
    projects = Project.objects.visible_to(pmo)
    with CaptureQueriesContext(
        connection,
    ) as sent:
        found = queries.reports_by_month(projects, months)
    assert len(sent) == 1
    assert found[project_one.pk][months[-1]] == newest
    assert set(found) == {project_one.pk}
    assert queries.reports_by_month(Project.objects.visible_to(cast["outsider"]), months) == {}
    cells = queries.list_months(project_one)
    assert (cells[0].report, cells[0].sky) == (newest, Sky.STORMY)
    assert cells[-1].month == max(months[0], project_one.starts_on.replace(day=1)), "no month before the project began"


def test_the_last_months_are_first_days_in_order() -> None:
    assert queries.list_last_months(3, date(2026, 1, 31)) == [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)]


def test_a_past_month_is_computed_at_its_day(pmo: Any, project_one: Any) -> None:
    day = today() - timedelta(days=5)
    report = at(day, pmo, project_one)
    assert (report.month, report.entered_afterwards) == (day.replace(day=1), report.entered_afterwards)
    report.refresh_from_db()
    assert report.entered_afterwards


def test_publishing_shows_first_the_aspects_and_the_last_report(pmo: Any, project_one: Any, english: Any) -> None:
    publish(pmo, project_one, comment="The quay waits for its crane.")
    page = english(pmo).get(reverse("pmo:weather:weather_publish", args=["ONE"]))
    for line in queries.list_aspects(calculation.compute_weather(project_one)):
        assert line.aspect in {shown.aspect for shown in page.context["preview"]["lines"]}
    assert "The quay waits for its crane." in page.text
