"""Test concurrent edits: the second person sees the change, keeps the typed text, and records nothing."""

import html
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.utils.translation import gettext, override

from core.pages.refusals.views import is_prose
from governance.decide.decisions.fingerprint import read_parts
from governance.enums import Outcome
from governance.models import Decision, Opinion
from tests import acts
from tests.core.test_conflicts import fields_of, read_form
from tests.database import run
from tests.pages.visits import act, visits

pytestmark = pytest.mark.django_db

WORDS = "These words took me an hour."


def post(client: Any, name: str, proposal: Any, **changes: Any) -> Any:
    """Send an act in English."""
    path, fields = act(name, proposal, **changes)
    return client.post(path, fields, headers={"accept-language": "en"})


def page(answer: Any) -> str:
    """Return the words of the answer."""
    return html.unescape(answer.content.decode())


def test_a_decision_on_a_revision_replaced_meanwhile_is_not_recorded(
    owner: Any, amoa: Any, proposal: Any, client_of: Any
) -> None:
    read = proposal("ready_for_decision")
    acts.edit(amoa, read)
    acts.submit(amoa, read)
    before = acts.count_evidence()
    answer = post(client_of(owner), "decide", read, reasons=WORDS)
    assert answer.status_code == 409
    assert WORDS in page(answer)
    assert "Crews are told one week ahead." in page(answer)
    assert f'href="{read.get_absolute_url()}"' in page(answer)
    assert acts.count_evidence() == before


def test_the_review_step_notices_it_too(owner: Any, amoa: Any, pmo: Any, proposal: Any, client_of: Any) -> None:
    read = proposal("ready_for_decision")
    acts.edit(amoa, read)
    acts.submit(amoa, read)
    acts.advise(pmo, read)  # ready again, but not in the version that the owner read
    answer = post(client_of(owner), "decide", read, reasons=WORDS, step="review")
    assert answer.status_code == 409
    assert WORDS in page(answer)


def test_a_change_that_was_not_submitted_disturbs_nobody(owner: Any, amoa: Any, proposal: Any, client_of: Any) -> None:
    read = proposal("ready_for_decision")
    acts.edit(amoa, read)
    assert post(client_of(owner), "decide", read).status_code == 302
    assert Decision.objects.latest("pk").revision == read.current


def test_an_opinion_on_a_revision_replaced_meanwhile_is_not_recorded(
    pmo: Any, amoa: Any, proposal: Any, client_of: Any
) -> None:
    read = proposal("submitted")
    acts.edit(amoa, read)
    acts.submit(amoa, read)
    before = acts.count_evidence()
    answer = post(client_of(pmo), "advise", read, reasons=WORDS)
    assert answer.status_code == 409
    assert WORDS in page(answer)
    assert acts.count_evidence() == before


def test_sealing_twice_records_one_decision_and_shows_it(owner: Any, proposal: Any, client_of: Any) -> None:
    client, read = client_of(owner), proposal("ready_for_decision")
    assert post(client, "decide", read, reasons="First").status_code == 302
    before = acts.count_evidence()
    again = post(client, "decide", read, reasons=WORDS)
    assert again.status_code == 409
    assert acts.count_evidence() == before
    decision = Decision.objects.get(proposal=read)
    for part in (decision.reference, "Approved with conditions", owner.name, WORDS, read.get_absolute_url()):
        assert part in page(again)


def test_a_seal_that_is_sent_again_is_the_same_decision(owner: Any, amoa: Any, proposal: Any, client_of: Any) -> None:
    client, read = client_of(owner), proposal("ready_for_decision")
    seen = json.dumps(read_parts(read))
    assert post(client, "decide", read, seen=seen).status_code == 302
    before = acts.count_evidence()
    again = post(client, "decide", read, seen=seen)
    assert (again.status_code, again["Location"]) == (302, read.get_absolute_url())
    assert post(client, "decide", read, seen=seen, outcome=Outcome.REJECTED).status_code == 409
    assert post(client, "decide", read, seen=seen, step="review").status_code == 409
    assert post(client_of(amoa), "decide", read, seen=seen).status_code == 403
    assert acts.count_evidence() == before


def test_a_decision_taken_meanwhile_by_the_delegate_is_shown_to_the_owner(
    owner: Any, delegate: Any, proposal: Any, client_of: Any
) -> None:
    read = proposal("ready_minor")
    acts.decide(delegate, read, Outcome.REJECTED)
    answer = post(client_of(owner), "decide", read, reasons=WORDS)
    assert answer.status_code == 409
    for part in ("Tobias Renner", "Rejected", WORDS, read.get_absolute_url()):
        assert part in page(answer)
    assert Decision.objects.filter(proposal=read).count() == 1


def test_sending_an_opinion_twice_records_one(
    pmo: Any, moe: Any, project_one: Any, proposal: Any, client_of: Any
) -> None:
    read = acts.prepare(moe, project=project_one)  # the AMOA has not answered yet: the file stays under review
    client = client_of(pmo)
    assert post(client, "advise", read).status_code == 302
    before = acts.count_evidence()
    again = post(client, "advise", read, reasons=WORDS)
    assert again.status_code in {403, 409}
    assert acts.count_evidence() == before
    assert Opinion.objects.filter(revision=read.current).count() == 1


def test_an_older_working_text_does_not_overwrite_a_newer_one(amoa: Any, proposal: Any, client_of: Any) -> None:
    read = proposal("draft")
    acts.edit(amoa, read, title="Saved by a colleague")
    before = acts.count_evidence()
    answer = post(client_of(amoa), "edit", read, context=WORDS, title="Mine")
    assert answer.status_code == 409
    for part in (WORDS, "Mine", "Change the order of the works", "Quay 2 comes before quay 1."):
        assert part in page(answer)
    assert acts.count_evidence() == before
    assert acts.reread(read).draft.title == "Saved by a colleague"


def test_submitting_a_text_other_than_the_one_read_is_refused(amoa: Any, proposal: Any, client_of: Any) -> None:
    read = proposal("draft")
    acts.edit(amoa, read)
    before = acts.count_evidence()
    assert post(client_of(amoa), "submit", read).status_code == 409
    assert acts.count_evidence() == before


@pytest.mark.parametrize(
    ("name", "by", "on", "meanwhile"),
    [
        ("edit", "amoa", "ready_for_decision", "decide"),
        ("submit", "amoa", "ready_for_decision", "decide"),
        ("withdraw", "amoa", "ready_for_decision", "decide"),
        ("edit", "amoa", "ready_for_decision", "withdraw"),
        ("decide", "owner", "ready_for_decision", "withdraw"),
        ("advise", "pmo", "submitted", "withdraw"),
        ("take_up", "pmo", "submitted", "take_up"),
        ("lift", "owner", "conditions_open", "lift"),
    ],
)
def test_an_act_on_a_file_that_has_moved_on_says_so_and_keeps_the_words(
    name: str, by: str, on: str, meanwhile: str, cast: Any, proposal: Any, client_of: Any
) -> None:
    read = proposal(on)
    actor = {"decide": "owner", "withdraw": "amoa", "take_up": "pmo", "lift": "owner"}[meanwhile]
    getattr(acts, meanwhile)(cast[actor], read)
    before = acts.count_evidence()
    words = {"edit": "context", "withdraw": "reasons", "decide": "reasons", "advise": "reasons", "lift": "proof"}
    changes = {words[name]: WORDS} if name in words else {}
    answer = post(client_of(cast[by]), name, read, **changes)
    assert answer.status_code == 409
    assert acts.count_evidence() == before
    assert f'href="{read.get_absolute_url()}"' in page(answer)
    assert all(word in page(answer) for word in changes.values())


#: Pages that edit a row, by their visit. The form carries the version that was opened.
EDITED = {
    "acceptance_test_edit",
    "budget_line_edit",
    "campaign_edit",
    "change_communication_edit",
    "change_impact_write_known",
    "change_indicator_edit",
    "action_edit",
    "action_settle",
    "change_training_edit",
    "criterion_edit",
    "deliverable_edit",
    "earlier_edit",
    "facts_edit",
    "issue_settle",
    "lesson_edit",
    "library_entry_edit",
    "milestone_edit",
    "proposal_edit",
    "provider",
    "recipient_edit",
    "referential_draft",
    "referential_duty",
    "requirement_edit",
    "risk_action_edit",
    "risk_assess",
    "risk_edit",
    "roles_adapt_drop",
    "settings",
    "settings_deadlines",
    "signing",
    "standard_edit",
    "steering_indicator_edit",
    "workspaces_switch",
}
OPENED = {"seen", "version", "base"}
#: What the cast has not filled, and the form asks for.
FILLED = {
    "roles_adapt_drop": {"duty": "PMO PMO-01", "reason": "Less."},
    "action_settle": {"state": "done"},
    "issue_settle": {"state": "resolved", "resolution": "Done."},
    "settings": {"name": "Port of Brillance"},
}


def test_every_form_that_edits_comes_back_filled_when_somebody_else_saved(
    cast: Any, proposal: Any, client_of: Any
) -> None:
    left, answers = set(EDITED), {}
    for name, visit in visits(proposal):
        if name not in left:
            continue
        left.remove(name)
        client = client_of(cast[visit.member])
        opened = read_form(client, visit.path) | FILLED.get(name, {})
        before = acts.count_evidence()
        sent = opened | dict.fromkeys(OPENED & opened.keys(), "99999999")
        answer = client.post(visit.path, sent, headers={"accept-language": "en"})
        again = fields_of(" ".join(page(answer).partition("<main")[2].split()))
        answers[name] = (
            answer.status_code,
            acts.count_evidence() == before,
            "while you were writing" in page(answer),
            {field for field in sent.keys() - OPENED if again.get(field) != sent[field]} - {"draft_page"},
            {field for field in OPENED & opened.keys() if again.get(field) != opened[field]},
        )
    assert left == set()
    assert {name: told for name, told in answers.items() if told != (409, True, True, set(), set())} == {}


@contextmanager
def another_act_holds(proposal: Any) -> Iterator[None]:
    """Hold a lock on the row of the project, on a second connection of the owner role."""
    settings = connection.settings_dict
    with psycopg.connect(
        host=settings["HOST"],
        port=settings["PORT"],
        user=settings["USER"],
        password=settings["PASSWORD"],
        dbname=settings["NAME"],
    ) as other:
        other.execute("SELECT FROM projects_project WHERE id = %s FOR UPDATE", [proposal.project_id])
        yield
        other.rollback()


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    ("name", "by", "on"),
    [
        ("decide", "owner", "ready_for_decision"),
        ("advise", "pmo", "submitted"),
        ("edit", "amoa", "draft"),
        ("submit", "amoa", "draft"),
        ("withdraw", "amoa", "draft"),
        ("lift", "owner", "conditions_open"),
    ],
)
def test_an_act_that_waits_too_long_is_not_recorded_and_says_so(
    name: str, by: str, on: str, language: str, cast: Any, proposal: Any, client_of: Any
) -> None:
    read, client = proposal(on), client_of(cast[by])
    path, fields = act(name, read)
    before = acts.count_evidence()
    run("SET LOCAL lock_timeout = '100ms'")  # as config/settings.py, where it is longer
    with another_act_holds(read):
        answer = client.post(path, fields, headers={"accept-language": language})
    assert answer.status_code == 503
    assert answer["Retry-After"]
    with override(language):
        assert gettext("Not recorded: the server is busy") in page(answer)
    for text in fields.values():
        if isinstance(text, str) and is_prose(text):
            assert html.escape(text) in answer.text, "what was typed is handed back"
    assert acts.count_evidence() == before
    assert client.post(path, fields).status_code == 302
