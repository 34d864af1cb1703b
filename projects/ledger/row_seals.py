"""Seal every row of the record: the database hashes each row as it is written, and each event names the last seals.

Each project has a chain of seals; accounts, role templates and other rows of no project share chain 0. A seal holds the
salted hash of the row as text, and a link that hashes the link before. An event names the place and the link that its
chain had reached (docs/ledger.md). Columns in `UNSEALED` of a model, and models with `IS_SEALED = False`, are left out;
rows of a model with `SEALED_LATER = True` may wait for the next event of the project.
"""
# ruff: noqa: S608 — the SQL is built from the names of our own tables and columns

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import pgtrigger
from django.apps import apps
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.db import connection, models

from tools.verify_ledger import changed_columns

SEALED_APPS = ("roles", "projects", "governance", "amoa", "pmo")
START = bytes(32)
#: Sign before the columns of a layout that no act changes.
FIXED = "="
#: Fields whose text depends on settings of the session (extra_float_digits, IntervalStyle).
BY_SETTINGS = (models.FloatField, models.DurationField)
#: Types of columns whose values JSON and a cast write as the same text.
SAME_AS_TEXT = ("varchar", "text", "smallint", "integer", "bigint", "boolean", "numeric", "uuid")

#: Return the layout of seals that cover these columns of a table; the first seal of each makes it.
ROW_LAYOUT_SQL = """
CREATE OR REPLACE FUNCTION public.ouvrage_row_layout(of_table text, of_columns text[])
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  covered varchar[] := of_columns;
  layout bigint;
BEGIN
  SELECT l.id INTO layout FROM public.projects_rowlayout l WHERE l."table" = of_table AND l.columns = covered;
  IF NOT FOUND THEN
    INSERT INTO public.projects_rowlayout ("table", columns) VALUES (of_table, covered) ON CONFLICT DO NOTHING;
    SELECT l.id INTO layout FROM public.projects_rowlayout l WHERE l."table" = of_table AND l.columns = covered;
  END IF;
  RETURN layout;
END $$;
"""
#: Return the columns of a row that differ from the row before, in order, separated by commas; NULL without any.
#: Volatile, so that PostgreSQL computes it once for each row.
ROW_CHANGES_SQL = """
CREATE OR REPLACE FUNCTION public.ouvrage_row_changes(before jsonb, after jsonb)
RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT string_agg(n.key, ',' ORDER BY n.key COLLATE "C") FROM jsonb_each_text(after) n
          JOIN jsonb_each_text(before) o ON o.key = n.key WHERE o.value IS DISTINCT FROM n.value);
END $$;
"""
#: Append the seal of one row to its chain; without text the row was deleted. An erasure takes the salts of older seals.
#: `tells` are the columns that changed, or the seal of the row that a row of its history is a version of. A row that is
#: sealed `again` keeps the salt of its unchangeable columns, so that their hash stays the same.
SEAL_ROW_SQL = r"""
CREATE OR REPLACE FUNCTION public.ouvrage_seal_row(
  project bigint, of_table text, row_id bigint, layout bigint, fixed_text text, row_text text, tells text,
  again boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  at_chain bigint := coalesce(project, 0);
  this_xact bigint := pg_current_xact_id()::text::bigint;
  last public.projects_rowseal;
  new_salt uuid;
  same_salt uuid;
  digest bytea;
  fixed bytea := '';
BEGIN
  IF row_text IS NULL THEN
    SELECT s.chain INTO at_chain FROM public.projects_rowseal s
      WHERE s."table" = of_table AND s."row" = row_id ORDER BY s.id DESC LIMIT 1;
    IF NOT FOUND THEN
      RETURN;
    END IF;
  ELSE
    IF again THEN
      SELECT s.fixed_salt INTO same_salt FROM public.projects_rowseal s
        WHERE s."table" = of_table AND s."row" = row_id ORDER BY s.id DESC LIMIT 1;
    END IF;
    new_salt := gen_random_uuid();
    same_salt := coalesce(same_salt, gen_random_uuid());
    fixed := sha256(convert_to(same_salt::text || fixed_text, 'UTF8'));
    digest := sha256(convert_to(new_salt::text || encode(fixed, 'hex') || row_text, 'UTF8'));
  END IF;
  PERFORM pg_advisory_xact_lock(73, at_chain::integer);
  SELECT * INTO last FROM public.projects_rowseal s WHERE s.chain = at_chain ORDER BY s.seq DESC LIMIT 1;
  INSERT INTO public.projects_rowseal
    (chain, seq, first, xact, layout_id, "table", "row", tells, salt, hash, fixed_salt, fixed, link)
  VALUES (at_chain, coalesce(last.seq, 0) + 1,
          CASE WHEN last.xact = this_xact THEN last.first ELSE coalesce(last.seq, 0) + 1 END,
          this_xact, layout, of_table, row_id, tells, new_salt, digest, same_salt, fixed,
          sha256('\x6f7576726167652e7365616c2e763200'::bytea || coalesce(last.link, decode(repeat('00', 32), 'hex'))
                 || convert_to(of_table || ' ' || row_id || ' ' || tells || ' ', 'UTF8')
                 || coalesce(digest, '') || fixed));
  IF public.ouvrage_erasing() IS NOT NULL THEN
    UPDATE public.projects_rowseal s
      SET salt = NULL, fixed_salt = CASE WHEN s.layout_id = layout THEN s.fixed_salt END
      WHERE s."table" = of_table AND s."row" = row_id AND s.salt IS DISTINCT FROM new_salt AND s.salt IS NOT NULL;
  END IF;
END $$;
"""
#: Return what an event says of a chain of seals: first and last seal of this transaction, and the link of the last.
#: Locks the chain of a project, so that it stays the last one until the event is written.
ROWS_SEALED_SQL = """
CREATE OR REPLACE FUNCTION public.ouvrage_rows_sealed(of_chain bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  last public.projects_rowseal;
BEGIN
  IF of_chain <> 0 THEN
    PERFORM pg_advisory_xact_lock(73, of_chain::integer);
  END IF;
  SELECT * INTO last FROM public.projects_rowseal s WHERE s.chain = of_chain ORDER BY s.seq DESC LIMIT 1;
  IF NOT FOUND THEN
    RETURN '1-0:' || repeat('0', 64);
  END IF;
  RETURN CASE WHEN last.xact = pg_current_xact_id()::text::bigint THEN last.first ELSE last.seq + 1 END
         || '-' || last.seq || ':' || encode(last.link, 'hex');
END $$;
"""
#: Function of the first version of seals, which no trigger calls any more.
REPLACED_SQL = """
DROP FUNCTION IF EXISTS public.ouvrage_seal_row(bigint, text, bigint, bigint, text);
"""
FUNCTIONS_SQL = ROW_LAYOUT_SQL + ROW_CHANGES_SQL + SEAL_ROW_SQL + ROWS_SEALED_SQL + REPLACED_SQL


def sealed_models() -> list[type[models.Model]]:
    """List the models whose rows are sealed, history included."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in SEALED_APPS and getattr(model, "IS_SEALED", True)
    ]


def tables_sealed_later() -> list[str]:
    """List the tables whose rows the next event of their project may name."""
    return sorted(model._meta.db_table for model in sealed_models() if getattr(model, "SEALED_LATER", False))


def sealed_columns(model: type[models.Model]) -> list[str]:
    """List the columns that a seal of `model` covers."""
    left_out = getattr(getattr(model, "instance_type", model), "UNSEALED", ())
    fields = model._meta.local_concrete_fields
    return [str(f.column) for f in fields if not f.generated and f.name not in left_out]


def fixed_columns(model: type[models.Model]) -> list[str]:
    """List the columns of `model` that no act changes (tools/verify_ledger.py): all seals of a row have their hash."""
    changed = changed_columns(model._meta.db_table)
    return [column for column in sealed_columns(model) if column not in changed]


def text_sql(model: type[models.Model], row: str, columns: Sequence[str]) -> str:
    """Return SQL for the text that is hashed: the columns of `row`, an alias, as JSON that no setting changes."""
    return f"{json_sql(model, row, columns)}::text"


def json_sql(model: type[models.Model], row: str, columns: Sequence[str]) -> str:
    """Return SQL for these columns of `row` as a map from names to texts, in the same form whatever the session."""
    by_column = {field.column: field for field in model._meta.local_concrete_fields}
    parts = (f"'{column}', {_value_text_sql(by_column[column], f'{row}."{column}"')}" for column in columns)
    return f"jsonb_build_object({', '.join(parts)})"


def _value_text_sql(field: models.Field, value: str) -> str:  # type: ignore[type-arg]
    """Return SQL for the text of a value in JSON; a cast is the same text for these types, in half the time."""
    kind = field.db_type(connection) or ""
    if kind.startswith(SAME_AS_TEXT) and not kind.endswith("[]"):
        return f"{value}::text"
    return f"to_jsonb({_value_sql(field, value)}) #>> '{{}}'"


def first_text_sql(model: type[models.Model], row: str, columns: Sequence[str]) -> str:
    """Return SQL for the text that seals of the first version hash: all columns, each with its type."""
    by_column = {field.column: field for field in model._meta.local_concrete_fields}
    parts = (f"'{column}', {_value_sql(by_column[column], f'{row}."{column}"')}" for column in columns)
    return f"jsonb_build_object({', '.join(parts)})::text"


def _value_sql(field: models.Field, value: str) -> str:  # type: ignore[type-arg]
    if isinstance(field, models.DateTimeField):
        return f"{value} AT TIME ZONE 'UTC'"
    if isinstance(field, DateTimeRangeField):
        ends = (f"{end}({value}) AT TIME ZONE 'UTC'" for end in ("lower", "upper"))
        marks = (f"{mark}({value})" for mark in ("lower_inc", "upper_inc", "lower_inf", "upper_inf", "isempty"))
        return f"jsonb_build_array({', '.join([*ends, *marks])})"
    if isinstance(field, models.BinaryField):
        return f"encode(sha256({value}), 'hex')"
    inner = field.base_field if isinstance(field, ArrayField) else None
    if isinstance(field, BY_SETTINGS) or isinstance(inner, (*BY_SETTINGS, models.DateTimeField)):
        raise TypeError(f"The text of {field} depends on settings of the session.")
    return value


@cache
def project_sql(model: type[models.Model]) -> tuple[str, str]:
    """Return the joins from a row, alias `r`, to its project, and SQL for the number of that project."""
    if getattr(model, "instance_type", model)._meta.label == "projects.Project":
        return "", 'r."id"'
    paths = [[field] for field in _references(model)]
    for path in paths:  # the shortest first; `paths` grows as it is read
        target: Any = path[-1].related_model
        if target._meta.label == "projects.Project":
            joins, row = "", "r"
            for step, field in enumerate(path[:-1], start=1):
                table: Any = field.related_model
                other = table._meta
                joins += f' LEFT JOIN public."{other.db_table}" p{step}'
                joins += f' ON p{step}."{other.pk.column}" = {row}."{field.column}"'
                row = f"p{step}"
            return joins, f'{row}."{path[-1].column}"'
        seen = {model, *(field.related_model for field in path[:-1])}
        if target not in seen:
            paths += [[*path, field] for field in _references(target)]
    return "", "NULL::bigint"


def _references(model: type[models.Model]) -> list[models.Field]:  # type: ignore[type-arg]
    """List the foreign keys of `model` to our tables, those that are always set first."""
    keys = [f for f in model._meta.local_concrete_fields if f.remote_field and not f.name.startswith("history_")]
    ours = [f for f in keys if f.related_model._meta.app_label in SEALED_APPS]  # type: ignore[union-attr]
    return sorted(ours, key=lambda field: field.null)


# — triggers —


def seal_every_table() -> None:
    """Register the triggers that seal on every table. Call it once all models are loaded."""
    for model in sealed_models():
        pgtrigger.register(*sealing_triggers(model))(model)


def sealing_triggers(model: type[models.Model]) -> list[pgtrigger.Trigger]:
    """Build the triggers that seal rows of `model` after each statement; an update that changes nothing seals none."""
    key, columns = model._meta.pk.column, sealed_columns(model)
    fixed = fixed_columns(model)
    rest = [column for column in columns if column not in fixed]
    joins, project = project_sql(model)
    table = model._meta.db_table
    new, old = json_sql(model, "r", columns), json_sql(model, "o", columns)
    texts = f"{text_sql(model, 'r', fixed)} AS fixed_text, {text_sql(model, 'r', rest)} AS row_text"
    gone = "NULL::text AS fixed_text, NULL::text AS row_text, '' AS tells"
    # An update of the key is the end of one row and the beginning of another, for which no act is allowed.
    before = f' LEFT JOIN old_rows o ON o."{key}" = r."{key}"'
    changed = f"public.ouvrage_row_changes({old}, {new}) AS tells"

    def build(name: str, operation: pgtrigger.Operation, rows: str, values: str, again: bool) -> pgtrigger.Trigger:
        referenced = {age: f"{age}_rows" for age in ("new", "old") if f"{age}_rows" in rows}
        return pgtrigger.Trigger(
            name=name,
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=pgtrigger.Referencing(**referenced),  # type: ignore[no-untyped-call]
            declare=[("layout", "bigint")],
            func=f"""
                IF NOT EXISTS (SELECT FROM {rows.partition(" ")[0]}) THEN
                  RETURN NULL;
                END IF;
                layout := {_layout_sql(table, columns, fixed)};
                PERFORM public.ouvrage_seal_row(
                  w.project, '{table}', w.row_id, layout, w.fixed_text, w.row_text, w.tells, {str(again).lower()})
                FROM (SELECT {project} AS project, r."{key}" AS row_id, {values}
                      FROM {rows}{joins} ORDER BY 1, 2) w
                WHERE w.tells IS NOT NULL;
                RETURN NULL;
            """,
        )

    return [
        build("seals_new_rows", pgtrigger.Insert, "new_rows r", f"{texts}, {_version_sql(model)} AS tells", False),
        build("seals_changed_rows", pgtrigger.Update, f"new_rows r{before}", f"{texts}, {changed}", True),
        build("seals_deleted_rows", pgtrigger.Delete, "old_rows r", gone, False),
    ]


def _version_sql(model: type[models.Model]) -> str:
    """Return SQL for what the seal of a new row tells: of a row of a history, the newest seal of its row."""
    governed = getattr(model, "instance_type", None)
    if governed is None:
        return "''"
    key = governed._meta.pk.column
    return f"""coalesce((SELECT s.seq::text FROM public.projects_rowseal s
        WHERE s."table" = '{governed._meta.db_table}' AND s."row" = r."{key}" ORDER BY s.id DESC LIMIT 1), '')"""


def _layout_sql(table: str, columns: Sequence[str], fixed: Sequence[str]) -> str:
    """Return SQL for the layout of seals that cover these columns, of which no act changes the `fixed` ones."""
    listed = ", ".join(f"'{FIXED if column in fixed else ''}{column}'" for column in columns)
    return f"public.ouvrage_row_layout('{table}', ARRAY[{listed}])"


# — reading —

#: Whether a row of `rows_sql`, alias `f`, is as its newest seal says.
MATCHES = """(CASE WHEN f.fixed IS NULL
  THEN f.hash IS NOT DISTINCT FROM sha256(convert_to(f.salt || f.row_text, 'UTF8'))
  ELSE f.fixed = sha256(convert_to(f.fixed_salt || f.fixed_text, 'UTF8'))
    AND f.hash IS NOT DISTINCT FROM sha256(convert_to(f.salt || encode(f.fixed, 'hex') || f.row_text, 'UTF8'))
  END IS TRUE)"""


def newest_sql(chains: bool) -> str:
    """Return SQL for the newest seal of each row of a table; parameters: the table, and the chains if so."""
    where = " AND s.chain = ANY (%s)" if chains else ""
    return f"""SELECT DISTINCT ON (s."row") s."row", s.chain, s.layout_id, s.salt, s.hash, s.fixed_salt, s.fixed
        FROM public.projects_rowseal s WHERE s."table" = %s{where} ORDER BY s."row", s.id DESC"""


class Layout(NamedTuple):
    """The columns that a seal covers, and those of them that no act changes; None in the first version of seals."""

    columns: list[str]
    fixed: list[str] | None

    @property
    def rest(self) -> list[str]:
        """List the columns that may change."""
        return [column for column in self.columns if column not in (self.fixed or ())]


type Layouts = dict[int, Layout]


def read_layouts() -> dict[str, Layouts]:
    """Map each sealed table to the layouts of its seals whose columns it still has. One query."""
    present = {
        model._meta.db_table: {field.column for field in model._meta.local_concrete_fields} for model in sealed_models()
    }
    known: dict[str, Layouts] = {table: {} for table in present}
    with connection.cursor() as cursor:
        cursor.execute('SELECT "table", id, columns FROM projects_rowlayout ORDER BY id')
        for table, number, listed in cursor.fetchall():
            columns = [(column or "").removeprefix(FIXED) for column in listed]
            fixed = [column for column, told in zip(columns, listed, strict=True) if column != told]
            if table in present and present[table].issuperset(columns):
                known[table][number] = Layout(columns, fixed or None)
    return known


def current_layout(model: type[models.Model]) -> Layout:
    """Return the layout of seals that are made today."""
    return Layout(sealed_columns(model), fixed_columns(model))


def rows_sql(model: type[models.Model], known: Layouts, chains: bool) -> str:
    """Return SQL for the rows of `model` beside their newest seals, each with its text in the layout of its seal.

    Columns: row_id, chain, layout, salt, hash, fixed_salt, fixed, fixed_text, row_text, sealed, present. Parameters:
    `rows_parameters`. `known` are the layouts of its table.
    """
    joins, project = project_sql(model)
    key, current = model._meta.pk.column, current_layout(model)
    numbers = "".join(f" OR n.layout_id = {number}" for number, layout in known.items() if layout == current)
    older = {number: layout for number, layout in known.items() if layout != current}
    rest = "".join(f" WHEN n.layout_id = {number} THEN {_rest_sql(model, each)}" for number, each in older.items())
    fixed = "".join(
        f" WHEN n.layout_id = {number} THEN {text_sql(model, 'r', layout.fixed)}"
        for number, layout in older.items()
        if layout.fixed is not None
    )
    where = f" WHERE coalesce({project}, 0) = ANY (%s)" if chains else ""
    return f"""SELECT coalesce(n."row", r."{key}") AS row_id, coalesce(n.chain, r.chain_of_row) AS chain,
            n.layout_id AS layout, n.salt::text AS salt, n.hash AS hash, n.fixed_salt::text AS fixed_salt, n.fixed,
            CASE WHEN n."row" IS NULL{numbers} THEN {text_sql(model, "r", current.fixed or [])}{fixed}
              END AS fixed_text,
            CASE WHEN n."row" IS NULL{numbers} THEN {_rest_sql(model, current)}{rest} END AS row_text,
            n."row" IS NOT NULL AS sealed, r."{key}" IS NOT NULL AS present
        FROM ({newest_sql(chains)}) n FULL JOIN (
            SELECT r.*, coalesce({project}, 0) AS chain_of_row FROM public."{model._meta.db_table}" r{joins}{where}
        ) r ON r."{key}" = n."row\""""


def _rest_sql(model: type[models.Model], layout: Layout) -> str:
    """Return SQL for the text that is hashed beside the unchangeable columns; in the first version, of all."""
    sql = first_text_sql if layout.fixed is None else text_sql
    return sql(model, "r", layout.rest)


def rows_parameters(model: type[models.Model], chains: Sequence[int] | None) -> list[Any]:
    """Return the parameters of `rows_sql`."""
    return [model._meta.db_table] if chains is None else [model._meta.db_table, list(chains), list(chains)]


# — after a migration —


def seal_unsealed_rows() -> int:
    """Seal the rows without a seal, and those whose seal covers other columns than today; return how many.

    A row that differs from its seal keeps it. The caller records the events, as the role that owns the tables.
    """
    count = 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('ouvrage.sealing', 'on', true)")
        layouts = read_layouts()
        for model in sealed_models():
            key, table = model._meta.pk.column, model._meta.db_table
            current, known = current_layout(model), layouts[table]
            fixed = current.fixed or []
            numbers = [number for number, layout in known.items() if layout == current]
            joins, project = project_sql(model)
            cursor.execute(
                f"""SELECT public.ouvrage_seal_row({project}, '{table}', r."{key}",
                           (SELECT {_layout_sql(table, current.columns, fixed)}), {text_sql(model, "r", fixed)},
                           {text_sql(model, "r", current.rest)}, '', f.sealed)
                    FROM ({rows_sql(model, known, chains=False)}) f
                    JOIN public."{table}" r ON r."{key}" = f.row_id{joins}
                    WHERE NOT f.sealed OR f.layout <> ALL (%s)
                      AND (f.layout <> ALL (%s) OR {MATCHES})
                    ORDER BY coalesce({project}, 0), f.row_id""",
                [*rows_parameters(model, None), numbers, list(known)],
            )
            count += cursor.rowcount
        cursor.execute("SELECT set_config('ouvrage.sealing', '', true)")
    return count
