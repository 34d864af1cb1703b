"""Gates of each level. A project passes six, a programme and a portfolio some of the same places, by other names.

What is stored is the place, a `Gate`: at every level the first one launches, and the last one closes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from projects.enums import Level
from roles.enums import DecisionKind, Gate


@dataclass(frozen=True)
class LevelGate:
    """A gate as a level names it. One that `repeats` is passed once for each stage, and leaves the project there."""

    place: Gate
    code: str
    label: str | Promise
    repeats: bool = False


OF_A_PROJECT = tuple(LevelGate(gate, gate.value, gate.label) for gate in Gate)
#: Level → its gates in order, where they differ from those of a project.
GATES: dict[str, tuple[LevelGate, ...]] = {
    Level.PROGRAMME: (
        LevelGate(Gate.G0, "PG0", _("PG0 · identification")),
        LevelGate(Gate.G1, "PG1", _("PG1 · definition")),
        LevelGate(Gate.G4, "PT", _("PT · end of stage"), repeats=True),
        LevelGate(Gate.G5, "PGC", _("PGC · closing of the programme")),
    ),
    Level.PORTFOLIO: (
        LevelGate(Gate.G0, "PF-OUV", _("PF-OUV · opening")),
        LevelGate(Gate.G5, "PF-FIN", _("PF-FIN · end of the portfolio")),
    ),
}
#: The kind that only the roles of a project decide: a delivery is accepted there and nowhere above.
OF_PROJECTS_ALONE = DecisionKind.ACCEPTANCE
#: Filter of the projects whose roles have that line: at every level they keep the gates of a project.
AS_A_PROJECT = Q(matrix__content__contains={"lines": [{"kinds": [OF_PROJECTS_ALONE]}]})


def with_gates[Rows: QuerySet[Any]](projects: Rows) -> Rows:
    """Annotate whether projects keep the gates of a project, so that `Project.gates` reads no roles."""
    return projects.annotate(keeps_project_gates=AS_A_PROJECT)


def list_level_gates(level: str, roles: Mapping[str, Any] | None) -> tuple[LevelGate, ...]:
    """List the gates of a level in order; `roles` are the content of the matrix in force. `places_sql` is its twin.

    A programme or portfolio that still has the roles of a project keeps the gates of a project.
    """
    if level not in GATES or any(OF_PROJECTS_ALONE in line["kinds"] for line in (roles["lines"] if roles else ())):
        return OF_A_PROJECT
    return GATES[level]


def name_gate(gates: Iterable[LevelGate], place: str) -> LevelGate:
    """Return the gate at this place; named as for a project where these gates have none there."""
    return {gate.place: gate for gate in (*OF_A_PROJECT, *gates)}[Gate(place)]


def level_gates_sql(project: str) -> str:
    """Return the condition that the row `project` has the gates of a level above the project."""
    levels = ", ".join(f"'{level}'" for level in GATES)
    return f"""({project}.level IN ({levels}) AND NOT EXISTS (
        SELECT FROM public.projects_matrix x
        WHERE x.id = {project}.matrix_id AND jsonb_path_exists(
          x.content, '$.lines[*].kinds[*] ? (@ == "{OF_PROJECTS_ALONE}")')))"""


def places_sql(project: str, *, repeated: bool = True) -> str:
    """Return the array of the places of the gates of the row `project`, in order."""

    def listed(gates: tuple[LevelGate, ...]) -> str:
        return ", ".join(f"'{gate.place}'" for gate in gates if repeated or not gate.repeats)

    levels = "".join(f" WHEN {project}.level = '{level}' THEN ARRAY[{listed(gates)}]" for level, gates in GATES.items())
    return f"CASE WHEN NOT {level_gates_sql(project)} THEN ARRAY[{listed(OF_A_PROJECT)}]{levels} END"
