"""Test opinions: reasoned, once per role and revision, and never a vote (R2)."""

from typing import Any

import pytest

from core.access import Refused
from governance.enums import Position
from governance.models import Opinion
from governance.opinions.services import AlreadyAdvised, advise
from governance.proposals.services import Outdated
from projects.mandates.services import appoint, end_mandate
from roles.models import RoleTemplate
from tests import acts

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("position", Position)
def test_any_opinion_makes_the_file_ready_for_the_owner(position: Position, pmo: Any, proposal: Any) -> None:
    file = proposal("submitted")
    opinion = acts.advised(pmo, file, position, "Because of the steel.")
    assert acts.fresh(file).state == "ready_for_decision"
    assert acts.fresh(file).awaited_roles == []
    opinion.refresh_from_db()
    assert (opinion.position, opinion.reasons, opinion.role) == (position, "Because of the steel.", "PMO")
    assert (opinion.adviser, opinion.signature, opinion.mandate.holder) == (pmo, "Priya Nair", pmo)
    assert not file.decisions.exists()


def test_a_file_of_the_provider_waits_for_both_advisers(moe: Any, pmo: Any, amoa: Any, project_one: Any) -> None:
    file = acts.drafted(moe, project_one)
    acts.submitted(moe, file)
    assert acts.fresh(file).awaited_roles == ["AMOA", "PMO"]
    acts.advised(amoa, file)
    assert (acts.fresh(file).state, acts.fresh(file).awaited_roles) == ("under_review", ["PMO"])
    acts.advised(pmo, file)
    assert acts.fresh(file).state == "ready_for_decision"
    assert {opinion.role for opinion in acts.fresh(file).current.opinions.all()} == {"AMOA", "PMO"}


def test_a_role_gives_its_opinion_once_per_revision(moe: Any, pmo: Any, project_one: Any) -> None:
    file = acts.drafted(moe, project_one)
    acts.submitted(moe, file)
    acts.advised(pmo, file)
    kept = acts.recorded()
    with pytest.raises(AlreadyAdvised):
        acts.advised(pmo, file, Position.UNFAVOURABLE)
    assert acts.recorded() == kept
    assert acts.fresh(file).current.opinions.get().position == Position.FAVOURABLE


def test_a_new_revision_asks_for_new_opinions_and_keeps_the_old(amoa: Any, pmo: Any, proposal: Any) -> None:
    file = proposal("ready_for_decision")
    old = file.current
    acts.edited(amoa, file)
    acts.submitted(amoa, file)
    assert acts.fresh(file).awaited_roles == ["PMO"]
    assert acts.fresh(file).current.opinions.count() == 0
    assert old.opinions.count() == 1
    acts.advised(pmo, file, Position.UNFAVOURABLE)
    assert acts.fresh(file).current.opinions.get().position == Position.UNFAVOURABLE


def test_an_opinion_on_a_text_that_has_changed_since_is_not_recorded(amoa: Any, pmo: Any, proposal: Any) -> None:
    read = proposal("submitted")
    acts.edited(amoa, read)
    acts.submitted(amoa, read)
    kept = acts.recorded()
    with pytest.raises(Outdated):
        advise(
            actor=pmo, proposal=read, fingerprint=read.current.hash, position=Position.FAVOURABLE, reasons="It fits."
        )
    assert acts.recorded() == kept


def test_an_adviser_without_a_mandate_any_more_gives_none(pmo: Any, owner: Any, proposal: Any) -> None:
    end_mandate(actor=owner, mandate=pmo.mandates.get(project__code="ONE"))
    with pytest.raises(Refused):
        acts.advised(pmo, proposal("submitted"))


def test_the_successor_in_the_role_gives_the_requested_opinion(
    pmo: Any, owner: Any, outsider: Any, project_one: Any, proposal: Any
) -> None:
    end_mandate(actor=owner, mandate=pmo.mandates.get(project=project_one))
    appoint(actor=owner, project=project_one, role=RoleTemplate.objects.get(code="PMO"), holder=outsider)
    opinion = acts.advised(outsider, proposal("submitted"))
    assert (opinion.role, opinion.adviser) == ("PMO", outsider)


def test_an_adviser_appointed_after_the_submission_is_not_asked(
    owner: Any, outsider: Any, project_two: Any, other_owner: Any, cast: dict[str, Any]
) -> None:
    """A role that nobody held at submission is not asked, and gives no opinion on it."""
    pmo = cast["other_pmo"].mandates.get(project=project_two)
    end_mandate(actor=other_owner, mandate=pmo)
    file = acts.drafted(cast["other_amoa"], project_two, "arbitration")
    acts.submitted(cast["other_amoa"], file)
    assert acts.fresh(file).state == "ready_for_decision"
    appoint(actor=other_owner, project=project_two, role=RoleTemplate.objects.get(code="PMO"), holder=outsider)
    with pytest.raises(Refused):
        acts.advised(outsider, file)


@pytest.mark.parametrize("member", ["amoa", "moe", "owner", "recipient", "outsider", "superuser", "staff_admin"])
def test_nobody_else_gives_an_opinion(member: str, cast: dict[str, Any], proposal: Any) -> None:
    kept = Opinion.objects.count()
    with pytest.raises(Refused):
        acts.advised(cast[member], proposal("submitted"))
    assert Opinion.objects.count() == kept
