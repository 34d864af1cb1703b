"""Test the owner's answers to an acceptance: words, reservations with their defects, the price (domain.md §4)."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from amoa.models import Defect
from core.history import bypassing_history
from governance.decide.decisions.condition_services import lift, prove, waive
from governance.decide.decisions.fingerprint import read_parts
from governance.decide.decisions.services import NewCondition, decide
from governance.decide.kinds.registry import kind_of
from governance.enums import ACCEPTANCES, APPROVALS, WITH_CONDITIONS, EffectiveFrom, Outcome
from governance.models import Condition, Decision, Proposal
from governance.record.verification.verifier import verify
from projects.models import Notification, Project
from projects.notices.tasks import build_mail
from roles.enums import DecisionKind
from tests import acts
from tests.amoa.acceptance import factories as acceptance
from tests.database import fire_deferred_triggers

pytestmark = pytest.mark.django_db

RESERVED = Outcome.ACCEPTED_WITH_RESERVATIONS
REDUCED = Outcome.ACCEPTED_WITH_PRICE_REDUCTION


@pytest.fixture(scope="module")
def kept_delivered(kept_database: None) -> Proposal:
    """Put an acceptance to the owner, once for the file."""
    file = acts.submit_to_owner(Project.objects.get(code="ONE"), "acceptance")
    fire_deferred_triggers()
    return file


@pytest.fixture
def delivered(kept_delivered: Proposal) -> Proposal:
    """Return the acceptance that was put to the owner."""
    return acts.reread(kept_delivered)


@pytest.fixture
def found(amoa: Any, project_one: Any) -> Defect:
    """Return an open defect."""
    return acceptance.create_defect(amoa, project_one)


@pytest.mark.parametrize("kind", DecisionKind)
def test_each_kind_has_its_own_answers(kind: DecisionKind) -> None:
    yes = set(kind_of(kind).outcomes) & APPROVALS
    assert yes == (set(ACCEPTANCES) if kind in {"interim_acceptance", "acceptance"} else APPROVALS - set(ACCEPTANCES))
    assert set(kind_of(kind).outcomes) - yes == set(Outcome) - APPROVALS


@pytest.mark.parametrize("outcome", ACCEPTANCES)
def test_the_owner_accepts_in_each_of_these_words(outcome: Outcome, owner: Any, delivered: Proposal) -> None:
    decision = acts.decide(owner, delivered, outcome)
    fire_deferred_triggers()
    assert (decision.outcome, decision.approves, decision.reserves) == (outcome, True, outcome == RESERVED)
    assert acts.reread(delivered).state == ("conditions_open" if outcome in WITH_CONDITIONS else "decided")
    assert verify(delivered.project).faults == []


@pytest.mark.parametrize("kind", ["acceptance", "change"])
def test_an_answer_of_another_kind_is_refused(kind: str, owner: Any, project_one: Any) -> None:
    file = acts.submit_to_owner(project_one, kind)
    kept = acts.count_evidence()
    others = APPROVALS - set(kind_of(kind).outcomes)
    for outcome in sorted(others):
        with pytest.raises(ValidationError) as error:
            decide(
                actor=owner,
                proposal=file,
                fingerprint=acts.fingerprint(file),
                seen=read_parts(file),
                outcome=Outcome(outcome),
                reasons="Yes.",
            )
        assert set(error.value.message_dict) == {"outcome"}
    assert (len(others), acts.count_evidence()) == (3 if kind == "change" else 2, kept)


@pytest.mark.parametrize(("outcome", "price"), [(REDUCED, None), (REDUCED, Decimal(0)), (Outcome.ACCEPTED, Decimal(5))])
def test_a_price_is_reduced_by_something_and_by_that_answer_only(
    outcome: Outcome, price: Any, owner: Any, delivered: Proposal
) -> None:
    with pytest.raises(ValidationError) as error:
        acts.decide(owner, delivered, outcome, price_reduction=price)
    assert set(error.value.message_dict) == {"price_reduction"}


def test_the_price_and_the_defects_are_sealed_and_what_had_none_keeps_its_seal(
    owner: Any, delivered: Proposal, project_one: Any, found: Defect
) -> None:
    plain = acts.decide(owner, delivered, Outcome.ACCEPTED)
    assert "price_reduction" not in plain.sealed_content()
    reduced = acts.decide(owner, acts.submit_to_owner(project_one, "acceptance"), REDUCED)
    assert reduced.sealed_content()["price_reduction"] == "1250.00"
    sealed = reduced.seal()
    reduced.refresh_from_db()
    assert reduced.seal() == sealed
    reduced.price_reduction = Decimal(1)
    assert reduced.seal() != sealed
    rows = [NewCondition("Put right.", "MOE", acts.FUTURE, found), NewCondition("Manual.", "MOE", acts.FUTURE)]
    reserved = acts.decide(owner, acts.submit_to_owner(project_one, "acceptance"), RESERVED, rows)
    assert [len(row) for row in reserved.sealed_content()["conditions"]] == [5, 4]
    assert reserved.sealed_content()["conditions"][0][4] == str(found.pk)
    fire_deferred_triggers()
    assert verify(project_one).faults == []


def test_lifting_a_reservation_closes_its_defect_in_the_same_act(
    owner: Any, moe: Any, delivered: Proposal, found: Defect
) -> None:
    rows = [NewCondition("Put right.", "MOE", acts.FUTURE, found), NewCondition("Manual.", "MOE", acts.FUTURE)]
    decision = acts.decide(owner, delivered, RESERVED, rows)
    first, second = decision.conditions.all()
    prove(actor=moe, condition=first, proof="Version 1.2.")
    found.refresh_from_db()
    assert found.state == "open"
    first.refresh_from_db()
    lift(actor=owner, condition=first, proof="Version 1.2.")
    fire_deferred_triggers()
    found.refresh_from_db()
    first.refresh_from_db()
    assert (found.state, found.closed_at, first.state) == ("closed", first.lifted_at, "met")
    assert found.history.latest().history_user == owner
    assert acts.reread(delivered).state == "conditions_open"
    lift(actor=owner, condition=second, proof="Seen.")
    assert acts.reread(delivered).state == "closed"


def test_a_defect_that_was_closed_meanwhile_stays_as_it_is(owner: Any, delivered: Proposal, found: Defect) -> None:
    decision = acts.decide(owner, delivered, RESERVED, [NewCondition("Put right.", "MOE", acts.FUTURE, found)])
    with bypassing_history():
        Defect.objects.filter(pk=found.pk).update(state="closed", closed_at=decision.acted_at)
    lift(actor=owner, condition=decision.conditions.get(), proof="Seen.")
    found.refresh_from_db()
    assert found.closed_at == decision.acted_at


def test_a_reservation_waits_for_the_role_that_answers_for_it_then_for_the_owner(
    owner: Any, moe: Any, amoa: Any, delivered: Proposal
) -> None:
    decision = acts.decide(owner, delivered, RESERVED)
    fire_deferred_triggers()
    [reservation] = decision.conditions.all()
    answers = {"MOE": moe, "AMOA": amoa}[reservation.role]
    assert reservation in Condition.objects.awaiting(answers)
    assert reservation not in Condition.objects.awaiting(owner)
    prove(actor=answers, condition=reservation, proof="Tested again.")
    assert reservation not in Condition.objects.awaiting(answers)
    assert reservation in Condition.objects.awaiting(owner)


def test_a_reservation_that_is_given_up_leaves_its_defect_open(owner: Any, delivered: Proposal, found: Defect) -> None:
    decision = acts.decide(owner, delivered, RESERVED, [NewCondition("Put right.", "MOE", acts.FUTURE, found)])
    waive(actor=owner, condition=decision.conditions.get(), because="We live with it.")
    fire_deferred_triggers()
    found.refresh_from_db()
    assert (found.state, acts.reread(delivered).state) == ("open", "closed")


def test_an_acceptance_with_reservations_may_wait_and_no_other(owner: Any, project_one: Any) -> None:
    later = {"effective": EffectiveFrom.WHEN_MET}
    assert acts.decide(owner, acts.submit_to_owner(project_one, "acceptance"), RESERVED, **later).waits
    file = acts.submit_to_owner(project_one, "acceptance")
    with pytest.raises(Exception, match="only_an_approval_with_conditions_takes_effect_later"):
        acts.decide(owner, file, Outcome.ACCEPTED, **later)


# — the form, the record, the mails —


@pytest.fixture(autouse=True)
def in_english(client: Client) -> None:
    """Return the words of the pages below."""
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"


@pytest.fixture
def on_campaign(amoa: Any, project_one: Any, found: Defect) -> Proposal:
    """Put an acceptance to the owner that names the campaign of the defect."""
    minor = acceptance.create_defect(
        amoa, project_one, campaign=found.campaign, severity="minor", title="A label is too small"
    )
    acceptance.create_defect(amoa, project_one, campaign=found.campaign, severity="blocking", title="No tide at all")
    assert minor.campaign == found.campaign
    return acts.submit_to_owner(
        project_one, "acceptance", terms={"campaign": acceptance.closed_campaign_term(amoa, found.campaign)}
    )


def found_last(many: int) -> list[Defect]:
    """List the latest reported defects in their order."""
    return list(Defect.objects.order_by("-pk")[:many])[::-1]


def posted(proposal: Proposal, **fields: str) -> dict[str, str]:
    rows = {"conditions-TOTAL_FORMS": "3", "conditions-INITIAL_FORMS": "3"}
    common = {"option": "A", "fingerprint": acts.fingerprint(proposal), "reasons": "I accept.", "step": "review"}
    return rows | common | fields


def test_the_reservations_are_prefilled_from_the_defects_that_are_not_settled(
    client: Client, owner: Any, on_campaign: Proposal
) -> None:
    client.force_login(owner)
    page = client.get(on_campaign.get_absolute_url())
    rows = page.context["answer"].conditions.forms
    major, minor, blocking = found_last(3)
    assert [row["text"].value() for row in rows] == [str(blocking), str(major), str(minor)]
    assert (major.severity, minor.severity, blocking.severity) == ("major", "minor", "blocking")
    assert {row["role"].value() for row in rows} == {"MOE"}
    assert "Reservation 3" in page.text
    assert "Responsible role" in page.text


def test_the_owner_drops_one_adds_one_and_seals(client: Client, owner: Any, on_campaign: Proposal) -> None:
    client.force_login(owner)
    defects = {str(defect.pk): defect for defect in found_last(3)}
    keys, fields = [*defects], {"outcome": RESERVED.value}
    for row, key in enumerate(keys):
        fields |= {
            f"conditions-{row}-text": str(defects[key]),
            f"conditions-{row}-role": "MOE",
            f"conditions-{row}-due_on": str(acts.FUTURE),
            f"conditions-{row}-subject": key,
        }
    fields |= {"conditions-0-left_out": "on", "conditions-0-due_on": "", "conditions-TOTAL_FORMS": "4"}
    fields |= {"conditions-3-text": "Manual.", "conditions-3-role": "AMOA", "conditions-3-due_on": str(acts.FUTURE)}
    address = reverse("governance:dossier:proposal_decide", args=[on_campaign.pk])
    review = client.post(address, posted(on_campaign, **fields))
    listed = review.text.partition("Reservations</h3>")[2].partition("</ol>")[0]
    told = [*(defect.reference for defect in defects.values()), "Manual."]
    assert [words in listed for words in told] == [False, True, True, True]
    assert client.post(address, posted(on_campaign, **fields | {"step": "seal"})).status_code == 302
    decision = Decision.objects.latest("pk")
    assert [(condition.number, condition.subject_id) for condition in decision.conditions.all()] == [
        (1, int(keys[1])),
        (2, int(keys[2])),
        (3, None),
    ]


def test_the_price_is_asked_shown_before_the_seal_and_in_the_record(
    client: Client, owner: Any, delivered: Proposal
) -> None:
    client.force_login(owner)
    address = reverse("governance:dossier:proposal_decide", args=[delivered.pk])
    fields = {"outcome": REDUCED.value, "conditions-TOTAL_FORMS": "1", "conditions-INITIAL_FORMS": "0"}
    for wrong in ("", "0", "much"):
        refused = client.post(address, posted(delivered, **fields | {"price_reduction": wrong}))
        assert refused.status_code == 422
        assert "price_reduction" in refused.context["answer"].form.errors
    fields |= {"price_reduction": "1,250.50"}
    assert "€1,250.50" in client.post(address, posted(delivered, **fields)).text
    assert client.post(address, posted(delivered, **fields | {"step": "seal"})).status_code == 302
    decision = Decision.objects.latest("pk")
    assert decision.price_reduction == Decimal("1250.50")
    assert "1,250.50" in client.get(decision.get_absolute_url()).text


def test_the_words_are_those_of_a_reservation(client: Client, owner: Any, moe: Any, delivered: Proposal) -> None:
    decision = acts.decide(owner, delivered, RESERVED, [NewCondition("Put right.", "MOE", acts.FUTURE)])
    condition = decision.conditions.get()
    client.force_login(owner)
    for address in (
        delivered.get_absolute_url(),
        decision.get_absolute_url(),
        reverse("governance:dossier:condition_lift", args=[condition.pk]),
    ):
        page = client.get(address).text.partition("<main")[2]
        assert "eservation" in page
        assert "ondition" not in re.sub(r'/conditions/|governance.condition-|["#]condition-', "", page)
    prove(actor=moe, condition=condition, proof="Report 3.")
    condition.refresh_from_db()
    lift(actor=owner, condition=condition, proof="Report 3.")
    told = Notification.objects.order_by("-pk")
    assert {notice.reason for notice in told[:2]} >= {"reservation_lifted"}
    assert {notice.reason for notice in told} >= {"reservation_proved"}
    written = build_mail(told[0])
    assert "réserve" in written.subject.lower()
    assert "ondition" not in written.subject + written.body
