"""Rows of a kind of task as its person will have them on a later day."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import DateField, Value

from governance.desk.inbox.reader import mine_of
from governance.workspace_registry import TASKS


def list_rows_on(day: date, name: str, person: Any) -> list[Any]:
    """List the rows of the kind of this name that ask something of a person on a day, as things are now."""
    [kind] = [kind for kind in TASKS if kind.name == name]
    return list(kind.rows_of(replace(mine_of(person), day=Value(day, DateField()))))
