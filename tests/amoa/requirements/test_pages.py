"""Test the pages of requirements: table, filters, editing in place, bulk changes, detail page and trace."""

import html
import re
from typing import Any

import pytest
from django.urls import reverse

from amoa.models import AcceptanceTest, Requirement
from amoa.requirements import edit_views
from amoa.requirements.services import edit_requirement, write_requirement
from core.acts import acting_as
from projects.models import LedgerEvent
from tests import acts
from tests.conftest import StrictClient
from tests.effort import in_turn
from tests.pages.visits import act, requirement

pytestmark = pytest.mark.django_db

HTMX = {"hx-request": "true", "accept-language": "en"}
LISTED = "/projects/ONE/requirements/"
EVERYTHING = ["ONE-001", "ONE-002", "ONE-003", "ONE-N01"]
UNREADABLE = ["x", "%00", "9 ONE-001", "1 ", "2026-01-01 5", "2026-01-01T00:00:00%2B00:00 x", "é" * 500]
FOREIGN = {"kind": "functional", "title": "Tickets are read at the gate"}


@pytest.fixture
def amoa_client(amoa: Any, client_of: Any) -> StrictClient:
    """Return the client of the AMOA, who writes requirements."""
    client: StrictClient = client_of(amoa)
    client.raise_request_exception = False
    return client


def text_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def codes(answer: Any) -> list[str]:
    """List the codes of the displayed rows, in order."""
    return [row.code for row in answer.context["page"].rows]


def row_of(one: Requirement) -> str:
    return reverse("amoa:requirements:requirement_row", args=[one.pk])


def content(one: Requirement, **changes: Any) -> dict[str, Any]:
    """Return the fields that the form of a row sends."""
    names = ("title", "statement", "priority", "state", "lot")
    return {**{name: getattr(one, name) for name in names}, "seen": one.changed_at.isoformat(), **changes}


def nothing_written(before: int) -> bool:
    return LedgerEvent.objects.count() == before


# — the table —


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", EVERYTHING),
        ("?q=berths", ["ONE-001", "ONE-002", "ONE-N01"]),
        ("?q=one-00", ["ONE-001", "ONE-002", "ONE-003"]),
        ("?q=nothing+like+it", []),
        ("?kind=need", ["ONE-N01"]),
        ("?kind=requirement", ["ONE-001", "ONE-002", "ONE-003"]),
        ("?kind=non_functional", ["ONE-003"]),
        ("?priority=must", ["ONE-001"]),
        ("?state=proposed", ["ONE-002"]),
        ("?lot=Lot+1", ["ONE-001"]),
        ("?lack=untraced", ["ONE-002", "ONE-003"]),
        ("?lack=untested", ["ONE-002", "ONE-003"]),
        ("?lack=unserved", ["ONE-003"]),
        ("?lack=ahead", ["ONE-002"]),
        ("?lack=ahead&priority=must", []),
        ("?sort=priority", ["ONE-001", "ONE-002", "ONE-N01", "ONE-003"]),
        ("?kind=war&priority=&state=x&lack=all&sort=sideways&recipient=x", EVERYTHING),
        ("?recipient=99999999999999999999&q=%00", EVERYTHING),
        ("?recipient=99999999", []),
        ("?lot=%00", EVERYTHING),
    ],
)
def test_a_filter_of_the_address_leaves_these(asked: str, found: list[str], amoa_client: StrictClient) -> None:
    answer = amoa_client.get(LISTED + asked)
    assert answer.status_code == 200
    assert codes(answer) == found


def test_a_recipient_s_requirements_are_found(amoa_client: StrictClient, project_one: Any) -> None:
    users = project_one.recipient_groups.get(name="harbour users")
    assert codes(amoa_client.get(f"{LISTED}?recipient={users.pk}")) == ["ONE-001", "ONE-002", "ONE-N01"]


def test_a_tested_and_traced_requirement_has_no_gap(amoa: Any, amoa_client: StrictClient, project_one: Any) -> None:
    with acting_as(amoa):
        for code, retired in (("ONE-002", False), ("ONE-003", True)):
            AcceptanceTest.objects.create(
                project=project_one, code=f"T-{code}", title="Read it", requirement=requirement(code), retired=retired
            )
    one = requirement("ONE-003")  # an act, so that the rows above have an event of their transaction
    edit_requirement(actor=amoa, requirement=one, seen=one.changed_at.isoformat(), fields={"lot": "Lot 9"})
    assert codes(amoa_client.get(f"{LISTED}?lack=untraced")) == ["ONE-003"]
    assert "1 test" in text_of(amoa_client.get(LISTED, headers={"accept-language": "en"}))


def test_the_table_says_the_numbers_the_decision_and_what_is_ahead(owner: Any, client_of: Any) -> None:
    text = text_of(client_of(owner).get(LISTED, headers={"accept-language": "en"}))
    for words in (
        "3 requirements from 1 need.",
        "3 in force since OD-12 (baseline 1).",
        "1 is being changed.",
        "harbour users",
        "Ahead of what is in force",
    ):
        assert words in text, words
    assert "Add a requirement" not in text
    assert 'name="one"' not in text


def test_a_foreign_project_has_no_table(amoa_client: StrictClient) -> None:
    for path in ("/projects/TWO/requirements/", "/projects/NONE/requirements/"):
        assert amoa_client.get(path).status_code == 404


def test_a_filter_by_htmx_gets_the_results_alone(amoa_client: StrictClient) -> None:
    answer = amoa_client.get(f"{LISTED}?q=berth", headers=HTMX)
    text = text_of(answer)
    assert "HX-Request" in answer["Vary"]
    assert "<html" not in text
    assert 'id="filters"' not in text
    assert "ONE-001" in text
    assert "ONE-003" not in text


# — a row in its place —


def test_a_row_becomes_a_form_and_a_row_again(amoa_client: StrictClient) -> None:
    one = requirement("ONE-003")
    form = text_of(amoa_client.get(f"{row_of(one)}?edit", headers=HTMX))
    assert form.strip().startswith("<tr")
    assert 'name="title"' in form
    read = text_of(amoa_client.get(row_of(one), headers=HTMX))
    assert 'name="title"' not in read
    answer = amoa_client.post(row_of(one), content(one, title="Read at a glance", lot="Lot 3"), headers=HTMX)
    assert answer.status_code == 200
    assert "Read at a glance" in text_of(answer)
    one.refresh_from_db()
    assert (one.title, one.lot, one.state) == ("Read at a glance", "Lot 3", "draft")


def test_the_row_of_what_is_in_force_says_what_saving_does(amoa_client: StrictClient) -> None:
    form = text_of(amoa_client.get(f"{row_of(requirement('ONE-001'))}?edit", headers=HTMX))
    assert "Version 1 is in force: another text becomes the next version, which is proposed." in form
    form = text_of(amoa_client.get(f"{row_of(requirement('ONE-002'))}?edit", headers=HTMX))
    assert "Version 1 stays in force. You change version 2, which is proposed." in form


def test_without_htmx_a_row_leads_to_the_edit_page(amoa_client: StrictClient) -> None:
    one = requirement("ONE-003")
    for answer in (amoa_client.get(f"{row_of(one)}?edit"), amoa_client.post(row_of(one), content(one, title="X"))):
        assert answer["Location"] == reverse("amoa:requirements:requirement_edit", args=[one.pk])
    one.refresh_from_db()
    assert one.title != "X"


def test_a_row_that_somebody_saved_meanwhile_keeps_what_was_typed(amoa: Any, amoa_client: StrictClient) -> None:
    one = requirement("ONE-003")
    mine = content(one, title="Mine", statement="What I typed.")
    edit_requirement(actor=amoa, requirement=one, seen=one.changed_at.isoformat(), fields={"title": "Theirs"})
    answer = amoa_client.post(row_of(one), mine, headers=HTMX)
    text = text_of(answer)
    assert answer.status_code == 409
    for words in ("Not saved", "Theirs", 'value="Mine"', "What I typed."):
        assert words in text, words
    one.refresh_from_db()
    assert one.title == "Theirs"
    assert one.changed_at.isoformat() in text
    again = mine | {"seen": one.changed_at.isoformat()}
    assert amoa_client.post(row_of(one), again, headers=HTMX).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"title": " "},
        {"title": "\u200b"},
        {"title": "x" * 300},
        {"title": "a\x00b"},
        {"state": "approved"},
        {"state": "lost"},
        {"priority": "urgent"},
        {"priority": ""},
        {"lot": "x" * 50},
        {"statement": "x" * 30_000},
        {"seen": ""},
        {"seen": "x" * 90},
    ],
)
def test_a_row_with_bad_input_is_refused_in_its_place(changes: dict[str, str], amoa_client: StrictClient) -> None:
    one, before = requirement("ONE-003"), LedgerEvent.objects.count()
    answer = amoa_client.post(row_of(one), content(one, **changes), headers=HTMX)
    assert answer.status_code in {409, 422}
    assert nothing_written(before)


def test_a_reader_gets_no_form(recipient: Any, client_of: Any) -> None:
    client, one = client_of(recipient), requirement("ONE-003")
    assert client.get(f"{row_of(one)}?edit", headers=HTMX).status_code == 403
    assert client.post(row_of(one), content(one, title="X"), headers=HTMX).status_code == 403
    assert "data-edit" not in text_of(client.get(row_of(one), headers=HTMX))


# — many at once —


def test_many_are_changed_and_the_reader_comes_back_to_the_filter(amoa_client: StrictClient) -> None:
    chosen = [requirement(code).pk for code in ("ONE-002", "ONE-003")]
    path, fields = act("change_requirements", None, one=chosen, priority="wont", filter="lack=ahead&sort=changed")
    answer = amoa_client.post(path, fields)
    assert answer["Location"].startswith(f"{LISTED}?lack=ahead&sort=changed&edited=")
    assert requirement("ONE-002").priority == "wont"


def test_the_list_offers_to_undo_the_change_that_led_there(amoa_client: StrictClient) -> None:
    chosen = [requirement(code).pk for code in ("ONE-002", "ONE-003")]
    path, fields = act("change_requirements", None, one=chosen, priority="wont", filter="lack=ahead")
    listed = amoa_client.post(path, fields)["Location"]
    text = text_of(amoa_client.get(listed, headers={"accept-language": "en"}))
    assert "2 requirements are changed." in text
    [undo] = re.findall(r'action="(/projects/ONE/requirements/undo/\d+/)"', text)
    answer = amoa_client.post(undo, {"filter": "lack=ahead"}, follow=True, headers={"accept-language": "en"})
    assert "2 rows are as they were before." in text_of(answer)
    assert requirement("ONE-003").priority != "wont"
    assert "undo" not in text_of(amoa_client.get(f"{LISTED}?edited=1"))


def test_every_field_of_many_is_changed_on_a_page_of_its_own(amoa_client: StrictClient) -> None:
    chosen = [requirement(code).pk for code in ("ONE-002", "ONE-003")]
    path, fields = act("change_requirements", None, one=chosen, more="1", filter="q=x")
    page = amoa_client.post(path, fields, headers={"accept-language": "en"})
    text = text_of(page)
    assert "Change 2 requirements" in text
    assert all(f'name="one" value="{pk}"' in text for pk in chosen)
    kept = {"fields": "all", "one": chosen, "category": "Quays", "clear": ["lot"], "parent": "ONE-999"}
    assert "no need or requirement ONE-999" in text_of(amoa_client.post(path, kept, headers={"accept-language": "en"}))
    assert amoa_client.post(path, kept | {"parent": "one-n01"}).status_code == 302
    assert {requirement(code).category for code in ("ONE-002", "ONE-003")} == {"Quays"}
    assert requirement("ONE-003").lot == ""


def test_skipped_requirements_are_listed_with_their_reason(amoa_client: StrictClient) -> None:
    chosen = [requirement(code).pk for code in ("ONE-001", "ONE-002")]
    path, fields = act("change_requirements", None, one=chosen, priority="", state="draft")
    answer = amoa_client.post(path, fields, headers={"accept-language": "en"})
    text = text_of(answer)
    assert answer.status_code == 200
    for words in ("1 requirement is changed", "1 row is unchanged", "ONE-001 is “Approved” and cannot change"):
        assert words in text, words


def test_all_of_a_filter_are_changed_and_nothing_else(amoa_client: StrictClient) -> None:
    path, fields = act("change_requirements", None, one="", all="1", filter="kind=requirement&q=crews", lot="Lot 7")
    asked = amoa_client.post(path, fields)
    assert asked.status_code == 200  # one is in force
    assert amoa_client.post(path, fields | {"confirmed": asked.context["effects"].key}).status_code == 302
    lots = dict(Requirement.objects.filter(project__code="ONE").values_list("code", "lot"))
    assert lots == {"ONE-001": "Lot 7", "ONE-002": "Lot 7", "ONE-003": "", "ONE-N01": ""}


def test_more_than_one_act_changes_are_refused(amoa_client: StrictClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edit_views, "MOST", 3)
    path, fields = act("change_requirements", None, one="", all="1")
    answer = amoa_client.post(path, fields, headers={"accept-language": "en"})
    assert answer.status_code == 422
    assert "At most 3 requirements are changed at once" in text_of(answer)


@pytest.mark.parametrize(
    "changes",
    [
        {"one": ""},
        {"one": "x"},
        {"one": "99999999999999999999"},
        {"priority": ""},
        {"priority": "urgent"},
        {"state": "approved"},
        {"lot": "x" * 50},
        {"one": "-1"},
    ],
)
def test_a_change_of_many_with_bad_input_is_refused(changes: dict[str, str], amoa_client: StrictClient) -> None:
    before = LedgerEvent.objects.count()
    path, fields = act("change_requirements", None, **changes)
    assert amoa_client.post(path, fields).status_code == 422
    assert nothing_written(before)


def test_a_requirement_of_another_project_is_not_changed(
    cast: Any, amoa_client: StrictClient, project_two: Any
) -> None:
    foreign = write_requirement(actor=cast["other_amoa"], project=project_two, fields=FOREIGN)
    before = LedgerEvent.objects.count()
    path, fields = act("change_requirements", None, one=str(foreign.pk))
    amoa_client.post(path, fields)
    assert nothing_written(before)


def test_the_provider_notes_what_is_built_and_changes_nothing_else(moe: Any, client_of: Any) -> None:
    client = client_of(moe)
    assert client.post(*act("implement")).status_code == 302
    assert requirement("ONE-001").state == "implemented"
    assert client.post(*act("change_requirements")).status_code == 403
    text = text_of(client.get(LISTED, headers={"accept-language": "en"}))
    assert "Mark as implemented" in text
    assert "Change the selection" not in text


# — writing one —


def test_a_requirement_is_added_with_all_its_fields(amoa_client: StrictClient, project_one: Any) -> None:
    users = project_one.recipient_groups.get(name="harbour users")
    path, fields = act(
        "write_requirement",
        None,
        parent="one-n01",
        recipients=[users.pk],
        links="OP-01\nOD-01\n\nOP-01\nOR-4",
        verification="test",
        criticality="high",
        lot="Lot 2",
        category="Berths",
        source="Workshop 2",
        justification="- Two falls\n- One boat lost",
    )
    answer = amoa_client.post(path, fields)
    one = requirement("ONE-004")
    assert answer["Location"] == one.get_absolute_url()
    assert one.parent
    assert (one.parent.code, one.recipients, one.links) == ("ONE-N01", [users.pk], ["OP-01", "OD-01", "OR-4"])
    assert one.criteria == [{"number": "1", "text": "Nine messages out of ten arrive within 5 minutes."}]
    assert (one.verification, one.criticality, one.lot, one.category) == ("test", "high", "Lot 2", "Berths")


def test_editing_keeps_the_numbers_of_the_criteria_and_what_was_not_touched(amoa_client: StrictClient) -> None:
    one = requirement("ONE-001")
    path = reverse("amoa:requirements:requirement_edit", args=[one.pk])
    page = amoa_client.get(path)
    form, criteria = page.context["form"], page.context["criteria"]
    fields = {field.html_name: field.value() for field in form if field.value() is not None}
    fields |= {field.html_name: field.value() for field in criteria.management_form}
    fields |= {"criteria-0-text": "The number is read from 40 metres.", "criteria-1-text": one.criteria[1]["text"]}
    assert amoa_client.post(path, fields).status_code == 302
    again = requirement("ONE-001")
    assert [criterion["number"] for criterion in again.criteria] == ["3", "2"]
    names = ("title", "statement", "kind", "recipients", "links", "parent_id", "lot", "verification", "source")
    assert [getattr(again, name) for name in names] == [getattr(one, name) for name in names]
    assert (again.version, again.state) == (2, "proposed")


def test_another_criterion_adds_a_form_row_without_an_act(amoa_client: StrictClient) -> None:
    before = LedgerEvent.objects.count()
    path, fields = act("write_requirement", None, add_criterion="1", title="")
    answer = amoa_client.post(path, fields)
    assert answer.status_code == 200
    assert 'name="criteria-1-text"' in text_of(answer)
    assert "error-summary" not in text_of(answer)
    assert nothing_written(before)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": " "}, "Enter its title."),
        ({"kind": "war"}, "war"),
        ({"parent": "ONE-999"}, "The project has no need or requirement ONE-999."),
        ({"links": "OP-01\nOP-999\nNowhere"}, "nor is it the code of a risk: OP-999, Nowhere"),
        ({"links": "\n".join(f"OR-{n}" for n in range(40))}, "at most 30 links"),
        ({"links": "x" * 200}, "at most 150 characters"),
        ({"code": "ONE-001"}, "This code is already used. Enter another code."),
        ({"kind": "need", "parent": "ONE-001"}, "A need refines a need"),
        ({"recipients": "99999"}, "99999"),
        ({"state": "approved"}, "approved"),
        ({"criteria-0-text": "x" * 3_000}, "2000"),
    ],
)
def test_bad_input_is_refused_with_a_sentence(changes: dict[str, str], words: str, amoa_client: StrictClient) -> None:
    before = LedgerEvent.objects.count()
    path, fields = act("write_requirement", None, **changes)
    answer = amoa_client.post(path, fields, headers={"accept-language": "en"})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert "error-summary" in text_of(answer)
    assert nothing_written(before)


@pytest.mark.parametrize(("name", "first"), [("write_requirement", 0), ("edit_requirement", 1)])
def test_an_unstorable_value_is_refused_in_every_field(name: str, first: int, amoa_client: StrictClient) -> None:
    """Both pages have the same form: each sends one of the two values to a field, the other page the other one."""
    before = LedgerEvent.objects.count()
    path, fields = act(name)
    more = dict.fromkeys(("parent", "links", "source", "justification", "category", "lot"), "")
    for field in fields | more:
        for bad in in_turn(first + len(field), ("a\x00b", "x" * 500_000)):
            answer = amoa_client.post(path, fields | {field: bad})
            if not field.endswith("INITIAL_FORMS"):
                assert answer.status_code in {409, 422}, field
            assert answer.status_code < 500
    assert nothing_written(before)


def test_three_megabytes_are_refused_by_a_page(amoa_client: StrictClient) -> None:
    path, fields = act("write_requirement", None, statement="a" * 3_000_000)
    assert amoa_client.post(path, fields).status_code == 400


@pytest.mark.parametrize("number", [0, 999_999, 2**40, 10**30])
@pytest.mark.parametrize("page", ["", "edit/", "row/", "history/"])
def test_an_absent_requirement_is_404(number: int, page: str, amoa_client: StrictClient) -> None:
    assert amoa_client.get(f"/requirements/{number}/{page}").status_code == 404


def test_a_requirement_of_another_project_is_404(cast: Any, amoa_client: StrictClient, project_two: Any) -> None:
    foreign = write_requirement(actor=cast["other_amoa"], project=project_two, fields=FOREIGN)
    for page in ("", "edit/", "row/", "history/"):
        assert amoa_client.get(f"{foreign.get_absolute_url()}{page}").status_code == 404
    path, fields = act("write_requirement", None, parent=foreign.code)
    assert amoa_client.post(path, fields).status_code == 422


def test_the_edit_page_says_what_saving_does_to_what_is_in_force(amoa_client: StrictClient) -> None:
    english = {"accept-language": "en"}
    approved = text_of(amoa_client.get(f"{requirement('ONE-001').get_absolute_url()}edit/", headers=english))
    assert "Another text becomes the next version, which is proposed." in approved
    assert "Version 1, in force since decision OD-12, stays so" in approved
    ahead = text_of(amoa_client.get(f"{requirement('ONE-002').get_absolute_url()}edit/", headers=english))
    assert "You edit version 2, which is not in force yet." in ahead
    draft = text_of(amoa_client.get(f"{requirement('ONE-003').get_absolute_url()}edit/", headers=english))
    assert "stays in force" not in draft


def test_an_edit_page_that_is_outdated_hands_back_what_was_typed(amoa: Any, amoa_client: StrictClient) -> None:
    path, fields = act("edit_requirement", None, statement="What I typed.")
    one = requirement()
    edit_requirement(actor=amoa, requirement=one, seen=one.changed_at.isoformat(), fields={"source": "Workshop 9"})
    answer = amoa_client.post(path, fields, headers={"accept-language": "en"})
    assert answer.status_code == 409
    assert "What I typed." in text_of(answer)


# — the advice —


def test_the_advice_comes_beside_the_form_and_writes_nothing(amoa_client: StrictClient) -> None:
    before = LedgerEvent.objects.count()
    _path, fields = act("write_requirement", None, statement="The plan must be shown easily and must be fast.")
    answer = amoa_client.post("/projects/ONE/requirements/lint/", fields, headers=HTMX)
    text = text_of(answer)
    assert answer.status_code == 200
    for words in ("2 obligations", "This sentence has no subject", "easily, fast"):
        assert words in text, words
    assert "<html" not in text
    assert nothing_written(before)


def test_the_advice_names_what_says_nearly_the_same_but_not_itself(amoa_client: StrictClient) -> None:
    one = requirement("ONE-001")
    _path, fields = act("write_requirement", None, title=one.title, statement=one.statement)
    lint = "/projects/ONE/requirements/lint/"
    assert one.code in text_of(amoa_client.post(lint, fields))
    assert one.code not in text_of(amoa_client.post(f"{lint}?on={one.pk}", fields))
    for on in ("x", "99999999999999999999", "%00"):
        assert amoa_client.post(f"{lint}?on={on}", fields).status_code == 200
    assert amoa_client.post(lint, {}).status_code == 200
    assert amoa_client.post(lint, fields | {"title": "a\x00b", "criteria-TOTAL_FORMS": "x"}).status_code == 200


def test_advice_never_keeps_anyone_from_saving(amoa_client: StrictClient) -> None:
    path, fields = act("write_requirement", None, statement="It must be easy and it must be fast.")
    assert amoa_client.post(path, fields).status_code == 302


# — one requirement —


def test_the_page_of_one_shows_its_chain_and_what_is_missing(recipient: Any, client_of: Any) -> None:
    answer = client_of(recipient).get(requirement("ONE-002").get_absolute_url(), headers={"accept-language": "en"})
    text = text_of(answer)
    assert [link.missing for link in answer.context["chain"]] == [False, False, False, True, True]
    for words in (
        "Version 2, proposed.",
        "Version 1 in force since decision OD-12.",
        "2 links missing",
        "ONE-N01",
        "No test yet",
        "What changes from the version in force",
        'id="liaison"',
    ):
        assert words in text, words
    assert "Edit the requirement" not in text


def test_the_page_of_a_need_lists_what_answers_it(amoa_client: StrictClient) -> None:
    answer = amoa_client.get(requirement("ONE-N01").get_absolute_url())
    assert [requirement.code for requirement in answer.context["below"]] == ["ONE-001", "ONE-002"]
    assert answer.context["chain"] == []


def test_links_lead_somewhere(amoa_client: StrictClient, proposal: Any) -> None:
    text = text_of(amoa_client.get(requirement("ONE-001").get_absolute_url()))
    assert f'href="{proposal("closed").get_absolute_url()}"' in text


def test_the_history_says_who_changed_what_word_by_word(owner: Any, client_of: Any) -> None:
    one = requirement("ONE-002")
    answer = client_of(owner).get(
        reverse("amoa:requirements:requirement_history", args=[one.pk]), headers={"accept-language": "en"}
    )
    newest, decided, first = answer.context["found"].rows
    assert (str(newest.who), str(decided.who), first.is_first) == ("Solène Kermarrec", "Gérard Loiselle", True)
    assert [field.label for field in newest.fields] == ["State", "Version", "Statement"]
    text = text_of(answer)
    for words in ("2 seconds.", "1 second.", "<ins>", "<del>", "in force"):
        assert words in text, words


def test_the_history_goes_on_page_by_page(
    amoa: Any, amoa_client: StrictClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("amoa.requirements.views.OLDER", 2)
    one = requirement("ONE-003")
    for n in range(4):
        one = edit_requirement(
            actor=amoa, requirement=one, seen=one.changed_at.isoformat(), fields={"title": f"Title {n}"}
        )
    path, seen, before = reverse("amoa:requirements:requirement_history", args=[one.pk]), [], ""
    while True:
        answer = amoa_client.get(path, {"before": before})
        seen += [line.after[-1].body for row in answer.context["found"].rows for f in row.fields for line in f.lines]
        if not (before := answer.context["found"].next_key):
            break
    assert [words.split()[-1] for words in seen] == ["3", "2", "1", "0"]
    assert amoa_client.get(path, {"before": "x", "versions_before": "%00"}).status_code == 200


def test_texts_are_in_the_language_of_the_project(cast: Any, client_of: Any, project_two: Any) -> None:
    write_requirement(actor=cast["other_amoa"], project=project_two, fields=FOREIGN | {"title": "Les billets sont lus"})
    text = text_of(client_of(cast["other_amoa"]).get("/projects/TWO/requirements/", headers={"accept-language": "en"}))
    assert 'lang="fr">Les billets sont lus' in text


def test_a_page_of_requirements_is_in_french(amoa_client: StrictClient) -> None:
    french = {"accept-language": "fr"}
    listed = text_of(amoa_client.get(LISTED, headers=french))
    for words in ("3 exigences, issues de 1 besoin.", "Trace incomplète", "Modifier la sélection"):
        assert words in listed, words
    one = text_of(amoa_client.get(requirement("ONE-002").get_absolute_url(), headers=french))
    assert "Version 1 en vigueur depuis la décision OD-12." in one


def test_a_draft_proposal_is_linked_by_its_author_only(
    amoa: Any, pmo: Any, client_of: Any, proposal: Any, amoa_client: StrictClient
) -> None:
    one, draft = requirement("ONE-003"), proposal("draft")
    edit_requirement(actor=amoa, requirement=one, seen=one.changed_at.isoformat(), fields={"links": [draft.reference]})
    assert draft.title in text_of(amoa_client.get(one.get_absolute_url()))
    assert draft.title not in text_of(client_of(pmo).get(one.get_absolute_url()))
    assert acts.reread(draft).current is None
