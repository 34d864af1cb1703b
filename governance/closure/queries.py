"""What is open on a project, for the decision that closes it."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from core.acts import is_back_entry
from governance.closure.guards import items_sql
from governance.closure.registry import AT_CLOSURE
from projects.models import Project
from roles.enums import ABANDONMENT, Gate

STILL_OPEN = _("%(label)s still open: %(text)s")


def is_closing(content: Any) -> bool:
    """Return whether this closes or abandons the project; what is entered afterwards asks for nothing."""
    ends = content.terms.get("gate") == Gate.G5 or content.proposal.kind == ABANDONMENT
    return ends and not content.changes_nothing and not is_back_entry()


@dataclass(frozen=True)
class OpenItem:
    """A row that is open, by its key, with what it is and its text."""

    key: str
    label: str
    text: str


def list_open_items(project: Project) -> list[OpenItem]:
    """List everything open on `project`, in the order of the registry. One query, and one for each kind with rows."""
    open_keys: dict[str, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(items_sql(str(project.pk)))
        for (key,) in cursor.fetchall():
            name, _sign, number = key.rpartition("-")
            open_keys.setdefault(name, []).append(int(number))
    return [
        OpenItem(f"{rows.name}-{number}", str(rows.label), text)
        for rows in AT_CLOSURE
        if rows.name in open_keys
        for number, text in sorted(rows.describe(open_keys[rows.name]).items())
    ]
