"""Test `/metrics`: who reads it, what it tells, and that alerts and board name what it tells."""

import json
import re
from typing import Any

import pytest
import yaml
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from config import metrics
from config.system_state import queries
from tests.sources import ROOT

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-the-monitoring-that-is-long"
FOLDER = ROOT / "deploy/prometheus"
FIGURE = re.compile(r'(ouvrage_\w+)(?:\{(\w+)="([^"]*)"\})? (-?[\d.e+-]+)')


@pytest.fixture(autouse=True)
def _fresh(settings: Any) -> None:
    cache.clear()
    queries.HEALTH.forget()
    settings.METRICS_TOKEN = TOKEN


def read() -> str:
    answer = Client().get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, answer["Content-Type"]) == (200, metrics.CONTENT_TYPE)
    return answer.text


def figures() -> dict[str, float]:
    """Map each figure without labels to its value. Each line is a comment or a figure."""
    lines = [line for line in read().splitlines() if not line.startswith(("# HELP ", "# TYPE "))]
    found = [FIGURE.fullmatch(line) for line in lines]
    assert all(found), lines
    return {match[1]: float(match[4]) for match in found if match and not match[2]}


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer another", f"Basic {TOKEN}", "Bearer \u00e9"])
def test_nobody_without_the_token_reads_them(given: str, staff_admin: Any, client_of: Any) -> None:
    for browser in (Client(), client_of(staff_admin)):
        assert browser.get("/metrics", headers={"authorization": given}).status_code == 404


def test_without_a_token_in_the_settings_there_is_no_such_page(settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    for given in ("", "Bearer "):
        assert Client().get("/metrics", headers={"authorization": given}).status_code == 404


def test_they_tell_parts_and_figures(project_one: Any) -> None:
    call_command("note_backup")
    told = figures()
    assert told["ouvrage_acts_total"] > 0
    assert told["ouvrage_database_bytes"] > 1_000_000
    assert 0 <= told["ouvrage_backup_age_seconds"] < 600
    assert 0 < told["ouvrage_disk_free_ratio"] < 1
    parts = set(re.findall(r'^ouvrage_part_state\{part="(\w+)"\} [012]$', read(), flags=re.MULTILINE))
    assert parts == {code for code, _name, _read in queries.PARTS}


def test_they_name_no_project_and_no_person(cast: dict[str, Any], project_one: Any) -> None:
    labels = {match[2] for match in FIGURE.finditer(read()) if match[2]}
    assert labels == {"part", "version"}
    text = read()
    people = [person for person in cast.values() if person.pk]
    for word in (project_one.code, *(person.email for person in people), *(person.name for person in people)):
        assert not re.search(rf"\b{re.escape(word)}\b", text), word


def test_a_figure_that_cannot_be_read_hides_no_other(monkeypatch: Any) -> None:
    def fail() -> Any:
        raise RuntimeError("nobody thought of this")

    kept = [(name, kind, text, fail if name == "ouvrage_acts_total" else made) for name, kind, text, made in METRICS]
    monkeypatch.setattr(metrics, "METRICS", kept)
    told = figures()
    assert "ouvrage_acts_total" not in told
    assert "ouvrage_database_bytes" in told


METRICS = metrics.METRICS
NAMES = {name for name, _kind, _text, _read in METRICS}


def test_the_alerts_name_figures_that_are_told_and_headings_of_the_guide() -> None:
    [group] = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"]
    guide = (ROOT / "docs/operate.md").read_text()
    for rule in group["rules"]:
        assert set(re.findall(r"ouvrage_\w+", rule["expr"])) <= NAMES, rule
        place = rule["annotations"]["see"]
        assert place.startswith("docs/operate.md#")
        heading = place.partition("#")[2]
        assert heading == "{{ $labels.part }}" or f"### `{heading}`\n" in guide


def test_the_board_shows_figures_that_are_told() -> None:
    board = json.loads((FOLDER / "board.json").read_text())
    shown = {name for panel in board["panels"] for name in re.findall(r"ouvrage_\w+", panel["targets"][0]["expr"])}
    assert shown <= NAMES
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
