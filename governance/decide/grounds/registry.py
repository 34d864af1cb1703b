"""Registry of rows that a proposal may name as what it rests on; each capability announces its own.

The core announces decisions in governance/workspace.py, a workspace announces its rows in its workspace.py. Documents
are attached instead (governance.decide.evidence).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from projects.models import Project


@dataclass(frozen=True)
class Ground:
    """A row that a proposal rests on, in one version: a fingerprint, or for a risk its rating.

    `item` names the row, such as `decision:12`; `name` is the reference that a reader types.
    """

    item: str
    name: str
    version: str

    def plain(self) -> dict[str, str]:
        """Return it as a revision keeps it."""
        return {"item": self.item, "name": self.name, "version": self.version}


@dataclass(frozen=True)
class GroundRows:
    """Rows of one kind that a proposal may name.

    `form` recognises their references. `find` returns the rows of a project by reference; those that have no version
    yet are left out. `sql` is true when the row `{id}` of the project `{project}` has the version `{version}`. `link`
    takes the primary key and returns the address. `show` takes the reference and returns it as a page shows it.
    `heading` says what the proposal does with the row, if it does more than rest on it. `find_obstacle` takes the
    primary key and returns why an approval cannot name the row any more; empty when it can. `offer` lists the reference
    and the label of the rows that the field “decision it would replace” offers.
    """

    name: str
    label: Any
    form: re.Pattern[str]
    find: Callable[[Project, list[str]], dict[str, Ground]]
    sql: str
    link: Callable[[int], str]
    show: Callable[[str], str] = str
    heading: Any = ""
    find_obstacle: Callable[[int], str] | None = None
    offer: Callable[[Project], list[tuple[str, str]]] | None = None


GROUNDS: list[GroundRows] = []
#: Name of the rows that a proposal replaces (annule et remplace): decisions of the time before Ouvrage.
REPLACED = "replaced"
