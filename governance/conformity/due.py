"""Which gate a project comes to next, from the decisions that took effect, and what the standards ask of it there."""

from datetime import datetime

from django.utils import timezone

from governance.decisions.models import Effect
from governance.granted_waivers.naming import checkpoints_of
from governance.standards.models import StandardCheckpoint
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
    noted = Effect.objects.filter(decision__project=project, field__in=["gate", "state"], acted_at__lte=moment(at))
    passed: dict[Gate, Effect] = {}
    for effect in noted.select_related("decision").order_by("pk"):
        gate, passes = _gate_of(effect)
        passed.pop(gate, None)
        if passes:
            passed[gate] = effect
    return passed


def _gate_of(effect: Effect) -> tuple[Gate, bool]:
    """The gate an effect is about, and whether it passes it or takes that back; the launch is G0, the closing G5."""
    if effect.field == "gate":
        return Gate(effect.after or effect.before), bool(effect.after)
    if ProjectState.DRAFT in {effect.before, effect.after}:
        return Gate.G0, effect.after != ProjectState.DRAFT
    return Gate.G5, effect.after == ProjectState.CLOSED


def next_gate(project: Project, at: datetime | None = None) -> Gate | None:
    """The gate the project comes to next: the one after the last it passed. None once it is closed. One query."""
    return gate_after(project, passed_gates(project, at))


def gate_after(project: Project, passed: dict[Gate, Effect]) -> Gate | None:
    """The same from the gates `passed`; a project that runs without a decision on record has passed G0."""
    last = max(passed, default=None)
    if last is None:
        known = {ProjectState.DRAFT: Gate.G0, ProjectState.CLOSED: None}
        return known.get(ProjectState(project.state), Gate.G1)
    place = GATES.index(last) + 1
    return GATES[place] if place < len(GATES) else None


def due_checkpoints(project: Project, gate: Gate | None, at: datetime | None = None) -> list[StandardCheckpoint]:
    """What the standards in force ask of `project` up to `gate`; None: at every gate. One query."""
    day = timezone.localdate(moment(at), timezone.get_default_timezone())
    asked = [one for one in checkpoints_of(project, day) if project.level in one.version.levels]
    return [one for one in asked if gate is None or one.version.from_gate <= gate]
