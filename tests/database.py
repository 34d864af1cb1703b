"""Query the database past every service, and report its refusals in its own words."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import pgtrigger
import psycopg
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone
from psycopg.sql import SQL, Identifier

from config.database import with_parts
from core.acts import acting_as, back_entry
from core.history import bypassing_history

#: The labels of our apps, which are folders beside this one.
OURS = tuple(app.label for app in apps.get_app_configs() if (settings.ROOT / app.name).is_dir())
RUNTIME, OWNER = "runtime", "owner"
#: A test's transaction is nested, so Django sends savepoints here. In production it is one BEGIN.
#: What begins the statements of the tests themselves.
OF_TESTS = "/* tests */"
UNCOUNTED = ("SAVEPOINT", "RELEASE SAVEPOINT", OF_TESTS)


@contextmanager
def owning() -> Iterator[None]:
    """Act as the role that owns the tables until the block ends. The caller rolls back a failed transaction."""
    run("SET ROLE NONE")
    yield
    run(f'SET ROLE "{settings.RUNTIME_ROLE}"')


def close_account(person: Any, by: Any) -> None:
    """Close an account as a past act, also that of an owner, which otherwise takes two people."""
    with owning(), acting_as(by), back_entry(timezone.now()):
        person.is_active = False
        person.save()


@contextmanager
def another_database(name: str, template: str = "template1") -> Iterator[None]:
    """Create a database of the owner beside that of the tests, as a copy of the template; drop it at the end.

    A template may be copied while nobody is in it, so what a thread left there is ended first.
    """
    copied = SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template))
    with psycopg.connect(with_parts(os.environ["DATABASE_OWNER_URL"], name="postgres"), autocommit=True) as server:
        drop_database(server, name)
        end_sessions(server, template)
        server.execute(copied)
        try:
            yield
        finally:
            drop_database(server, name)


def drop_database(server: psycopg.Connection, name: str) -> None:
    """Drop a database after ending its sessions, if it is there.

    Its owner may not drop it `WITH (FORCE)` while autovacuum works in it; a plain DROP waits until that has ended.
    """
    end_sessions(server, name)
    server.execute(SQL("DROP DATABASE IF EXISTS {}").format(Identifier(name)))


def end_sessions(server: psycopg.Connection, name: str) -> None:
    """End the sessions of a database: that of a thread whose test has ended may still be there."""
    sessions = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND backend_type = %s"
    server.execute(sessions, [name, "client backend"])


@contextmanager
def undone() -> Iterator[None]:
    """Roll back everything written in the block."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def run(sql: str, params: Any = None) -> list[tuple[Any, ...]]:
    """Execute one statement and return its rows, if any."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def disabled(triggers: Sequence[str]) -> Iterator[None]:
    """Disable triggers, each as "trigger ON table"; everything is rolled back afterwards."""
    with undone():
        if triggers:
            with owning():
                for trigger, table in (name.split(" ON ") for name in triggers):
                    run(f'ALTER TABLE {table} DISABLE TRIGGER "{trigger}"')
        yield


#: Tables in which the running test wrote past the triggers: the next seal of such a row differs from the one before.
BACKDATED: set[str] = set()


def backdate(table: str, column: str, value: Any, where: str, params: Sequence[Any] = ()) -> None:
    """Write a column with the triggers of its table off, as if the rows had been written then."""
    fire_deferred_triggers()
    BACKDATED.add(table)
    with owning():
        run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        run(f"UPDATE {table} SET {column} = %s WHERE {where}", [value, *params])
        fire_deferred_triggers()
        run(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def refusal(attack: Any, *, role: str = RUNTIME, without: str | Sequence[str] = ()) -> str:
    """Return the error of `attack` (a callable), deferred constraints included; "" when it succeeds.

    `without` is "trigger ON table", or several: they are disabled first. Everything is rolled back afterwards.
    """
    try:
        with disabled([without] if isinstance(without, str) else without):
            if role == OWNER:
                run("SET ROLE NONE")
            with bypassing_history():
                attack()
            run("SET CONSTRAINTS ALL IMMEDIATE")
    except DatabaseError as error:
        return str(error)
    return ""


@contextmanager
def statements() -> Iterator[Counter[str]]:
    """Count how often each statement was sent inside the block, whatever its values."""
    sent: Counter[str] = Counter()

    def count(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if not str(sql).startswith(UNCOUNTED):
            sent[str(sql)] += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield sent


def enable_seals(*tables: str) -> None:
    """Enable the triggers that seal the rows of these tables, whose guards are disabled."""
    named = "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE 'pgtrigger\\_seals\\_%%'"
    for table in tables:
        for (name,) in run(named, [table]):
            run(f'ALTER TABLE {table} ENABLE TRIGGER "{name}"')


def our_models() -> list[type[models.Model]]:
    """List the models of our apps, history models included."""
    return [model for model in apps.get_models() if model._meta.app_label in OURS]


@cache
def triggers() -> dict[str, tuple[type[models.Model], pgtrigger.Trigger]]:
    """List our triggers as "model.name"."""
    return {
        f"{model._meta.label_lower}.{trigger.name}": (model, trigger)
        for model, trigger in pgtrigger.registered()
        if model._meta.app_label in OURS
    }


def installed(model: type[models.Model], trigger: pgtrigger.Trigger) -> str:
    """Return the trigger in the form that `refusal(without=…)` takes."""
    return f"{trigger.get_pgid(model)} ON {model._meta.db_table}"


def constraints() -> set[str]:
    """List the names of the constraints of our models."""
    return {constraint.name for model in our_models() for constraint in model._meta.constraints}


def copy_of(model: type[models.Model], **changes: Any) -> None:
    """Insert a copy of the newest row of `model` by raw SQL with some columns changed."""
    table, key = model._meta.db_table, model._meta.pk.column
    columns = [f.column for f in model._meta.local_concrete_fields if f.column != key or model._meta.pk.remote_field]
    chosen = [f'%({name})s AS "{name}"' if (name := column) in changes else f'"{column}"' for column in columns]
    listed = ", ".join(f'"{column}"' for column in columns)
    run(f"INSERT INTO {table} ({listed}) SELECT {', '.join(chosen)} FROM {table} ORDER BY {key} DESC LIMIT 1", changes)


def fire_deferred_triggers() -> None:
    """Fire the deferred triggers and constraints now, then defer them again."""
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET CONSTRAINTS ALL DEFERRED")
