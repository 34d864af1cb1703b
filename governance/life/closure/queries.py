"""What is open on a project, for the decision that closes it."""

from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from governance.decide.kinds.base import Demand
from governance.life.closure.guards import items_sql
from governance.life.closure.registry import AT_CLOSURE
from projects.models import Project
from roles.enums import ABANDONMENT, Gate

STILL_OPEN = _("%(label)s still open: %(text)s")


def is_closing(content: Any) -> bool:
    """Return whether this closes or abandons the project."""
    ends = content.terms.get("gate") == Gate.G5 or content.proposal.kind == ABANDONMENT
    return ends and not content.changes_nothing


def list_open_items(project: Project) -> list[Demand]:
    """List everything open on `project`, in the order of the registry. One query, and one for each kind with rows."""
    open_keys: dict[str, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(items_sql(str(project.pk)))
        for key, _fates in cursor.fetchall():
            name, _sign, number = key.rpartition("-")
            open_keys.setdefault(name, []).append(int(number))
    return [
        Demand(f"{rows.name}-{number}", str(rows.label), row.text, rows.group, row.role, row.alone)
        for rows in AT_CLOSURE
        if rows.name in open_keys
        for number, row in sorted(rows.describe(open_keys[rows.name]).items())
    ]
