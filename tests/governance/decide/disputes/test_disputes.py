"""Test disputes: the signatory alone says, once, that a decision was not theirs; it alerts and undoes nothing."""

import re
from copy import deepcopy
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from governance.decide.disputes.links import build_dispute_link
from governance.decide.disputes.services import DisputedAlready, dispute
from governance.life.moves.services import accept_move, ask_move
from governance.models import Decision, Dispute, RecordFile
from governance.record.records.queries import list_missing
from governance.record.records.services import store_record
from projects.ledger.enums import Act
from projects.ledger.services import record
from projects.models import LedgerEvent, Notification, Project
from projects.notices.tasks import relay
from projects.people.credentials.enums import CredentialKind, Origin
from projects.people.credentials.services import give_credential
from projects.seats.mandates.services import found_project
from roles.models import User
from tests import acts, pdf
from tests.attacks import Attacks
from tests.conftest import CAST
from tests.database import close_account, fire_deferred_triggers, refusal

pytestmark = pytest.mark.django_db
LINK = re.compile(r"https?://[^/\s]+(/not-me/\S+)")
BY_THE_SIGNATORY = "A signature is disputed by the person who signed"
IN_THE_LEDGER = "A signature is disputed by its person, in the ledger"


@pytest.fixture(scope="module")
def kept_decision(kept_cast: dict[str, Any]) -> Decision:
    """Decide as the owner, once for the file."""
    made = acts.decide(kept_cast["owner"], acts.submit_to_owner(Project.objects.get(code="ONE")))
    fire_deferred_triggers()
    return made


@pytest.fixture
def decision(kept_decision: Decision) -> Decision:
    """Return the decision of the owner."""
    return deepcopy(kept_decision)


def path_of(decision: Decision) -> str:
    """Return the page on which the signatory disputes the decision."""
    return f"/decisions/{decision.pk}/not-me/"


def links_in(mailoutbox: list[Any], person: User) -> list[str]:
    """Send what waits, and list the links in the mails to a person."""
    relay()
    return [link for mail in mailoutbox if mail.to == [person.email] for link in LINK.findall(mail.body)]


def test_the_signatory_alone_gets_the_link_beside_the_receipt(
    owner: User, decision: Decision, mailoutbox: list[Any]
) -> None:
    [link] = links_in(mailoutbox, owner)
    key = link.partition(":")[0]  # the rest of it tells the second
    assert key in build_dispute_link(decision.pk)
    event = LedgerEvent.objects.get(act="decide", subject_id=decision.pk)
    [told] = [mail.body for mail in mailoutbox if mail.to == [owner.email] and link in mail.body]
    assert event.hash.hex() in told
    assert [mail.to for mail in mailoutbox if LINK.search(mail.body)] == [[owner.email]]


def test_a_mail_on_a_decision_in_one_s_name_leaves_although_the_account_is_closed(
    owner: User, decision: Decision, staff_admin: User, mailoutbox: list[Any], client_of: Any
) -> None:
    close_account(owner, staff_admin)
    [link] = links_in(mailoutbox, owner)
    Client().post(link)
    assert Dispute.objects.get().disputed_by == owner


def test_the_link_needs_no_session_writes_on_post_and_works_once(
    owner: User, decision: Decision, mailoutbox: list[Any]
) -> None:
    [link] = links_in(mailoutbox, owner)
    visitor = Client(headers={"accept-language": "en"})
    assert "Dispute the decision" in visitor.get(link).text
    assert not Dispute.objects.exists()
    for _twice in range(2):
        assert "Change your password" in visitor.post(link, follow=True).text
    event = LedgerEvent.objects.get(act="dispute")
    assert (event.actor, event.project, event.subject_id) == (owner, decision.project, Dispute.objects.get().pk)
    assert "no longer works" in visitor.get("/not-me/x/").text


def test_the_signatory_can_leave_for_the_decision_and_a_visitor_of_the_link_cannot(
    owner: User, decision: Decision, mailoutbox: list[Any], client_of: Any
) -> None:
    way = f'href="{decision.get_absolute_url()}"'
    assert way in client_of(owner).get(path_of(decision)).text
    [link] = links_in(mailoutbox, owner)
    assert way not in Client().get(link).text


def test_it_notifies_the_owners_above_the_office_and_the_administrators(
    cast: dict[str, Any], decision: Decision, project_one: Project
) -> None:
    fields = {"code": "PORTS", "prefix": "PO", "title_fr": "Ports", "title_en": "Ports", "level": "portfolio"}
    fields |= {"starts_on": "2026-01-05", "ends_on": "2030-01-05"}
    above = found_project(actor=cast["staff_admin"], owner=cast["outsider"], fields=fields)
    accept_move(actor=cast["outsider"], move=ask_move(actor=cast["owner"], project=project_one, target=above))
    relay()
    dispute(actor=cast["owner"], decision=decision)
    told = {notice.recipient_id: notice.link for notice in Notification.objects.filter(reason="signature_disputed")}
    for member in ("owner", "pmo", "outsider"):
        assert told[cast[member].pk] == decision.get_absolute_url(), member
    assert told[cast["staff_admin"].pk] == f"/administration/people/{cast['owner'].pk}/"
    assert cast["moe"].pk not in told
    mail.outbox.clear()
    relay()
    texts = {sent.to[0]: sent.body for sent in mail.outbox if "/not-me/" not in sent.body}
    owner = cast["owner"]
    assert f"{owner.name} conteste la décision {decision.reference}" in texts[cast["pmo"].email]
    assert "Vous avez contesté" in texts[owner.email]
    assert f"{owner.name} conteste une décision" in texts[cast["staff_admin"].email]
    assert "parce que vous administrez Ouvrage" in texts[cast["staff_admin"].email]


@pytest.mark.parametrize("member", sorted({*CAST} - {"owner", "inactive_owner", "anonymous"}))
def test_nobody_else_disputes_it(member: str, cast: dict[str, Any], decision: Decision, client_of: Any) -> None:
    assert client_of(cast[member]).post(path_of(decision)).status_code == 404
    with pytest.raises(PermissionDenied):
        dispute(actor=cast[member], decision=decision)
    assert not Dispute.objects.exists()


def test_a_held_account_disputes_too_and_once(owner: User, decision: Decision) -> None:
    give_credential(actor=owner, person=owner, kind=CredentialKind.CODE_APP, origin=Origin.ADDED)
    dispute(actor=owner, decision=decision)
    fire_deferred_triggers()
    with pytest.raises(DisputedAlready):
        dispute(actor=owner, decision=decision)


def test_it_is_on_record_beside_the_decision_and_undoes_nothing(
    owner: User, decision: Decision, client_of: Any, english: Any
) -> None:
    worker, state = User.objects.installation(), decision.proposal.state
    for language in ("fr", "en"):
        store_record(actor=worker, decision=decision, language=language)
    client_of(owner).post(path_of(decision))
    missing = [(language, told) for found, language, told in list_missing(400) if found == decision]
    assert dict(missing) == dict.fromkeys(("en", "fr"), Dispute.objects.get())
    for language, told in missing:
        store_record(actor=worker, decision=decision, language=language, dispute=told)
    fire_deferred_triggers()
    decision.proposal.refresh_from_db()
    assert decision.proposal.state == state
    browser = english(owner)
    page = browser.get(decision.get_absolute_url()).text
    assert "Signature disputed on" in page
    assert "Not stored yet" not in page
    assert "Signature disputed on" in browser.get(f"/projects/{decision.project.code}/register/").text
    assert "Signature disputed on" in browser.get(decision.proposal.get_absolute_url()).text
    address = f"{decision.get_absolute_url()}record.pdf?lang=en"
    with_it, first = (browser.get(address + more).content for more in ("", "&first"))
    assert "Signaturedisputed" in pdf.text(with_it)
    assert "Signaturedisputed" not in pdf.text(first)
    stored = {bytes(file.content) for file in RecordFile.objects.defer(None).filter(decision=decision, language="en")}
    assert stored == {with_it, first}


# — what the database keeps —


def write(decision: Decision, person: User, by: User | None = None) -> None:
    """Write a dispute past the service, with the event of its author."""
    row = Dispute.objects.create(decision=decision, disputed_by=person, acted_at=timezone.now())
    if by is not None:
        record(act=Act.DISPUTE, actor=by, project=decision.project, subject=row)
    fire_deferred_triggers()


ATTACKS = Attacks(
    triggers=[
        ("dispute.is_by_its_signatory", "by another", lambda c, d: write(d, c["pmo"], c["pmo"]), BY_THE_SIGNATORY),
        ("dispute.leaves_an_event", "silently", lambda c, d: write(d, c["owner"]), IN_THE_LEDGER),
        ("dispute.leaves_an_event", "said by another", lambda c, d: write(d, c["owner"], c["pmo"]), IN_THE_LEDGER),
    ],
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(
    guard: str, cast: dict[str, Any], decision: Decision
) -> None:
    ATTACKS.prove(guard, cast, decision)


def test_the_honest_dispute_passes(owner: User, decision: Decision) -> None:
    assert refusal(lambda: write(decision, owner, owner)) == ""


def test_the_database_keeps_one_dispute_per_decision(owner: User, decision: Decision) -> None:
    assert "governance_dispute_decision_id" in refusal(lambda: [write(decision, owner, owner) for _twice in range(2)])
