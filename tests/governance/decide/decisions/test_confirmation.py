"""Test that a decision tells with which factors it was confirmed, and since when they are its signatory's."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from governance.decide.decisions.confirmation import describe_confirmation
from governance.models import Decision, Proposal
from governance.record.records.facts import build_record
from projects.models import LedgerEvent
from projects.people.accounts.services import change_password
from roles.models import User
from roles.reauthentication.factors import list_uses
from roles.reauthentication.proofs import within
from tests import acts
from tests.pages.visits import act

pytestmark = pytest.mark.django_db

METHODS, WHOSE = "account_authentication_methods", "account_authentication_methods_user"
PASSWORD, CODE = {"method": "password", "at": 1.0}, {"method": "mfa", "type": "totp", "at": 2.0}
PASSKEY = {"method": "mfa", "type": "webauthn", "at": 1.0, "passwordless": True}
AGAIN = {"method": "password", "at": 3.0, "reauthenticated": True}


def lines(decision: Decision, language: str = "en") -> dict[str, str]:
    """Return the facts of the record of a decision."""
    record = build_record(Decision.objects.with_record().get(pk=decision.pk), language)
    return {line.label: line.text for section in record.sections for line in section.lines}


@pytest.mark.parametrize(
    ("records", "factors"),
    [
        ([PASSWORD], ["password"]),
        ([PASSWORD, CODE], ["password", "code_app"]),
        ([PASSKEY], ["passkey"]),
        ([PASSWORD, CODE, AGAIN], ["password"]),
        ([PASSWORD, PASSKEY | {"reauthenticated": True}], ["passkey"]),
        ([{"method": "socialaccount", "provider": "x"}], ["provider"]),
        ([{"method": "unheard-of"}], []),
        ([], []),
    ],
)
def test_the_newest_confirmation_counts_else_the_sign_in(records: Any, factors: list[str], owner: User) -> None:
    with within({METHODS: records, WHOSE: str(owner.pk)}):  # type: ignore[arg-type]
        assert [use.factor for use in list_uses(owner)] == factors
    with within({METHODS: records, WHOSE: "0"}):  # type: ignore[arg-type]
        assert list_uses(owner) == []
    assert list_uses(owner) == []


@pytest.mark.parametrize(
    ("factors", "since", "words"),
    [
        (None, None, ""),
        ([], None, "Without a password or passkey of the signatory"),
        (["password"], None, "Confirmed with password"),
        (["password", "code_app"], None, "Confirmed with password and code"),
        (["password"], datetime(2026, 10, 3, tzinfo=UTC), "Confirmed with password, theirs since 3\xa0October 2026"),
    ],
)
def test_the_words_tell_what_is_known(factors: Any, since: Any, words: str) -> None:
    with override("en"):
        assert describe_confirmation(Decision(factors=factors, factor_since=since)) == words


def test_a_decision_tells_the_password_of_its_session_and_since_when_it_is_theirs(owner: User, proposal: Any) -> None:
    change_password(actor=owner, current="ouvrage-cast", password="another-long-word-of-hers")
    given = owner.credentials.get(kind="password").given_at
    browser = Client()
    browser.post("/sign-in/", {"login": owner.email, "password": "another-long-word-of-hers"})
    file: Proposal = proposal("ready_for_decision")
    path, fields = act("decide", file)
    assert browser.post(path, fields).status_code == 302
    decision = acts.reread(file).decisions.get()
    assert (decision.factors, decision.factor_since) == (["password"], given)
    assert lines(decision)["Confirmation"].startswith("Confirmed with password, theirs since")
    assert lines(decision, "fr")["Confirmation"].startswith("Confirmée par mot de passe, en sa possession depuis le")
    body = LedgerEvent.objects.get(act="decide", subject_id=decision.pk).body
    assert b'"factors":"password"' in bytes(body)
    page = browser.get(reverse("governance:register:register", args=["ONE"]), headers={"accept-language": "en"}).text
    assert "Confirmed with password, theirs since" in page


def test_a_decision_of_a_command_says_so_and_an_older_one_says_nothing(owner: User, proposal: Any) -> None:
    decision = acts.decide(owner, proposal("ready_for_decision"))
    assert lines(decision)["Confirmation"] == "Without a password or passkey of the signatory"
    decision.factors = None
    assert decision.how_confirmed == ""
    assert "factors" not in decision.sealed_content()
