"""Run a service as one act: transaction, actor, permission, lock, time.

Every service that changes a governed record is wrapped in `@act`. It opens the transaction, sets the actor of the
history rows, checks the permission, locks the row and checks again. It bounds the wait for locks, and retries
serialization failures and deadlocks. `act_time()` returns the time of the act.
"""

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

import psycopg
from django.core.exceptions import ValidationError
from django.db import DatabaseError, OperationalError, connection, models, transaction
from django.utils import timezone

from core import refusal_log as refusals
from core.access import Person, ensure, ensure_own_hand
from core.commits import NotConfirmed, Unsure, commit
from core.record import meaning
from core.words import visible_texts
from core.words.log_lines import telling

TRIES = 3
SERIALIZATION_FAILURE, DEADLOCK, LOCK_TIMEOUT = "40001", "40P01", "55P03"
#: SQLSTATE classes of our triggers and constraints, and the one of a missing database privilege.
RULES = ("23", "42501")


@dataclass(frozen=True)
class ActContext:
    """The state of the running act, back-entry or request."""

    #: User who acts.
    actor: Person | None = None
    #: Time of a back-entry.
    past: datetime | None = None
    #: Time of the database when the act took its locks.
    instant: datetime | None = None
    #: Hash (hexadecimal) of the last event that the act recorded.
    key: str = ""
    #: Cache of the request or act by key; None outside both.
    memory: dict[Any, Any] | None = None
    #: Whether the request only shows what was typed: no act runs.
    shows_only: bool = False


_NOTHING = ActContext()
_context: ContextVar[ActContext] = ContextVar("act", default=_NOTHING)


@contextmanager
def _change_context(**changes: Any) -> Iterator[None]:
    """Set these fields of the context for the block; leave the other fields as the block sets them."""
    before = _context.get()
    _context.set(replace(before, **changes))
    try:
        yield
    finally:
        _context.set(replace(_context.get(), **{name: getattr(before, name) for name in changes}))


class NotRecorded(Exception):
    """Raised when the locks of a project stayed busy too long: nothing was written, a retry may work."""


class NotSent(ValidationError):
    """Raised instead of an act while a request only shows what was typed; it names no error."""

    def __init__(self) -> None:
        super().__init__([])


@contextmanager
def showing_only() -> Iterator[None]:
    """Run no act in the block: each raises NotSent, so that its form is shown again as it was typed."""
    with _change_context(shows_only=True):
        yield


def is_showing_only() -> bool:
    """Return whether the request only shows what was typed: it was not sent, so nothing in it is an error."""
    return _context.get().shows_only


def current_actor() -> Person | None:
    """Return the user who acts, or None outside any act."""
    return _context.get().actor


@contextmanager
def acting_as(user: Person | None) -> Iterator[None]:
    """Set `user` as the actor of the history rows written in the block."""
    with _change_context(actor=user):
        yield


def act_time() -> datetime:
    """Return the time of the act: of the back-entry, else of the database at the lock, else now."""
    context = _context.get()
    return context.past or context.instant or timezone.now()


def is_back_entry() -> bool:
    """Return whether the act is entered after it took place."""
    return _context.get().past is not None


def name_act(key: str) -> None:
    """Let the running act be found again by the hash (hexadecimal) of the event it has just recorded."""
    _context.set(replace(_context.get(), key=key))


def database_time() -> datetime:
    """Return the clock of the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
        return now


def take_database_time() -> None:
    """Set the act's time to the clock of the database. Call it once the locks are taken."""
    set_act_time(database_time())


def set_act_time(instant: datetime) -> None:
    """Set the act's time to the moment its locks were taken, and clear the cache."""
    context = _context.get()
    _context.set(replace(context, instant=instant))
    if context.memory is not None:
        for key in [key for key in context.memory if not isinstance(key, Kept)]:
            del context.memory[key]


@contextmanager
def cached_reads() -> Iterator[None]:
    """Open the cache of `cached` for the block; an act clears it when it takes its locks, save what is `Kept`."""
    with _change_context(memory={}):
        yield


@dataclass(frozen=True)
class Kept:
    """Key of a read that an act does not repeat under its locks: what no act decides by, such as settings."""

    name: str


def cached[T](key: Any, read: Callable[[], T]) -> T:
    """Return `read()`, called once per request or act for each key. Not cached outside both."""
    memory = _context.get().memory
    if memory is None:
        return read()
    if key not in memory:
        memory[key] = read()
    value: T = memory[key]
    return value


@contextmanager
def back_entry(instant: datetime) -> Iterator[None]:
    """Enter the acts of the block at `instant`, in the past (architecture §4).

    The database accepts that date only from the role that owns the tables. It marks every row as entered afterwards,
    and keeps the date of entry too.
    """
    with _change_context(past=instant), transaction.atomic():
        _tell_database("ouvrage.back_entry", instant.isoformat())
        yield
        _tell_database("ouvrage.back_entry", "")


@contextmanager
def erasing(mark: str) -> Iterator[None]:
    """Allow erasable texts to become `mark` in the block, and no other change (core.record.erasure).

    The database accepts it only from the role that owns the tables.
    """
    _tell_database("ouvrage.erasing", mark)
    yield
    _tell_database("ouvrage.erasing", "")


def _tell_database(setting: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [setting, value])


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Read the database in the block from one snapshot, whatever is written meanwhile."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def sqlstate(error: BaseException) -> str:
    """Return the five-character SQLSTATE behind a Django database error, or an empty string."""
    return getattr(error.__cause__, "sqlstate", None) or ""


def refusal_of_a_rule(error: DatabaseError) -> str:
    """Return the SQLSTATE and the words of the trigger, constraint or right that refused; empty for another error."""
    words = _in_the_words_of_a_rule(error)
    return words if words.startswith(RULES) else ""


def _in_the_words_of_a_rule(error: DatabaseError) -> str:
    """Return the SQLSTATE, followed by the message of a trigger or constraint.

    Other messages are left out: they may quote data.
    """
    state, cause = sqlstate(error), error.__cause__
    if state.startswith(RULES) and isinstance(cause, psycopg.Error):
        return f"{state} {cause.diag.message_primary}"
    return state


def _subject(named: Mapping[str, Any]) -> models.Model | None:
    """Return the row an act is about: its first model argument besides the actor."""
    return next((row for name, row in named.items() if name != "actor" and isinstance(row, models.Model)), None)


class Lockable(Protocol):
    """A row that an act can lock."""

    def locked(self) -> Any:
        """Return the fresh row, locked until the act ends; sets the act's time to the database's."""


def act[**P, R](
    permission: str, on: str | Callable[[Mapping[str, Any]], Any] = "", *, lock: str | None = ""
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make `service(*, actor, …)` one act: permission, lock, permission again, then the service with the fresh row.

    `on` names the argument the permission is checked on, or a field of it ("version.standard"), or computes it from the
    arguments. Without it the permission concerns no row. `lock` names the argument to lock; by default the one of `on`.
    With None nothing is locked here: a service that locks later must check again by itself.

    An `own_hand` permission is one for whose credentials prove them (core.access.OWN_HAND), asked once.

    Raises Refused, ValidationError on a text that hides a character (core.words.visible_texts) or on a reason that
    says nothing (core.record.meaning), NotRecorded when another act holds the project for longer than the lock_timeout
    of the settings, and NotConfirmed when PostgreSQL does not vouch for the commit.
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
        def begin(actor: Person, given: dict[str, Any]) -> dict[str, Any]:
            ensure(actor, permission, subject(given))
            ensure_own_hand(actor, permission)
            if lock is None:
                return given
            given = given | {lock: given[lock].locked()}
            ensure(actor, permission, subject(given))
            return given

        return _one_transaction(service, begin)

    return decorate


def open_act[**P, R](service: Callable[P, R]) -> Callable[P, R]:
    """Make `service(*, actor, …)` one act without a permission: see `act`."""
    return _one_transaction(service, lambda _actor, given: given)


def _one_transaction[**P, R](
    service: Callable[P, R], begin: Callable[[Person, dict[str, Any]], dict[str, Any]]
) -> Callable[P, R]:
    @functools.wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _context.get().shows_only:
            raise NotSent
        memory = nullcontext() if _context.get().memory is not None else cached_reads()
        fresh = {} if connection.in_atomic_block else {"key": ""}  # an act within an act is found by the same key
        who = getattr(kwargs["actor"], "key", "")
        with _change_context(instant=None, **fresh), memory, telling(act=service.__name__, user=str(who)):
            return _run(*args, **kwargs)

    def _run(*args: P.args, **kwargs: P.kwargs) -> R:
        actor = kwargs["actor"]
        tries = 1 if connection.in_atomic_block else TRIES
        while True:
            tries -= 1
            try:
                with acting_as(actor), commit():  # type: ignore[arg-type]
                    return service(*args, **begin(actor, kwargs))  # type: ignore[arg-type]
            except Unsure as error:
                key = _context.get().key
                raise NotConfirmed(key) if key else NotRecorded from error
            except OperationalError as error:
                if sqlstate(error) in {SERIALIZATION_FAILURE, DEADLOCK} and tries:
                    continue
                if sqlstate(error) in {SERIALIZATION_FAILURE, DEADLOCK, LOCK_TIMEOUT}:
                    refusals.note(service.__name__, actor, _subject(kwargs), sqlstate(error))
                    raise NotRecorded from error
                raise
            except DatabaseError as error:
                refusals.note(service.__name__, actor, _subject(kwargs), _in_the_words_of_a_rule(error))
                if of_a_field := visible_texts.as_error_of_a_field(error) or meaning.as_error_of_a_field(error):
                    raise of_a_field from error
                raise

    return run
