"""Test that a portfolio and a programme owe what is their own: no duty, gate or vacancy of a project."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.acts import acting_as, back_entry
from core.record.sealing import term_of
from governance.decide.obligations.queries import load_obligations
from governance.desk.responsibilities.services import newest
from governance.models import Discharge
from projects.models import Project
from projects.seats.launch.checklist import missing_checks
from projects.seats.mandates.services import accept, appoint, found_project, role_on
from roles.enums import Gate
from tests import acts
from tests.database import owning, undone

pytestmark = pytest.mark.django_db

#: Roles of a project, in both methods.
OF_A_PROJECT = {"MOA", "PMO", "AMOA", "MOE", "DEST", "CDP", "PO", "BM", "UR", "BIG", "PSO", "PM", "SP", "PCT"}


def launch(cast: dict[str, Any], pack: str, *advisers: str) -> Project:
    """Open a node of `other_owner` with this pack, fill its mandatory roles and launch it."""
    level = pack.partition("-")[2]
    words = {"code": "UP", "prefix": "UP", "title_fr": "Haut", "title_en": "Up", "level": level, "pack": pack}
    dates = {"starts_on": timezone.localdate(), "ends_on": acts.FUTURE, "language": "en"}
    owner = cast["other_owner"]
    with owning(), back_entry(timezone.now() - timedelta(hours=1)):
        project = found_project(actor=cast["staff_admin"], owner=owner, fields=words | dates)
        given = [project.mandates.get()]
        for code, member in zip(advisers, ("other_pmo", "other_amoa"), strict=True):
            role = role_on(project, code)
            given.append(appoint(actor=owner, project=project, role=role, holder=cast[member]))
    for mandate in given:
        accept(actor=mandate.holder, mandate=mandate)
    roles = newest(project)
    acts.decide(
        owner, acts.submit_to_owner(project, "appointment", terms={"matrix": term_of(roles.number, roles.hash)})
    )
    acts.decide(owner, acts.submit_to_owner(Project.objects.get(pk=project.pk), "gate", terms={"gate": "G0"}))
    return Project.objects.get(pk=project.pk)


@pytest.mark.parametrize(
    ("pack", "advisers"),
    [
        ("fr-portfolio", ("PFPMO", "PFMET")),
        ("pm2-portfolio", ("PFSO", "PFBR")),
        ("fr-programme", ("PGPMO", "PGAMO")),
        ("pm2-programme", ("PGST", "PGBM")),
    ],
)
def test_a_year_of_a_level_gives_no_duty_of_a_role_that_it_lacks(
    pack: str, advisers: tuple[str, str], cast: dict[str, Any]
) -> None:
    project = launch(cast, pack, *advisers)
    assert project.state == "active"
    assert missing_checks(project) == []
    rows = load_obligations(project, timezone.now() + timedelta(days=366))
    roles = {role.code for role in project.roles()}
    assert {row.role for row in rows} <= roles
    assert not {row.role for row in rows} & OF_A_PROJECT
    held = {seat.role.code for seat in project.mandates.select_related("role")}
    assert {row.role for row in rows} == held, "an optional role never held owes nothing"
    late = [row for row in rows if row.standing == "late"]
    assert {row.role for row in late} <= held
    if project.level == "portfolio":
        assert not {row.key for row in rows} & set(Gate.values)


@pytest.mark.parametrize(
    ("pack", "advisers", "manager"),
    [("fr-programme", ("PGPMO", "PGAMO"), "PGDIR"), ("pm2-programme", ("PGST", "PGBM"), "PGM")],
)
def test_without_a_director_the_office_of_the_programme_owes_the_duties_and_answers_them(
    pack: str, advisers: tuple[str, str], manager: str, cast: dict[str, Any]
) -> None:
    project = launch(cast, pack, *advisers)
    in_a_year = timezone.now() + timedelta(days=366)

    def owing() -> set[str]:
        rows = load_obligations(Project.objects.get(pk=project.pk), in_a_year)
        return {row.role for row in rows if row.duty.code.startswith(f"{manager}-")}

    assert owing() == {advisers[0]}
    [row] = [row for row in load_obligations(project, in_a_year) if row.duty.code == f"{manager}-01"][:1]
    answer = Discharge(project=project, role=advisers[0], duty=row.duty.code, key=row.key, answer="fulfilled")
    answer.note = "The outcomes of the month stand in the report that the owner has received today."
    answer.receivers = [seat.role.code for seat in project.mandates.deciding()]
    answer.answered_by, answer.check_by = cast["other_pmo"], timezone.localdate() + timedelta(days=14)
    answer.acted_at = timezone.now()
    with undone(), acting_as(cast["other_pmo"]):
        Discharge.objects.bulk_create([answer])

    role = role_on(project, manager)
    given = appoint(actor=cast["other_owner"], project=project, role=role, holder=cast["outsider"])
    accept(actor=given.holder, mandate=given)
    assert owing() == {manager}
