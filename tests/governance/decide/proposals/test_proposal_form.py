"""Test the form of a proposal: its sections, what it shows of a kind, and what is missing before it is submitted."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from governance.models import Proposal
from tests.pages.visits import act

pytestmark = pytest.mark.django_db

NEW = "/projects/ONE/proposals/new/"
SECTION = re.compile(r'<details class="card section"[^>]*?( open)?>.*?<h2>(.*?)</h2>.*?<span [^>]*>(.*?)</span>')


def sections(page: str) -> dict[str, tuple[bool, str]]:
    """Return title → whether the section is open, and what its summary says is missing."""
    return {title: (bool(is_open), state.strip()) for is_open, title, state in SECTION.findall(page)}


def missing(page: str) -> dict[str, str]:
    """Return sentence → target of the list of what is missing."""
    listed = page.partition('id="missing"')[2].partition("</section>")[0]
    return {text.strip(): target for target, text in re.findall(r'<li>\s*<a href="#(.*?)">(.*?)</a>', listed)}


@pytest.fixture
def author(english: Any, amoa: Any) -> Any:
    """Return the browser of the AMOA."""
    return english(amoa)


def post(author: Any, **changes: str) -> str:
    """Post the form of a new proposal, and return the page."""
    _path, fields = act("draft")
    text: str = author.post(NEW, fields | changes).text
    return text


def test_only_the_first_section_of_a_new_proposal_is_open(author: Any) -> None:
    shown = sections(author.get(NEW).text)
    assert [title for title, (is_open, _state) in shown.items() if is_open] == ["The question"]
    assert list(shown) == [
        "The question",
        "Options",
        "Recommendation",
        "Impacts",
        "Risks and evidence",
        "Amount and dates",
    ]


def test_a_new_proposal_lists_all_that_is_missing_with_links_to_its_fields(author: Any) -> None:
    page = author.get(NEW).text
    listed = missing(page)
    assert listed["Choose the kind of decision."] == "id_kind"
    assert listed["Describe at least two options. Doing nothing can be one."] == "id_options-0-title"
    assert listed["Enter the latest date for the decision."] == "id_decide_by"
    assert [target for target in listed.values() if f'id="{target}"' not in page] == []
    assert sections(page)["Recommendation"] == (False, "2 to complete")


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("allocation", "“Shares of the budget” is not decided here"),
        ("supplier_choice", ""),
        ("standard_adoption", "Your role does not propose “Standard adoption” here"),
        ("nothing", "This kind of decision is not known"),
        ("", ""),
    ],
)
def test_a_kind_that_is_asked_for_and_not_offered_says_why(kind: str, why: str, author: Any) -> None:
    page = html.unescape(author.get(NEW, {"kind": kind}).text)
    found = re.findall(
        r"“[^”]*” is not decided here|Your role does not propose “[^”]*” here|This kind[^.]*not known", page
    )
    assert found == ([why] if why else [])


def test_what_a_kind_needs_is_missing_too_and_shown_first(author: Any) -> None:
    page = post(author, kind="schedule", choose_kind="1", impact_schedule="", impact_cost="", impact_scope="")
    assert missing(page)["Describe the impact on schedule."] == "id_impact_schedule"
    assert missing(page)["Enter the new end of the project."] == "id_terms-ends_on"
    assert sections(page)["What an approval changes"] == (True, "1 to complete")
    impacts = page.partition("<h2>Impacts</h2>")[2].partition("<h2>")[0]
    needed, _folded, others = impacts.partition("Other impacts")
    assert ("impact_schedule" in needed, "impact_cost" in needed, "impact_cost" in others) == (True, False, True)


def test_what_is_filled_is_never_folded_away(author: Any) -> None:
    page = post(author, kind="schedule", choose_kind="1", impact_quality="None at all.", amount="12")
    assert "impact_quality" in page.partition("<h2>Impacts</h2>")[2].partition("Other impacts")[0]
    dates = page.partition("<h2>Amount and dates</h2>")[2].partition('<details class="more"')[0]
    assert ('id="id_amount"' in dates, 'id="id_binding_authority"' in dates) == (True, False)


def test_a_section_with_an_error_is_open(author: Any) -> None:
    shown = sections(post(author, decide_by="tomorrow", kind="change"))
    assert {title for title, (is_open, _state) in shown.items() if is_open} == {"The question", "Amount and dates"}


def test_a_row_that_is_added_keeps_the_options_open(author: Any) -> None:
    page = post(author, add_option="1")
    assert sections(page)["Options"][0]
    assert 'id="id_options-2-title"' in page


def test_the_option_to_recommend_is_chosen_by_its_title_among_those_on_the_page(author: Any) -> None:
    def offered(page: str) -> list[str]:
        select = page.partition('name="recommended"')[2].partition("</select>")[0]
        return re.findall(r"<option[^>]*>(.*?)</option>", select)

    assert offered(author.get(NEW).text) == ["—", "A", "B"]
    page = post(author, add_option="1", **{"options-0-title": "A pilot", "options-1-title": ""})
    assert offered(page) == ["—", "A · A pilot", "B", "C"]


def test_a_check_records_nothing_and_refuses_nothing(author: Any) -> None:
    before = Proposal.objects.count()
    page = post(author, title="", decide_by="tomorrow", check="1")
    assert "Enter the latest date for the decision." in missing(page)
    assert 'class="error-summary"' not in page
    assert Proposal.objects.count() == before


def test_nothing_is_missing_from_a_text_that_can_be_submitted(author: Any) -> None:
    page = post(author, check="1", decide_by=str(timezone.localdate() + timedelta(30)))
    assert missing(page) == {}
    assert "Nothing is missing." in page


def test_a_decision_to_replace_is_asked_for_only_where_there_is_one(english: Any, cast: Any, author: Any) -> None:
    assert 'name="replaces"' in author.get(NEW).text
    assert 'name="replaces"' not in english(cast["other_owner"]).get("/projects/TWO/proposals/new/").text


def test_a_saved_draft_answers_what_is_still_missing(author: Any) -> None:
    _path, fields = act("draft")
    draft = {"draft": "save", "draft_page": "a" * 32, "risks": "", "decide_by": ""}
    shown = author.post(NEW, fields | draft).json()["shown"]
    assert list(missing(f'id="missing"{shown["gaps"]}</section>').values()) == ["id_risks", "id_decide_by"]
    assert (shown["state-risks"].strip(), shown["state-question"].strip()) == ("1 to complete", "")


def test_a_draft_keeps_an_option_without_a_title_and_lists_the_title_as_missing(author: Any) -> None:
    _path, fields = act("draft")
    untitled = {"options-0-title": "A pilot", "options-1-title": "", "options-1-description": "Everywhere at once."}
    saved = author.post(NEW, fields | untitled, follow=False)
    assert saved.status_code == 302
    proposal = Proposal.objects.latest("pk")
    assert [option["description"] for option in proposal.draft.options][1:] == ["Everywhere at once."]
    assert re.search(r"B\.\s*<span class=\"faint\">Not stated<", author.get(saved.url).text)
    assert missing(author.get(f"{saved.url}edit/").text).get("Enter a title for each option.") == "id_options-1-title"
