"""Gates passed by a project, and checkpoints due at a gate."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from core.sql.compiled_sql import Instant
from governance.decide.decisions.models import Effect
from pmo.standards.standards.models import StandardCheckpoint
from pmo.standards.standards.references import list_checkpoints
from projects.enums import ProjectState
from projects.models import Project
from projects.organisation_settings.queries import day_of
from roles.enums import Gate

GATES = list(Gate)


def default_to_now(at: datetime | None = None) -> datetime:
    """Return `at`, or now."""
    return at or timezone.now()


def passed_gates(project: Project, at: datetime | None = None) -> dict[Gate, Effect]:
    """Return the gates passed by then with the effect that passed each, in order. One query.

    Gates that a later decision took back are left out.
    """
    return gates_passed_by(effects_on_gates(default_to_now(at), decision__project=project).select_related("decision"))


def effects_on_gates(at: Instant, **of: Any) -> QuerySet[Effect]:
    """List the effects up to `at` that may have passed a gate, in order."""
    return Effect.objects.filter(**of, field__in=["gate", "state"], acted_at__lte=at).order_by("acted_at", "pk")


class GateChange(NamedTuple):
    """Values of one effect on the gate or the state of a project."""

    field: str
    before: str
    after: str


def gates_passed_by[Change: (Effect, GateChange)](effects: Iterable[Change]) -> dict[Gate, Change]:
    """Return the gates passed by these effects, given in the order of `effects_on_gates`."""
    passed: dict[Gate, Change] = {}
    for effect in effects:
        if effect.field == "gate" and effect.after < effect.before:
            passed = {gate: change for gate, change in passed.items() if gate <= effect.after}
        elif effect.field == "gate":
            passed[Gate(effect.after)] = effect
        elif (
            effect.before == ProjectState.DRAFT and effect.after == ProjectState.ACTIVE
        ):  # a launch may be entered after a later gate
            passed.setdefault(Gate.G0, effect)
    return passed


def due_checkpoints(project: Project, gate: Gate | None, at: datetime | None = None) -> list[StandardCheckpoint]:
    """List the checkpoints in force for `project` due up to `gate`; None means every gate. One query."""
    checkpoints = list_checkpoints(project, day_of(default_to_now(at)))
    return [checkpoint for checkpoint in checkpoints if gate is None or checkpoint.version.from_gate <= gate]
