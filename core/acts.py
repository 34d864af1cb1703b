"""Who acts, and when: the transaction of one act.

Every service that changes a governed record is wrapped in `@act`. It opens the transaction, names the actor for
the history rows, asks for the permission, locks the row and asks again; it bounds the wait for locks and retries when
PostgreSQL asks for it. `act_time()` is the instant of the act.
"""

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

import psycopg
from django.db import DatabaseError, OperationalError, connection, models, transaction
from django.utils import timezone

from core import refusal_log as refusals
from core.access import ensure

if TYPE_CHECKING:
    from roles.models import User

TRIES = 3
SERIALIZATION_FAILURE, DEADLOCK, LOCK_TIMEOUT = "40001", "40P01", "55P03"
#: SQLSTATEs of our triggers and constraints, and of what the role of the connection may not do.
RULES = ("23", "42501")


@dataclass(frozen=True)
class ActContext:
    """What holds around the code that runs: an act, a back-entry, a request."""

    #: The user whose act is under way.
    actor: "User | None" = None
    #: The instant of a back-entry.
    past: datetime | None = None
    #: The database's time since the act took its locks.
    instant: datetime | None = None
    #: What was read once, by key; None outside of requests and acts.
    memory: dict[Any, Any] | None = None


_NOTHING = ActContext()
_context: ContextVar[ActContext] = ContextVar("act", default=_NOTHING)


@contextmanager
def _having(**changes: Any) -> Iterator[None]:
    """Change these fields of the context inside; the other fields keep what is set inside."""
    before = _context.get()
    _context.set(replace(before, **changes))
    try:
        yield
    finally:
        _context.set(replace(_context.get(), **{name: getattr(before, name) for name in changes}))


class NotRecorded(Exception):
    """The records of this project were busy for too long: nothing was written, the reader may try again."""


def current_actor() -> "User | None":
    """The user whose act is under way, or None outside any act."""
    return _context.get().actor


@contextmanager
def acting_as(user: "User | None") -> Iterator[None]:
    """Attribute the history rows written inside to `user`."""
    with _having(actor=user):
        yield


def act_time() -> datetime:
    """The instant of the act under way: that of a back-entry, else the database's since the lock, else now."""
    context = _context.get()
    return context.past or context.instant or timezone.now()


def is_back_entry() -> bool:
    """Whether the act under way took place before it is entered."""
    return _context.get().past is not None


def database_time() -> datetime:
    """What the clock of the database shows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
        return now


def take_database_time() -> None:
    """Date the rest of the act by the clock of the database, once the act has its locks."""
    set_act_time(database_time())


def set_act_time(instant: datetime) -> None:
    """Set the act's time to the moment its locks were taken; forget what was remembered before."""
    context = _context.get()
    _context.set(replace(context, instant=instant))
    if context.memory is not None:
        context.memory.clear()


@contextmanager
def cached_reads() -> Iterator[None]:
    """Let `cached` remember what it read inside, until an act takes its locks."""
    with _having(memory={}):
        yield


def cached[T](key: Any, read: Callable[[], T]) -> T:
    """What `read` gives, read once per request or act for the same key; outside of both it is read each time."""
    memory = _context.get().memory
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
    with _having(past=instant), transaction.atomic():
        _tell_database("ouvrage.back_entry", instant.isoformat())
        yield
        _tell_database("ouvrage.back_entry", "")


@contextmanager
def erasing(mark: str) -> Iterator[None]:
    """Let erasable texts become `mark` inside, and nothing else (core.erasure).

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


class Lockable(Protocol):
    """A row of which an act can take hold."""

    def locked(self) -> Any:
        """Return the row as it is now, locked until the act ends; from then on the act has the database's time."""


def act[**P, R](
    permission: str, on: str | Callable[[Mapping[str, Any]], Any] = "", *, lock: str | None = ""
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make `service(*, actor, …)` one act: permission, lock, permission again, then the service with the fresh row.

    `on` names the argument that the permission is asked about, or a field of it ("version.standard"), or gives it from
    the arguments; without it the permission concerns no row. `lock` names the argument to lock, the one of `on` unless
    said otherwise; with None nothing is locked here, and a service that locks later asks again by itself.

    Raises Refused, and NotRecorded when another act holds the project for longer than the lock_timeout of the settings.
    """
    if lock == "":
        lock = on.partition(".")[0] or None if isinstance(on, str) else None

    def subject(given: Mapping[str, Any]) -> Any:
        if not isinstance(on, str):
            return on(given)
        name, _dot, field = on.partition(".")
        row = given[name] if name else None
        return getattr(row, field) if field else row

    def decorate(service: Callable[P, R]) -> Callable[P, R]:
        def begin(actor: "User", given: dict[str, Any]) -> dict[str, Any]:
            ensure(actor, permission, subject(given))
            if lock is None:
                return given
            given = given | {lock: given[lock].locked()}
            ensure(actor, permission, subject(given))
            return given

        return _one_transaction(service, begin)

    return decorate


def open_act[**P, R](service: Callable[P, R]) -> Callable[P, R]:
    """Make `service(*, actor, …)` one act that asks for no permission: see `act`."""
    return _one_transaction(service, lambda _actor, given: given)


def _one_transaction[**P, R](
    service: Callable[P, R], begin: Callable[["User", dict[str, Any]], dict[str, Any]]
) -> Callable[P, R]:
    @functools.wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        memory = nullcontext() if _context.get().memory is not None else cached_reads()
        with _having(instant=None), memory:
            return _run(*args, **kwargs)

    def _run(*args: P.args, **kwargs: P.kwargs) -> R:
        actor = kwargs["actor"]
        tries = 1 if connection.in_atomic_block else TRIES
        while True:
            tries -= 1
            try:
                with acting_as(actor), transaction.atomic():  # type: ignore[arg-type]
                    return service(*args, **begin(actor, kwargs))  # type: ignore[arg-type]
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
