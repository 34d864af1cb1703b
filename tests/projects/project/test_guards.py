"""Attack the triggers and constraints on the project tree and its terms."""

from datetime import date

import pytest

from projects.models import Project
from tests.attacks import Attacks, Declared, leaves
from tests.projects.world import DAY, Attempt, World

pytestmark = pytest.mark.django_db

BY_DECISION = "The terms, the roles and the state of a project change by a decision of its owner (R1)"
NOT_APPROVED = "A project starts once its owner has approved its roles (R3)"
LAUNCHED_THEN_CLOSED = "A project is launched, suspended and resumed, then closed or abandoned"
OWN_ROLES = "The roles in force are a version of the project's own matrix"
PART_OF = "A project is part of a programme or a portfolio, a programme of a portfolio"


def _raw_project_starts(world: World) -> None:
    world.found()
    Project.objects.filter(code="RAW").update(state="active")


def _launched_by_a_reopening(world: World) -> None:
    world.set_other(state="abandoned")
    world.set_other(state="active")


#: "model.trigger" → (name, attack, refusal): the refusals of each hand-written guard.
TRIGGERS: list[Declared] = [
    *(
        (
            "project.changes_its_terms_by_decision",
            f"another {name} without a decision",
            lambda w, then={name: value}: w.move({}, then),
            BY_DECISION,
        )
        for name, value in {
            "scope": "X",
            "ends_on": date(2040, 1, 1),
            "budget": 1,
            "state": "draft",
            "provider_gate": "G2",
            "gate": "G1",
            "matrix_approved": False,
        }.items()
    ),
    (
        "project.changes_its_terms_by_decision",
        "roles approved without a decision",
        lambda w: w.set_other(matrix_approved=True),
        BY_DECISION,
    ),
    (
        "project.starts_with_every_role",
        "another method pack",
        lambda w: w.set_other(pack="XX"),
        "A project keeps its method pack",
    ),
    (
        "project.starts_with_every_role",
        "the roles of another project",
        lambda w: w.set_other(matrix=w.project.matrix),
        OWN_ROLES,
    ),
    ("project.starts_with_every_role", "no roles any more", lambda w: w.set_other(matrix=None), OWN_ROLES),
    (
        "project.starts_with_every_role",
        "other roles that nobody approved",
        lambda w: w.set_other(matrix=w.version_of_roles()),
        "Another version of the roles comes into force when the owner approves it (R1)",
    ),
    (
        "project.starts_with_every_role",
        "closed before it is launched",
        lambda w: w.set_other(state="closed"),
        LAUNCHED_THEN_CLOSED,
    ),
    (
        "project.starts_with_every_role",
        "launched with roles not approved",
        lambda w: w.set_other(state="active"),
        NOT_APPROVED,
    ),
    ("project.starts_with_every_role", "launched without roles", _raw_project_starts, NOT_APPROVED),
    (
        "project.starts_with_every_role",
        "roles approved that lack something",
        lambda w: w.set_other(matrix=w.version_of_roles(complete=False), matrix_approved=True),
        "Roles are approved once each activity has its accountable role and somebody who carries it (R4)",
    ),
    (
        "project.starts_with_every_role",
        "launched by an abandonment and a reopening",
        _launched_by_a_reopening,
        "A project that was abandoned before its launch is launched after its reopening (R3)",
    ),
    (
        "project.starts_with_every_role",
        "roles approved with one advice only",
        lambda w: w.set_other(matrix=w.version_of_roles(advised=False), matrix_approved=True),
        "Roles are approved once two advising roles are heard at each kind of decision (R2)",
    ),
    *(
        (
            "project.is_part_of_a_higher_level",
            f"a {level} of a project",
            lambda w, level=level: w.found(level=level, parent=w.other, workspaces=[]),
            PART_OF,
        )
        for level in ("project", "programme", "portfolio", "organisation")
    ),
    *(
        (
            "project.has_workspaces_of_its_level",
            f"a {level} with requirements",
            lambda w, level=level: w.found(level=level, workspaces=["requirements"]),
            "Requirements and acceptance belong to projects",
        )
        for level in ("programme", "portfolio")
    ),
    ("project.is_part_of_a_higher_level", "part of itself", lambda w: w.set_other(parent=w.other), PART_OF),
    (
        "project.is_part_of_a_higher_level",
        "another level",
        lambda w: w.set_other(level="portfolio"),
        "A project keeps its level",
    ),
    ("project.changes_its_terms_by_decision", "no budget at all", lambda w: w.move({}, {"budget": None}), BY_DECISION),
    (
        "project.changes_its_terms_by_decision",
        "another amount than decided",
        lambda w: w.move({"budget": "2.00"}, {"budget": 3}),
        BY_DECISION,
    ),
    (
        "project.changes_its_terms_by_decision",
        "another term than decided",
        lambda w: w.move({"budget": "2.00"}, {"scope": "X"}),
        BY_DECISION,
    ),
    (
        "project.changes_its_terms_by_decision",
        "one term decided, two changed",
        lambda w: w.move({"budget": "2.00"}, {"budget": 2, "scope": "X"}),
        BY_DECISION,
    ),
    ("project.changes_its_terms_by_decision", "of another project", lambda w: w.move_other(), BY_DECISION),
    ("project.leaves_an_event", "a project without its event", lambda w: w.found(), leaves(Project)),
]

#: constraint → attack
CONSTRAINTS: dict[str, Attempt] = {
    "a_project_ends_after_it_starts": lambda w: w.found(ends_on=w.now.date() - DAY),
    "one_project_per_prefix": lambda w: w.found(prefix="O"),
    "a_project_has_a_known_level": lambda w: w.found(level="galaxy"),
    "a_project_has_passed_a_known_gate": lambda w: w.found(gate="G9"),
    "a_project_has_a_known_state": lambda w: w.found(state="lost"),
}

ATTACKS = Attacks(TRIGGERS, CONSTRAINTS)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)
