"""A programme and a portfolio with roles of their level: those of a project without the lines of a project alone."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from core.acts import act_time, acting_as, back_entry
from projects.enums import Level
from projects.ledger.enums import Act
from projects.ledger.services import record
from projects.models import Matrix, Project
from projects.seats.mandates.services import appoint, found_project, role_on
from projects.seats.matrix.models import sealed_columns
from roles.enums import DecisionKind
from tests import acts
from tests.database import fire_deferred_triggers, owning, run

#: Kinds that no level above the project decides.
OF_PROJECTS = frozenset(
    {
        DecisionKind.REQUIREMENT_BASELINE,
        DecisionKind.CHANGE,
        DecisionKind.MINOR_CHANGE,
        DecisionKind.SUPPLIER_CHOICE,
        DecisionKind.INTERIM_ACCEPTANCE,
        DecisionKind.ACCEPTANCE,
    }
)


def found_level(cast: dict[str, Any], level: Level, code: str, **fields: Any) -> Project:
    """Open a programme or portfolio of the owner, whose roles the cast holds."""
    words = {"code": code, "prefix": code[:4], "title_fr": f"Nœud {code}", "title_en": f"Node {code}", "level": level}
    day = timezone.localdate()
    dates = {"starts_on": day - timedelta(days=30), "ends_on": day + timedelta(days=700), "language": "en"}
    with owning(), back_entry(timezone.now() - timedelta(days=1)):
        project = found_project(actor=cast["staff_admin"], owner=cast["owner"], fields=words | dates | fields)
        for role, member in {"PMO": "pmo", "AMOA": "amoa"}.items():
            appoint(actor=cast["owner"], project=project, role=role_on(project, role), holder=cast[member])
    fire_deferred_triggers()
    give_roles_of_its_level(project)
    return acts.fresh(project)


def give_roles_of_its_level(project: Project) -> None:
    """Put roles without the lines of a project into force, as a pack of the level does."""
    assert project.matrix is not None
    content = project.matrix.read()
    kinds = [tuple(kind for kind in line.kinds if kind not in OF_PROJECTS) for line in content.lines]
    lines = tuple(replace(line, kinds=left) for line, left in zip(content.lines, kinds, strict=True))
    with owning(), acting_as(project.matrix.made_by):
        columns = sealed_columns(replace(content, lines=lines))
        made = Matrix.objects.create(
            project=project, number=2, made_by=project.matrix.made_by, acted_at=act_time(), **columns
        )
        run("ALTER TABLE projects_project DISABLE TRIGGER USER")
        project.matrix, project.matrix_approved = made, True
        project.save()
        record(act=Act.SEAL_ROWS, actor=made.made_by, project=project, subject=made)
        fire_deferred_triggers()
        run("ALTER TABLE projects_project ENABLE TRIGGER USER")
    acts.accept_mandates(acts.fresh(project))
