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
