"""Test the list of earlier decisions: who writes it, from a form and from a file, and what its pages show."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from core.access import Refused
from core.history import Outdated, version_of
from governance.models import Decision
from governance.record.earlier_decisions.models import EarlierDecision
from governance.record.earlier_decisions.queries import read_list
from governance.record.earlier_decisions.services import TakenOver, write_earlier
from projects.models import LedgerEvent, Project
from tests.governance.record.earlier_decisions import factories
from tests.projects.imports.factories import bring_in, check, problems, table_of

pytestmark = pytest.mark.django_db

LIST = "governance:earlier_decisions:earlier_list"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


# — write —


def test_an_earlier_decision_is_written_with_history_and_event(pmo: Any, project_one: Project) -> None:
    decisions = Decision.objects.count()
    row = factories.write(pmo, project_one)
    event = LedgerEvent.objects.filter(project=project_one).latest("seq")
    assert (event.act, event.actor, event.subject_id, event.detail) == ("write_earlier", pmo, row.pk, "2021-07")
    assert row.history.get().history_user == pmo
    assert row.hash == row.seal()
    assert Decision.objects.count() == decisions


@pytest.mark.parametrize("name", ["owner", "amoa", "moe", "recipient", "outsider", "staff_admin"])
def test_only_who_proposes_gates_writes_the_former_register(name: str, cast: Any, project_one: Project) -> None:
    with pytest.raises(Refused):
        factories.write(cast[name], project_one)
    with pytest.raises(Refused):
        factories.bring_in_register(cast[name], project_one)
    assert EarlierDecision.objects.count() == 1, "that of the cast"


def test_a_change_is_kept_and_seals_the_row_anew(pmo: Any, project_one: Project) -> None:
    row = factories.write(pmo, project_one)
    before, seen = read_list(project_one), version_of(row)
    changed = write_earlier(actor=pmo, project=project_one, fields={"title": "Rent it"}, row=row, seen=seen)
    assert changed.history.count() == 2
    assert read_list(project_one) != before
    with pytest.raises(Outdated):
        write_earlier(actor=pmo, project=project_one, fields={"title": "Sell it"}, row=row, seen=seen)


def test_a_number_is_used_once_and_a_decision_was_taken(pmo: Any, project_one: Project) -> None:
    factories.write(pmo, project_one)
    with pytest.raises(ValidationError, match="already used"):
        factories.write(pmo, project_one)
    with pytest.raises(ValidationError, match="not in the future"):
        factories.write(pmo, project_one, "2021-08", decided_on=timezone.localdate() + timedelta(days=1))


def test_rows_left_out_belong_to_no_list(pmo: Any, project_one: Project) -> None:
    factories.write(pmo, project_one)
    before = read_list(project_one)
    assert before.startswith("2:")
    factories.write(pmo, project_one, "2021-08", left_out=True)
    assert read_list(project_one) == before


# — import —


def test_a_former_register_comes_from_a_file(pmo: Any, project_one: Project) -> None:
    factories.bring_in_register(pmo, project_one)
    rows = EarlierDecision.objects.exclude(number="2019-03").order_by("decided_on")
    assert [(row.number, row.kind, row.outcome, row.signatory, row.file) for row in rows] == [
        ("2021-07", "budget", "approved", "Paule Kerné", "A3"),
        ("2021-09", "", "rejected", "Paule Kerné", ""),
        ("2022-01", "scope", "approved", "Jean Le Goff", "GED 44-12"),
    ]
    assert not Decision.objects.filter(project=project_one, revision__title="Machine à glace").exists()


def test_a_file_comes_again_with_its_differences(pmo: Any, project_one: Project) -> None:
    factories.bring_in_register(pmo, project_one)
    first = ("2021-07", "04/03/2021", *factories.ROWS[0][2:])
    job = bring_in(pmo, project_one, table_of(first, *factories.ROWS[1:], head=factories.HEAD), "earlier-decisions")
    assert job.summary == {"new": 0, "changed": 1, "same": 2, "left_out": 0}
    assert str(EarlierDecision.objects.get(number="2021-07").decided_on) == "2021-03-04"


def test_every_error_of_a_file_is_told_by_line(pmo: Any, project_one: Project) -> None:
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    rows = (
        ("1", tomorrow, "A", "", "approved", "", "X", ""),
        ("2, 3", "2021-01-01", "B", "", "approved", "", "X", ""),
        ("4", "2021-01-01", "", "", "perhaps", "", "", ""),
    )
    _job, plan = check(pmo, project_one, table_of(*rows, head=factories.HEAD), "earlier-decisions")
    assert [(line, column) for line, column, _text in problems(plan)] == [
        (2, "Date"),
        (3, "N°"),
        (4, "Sens"),
        (4, "Objet"),
        (4, "Signataire"),
    ]


def test_nothing_is_written_or_imported_after_the_take_over(owner: Any, pmo: Any, project_one: Project) -> None:
    factories.bring_in_register(pmo, project_one)
    row = EarlierDecision.objects.get(number="2021-07")
    factories.take_over(owner, project_one)
    with pytest.raises(TakenOver):
        factories.write(pmo, project_one, "2023-01")
    with pytest.raises(TakenOver):
        write_earlier(actor=pmo, project=project_one, fields={"title": "X"}, row=row, seen=version_of(row))
    new = ("2023-01", "2023-01-01", "New", "", "approved", "", "X", "")
    _job, plan = check(pmo, project_one, table_of(new, head=factories.HEAD), "earlier-decisions")
    assert [line for line, _column, _text in problems(plan)] == [2]


# — pages —


def _list(project: Project, **query: str) -> str:
    return reverse(LIST, args=[project.code], query=query)


def test_everybody_on_the_project_reads_the_list_and_nobody_else(
    english: Callable[[Any], Any], cast: Any, pmo: Any, project_one: Project
) -> None:
    row = factories.write(pmo, project_one)
    for name in ("owner", "pmo", "amoa", "moe", "recipient"):
        assert row.title in english(cast[name]).get(_list(project_one)).text
        assert "Taken before Ouvrage" in english(cast[name]).get(row.get_absolute_url()).text
    for name in ("outsider", "staff_admin"):
        assert english(cast[name]).get(_list(project_one)).status_code == 404
        assert english(cast[name]).get(row.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({}, ["2022-01", "2021-09", "2021-07", "2019-03"]),
        ({"sort": "oldest"}, ["2019-03", "2021-07", "2021-09", "2022-01"]),
        ({"q": "glace"}, ["2021-07"]),
        ({"q": "KERNÉ"}, ["2021-09", "2021-07", "2019-03"]),
        ({"kind": "scope"}, ["2022-01"]),
        ({"outcome": "rejected"}, ["2021-09"]),
        ({"since": "2021-06-01", "until": "2021-12-31"}, ["2021-09"]),
        (
            {"since": "never", "kind": "cake", "outcome": "x", "after": "x"},
            ["2022-01", "2021-09", "2021-07", "2019-03"],
        ),
        ({"q": "nothing like it"}, []),
    ],
)
def test_the_list_is_searched_filtered_and_sorted(
    query: dict[str, str], numbers: list[str], english: Callable[[Any], Any], pmo: Any, project_one: Project
) -> None:
    factories.bring_in_register(pmo, project_one)
    page = english(pmo).get(_list(project_one, **query))
    assert [row["earlier"].number for row in page.context["rows"]] == numbers


@pytest.mark.parametrize("sort", ["", "oldest"])
def test_a_long_list_goes_on_over_pages(
    sort: str, english: Callable[[Any], Any], pmo: Any, project_one: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("governance.record.earlier_decisions.filters.SIZE", 2)
    factories.bring_in_register(pmo, project_one)
    factories.write(pmo, project_one, "2021-10", decided_on=date(2021, 6, 12))
    query, found = {"sort": sort}, list[str]()
    for _page in range(3):
        page = english(pmo).get(_list(project_one, **query))
        found += [row["earlier"].number for row in page.context["rows"]]
        query["after"] = page.context["next_key"]
    assert sorted(found) == ["2019-03", "2021-07", "2021-09", "2021-10", "2022-01"]
    assert not query["after"]


def test_the_register_leads_to_the_list_and_keeps_it_apart(
    english: Callable[[Any], Any], owner: Any, pmo: Any, project_one: Project
) -> None:
    row = factories.write(pmo, project_one)
    page = english(owner).get(reverse("governance:register:register", args=["ONE"])).text
    assert _list(project_one) in page
    assert row.title not in page


def test_the_form_of_a_list_that_is_taken_over_says_so(
    english: Callable[[Any], Any], owner: Any, pmo: Any, project_one: Project
) -> None:
    row = factories.write(pmo, project_one)
    browser, address = english(pmo), reverse("governance:earlier_decisions:earlier_edit", args=[row.pk])
    sent = {**factories.FIELDS, "title": "Rent it", "seen": version_of(row)}
    assert browser.post(address, sent).status_code == 302
    row.refresh_from_db()
    assert row.title == "Rent it"
    assert address in browser.get(row.get_absolute_url()).text
    factories.take_over(owner, project_one)
    assert address not in browser.get(row.get_absolute_url()).text
    answer = browser.get(address)
    assert (answer.status_code, "The former register is taken over" in answer.text) == (409, True)
