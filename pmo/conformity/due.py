"""Which gates a project passed, by which decisions, and what the standards ask of it at one."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from governance.decisions.models import Effect
from pmo.standards.days import day_of
from pmo.standards.models import StandardCheckpoint
from pmo.waivers.references import checkpoints_of
from projects.enums import ProjectState
from projects.models import Project
from roles.enums import Gate

GATES = list(Gate)


def moment(at: datetime | None = None) -> datetime:
    """`at`, by default now."""
    return at or timezone.now()


def passed_gates(project: Project, at: datetime | None = None) -> dict[Gate, Effect]:
    """The gates passed by then, each with the effect of the decision by which, in the order in which they were passed.

    A gate that a later decision took back is not among them. One query.
    """
    return passed_by(effects_on_gates(moment(at), decision__project=project).select_related("decision"))


def effects_on_gates(at: datetime, **of: Any) -> QuerySet[Effect]:
    """The effects until then that may have let a project pass a gate, in their order."""
    return Effect.objects.filter(**of, field__in=["gate", "state"], acted_at__lte=at).order_by("acted_at", "pk")


class GateChange(NamedTuple):
    """One effect on the gate or the state of a project, by its values."""

    field: str
    before: str
    after: str


def passed_by[Change: (Effect, GateChange)](effects: Iterable[Change]) -> dict[Gate, Change]:
    """Return the gates passed by these effects, which come in the order of `effects_on_gates`."""
    passed: dict[Gate, Change] = {}
    for effect in effects:
        if effect.field == "gate" and effect.after < effect.before:
            passed = {gate: one for gate, one in passed.items() if gate <= effect.after}
        elif effect.field == "gate":
            passed[Gate(effect.after)] = effect
        elif effect.before == ProjectState.DRAFT:  # a launch that was entered after a later gate
            passed.setdefault(Gate.G0, effect)
    return passed


def due_checkpoints(project: Project, gate: Gate | None, at: datetime | None = None) -> list[StandardCheckpoint]:
    """What the standards in force ask of `project` up to `gate`; None: at every gate. One query."""
    asked = checkpoints_of(project, day_of(moment(at)))
    return [one for one in asked if gate is None or one.version.from_gate <= gate]
