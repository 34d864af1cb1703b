"""Test that a passkey signs the very opinion that is recorded, and that nothing else is taken for its signature."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from governance.decide.signing.signatures import build_statement, compute_challenge, list_signature_facts
from governance.enums import Act
from governance.models import Opinion, Proposal
from governance.record.records.facts import build_record
from governance.record.verification.verifier import verify
from projects.ledger.services import record
from projects.models import LedgerEvent
from projects.people.credentials.services import end_credential
from roles.models import User
from tests import acts
from tests.attacks import Attacks
from tests.authenticator import Authenticator
from tests.governance.decide.signing import REFUSED, OpinionReview, Review, give_passkey
from tests.governance.world import World
from tools.verify_ledger import INTACT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_localhost(settings: Any) -> None:
    """Browsers know no passkeys at an IP address."""
    settings.BASE_URL = "http://localhost:8000"


@pytest.fixture
def passkey() -> Authenticator:
    """Return a passkey that counts from one."""
    return Authenticator(counter=1)


@pytest.fixture
def file(proposal: Callable[[str], Proposal]) -> Proposal:
    """Return a proposal that waits for the opinion of the PMO."""
    return proposal("submitted")


def test_an_opinion_is_signed_with_the_passkey_of_its_adviser(
    pmo: User, owner: User, file: Proposal, passkey: Authenticator
) -> None:
    credential = give_passkey(pmo, passkey)
    review = OpinionReview(pmo, file)
    assert "Sign and send" in review.page
    assert "Send without signing" in review.page
    assert review.record(passkey.answer(review.options)).status_code == 302
    opinion = Opinion.objects.get(revision=file.current)
    assert opinion.passkey == credential
    assert opinion.assertion["challenge"] == compute_challenge(opinion).hex()
    statement = build_statement(opinion)
    assert statement["adviser"] == str(pmo.key)
    assert statement["content"] == {"salt": opinion.salt, **opinion.sealed_content()}
    facts = json.loads(bytes(LedgerEvent.objects.get(act=Act.ADVISE, subject_id=opinion.pk).body))["facts"]
    assert facts.items() >= list_signature_facts(opinion).items()
    assert "Signed with their own passkey, in their possession" in review.browser.get(file.get_absolute_url()).text
    decision = acts.decide(owner, acts.reread(file))
    shown = build_record(type(decision).objects.with_record().get(pk=decision.pk), "en")
    assert any("Signed with their own passkey, in their possession since" in text for text in shown.texts())
    report = verify(file.project)
    assert (report.result, report.signatures) == (INTACT, 1), report.faults
    assert not report.open_points


def test_what_is_no_signature_is_refused_and_the_opinion_stays_typed(
    pmo: User, owner: User, file: Proposal, passkey: Authenticator
) -> None:
    give_passkey(pmo, passkey)
    theirs = Authenticator()
    give_passkey(owner, theirs)
    review = OpinionReview(pmo, file)
    lies = REFUSED | {"a key of another person": lambda key, options: theirs.answer(options)}
    for name, lie in lies.items():
        answer = review.record(lie(passkey, review.options))
        assert (answer.status_code, review.rows) == (422, 0), name
        assert "Your passkey did not sign" in answer.text, name
        assert review.fields["reasons"] in answer.text, name
        review.read(answer.text)
    assert review.record(passkey.answer(review.options)).status_code == 302
    assert review.rows == 1


def test_another_opinion_than_the_signed_one_and_an_old_review_are_refused(
    pmo: User, file: Proposal, passkey: Authenticator, time_machine: Any
) -> None:
    give_passkey(pmo, passkey)
    review = OpinionReview(pmo, file)
    assertion = passkey.answer(review.options)
    assert review.record(assertion, reasons="Other reasons, typed by somebody else.").status_code == 422
    assert review.record(assertion, position="unfavourable").status_code == 422
    assert review.record(assertion, nonce="forged").status_code == 422
    time_machine.move_to(timezone.now() + timedelta(minutes=11))
    assert "The review was open for too long" in review.record(assertion).text
    assert review.rows == 0


def test_a_copied_passkey_is_noticed_by_its_counter(
    pmo: User, file: Proposal, proposal: Any, passkey: Authenticator
) -> None:
    give_passkey(pmo, passkey)
    copy = passkey.clone()
    review = OpinionReview(pmo, file)
    assert review.record(passkey.answer(review.options)).status_code == 302
    other = OpinionReview(pmo, proposal("under_review"))
    answer = other.record(copy.answer(other.options))
    assert (answer.status_code, "it may have been copied" in answer.text) == (422, True)
    assert other.rows == 0


def test_an_assertion_of_a_decision_signs_no_opinion(
    pmo: User, owner: User, file: Proposal, proposal: Any, passkey: Authenticator
) -> None:
    give_passkey(pmo, passkey)
    review = OpinionReview(pmo, file)
    answered = passkey.answer(review.options)
    assert review.record(answered).status_code == 302
    theirs = Authenticator(counter=1)
    give_passkey(owner, theirs)
    decision = Review(owner, acts.reread(file))
    assert decision.record(answered).status_code == 422
    assert decision.record(theirs.answer(decision.options)).status_code == 302
    report = verify(file.project)
    assert (report.result, report.signatures) == (INTACT, 2), report.faults


def test_an_opinion_needs_no_signature(pmo: User, file: Proposal, passkey: Authenticator) -> None:
    credential = give_passkey(pmo, passkey)
    review = OpinionReview(pmo, file)
    assert review.record("", step="unsigned").status_code == 302
    opinion = Opinion.objects.get(revision=file.current)
    assert (opinion.passkey, opinion.assertion, opinion.how_signed) == (None, {}, "")
    end_credential(actor=pmo, credential=credential)


def test_a_passkey_that_ended_is_not_asked_for(pmo: User, file: Proposal, passkey: Authenticator) -> None:
    credential = give_passkey(pmo, passkey)
    review = OpinionReview(pmo, file)
    end_credential(actor=pmo, credential=credential)
    assert review.record(passkey.answer(review.options)).status_code == 422
    assert "Send the opinion" in OpinionReview(pmo, file).page
    assert review.rows == 0


# — past the service —

SIGNED = "opinion.is_signed_by_a_passkey_of_its_signatory"
IN_ITS_EVENT = "The event of a signed row has its signature, and names the entry that gave the passkey"
HASH = b"\x07" * 32


def write(world: World, whose: str = "pmo", **assertion: str) -> None:
    """Write an opinion with a signature of a passkey, past the service."""
    key = Authenticator()
    credential = give_passkey(world.cast[whose], key)
    world.advise(passkey=credential, assertion=key.facts(HASH) | assertion)


def _counter_of_a_decision(world: World) -> None:
    """Sign a decision, then an opinion with a copy of the passkey, which counts less."""
    key = Authenticator(counter=7)
    credential = give_passkey(world.cast["owner"], key)
    about = {"factors": ["passkey"], "factor_since": credential.given_at, "passkey": credential}
    copy = key.clone()
    world.decide(assertion=key.facts(HASH), **about)
    world.advise(by="owner", passkey=credential, assertion=copy.facts(b"\x08" * 32))


def _another_signature_in_its_event(world: World) -> None:
    write(world)
    opinion = Opinion.objects.latest("pk")
    about = {"project": world.proposal("submitted").project, "subject": opinion}
    told = list_signature_facts(opinion) | {"signature": "00"}
    record(act=Act.ADVISE, actor=world.cast["pmo"], **told, **about)


ATTACKS = Attacks(
    triggers=[
        (SIGNED, "without a passkey", lambda w: w.advise(assertion={"signature": "00"}), "A signature is that of a"),
        (
            SIGNED,
            "of another person",
            lambda w: write(w, "amoa"),
            "A signature is made with a passkey of its signatory",
        ),
        (
            SIGNED,
            "of something else",
            lambda w: write(w, challenge="08" * 32),
            "A passkey signs the very row that is recorded",
        ),
        (
            SIGNED,
            "a counter that a decision used",
            _counter_of_a_decision,
            "The counter of a passkey goes forward",
        ),
        (
            "opinion.tells_its_signature_in_its_event",
            "an event with another signature",
            _another_signature_in_its_event,
            IN_ITS_EVENT,
        ),
    ],
    behind={SIGNED: "opinion.comes_from_an_adviser_who_is_asked"},
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)
