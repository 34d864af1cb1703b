"""Decision kind: open a closed project again, at the gate before its closing."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from governance.kinds.base import Change, Kind, Panel, Part, Place
from governance.kinds.fields import Terms
from governance.kinds.kinds import GateKind
from governance.kinds.registry import register
from projects.enums import ProjectState
from projects.models import Project
from roles.enums import REOPENING, Gate
from roles.models import User

NOT_CLOSED = _("The project is not closed: there is nothing to reopen.")


class ReopeningKind(Kind):
    """Open a closed project again. It is the only decision of a closed project; gates say who proposes it."""

    evidence = _("What has happened since the closing.")
    decides_when_closed = True
    parts: ClassVar[tuple[Part, ...]] = GateKind.parts

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """Require a closed project."""
        gaps = super().gaps(content, project)
        return gaps if project.state == ProjectState.CLOSED else gaps | {"kind": str(NOT_CLOSED)}

    def obstacles(self, content: Any, project: Project) -> list[str]:
        """Report a project that is open again."""
        found = super().obstacles(content, project)
        return found if project.state == ProjectState.CLOSED else [str(NOT_CLOSED), *found]

    def changes(self, terms: Terms) -> frozenset[str]:
        """Add the gate and the state."""
        return super().changes(terms) | {"gate", "state"}

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        """Reopen the project, then apply the additions."""
        if obstacles := self.obstacles(content, project):
            raise ValidationError(obstacles)
        passed, project.gate, project.state = project.gate, find_gate_before(project), ProjectState.ACTIVE
        project.save()
        yield Change(project, "gate", passed, project.gate)
        yield Change(project, "state", ProjectState.CLOSED, project.state)
        yield from super().apply(project, content, actor)

    def panels(self, place: Place, proposal: Any, content: Any) -> Iterator[Panel]:
        """Say where the project starts again."""
        if place == Place.AFTER and proposal.project.state == ProjectState.CLOSED:
            yield Panel("governance/reopening/_reopening.html", {"gate": find_gate_before(proposal.project)})
        yield from super().panels(place, proposal, content)


def find_gate_before(project: Project) -> Gate:
    """Return the last gate that the project had passed before its closing."""
    earlier = project.history.exclude(gate__in=["", project.gate]).order_by("-history_date", "-history_id").first()
    return Gate(earlier.gate) if earlier else Gate.G0


register(ReopeningKind(REOPENING, _("reopening")))
