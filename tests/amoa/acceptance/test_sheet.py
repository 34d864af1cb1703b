"""Test the tests that are written many at once: the missing ones, and a page of them as a sheet."""

import html
from typing import Any

import pytest
from django.urls import reverse

from amoa.acceptance import services
from amoa.acceptance.coverage import list_untested
from amoa.acceptance.services import write_missing_tests, write_test
from amoa.enums import Act
from amoa.models import AcceptanceTest
from core.history import version_of
from governance.record.verification.verifier import verify
from projects.models import LedgerEvent
from tests.amoa.requirements.factories import write
from tests.database import fire_deferred_triggers, statements

pytestmark = pytest.mark.django_db

ENGLISH = {"accept-language": "en"}


def gaps_of(project: Any) -> list[tuple[str, str]]:
    return [(gap.requirement.code, gap.number) for gap in list_untested(project.requirements.all())]


def write_criteria(actor: Any, project: Any, count: int, **fields: Any) -> Any:
    criteria = [{"number": str(n + 1), "text": f"The lamp {n} is lit."} for n in range(count)]
    return write(actor, project, **{"title": "Lamps", "criteria": criteria} | fields)


def address(name: str, project: Any, query: dict[str, Any] | None = None) -> str:
    return reverse(f"amoa:acceptance:{name}", args=[project.code], query=query)


def fields_of(*tests: AcceptanceTest, **changes: str) -> dict[str, str]:
    """Return the fields of a sheet as a browser posts them."""
    posted = {}
    for test in tests:
        row = {
            "seen": version_of(test),
            "title": test.title,
            "requirement": test.requirement.code if test.requirement else "",
            "criterion": test.criterion,
            "steps": test.steps,
            "expected": test.expected,
        }
        posted |= {f"r{test.pk}-{name}": value for name, value in row.items()}
    return posted | changes


def text_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def test_a_criterion_is_missing_until_a_test_in_use_names_it(amoa: Any, project_one: Any) -> None:
    row = write_criteria(amoa, project_one, 2, code="L-1")
    assert [gap for gap in gaps_of(project_one) if gap[0] == "L-1"] == [("L-1", "1"), ("L-1", "2")]
    test = write_test(actor=amoa, project=project_one, fields={"title": "One", "requirement": row, "criterion": "1"})
    assert [gap for gap in gaps_of(project_one) if gap[0] == "L-1"] == [("L-1", "2")]
    write_test(actor=amoa, project=project_one, row=test, seen=version_of(test), fields={"retired": True})
    assert ("L-1", "1") in gaps_of(project_one)


@pytest.mark.parametrize("fields", [{"kind": "need"}, {"state": "draft"}, {"state": "deferred"}])
def test_a_need_and_what_is_not_to_be_built_miss_no_test(fields: dict[str, str], amoa: Any, project_one: Any) -> None:
    before = gaps_of(project_one)
    write_criteria(amoa, project_one, 2, **fields)
    assert gaps_of(project_one) == before


def test_a_requirement_without_criteria_misses_a_test_of_the_whole(amoa: Any, project_one: Any) -> None:
    row = write_criteria(amoa, project_one, 0, code="L-1")
    assert ("L-1", "") in gaps_of(project_one)
    [test] = write_missing_tests(actor=amoa, project=project_one, chosen=[(row.pk, "")])
    assert (test.title, test.criterion) == ("Lamps", "")
    assert ("L-1", "") not in gaps_of(project_one)


def test_every_missing_test_is_written_in_one_act_with_an_event_and_a_version_of_its_own(
    amoa: Any, project_one: Any
) -> None:
    row = write_criteria(amoa, project_one, 230, code="L-1")
    chosen, before = [(row.pk, str(n + 1)) for n in range(230)], LedgerEvent.objects.count()
    with statements() as sent:
        tests = write_missing_tests(actor=amoa, project=project_one, chosen=chosen)
    fire_deferred_triggers()
    assert (len(tests), len(sent) < 30) == (230, True)
    assert [test.code for test in tests[:2]] == ["T-004", "T-005"]
    assert (tests[4].title, tests[4].requirement_id, tests[4].criterion) == ("The lamp 4 is lit.", row.pk, "5")
    events = LedgerEvent.objects.order_by("pk")[before:]
    assert {(event.act, event.subject_id, event.role) for event in events} == {
        (Act.PLAN_ACCEPTANCE, test.pk, "AMOA") for test in tests
    }
    assert {test.history.get().history_user for test in tests[:3]} == {amoa}
    assert verify(project_one).faults == []


def test_a_second_writer_finds_nothing_left(amoa: Any, project_one: Any) -> None:
    row = write_criteria(amoa, project_one, 2)
    assert len(write_missing_tests(actor=amoa, project=project_one, chosen=[(row.pk, "1")])) == 1
    again = write_missing_tests(actor=amoa, project=project_one, chosen=[(row.pk, "1"), (row.pk, "2"), (row.pk, "9")])
    assert [test.criterion for test in again] == ["2"]
    assert write_missing_tests(actor=amoa, project=project_one, chosen=[(row.pk, "2")]) == []


def test_a_long_criterion_is_the_expected_result_and_codes_begin_as_asked(amoa: Any, project_one: Any) -> None:
    text = "The lamp is lit. " * 20
    row = write(amoa, project_one, criteria=[{"number": "1", "text": text}])
    [test] = write_missing_tests(actor=amoa, project=project_one, chosen=[(row.pk, "1")], stem="REC-")
    assert (test.code, len(test.title), test.title[-1], test.expected) == ("REC-001", 200, "…", text)


def test_requirements_of_another_project_get_no_test(amoa: Any, cast: Any, project_one: Any, project_two: Any) -> None:
    theirs = write_criteria(cast["other_amoa"], project_two, 1)
    assert write_missing_tests(actor=amoa, project=project_one, chosen=[(theirs.pk, "1")]) == []


def test_the_page_ticks_what_no_test_covers_and_leads_to_the_sheet(amoa: Any, client_of: Any, project_one: Any) -> None:
    row = write_criteria(amoa, project_one, 2, code="L-1")
    whole = write_test(actor=amoa, project=project_one, fields={"title": "All", "requirement": row})
    other = write_criteria(amoa, project_one, 1, code="L-2")
    page = client_of(amoa).get(address("missing_tests", project_one, {"of": f"{row.pk},{other.pk}"}), headers=ENGLISH)
    assert [(gap.value, ticked) for gap, ticked in page.context["rows"]] == [
        (f"{row.pk}:1", False),
        (f"{row.pk}:2", False),
        (f"{other.pk}:1", True),
    ]
    assert f"A test of the whole requirement exists: {whole.code}." in text_of(page)
    answer = client_of(amoa).post(
        address("missing_tests", project_one), {"chosen": [f"{row.pk}:2", f"{other.pk}:1"], "stem": "T-"}
    )
    assert answer["Location"] == address("test_sheet", project_one, {"steps": "none"})
    rows = client_of(amoa).get(answer["Location"]).context["rows"]
    assert {row.row.title for row in rows} >= {"The lamp 1 is lit.", "The lamp 0 is lit."}


def test_drafts_are_named_where_their_tests_are_looked_for(amoa: Any, client_of: Any, project_one: Any) -> None:
    drafts = [write_criteria(amoa, project_one, 1, code=f"L-{n}", state="draft") for n in range(2)]
    write_criteria(amoa, project_one, 1, code="L-3", state="draft", kind="need")
    page = text_of(client_of(amoa).get(address("missing_tests", project_one, {"lot": "Lot 9"}), headers=ENGLISH))
    assert "draft" not in page
    query = {"of": f"{drafts[0].pk},{drafts[1].pk}"}
    page = text_of(client_of(amoa).get(address("missing_tests", project_one, query), headers=ENGLISH))
    assert "2 other requirements are drafts. Propose them first." in page
    assert reverse("amoa:requirements:requirement_list", args=[project_one.code], query={"state": "draft"}) in page


@pytest.mark.parametrize("chosen", ["", "x", "1", "1:99999", "9" * 30 + ":1"])
def test_a_choice_that_is_none_is_refused(chosen: str, amoa: Any, client_of: Any, project_one: Any) -> None:
    fields = {"chosen": chosen, "stem": "R-"} if chosen else {"stem": "R-"}
    answer = client_of(amoa).post(address("missing_tests", project_one), fields, headers=ENGLISH)
    assert (answer.status_code, 'value="R-"' in text_of(answer)) == (422, True)


def test_no_test_is_a_link_for_who_may_write_it(amoa: Any, owner: Any, client_of: Any, project_one: Any) -> None:
    row = write_criteria(amoa, project_one, 1)
    link = address("missing_tests", project_one, {"of": row.pk})
    trace = reverse("amoa:traceability:traceability", args=[project_one.code], query={"q": row.code})
    for path in (row.get_absolute_url(), trace):
        assert link in text_of(client_of(amoa).get(path))
        assert link not in text_of(client_of(owner).get(path))


def test_the_selection_of_requirements_leads_to_their_missing_tests(
    amoa: Any, client_of: Any, project_one: Any
) -> None:
    row = write_criteria(amoa, project_one, 1)
    path = reverse("amoa:requirements:requirements_change", args=[project_one.code])
    ticked = client_of(amoa).post(path, {"act": "tests", "one": [row.pk]})
    assert ticked["Location"] == address("missing_tests", project_one, {"of": row.pk})
    every = client_of(amoa).post(path, {"act": "tests", "all": "1", "filter": "lot=Lot+1", "one": [row.pk]})
    assert every["Location"] == address("missing_tests", project_one, {"lot": "Lot 1"})


def test_a_code_that_the_project_does_not_have_is_refused(amoa: Any, client_of: Any, project_one: Any) -> None:
    test = project_one.tests.get(code="T-003")
    for code in ("ONE-999", "T\0", "TWO-001"):
        fields = fields_of(test, **{f"r{test.pk}-requirement": code})
        answer = client_of(amoa).post(address("test_sheet", project_one), fields, headers=ENGLISH)
        assert answer.status_code == 422
    wrong = fields_of(test, **{f"r{test.pk}-requirement": "one-001", f"r{test.pk}-criterion": "7"})
    answer = client_of(amoa).post(address("test_sheet", project_one), wrong, headers=ENGLISH)
    assert "The requirement has no criterion of this number." in text_of(answer)
    right = fields_of(test, **{f"r{test.pk}-requirement": "one-001", f"r{test.pk}-criterion": "2"})
    assert client_of(amoa).post(address("test_sheet", project_one), right).status_code == 302
    assert project_one.tests.get(code="T-003").requirement.code == "ONE-001"


def test_a_sheet_has_fifty_rows_and_a_bounded_number_of_queries(amoa: Any, client_of: Any, project_one: Any) -> None:
    row = write_criteria(amoa, project_one, 60)
    write_missing_tests(actor=amoa, project=project_one, chosen=[(row.pk, str(n + 1)) for n in range(60)])
    client = client_of(amoa)
    path = address("test_sheet", project_one, {"steps": "none", "size": "200"})
    client.get(path)
    with statements() as read:
        page = client.get(path)
    rows = [row.row for row in page.context["rows"]]
    assert (len(rows), len(read) < 16) == (50, True)
    fields = fields_of(*rows, **{f"r{test.pk}-steps": "Look." for test in rows})
    with statements() as sent:
        answer = client.post(path, fields)
    assert (answer.status_code, len(sent) < 40) == (302, True)
    assert project_one.tests.filter(steps="Look.").count() == 50
    assert len(client.get(answer["Location"]).context["rows"]) == 11


def test_a_failed_run_fills_the_defect_and_leads_back_to_its_row(amoa: Any, client_of: Any, project_one: Any) -> None:
    campaign = project_one.campaigns.get(closed_at=None)
    test = project_one.tests.get(code="T-002")
    services.run_test(actor=amoa, campaign=campaign, test=test, result=services.Result.FAILED, note="It is dark.")
    path = reverse("amoa:acceptance:defect_new", args=[campaign.pk])
    form = client_of(amoa).get(f"{path}?test=T-002", headers={"accept-language": "fr"}).context["form"]
    assert form["title"].value() == test.title
    assert form["description"].value() == "It is dark.\n\nExpected: Every number is read at one metre."
    assert (form["severity"].value(), form["test"].value()) == ("major", "T-002")
    answer = client_of(amoa).post(path, {"severity": "minor", "title": "Dark", "test": "T-002"})
    assert answer["Location"] == f"{campaign.get_absolute_url()}#test-{test.pk}"


def test_the_next_test_without_a_result_is_one_link_away(
    amoa: Any, owner: Any, client_of: Any, project_one: Any
) -> None:
    campaign = project_one.campaigns.get(closed_at=None)
    test = project_one.tests.get(code="T-003")
    link = f'href="?after={test.pk - 1}#test-{test.pk}"'
    assert link in client_of(amoa).get(campaign.get_absolute_url()).content.decode()
    assert link not in client_of(owner).get(campaign.get_absolute_url()).content.decode()
    services.run_test(actor=amoa, campaign=campaign, test=test, result=services.Result.PASSED)
    assert client_of(amoa).get(campaign.get_absolute_url()).context["next_to_run"] == ""
