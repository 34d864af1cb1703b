"""Alter everything: each column of each table, a row more, a row less, two rows swapped; both verifiers see it.

One step alters the same thing in all tables at once, past every guard, and is rolled back; the faults must name each
altered row. What neither sees is listed with a reason in docs/ledger.md, and nothing else.
"""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from itertools import zip_longest
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as configured
from django.db import models

from governance.models import Timestamp
from governance.record.notary import checkpoints
from governance.record.verification.bundles import export
from governance.record.verification.verifier import verify
from pmo.models import Snapshot
from projects.ledger.enums import ACTS, Act
from projects.ledger.row_seals import SEALED_APPS, seal_unsealed_rows, sealed_columns, sealed_models
from projects.ledger.services import record
from projects.models import Project
from roles.models import User
from tests.database import run, undone
from tests.governance.record.notary.authority import Authority
from tests.projects.ledger.tampering import as_notary, forge_seals, sign_checkpoint
from tools.verify_ledger import ALTERED, INTACT, SEALED_BY, SEALED_LATER, Report, verify_bundle

#: Another value of a column, by the type of PostgreSQL; arrays and others below.
OTHER = {
    "bool": "NOT coalesce({c}, false)",
    "bytea": "coalesce({c}, '') || 'x'",
    "date": "coalesce({c}, current_date) + 1",
    "time": "coalesce({c}, '10:00') + interval '1 hour'",
    "jsonb": "jsonb_build_array({c})",
    "numeric": "coalesce({c}, 0) + 1",
    "text": "left({c}, length({c}) - 1) || CASE WHEN right({c}, 1) = 'x' THEN 'y' ELSE 'x' END",
    "timestamptz": "coalesce({c}, now()) + interval '1 second'",
    "tstzrange": "tstzrange(lower({c}) - interval '1 second', upper({c}))",
    "uuid": "gen_random_uuid()",
}
OTHER |= dict.fromkeys(("float8", "int2", "int4", "int8"), "coalesce({c}, 0) + 1")
#: Some value of a column.
SOME = {
    "bool": "false",
    "bytea": "'x'",
    "date": "current_date",
    "jsonb": "'{}'",
    "numeric": "1",
    "text": "'x'",
    "time": "'10:00'",
    "timestamptz": "clock_timestamp()",
    "tstzrange": "'empty'",
    "uuid": "gen_random_uuid()",
    "varchar": "'x'",
}
SOME |= dict.fromkeys(("float8", "int2", "int4", "int8"), "1")


def all_models() -> list[type[models.Model]]:
    """List the models of our apps, sealed or not."""
    return [m for m in apps.get_models(include_auto_created=True) if m._meta.app_label in SEALED_APPS]


def table_of(model: type[models.Model]) -> str:
    return model._meta.db_table


def exceptions() -> dict[str, set[str]]:
    """Read the columns and rows that docs/ledger.md says nobody verifies: table → columns, "all" for every one."""
    text = (configured.ROOT / "docs/ledger.md").read_text(encoding="utf-8")
    lines = text[text.index("| Table | Columns, or rows |") :].partition("\n\n")[0].splitlines()[2:]
    listed: dict[str, set[str]] = {}
    for line in lines:
        table, columns, _why = (cell.strip().replace("`", "") for cell in line.strip("|").split("|"))
        listed.setdefault(table, set()).update(columns.split(", "))
    return listed


def listed_columns(table: str, listed: dict[str, set[str]]) -> set[str]:
    """Return the columns of a table that the page lists."""
    columns, known = set(columns_of(table)), listed.get(table, set())
    return columns if known == {"all"} else columns & known


@cache
def columns_of(table: str) -> dict[str, str]:
    """Return the columns of a table that can be written, and their types."""
    return dict(
        run(
            "SELECT column_name, udt_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
            [table],
        )
    )


def another(column: str, kind: str) -> str:
    """Return SQL for another value of a column."""
    name = f'"{column}"'
    if kind in {"varchar", "text", "bpchar"}:
        return f"CASE WHEN coalesce({name}, '') = '' THEN 'x' ELSE {OTHER['text'].format(c=name)} END"
    return f"array_append({name}, NULL)" if kind.startswith("_") else OTHER[kind].format(c=name)


@pytest.fixture(scope="module")
def kept_unguarded(kept_database: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, int]]:
    """Take every guard and constraint off, fill the tables that are empty; return the newest row of each."""
    tables, tmp_path = [table_of(model) for model in all_models()], tmp_path_factory.mktemp("notary")
    with pytest.MonkeyPatch.context() as settings:
        # The one in the middle is stamped, so that the first and the last show what no time stamp tells.
        sign_checkpoint(tmp_path / "notary.pem")
        with as_notary():
            signed, _last = (checkpoints.rotate(tmp_path / "notary.pem") for _ in range(2))
        clock = Authority()
        certificates = clock.write_certificates(tmp_path / "authority.pem")
        settings.setattr(configured, "TIMESTAMP_CERTIFICATES", str(certificates))
        with as_notary():
            Timestamp.objects.create(checkpoint=signed, token=clock.token(bytes(signed.hash)))
        run("SET CONSTRAINTS ALL IMMEDIATE")
        run("SET ROLE NONE")
        for table in tables:
            run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for table, constraint in run(
            "SELECT c.relname, o.conname FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid"
            " WHERE c.relname = ANY (%s) AND o.contype IN ('c', 'x', 'u')",
            [tables],
        ):
            run(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}" CASCADE')
        for index in run(
            "SELECT i.indexrelid::regclass FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
            " WHERE c.relname = ANY (%s) AND i.indisunique AND NOT i.indisprimary",
            [tables],
        ):
            run(f"DROP INDEX IF EXISTS {index[0]}")
        run("SET CONSTRAINTS ALL DEFERRED")
        fill_empty_tables(all_models())
        newest = {}
        for model in all_models():
            [[last]] = run(f'SELECT max("{model._meta.pk.column}") FROM {table_of(model)}')
            if last is not None:
                newest[table_of(model)] = last
        yield newest


@pytest.fixture
def unguarded(kept_unguarded: dict[str, int], django_db_blocker: Any) -> Iterator[dict[str, int]]:
    """Return the newest row of each table, unguarded, for a test whose own acts are rolled back."""
    with django_db_blocker.unblock(), undone():
        yield kept_unguarded


def fill_empty_tables(among: list[type[models.Model]]) -> None:
    """Add a sealed row to each of these tables of which the cast has none, and an event that tells their seals."""
    project = Project.objects.earliest("pk")
    filled: list[type[models.Model]] = []
    for model in sorted(among, key=is_history):
        table = table_of(model)
        if run(f"SELECT EXISTS (SELECT FROM {table})") == [(True,)]:
            continue
        kinds = columns_of(table)
        values = {name: SOME.get(kind, "'{}'") for name, kind in kinds.items() if name != model._meta.pk.column}
        for field in model._meta.local_concrete_fields:
            if field.remote_field and field.column in values:
                values[field.column] = f"(SELECT coalesce(min(id), 1) FROM {table_of(field.related_model)})"
        if "project_id" in values:
            values["project_id"] = str(project.pk)
        if is_history(model):
            base = model.instance_type
            kept = {base._meta.pk.column, *({f.column for f in base._meta.local_concrete_fields} & values.keys())}
            values |= {name: f'(SELECT "{name}" FROM {table_of(base)} LIMIT 1)' for name in kept}
        listed = ", ".join(f'"{name}"' for name in values)
        run(f"INSERT INTO {table} ({listed}) SELECT {', '.join(values.values())}")
        filled.append(model)
    seal_unsealed_rows()
    person = User.objects.earliest("pk")
    for model in filled:
        if acts := SEALED_BY.get(model._meta.label_lower):
            record(act=ACTS[min(acts)], actor=person, project=project, subject=model._default_manager.latest("pk"))
    for project in Project.objects.order_by("pk"):
        record(act=Act.SEAL_ROWS, actor=person, project=project, subject=project)


def is_history(model: Any) -> bool:
    return hasattr(model, "history_object")


def names(report: Report, table: str, number: Any) -> bool:
    """Return whether a fault names a row."""
    return any(f"{table} {number} " in f"{fault.what} " for fault in report.faults)


def first_row(table: str, key: str) -> int:
    [[first]] = run(f'SELECT min("{key}") FROM {table}')
    return int(first)


def alter(table: str, key: str, number: int, column: str) -> None:
    value = f'(SELECT max("{key}") + 1 FROM {table})' if column == key else another(column, columns_of(table)[column])
    run(f'UPDATE {table} SET "{column}" = {value} WHERE "{key}" = %s', [number])


def add(table: str, key: str, number: int) -> None:
    listed = ", ".join(f'"{column}"' for column in columns_of(table) if column != key)
    run(
        f'INSERT INTO {table} ("{key}", {listed}) OVERRIDING SYSTEM VALUE'
        f' SELECT {number + 1}, {listed} FROM {table} WHERE "{key}" = %s',
        [number],
    )


def remove(table: str, key: str, number: int) -> None:
    run(f'DELETE FROM {table} WHERE "{key}" = %s', [number])


def swap(table: str, key: str, number: int) -> bool:
    """Swap the newest row with the one before it; return whether that changes anything."""
    listed = ", ".join(f'"{column}"' for column in columns_of(table) if column != key)
    others = run(f'SELECT max("{key}") FROM {table} WHERE "{key}" < %s', [number])
    if others[0][0] is None or not listed:
        return False
    [before, after] = run(f'SELECT {listed} FROM {table} WHERE "{key}" IN (%s, %s)', [number, others[0][0]])
    run(
        f"UPDATE {table} t SET ({listed}) = (SELECT {listed} FROM {table} o"
        f' WHERE o."{key}" = CASE t."{key}" WHEN %s THEN %s::bigint ELSE %s END) WHERE t."{key}" IN (%s, %s)',
        [number, others[0][0], number, number, others[0][0]],
    )
    return before != after


# — in the database —


def test_every_sealed_table_has_a_row_to_alter_and_all_is_intact_before(unguarded: dict[str, int]) -> None:
    assert {table_of(model) for model in sealed_models()} - unguarded.keys() == set()
    assert verify().faults == []


def test_each_column_of_each_sealed_table(unguarded: dict[str, int]) -> None:
    everything = [[(model, column) for column in sealed_columns(model)] for model in sealed_models()]
    for step in zip_longest(*everything):
        altered = [(table_of(model), model._meta.pk.column, column) for model, column in filter(None, step)]
        with undone():
            for table, key, column in altered:
                alter(table, key, unguarded[table], column)
            report = verify()
        assert [f"{table}.{column}" for table, _, column in altered if not names(report, table, unguarded[table])] == []


@pytest.mark.parametrize("what", [add, remove, swap])
def test_a_row_more_a_row_less_and_two_rows_swapped(what: Callable[..., Any], unguarded: dict[str, int]) -> None:
    with undone():
        altered = []
        for model in sealed_models():
            table = table_of(model)
            if what(table, model._meta.pk.column, unguarded[table]) is not False:
                altered.append(table)
        report = verify()
    shift = 1 if what is add else 0
    assert [table for table in altered if not names(report, table, unguarded[table] + shift)] == []
    several = [model for model in sealed_models() if run(f"SELECT count(*) > 1 FROM {table_of(model)}") == [(True,)]]
    assert len(altered) > len(several if what is swap else sealed_models()) / 2


OLDER_SEALS, ROW_MORE, LAST_GONE = "salts and layout_id of older seals", "a row more", "the last row gone"


def test_the_exceptions_are_those_of_the_page(unguarded: dict[str, int]) -> None:
    """Alter each column and row that no seal covers: it is seen, or the page says that it is not, and why."""
    expected = exceptions()
    with undone():  # what the page lists, all at once
        for model in all_models():
            table, key = table_of(model), model._meta.pk.column
            if table in unguarded:
                for column in sorted(listed_columns(table, expected), key=lambda column: column == key):
                    alter(table, key, first_row(table, key), column)
        assert verify().faults == []
    unseen: dict[str, set[str]] = {}
    for model in all_models():
        table, key = table_of(model), model._meta.pk.column
        covered = sealed_columns(model) if model in sealed_models() else []
        if table not in unguarded or expected.get(table) == {"all"}:
            continue
        unseen[table] = listed_columns(table, expected)
        for column in columns_of(table).keys() - unseen[table] - {*covered}:
            assert not is_unseen(alter, table, key, first_row(table, key), column), (table, column)
        if covered:
            continue
        changes = {ROW_MORE: add, LAST_GONE: remove}
        if "id" not in unseen[table]:  # otherwise rows that are swapped are rows with another id
            changes["two rows swapped"] = swap
        unseen[table] |= {name for name, change in changes.items() if is_unseen(change, table, key, unguarded[table])}
    [[older]] = run(
        "SELECT min(s.id) FROM projects_rowseal s JOIN projects_rowseal n"
        ' ON n."table" = s."table" AND n."row" = s."row" AND n.id > s.id AND n.hash IS NOT NULL'
    )
    seals = "projects_rowseal"
    columns = {column for column in columns_of(seals) if is_unseen(alter, seals, "id", older, column)}
    assert columns - unseen[seals] == {"salt", "fixed_salt", "layout_id"}
    unseen[seals].add(OLDER_SEALS)
    unseen = {table: columns for table, columns in unseen.items() if columns}
    assert unseen == {table: columns for table, columns in expected.items() if columns != {"all"}}


def test_a_row_that_is_sealed_later_can_be_rewritten_with_its_seal_until_the_next_event(unguarded: Any) -> None:
    earlier = Snapshot.objects.latest("pk")
    add("pmo_snapshot", "id", earlier.pk)
    snapshot = Snapshot.objects.get(pk=earlier.pk + 1)
    seal_unsealed_rows()
    for covered in (False, True):
        if covered:
            record(act=Act.SEAL_ROWS, actor=User.objects.earliest("pk"), project=earlier.project, subject=snapshot)
        assert verify().faults == []
        run("UPDATE pmo_snapshot SET day = day + 1 WHERE id = %s", [snapshot.pk])
        assert names(verify(), "pmo_snapshot", snapshot.pk)
        forge_seals(earlier.project, snapshot)
        assert (verify().result == ALTERED) is covered


def is_unseen(change: Callable[..., Any], *where: Any) -> bool:
    """Return whether the verifier does not see a change, which is undone."""
    with undone():
        return change(*where) is not False and verify().result == INTACT


# — on an export —


@pytest.fixture
def bundle(unguarded: Any) -> dict[str, Any]:
    """Export everything."""
    whole: dict[str, Any] = json.loads("".join(export(Project.objects.all(), whole=True, contents=True)))
    return whole


def judged(bundle: dict[str, Any]) -> Report:
    return verify_bundle(bundle, [], [], set())


def otherwise(value: Any) -> Any:
    """Return another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return [*value, "x"] if isinstance(value, list) else {**value, "x": "y"} if isinstance(value, dict) else f"{value}x"


def newest_rows(bundle: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {row["table"]: row for row in bundle["rows"]}


def test_an_export_is_intact_and_holds_every_table(bundle: dict[str, Any]) -> None:
    assert judged(bundle).faults == []
    assert newest_rows(bundle).keys() == {table_of(model) for model in sealed_models()}


def test_each_column_of_each_row_of_an_export(bundle: dict[str, Any]) -> None:
    most = max(len(sealed_columns(model)) for model in sealed_models())
    for place in range(most):
        given = {**bundle, "rows": deepcopy(bundle["rows"])}
        altered = []
        for table, row in newest_rows(given).items():
            said = json.loads(row["text"])
            if place < len(said):
                column = sorted(said)[place]
                row["text"] = json.dumps(said | {column: otherwise(said[column])}, ensure_ascii=False)
                altered.append((table, row["row"]))
        report = judged(given)
        assert [table for table, number in altered if not names(report, table, number)] == []


def _more(rows: list[dict[str, str]], row: dict[str, str]) -> str:
    rows.append(row | {"row": "99999999"})
    return "99999999"


def _less(rows: list[dict[str, str]], row: dict[str, str]) -> str:
    rows.remove(row)
    return row["row"]


def _swapped(rows: list[dict[str, str]], row: dict[str, str]) -> str:
    others = [other for other in rows if other["table"] == row["table"] and other is not row]
    if not others:
        return ""
    for part in ("fixed", "text"):
        row[part], others[0][part] = others[0][part], row[part]
    return row["row"]


@pytest.mark.parametrize("what", [_more, _less, _swapped])
def test_a_row_more_a_row_less_and_two_swapped_on_an_export(what: Any, bundle: dict[str, Any]) -> None:
    given = {**bundle, "rows": deepcopy(bundle["rows"])}
    altered = {table: what(given["rows"], row) for table, row in newest_rows(given).items()}
    report = judged(given)
    assert [table for table, number in altered.items() if number and not names(report, table, number)] == []


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_seal_of_an_export(place: int, bundle: dict[str, Any]) -> None:
    """An event tells the link of the seals before it; those behind the last event are of rows that are sealed later."""
    for seals in [bundle["shared"], *(project["seals"] for project in bundle["projects"])]:
        for number in (0, len(seals) // 2):
            if len(seals) > number:
                before, seals[number] = seals[number], list(seals[number])
                seals[number][place] = ("roles_user", "7", "00" * 32)[place]
                assert before == seals[number] or judged(bundle).result == ALTERED
                seals[number] = before


def test_the_tables_that_the_next_event_tells_are_those_of_the_models() -> None:
    later = {table_of(model) for model in sealed_models() if getattr(model, "SEALED_LATER", False)}
    assert later == SEALED_LATER
