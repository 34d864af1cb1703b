"""Test that a passkey signs the very decision that is recorded, and that nothing else is taken for its signature."""

import hashlib
import html
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.acts import acting_as
from core.history import version_of
from governance.decide.decisions.fingerprint import read_parts
from governance.decide.decisions.services import decide
from governance.decide.signing.signatures import (
    DOMAIN,
    NotSigned,
    Signed,
    build_statement,
    compute_challenge,
    list_signature_facts,
)
from governance.enums import Act, Outcome
from governance.life.facts.services import sign_decisions
from governance.models import Decision, Proposal
from governance.record.verification.verifier import verify
from projects.ledger.enums import Act as ProjectAct
from projects.ledger.services import record
from projects.models import LedgerEvent, OrganisationSettings, Project
from projects.organisation_settings.services import edit_settings
from projects.people.credentials.enums import CredentialKind, Origin
from projects.people.credentials.services import end_credential, give_credential
from roles.models import User
from tests import acts
from tests.attacks import Attacks
from tests.authenticator import PRESENT, Authenticator
from tests.database import fire_deferred_triggers, refusal
from tests.governance.decide.signing import ENGLISH, REFUSED, Review, give_passkey
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
    """Return a proposal that waits for its decision."""
    return proposal("ready_for_decision")


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "RS256"])
def test_a_decision_is_signed_with_the_passkey_of_its_signatory(algorithm: str, owner: User, file: Proposal) -> None:
    authenticator = Authenticator(algorithm)
    credential = give_passkey(owner, authenticator)
    review = Review(owner, file)
    assert "Sign and record" in review.page
    assert "Record without signing" in review.page
    assert review.record(authenticator.answer(review.options)).status_code == 302
    decision = Decision.objects.get(proposal=file)
    assert (decision.passkey, decision.factors, decision.factor_since) == (credential, ["passkey"], credential.given_at)
    assert decision.assertion["challenge"] == compute_challenge(decision).hex()
    facts = json.loads(bytes(LedgerEvent.objects.get(act=Act.DECIDE, subject_id=decision.pk).body))["facts"]
    assert {name: facts[name] for name in decision.assertion} == decision.assertion
    given = LedgerEvent.objects.get(act=ProjectAct.GIVE_CREDENTIAL, subject_id=credential.pk)
    assert facts["key_entry"] == f"{given.seq}:{bytes(given.hash).hex()}"
    assert json.loads(bytes(given.body))["facts"]["key"] == hashlib.sha256(authenticator.public_key).hexdigest()
    assert decision.how_confirmed.startswith("Signed with their own passkey, in their possession since")
    report = verify(file.project)
    assert (report.result, report.signatures) == (INTACT, 1), report.faults
    assert "signatures by passkeys that entries of the organisation gave to their people before: 1" in report.notes[-1]


def test_what_is_signed_is_the_answer_with_its_conditions(owner: User, file: Proposal, passkey: Authenticator) -> None:
    give_passkey(owner, passkey)
    review = Review(owner, file)
    review.record(passkey.answer(review.options))
    statement = build_statement(Decision.objects.get(proposal=file))
    assert statement["decider"] == str(owner.key)
    assert statement["content"]["reasons"] == review.fields["reasons"]
    assert statement["content"]["file"]
    assert DOMAIN == b"ouvrage.signature.v1\x00"


def test_one_signature_answers_a_question_and_covers_the_words_on_each_file(
    owner: User, pmo: User, file: Proposal, passkey: Authenticator
) -> None:
    give_passkey(owner, passkey)
    require(file.project, owner)
    rival = acts.counter(pmo, file)
    acts.submit(pmo, rival)
    review = Review(owner, file, **{f"demand-proposal-{rival.pk}": "The second machine can wait."})
    review.record(passkey.answer(review.options))
    decision, closed = Decision.objects.get(proposal=file), Decision.objects.get(proposal=rival)
    assert (decision.passkey_id is None, closed.passkey_id, closed.outcome) == (False, None, Outcome.MERGED)
    [word] = build_statement(decision)["content"]["settled"]
    assert (word["item"], word["because"]) == (f"proposal-{rival.pk}", closed.reasons)
    fire_deferred_triggers()
    report = verify(file.project)
    assert (report.result, report.signatures) == (INTACT, 1), report.faults


@pytest.mark.parametrize("what", REFUSED)
def test_a_signature_that_is_not_one_is_refused_and_the_answer_stays(
    what: str, owner: User, file: Proposal, passkey: Authenticator
) -> None:
    give_passkey(owner, passkey)
    review = Review(owner, file)
    answer = review.record(REFUSED[what](passkey, review.options))
    assert (answer.status_code, review.rows) == (422, 0)
    assert "Your passkey did not sign" in answer.text
    assert html.escape(review.fields["reasons"]) in answer.text
    review.read(answer.text)
    assert review.record(passkey.answer(review.options)).status_code == 302


def test_a_key_of_the_same_name_or_of_another_person_signs_nothing(
    owner: User, pmo: User, file: Proposal, passkey: Authenticator
) -> None:
    give_passkey(owner, passkey)
    theirs = Authenticator()
    give_passkey(pmo, theirs)
    review = Review(owner, file)
    assert review.record(theirs.answer(review.options)).status_code == 422
    theirs.credential_id = passkey.credential_id
    assert review.record(theirs.answer(review.options)).status_code == 422
    assert review.rows == 0


def test_a_replayed_assertion_a_nonce_of_somebody_else_and_an_old_one_are_refused(
    owner: User, pmo: User, file: Proposal, proposal: Any, passkey: Authenticator, time_machine: Any
) -> None:
    give_passkey(owner, passkey)
    review = Review(owner, file)
    assertion = passkey.answer(review.options)
    other = Review(owner, proposal("ready_by_pmo"))
    assert other.record(assertion).status_code == 422
    assert other.record(assertion, nonce=review.nonce).status_code == 422
    assert other.record(passkey.answer(other.options), nonce="forged").status_code == 422
    time_machine.move_to(timezone.now() + timedelta(minutes=11))
    assert "The review was open for too long" in other.record(passkey.answer(other.options)).text
    assert other.rows == 0


def test_another_answer_than_the_one_that_was_signed_is_refused(
    owner: User, file: Proposal, passkey: Authenticator
) -> None:
    give_passkey(owner, passkey)
    review = Review(owner, file)
    assertion = passkey.answer(review.options)
    assert review.record(assertion, reasons="Another reason, typed by somebody else.").status_code == 422
    assert review.record(assertion, outcome="rejected").status_code == 422
    assert review.rows == 0


def test_a_copied_passkey_is_noticed_by_its_counter(
    owner: User, file: Proposal, proposal: Any, passkey: Authenticator
) -> None:
    give_passkey(owner, passkey)
    copy = passkey.clone()
    review = Review(owner, file)
    assert review.record(passkey.answer(review.options)).status_code == 302
    other = Review(owner, proposal("ready_by_pmo"))
    answer = other.record(copy.answer(other.options))
    assert "it may have been copied" in answer.text
    assert (answer.status_code, other.rows) == (422, 0)


def test_a_passkey_that_ended_or_does_not_count_is_not_asked_for(
    owner: User, file: Proposal, passkey: Authenticator
) -> None:
    credential = give_passkey(owner, passkey)
    review = Review(owner, file)
    end_credential(actor=owner, credential=credential)
    assert review.record(passkey.answer(review.options)).status_code == 422
    assert "Record the decision" in Review(owner, file).page
    assert review.rows == 0


def test_without_a_rule_one_records_without_signing_and_the_record_says_so(
    owner: User, file: Proposal, passkey: Authenticator
) -> None:
    give_passkey(owner, passkey)
    review = Review(owner, file)
    assert review.record("", step="unsigned").status_code == 302
    decision = Decision.objects.get(proposal=file)
    assert (decision.passkey, decision.assertion) == (None, {})


def require(project: Project, owner: User, *, required: bool = True) -> Project:
    """Require signatures on a project."""
    return sign_decisions(actor=owner, project=project, required=required, seen=version_of(project))


def everywhere(person: User) -> None:
    """Require signatures in the whole organisation."""
    row = OrganisationSettings.objects.first()
    edit_settings(actor=person, fields={"signed_decisions": True}, seen=version_of(row) if row else "")


@pytest.mark.parametrize("by", ["owner", "organisation"])
def test_where_signing_is_required_an_unsigned_decision_is_refused(
    by: str, owner: User, staff_admin: User, file: Proposal, passkey: Authenticator
) -> None:
    if by == "owner":
        require(file.project, owner)
        event = LedgerEvent.objects.filter(project=file.project).latest("pk")
        assert (event.act, event.actor) == (Act.SIGN_DECISIONS, owner)
    else:
        everywhere(staff_admin)
    review = Review(owner, acts.reread(file))
    assert "Add one on your account page" in review.page
    assert 'value="seal"' not in review.page
    assert Review(owner, file).browser.post(review.path, {**review.fields, "step": "seal"}).status_code == 422
    with pytest.raises(NotSigned):
        acts.decide(owner, file)
    give_passkey(owner, passkey)
    review = Review(owner, acts.reread(file))
    assert "Record without signing" not in review.page
    assert review.record("", step="unsigned").status_code == 422
    assert review.record(passkey.answer(review.options)).status_code == 302
    assert Decision.objects.get(proposal=file).passkey is not None


def test_the_owner_sets_it_and_takes_it_back_on_a_page(owner: User, pmo: User, project_one: Project) -> None:
    browser = Client(headers=ENGLISH)
    browser.force_login(owner)
    address = f"/projects/{project_one.code}/facts/signing/"
    seen = version_of(project_one)
    assert browser.post(address, {"required": "on", "seen": seen}).status_code == 302
    assert (
        "The owner requires that every decision be signed" in browser.get(f"/projects/{project_one.code}/facts/").text
    )
    assert browser.post(address, {"seen": seen}).status_code == 409
    project_one.refresh_from_db()
    assert project_one.signed_decisions
    assert browser.post(address, {"seen": version_of(project_one)}).status_code == 302
    project_one.refresh_from_db()
    assert not project_one.signed_decisions
    browser.force_login(pmo)
    assert browser.post(address, {"required": "on", "seen": version_of(project_one)}).status_code == 403


# — past the services —

HASH = b"\x07" * 32
OF_ITS_SIGNATORY = "A signature is made with a passkey of its signatory"
ONE_OF_A_PASSKEY = "A signature is that of a passkey"
THE_VERY_ONE = "A passkey signs the very row that is recorded"


def write(
    world: World,
    key: Authenticator,
    whose: str = "owner",
    *,
    end: bool = False,
    assertion: dict[str, str] | None = None,
    factors: Any = ("passkey",),
    **otherwise: Any,
) -> Decision:
    """Write a decision with a signature of this passkey, past the services; parts of the `assertion` are replaced."""
    credential = give_passkey(world.cast[whose], key)
    if end:
        end_credential(actor=world.cast[whose], credential=credential)
    since = otherwise.pop("factor_since", credential.given_at)
    signed = {"factors": list(factors), "factor_since": since, "passkey": credential}
    return world.decide(**signed, assertion=key.facts(HASH, **otherwise) | (assertion or {}))


def _unsigned(world: World) -> None:
    require(world.proposal("ready_for_decision").project, world.cast["owner"])
    world.decide()


def _merged_unsigned(world: World) -> None:
    """Close a counter-proposal as the act does, without the signed answer to the question."""
    rival = world.rival()
    require(rival.project, world.cast["owner"])
    world.decide(outcome=Outcome.MERGED, merged_into=rival)


def _unsigned_everywhere(world: World) -> None:
    everywhere(world.cast["staff_admin"])
    world.decide()


def _twice(world: World) -> None:
    key = Authenticator()
    first = write(world, key)
    about = {"factors": ["passkey"], "factor_since": first.factor_since, "passkey": first.passkey}
    world.decide("ready_by_pmo", number=901, assertion=key.facts(HASH), **about)


def _counter_back(world: World) -> None:
    key = Authenticator(counter=7)
    copy = key.clone()
    first = write(world, key)
    about = {"factors": ["passkey"], "factor_since": first.factor_since, "passkey": first.passkey}
    world.decide("ready_by_pmo", number=901, assertion=copy.facts(b"\x08" * 32), **about)


def _of_another_kind(world: World) -> None:
    owner = world.cast["owner"]
    credential = give_credential(actor=owner, person=owner, kind=CredentialKind.PASSWORD, origin=Origin.FIRST)
    about = {"factors": ["passkey"], "factor_since": credential.given_at, "passkey": credential}
    world.decide(assertion=Authenticator().facts(HASH), **about)


def _without_the_entry_that_gave_its_key(world: World) -> None:
    decision = write(world, Authenticator())
    about = {"project": decision.project, "subject": decision, "proposal_id": decision.proposal_id}
    record(act=Act.DECIDE, actor=world.cast["owner"], factors="passkey", **decision.assertion, **about)


def _without_its_signature(world: World) -> None:
    decision = write(world, Authenticator())
    about = {"project": decision.project, "subject": decision, "proposal_id": decision.proposal_id}
    told = list_signature_facts(decision) | {"signature": "00"}
    record(act=Act.DECIDE, actor=world.cast["owner"], factors="passkey", **told, **about)


IN_ITS_EVENT = "The event of a signed row has its signature, and names the entry that gave the passkey"
REQUIRED = "decision.is_signed_as_required"
SIGNED = "decision.is_signed_by_a_passkey_of_its_signatory"
UNSIGNED = "A decision is signed with a passkey where its owner or the organisation requires it"

ATTACKS = Attacks(
    triggers=[
        (REQUIRED, "unsigned, against its owner", _unsigned, UNSIGNED),
        (REQUIRED, "unsigned, closing another file by hand", _merged_unsigned, UNSIGNED),
        (REQUIRED, "unsigned, against the organisation", _unsigned_everywhere, UNSIGNED),
        (
            REQUIRED,
            "confirmed otherwise",
            lambda w: write(w, Authenticator(), factors=["password"], factor_since=None),
            "A signed decision is confirmed with the passkey that signed it",
        ),
        (SIGNED, "without a passkey", lambda w: w.decide(assertion={"signature": "00"}), ONE_OF_A_PASSKEY),
        (
            SIGNED,
            "with an empty part",
            lambda w: write(w, Authenticator(), assertion={"signature": ""}),
            ONE_OF_A_PASSKEY,
        ),
        (SIGNED, "with something more", lambda w: write(w, Authenticator(), assertion={"x": "00"}), ONE_OF_A_PASSKEY),
        (SIGNED, "a key of another person", lambda w: write(w, Authenticator(), "pmo"), OF_ITS_SIGNATORY),
        (SIGNED, "no passkey at all", _of_another_kind, OF_ITS_SIGNATORY),
        (
            SIGNED,
            "another public key",
            lambda w: write(w, Authenticator(), assertion=Authenticator().facts(HASH)),
            OF_ITS_SIGNATORY,
        ),
        (
            SIGNED,
            "a key that ended",
            lambda w: write(w, Authenticator(), end=True),
            "A passkey signs once it counts, and until it ends",
        ),
        (SIGNED, "another hash", lambda w: write(w, Authenticator(), assertion={"challenge": "08" * 32}), THE_VERY_ONE),
        (SIGNED, "a registration", lambda w: write(w, Authenticator(), kind="webauthn.create"), THE_VERY_ONE),
        (
            SIGNED,
            "nobody verified",
            lambda w: write(w, Authenticator(), flags=PRESENT),
            "A passkey verifies its person before it signs",
        ),
        (SIGNED, "one signature twice", _twice, "A signature is given once"),
        (SIGNED, "a counter that went back", _counter_back, "The counter of a passkey goes forward"),
        (
            "decision.tells_its_signature_in_its_event",
            "an event without the entry that gave the key",
            _without_the_entry_that_gave_its_key,
            IN_ITS_EVENT,
        ),
        (
            "decision.tells_its_signature_in_its_event",
            "an event without the signature",
            _without_its_signature,
            IN_ITS_EVENT,
        ),
    ],
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)


def test_a_project_requires_signatures_by_its_owner_alone(world: World) -> None:
    def attempt() -> None:
        project = world.proposal("draft").project
        with acting_as(world.cast["pmo"]):
            project.signed_decisions = True
            project.save()
        acts.leave_event(project)

    assert "The owner in office alone changes the facts of a project" in refusal(attempt)


def test_the_service_takes_no_signature_without_its_nonce(owner: User, file: Proposal) -> None:
    with pytest.raises(NotSigned):
        decide(
            actor=owner,
            proposal=file,
            fingerprint=acts.fingerprint(file),
            seen=read_parts(file),
            outcome=Outcome.REJECTED,
            reasons="Not now.",
            signed=Signed("", ""),
        )
