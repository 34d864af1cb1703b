"""Test that a kind has the letters of its own line in the matrix, and without one those of the kind it follows."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.access import Refused, can
from core.acts import back_entry
from governance.decide.proposals.queries import list_kinds
from governance.desk.inbox.reader import list_informed
from governance.desk.permissions.simulation import build_columns, list_proposing_roles
from governance.models import Proposal
from projects.models import Project
from projects.seats.mandates.holders import opinion_givers, proposers
from projects.seats.mandates.services import appoint, found_project, role_on
from projects.seats.role_templates.services import install_pack
from roles.enums import TAKE_OVER
from roles.role_templates.catalogue import Pack
from roles.role_templates.content import Line, Matrix, published_matrix
from tests import acts
from tests.database import owning

pytestmark = pytest.mark.django_db

#: The part of each role in the line of its own: the AMOA proposes it, whom the standards never let propose.
PARTS = {"MOA": ("decide",), "AMOA": ("propose", "advise"), "PMO": ("advise",), "MOE": ("informed",)}


def _with_a_line_of_its_own(content: Matrix) -> Matrix:
    """Add a line that names the take-over, with the letters of PARTS."""
    line = Line("REPRISE", "business", "Reprise de l’ancien registre", "Take-over of the register", (TAKE_OVER,))
    roles = tuple(
        replace(
            role,
            duties=(
                *role.duties,
                *(
                    replace(role.duties[0], code=f"{role.code}-9{place}", nature=nature, activities=(line.code,))
                    for place, nature in enumerate(PARTS.get(role.code, ()))
                ),
            ),
        )
        for role in content.roles
    )
    return Matrix((*content.lines, line), roles)


@pytest.fixture
def found(cast: dict[str, Any]) -> Callable[[Matrix], Project]:
    """Open a project with a matrix; the PMO, the AMOA and the provider of the cast hold its roles."""

    def build(content: Matrix) -> Project:
        install_pack(actor=cast["staff_admin"], pack=Pack("own", "Propre", "Own", "", content))
        words = {"code": "OWN", "prefix": "W", "title_fr": "Propre", "title_en": "Own", "language": "en"}
        dates = {"starts_on": timezone.localdate(), "ends_on": acts.FUTURE, "pack_id": "own"}
        with owning(), back_entry(timezone.now() - timedelta(days=1)):
            project = found_project(actor=cast["staff_admin"], owner=cast["owner"], fields=words | dates)
            for code, member in {"PMO": "pmo", "AMOA": "amoa", "MOE": "moe"}.items():
                appoint(actor=cast["owner"], project=project, role=role_on(project, code), holder=cast[member])
        return Project.objects.get(pk=project.pk)

    return build


def _list_proposers(project: Project, cast: dict[str, Any]) -> set[str]:
    """List who may propose the take-over by the permissions, and expect each other answer to be the same."""
    intended = Proposal(project=project, kind=TAKE_OVER)
    may = {member for member in ("owner", "pmo", "amoa", "moe") if can(cast[member], "governance.propose", intended)}
    assert may == {member for member in cast if TAKE_OVER in {kind.code for kind in list_kinds(cast[member], project)}}
    assert {mandate.holder for mandate in proposers(project, TAKE_OVER)} == {cast[member] for member in may}
    roles = list_proposing_roles(project, [column for column in build_columns(project) if column.is_role], TAKE_OVER)
    assert {code.lower() for code in roles} == may
    return may


def test_a_kind_without_a_line_has_the_letters_of_the_kind_it_follows(found: Any, cast: dict[str, Any]) -> None:
    project = found(published_matrix("fr"))
    assert _list_proposers(project, cast) == {"pmo"}
    informed = list_informed(cast["moe"])
    assert (f"{project.pk}:{TAKE_OVER}" in informed) == (f"{project.pk}:standard_adoption" in informed)
    with pytest.raises(Refused):
        acts.draft(cast["amoa"], project, TAKE_OVER, terms={})


def test_a_kind_with_a_line_of_its_own_has_its_own_letters(found: Any, cast: dict[str, Any]) -> None:
    project = found(_with_a_line_of_its_own(published_matrix("fr")))
    assert _list_proposers(project, cast) == {"amoa"}
    assert {mandate.role.code for mandate in opinion_givers(project, TAKE_OVER)} == {"AMOA", "PMO"}
    assert f"{project.pk}:{TAKE_OVER}" in list_informed(cast["moe"])
    with pytest.raises(Refused):
        acts.draft(cast["pmo"], project, TAKE_OVER, terms={})


def test_the_database_reads_the_same_letters(found: Any, cast: dict[str, Any]) -> None:
    project = found(_with_a_line_of_its_own(published_matrix("fr")))
    terms = acts.terms_of(project, TAKE_OVER)
    revision = acts.submit(cast["amoa"], acts.draft(cast["amoa"], project, TAKE_OVER, terms=terms))
    assert revision.asked_roles == ["PMO"]
