"""Test the rules of every page: language, headers, one heading, a unique title, named controls, no inline script.

Every page is read in English, and one in ten in French, once for all tests of this file: the look of every page in
Chromium is in French. When WHOLE each is read in both.
"""

import gzip
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache, cached_property
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils.translation import gettext, override

from tests.conftest import StrictClient
from tests.effort import in_turn
from tests.pages.test_conflicts import EDITED, OPENED
from tests.pages.test_languages import EVERYWHERE, SHELL, language_of
from tests.pages.visits import visits
from tests.security.test_headers import guarded, is_private

pytestmark = pytest.mark.django_db

VOID = {"input", "link", "meta", "img", "br", "hr", "source", "wbr", "path", "rect", "circle", "line", "polyline"}
UNNAMED = {"hidden", "submit", "button"}
#: Pages with a text area beside a file, which no draft keeps.
WITHOUT_DRAFT = {"document_replace", "document_replace_refused", "evidence_replace", "verify"}
#: Pages whose form carries a version and edits no row: they decide, attach, freeze, publish, write a checked file or
#: archive; grids merge each row (core/pages/grid).
NOT_EDITED = {
    "actions_grid",
    "archive",
    "baseline_freeze",
    "budget_lines_grid",
    "campaign_close",
    "change_plan_freeze",
    "dossier",
    "evidence_replace",
    "list_import",
    "milestones_grid",
    "proposal_counter",
    "proposal_evidence",
    "issues_grid",
    "recipients_grid",
    "requirements_grid",
    "risks_grid",
    "test_sheet",
    "unarchive",
}
#: What a first visit may weigh: page, styles, scripts and font, compressed.
COLD_KIB = 120
#: Pages that show an archive in the working language of its project, with its `lang`.
ARCHIVES = {"review"}


class Page(HTMLParser):
    """The parts of a page that the rules are about."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.forms: list[dict[str, Any]] = []
        self.title, self.script, self.address_name = "", "", ""
        self.open: list[str] = []
        self.within_label: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        if tag == "form":
            self.forms.append({**given, "fields": [], "has_text_area": False})
        if tag in {"input", "textarea"} and "form" in self.open:
            self.forms[-1]["fields"].append(given.get("name", ""))
            self.forms[-1]["has_text_area"] |= tag == "textarea"
        if "label" in self.open:
            self.within_label.append((tag, given))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["title"] and "svg" not in self.open:
            self.title += data
        if self.open[-1:] == ["script"]:
            self.script += data

    def all(self, *wanted: str) -> Iterator[dict[str, str]]:
        """Yield the attributes of each tag of these names."""
        return (given for tag, given in self.tags if tag in wanted)

    def unlabelled(self) -> list[dict[str, str]]:
        """List the controls without an accessible name."""
        labelled = {given["for"] for given in self.all("label") if "for" in given}
        inside = [given for _, given in self.within_label]
        return [
            given
            for given in self.all("input", "select", "textarea")
            if given.get("type") not in UNNAMED
            and given.get("id") not in labelled
            and given not in inside
            and not given.keys() & {"aria-label", "aria-labelledby"}
        ]


@dataclass
class Seen:
    """A page as it was answered to a person of the cast; its address has a name unless a form was posted there."""

    member: str
    content: bytes
    headers: Any
    address_name: str

    @cached_property
    def page(self) -> Page:
        """Read its parts, once."""
        page = Page(self.content.decode())
        page.address_name = self.address_name
        return page


Read = Callable[[str], dict[str, Seen]]


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, Seen]]:
    """Collect the pages that the tests of this file have seen, by language."""
    return {}


@pytest.fixture
def read(found: dict[str, dict[str, Seen]], cast: Any, proposal: Any, client_of: Any) -> Read:
    """Return a function that gets every page in a language, once. The client itself fails on a GET that writes."""

    def every_page(language: str) -> dict[str, Seen]:
        if language in found:
            return found[language]
        shown, signed_in = {}, {member: client_of(person).cookies for member, person in cast.items()}
        for place, (name, visit) in enumerate(visits(proposal)):
            if language == "fr" and not in_turn(place, [True, *[False] * 9])[0]:
                continue
            client = StrictClient()
            client.cookies = deepcopy(signed_in[visit.member])
            answer = visit.by(client, headers={"accept-language": language})
            assert (name, answer.status_code) == (name, visit.status)
            match = answer.resolver_match if visit.method == "GET" else None  # an invalid form keeps the page's title
            shown[name] = Seen(visit.member, answer.content, answer.headers, match.url_name if match else "")
        found[language] = shown
        return shown

    return every_page


@pytest.fixture
def pages(read: Read) -> dict[str, Page]:
    """Read the parts of every page in English."""
    return {name: seen.page for name, seen in read("en").items()}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_is_in_the_language_of_the_browser(language: str, read: Read) -> None:
    for name, seen in read(language).items():
        text = seen.content.decode()
        assert (name, language_of(seen)) == (name, language)
        for words in (*EVERYWHERE, *(SHELL if seen.member != "anonymous" else ())):
            with override(language):
                assert gettext(words) in text, (name, words)
            if language == "fr" and name not in ARCHIVES:
                assert words not in text, (name, words)


def test_every_page_says_the_release_in_its_footer(read: Read) -> None:
    words = f"Ouvrage {settings.VERSION}<"
    assert [name for name, seen in read("en").items() if words not in seen.content.decode()] == []


@cache
def weight_of(path: str) -> int:
    """Return the bytes that a browser fetches for a file of `static/`; a font is compressed already."""
    content = Path(str(finders.find(path))).read_bytes()
    return len(content) if path.endswith(".woff2") else len(gzip.compress(content))


def test_a_first_visit_of_any_page_fetches_120_kib_at_most(read: Read) -> None:
    heavy = {}
    for name, seen in read("en").items():
        links = [given for given in seen.page.all("link") if given.get("rel") in {"stylesheet", "preload"}]
        addresses = {given["href"] for given in links} | {given["src"] for given in seen.page.all("script")}
        files = sum(weight_of(address.removeprefix(settings.STATIC_URL)) for address in addresses)
        heavy[name] = (files + len(gzip.compress(seen.content))) / 1024
    assert {name: round(kib) for name, kib in heavy.items() if kib > COLD_KIB} == {}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_carries_the_strict_policy(language: str, read: Read) -> None:
    assert [name for name, seen in read(language).items() if not guarded(seen)] == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_reply_to_a_signed_in_reader_is_private_and_stored_nowhere(language: str, read: Read) -> None:
    signed_in = {name: seen for name, seen in read(language).items() if seen.member != "anonymous"}
    assert [name for name, seen in signed_in.items() if not is_private(seen)] == []


def test_every_page_keeps_the_rules(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        ids = Counter(given["id"] for _, given in page.tags if "id" in given)
        assert (name, sum(tag == "h1" for tag, _ in page.tags)) == (name, 1)
        assert (name, [i for i, times in ids.items() if times > 1]) == (name, [])
        assert (name, page.unlabelled()) == (name, [])
        assert (name, [given for _, given in page.tags if "style" in given]) == (name, [])
        assert (name, [key for _, given in page.tags for key in given if key.startswith("on")]) == (name, [])
        assert (name, page.script.strip(), list(page.all("style"))) == (name, "", [])
        assert (name, [given for given in page.all("script") if "src" not in given]) == (name, [])
        assert (name, [g["href"] for g in page.all("a") if g.get("href", "#") in {"", "#"}]) == (name, [])
        targets = {given["href"][1:] for given in page.all("a") if given.get("href", "").startswith("#")}
        assert (name, targets - ids.keys()) == (name, set())


def test_every_form_is_checked_by_the_server_and_carries_its_token(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        for form in page.forms:
            if form["method"] == "get":  # a GET form: it writes nothing, so its address needs no token
                assert ("csrfmiddlewaretoken" in form["fields"], "novalidate" in form) == (False, True), name
                continue
            if form["method"] == "dialog":  # closes its dialog: nothing is sent
                assert not form["fields"], name
                continue
            assert form["method"] == "post", name
            assert "csrfmiddlewaretoken" in form["fields"], (name, form["action"])
            visible = [field for field in form["fields"] if field not in {"csrfmiddlewaretoken", "next", "version"}]
            assert "novalidate" in form or not visible, (name, form)


def test_every_form_with_a_text_area_keeps_a_draft(pages: dict[str, Page]) -> None:
    forms = [(name, form) for name, page in pages.items() for form in page.forms if form["has_text_area"]]
    assert {name for name, form in forms if "draft_page" not in form["fields"]} == WITHOUT_DRAFT


def test_every_form_that_carries_a_version_is_walked_by_the_test_of_conflicts(pages: dict[str, Page]) -> None:
    edited = {pages[name].address_name for name in EDITED}
    carrying = {
        page.address_name
        for page in pages.values()
        for form in page.forms
        if page.address_name and any(name.rpartition("-")[2] in OPENED for name in form["fields"])
    }
    assert {name for name in carrying - edited if not name.endswith("_new")} == NOT_EDITED


def test_every_page_has_a_title_of_its_own(pages: dict[str, Page]) -> None:
    titles = {name: page.title.strip() for name, page in pages.items()}
    assert all(title.endswith("— Ouvrage") and len(title) > 12 for title in titles.values()), titles
    named: dict[str, set[str]] = {}
    for name, page in pages.items():
        if page.address_name:
            named.setdefault(titles[name], set()).add(page.address_name)
    shared = {title: addresses for title, addresses in named.items() if len(addresses) > 1}
    assert shared == {}


def test_a_page_that_found_problems_says_so_first_in_its_title(pages: dict[str, Page]) -> None:
    refused = {
        "sign_in_refused",
        "sign_in_link_refused",
        "provider_refused",
        "token_list_refused",
        "reauthentication_refused",
        "organisation_add_refused",
        "facts_refused",
        "action_new_refused",
        "actions_paste_refused",
        "action_settle_refused",
        "move_ask_refused",
        "earlier_new_refused",
        "task_snooze_refused",
        "proposal_new_refused",
        "decision_incomplete",
        "opinion_incomplete",
        "mandate_appoint_refused",
        "mandate_appoint_matches",
        "authority_refused",
        "decision_without_its_fates",
        "condition_unproved",
        "binding_opinion_incomplete",
        "role_compare_refused",
        "bidder_note_refused",
        "second_look_refused",
        "body_new_refused",
        "interest_declare_refused",
        "interest_settle_refused",
        "proposal_evidence_refused",
        "project_documents_refused",
        "project_open_refused",
        "account_refused",
        "account_close_refused",
        "absence_refused",
        "employer_refused",
        "people_import_refused",
        "settings_refused",
        "settings_days_refused",
        "account_password_refused",
        "passkey_add_refused",
        "passkey_rename_refused",
        "code_app_add_refused",
        "document_replace_refused",
        "roles_adapt_refused",
        "obligation_fulfil_refused",
        "obligation_excuse_refused",
        "obligation_catch_up_refused",
        "obligation_excuse_missed_refused",
        "obligation_check_refused",
        "permissions_refused",
        "requirement_new_refused",
        "requirement_edit_refused",
        "requirements_bulk_refused",
        "requirements_refused",
        "baseline_freeze_refused",
        "question_ask_refused",
        "question_answer_refused",
        "estimate_give_refused",
        "estimates_refused",
        "import_refused",
        "import_columns_refused",
        "import_start_refused",
        "import_values_refused",
        "list_import_refused",
        "list_import_columns_refused",
        "list_import_write_refused",
        "list_import_values_refused",
        "recipient_new_refused",
        "change_communication_refused",
        "feedback_new_refused",
        "conformity_check_refused",
        "conformity_checks_refused",
        "waiver_revoke_refused",
        "acceptance_test_refused",
        "missing_tests_refused",
        "test_sheet_refused",
        "tests_copy_refused",
        "campaign_new_refused",
        "campaign_run_refused",
        "defect_new_refused",
        "standard_new_refused",
        "standard_edit_refused",
        "library_entry_refused",
        "review_new_refused",
        "milestone_forecast_refused",
        "steering_indicator_refused",
        "criterion_new_refused",
        "weather_publish_refused",
        "weather_of_round_refused",
        "steering_import_refused",
        "risk_new_refused",
        "risk_assess_refused",
        "risk_settle_refused",
        "issue_settle_refused",
        "risk_scale_refused",
        "risks_change_refused",
        "budget_lines_change_refused",
        "risks_copy_refused",
        "risks_grid_refused",
        "requirements_paste_refused",
        "risks_paste_refused",
        "referential_new_refused",
        "referential_copy_refused",
        "referential_draft_refused",
        "referential_duty_refused",
        "referential_unreadable",
        "vouch_refused",
        "vouch_address_refused",
        "address_ask_refused",
        "address_propose_refused",
        "owner_propose_refused",
        "closing_propose_refused",
        "replacement_second_refused",
    }
    assert {name for name, page in pages.items() if page.title.strip().startswith("Error: ")} == refused
