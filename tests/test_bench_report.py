"""Test the report of the bench: verdicts, exponents of growth, and the page of several sizes."""

import json
from typing import Any

import pytest

from tests.bench import performance, report
from tests.bench.measure import Times, in_turn, weights
from tests.bench.report import Limit, Line


def line(p50: float, idle: float = 2.0, **more: object) -> Line:
    """Build a measure of a list with a median of `p50` ms, where an idle request takes `idle`."""
    limit = Limit(8, 2, 2.5, kib=45, growth=0.15)
    floor = Times(p50 / 2, p50)
    return Line("list of 175 proposals", 7, 1, Times(p50, p50 * 2), floor, 8, limit, idle=Times(idle, idle), **more)  # type: ignore[arg-type]


def figures(*lines: Line) -> dict[str, Any]:
    """Build the stored figures of one size."""
    kept: dict[str, Any] = json.loads(json.dumps(report.as_json(list(lines))))
    return kept


def test_growth_is_told_in_units_of_an_idle_request() -> None:
    found = {"S": figures(line(20)), "M": figures(line(200)), "L": figures(line(400, idle=4))}
    assert performance.exponents(found) == {"list of the largest project": ([pytest.approx(1), pytest.approx(0)], 0.15)}
    assert performance.exponents({"S": figures(Line("verify", rate=5.0)), "M": figures(line(1))}) == {}


def test_a_page_is_over_its_limit_by_its_weight_too() -> None:
    assert line(20, weight=(44.9, 5.0)).verdict == "ok"
    assert line(20, weight=(45.1, 5.0)).verdict == "over"


def test_the_page_of_several_sizes_holds_every_figure_and_marks_what_is_over() -> None:
    found = {
        size: figures(line(p50, weight=(39.04, 6.0)), Line("verify", rate=20_000.0))
        for size, p50 in (("S", 20.0), ("M", 80.0))
    }
    text = performance.page(found, "make bench SIZE='S M'")
    assert "| list of the largest project | +0.60 **over** | ≤ 0.15 |" in text
    assert "| list of 175 proposals | 7 | 1 | 80.0 | 160.0 | 2.00 | 39.0 | 6.0 | ok |" in text
    assert "## Size M: 20,000 proposals" in text
    assert "20,000 a second" in text


def test_things_are_done_in_turn_and_the_first_rounds_only_warm_up() -> None:
    done: list[str] = []
    one, other, third = in_turn(10, *(lambda name=name: float(bool(done.append(name))) for name in "abc"))  # type: ignore[misc]
    assert {done.count(name) for name in "abc"} == {15}
    assert (one, other, third) == (Times(0, 0),) * 3
    assert weights("é" * 1024)[0] == 2
