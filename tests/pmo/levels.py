"""A portfolio, its programme and two projects of other owners in it, with the workspaces of the office."""

from typing import Any

from projects.models import Project
from projects.seats.mandates.services import appoint, role_on
from tests.pmo.standards.standards.test_required_workspaces import Tree

OFFICE = ["risks", "steering"]


class Levels(Tree):
    """TOP, MID below it, and LOW and LAST below that."""

    def __init__(self, cast: dict[str, Any]) -> None:
        super().__init__(cast)
        self.last = self.found("LAST", "project", cast["owner"], self.mid)
        for role in ("PMO", "AMOA"):
            appoint(actor=cast["owner"], project=self.last, role=role_on(self.last, role), holder=cast[role.lower()])

    def found(self, code: str, level: str, owner: Any, parent: Project | None = None, **fields: Any) -> Project:
        return super().found(code, level, owner, parent, **{"workspaces": OFFICE} | fields)
