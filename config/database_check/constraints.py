"""Check that constraints and indexes mean what the models declare, beyond their names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, models

from config.database_check.expressions import Pair, faults_of
from config.database_check.tables import columns_of, our_tables
from config.database_check.verdict import Verdict, rows

CONSTRAINTS = """
SELECT c.relname, k.conname, k.contype::text, pg_get_constraintdef(k.oid), k.convalidated AND k.conenforced,
       ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS p (attnum, place)
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = p.attnum ORDER BY p.place)
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE c.relnamespace = 'public'::regnamespace AND k.contype IN ('c', 'f', 'n', 'p', 'u', 'x')
"""
INDEXES = """
SELECT c.relname, i.relname, x.indisvalid AND x.indisready AND x.indislive, pg_get_indexdef(x.indexrelid),
       (SELECT attname FROM pg_attribute WHERE attrelid = c.oid AND attnum = x.indkey[0])
FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
WHERE c.relnamespace = 'public'::regnamespace
"""


@dataclass(frozen=True)
class Rule:
    """A constraint declared by a model; for fields PostgreSQL chooses the name, so `name` is empty."""

    table: str
    name: str
    definition: str
    kind: str = ""
    columns: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[object, ...]:
        """Return the key that matches a declared with an existing constraint."""
        return (self.table, self.name) if self.name else (self.table, self.kind, self.columns)

    def __str__(self) -> str:
        return self.name or f"{self.definition.partition(' (')[0]} of {', '.join(self.columns)}"


def rules_of(model: type[models.Model]) -> Iterator[Rule]:
    """Yield the constraints of a model and of its fields, unique indexes included."""
    table = model._meta.db_table
    for field in columns_of(model):
        column = field.column
        if field.primary_key:
            yield Rule(table, "", f"PRIMARY KEY ({column})", "p", (column,))
        elif field.unique:
            yield Rule(table, "", f"UNIQUE ({column})", "u", (column,))
        if check := field.db_check(connection):
            yield Rule(table, "", f"CHECK ({check})", "c", (column,))
        if getattr(field, "db_constraint", False):
            other = field.target_field
            target = f"{other.model._meta.db_table}({other.column}) DEFERRABLE INITIALLY DEFERRED"
            yield Rule(table, "", f"FOREIGN KEY ({column}) REFERENCES {target}", "f", (column,))
    for together in model._meta.unique_together:
        names = tuple(str(model._meta.get_field(name).column) for name in together)  # type: ignore[union-attr]
        yield Rule(table, "", f"UNIQUE ({', '.join(names)})", "u", names)
    editor = connection.schema_editor(collect_sql=True)  # not used as a context manager: it only renders the SQL
    for constraint in model._meta.constraints:
        statement = str(constraint.create_sql(model, editor))
        _, constrained, definition = statement.partition(f'ADD CONSTRAINT "{constraint.name}" ')
        if not constrained:
            definition = "UNIQUE " + statement.partition(f' ON "{table}" ')[2]
        yield Rule(table, constraint.name, definition)


def check_constraints() -> Verdict:
    """Check that every declared constraint exists with its meaning, and every existing one holds for all rows."""
    wanted = [rule for model in our_tables() for rule in rules_of(model)]
    named = {rule.key for rule in wanted if rule.name}
    definitions: dict[tuple[object, ...], str] = {}
    faults: list[str] = []
    pairs: list[Pair] = []
    for table, name, _, definition, _ in rows(INDEXES):
        if definition.startswith("CREATE UNIQUE"):
            definitions[table, name] = "UNIQUE " + definition.partition(" USING btree ")[2]
    for table, name, kind, definition, holds, columns in rows(CONSTRAINTS):
        if not holds:
            faults.append(f"{table}: the constraint {name} is not enforced on every row")
            definition = re.sub(r"( NO INHERIT| NOT VALID| NOT ENFORCED)+$", "", definition)
        definitions[(table, name) if (table, name) in named else (table, kind, tuple(columns))] = definition
    for rule in wanted:
        changed = f"{rule.table}: the constraint {rule} says something else"
        if rule.key not in definitions:
            faults.append(f"{rule.table}: the constraint {rule} is missing")
            continue
        (form, *expressions), (form_found, *others) = (
            _split_definition(rule.definition),
            _split_definition(definitions[rule.key]),
        )
        if form != form_found:
            faults.append(changed)
        else:
            pairs += [Pair(f'"{rule.table}"', *two, changed) for two in zip(expressions, others, strict=True)]
    faults += faults_of(pairs)
    return Verdict("constraints", f"{len(wanted)} constraints are there, enforced, as declared", sorted(set(faults)))


def _split_definition(definition: str) -> list[str]:
    """Split a constraint into its form and its expressions: a condition, or keys, operators and a condition."""
    kind, _, rest = definition.partition(" (")
    if kind.startswith(("FOREIGN", "PRIMARY")):
        return [definition]
    if kind == "CHECK":
        return [kind, f"({rest}"]
    keys, where, condition = rest.partition(" WHERE ")
    keys, _, options = keys.rpartition(")")
    row = re.sub(r" WITH (\S+?)(?=,|$)", r", '\1'", keys)
    return [f"{kind} {options}{where}".upper(), f"ROW({row})", *([condition] if where else [])]


def check_indexes() -> Verdict:
    """Check that every declared index exists and every index is valid."""
    installed = rows(INDEXES)
    faults = [f"{table}: the index {name} is not valid" for table, name, usable, *_ in installed if not usable]
    names = {(table, name) for table, name, *_ in installed}
    firsts = {(table, first) for table, *_, first in installed}
    wanted = {(model._meta.db_table, index.name) for model in our_tables() for index in model._meta.indexes}
    led = {
        (model._meta.db_table, field.column)
        for model in our_tables()
        for field in columns_of(model)
        if field.db_index or field.unique
    }
    faults += [f"{table}: the index {name} is missing" for table, name in wanted - names]
    faults += [f"{table}: no index begins with {column}" for table, column in led - firsts]
    return Verdict("indexes", f"{len(wanted | led)} declared indexes are there and usable", sorted(faults))
