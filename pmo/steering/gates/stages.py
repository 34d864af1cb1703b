"""Stages of a programme: the milestones at its repeated gate. Each ends on its day, and the next one begins then."""

from dataclasses import dataclass
from datetime import date

from governance.models import Effect
from pmo.registers.schedule.models import Milestone
from projects.models import Project
from projects.project.gates import GATES

#: Field of the effect that ends a stage; its code follows, after a colon.
FIELD = "stage"
#: Place of the gate that repeats.
REPEATED = next(gate.place for gates in GATES.values() for gate in gates if gate.repeats)


@dataclass(frozen=True)
class Stage:
    """A stage with its number and first day; `effect` belongs to the decision that ended it."""

    milestone: Milestone
    number: int
    starts_on: date
    effect: Effect | None

    @property
    def code(self) -> str:
        """Return the code of its milestone."""
        return self.milestone.code

    @property
    def ends_on(self) -> date:
        """Return the last day, reached or expected."""
        return self.milestone.actual_on or self.milestone.forecast_on

    def __str__(self) -> str:
        return f"{self.milestone.code} · {self.milestone.name}"


def list_stages(project: Project) -> list[Stage]:
    """List the stages of a programme by their day; none where no gate repeats. Two queries."""
    if not any(gate.repeats for gate in project.gates):
        return []
    milestones = list(project.milestones.filter(gate=REPEATED).order_by("forecast_on", "pk"))
    effects = Effect.objects.filter(
        subject=Milestone._meta.label_lower, subject_id__in=[row.pk for row in milestones], field__startswith=FIELD
    )
    last = {effect.subject_id: effect for effect in effects.select_related("decision__project").order_by("pk")}
    stages, starts_on = [], project.starts_on
    for number, milestone in enumerate(milestones, 1):
        effect = last.get(milestone.pk)
        stages.append(Stage(milestone, number, starts_on, effect if effect and effect.after else None))
        starts_on = stages[-1].ends_on
    return stages


def list_open_stages(project: Project) -> list[Stage]:
    """List the stages that no decision has ended."""
    return [stage for stage in list_stages(project) if stage.effect is None]
