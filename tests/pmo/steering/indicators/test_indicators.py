"""Test indicators: bounds, colours, typed values, line-by-line imports, and values computed from rows."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from core.access import Refused
from core.history import Outdated, version_of
from core.tables.reader import open_table
from governance.enums import ConditionState
from governance.models import Condition
from pmo.enums import Act
from pmo.models import Indicator, IndicatorReading
from pmo.steering.dashboards.figures import filter_pending
from pmo.steering.indicators import queries, services
from pmo.steering.indicators.calculation import compute_figures
from pmo.steering.indicators.catalogue import CATALOGUE
from pmo.steering.indicators.enums import Better, Computed, Light
from pmo.steering.indicators.imports import MOST_LINES, check_rows, parse_carried, parse_table
from pmo.steering.indicators.services import NewReading
from projects.models import LedgerEvent
from tests.conftest import CAST
from tests.database import fire_deferred_triggers
from tests.days import today

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def describe(actor: Any, project: Any, **fields: Any) -> Indicator:
    given = {"code": "VISITORS", "name": "Visitors", "better": "higher", "green": Decimal(40), "amber": Decimal(20)}
    return services.write_indicator(actor=actor, project=project, fields=given | fields)


def read(actor: Any, project: Any, **fields: Any) -> IndicatorReading:
    indicator = project.steering_indicators.get(code="NOISE")
    return services.add_indicator_reading(
        actor=actor, indicator=indicator, **{"measured_on": today(), "value": Decimal(4)} | fields
    )


def import_values(actor: Any, project: Any, *readings: NewReading) -> list[IndicatorReading]:
    found = readings or (NewReading("NOISE", today(), Decimal(3)), NewReading("NOISE", today(), Decimal(4)))
    return services.import_readings(actor=actor, project=project, readings=found)


def catalogued(actor: Any, project: Any) -> list[Indicator]:
    return services.add_catalogue(actor=actor, project=project)


#: act → its call, and its number of events.
ACTS: dict[str, tuple[Callable[..., Any], int]] = {
    "describe": (describe, 1),
    "read": (read, 1),
    "import": (import_values, 1),
    "catalogue": (catalogued, len(CATALOGUE)),
}


@pytest.mark.parametrize("member", CAST)
@pytest.mark.parametrize("name", ACTS)
def test_each_act_is_for_who_follows_the_project_and_leaves_its_events(
    name: str, member: str, cast: dict[str, Any], project_one: Any
) -> None:
    perform, events = ACTS[name]
    before = LedgerEvent.objects.count()
    if member != "pmo":
        with pytest.raises(Refused):
            perform(cast[member], project_one)
        assert LedgerEvent.objects.count() == before
        return
    perform(cast[member], project_one)
    fire_deferred_triggers()
    assert LedgerEvent.objects.count() == before + events
    assert LedgerEvent.objects.latest("pk").act == Act.FOLLOW_INDICATORS


@pytest.mark.parametrize(
    ("better", "value", "light"),
    [
        ("higher", 40, Light.GREEN),
        ("higher", 39, Light.AMBER),
        ("higher", 20, Light.AMBER),
        ("higher", 19, Light.RED),
        ("lower", 20, Light.GREEN),
        ("lower", 21, Light.AMBER),
        ("lower", 40, Light.AMBER),
        ("lower", 41, Light.RED),
    ],
)
def test_a_value_has_the_colour_of_its_bounds_which_belong_to_the_better_side(
    better: str, value: int, light: Light
) -> None:
    bounds = (40, 20) if better == "higher" else (20, 40)
    assert Indicator(better=better, green=bounds[0], amber=bounds[1]).light(Decimal(value)) == light


@pytest.mark.parametrize(
    ("perform", "fields", "code"),
    [
        (describe, {"code": "NOISE"}, "code"),
        (describe, {"code": "noise"}, "code"),
        (describe, {"amber": Decimal(41)}, "amber"),
        (describe, {"better": "lower"}, "amber"),
        (read, {"measured_on": TODAY + timedelta(days=2)}, "measured_on"),
    ],
)
def test_an_invalid_value_is_refused_beside_its_field(
    perform: Any, fields: dict[str, Any], code: str, pmo: Any, project_one: Any
) -> None:
    with pytest.raises(ValidationError) as refused:
        perform(pmo, project_one, **fields)
    assert set(refused.value.message_dict) == {code}


def test_an_indicator_is_changed_at_the_version_that_was_read(pmo: Any, project_one: Any) -> None:
    row = project_one.steering_indicators.get(code="NOISE")
    seen = version_of(row)
    change = {"actor": pmo, "project": project_one, "row": row, "seen": seen}
    services.write_indicator(**change, fields={"amber": Decimal(12), "code": "ELSE", "computed": "delay"})
    row.refresh_from_db()
    assert (row.amber, row.code, row.computed) == (Decimal(12), "NOISE", "")
    with pytest.raises(Outdated):
        services.write_indicator(**change, fields={"amber": Decimal(13)})


def test_a_retired_or_computed_indicator_is_not_typed(pmo: Any, project_one: Any) -> None:
    catalogued(pmo, project_one)
    computed = project_one.steering_indicators.get(computed=Computed.DELAY)
    noise = project_one.steering_indicators.get(code="NOISE")
    services.write_indicator(
        actor=pmo, project=project_one, row=noise, seen=version_of(noise), fields={"retired": True}
    )
    for indicator in (computed, noise):
        with pytest.raises(ValidationError) as refused:
            services.add_indicator_reading(actor=pmo, indicator=indicator, measured_on=today(), value=Decimal(1))
        assert set(refused.value.message_dict) == {"value"}


# — the catalogue, and what is computed —


def test_the_catalogue_is_added_once_in_the_language_of_the_project(pmo: Any, project_one: Any) -> None:
    with translation.override("fr"):
        rows = catalogued(pmo, project_one)
    assert {row.computed for row in rows} == set(Computed.values) == {default.computed for default in CATALOGUE}
    assert project_one.steering_indicators.get(computed="delay").name == "Largest slip"
    with pytest.raises(services.KnownAlready):
        catalogued(pmo, project_one)


def test_every_bound_of_the_catalogue_is_on_the_right_side() -> None:
    for default in CATALOGUE:
        better = default.better == Better.HIGHER
        assert default.green >= default.amber if better else default.green <= default.amber


def test_computed_figures_are_those_of_the_rows(project_one: Any) -> None:
    """Project one: M-1 was reached in time; M-2 slips by 14 days; 2.1 of 4.225 million are committed; one defect of
    three is closed; ONE-001 is the only must, and has a test."""
    found = compute_figures(project_one, today())
    assert found[Computed.DELAY] == 14
    assert found[Computed.PROGRESS] == 100
    assert found[Computed.BUDGET] == (100 * Decimal(2100000) / project_one.budget).quantize(Decimal("0.1"))
    unsettled = project_one.defects.exclude(state="closed").count()
    total = project_one.defects.count()
    assert found[Computed.DEFECTS_OPEN] == unsettled
    closed = (Decimal(100 * (total - unsettled)) / total).quantize(Decimal("0.1"))
    assert found[Computed.DEFECTS_CLOSED] == closed
    assert found[Computed.DECISIONS_PENDING] == filter_pending(project_one.proposals.all()).count() > 0
    assert found[Computed.COVERAGE] == 100
    late = Condition.objects.filter(
        decision__project=project_one, state=ConditionState.OPEN, due_on__lt=today()
    ).count()
    assert found[Computed.CONDITIONS_OVERDUE] == late


def test_of_an_empty_project_nothing_is_computed_that_has_no_rows(project_three: Any) -> None:
    found = compute_figures(project_three, today())
    nothing = {Computed.DELAY, Computed.PROGRESS, Computed.BUDGET, Computed.DEFECTS_CLOSED, Computed.COVERAGE}
    assert {name for name, value in found.items() if value is None} == nothing


def test_todays_computed_values_are_noted_once(pmo: Any, project_one: Any) -> None:
    with pytest.raises(services.NothingToCompute):
        services.record_computed(actor=pmo, project=project_one)
    catalogued(pmo, project_one)
    rows = services.record_computed(actor=pmo, project=project_one)
    fire_deferred_triggers()
    assert {row.indicator.computed: row.value for row in rows} == {
        name: value for name, value in compute_figures(project_one, today()).items() if value is not None
    }
    with pytest.raises(services.NothingToCompute):
        services.record_computed(actor=pmo, project=project_one)


def test_the_page_shows_the_last_value_of_a_day_and_todays_computed_one(pmo: Any, project_one: Any) -> None:
    catalogued(pmo, project_one)
    read(pmo, project_one, value=Decimal(11))
    read(pmo, project_one, value=Decimal(6), note="Counted again.")
    found = {line.indicator.code: line for line in queries.list_lines(project_one)}
    noise = found["NOISE"].last
    assert noise is not None
    assert (noise.value, noise.light, noise.note) == (Decimal(6), Light.AMBER, "Counted again.")
    assert [value.value for value in found["NOISE"].values] == [Decimal(6), Decimal(7)]
    delay = found["DELAY"].last
    assert delay is not None
    assert (delay.value, delay.light) == (Decimal(14), Light.AMBER)
    assert sum(queries.count_lights(list(found.values())).values()) == sum(
        line.last is not None for line in found.values()
    )


@pytest.mark.parametrize(
    ("frequency", "days", "due"),
    [
        ("weekly", 7, False),
        ("weekly", 8, True),
        ("monthly", 31, False),
        ("monthly", 32, True),
        ("quarterly", 92, False),
        ("quarterly", 93, True),
        ("gate", 900, False),
    ],
)
def test_a_value_is_due_once_its_frequency_has_passed(frequency: str, days: int, due: bool) -> None:
    value = queries.Value(today() - timedelta(days), Decimal(1), Light.GREEN)
    assert queries.IndicatorLine(Indicator(frequency=frequency), [value], None).is_due == due
    assert queries.IndicatorLine(Indicator(frequency=frequency), [], None).is_due == (frequency != "gate")
    for spared in ({"retired": True}, {"computed": Computed.DELAY}):
        assert not queries.IndicatorLine(Indicator(frequency=frequency, **spared), [value], None).is_due


def test_an_indicator_that_is_retired_comes_last_with_its_values_and_without_todays(pmo: Any, project_one: Any) -> None:
    catalogued(pmo, project_one)
    for row in project_one.steering_indicators.filter(code__in=["NOISE", "DELAY"]):
        services.write_indicator(
            actor=pmo, project=project_one, row=row, seen=version_of(row), fields={"retired": True}
        )
    found = queries.list_lines(project_one)
    assert [line.indicator.code for line in found if line.indicator.retired] == ["DELAY", "NOISE"]
    assert [line.indicator.retired for line in found] == sorted(line.indicator.retired for line in found)
    assert (found[-2].last, bool(found[-1].values)) == (None, True)


# — a table of values —


def table(text: str, name: str = "values.csv") -> list[Any]:
    return parse_table(open_table(name, text.encode()))


def test_every_line_of_a_table_is_checked_and_told(project_one: Any) -> None:
    future = today() + timedelta(days=3)
    lines = [
        "code;date;value",
        f"noise;{today()};4,5",
        f"NONE;{today()};1",
        "NOISE;soon;1",
        f"NOISE;{future};1",
        f"NOISE;{today() - timedelta(days=1)};much",
        f"NOISE;{today()};5",
    ]
    with translation.override("en"):
        found = check_rows(project_one, table("\n".join(lines)))
        assert check_rows(project_one, parse_carried(found.carried())) == found
    assert [bool(line.problem) for line in found.lines] == [False, True, True, True, True, True]
    assert [line.number for line in found.lines] == [2, 3, 4, 5, 6, 7]
    assert "No indicator with this code" in found.lines[1].problem
    assert "Another line" in found.lines[5].problem
    assert found.readings == [NewReading("NOISE", today(), Decimal("4.5"))]


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("12.5", "12.5"),
        ("12,5", "12.5"),
        ("1 200,5", "1200.5"),
        ("-3", "-3"),
        ("12.345", None),
        ("0,125", None),
        ("0.125", None),
        ("1234.567", None),
        ("33.3333333", None),
    ],
)
def test_a_number_with_too_many_decimals_is_refused_and_never_read_as_thousands(
    typed: str, value: str | None, project_one: Any
) -> None:
    [line] = check_rows(project_one, [(2, "NOISE", str(today()), typed)]).lines
    assert (line.reading.value if line.reading else None) == (Decimal(value) if value else None)
    assert bool(line.problem) == (value is None)


HOSTILE = ['[[Infinity, "NOISE", "2026-01-02", "4"]]', '[[1, "\\ud800", "2026-01-02", "4"]]', "[" * 100_000]


@pytest.mark.parametrize(
    "text", ["", "{}", "[1]", '[["a", 1, 2, 3]]', '[[1, "NOISE"]]', "null", *HOSTILE], ids=range(9)
)
def test_carried_text_that_is_not_ours_gives_no_lines(text: str) -> None:
    assert parse_carried(text) == []


@pytest.mark.parametrize("head", ["Indicateur;Jour;Valeur", "CODE;Date;VALUE", "date;value;code"])
def test_columns_are_known_by_their_names_in_either_language(head: str, project_one: Any) -> None:
    day = str(today())
    row = f"{day};4;NOISE" if head.startswith("date") else f"NOISE;{day};4"
    assert check_rows(project_one, table(f"{head}\n{row}")).readings == [NewReading("NOISE", today(), Decimal(4))]


def test_a_table_without_its_columns_or_too_long_is_refused() -> None:
    with pytest.raises(ValidationError) as refused:
        table("code;value\nNOISE;4")
    assert refused.value.code == "columns"
    with pytest.raises(ValidationError) as refused:
        table("code;date;value\n" + f"NOISE;{today()};4\n" * (MOST_LINES + 1))
    assert refused.value.code == "rows"


def test_values_are_imported_all_or_none(pmo: Any, project_one: Any) -> None:
    before = IndicatorReading.objects.count()
    good = NewReading("NOISE", today(), Decimal(3))
    for wrong in (
        NewReading("NONE", today(), Decimal(3)),
        NewReading("NOISE", today() + timedelta(days=3), Decimal(3)),
    ):
        with pytest.raises(ValidationError):
            import_values(pmo, project_one, good, wrong)
    with pytest.raises(ValidationError):
        services.import_readings(actor=pmo, project=project_one, readings=[])
    assert IndicatorReading.objects.count() == before
