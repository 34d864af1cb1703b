"""Test plans of Microsoft Project as XML: their milestones come in, and a hostile or foreign file is refused."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from core.acts import acting_as
from core.tables.limits import LONGEST_CELL, MOST_ROWS
from core.tables.markup import DEEPEST
from core.tables.reader import open_table
from projects.imports import services
from projects.imports.enums import ListState
from tests.files import sent
from tests.projects.imports.factories import bring_in, check, problems

pytestmark = pytest.mark.django_db

PLANS = Path(__file__).parents[3] / "core" / "tables" / "plans"
QUAY, ECOLE = ((PLANS / name).read_bytes() for name in ("quay.xml", "ecole.xml"))
TASK = b"<Task><UID>%d</UID><Name>T</Name><Milestone>1</Milestone><Finish>2027-01-04T08:00:00</Finish></Task>"


def read(content: bytes) -> Any:
    return open_table("plan.xml", content)


def plan_of(*tasks: bytes) -> bytes:
    return b"<Project><Tasks>" + b"".join(tasks) + b"</Tasks></Project>"


def test_a_plan_is_a_table_of_its_tasks_with_days_and_first_baseline() -> None:
    table = read(QUAY)
    assert table.kind == "xml"
    assert table.header == [
        "Unique ID",
        "Task Name",
        "Start",
        "Finish",
        "Baseline Finish",
        "% Complete",
        "Milestone",
        "Outline Level",
        "Notes",
    ]
    assert [row[1] for row in table.rows] == ["Works", "Piles driven & checked", "Quay handed over"]
    assert table.rows[1] == [
        "7",
        "Piles driven & checked",
        "2027-03-12",
        "2027-03-12",
        "2027-03-05",
        "0",
        "yes",
        "2",
        "The barge comes later.",
    ]
    assert table.lines == [1, 2, 3]


def test_a_task_of_no_duration_is_a_milestone_where_no_field_says_so() -> None:
    table = read(ECOLE)
    place = table.header.index("Milestone")
    assert [row[place] for row in table.rows] == ["no", "yes", "yes"]
    assert table.rows[1][-1] == "Remises au maître d’œuvre.\nDeux exemplaires."


def test_the_milestones_of_a_plan_come_in_by_its_own_columns(pmo: Any, project_one: Any) -> None:
    with translation.override("en"):
        job, plan = check(pmo, project_one, QUAY, "milestones", file="quay.xml")
    assert job.mapping == ["code", "name", "", "forecast_on", "baseline_on", "", "milestone", "", "reason"]
    assert (problems(plan), plan.skipped) == ([], [1])
    bring_in(pmo, project_one, QUAY, "milestones", file="quay.xml")
    row = project_one.milestones.get(code="7")
    assert (row.name, row.baseline_on, row.forecast_on) == (
        "Piles driven & checked",
        date(2027, 3, 5),
        date(2027, 3, 12),
    )
    assert project_one.milestones.get(code="9").baseline_on == date(2027, 6, 30)
    assert not project_one.milestones.filter(name__in=["Works", "Second crane"]).exists()
    with translation.override("en"):
        _job, plan = check(pmo, project_one, QUAY, "milestones", file="quay.xml")
    assert (problems(plan), plan.counts["same"]) == ([], 2)


def test_a_french_plan_brings_what_is_reached(pmo: Any, project_one: Any) -> None:
    bring_in(pmo, project_one, ECOLE, "milestones", file="ecole.xml")
    told = project_one.milestones.filter(code__in=["3", "4", "5"]).values_list("name", "actual_on")
    assert dict(told) == {"Études remises": None, "Rentrée préparée": date(2026, 9, 1)}


HOSTILE = {
    "an entity": (b'<!DOCTYPE p [<!ENTITY a "b">]><Project>&a;</Project>', "doctype"),
    "a bomb": (
        b'<!DOCTYPE p [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><Project><Tasks>&b;</Tasks></Project>',
        "doctype",
    ),
    "a file of the server": (
        b'<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]><Project>&x;</Project>',
        "doctype",
    ),
    "an undeclared entity": (b"<Project><Tasks>&x;</Tasks></Project>", "damaged"),
    "deep nesting": (b"<Project>" + b"<a>" * (DEEPEST + 1), "damaged"),
    "half a file": (QUAY[: len(QUAY) // 2], "damaged"),
    "an archive": (b"PK\x03\x04" + bytes(20), "content"),
    "another XML": (b"<REQ-IF/>", "content"),
    "a page": (b"<html><body/></html>", "content"),
    "no task": (b"<Project><Tasks/></Project>", "empty"),
    "only the summary": (plan_of(b"<Task><UID>0</UID><Name>All</Name></Task>"), "empty"),
    "nothing": (b"  ", "empty"),
    "a long cell": (plan_of(b"<Task><UID>1</UID><Name>" + b"x" * (LONGEST_CELL + 1) + b"</Name></Task>"), "cell"),
    "too many tasks": (plan_of(*[TASK % 1] * (MOST_ROWS + 1)), "rows"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_or_foreign_file_is_refused_in_words(name: str) -> None:
    content, code = HOSTILE[name]
    with pytest.raises(ValidationError) as refusal:
        read(content)
    assert refusal.value.code == code
    for language in ("en", "fr"):
        with translation.override(language):
            assert str(refusal.value.messages[0])


def test_a_plan_in_another_encoding_is_read() -> None:
    text = ECOLE.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
    assert read(text.encode("utf-16")).rows == read(ECOLE).rows


@pytest.mark.parametrize(
    ("language", "words"), [("en", "XML of Microsoft Project"), ("fr", "XML de Microsoft Project")]
)
def test_the_page_offers_it_and_takes_it(language: str, words: str, pmo: Any, project_one: Any, client_of: Any) -> None:
    client = client_of(pmo)
    with acting_as(pmo):
        pmo.language = language
        pmo.save()
    page = f"/projects/{project_one.code}/import/milestones/"
    shown = client.get(page).content.decode()
    assert ".xml" in shown
    assert words in shown
    answer = client.post(page, {"file": sent("quay.xml", QUAY)})
    assert answer.status_code == 302
    job = services.ListImport.objects.latest("pk")
    assert (job.kind, job.state) == ("xml", ListState.UPLOADED)
