"""Compare My tasks with the acts: who is asked to decide or to give an opinion may, and who may is asked."""

from collections.abc import Iterable
from typing import Any

from core.access import can
from governance.desk.inbox.reader import list_rows
from governance.enums import Act
from governance.models import Proposal
from governance.workflow import BEING_ADVISED
from governance.workspace_registry import TASKS
from projects.seats.mandates import predicates

#: Kind of task → the permission and the act that it asks for.
ASKED = {"decide": ("governance.decide", Act.DECIDE), "advise": ("governance.advise", Act.ADVISE)}


def list_asked(user: Any) -> dict[str, dict[int, Proposal]]:
    """Map each of these kinds of task to its rows for this person, by their primary keys."""
    kinds = {kind.name: kind for kind in TASKS}
    return {name: {row.pk: row for row in list_rows(kinds[name], user)} for name in ASKED}


def list_disagreements(people: Iterable[Any]) -> list[str]:
    """List the rows of My tasks whose act is refused, and the files that ask nobody who may act."""
    files = list(Proposal.objects.select_related("project", "current").filter(current__isnull=False))
    faults = []
    for user in people:
        asked = list_asked(user)
        for name, (permission, act) in ASKED.items():
            for file in files:
                may = can(user, permission, file) and file.allows(act)
                listed = file.pk in asked[name]
                if listed and not may:
                    faults.append(f"{user}: {file} is listed, and {permission} is refused")
                if may and not listed and _is_awaited(user, name, file):
                    faults.append(f"{user}: {file} is not listed, and waits for them")
    return faults


def _is_awaited(user: Any, name: str, file: Proposal) -> bool:
    """Return whether the file waits for this person, and not only may be acted on before or after its turn."""
    if name == "decide":
        return file.state not in BEING_ADVISED
    role = predicates.advising_role(user, file.project)
    return file.state in BEING_ADVISED and role in file.awaited_roles
