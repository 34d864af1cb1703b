"""Test that each opinion asked is given, waived in words, or impossible with its reason and period (R2)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from core.acts import acting_as, open_act
from governance.decide.decisions.fingerprint import read_parts
from governance.decide.decisions.models import Decision
from governance.decide.decisions.services import OpinionMissing
from governance.decide.proposals.services import awaits_nobody
from governance.models import Proposal
from governance.record.records.facts import build_record
from governance.record.verification.verifier import verify
from projects.ledger.enums import Act
from projects.ledger.services import instant, lock_organisation, record
from projects.models import Mandate, Notification, Project
from projects.seats.interests.services import declare_interest, note_bidder
from projects.seats.mandates.availability import Unavailable, list_unavailable
from projects.seats.mandates.services import appoint, end_mandate, role_on
from roles.models import User
from tests import acts
from tests.database import refusal

pytestmark = pytest.mark.django_db
WHY = "The envelope is due before the successor can begin."
Ends = Callable[[], Mandate]


def seat(project: Project, code: str) -> Mandate:
    """Return the mandate in force of a role."""
    return project.mandates.active().get(role__code=code)


def close(person: User, *, active: bool = False) -> None:
    """Close an account, or open it again, as the directory does."""
    _provision(actor=User.objects.installation(), person=person, active=active)


@open_act
def _provision(*, actor: User, person: User, active: bool) -> None:
    chain = lock_organisation()
    person.is_active = active
    person.save(update_fields=["is_active"])
    record(act=Act.PROVISION_ACCOUNT, actor=actor, project=chain, subject=person, person=person.key)


@pytest.fixture
def ends_amoa(owner: User, project_one: Project) -> Ends:
    """Return a function that ends the mandate of the AMOA."""
    return lambda: end_mandate(actor=owner, mandate=seat(project_one, "AMOA"))


def submit(author: User, project: Project, kind: str = "change", **content: Any) -> Proposal:
    """Submit a proposal."""
    file = acts.draft(author, project, kind, **content)
    acts.submit(author, file)
    return acts.reread(file)


def unchecked(decision: Decision) -> list[str]:
    """Return what the verifier says of the project of the decision."""
    return [str(fault) for fault in verify(decision.project).faults]


def test_a_vacant_role_is_asked_and_awaited(pmo: User, project_one: Project, ends_amoa: Ends) -> None:
    ends_amoa()
    file = submit(pmo, project_one)
    assert file.current is not None
    assert (file.current.asked_roles, file.awaited_roles, file.state) == (["AMOA"], ["AMOA"], "submitted")


def test_a_budget_is_not_multiplied_while_the_adviser_is_put_aside(
    owner: User, pmo: User, project_one: Project, ends_amoa: Ends
) -> None:
    """The seat ends, the budget is decided and the same person comes back: it is never silent."""
    before = ends_amoa()
    file = submit(pmo, project_one, "budget", terms={"budget": "42000000.00"})
    for waived in ({}, {"AMOA": ""}, {"AMOA": " . "}, {"AMOA": "\u200b"}, {"PMO": WHY}):
        with pytest.raises(OpinionMissing):
            acts.decide(owner, file, waived=waived)
    decision = acts.decide(owner, file, waived={"AMOA": WHY})
    appoint(actor=owner, project=project_one, role=before.role, holder=before.holder)
    decision.refresh_from_db()
    assert decision.waived == {"AMOA": WHY}
    assert before.ends_at is not None
    assert decision.impossible == {"AMOA": {"reason": "vacant", "since": instant(before.ends_at), "until": ""}}
    assert decision.follows_a_short_vacancy
    assert unchecked(decision) == []


def test_the_facts_are_sealed(owner: User, pmo: User, project_one: Project, ends_amoa: Ends) -> None:
    ends_amoa()
    decision = acts.decide(owner, submit(pmo, project_one), waived={"AMOA": WHY})
    sealed = decision.seal()
    decision.impossible = {"AMOA": {**decision.impossible["AMOA"], "since": instant(timezone.now() - timedelta(9))}}
    assert decision.seal() != sealed
    decision.impossible = {}
    assert decision.seal() != sealed
    assert "impossible" not in decision.sealed_content()


def test_a_closed_account_leaves_its_role_awaited(owner: User, pmo: User, amoa: User, project_one: Project) -> None:
    before = timezone.now()
    close(pmo)
    file = submit(amoa, project_one)
    assert file.awaited_roles == ["PMO"]
    with pytest.raises(OpinionMissing):
        acts.decide(owner, file)
    decision = acts.decide(owner, file, waived={"PMO": WHY})
    close(pmo, active=True)
    facts = decision.impossible["PMO"]
    assert (facts["reason"], facts["until"]) == ("closed", "")
    assert before <= datetime.fromisoformat(facts["since"]) <= decision.acted_at
    assert decision.follows_a_short_vacancy
    assert unchecked(decision) == []


def test_a_tied_adviser_makes_the_opinion_impossible(
    owner: User, pmo: User, moe: User, amoa: User, project_one: Project
) -> None:
    bidder = note_bidder(actor=owner, project=project_one, organisation="New Cranes")
    tie = declare_interest(actor=pmo, project=project_one, organisation="New Cranes", tie="Shares held since spring.")
    decision = acts.decide(owner, submit(amoa, project_one), waived={"PMO": WHY})
    since = instant(max(bidder.acted_at, tie.acted_at))
    assert decision.impossible == {"PMO": {"reason": "tied", "since": since, "until": ""}}
    assert not decision.follows_a_short_vacancy


def test_the_next_holder_is_told_of(
    owner: User, pmo: User, outsider: User, project_one: Project, ends_amoa: Ends
) -> None:
    ends_amoa()
    begins = timezone.now() + timedelta(days=3)
    appoint(actor=owner, project=project_one, role=role_on(project_one, "AMOA"), holder=outsider, starts_at=begins)
    decision = acts.decide(owner, submit(pmo, project_one), waived={"AMOA": WHY})
    assert decision.impossible["AMOA"]["until"] == instant(begins)
    [unheard] = decision.unheard
    with translation.override("en"):
        assert str(unheard.unavailable).startswith("Role vacant since ")
        assert "next holder from" in str(unheard.unavailable)


def test_a_role_filled_before_the_decision_is_waived_and_not_impossible(
    owner: User, pmo: User, outsider: User, project_one: Project, ends_amoa: Ends
) -> None:
    ends_amoa()
    file = submit(pmo, project_one)
    appoint(actor=owner, project=project_one, role=role_on(project_one, "AMOA"), holder=outsider)
    decision = acts.decide(owner, file, waived={"AMOA": WHY})
    assert (decision.waived, decision.impossible) == ({"AMOA": WHY}, {})


def test_an_opinion_given_before_the_seat_ended_is_heard(
    owner: User, pmo: User, amoa: User, project_one: Project, ends_amoa: Ends
) -> None:
    file = submit(pmo, project_one)
    acts.advise(amoa, file)
    ends_amoa()
    decision = acts.decide(owner, file)
    assert (decision.waived, decision.impossible) == ({}, {})


def test_a_successor_gives_the_opinion_that_was_asked_of_a_vacant_role(
    owner: User, pmo: User, outsider: User, project_one: Project, ends_amoa: Ends
) -> None:
    ends_amoa()
    file = submit(pmo, project_one)
    appoint(actor=owner, project=project_one, role=role_on(project_one, "AMOA"), holder=outsider)
    acts.advise(outsider, file)
    assert acts.reread(file).state == "ready_for_decision"


def test_a_role_that_was_never_held_is_vacant_since_the_project_has_roles(project_one: Project) -> None:
    now = timezone.now()
    facts = list_unavailable(project_one, ["NOBODY"], now)["NOBODY"]
    first = project_one.matrices.earliest("number")
    assert facts == {"reason": "vacant", "since": instant(first.acted_at), "until": ""}
    assert not Unavailable.read(facts).is_short(now)
    assert list_unavailable(project_one, ["PMO", "AMOA"], now) == {}


def test_the_latest_of_several_absences_counts(
    owner: User, outsider: User, project_one: Project, ends_amoa: Ends
) -> None:
    ends_amoa()
    second = appoint(actor=owner, project=project_one, role=role_on(project_one, "AMOA"), holder=outsider)
    assert list_unavailable(project_one, ["AMOA"], timezone.now()) == {}
    second = end_mandate(actor=owner, mandate=second)
    facts = list_unavailable(project_one, ["AMOA"], timezone.now())["AMOA"]
    assert facts == {"reason": "vacant", "since": instant(second.ends_at), "until": ""}  # type: ignore[arg-type]


def test_a_vacancy_is_short_for_seven_days(project_one: Project) -> None:
    now = timezone.now()
    facts = {"reason": "vacant", "since": instant(now - timedelta(days=7)), "until": ""}
    assert not Unavailable.read(facts).is_short(now)
    assert Unavailable.read(facts).is_short(now - timedelta(microseconds=1))
    assert not Unavailable.read({**facts, "reason": "tied"}).is_short(now - timedelta(days=1))


def test_the_owner_learns_that_only_they_can_go_on(
    owner: User, pmo: User, project_one: Project, ends_amoa: Ends
) -> None:
    waiting = submit(pmo, project_one)
    assert waiting not in Proposal.objects.awaiting_decision_of(owner)
    ends_amoa()
    file = submit(pmo, project_one)
    assert awaits_nobody(file)
    assert {waiting, file} <= set(Proposal.objects.awaiting_decision_of(owner))
    told = Notification.objects.filter(event__proposal=file, recipient=owner)
    assert [notice.reason for notice in told] == ["decision_asked"]


@pytest.mark.parametrize(("language", "words"), [("en", "Role vacant since"), ("fr", "Rôle vacant depuis le")])
def test_every_page_tells_the_three_cases(
    language: str,
    words: str,
    owner: User,
    moe: User,
    pmo: User,
    outsider: User,
    project_one: Project,
    ends_amoa: Ends,
    client_of: Any,
) -> None:
    ends_amoa()
    with acting_as(owner):
        owner.language = language
        owner.save(update_fields=["language"])
    file = submit(moe, project_one)
    client = client_of(owner)
    page = client.get(file.get_absolute_url()).content.decode()
    assert words in page
    posted = {
        "fingerprint": acts.fingerprint(file),
        "option": "A",
        "outcome": "approved",
        "reasons": "The season begins.",
        "waiver-AMOA": WHY,
        "waiver-PMO": "The PMO is at sea until Friday.",
        "conditions-TOTAL_FORMS": "1",
        "conditions-INITIAL_FORMS": "0",
        "step": "review",
    }
    address = reverse("governance:dossier:proposal_decide", args=[file.pk])
    refused = client.post(address, posted | {"waiver-AMOA": "."})
    assert refused.status_code == 422
    review = client.post(address, posted).content.decode()
    impossible, waived, short = {
        "en": ("Opinion impossible", "Opinion not received", "Vacant for less than 7 days"),
        "fr": ("Avis impossible", "Avis non rendu", "Vacant depuis moins de 7 jours"),
    }[language]
    assert all(text in review for text in (words, impossible, waived, short))
    sealed = client.post(address, hidden_fields(review) | {"step": "seal"})
    assert sealed.status_code == 302
    decision = Decision.objects.get(proposal=file)
    for url in (file.get_absolute_url(), reverse("governance:register:register", args=["ONE"])):
        assert words in client.get(url).content.decode()
    record = build_record(Decision.objects.with_record().get(pk=decision.pk), language)
    lines = {line.label: line for section in record.sections for line in section.lines}
    assert words in lines["AMOA"].text
    assert (lines["AMOA"].words, lines["AMOA"].marks) == (WHY, (short,))
    assert lines["PMO"].words == "The PMO is at sea until Friday."
    assert words in client.get(decision.get_absolute_url()).content.decode()
    pdf = client.get(reverse("governance:records:decision_record_pdf", args=[decision.pk]))
    assert pdf.content.startswith(b"%PDF")


def hidden_fields(page: str) -> dict[str, str]:
    """Return the hidden fields of the review form."""
    import html
    import re

    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in fields}


def test_the_database_takes_no_other_answer(owner: User, pmo: User, project_one: Project, ends_amoa: Ends) -> None:
    """The raw row is the one of the service but for one part."""
    ends_amoa()
    file = submit(pmo, project_one)
    facts = list_unavailable(project_one, ["AMOA"], timezone.now())
    mandate = seat(project_one, "MOA")

    def write(**changes: Any) -> None:
        fields = {
            "project": project_one,
            "number": 900,
            "proposal": file,
            "revision": file.current,
            "revision_hash": acts.fingerprint(file),
            "outcome": "approved",
            "option": "A",
            "reasons": "Because.",
            "decided_by": owner,
            "mandate": mandate,
            "signature": "X",
            "waived": {"AMOA": WHY},
            "impossible": facts,
            "seen": read_parts(file),
            "acted_at": timezone.now(),
        }
        with acting_as(owner):
            Decision.objects.bulk_create([Decision(**fields | changes)])

    told = "A decision tells which opinions were impossible, why and since when, as the seats are (R2)"
    earlier = {"AMOA": {**facts["AMOA"], "since": instant(timezone.now() - timedelta(days=30))}}
    assert "leaves an event" in refusal(lambda: write())
    for wrong in ({}, earlier, {"AMOA": {**facts["AMOA"], "reason": "tied"}}, facts | {"PMO": facts["AMOA"]}):
        assert told in refusal(lambda wrong=wrong: write(impossible=wrong))
    assert "A missing opinion is waived in writing (R2)" in refusal(lambda: write(waived={}))
