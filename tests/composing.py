"""Compose the SQL of a query faster: what is the same for each use of a column is made once.

Django makes a column anew for each query that names it, and quotes and hashes each: a tenth of the processor time of
these tests, whose queries select whole rows of joined tables. The SQL is the same.
"""

from functools import wraps
from typing import Any

from django.db.models import Field, ForeignKey
from django.db.models.expressions import Col
from django.db.models.sql.compiler import SQLCompiler

#: Columns by field, alias and field of their values, whose names in the key live as long as they stand here.
COLUMNS: dict[tuple[int, str, int], tuple[Col, Any, Any]] = {}


def compose_fast() -> None:
    """Keep every column, with its SQL and its converters, until the session ends."""
    for kind in (Field, ForeignKey):
        kind.get_col = _keep(kind.get_col)
    Col.as_sql = _once(Col.as_sql)
    Col.select_format = _once(Col.select_format)
    Col.get_db_converters = _once(Col.get_db_converters)
    SQLCompiler.compile = _columns_first(SQLCompiler.compile)


def _keep(get_col: Any) -> Any:
    """Return the same column for the same alias of a field; Django changes none, a renamed one is another."""

    @wraps(get_col)
    def kept(field: Any, alias: str, output_field: Any = None) -> Col:
        key = id(field), alias, id(output_field)
        if (known := COLUMNS.get(key)) is None:
            known = COLUMNS[key] = get_col(field, alias, output_field), field, output_field
        return known[0]

    return kept


def _once(method: Any) -> Any:
    """Return what the method of a column said first; there is one connection."""
    name = f"_first_{method.__name__}"

    @wraps(method)
    def once(column: Any, *rest: Any) -> Any:
        known = column.__dict__
        if name not in known:
            known[name] = method(column, *rest)
        return known[name]

    return once


def _columns_first(compile_node: Any) -> Any:
    """Compile a column at once: PostgreSQL has no SQL of its own for it."""

    @wraps(compile_node)
    def compiled(compiler: Any, node: Any) -> Any:
        return node.as_sql(compiler, compiler.connection) if type(node) is Col else compile_node(compiler, node)

    return compiled
