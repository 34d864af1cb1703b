"""Decision kinds of the states of a project: suspend it, resume it, abandon it, and reopen it after its end."""

from collections.abc import Iterator
from typing import Any, ClassVar

import pgtrigger
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from governance.decide.kinds.base import Change, FirstWords, Kind, Panel, Part, Place, Text
from governance.decide.kinds.fields import Terms
from governance.decide.kinds.kinds import GateKind
from governance.decide.kinds.registry import register
from governance.life.states.guards import STAYS_AS_IT_ENDED
from projects.enums import OVER, ProjectState
from projects.models import Project
from roles.enums import ABANDONMENT, REOPENING, RESUMPTION, SUSPENSION, DecisionKind, Gate
from roles.models import User


class StateKind(Kind):
    """Bring a project from one of the states in `starts` to another one; who proposes gates proposes it.

    `wrong` tells that the project is in none of them. `template` is the panel that says what an approval does.
    """

    starts: ClassVar[frozenset[str]]
    leads_to: ClassVar[ProjectState]
    wrong: ClassVar[Text]
    template: ClassVar[str]
    follows = DecisionKind.GATE
    parts: ClassVar[tuple[Part, ...]] = GateKind.parts
    without_terms = _("An approval changes the state of the project.")

    def is_offered_on(self, project: Project) -> bool:
        return super().is_offered_on(project) and project.state in self.starts

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        gaps = super().gaps(content, project)
        return gaps if project.state in self.starts else gaps | {"kind": str(self.wrong)}

    def obstacles(self, content: Any, project: Project) -> list[str]:
        """Report a project that has left these states."""
        found = super().obstacles(content, project)
        return found if project.state in self.starts else [str(self.wrong), *found]

    def changes(self, terms: Terms) -> frozenset[str]:
        return super().changes(terms) | {"state"}

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        """Apply the additions, then change the state."""
        if obstacles := self.obstacles(content, project):
            raise ValidationError(obstacles)
        yield from super().apply(project, content, actor)
        yield from self.move(project)

    def move(self, project: Project) -> Iterator[Change]:
        """Change the state, and yield the change."""
        before, project.state = project.state, self.leads_to
        project.save()
        yield Change(project, "state", before, project.state)

    def panels(self, place: Place, proposal: Any, content: Any) -> Iterator[Panel]:
        """Say what an approval does."""
        if place == Place.AFTER and proposal.project.state in self.starts:
            yield Panel(self.template, self.describe(proposal.project))
        yield from super().panels(place, proposal, content)

    def describe(self, project: Project) -> dict[str, Any]:
        """Return the context of the panel."""
        return {"project": project}


class SuspensionKind(StateKind):
    """Suspend a launched project: it rests until its owner resumes or abandons it."""

    evidence = _("Why the project must be suspended, and until what.")
    starts = frozenset({ProjectState.ACTIVE})
    leads_to = ProjectState.SUSPENDED
    wrong = _("Only a launched project that has not ended can be suspended.")
    offer = _("Propose to suspend it")
    template = "governance/life/states/_suspension.html"

    def first_words(self, terms: Terms, project: Project) -> FirstWords:
        return FirstWords(
            gettext("Suspension of the project"),
            gettext("Is the project suspended?"),
            ((gettext("Suspend the project"), ""), (gettext("Continue"), gettext("The project stays as it is."))),
        )


class ResumptionKind(StateKind):
    """Resume a suspended project."""

    evidence = _("What has changed since the suspension.")
    decides_at_rest = frozenset({ProjectState.SUSPENDED})
    starts = frozenset({ProjectState.SUSPENDED})
    leads_to = ProjectState.ACTIVE
    wrong = _("The project is not suspended: there is nothing to resume.")
    offer = _("Propose to resume it")
    template = "governance/life/states/_resumption.html"

    def first_words(self, terms: Terms, project: Project) -> FirstWords:
        return FirstWords(
            gettext("Resumption of the project"),
            gettext("Is the project resumed?"),
            ((gettext("Resume the project"), ""), (gettext("Not now"), gettext("The project stays suspended."))),
        )


class AbandonmentKind(StateKind):
    """Abandon a project before its end; what is open is answered for in that decision, as at gate G5."""

    evidence = _("Why the project is given up, and what becomes of what was done.")
    decides_at_rest = frozenset({ProjectState.SUSPENDED})
    starts = frozenset(ProjectState) - OVER
    leads_to = ProjectState.ABANDONED
    wrong = _("The project has ended: there is nothing to abandon.")
    offer = _("Propose to abandon it")
    template = "governance/life/states/_abandonment.html"

    def first_words(self, terms: Terms, project: Project) -> FirstWords:
        return FirstWords(
            gettext("Abandonment of the project"),
            gettext("Is the project abandoned?"),
            ((gettext("Abandon the project"), ""), (gettext("Continue"), gettext("The project stays as it is."))),
        )


class ReopeningKind(StateKind):
    """Open a project again after its end. It is the only decision of a closed or abandoned project."""

    evidence = _("What has happened since the closing.")
    decides_at_rest = OVER
    starts = OVER
    leads_to = ProjectState.ACTIVE
    wrong = _("The project is not closed: there is nothing to reopen.")
    offer = _("Propose to reopen it")
    template = "governance/life/states/_reopening.html"

    def changes(self, terms: Terms) -> frozenset[str]:
        return super().changes(terms) | {"gate"}

    def move(self, project: Project) -> Iterator[Change]:
        """Open a closed project at the gate before, an abandoned one where it stood."""
        state, gate = project.state, project.gate
        if state == ProjectState.CLOSED:
            project.gate, project.state = find_gate_before(project), ProjectState.ACTIVE
        else:
            project.state = find_state_before(project)
        project.save()
        if project.gate != gate:
            yield Change(project, "gate", gate, project.gate)
        yield Change(project, "state", state, project.state)

    def describe(self, project: Project) -> dict[str, Any]:
        """Return where the project starts again."""
        if project.state == ProjectState.CLOSED:
            return {"gate": find_gate_before(project)}
        return {"state": find_state_before(project)}


def find_gate_before(project: Project) -> Gate:
    """Return the last gate that the project had passed before its closing."""
    earlier = project.history.exclude(gate__in=["", project.gate]).order_by("-history_date", "-history_id").first()
    return Gate(earlier.gate) if earlier else Gate.G0


def find_state_before(project: Project) -> ProjectState:
    """Return the state in which an abandoned project goes on: not launched as before, else active."""
    earlier = project.history.exclude(state=project.state).order_by("-history_date", "-history_id").first()
    return ProjectState.DRAFT if earlier and earlier.state == ProjectState.DRAFT else ProjectState.ACTIVE


register(SuspensionKind(SUSPENSION, _("suspension")))
register(ResumptionKind(RESUMPTION, _("resumption")))
register(AbandonmentKind(ABANDONMENT, _("abandonment")))
register(ReopeningKind(REOPENING, _("reopening")))
pgtrigger.register(STAYS_AS_IT_ENDED)(Project)
