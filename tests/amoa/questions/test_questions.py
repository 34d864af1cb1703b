"""Test questions and estimates: who asks, who answers, which version an estimate keeps, who is notified (R2)."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from amoa.models import Estimate, Question, Requirement
from amoa.questions.queries import liaison_roles
from amoa.questions.services import AlreadyAnswered, answer, ask, estimate
from core.access import Refused
from governance.desk.inbox.queries import count_waiting
from governance.record.verification.verifier import verify
from projects.models import LedgerEvent, Mandate, Notification
from projects.seats.mandates.services import appoint, end_mandate
from roles.models import RoleTemplate
from tests import acts
from tests.amoa.requirements.factories import edit
from tests.conftest import CAST
from tests.database import fire_deferred_triggers, refusal, run

pytestmark = pytest.mark.django_db
TEXT = "Is the number read in the rain too?"


@pytest.fixture
def one(project_one: Any) -> Requirement:
    """Return a requirement of project one that is in force."""
    return Requirement.objects.select_related("project").get(project=project_one, code="ONE-N01")


@pytest.fixture
def question(amoa: Any, one: Requirement) -> Question:
    """Ask the provider as the AMOA."""
    return ask(actor=amoa, requirement=one, text=TEXT)


def list_recipients(event: LedgerEvent) -> dict[str, str]:
    """Return the recipients of an event with their reasons."""
    return dict(Notification.objects.filter(event=event).values_list("recipient__email", "reason"))


@pytest.mark.parametrize("member", CAST)
def test_only_the_amoa_and_the_provider_ask_each_other(member: str, cast: dict[str, Any], one: Requirement) -> None:
    sides = {"amoa": ("AMOA", "MOE"), "moe": ("MOE", "AMOA")}
    if member in sides:
        found = ask(actor=cast[member], requirement=one, text=TEXT)
        fire_deferred_triggers()
        assert (found.asked_role, found.asked_of) == sides[member]
        assert (found.number, found.text, found.asked_by) == (1, TEXT, cast[member])
        return
    with pytest.raises(Refused):
        ask(actor=cast[member], requirement=one, text=TEXT)
    assert Question.objects.count() == 2


def test_a_question_leaves_its_event_without_words_and_tells_the_role_that_is_asked(
    question: Question, one: Requirement
) -> None:
    event = LedgerEvent.objects.latest("pk")
    assert (event.act, event.role, event.detail, event.subject) == ("ask", "AMOA", "MOE", "amoa.question")
    assert TEXT.encode() not in bytes(event.body)
    assert list_recipients(event) == {"moe@example.org": "question_asked"}
    notice = Notification.objects.get(event=event)
    assert (notice.about, notice.link) == (f"ONE-N01 · {one.title}", f"{one.get_absolute_url()}#liaison")


def test_a_question_without_words_is_not_asked(amoa: Any, one: Requirement) -> None:
    with pytest.raises(ValidationError) as error:
        ask(actor=amoa, requirement=one, text="  ")
    assert set(error.value.message_dict) == {"text"}


def test_while_nobody_builds_the_question_waits_for_whoever_will(owner: Any, amoa: Any, one: Requirement) -> None:
    end_mandate(actor=owner, mandate=Mandate.objects.active().get(project=one.project, role__code="MOE"))
    found = ask(actor=amoa, requirement=one, text=TEXT)
    assert (found.asked_of, list_recipients(LedgerEvent.objects.latest("pk"))) == ("MOE", {})


def test_a_person_without_a_role_asks_nobody(outsider: Any, project_one: Any) -> None:
    assert liaison_roles(outsider, project_one)[0] == ""


@pytest.mark.parametrize("member", CAST)
def test_the_role_that_is_asked_answers_and_nobody_else(member: str, cast: dict[str, Any], question: Question) -> None:
    if member == "moe":
        found = answer(actor=cast[member], question=question, text="Yes.")
        fire_deferred_triggers()
        assert (found.answer, found.answered_by, bool(found.answered_at)) == ("Yes.", cast[member], True)
        return
    with pytest.raises(Refused):
        answer(actor=cast[member], question=question, text="Yes.")
    question.refresh_from_db()
    assert question.answer == ""


def test_the_reverse_way_the_writers_answer(amoa: Any, moe: Any, one: Requirement) -> None:
    asked = ask(actor=moe, requirement=one, text=TEXT)
    answer(actor=amoa, question=asked, text="No.")
    fire_deferred_triggers()
    event = LedgerEvent.objects.latest("pk")
    assert (event.act, event.role) == ("answer", "AMOA")
    assert list_recipients(event) == {"moe@example.org": "question_answered"}
    assert b"No." not in bytes(event.body)


def test_a_question_is_answered_once_and_with_words(moe: Any, question: Question) -> None:
    with pytest.raises(ValidationError):
        answer(actor=moe, question=question, text=" ")
    answer(actor=moe, question=question, text="Yes.")
    with pytest.raises(AlreadyAnswered) as error:
        answer(actor=moe, question=question, text="No.")
    assert error.value.question.answer == "Yes."


def test_questions_of_one_requirement_are_numbered(amoa: Any, moe: Any, one: Requirement) -> None:
    found = [ask(actor=actor, requirement=one, text=TEXT) for actor in (amoa, moe, amoa)]
    assert [(str(q), q.asked_of) for q in found] == [
        ("ONE-N01 Q1", "MOE"),
        ("ONE-N01 Q2", "AMOA"),
        ("ONE-N01 Q3", "MOE"),
    ]


# — what waits —


def test_a_question_waits_for_the_role_that_is_asked_until_it_is_answered(
    cast: dict[str, Any], moe: Any, question: Question
) -> None:
    waiting = {member: Question.objects.awaiting(cast[member]).count() for member in CAST if member != "anonymous"}
    assert {member for member, number in waiting.items() if number} == {"moe"}
    before, _unread = count_waiting(moe, 100)
    answer(actor=moe, question=question, text="Yes.")
    assert (Question.objects.awaiting(moe).count(), count_waiting(moe, 100)[0]) == (1, before - 1)


def test_a_question_waits_for_the_next_holder_of_the_role(
    owner: Any, moe: Any, outsider: Any, question: Question
) -> None:
    project = question.requirement.project
    end_mandate(actor=owner, mandate=Mandate.objects.active().get(project=project, role__code="MOE"))
    role = RoleTemplate.objects.published().get(pack="fr", code="MOE")
    appoint(actor=owner, project=project, role=role, holder=outsider)
    assert (Question.objects.awaiting(moe).count(), Question.objects.awaiting(outsider).count()) == (0, 2)
    answer(actor=outsider, question=question, text="Yes.")
    fire_deferred_triggers()


# — estimates —


@pytest.mark.parametrize("member", CAST)
def test_the_provider_estimates_and_nobody_else(member: str, cast: dict[str, Any], one: Requirement) -> None:
    if member == "moe":
        found = estimate(actor=cast[member], requirement=one, days=Decimal("4.5"), cost=Decimal(3000), note="A lamp.")
        fire_deferred_triggers()
        assert (found.days, found.cost, found.version, found.given_by) == (Decimal("4.5"), 3000, 1, cast[member])
        event = LedgerEvent.objects.latest("pk")
        assert (event.act, event.role, event.subject) == ("estimate", "MOE", "amoa.estimate")
        assert found.seal().encode() in bytes(event.body)
        return
    with pytest.raises(Refused):
        estimate(actor=cast[member], requirement=one, days=Decimal(1))
    assert Estimate.objects.count() == 1


def test_every_estimate_is_kept_with_the_version_it_is_about(amoa: Any, moe: Any, one: Requirement) -> None:
    estimate(actor=moe, requirement=one, days=Decimal(3))
    edit(amoa, one, title="Crews read the berth number from the quay")
    estimate(actor=moe, requirement=one, days=Decimal(5))
    assert [(e.days, e.version) for e in one.estimates.order_by("pk")] == [(3, 1), (5, 2)]


def test_an_estimate_says_something_and_names_a_document_of_its_project(
    moe: Any, other_owner: Any, project_two: Any, one: Requirement
) -> None:
    with pytest.raises(ValidationError) as error:
        estimate(actor=moe, requirement=one, note=" ")
    assert set(error.value.message_dict) == {"days"}
    with pytest.raises(ValidationError) as error:
        estimate(actor=moe, requirement=one, document=acts.add_document(other_owner, project_two))
    assert set(error.value.message_dict) == {"document"}
    assert estimate(actor=moe, requirement=one, document=acts.add_document(moe, one.project)).document is not None


def test_the_ledger_verifies_after_a_question_an_answer_and_an_estimate(moe: Any, question: Question) -> None:
    answer(actor=moe, question=question, text="Yes.")
    estimate(actor=moe, requirement=question.requirement, note="A lamp.")
    fire_deferred_triggers()
    assert verify(question.project).faults == []


# — past every service —


def test_the_words_of_a_question_stay_and_it_is_never_deleted(question: Question) -> None:
    fire_deferred_triggers()
    assert "keeps its project" in refusal(
        lambda: run("UPDATE amoa_question SET text = 'x' WHERE id = %s", [question.pk])
    )
    assert refusal(lambda: run("DELETE FROM amoa_question WHERE id = %s", [question.pk]))


def test_the_sentences_are_french_too(amoa: Any, one: Requirement) -> None:
    with override("fr"), pytest.raises(ValidationError) as error:
        ask(actor=amoa, requirement=one, text="")
    assert error.value.messages == ["Écrivez la question."]
