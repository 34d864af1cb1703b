"""Test what a page answers when the database refuses an act that no service foresaw, or is away."""

import html
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext, override

from governance.enums import Act
from projects.ledger.services import record
from tests import acts
from tests.pages.visits import act

pytestmark = pytest.mark.django_db


def page(answer: Any) -> str:
    """Return the words of the answer."""
    return html.unescape(answer.content.decode())


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_refusal_of_the_database_alone_is_a_page_with_the_number_of_its_log_line(
    language: str, cast: Any, proposal: Any, client_of: Any, caplog: Any
) -> None:
    """The owner is not among the writers, but an event tells that they changed the text: only the trigger reads it."""
    file, owner = proposal("ready_minor"), cast["owner"]
    record(act=Act.EDIT, actor=owner, project=file.project, subject=file, proposal_id=file.pk)
    path, fields = act("decide", file)
    kept = acts.count_evidence()
    answer = client_of(owner).post(path, fields, headers={"accept-language": language})
    assert answer.status_code == 409
    with override(language):
        assert gettext("The database refused this act") in page(answer)
    number = re.search(r": ([0-9a-f]{8})\.", page(answer))
    assert number
    lines = [record.getMessage() for record in caplog.records if record.name == "ouvrage.refusals"]
    assert any(line.endswith(f"Nobody decides what they proposed (R8) #{number[1]}") for line in lines)
    assert acts.count_evidence() == kept


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("the connection is closed")])
def test_a_database_that_is_away_is_a_page_that_says_not_recorded(
    error: Exception, language: str, owner: Any, proposal: Any, client_of: Any, monkeypatch: Any
) -> None:
    def away(**_given: Any) -> None:
        raise error

    monkeypatch.setattr("governance.desk.dossier.edit_views.decide", away)
    path, fields = act("decide", proposal("ready_for_decision"))
    answer = client_of(owner).post(path, fields, headers={"accept-language": language})
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    with override(language):
        assert gettext("Not recorded: the server is busy") in page(answer)


def test_a_database_that_is_away_before_the_view_is_met_gives_the_same_page(
    owner: Any, client_of: Any, monkeypatch: Any
) -> None:
    def away(*_given: Any) -> None:
        raise OperationalError("gone")

    client = client_of(owner)
    client.raise_request_exception = False
    monkeypatch.setattr("django.contrib.auth.middleware.get_user", away)
    answer = client.get("/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")


def test_an_error_of_our_own_stays_one(owner: Any, proposal: Any, client_of: Any, monkeypatch: Any) -> None:
    def wrong(**_given: Any) -> None:
        raise ValueError("of ours")

    monkeypatch.setattr("governance.desk.dossier.edit_views.decide", wrong)
    client = client_of(owner)
    client.raise_request_exception = False
    path, fields = act("decide", proposal("ready_for_decision"))
    answer = client.post(path, fields, headers={"accept-language": "en"})
    assert answer.status_code == 500
    assert "Something broke on our side" in page(answer)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_an_act_opened_without_its_form_is_a_page_that_says_so(language: str, owner: Any, client_of: Any) -> None:
    answer = client_of(owner).get("/preferences/", headers={"accept-language": language})
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    with override(language):
        assert gettext("This address is not a page") in page(answer)
    assert client_of(owner).put("/preferences/").content == b""


@pytest.mark.parametrize("language", ["en", "fr"])
def test_too_many_attempts_are_answered_by_a_page(language: str, client: Any) -> None:
    cache.clear()
    for number in range(30):
        fields = {"email": f"nobody{number}@example.org"}
        answer = client.post("/password/reset/", fields, headers={"accept-language": language})
    assert answer.status_code == 429
    with override(language):
        assert gettext("Too many attempts") in page(answer)
