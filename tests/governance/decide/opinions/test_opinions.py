"""Test opinions: reasoned, once per role and revision, and never a vote (R2)."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.access import Refused
from governance.decide.opinions.services import AlreadyAdvised, advise
from governance.decide.proposals.services import Outdated
from governance.enums import Position
from governance.models import Opinion
from governance.workflow import WrongState
from projects.models import Notification
from projects.notices.enums import Reason
from projects.seats.mandates.holders import opinion_givers
from projects.seats.mandates.services import appoint, end_mandate
from roles.enums import DecisionKind
from roles.models import RoleTemplate
from tests import acts

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("position", Position)
def test_any_opinion_makes_the_file_ready_for_the_owner(position: Position, pmo: Any, proposal: Any) -> None:
    file = proposal("submitted")
    opinion = acts.advise(pmo, file, position, "Because of the steel.")
    assert acts.reread(file).state == "ready_for_decision"
    assert acts.reread(file).awaited_roles == []
    opinion.refresh_from_db()
    assert (opinion.position, opinion.reasons, opinion.role) == (position, "Because of the steel.", "PMO")
    assert (opinion.adviser, opinion.signature, opinion.mandate.holder) == (pmo, "Priya Nair", pmo)
    assert not file.decisions.exists()


def test_a_file_of_the_provider_waits_for_both_advisers(moe: Any, pmo: Any, amoa: Any, project_one: Any) -> None:
    file = acts.draft(moe, project_one)
    acts.submit(moe, file)
    assert acts.reread(file).awaited_roles == ["AMOA", "PMO"]
    acts.advise(amoa, file)
    assert (acts.reread(file).state, acts.reread(file).awaited_roles) == ("under_review", ["PMO"])
    acts.advise(pmo, file)
    assert acts.reread(file).state == "ready_for_decision"
    assert {opinion.role for opinion in acts.reread(file).current.opinions.all()} == {"AMOA", "PMO"}


def test_a_role_gives_its_opinion_once_per_revision(moe: Any, pmo: Any, project_one: Any) -> None:
    file = acts.draft(moe, project_one)
    acts.submit(moe, file)
    acts.advise(pmo, file)
    kept = acts.count_evidence()
    with pytest.raises(AlreadyAdvised):
        acts.advise(pmo, file, Position.UNFAVOURABLE)
    assert acts.count_evidence() == kept
    assert acts.reread(file).current.opinions.get().position == Position.FAVOURABLE


def test_a_new_revision_asks_for_new_opinions_and_keeps_the_old(amoa: Any, pmo: Any, proposal: Any) -> None:
    file = proposal("ready_for_decision")
    old = file.current
    acts.edit(amoa, file)
    acts.submit(amoa, file)
    assert acts.reread(file).awaited_roles == ["PMO"]
    assert acts.reread(file).current.opinions.count() == 0
    assert old.opinions.count() == 1
    acts.advise(pmo, file, Position.UNFAVOURABLE)
    assert acts.reread(file).current.opinions.get().position == Position.UNFAVOURABLE


def test_an_opinion_on_a_text_that_has_changed_since_is_not_recorded(amoa: Any, pmo: Any, proposal: Any) -> None:
    read = proposal("submitted")
    acts.edit(amoa, read)
    acts.submit(amoa, read)
    kept = acts.count_evidence()
    with pytest.raises(Outdated):
        advise(
            actor=pmo, proposal=read, fingerprint=read.current.hash, position=Position.FAVOURABLE, reasons="It fits."
        )
    assert acts.count_evidence() == kept


def test_an_adviser_without_a_mandate_any_more_gives_none(pmo: Any, owner: Any, proposal: Any) -> None:
    end_mandate(actor=owner, mandate=pmo.mandates.get(project__code="ONE"))
    with pytest.raises(Refused):
        acts.advise(pmo, proposal("submitted"))


def test_the_successor_in_the_role_gives_the_requested_opinion(
    pmo: Any, owner: Any, outsider: Any, project_one: Any, proposal: Any
) -> None:
    end_mandate(actor=owner, mandate=pmo.mandates.get(project=project_one))
    appoint(actor=owner, project=project_one, role=RoleTemplate.objects.get(code="PMO"), holder=outsider)
    opinion = acts.advise(outsider, proposal("submitted"))
    assert (opinion.role, opinion.adviser) == ("PMO", outsider)


@pytest.mark.parametrize("member", ["amoa", "moe", "owner", "recipient", "outsider", "superuser", "staff_admin"])
def test_nobody_else_gives_an_opinion(member: str, cast: dict[str, Any], proposal: Any) -> None:
    kept = Opinion.objects.count()
    with pytest.raises(Refused):
        acts.advise(cast[member], proposal("submitted"))
    assert Opinion.objects.count() == kept


@pytest.fixture
def optional(project_one: Any) -> tuple[str, Any]:
    """Return a kind of decision, and a holder whose opinion on it is optional."""
    for kind in DecisionKind:
        for mandate in opinion_givers(project_one, kind):
            if not mandate.advises:
                return kind, mandate.holder
    raise AssertionError("no role of the cast has an optional opinion")


def test_an_optional_opinion_follows_the_awaited_ones_until_the_last_day(
    optional: tuple[str, Any], project_one: Any, english: Any
) -> None:
    kind, person = optional
    file = acts.submit_to_owner(project_one, kind)
    told = Notification.objects.filter(reason=Reason.DECISION_ASKED).count()
    assert file.state == "ready_for_decision"
    assert english(person).get(file.get_absolute_url()).context["may"]["advise"]
    opinion = acts.advise(person, file, Position.UNFAVOURABLE)
    assert acts.reread(file).state == "ready_for_decision"
    assert opinion in acts.reread(file).current.opinions.all()  # type: ignore[union-attr]
    assert Notification.objects.filter(reason=Reason.DECISION_ASKED).count() == told
    assert not english(person).get(file.get_absolute_url()).context["may"]["advise"]


def test_a_silent_reader_is_told_why_opinions_are_closed(
    optional: tuple[str, Any], project_one: Any, owner: Any, english: Any
) -> None:
    kind, person = optional
    yesterday = timezone.localdate() - timedelta(days=1)
    late = acts.submit_to_owner(project_one, kind, opinions_by=yesterday)
    page = english(person).get(late.get_absolute_url())
    assert not page.context["may"]["advise"]
    assert "The last day for opinions was" in page.text
    with pytest.raises(WrongState):
        acts.advise(person, late)
    decided = acts.submit_to_owner(project_one, kind)
    acts.decide(owner, decided)
    assert "The owner answered on" in english(person).get(decided.get_absolute_url()).text
    withdrawn = acts.submit_to_owner(project_one, kind)
    acts.withdraw(withdrawn.author, withdrawn)
    assert "The proposal was withdrawn on" in english(person).get(withdrawn.get_absolute_url()).text
    assert not english(owner).get(withdrawn.get_absolute_url()).context["opinions"].closed
