"""Test second looks: an approval comes back to its owner, who says on that day what became of it (R1, R6)."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone, translation

from core.access import Refused
from core.acts import back_entry
from governance.decide.decisions.second_looks import find_second_look
from governance.desk.inbox.queries import count_waiting
from governance.enums import Act, Outcome
from governance.life.second_look.enums import LookAnswer
from governance.life.second_look.queries import Comparison, list_awaiting, list_looks, measure_bias
from governance.life.second_look.services import NothingToLookBackAt, look_back
from governance.life.second_look.tasks import announce_second_looks
from governance.models import Decision, SecondLook
from governance.record.records.facts import build_record
from governance.record.verification.verifier import verify
from projects.models import Interest, LedgerEvent, Mandate, Notification, Project
from roles.models import Organisation
from tests import acts
from tests.attacks import Attacks, Declared, leaves
from tests.conftest import CAST
from tests.database import close_account, fire_deferred_triggers, owning
from tests.days import today

pytestmark = pytest.mark.django_db
KEPT, CORRECTED, REGRETTED = LookAnswer.KEPT, LookAnswer.CORRECTED, LookAnswer.REGRETTED
ENGLISH = {"accept-language": "en"}
LATE = timedelta(days=20)
EXPECTED = timezone.localdate() - LATE
DAYS = timedelta(days=45)
#: Characters of a label beside a bar, on a phone too (core.pages.charts.BARS_FROM).
LONGEST_LABEL = 15
OPTIONS = [
    {
        "title": "Order now",
        "description": "Delivered before the move.",
        "expected_on": str(EXPECTED),
        "measure": "Share of crews with ice (%)",
        "expected": "80",
    },
    {"title": "Do nothing", "description": "The crews keep fetching ice at quay 1."},
]


def decide_then(owner: Any, project: Project, months: int = 1, **content: Any) -> Decision:
    """Approve a proposal 45 days ago that comes back after so many months."""
    with owning(), back_entry(timezone.now() - DAYS):
        file = acts.submit_to_owner(project, "change", **{"options": OPTIONS, "amount": Decimal(18000)} | content)
        made = acts.decide(owner, file, months=months)
    return afresh(made)


def afresh(decision: Decision) -> Decision:
    return Decision.objects.select_related("project", "proposal", "revision").get(pk=decision.pk)


@pytest.fixture
def decision(owner: Any, project_one: Project) -> Decision:
    """Return a decision that came back a few days ago."""
    return decide_then(owner, project_one)


def look(actor: Any, decision: Decision, answer: LookAnswer = KEPT, **more: Any) -> SecondLook:
    measured = {"measured_cost": Decimal(19800), "measured_on": EXPECTED + LATE}
    given = {"reasons": "The crews have their ice.", **measured, **more}
    return look_back(actor=actor, decision=decision, answer=answer, **given)


def address(decision: Decision) -> str:
    return reverse("governance:second_look:second_look", args=[decision.pk])


def is_awaited(user: Any, decision: Decision) -> bool:
    return list_awaiting(user, timezone.now(), today()).filter(pk=decision.pk).exists()


# — the choice —


def test_an_approval_comes_back_after_the_months_its_owner_chose_and_its_record_says_so(
    owner: Any, project_one: Project
) -> None:
    decision = acts.decide(owner, acts.submit_to_owner(project_one, options=OPTIONS), months=6)
    assert decision.second_look_on == find_second_look(6)
    assert decision.sealed_content()["second_look"] == str(decision.second_look_on)
    record = build_record(Decision.objects.with_record().get(pk=decision.pk), "en")
    lines = [line for section in record.sections for line in section.lines]
    assert [line.label for line in lines].count("Second look on") == 1
    assert any("expected by" in line.text and "Share of crews with ice (%): 80" in line.text for line in lines)
    fire_deferred_triggers()
    assert verify(project_one).faults == []


def test_without_a_choice_nothing_comes_back_and_the_seal_is_as_before(owner: Any, project_one: Project) -> None:
    decision = acts.decide(owner, acts.submit_to_owner(project_one))
    assert decision.second_look_on is None
    assert "second_look" not in decision.sealed_content()


@pytest.mark.parametrize(("outcome", "months"), [("rejected", 3), ("approved", 37), ("approved", -1)])
def test_only_an_approval_comes_back_after_one_to_36_months(
    outcome: str, months: int, owner: Any, project_one: Project
) -> None:
    file = acts.submit_to_owner(project_one)
    with pytest.raises(ValidationError) as refused:
        acts.decide(owner, file, Outcome(outcome), months=months)
    assert list(refused.value.message_dict) == ["months"]


def test_the_last_day_of_a_month_has_one_in_a_shorter_month(owner: Any) -> None:
    for months in range(1, 37):
        found = find_second_look(months)
        assert found
        ahead = today().month - 1 + months
        assert (found.year, found.month) == (today().year + ahead // 12, ahead % 12 + 1)
        assert found.day == today().day or (found + timedelta(days=1)).day == 1


def test_the_form_offers_it_and_the_review_shows_it(
    owner: Any, project_one: Project, client_of: Callable[[Any], Any]
) -> None:
    file = acts.submit_to_owner(project_one, options=OPTIONS)
    page, client = reverse("governance:dossier:proposal_decide", args=[file.pk]), client_of(owner)
    shown = client.get(file.get_absolute_url(), headers=ENGLISH).text
    assert "Second look after (months)" in shown
    assert "Share of crews with ice (%)" in shown
    fields = {"fingerprint": acts.fingerprint(file), "outcome": "approved", "option": "A", "reasons": "Both advise it."}
    for wrong in ("0", "37", "x"):
        answer = client.post(page, fields | {"months": wrong}, headers=ENGLISH)
        assert (answer.status_code, "from 1 to 36" in answer.text) == (422, True)
    review = client.post(page, fields | {"months": "6"}, headers=ENGLISH)
    assert 'name="months" value="6"' in review.text
    assert client.post(page, fields | {"months": "6", "step": "seal"}).status_code == 302
    assert Decision.objects.get(proposal=file).second_look_on == find_second_look(6)


# — the act —


@pytest.mark.parametrize("member", CAST)
def test_only_the_owner_in_office_looks_back(member: str, cast: dict[str, Any], decision: Decision) -> None:
    if member != "owner":
        with pytest.raises(Refused):
            look(cast[member], decision)
        assert not is_awaited(cast[member], decision)
        return
    assert is_awaited(cast[member], decision)
    before = count_waiting(cast[member], 100)[0]
    given = look(cast[member], decision)
    fire_deferred_triggers()
    event = LedgerEvent.objects.latest("pk")
    assert (event.act, event.actor, event.subject_id, event.detail) == (Act.LOOK_BACK, cast[member], given.pk, "kept")
    assert not is_awaited(cast[member], decision)
    assert count_waiting(cast[member], 100)[0] == before - 1
    told = Notification.objects.filter(event=event, reason="looked_back")
    assert {cast["pmo"], cast["amoa"]} <= {notice.recipient for notice in told}
    assert verify(decision.project).faults == []


def test_a_decision_is_looked_back_at_once_on_its_day_and_while_it_is_in_force(
    owner: Any, project_one: Project, decision: Decision
) -> None:
    early, never = decide_then(owner, project_one, months=2), acts.decide(owner, acts.submit_to_owner(project_one))
    for other in (early, never):
        assert not is_awaited(owner, other)
        with pytest.raises(NothingToLookBackAt):
            look(owner, afresh(other))
    look(owner, decision)
    with pytest.raises(NothingToLookBackAt):
        look(owner, afresh(decision))
    replaced = decide_then(owner, project_one)
    acts.decide(owner, acts.submit_to_owner(project_one, "change", replaced))
    assert not is_awaited(owner, replaced)
    with pytest.raises(NothingToLookBackAt):
        look(owner, afresh(replaced))


def test_a_correction_is_a_task_of_its_role_until_a_proposal_replaces_the_decision(
    owner: Any, amoa: Any, decision: Decision
) -> None:
    with pytest.raises(ValidationError) as refused:
        look(owner, decision, CORRECTED, role="NONE")
    assert list(refused.value.message_dict) == ["role"]
    given = look(owner, decision, CORRECTED, role="AMOA")
    assert given in SecondLook.objects.awaiting_proposal_of(amoa)
    asked = Notification.objects.filter(event__act=Act.LOOK_BACK, recipient=amoa)
    assert [notice.reason for notice in asked] == ["propose_again"]
    acts.draft(amoa, decision.project, "change", decision)
    assert given not in SecondLook.objects.awaiting_proposal_of(amoa)


@pytest.mark.parametrize(
    ("more", "field"),
    [({"reasons": "."}, "reasons"), ({"measured_on": EXPECTED + LATE + timedelta(days=2)}, "measured_on")],
)
def test_what_says_nothing_or_lies_ahead_is_refused(
    more: dict[str, Any], field: str, owner: Any, decision: Decision
) -> None:
    with pytest.raises(ValidationError) as refused:
        look(owner, decision, **more)
    assert list(refused.value.message_dict) == [field]
    assert not SecondLook.objects.filter(decision=decision).exists()


def test_its_owner_is_told_once_on_that_day(owner: Any, project_one: Project, decision: Decision) -> None:
    decide_then(owner, project_one, months=2)
    announce_second_looks()
    told = Notification.objects.filter(reason="second_look", event__proposal_id=decision.proposal_id)
    assert [notice.recipient for notice in told] == [owner]
    assert decision.reference in told.get().about
    assert told.get().event.act == Act.COME_BACK
    assert (announce_second_looks(), told.count()) == (0, 1)
    fire_deferred_triggers()
    assert verify(project_one).faults == []


# — what it teaches —


def test_expected_stands_beside_measured(owner: Any, decision: Decision) -> None:
    look(owner, decision, measured_value=Decimal(72))
    row = Comparison.read(Decision.objects.select_related("revision", "second_look").get(pk=decision.pk))
    assert (row.overrun, row.delay) == (10.0, 20)
    assert row.asked == {"measured_cost", "measured_on", "measured_value"}


def test_a_portfolio_reads_its_bias_with_how_many_it_rests_on(owner: Any, project_one: Project) -> None:
    for cost, late in ((18000, 0), (19800, 10), (27000, None)):
        day = None if late is None else EXPECTED + timedelta(days=late)
        look(owner, decide_then(owner, project_one), measured_cost=Decimal(cost), measured_on=day)
    look(owner, decide_then(owner, project_one, amount=None), measured_cost=None, measured_on=None)
    costs, delays = measure_bias(list_looks(Project.objects.filter(pk=project_one.pk)))
    assert (costs.count, costs.total, costs.values) == (3, 4, (0.0, 10.0, 50.0))
    assert (costs.mean, costs.median) == (20.0, 10.0)
    assert (delays.count, delays.mean, delays.median) == (2, 5.0, 5.0)
    assert costs.bars
    assert [bar.value for bar in costs.bars.bars] == ["0", "1", "1", "1"]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_labels_of_the_bias_stand_beside_their_bars(language: str, owner: Any, decision: Decision) -> None:
    look(owner, decision)
    with translation.override(language):
        drawn = [bias.bars for bias in measure_bias(list_looks(Project.objects.filter(pk=decision.project_id)))]
    assert all(drawn)
    longest = max(len(bar.label) for bars in drawn if bars for bar in bars.bars)
    assert longest <= LONGEST_LABEL


# — the pages —


def test_the_page_shows_what_was_expected_and_records_the_answer(
    owner: Any, pmo: Any, decision: Decision, client_of: Callable[[Any], Any]
) -> None:
    client = client_of(owner)
    page = client.get(address(decision), headers=ENGLISH).text
    for words in ("What was expected", "€18,000", "Share of crews with ice (%)", "Measured cost (€)"):
        assert words in page, words
    assert client_of(pmo).get(address(decision)).status_code == 403
    fields = {"answer": "regretted", "measured_cost": "27 000", "measured_on": str(today()), "measured_value": "40"}
    assert client.post(address(decision), fields).status_code == 422
    answer = client.post(address(decision), fields | {"reasons": "Half of the crews never came."}, headers=ENGLISH)
    assert answer.status_code == 302
    assert client.get(address(decision)).status_code == 409
    listed = client.get(reverse("governance:second_look:second_looks", args=["ONE"]), headers=ENGLISH).text
    assert "Regretted" in listed
    assert "50.0%" in listed
    assert "Second looks with both figures: 1 of 1." in listed
    assert '<div class="grid" data-cols="2">' in listed  # side by side on a phone, nobody could read them
    for shown in (decision.get_absolute_url(), decision.proposal.get_absolute_url()):
        page = client.get(shown, headers=ENGLISH).text
        for words in (
            "Half of the crews never came.",
            "Measured cost",
            "€27,000",
            "Reached on",
            '<dd class="num">40</dd>',
        ):
            assert words in page, words
    register = reverse("governance:register:register", args=["ONE"])
    assert decision.reference in client.get(f"{register}?second_look=regretted", headers=ENGLISH).text
    assert decision.reference not in client.get(f"{register}?second_look=kept", headers=ENGLISH).text


# — the database —


def write(decision: Decision, by: Any, **changes: Any) -> SecondLook:
    """Write a second look past the services."""
    fields: dict[str, Any] = {
        "decision": decision,
        "answer": KEPT,
        "reasons": "It stands.",
        "looked_by": by,
        "mandate": decision.mandate,
        "acted_at": timezone.now(),
    }
    return SecondLook.objects.bulk_create([SecondLook(**fields | changes)])[0]


def _closed(cast: dict[str, Any], decision: Decision) -> None:
    seat = Mandate.objects.active().deciding().get(project=decision.project)
    close_account(cast["owner"], cast["owner"])
    write(decision, cast["owner"], mandate=seat)


def _tied(cast: dict[str, Any], decision: Decision) -> None:
    about = {"project": decision.project, "person": cast["owner"], "tie": "A cousin.", "acted_at": timezone.now()}
    bidder = Organisation.objects.get(name="Dragages de la Baie (fictif)")
    Interest.objects.bulk_create([Interest(**about, organisation=bidder)])
    write(decision, cast["owner"])


def _without_a_day(cast: dict[str, Any], decision: Decision) -> None:
    never = Decision.objects.filter(project=decision.project, outcome="approved", second_look_on=None).earliest("pk")
    write(never, cast["owner"], mandate=decision.mandate)


def _other_seat(cast: dict[str, Any], decision: Decision) -> None:
    write(decision, cast["pmo"], mandate=Mandate.objects.active().get(project=decision.project, holder=cast["pmo"]))


OWNER_ALONE, IN_FORCE = "The owner in office looks back at a decision (R1)", "A second look is at a decision in force"
HELD = "A decision is proposed again by a role that is held"
TIED = "A declared tie with a bidder blocks this role until the owner settles it (R8)"
GUARD = "secondlook.is_given_by_the_owner"
TRIGGERS: list[Declared] = [
    (GUARD, "another person in the owner's mandate", lambda c, d: write(d, c["pmo"]), OWNER_ALONE),
    (GUARD, "another mandate", _other_seat, OWNER_ALONE),
    (GUARD, "a closed account", _closed, OWNER_ALONE),
    (GUARD, "a decision without a day", _without_a_day, IN_FORCE),
    (GUARD, "a role that nobody holds", lambda c, d: write(d, c["owner"], answer="corrected", role="NONE"), HELD),
    ("secondlook.is_refused_to_the_tied", "the tied owner", _tied, TIED),
    ("secondlook.leaves_an_event", "without its event", lambda c, d: write(d, c["owner"]), leaves(SecondLook)),
]
CONSTRAINTS: dict[str, Any] = {
    "a_second_look_is_reasoned": lambda c, d: write(d, c["owner"], reasons=""),
    "a_second_look_names_a_role_only_to_correct": lambda c, d: write(d, c["owner"], role="PMO"),
    "a_second_look_measures_no_negative_cost": lambda c, d: write(d, c["owner"], measured_cost=-1),
}
ATTACKS = Attacks(TRIGGERS, CONSTRAINTS)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(
    guard: str, cast: dict[str, Any], decision: Decision
) -> None:
    ATTACKS.prove(guard, cast, decision)
