"""Write rows by the thousand as back-entries, each with its own date and checked by every guard.

A back-entry is announced to the database before its row is written (core.acts). Here the INSERT itself announces it.
Rows are copied into a temporary table with the time and the actor of their act, then inserted one by one, each after
its own announcement. Nothing is switched off: triggers, constraints and history treat every row as one that a service
writes.
"""

# ruff: noqa: S608 — the SQL is built from the names of our own tables and columns

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, models

PLAIN = {int, str, bool, bytes, datetime, date, type(None)}
#: Columns of a history table besides those of its model.
OF_HISTORY = ("history_date", "history_type", "history_user_id")


@dataclass(frozen=True)
class Written:
    """A row, the time of its act, and its actor."""

    row: models.Model
    at: datetime
    actor_id: int


class Bulk:
    """Bulk writer inside the open transaction; the last back-entry stays announced until `end`."""

    def __init__(self) -> None:
        self.rows = 0
        self._stages: set[str] = set()

    def keys(self, model: type[models.Model], count: int) -> list[int]:
        """Reserve the next `count` keys of `model`."""
        if not count:
            return []
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [model._meta.db_table, model._meta.pk.column, count],
            )
            return [number for (number,) in cursor.fetchall()]

    def insert(self, model: type[models.Model], written: Sequence[Written]) -> None:
        """Insert rows and their first history rows; rows without a key get one in order."""
        if not written:
            return
        unnumbered = [entry.row for entry in written if entry.row.pk is None]
        for row, key in zip(unnumbered, self.keys(model, len(unnumbered)), strict=True):
            row.pk = key
        table, columns = _name(model), [f.column for f in _fields(model)]
        self._stage(model, written)
        self._run(
            f"INSERT INTO {table} ({_list(columns)}) SELECT {_announced_columns(columns)} FROM {_staged_rows(model)} s",
            len(written),
        )
        self._version(model, "+")

    def update(self, model: type[models.Model], written: Sequence[Written], *fields: str) -> None:
        """Update these fields of the rows and write their next history rows."""
        if not written:
            return
        columns = [model._meta.get_field(name).column for name in fields]  # type: ignore[union-attr]
        first, *others = (f'"{column}"' for column in columns)
        sets = ", ".join([f"{first} = {_announce(f's.{first}')}", *(f"{name} = s.{name}" for name in others)])
        self._stage(model, written)
        self._run(
            f"UPDATE {_name(model)} t SET {sets} FROM {_stage(model)} s WHERE t.{_key(model)} = s.{_key(model)}",
            len(written),
        )
        self._version(model, "~")

    def end(self) -> None:
        """End the back-entry."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('ouvrage.back_entry', '', true)")

    def _stage(self, model: type[models.Model], written: Iterable[Written]) -> None:
        fields, stage = _fields(model), _stage(model)
        columns = _list([f.column for f in fields])
        with connection.cursor() as cursor:
            if stage not in self._stages:
                cursor.execute(
                    f"CREATE TEMPORARY TABLE IF NOT EXISTS {stage} ON COMMIT DELETE ROWS AS SELECT {columns},"
                    " NULL::timestamptz AS _at, NULL::bigint AS _actor, NULL::int AS _place"
                    f" FROM {_name(model)} WITH NO DATA"
                )
                self._stages.add(stage)
            cursor.execute(f"DELETE FROM {stage}")
            with cursor.copy(f"COPY {stage} ({columns}, _at, _actor, _place) FROM STDIN") as copy:
                for place, entry in enumerate(written):
                    values = [_plain(getattr(entry.row, f.attname), f) for f in fields]
                    copy.write_row([*values, entry.at, entry.actor_id, place])

    def _version(self, model: type[models.Model], kind: str) -> None:
        history = getattr(model, "history", None)
        if history is None:
            return
        columns = [f.column for f in history.model._meta.local_concrete_fields]
        shared = [column for column in columns if not column.startswith("history_")]
        first, *others = (f't."{column}"' for column in shared)
        told = ", ".join([_announce(first), *others, "clock_timestamp()", f"'{kind}'", "s._actor"])
        self._run(
            f"INSERT INTO {_name(history.model)} ({_list([*shared, *OF_HISTORY])}) SELECT {told}"
            f" FROM {_stage(model)} s JOIN {_name(model)} t ON t.{_key(model)} = s.{_key(model)}"
        )

    def _run(self, sql: str, expected: int | None = None) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            if expected is not None and cursor.rowcount != expected:
                raise ValueError(f"{cursor.rowcount} rows written, not {expected}: {sql[:60]}")
            self.rows += cursor.rowcount


def _fields(model: type[models.Model]) -> list[Any]:
    """Return the columns to write; the database sets the others itself."""
    return [f for f in model._meta.local_concrete_fields if f.editable or not f.has_db_default()]


def _plain(value: Any, field: Any) -> Any:
    """Return the value as the driver copies it; only complex values take the slower path."""
    if type(value) in PLAIN:
        return value
    value = field.get_db_prep_save(value, connection)
    return bytes(value) if isinstance(value, memoryview) else value


def _name(model: type[models.Model]) -> str:
    return f'"{model._meta.db_table}"'


def _stage(model: type[models.Model]) -> str:
    return f'"stage_{model._meta.db_table}"'


def _staged_rows(model: type[models.Model]) -> str:
    """Return the staged rows in order; each is announced once it has been read."""
    return f"(SELECT * FROM {_stage(model)} ORDER BY _place)"


def _key(model: type[models.Model]) -> str:
    return f'"{model._meta.pk.column}"'


def _list(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _announced_columns(columns: Sequence[str]) -> str:
    first, *others = (f's."{column}"' for column in columns)
    return ", ".join([_announce(first), *others])


def _announce(value: str) -> str:
    """Return the SQL of a value that first announces the back-entry of its row."""
    return f"CASE WHEN set_config('ouvrage.back_entry', s._at::text, true) <> '' THEN {value} END"
