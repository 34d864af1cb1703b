"""Test that the owner alone reviews a decision after a change of what it sealed, once for each change (R1, R6)."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from core.access import Refused
from core.acts import acting_as
from governance.desk.inbox.queries import count_waiting
from governance.enums import Act
from governance.life.decision_reviews.enums import ReviewAnswer
from governance.life.decision_reviews.models import DecisionReview
from governance.life.decision_reviews.services import ChangedAgain, NothingToReview, review_decision
from governance.models import Decision
from governance.record.verification.verifier import verify
from projects.models import Document, Interest, LedgerEvent, Mandate, Notification
from roles.models import Organisation
from tests import acts
from tests.attacks import Attacks, Declared, leaves
from tests.conftest import CAST
from tests.database import close_account, fire_deferred_triggers, refusal
from tests.pmo.registers.risks import factories as risks

pytestmark = pytest.mark.django_db
HOLDS, AGAIN = ReviewAnswer.HOLDS, ReviewAnswer.AGAIN
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def decision(cast: Any, proposal: Any) -> Decision:
    """Return the decision on `decided`, after its document was replaced."""
    acts.replace(cast["amoa"], Document.objects.get(name="Requirements of the harbour office"))
    fire_deferred_triggers()
    return Decision.objects.select_related("project", "proposal").get(proposal=proposal("decided"))


def review(actor: Any, decision: Decision, answer: ReviewAnswer = HOLDS, **more: Any) -> DecisionReview:
    """Review the newest change."""
    newest = decision.breaks.latest("pk").pk
    given = {"change": newest, "reasons": "Only the layout changed."} | more
    return review_decision(actor=actor, decision=decision, answer=answer, **given)


def address(decision: Decision) -> str:
    return reverse("governance:decision_reviews:decision_review", args=[decision.pk])


def is_awaited(user: Any, decision: Decision) -> bool:
    """Return whether the decision is in the inbox of `user`."""
    return Decision.objects.awaiting_review_of(user).filter(pk=decision.pk).exists()


@pytest.mark.parametrize("member", CAST)
def test_only_the_owner_in_office_reviews(member: str, cast: dict[str, Any], decision: Decision) -> None:
    if member != "owner":
        with pytest.raises(Refused):
            review(cast[member], decision)
        assert not is_awaited(cast[member], decision)
        return
    assert is_awaited(cast[member], decision)
    before = count_waiting(cast[member], 100)[0]
    given = review(cast[member], decision)
    fire_deferred_triggers()
    event = LedgerEvent.objects.latest("pk")
    assert (event.act, event.actor, event.subject_id, event.detail) == (
        Act.REVIEW_DECISION,
        cast[member],
        given.pk,
        "holds",
    )
    assert not is_awaited(cast[member], decision)
    assert count_waiting(cast[member], 100)[0] == before - 1
    assert Decision.objects.current().filter(pk=decision.pk).exists()
    assert verify(decision.project).faults == []


def test_a_change_is_reviewed_once_and_the_next_one_anew(cast: dict[str, Any], decision: Decision) -> None:
    first = review(cast["owner"], decision)
    with pytest.raises(NothingToReview):
        review(cast["owner"], decision)
    acts.replace(cast["amoa"], Document.objects.get(name="Requirements of the harbour office"), "Other.\n")
    assert is_awaited(cast["owner"], decision)
    with pytest.raises(ChangedAgain):
        review(cast["owner"], decision, change=first.change_id)
    assert not Decision.objects.current().filter(pk=decision.pk).exists()
    review(cast["owner"], decision)
    fire_deferred_triggers()
    assert decision.reviews.count() == 2


def test_without_a_change_or_once_replaced_there_is_nothing_to_review(cast: dict[str, Any], decision: Decision) -> None:
    change = decision.breaks.latest("pk").pk
    unchanged = acts.decide(cast["owner"], acts.submit_to_owner(decision.project))
    with pytest.raises(NothingToReview):
        review_decision(actor=cast["owner"], decision=unchanged, change=change, answer=HOLDS, reasons="Yes.")
    successor = acts.prepare(cast["amoa"], cast["pmo"], project=decision.project, replaces=decision)
    acts.decide(cast["owner"], successor)
    with pytest.raises(NothingToReview):
        review(cast["owner"], Decision.objects.select_related("project", "proposal").get(pk=decision.pk))


@pytest.mark.parametrize("reasons", ["", " ", "\u200b"])
def test_a_review_without_reasons_is_refused(reasons: str, owner: Any, decision: Decision) -> None:
    with pytest.raises(ValidationError) as error:
        review(owner, decision, reasons=reasons)
    assert "reasons" in error.value.message_dict


@pytest.mark.parametrize("role", ["", "MOA", "NONE"])
def test_a_decision_is_proposed_again_by_a_role_that_is_held(role: str, owner: Any, decision: Decision) -> None:
    with pytest.raises(ValidationError) as error:
        review(owner, decision, AGAIN, role=role)
    assert "role" in error.value.message_dict


def test_the_role_asked_to_propose_again_finds_it_in_its_tasks(
    cast: dict[str, Any], decision: Decision, client_of: Any
) -> None:
    given = review(cast["owner"], decision, AGAIN, role="AMOA")
    fire_deferred_triggers()
    awaiting = DecisionReview.objects.awaiting_proposal_of
    assert list(awaiting(cast["amoa"])) == [given]
    assert not awaiting(cast["pmo"]).exists()
    assert not awaiting(cast["owner"]).exists()
    assert Notification.objects.filter(recipient=cast["amoa"], reason="propose_again").exists()
    client = client_of(cast["amoa"])
    text = client.get(reverse("governance:inbox:inbox"), headers=ENGLISH).content.decode()
    assert "Propose the decision again" in text
    path = reverse("governance:proposals:proposal_new", args=["ONE"])
    page = client.get(path, {"kind": decision.proposal.kind, "replaces": decision.pk}, headers=ENGLISH)
    assert page.context["form"]["replaces"].value() == str(decision.pk)
    acts.draft(cast["amoa"], decision.project, replaces=decision)
    assert not awaiting(cast["amoa"]).exists()
    assert not Decision.objects.current().filter(pk=decision.pk).exists()


def test_a_later_approval_of_the_same_kind_answers_the_change(cast: dict[str, Any], project_one: Any) -> None:
    from tests.amoa.requirements import factories as requirements

    row = requirements.write(cast["amoa"], project_one)
    first = requirements.approve(cast["owner"], project_one, requirements.freeze(cast["amoa"], project_one))
    requirements.edit(cast["amoa"], row, title="Crews hear the bell")
    assert is_awaited(cast["owner"], first)
    requirements.approve(cast["owner"], project_one, requirements.freeze(cast["amoa"], project_one))
    assert not is_awaited(cast["owner"], first)


def test_the_page_shows_the_change_and_records_the_review(
    cast: dict[str, Any], decision: Decision, client_of: Any
) -> None:
    client = client_of(cast["owner"])
    inbox = client.get(reverse("governance:inbox:inbox"), headers=ENGLISH).content.decode()
    assert address(decision) in inbox
    assert address(decision) in client.get(decision.dossier_address, headers=ENGLISH).content.decode()
    page = client.get(address(decision), headers=ENGLISH).content.decode()
    assert "A document was replaced" in page
    assert f'<a href="{reverse("governance:register:register", args=["ONE"])}" aria-current="true">' in page
    fields = {"change": decision.breaks.get().pk, "answer": "holds", "role": "", "reasons": ""}
    assert client.post(address(decision), fields).status_code == 422
    assert client.post(address(decision), fields | {"answer": "again", "reasons": "No."}).status_code == 422
    assert client.post(address(decision), fields | {"reasons": "Same."}).status_code == 302
    assert client.post(address(decision), fields | {"reasons": "Same."}).status_code == 409
    dossier = client.get(decision.dossier_address, headers=ENGLISH).content.decode()
    assert "the decision is still valid" in dossier
    record = client.get(decision.get_absolute_url(), headers=ENGLISH).content.decode()
    assert "the decision is still valid" in record
    register = client.get(reverse("governance:register:register", args=["ONE"]), headers=ENGLISH).content.decode()
    assert "Confirmed on" in register
    french = client.get(decision.dossier_address, headers={"accept-language": "fr"}).content.decode()
    assert "la décision reste valable" in french


def test_a_risk_above_its_acceptance_is_reviewed(cast: dict[str, Any], project_one: Any, client_of: Any) -> None:
    risk = risks.create_unaccepted_risk(cast["pmo"], project_one)
    decision = risks.accept(cast["owner"], risk)
    risks.assess(cast["pmo"], risk, residual_likelihood=5, residual_impact=5)
    page = client_of(cast["owner"]).get(address(decision), headers=ENGLISH).content.decode()
    assert risk.title in page


# — past the service —


def write(decision: Decision, by: Any, **fields: Any) -> None:
    """Write a review past the service."""
    mandate = Mandate.objects.active().filter(project=decision.project, holder=by).first()
    given = {
        "decision": decision,
        "change": decision.breaks.order_by("pk").last(),
        "answer": "holds",
        "reasons": "Same.",
        "reviewed_by": by,
        "mandate": mandate,
        "acted_at": timezone.now(),
    }
    with acting_as(by):
        DecisionReview.objects.bulk_create([DecisionReview(**given | fields)])


def _tied(cast: dict[str, Any], decision: Decision) -> None:
    bidder = Organisation.objects.get(name="Dragages de la Baie (fictif)")
    Interest.objects.bulk_create(
        [
            Interest(
                project=decision.project,
                person=cast["owner"],
                organisation=bidder,
                tie="A cousin.",
                acted_at=timezone.now(),
            )
        ]
    )
    write(decision, cast["owner"])


def _older_change(cast: dict[str, Any], decision: Decision) -> None:
    older = decision.breaks.latest("pk")
    acts.replace(cast["amoa"], Document.objects.get(name="Requirements of the harbour office"), "Other.\n")
    write(decision, cast["owner"], change=older)


def _other_decision(cast: dict[str, Any], decision: Decision) -> None:
    other = Decision.objects.filter(project=decision.project, breaks=None).latest("pk")
    write(other, cast["owner"], change=decision.breaks.latest("pk"))


def _former_owner(cast: dict[str, Any], decision: Decision) -> None:
    former = Mandate.objects.filter(project=decision.project, holder=cast["former_owner"]).earliest("pk")
    write(decision, cast["former_owner"], mandate=former)


def _ended_account(cast: dict[str, Any], decision: Decision) -> None:
    close_account(cast["owner"], cast["owner"])
    write(decision, cast["owner"])


def test_a_change_is_reviewed_once_in_the_database(owner: Any, decision: Decision) -> None:
    def attack() -> None:
        write(decision, owner)
        write(decision, owner)

    assert "change_id" in refusal(attack)


BY_THE_OWNER = "A decision is reviewed by the owner in office (R1)"
NEWEST = "A review answers the newest change of what a decision in force sealed (R6)"
HELD = "A decision is proposed again by a role that is held"
TIED = "A declared tie with a bidder blocks this role until the owner settles it (R8)"
TRIGGERS: list[Declared] = [
    ("decisionreview.is_given_by_the_owner", "the PMO", lambda c, d: write(d, c["pmo"]), BY_THE_OWNER),
    (
        "decisionreview.is_given_by_the_owner",
        "the AMOA with the owner's mandate",
        lambda c, d: write(d, c["amoa"], mandate=Mandate.objects.active().deciding().get(project=d.project)),
        BY_THE_OWNER,
    ),
    ("decisionreview.is_given_by_the_owner", "the former owner", _former_owner, BY_THE_OWNER),
    ("decisionreview.is_given_by_the_owner", "a closed account", _ended_account, BY_THE_OWNER),
    (
        "decisionreview.is_given_by_the_owner",
        "a role that nobody holds",
        lambda c, d: write(d, c["owner"], answer="again", role="NONE"),
        HELD,
    ),
    ("decisionreview.answers_the_newest_change", "an older change", _older_change, NEWEST),
    ("decisionreview.answers_the_newest_change", "the change of another decision", _other_decision, NEWEST),
    ("decisionreview.is_refused_to_the_tied", "the tied owner", _tied, TIED),
    ("decisionreview.leaves_an_event", "without its event", lambda c, d: write(d, c["owner"]), leaves(DecisionReview)),
]
CONSTRAINTS: dict[str, Any] = {
    "a_review_is_reasoned": lambda c, d: write(d, c["owner"], reasons=""),
    "a_review_names_a_role_only_to_propose_again": lambda c, d: write(d, c["owner"], role="PMO"),
}
ATTACKS = Attacks(TRIGGERS, CONSTRAINTS)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(
    guard: str, cast: dict[str, Any], decision: Decision
) -> None:
    ATTACKS.prove(guard, cast, decision)
