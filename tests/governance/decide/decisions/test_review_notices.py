"""Test the notices on decisions to be reviewed: one for each person, decision and day, which names what has changed."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone, translation

from amoa.requirements.services import change_many, undo_requirements
from core.pages.lists.undo import UNDONE_WITHIN, Unconfirmed
from governance.enums import Outcome, Reason
from governance.life.decision_reviews.enums import ReviewAnswer
from governance.life.decision_reviews.services import review_decision
from governance.models import Decision
from projects.models import Document, Notification
from projects.notices.models import load_sentences
from projects.notices.tasks import relay
from tests import acts
from tests.amoa.requirements import factories as requirements
from tests.database import fire_deferred_triggers, owning
from tests.governance.decide.decisions.test_watches import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def decision(cast: dict[str, Any], project_one: Any) -> Decision:
    """Approve a baseline of six requirements of the fog horn, and some others."""
    for number in range(1, 7):
        requirements.write(cast["amoa"], project_one, title=f"Fog horn {number}", code=f"ONE-91{number}")
    decision, _item = World(cast, project_one).approve_baseline()
    fire_deferred_triggers()
    Notification.objects.update(mailed_at=timezone.now())
    return decision


def change(actor: Any, project: Any, *codes: str, confirmed: str | None = None, **fields: Any) -> Any:
    """Change these requirements in one act."""
    numbers = list(project.requirements.filter(code__in=codes).values_list("pk", flat=True))
    return change_many(actor=actor, project=project, numbers=numbers, fields=fields, confirmed=confirmed)


def list_told(person: Any) -> list[Notification]:
    """List the notices of a person on decisions to be reviewed, with their sentences in English."""
    notices = list(Notification.objects.standing().filter(recipient=person, reason=Reason.NO_LONGER_CURRENT))
    with translation.override("en"):
        load_sentences(notices)
    return notices


def deliver(at: datetime) -> list[Any]:
    """Run the worker at that time; return the mails that leave."""
    mail.outbox.clear()
    with time_machine.travel(at, tick=False):
        relay()
    return [sent for sent in mail.outbox if "review" in sent.subject or "réexaminer" in sent.subject]


def test_a_notice_names_the_decision_and_the_rows_and_a_later_change_of_the_day_joins_it(
    decision: Decision, owner: Any, amoa: Any, project_one: Any
) -> None:
    change(amoa, project_one, "ONE-911", "ONE-912", lot="B")
    [notice] = list_told(owner)
    assert notice.about == f"{decision.reference} · {decision.revision.title}"
    assert notice.link == decision.dossier_address
    assert notice.sentence == "needs review: ONE-911, ONE-912 have changed"
    Notification.objects.filter(pk=notice.pk).update(read_at=timezone.now())
    change(amoa, project_one, "ONE-912", "ONE-913", "ONE-914", "ONE-915", "ONE-916", lot="C")
    [joined] = list_told(owner)
    assert (joined.pk, joined.read_at) == (notice.pk, None)
    assert joined.sentence == "needs review: ONE-911, ONE-912, ONE-913, ONE-914, ONE-915 and 1 other have changed"


def test_it_is_mailed_once_after_ten_minutes_and_what_comes_later_the_next_morning(
    decision: Decision, owner: Any, amoa: Any, project_one: Any
) -> None:
    begun = timezone.now()
    for lot in ("B", "C", "D"):
        change(amoa, project_one, "ONE-911", lot=lot)
    assert deliver(begun + timedelta(minutes=5)) == []
    sent = deliver(begun + UNDONE_WITHIN + timedelta(minutes=1))
    assert sorted(message.to for message in sent).count([owner.email]) == 1
    [message] = [message for message in sent if message.to == [owner.email]]
    assert decision.reference in message.subject
    assert "ONE-911" in message.body
    # On the same day, even when the eleven minutes went past midnight.
    Notification.objects.filter(mailed_at__gt=begun).update(mailed_at=begun)
    change(amoa, project_one, "ONE-912", lot="B")
    [notice] = list_told(owner)
    assert notice.mailed_at is None
    assert deliver(begun + timedelta(hours=1)) == []
    assert notice.mail_from is not None
    [again] = [message for message in deliver(notice.mail_from) if message.to == [owner.email]]
    assert "ONE-912" in again.body
    assert again.extra_headers["Message-ID"] != message.extra_headers["Message-ID"]
    assert deliver(notice.mail_from + timedelta(days=1)) == []


def test_what_the_owner_has_reviewed_meanwhile_is_not_mailed(
    decision: Decision, owner: Any, amoa: Any, project_one: Any
) -> None:
    change(amoa, project_one, "ONE-911", lot="B")
    newest = decision.breaks.latest("pk").pk
    review_decision(actor=owner, decision=decision, change=newest, answer=ReviewAnswer.HOLDS, reasons="Only a lot.")
    assert [sent for sent in deliver(timezone.now() + timedelta(hours=1)) if sent.to == [owner.email]] == []


def test_a_replaced_document_is_named(cast: dict[str, Any], proposal: Any) -> None:
    proposal("decided")
    acts.replace(cast["amoa"], Document.objects.get(name="Requirements of the harbour office"))
    [notice] = list_told(cast["owner"])
    assert notice.sentence == "needs review: Requirements of the harbour office has changed"


def test_the_list_of_notices_says_it_and_leads_to_the_decision(
    decision: Decision, owner: Any, amoa: Any, project_one: Any, client_of: Any
) -> None:
    change(amoa, project_one, "ONE-911", lot="B")
    page = client_of(owner).get("/notifications/", headers={"accept-language": "en"}).content.decode()
    assert "Needs review: ONE-911 has changed" in page
    assert decision.dossier_address in page


def test_the_page_says_before_a_change_how_many_rows_are_in_force_and_which_decision_is_reviewed(
    decision: Decision, owner: Any, amoa: Any, project_one: Any, client_of: Any
) -> None:
    numbers = list(project_one.requirements.filter(code__in=("ONE-911", "ONE-912", "ONE-003")).values_list("pk"))
    sent = {"one": [pk for (pk,) in numbers], "lot": "B"}
    address = f"/projects/{project_one.code}/requirements/change/"
    texts = {
        "en": ("2 of 3 are in force: their text becomes a proposed version.", "will need review."),
        "fr": ("2 sur 3 sont en vigueur\u202f: leur texte devient une version proposée.", "sera à réexaminer."),
    }
    for language, (in_force, reviewed) in texts.items():
        page = client_of(amoa).post(address, sent, headers={"accept-language": language}).content.decode()
        assert in_force in page
        assert reviewed in page
        assert decision.reference in page
    assert not project_one.requirements.filter(lot="B").exists()
    assert list_told(owner) == []


def test_two_decisions_of_one_dossier_are_told_apart(amoa: Any, pmo: Any, owner: Any, project_one: Any) -> None:
    file, told = acts.draft(amoa, project_one), []
    for number in range(2):
        plan = acts.add_document(amoa, project_one, f"Plan {number}")
        acts.edit(amoa, file, attachments=[plan.attachment()])
        acts.submit(amoa, file)
        acts.advise(pmo, file)
        told.append(acts.decide(owner, file, Outcome.REWORK).reference)
    for document in Document.objects.filter(name__startswith="Plan "):
        acts.replace(amoa, document)
    notices = {notice.about.partition(" ")[0]: notice.sentence for notice in list_told(owner)}
    assert notices == {told[n]: f"needs review: Plan {n} has changed" for n in range(2)}


def test_an_undo_takes_back_what_the_change_told_and_nothing_else(
    decision: Decision, owner: Any, amoa: Any, project_one: Any
) -> None:
    change(amoa, project_one, "ONE-911", "ONE-912", lot="B")
    Notification.objects.update(mailed_at=timezone.now() - timedelta(days=1))
    with owning():
        Notification.objects.update(created_at=timezone.now() - timedelta(days=1))
    done = change(amoa, project_one, "ONE-911", lot="C")
    assert [notice.sentence for notice in list_told(owner)] == [
        "needs review: ONE-911, ONE-912 have changed",
        "needs review: ONE-911 has changed",
    ]
    undone = undo_requirements(actor=amoa, project=project_one, seq=done.seq)
    fire_deferred_triggers()
    assert (len(undone.changed), undone.skipped) == (1, [])
    assert [notice.sentence for notice in list_told(owner)] == ["needs review: ONE-911, ONE-912 have changed"]
    assert Decision.objects.awaiting_review_of(owner).filter(pk=decision.pk).exists()


def test_another_text_after_a_review_is_announced_and_stays(
    decision: Decision, owner: Any, amoa: Any, project_one: Any
) -> None:
    change(amoa, project_one, "ONE-911", lot="B")
    newest = decision.breaks.latest("pk").pk
    review_decision(actor=owner, decision=decision, change=newest, answer=ReviewAnswer.HOLDS, reasons="Only a lot.")
    with pytest.raises(Unconfirmed) as asked, translation.override("en"):
        change(amoa, project_one, "ONE-911", "ONE-003", lot="C", confirmed="")
    effects = asked.value.effects
    assert effects.what == "1 of 2 has a version in force: its proposed text changes."
    assert effects.decisions == (decision.reference,)
    assert project_one.requirements.get(code="ONE-911").lot == "B"
    done = change(amoa, project_one, "ONE-911", "ONE-003", lot="C", confirmed=effects.key)
    undone = undo_requirements(actor=amoa, project=project_one, seq=done.seq)
    fire_deferred_triggers()
    assert [row.code for row in undone.changed] == ["ONE-003"]
    assert [row.code for row, _why in undone.skipped] == ["ONE-911"]
