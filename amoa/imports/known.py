"""What a check of requirements depends on: the requirements and groups of a project, in few queries."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from projects.models import Project


@dataclass(frozen=True)
class Known:
    """State of a project for the check: facts by code, and groups by name."""

    facts: dict[str, "Fact"]
    groups: dict[str, int]

    def fingerprint(self, codes: Iterable[str]) -> str:
        """Return the hash of these codes as they are on the project, and of its groups."""
        known = self.facts
        parts = [f"{code}\x1f{known[code].serialise() if code in known else ''}" for code in sorted(set(codes))]
        parts += [f"{name}\x1f{pk}" for name, pk in sorted(self.groups.items())]
        return hashlib.sha256("\x1e".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Fact:
    """The facts of one requirement on which checks depend."""

    pk: int
    kind: str
    parent: int | None
    title: str
    changed_at: datetime
    version: int
    state: str
    in_force: int | None

    def serialise(self) -> str:
        """Serialise everything that an edit would change."""
        return "\x1f".join(map(str, (self.pk, self.parent, self.changed_at, self.version, self.state, self.in_force)))


def load_known(project: Project) -> Known:
    """Load the facts and groups of `project`. Two queries."""
    names = ("code", "pk", "kind", "parent", "title", "changed_at", "version", "state", "in_force")
    facts = {code: Fact(*row) for code, *row in project.requirements.values_list(*names).order_by("code")}
    return Known(facts, dict(project.recipient_groups.values_list("name", "pk").order_by("name")))
