"""Change many rows in one act: each is written or refused alone (ADR 40)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from core.history import Outdated, annotate_versions, version_of


@dataclass(frozen=True)
class RowChange:
    """Fields of a row to write, and the version they were typed on (core.history.version_of)."""

    fields: Mapping[str, Any]
    seen: str


@dataclass(frozen=True)
class RowsWritten[M]:
    """Result of a change of many rows: those written, and the error of each refused one by its key."""

    saved: list[M] = field(default_factory=list)
    refused: dict[int, ValidationError | Outdated] = field(default_factory=dict)


def write_rows[M](
    rows: Any, changes: Mapping[int, RowChange], write: Callable[[M, Mapping[str, Any]], bool]
) -> RowsWritten[M]:
    """Lock those of `rows` that `changes` names by primary key, and pass each with its fields to `write`.

    `write` returns whether the row differs. It raises ValidationError before it changes anything. Call inside an act.
    """
    done = RowsWritten[M]()
    locked = rows.select_for_update(of=("self",)).filter(pk__in=changes)
    for row in annotate_versions(locked).order_by("pk"):
        change = changes[row.pk]
        try:
            if version_of(row) != change.seen:
                raise Outdated
            if write(row, change.fields):
                done.saved.append(row)
        except (Outdated, ValidationError) as error:
            done.refused[row.pk] = error
    return done


def set_fields(row: Any, fields: Mapping[str, Any]) -> set[str]:
    """Set these fields without saving; return the names of those that differ."""
    differing = {name for name, value in fields.items() if getattr(row, name) != value}
    for name in differing:
        setattr(row, name, fields[name])
    return differing
