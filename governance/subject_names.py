"""Name the rows that events and actions are about, as their apps announce them."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db.models import BigIntegerField, F, QuerySet, TextField, Value
from django.db.models.functions import Cast

from governance.workspace_registry import EVENT_SUBJECTS

type Key = tuple[str, int]


def name_subjects(keys: Iterable[Key]) -> dict[Key, tuple[str, str, str]]:
    """Map these rows, by label and primary key, to code, title and target of their link. One query."""
    wanted: dict[str, set[int]] = {}
    for label, key in keys:
        if label in EVENT_SUBJECTS:
            wanted.setdefault(label, set()).add(key)
    if not wanted:
        return {}
    first, *others = (_select(label, found) for label, found in wanted.items())
    rows = first.union(*others, all=True).order_by() if others else first  # else in that of the model
    return {(subject, pk): (code or "", title or "", target) for subject, pk, code, title, target in rows}


def _select(label: str, keys: Iterable[int]) -> QuerySet[Any, Any]:
    subject = EVENT_SUBJECTS[label]
    rows: QuerySet[Any, Any] = apps.get_model(label)._default_manager.filter(pk__in=sorted(keys)).order_by()
    return rows.values_list(
        Value(label, TextField()),
        Cast("pk", BigIntegerField()),
        _as_text(subject.code),
        _as_text(subject.title),
        _as_text(subject.target),
    )


def _as_text(value: Any) -> Any:
    """Return a field or an expression as text; None means NULL."""
    if value is None:
        return Cast(Value(None), TextField())
    return Cast(F(value) if isinstance(value, str) else value, TextField())
