"""Test acknowledgements: a decision lists its recipients and readers; each confirms for themselves, once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from amoa.change_plan.services import write_communication
from core.access import Refused
from governance.desk.inbox.queries import list_tasks
from governance.desk.inbox.reader import _list_informed
from governance.enums import Act
from governance.models import Decision
from governance.record.acknowledgements.models import Acknowledgement
from governance.record.acknowledgements.queries import get_audience
from governance.record.acknowledgements.services import ReadAlready, acknowledge
from projects.ledger.services import record
from projects.models import Interest, LedgerEvent, Mandate
from projects.seats.mandates.seats import seats_of
from projects.seats.mandates.services import appoint, end_mandate
from roles.enums import FOLLOWING_KINDS, Authority, Nature
from roles.models import Organisation, RoleTemplate
from tests import acts
from tests.attacks import Attacks, Declared
from tests.conftest import CAST
from tests.database import refusal, run

pytestmark = pytest.mark.django_db
SEATED = {"owner", "pmo", "amoa", "moe", "recipient"}
HOLDS_A_ROLE = "Who confirms having read a decision holds a role on its project"
BY_ITS_READER = "A decision is confirmed as read by its reader, in the ledger"
AFTER = "A decision is read after it is taken"
TIED = "A declared tie with a bidder blocks this role until the owner settles it (R8)"


@pytest.fixture
def decision(proposal: Any) -> Decision:
    """Take a decision as the former owner that nobody has acknowledged."""
    found: Decision = proposal("decided").answer
    return found


@pytest.mark.parametrize("member", CAST)
def test_only_holders_of_a_role_today_may_acknowledge(member: str, cast: dict[str, Any], decision: Decision) -> None:
    if member not in SEATED:
        with pytest.raises(Refused):
            acknowledge(actor=cast[member], decision=decision)
        assert not decision.acknowledgements.exists()
        return
    read = acknowledge(actor=cast[member], decision=decision)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    event = LedgerEvent.objects.latest("pk")
    assert (read.reader, event.act, event.actor, event.subject_id) == (
        cast[member],
        Act.ACKNOWLEDGE,
        cast[member],
        read.pk,
    )
    assert event.proposal_id == decision.proposal_id


def test_one_confirmation_is_enough(recipient: Any, decision: Decision, client_of: Any) -> None:
    acknowledge(actor=recipient, decision=decision)
    with pytest.raises(ReadAlready):
        acknowledge(actor=recipient, decision=decision)
    path = reverse("governance:acknowledgements:decision_acknowledge", args=[decision.pk])
    assert client_of(recipient).post(path).status_code == 409
    assert decision.acknowledgements.count() == 1


def test_a_decision_lists_its_recipients_and_readers(cast: Any, project_one: Any) -> None:
    file = acts.submit_to_owner(project_one)
    decision = acts.decide(cast["owner"], file)
    told = {line.seat.holder.email for line in get_audience(decision).notified}
    assert "owner@example.org" not in told
    assert {"pmo@example.org", "amoa@example.org"} <= told
    acknowledge(actor=cast["pmo"], decision=decision)
    found = get_audience(decision)
    assert (found.reached, len(found.notified), found.other_readers) == (1, len(told), [])
    role = RoleTemplate.objects.get(pack="fr", code="DEST", state="published")
    appoint(actor=cast["owner"], project=project_one, role=role, holder=cast["outsider"], group="Anglers")
    acknowledge(actor=cast["outsider"], decision=decision)
    assert [line.reader for line in get_audience(decision).other_readers] == [cast["outsider"]]


def test_the_decider_is_not_asked_to_acknowledge(cast: Any, project_one: Any, client_of: Any) -> None:
    decision = acts.decide(cast["owner"], acts.submit_to_owner(project_one))
    with pytest.raises(Refused):
        acknowledge(actor=cast["owner"], decision=decision)
    for path in (decision.get_absolute_url(), decision.dossier_address):
        shown = {
            member: client_of(cast[member]).get(path, headers={"accept-language": "en"}).content.decode()
            for member in ("owner", "pmo")
        }
        assert "I have read this decision" in shown["pmo"], path
        assert "I have read this decision" not in shown["owner"], path


def test_a_decision_is_to_read_for_recipients_and_for_roles_that_the_matrix_informs_alone(
    cast: Any, project_one: Any
) -> None:
    decision = acts.decide(cast["owner"], acts.submit_to_owner(project_one))
    kind = decision.proposal.kind
    asked, letters = set(), set()
    for member, user in cast.items():
        if not user.is_authenticated:
            continue
        key = f"readings-{decision.pk}"
        asked |= {member for task in list_tasks(user) if task.key == key}
        seats = [seat for seat in seats_of(user) if seat.project_id == project_one.pk]
        letters |= {member for seat in seats if seat.has_letter(Nature.INFORMED, kind) or seat.role == "DEST"}
    assert asked == letters - {"owner"}
    assert "recipient" in asked
    assert not {"pmo", "amoa", "moe", "delegate"} & asked


def test_the_letter_says_of_which_kinds_a_role_is_informed(cast: Any, project_one: Any) -> None:
    [adviser] = [seat for seat in seats_of(cast["pmo"]) if seat.project_id == project_one.pk]
    powers = {"advise": ["budget", "gate"], "informed": ["gate"]}
    informed = replace(adviser, powers=powers)
    recipient = replace(adviser, powers=powers, authority=Authority.RECEIVES)
    gates, budgets = (
        {f"{project_one.pk}:{kind}" for kind in (code, *(one for one, like in FOLLOWING_KINDS.items() if like == code))}
        for code in ("gate", "budget")
    )
    assert len(gates) > 1
    assert set(_list_informed([informed])) == gates
    assert set(_list_informed([recipient])) == gates | budgets
    assert _list_informed([replace(adviser, powers={"advise": ["gate"]})]) == []


def test_the_recipients_of_a_decision_are_those_of_its_day(cast: Any, project_one: Any) -> None:
    decision = acts.decide(cast["owner"], acts.submit_to_owner(project_one))
    end_mandate(actor=cast["owner"], mandate=Mandate.objects.get(project=project_one, holder=cast["pmo"]))
    assert cast["pmo"] in [line.seat.holder for line in get_audience(decision).notified]


def test_the_record_names_the_messages_that_announce_a_decision(cast: Any, project_one: Any, client_of: Any) -> None:
    decision = acts.decide(cast["owner"], acts.submit_to_owner(project_one))
    group = project_one.recipient_groups.get(name="harbour users")
    fields = {"group": group, "title": "What was decided", "after": decision.proposal.number, "reached": 61}
    write_communication(actor=cast["amoa"], project=project_one, fields=fields)
    client = client_of(cast["recipient"])
    text = client.get(decision.get_absolute_url(), headers={"accept-language": "en"}).content.decode()
    assert "Messages that announce it" in text
    assert "61 of 86" in text
    assert "I have read this decision" in text
    client.post(reverse("governance:acknowledgements:decision_acknowledge", args=[decision.pk]))
    after = client.get(decision.dossier_address, headers={"accept-language": "en"}).content.decode()
    assert "You have read it" in after
    assert "Read by 1 person" in after


# — what the database keeps —


def write(decision: Decision, reader: Any, *, by: Any = None, **fields: Any) -> None:
    """Write an acknowledgement past the service, with the event of its author."""
    given = {"decision": decision, "reader": reader, "acted_at": timezone.now()} | fields
    read = Acknowledgement.objects.bulk_create([Acknowledgement(**given)])[0]
    if by is not None:
        record(act=Act.ACKNOWLEDGE, actor=by, project=decision.project, subject=read)


def tie(person: Any, decision: Decision) -> None:
    """Tie a person to a bidder."""
    bidder = Organisation.objects.get(name="Dragages de la Baie (fictif)")
    given = {"project": decision.project, "person": person, "organisation": bidder, "tie": "A cousin."}
    Interest.objects.bulk_create([Interest(**given, acted_at=timezone.now())])


def _tied(cast: Any, decision: Decision) -> None:
    tie(cast["pmo"], decision)
    write(decision, cast["pmo"], by=cast["pmo"])


def _before(cast: Any, decision: Decision) -> None:
    run("SET ROLE NONE")
    past = decision.acted_at - timedelta(days=1)
    run("SELECT set_config('ouvrage.back_entry', %s, true)", [past.isoformat()])
    write(decision, cast["pmo"], acted_at=past)


def _twice(cast: Any, decision: Decision) -> None:
    write(decision, cast["pmo"], by=cast["pmo"])
    write(decision, cast["pmo"])


TRIGGERS: list[Declared] = [
    (
        "acknowledgement.is_read_by_somebody_on_the_project",
        "a stranger",
        lambda c, d: write(d, c["outsider"]),
        HOLDS_A_ROLE,
    ),
    (
        "acknowledgement.is_read_by_somebody_on_the_project",
        "a past owner",
        lambda c, d: write(d, c["former_owner"]),
        HOLDS_A_ROLE,
    ),
    ("acknowledgement.is_read_by_somebody_on_the_project", "before it was taken", _before, AFTER),
    ("acknowledgement.leaves_an_event", "without its event", lambda c, d: write(d, c["pmo"]), BY_ITS_READER),
    (
        "acknowledgement.leaves_an_event",
        "said by another",
        lambda c, d: write(d, c["pmo"], by=c["owner"]),
        BY_ITS_READER,
    ),
    ("acknowledgement.is_refused_to_the_tied", "by somebody tied", _tied, TIED),
]
ATTACKS = Attacks(TRIGGERS, {"one_confirmation_per_decision_and_reader": _twice})


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, cast: Any, decision: Decision) -> None:
    ATTACKS.prove(guard, cast, decision)


def test_the_honest_confirmation_passes(cast: Any, decision: Decision) -> None:
    assert refusal(lambda: write(decision, cast["pmo"], by=cast["pmo"])) == ""
