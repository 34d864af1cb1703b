"""Check that tables and columns are as the models declare them."""

from typing import Any

from django.apps import apps
from django.db import connection, models

from config.database_check.verdict import Verdict, rows
from config.grants import OURS

#: Anything that would change the meaning of a statement on our tables, or their durability.
ODD = """
SELECT c.relname, CASE
    WHEN c.relkind <> 'r' THEN 'is no plain table'
    WHEN c.relpersistence <> 'p' THEN 'does not survive a crash (UNLOGGED)'
    WHEN c.relrowsecurity THEN 'has row security'
    WHEN EXISTS (SELECT FROM pg_rewrite w WHERE w.ev_class = c.oid) THEN 'has a rule'
    WHEN EXISTS (SELECT FROM pg_inherits i WHERE c.oid IN (i.inhparent, i.inhrelid)) THEN 'has an heir or a parent'
  END AS odd
FROM unnest(%s::text[]) AS t (name) JOIN pg_class c ON c.relname = t.name AND c.relnamespace = 'public'::regnamespace
"""
COLUMNS = """
SELECT t.name, t.attname, a.attname IS NOT NULL,
       format_type(to_regtype(t.type), to_regtypemod(t.type)) IS NOT DISTINCT FROM format_type(a.atttypid, a.atttypmod),
       t.required = a.attnotnull
FROM unnest(%s::text[], %s::text[], %s::text[], %s::boolean[]) AS t (name, attname, type, required)
LEFT JOIN pg_attribute a ON a.attrelid = to_regclass('public.' || quote_ident(t.name)) AND a.attname = t.attname
      AND NOT a.attisdropped
"""


def our_tables() -> list[type[models.Model]]:
    """List the models that have a table, those of packages and many-to-many fields included."""
    every = apps.get_models(include_auto_created=True)
    return [model for model in every if model._meta.managed and not model._meta.proxy]


def columns_of(model: type[models.Model]) -> list[Any]:
    """List the fields of a model that have a column (Any: the stubs know too little about fields)."""
    return [field for field in model._meta.local_concrete_fields if field.db_type(connection)]


def check_tables() -> Verdict:
    """Check that every table is plain and permanent, without rules, row security or inheritance."""
    names = [model._meta.db_table for model in our_tables()]
    expressions: dict[str, str | None] = dict(rows(ODD, names))
    faults = [f"{table} {odd}" for table, odd in expressions.items() if odd]
    faults += [f"{table} is missing" for table in names if table not in expressions]
    return Verdict("tables", f"{len(names)} tables are there, plain and lasting", sorted(faults))


def check_columns() -> Verdict:
    """Check that every column of our apps has its type, and refuses NULL where the model does.

    Packages are left out: their key types depend on when their migrations were written.
    """
    wanted = [
        (model._meta.db_table, field.column, field.db_type(connection), not field.null or field.primary_key)
        for model in our_tables()
        if model._meta.app_label in OURS
        for field in columns_of(model)
    ]
    faults = []
    for table, column, there, typed, required in rows(COLUMNS, *(list(each) for each in zip(*wanted, strict=True))):
        if not there:
            faults.append(f"{table}.{column} is missing")
        elif not typed:
            faults.append(f"{table}.{column} has another type")
        elif not required:
            faults.append(f"{table}.{column} is not as strict about NULL as declared")
    return Verdict("columns", f"{len(wanted)} columns have their types", sorted(faults))
