"""Declare what is found of a register; triggers keep the search index as the rows are.

The `search.py` of each app declares its registers in SQL on a row `r`. The same SELECT fills the index in a trigger,
anew (`manage.py search_rebuild`), and is what `check_database` compares it with.
"""
# ruff: noqa: S608 — the SQL is built from declarations in our own code

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import connection, models

from core.capabilities import import_from_capabilities

#: Longest text of a row that is found: PostgreSQL refuses a tsvector of 1 MB.
LONGEST = 60_000
COLUMNS = ("page", "project", "role", "code", "title", "title_en", "body", "state", "at")
#: Columns of which its words are made.
TEXTS = ("code", "title", "title_en", "body")
OTHERS = tuple(name for name in COLUMNS if name not in TEXTS)
NAME = "is_found"


@dataclass(frozen=True)
class Source:
    """A register that is searched: its table, and SQL on the row `r` for each column of the index.

    - `label`, `plural`: what the search page calls its rows. `states`: the names of its states.
    - `url`: name of the page of a row; `by` is its argument, "page" (the key of the row, or what
      `page` says in SQL) or "code" (of the project), and `anchor` is added.
    - `from_library`: projects below that of the row read it as well.
    - `followed`: other tables whose rows change what is found, by the SQL of the key of our row on their row NEW, or
      `ANY (SELECT …)` of several.
    """

    name: str
    model: str
    label: Any
    plural: Any
    title: str
    url: str
    by: str = "page"
    page: str = ""
    anchor: str = ""
    body: Iterable[str] = ()
    code: str = "''"
    title_en: str = "''"
    project: str = "r.project_id"
    role: str = "''"
    state: str = "''"
    states: Mapping[str, Any] = field(default_factory=dict)
    at: str = "NULL"
    joins: str = ""
    from_library: bool = False
    followed: Mapping[str, str] = field(default_factory=dict)

    @property
    def table(self) -> type[models.Model]:
        """Return the model of its rows."""
        return apps.get_model(self.model)

    def select(self, rows: str) -> str:
        """Return the SELECT of the index rows of `rows`, SQL for a table with the alias `r`."""
        key = self.table._meta.pk.column
        texts = ", ".join(f"nullif({text}, '')" for text in self.body) or "''"
        columns = (
            f"({self.page or f'r.{key}'})::bigint",
            f"({self.project})::bigint",
            f"({self.role})::varchar",
            f"left({self.code}, 60)::varchar",
            f"coalesce({self.title}, '')::text",
            f"coalesce({self.title_en}, '')::text",
            f"left(concat_ws(E'\\n', {texts}), {LONGEST})::text",
            f"({self.state})::varchar",
            f"({self.at})::timestamptz",
        )
        return f"SELECT '{self.name}'::varchar, r.{key}::bigint, {', '.join(columns)} FROM {rows} {self.joins}"

    def upsert(self, rows: str, where: str = "") -> list[str]:
        """Return the statements that write the index rows of `rows`: first what is no text, then texts and new rows.

        What is as it was is not written. A row keeps its words while its texts are as they were: PostgreSQL finds them
        anew in a statement that names a text, which takes twenty times as long.
        """
        found = f'({self.select(rows)} {where}) AS n (source, "row", {_columns(COLUMNS)})'
        is_same = 't.source = n.source AND t."row" = n."row"'
        return [
            f"""
        UPDATE public.core_searchtext AS t SET ({_columns(OTHERS)}) = ROW({_columns(OTHERS, "n.")})
        FROM {found} WHERE {is_same}
          AND ({_columns(OTHERS, "t.")}) IS DISTINCT FROM ({_columns(OTHERS, "n.")});""",
            f"""
        MERGE INTO public.core_searchtext AS t USING {found} ON {is_same}
        WHEN MATCHED AND ({_columns(TEXTS, "t.")}) IS DISTINCT FROM ({_columns(TEXTS, "n.")})
          THEN UPDATE SET ({_columns(TEXTS)}) = ROW({_columns(TEXTS, "n.")})
        WHEN NOT MATCHED
          THEN INSERT (source, "row", {_columns(COLUMNS)}) VALUES (n.source, n."row", {_columns(COLUMNS, "n.")});
        """,
        ]


def _columns(names: Iterable[str], of: str = "") -> str:
    return ", ".join(f"{of}{name}" for name in names)


@dataclass(frozen=True)
class Start:
    """A page of a project on which something is begun: its title, and the permission of its act."""

    title: Any
    view: str
    permission: str


SOURCES: dict[str, Source] = {}
STARTS: list[Start] = []


def declare(*sources: Source) -> None:
    """Add registers to what is searched."""
    SOURCES.update({source.name: source for source in sources})


def number(column: str) -> str:
    """Return SQL for a number of a reference, two digits at least."""
    return f"lpad({column}::text, greatest(2, length({column}::text)), '0')"


def day(column: str) -> str:
    """Return SQL for the instant of a day, the same whatever the time zone of the session."""
    return f"({column}::timestamp AT TIME ZONE 'UTC')"


def watch_every_source() -> None:
    """Import the declarations of every app and register their triggers. Call it once all models are loaded."""
    import_from_capabilities("search")
    for source in SOURCES.values():
        pgtrigger.register(_keep_found(source))(source.table)
        for model, key in source.followed.items():
            pgtrigger.register(_follow(source, key))(apps.get_model(model))


def _keep_found(source: Source) -> pgtrigger.Trigger:
    key = source.table._meta.pk.column
    return pgtrigger.Trigger(
        name=NAME,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=f"""
        IF TG_OP = 'DELETE' THEN
          DELETE FROM public.core_searchtext t WHERE t.source = '{source.name}' AND t."row" = OLD.{key};
          RETURN NULL;
        END IF;
        {"".join(source.upsert("(SELECT NEW.*) AS r"))}
        RETURN NULL;
        """,
    )


def _follow(source: Source, key: str) -> pgtrigger.Trigger:
    table = source.table._meta
    return pgtrigger.Trigger(
        name=f"{NAME}_by_{source.name}",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
        {"".join(source.upsert(f"public.{table.db_table} AS r", f"WHERE r.{table.pk.column} = {key}"))}
        RETURN NULL;
        """,
    )


def rebuild() -> int:
    """Make the index as the rows are; return the number of rows that it changed."""
    changed: int = 0
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM public.core_searchtext WHERE NOT source = ANY(%s)", [list(SOURCES)])
        changed += cursor.rowcount
        for source in SOURCES.values():
            table = source.table._meta
            cursor.execute(
                f"DELETE FROM public.core_searchtext t WHERE t.source = %s AND NOT EXISTS "
                f'(SELECT FROM public.{table.db_table} r WHERE r.{table.pk.column} = t."row")',
                [source.name],
            )
            changed += cursor.rowcount
            for statement in source.upsert(f"public.{table.db_table} AS r"):
                cursor.execute(statement)
                changed += cursor.rowcount
    return changed


def list_differences() -> list[str]:
    """Name each register whose rows the index does not have as they are."""
    wrong = []
    with connection.cursor() as cursor:
        for source in SOURCES.values():
            wanted = source.select(f"public.{source.table._meta.db_table} AS r")
            kept = f'SELECT source, "row", {", ".join(COLUMNS)} FROM public.core_searchtext WHERE source = %s'
            cursor.execute(
                f"SELECT count(*) FROM (({wanted} EXCEPT {kept}) UNION ALL ({kept} EXCEPT {wanted})) AS d",
                [source.name, source.name],
            )
            if found := cursor.fetchone()[0]:
                wrong.append(f"{source.name}: {found}")
    return wrong
