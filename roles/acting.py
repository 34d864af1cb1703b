"""Who acts, and when: the transaction of one act.

Every service that changes a governed record is wrapped in `@act`. It opens the transaction, names the actor for
the history rows, bounds the wait for locks and retries when PostgreSQL asks for it. `at()` is the instant of the act.
"""

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, Any

import psycopg
from django.db import DatabaseError, OperationalError, connection, models, transaction
from django.utils import timezone

from roles import refusals

if TYPE_CHECKING:
    from roles.models import User

TRIES = 3
SERIALIZATION_FAILURE, DEADLOCK, LOCK_TIMEOUT = "40001", "40P01", "55P03"
#: SQLSTATEs of our triggers and constraints, and of what the role of the connection may not do.
RULES = ("23", "42501")

_actor: ContextVar["User | None"] = ContextVar("actor", default=None)
_past: ContextVar[datetime | None] = ContextVar("past", default=None)
_instant: ContextVar[datetime | None] = ContextVar("instant", default=None)
_memory: ContextVar[dict[Any, Any] | None] = ContextVar("memory", default=None)


class NotRecorded(Exception):
    """The records of this project were busy for too long: nothing was written, the reader may try again."""


def current_actor() -> "User | None":
    """The user whose act is under way, or None outside any act."""
    return _actor.get()


@contextmanager
def acting_as(user: "User | None") -> Iterator[None]:
    """Attribute the history rows written inside to `user`."""
    token = _actor.set(user)
    try:
        yield
    finally:
        _actor.reset(token)


def at() -> datetime:
    """The instant of the act under way: that of a back-entry, else the database's since the lock, else now."""
    return _past.get() or _instant.get() or timezone.now()


def afterwards() -> bool:
    """Whether the act under way took place before it is entered."""
    return _past.get() is not None


def database_time() -> datetime:
    """What the clock of the database shows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
        return now


def take_database_time() -> None:
    """Date the rest of the act by the clock of the database, once the act has its locks."""
    start_from(database_time())


def start_from(instant: datetime) -> None:
    """The act has its locks at `instant` of the database: date the rest by it, and read afresh what was remembered."""
    _instant.set(instant)
    if (memory := _memory.get()) is not None:
        memory.clear()


@contextmanager
def remembering() -> Iterator[None]:
    """Let `once` remember what it read inside, until an act takes its locks."""
    token = _memory.set({})
    try:
        yield
    finally:
        _memory.reset(token)


def once[T](key: Any, read: Callable[[], T]) -> T:
    """What `read` gives, read once per request or act for the same key; outside of both it is read each time."""
    memory = _memory.get()
    if memory is None:
        return read()
    if key not in memory:
        memory[key] = read()
    found: T = memory[key]
    return found


@contextmanager
def back_entry(instant: datetime) -> Iterator[None]:
    """Enter acts that took place at `instant` (architecture §4).

    The database believes the date only from the role that owns the tables, marks every row "entered afterwards"
    and keeps the date of entry too; from the runtime role it refuses.
    """
    token = _past.set(instant)
    try:
        with transaction.atomic():
            _tell_database("ouvrage.back_entry", instant.isoformat())
            yield
            _tell_database("ouvrage.back_entry", "")
    finally:
        _past.reset(token)


@contextmanager
def erasing(mark: str) -> Iterator[None]:
    """Let erasable texts become `mark` inside, and nothing else (roles.erasure).

    The database believes it only from the role that owns the tables.
    """
    _tell_database("ouvrage.erasing", mark)
    yield
    _tell_database("ouvrage.erasing", "")


def _tell_database(setting: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [setting, value])


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Read the database inside as it is at one instant, whatever is written meanwhile."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def sqlstate(error: BaseException) -> str:
    """The five-character SQLSTATE behind a Django database error, or an empty string."""
    return getattr(error.__cause__, "sqlstate", None) or ""


def _in_the_words_of_a_rule(error: DatabaseError) -> str:
    """The SQLSTATE, and the refusal of a trigger or a constraint in its own words; any other message may quote data."""
    state, cause = sqlstate(error), error.__cause__
    if state.startswith(RULES) and isinstance(cause, psycopg.Error):
        return f"{state} {cause.diag.message_primary}"
    return state


def _subject(named: Mapping[str, Any]) -> models.Model | None:
    """The row an act is about: the first one named besides its actor."""
    return next((row for name, row in named.items() if name != "actor" and isinstance(row, models.Model)), None)


def act[**P, R](service: Callable[P, R]) -> Callable[P, R]:
    """Make `service(*, actor, …)` one act: one transaction, one named actor, bounded waiting.

    Raises NotRecorded when another act holds the project for longer than the lock_timeout of the settings.
    """

    @functools.wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        token = _instant.set(None)
        memory = nullcontext() if _memory.get() is not None else remembering()
        try:
            with memory:
                return _run(*args, **kwargs)
        finally:
            _instant.reset(token)

    def _run(*args: P.args, **kwargs: P.kwargs) -> R:
        actor = kwargs["actor"]
        tries = 1 if connection.in_atomic_block else TRIES
        while True:
            tries -= 1
            try:
                with acting_as(actor), transaction.atomic():  # type: ignore[arg-type]
                    return service(*args, **kwargs)
            except OperationalError as error:
                if sqlstate(error) in {SERIALIZATION_FAILURE, DEADLOCK} and tries:
                    continue
                if sqlstate(error) in {SERIALIZATION_FAILURE, DEADLOCK, LOCK_TIMEOUT}:
                    refusals.note(service.__name__, actor, _subject(kwargs), sqlstate(error))
                    raise NotRecorded from error
                raise
            except DatabaseError as error:
                refusals.note(service.__name__, actor, _subject(kwargs), _in_the_words_of_a_rule(error))
                raise

    return run
