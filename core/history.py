"""History of the governed models: who changed what, when, and nobody afterwards.

`History()` beside a model keeps every version with its actor; `protect_history()` makes those rows insert-only in the
database and refuses a row without an actor.
"""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

import pgtrigger
from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import Case, F, When
from simple_history.models import HistoricalRecords

from core import acts as acting
from core.guards import Guard

#: Name of the trigger that makes a table insert-only, from which its grants follow (config/grants.py).
INSERT_ONLY = "is_never_changed_or_deleted"


class History(HistoricalRecords):  # type: ignore[misc]
    """HistoricalRecords whose actor is that of the act under way (see core.acts); the database dates them."""

    def get_history_user(self, instance: models.Model) -> Any:
        """The actor of the act under way; an account changed outside any act is changed by its own holder."""
        return acting.current_actor() or (instance if isinstance(instance, AbstractBaseUser) else None)


class UnversionedWrite(Exception):
    """A queryset would write governed rows without leaving a version of each."""


_bypassed: ContextVar[bool] = ContextVar("bypassed", default=False)


@contextmanager
def bypassing_history() -> Iterator[None]:
    """Let querysets write governed rows inside; the caller writes their versions itself."""
    token = _bypassed.set(True)
    try:
        yield
    finally:
        _bypassed.reset(token)


def _versioned[**P, R](write: Callable[P, R]) -> Callable[P, R]:
    """Wrap a method of QuerySet that would write rows with a history past it."""

    @functools.wraps(write)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        model = args[0].model  # type: ignore[attr-defined]
        if hasattr(model, "history") and not _bypassed.get():
            raise UnversionedWrite(f"{model._meta.label}: save its rows one at a time, so that each leaves a version.")
        return write(*args, **kwargs)

    return checked


class GovernedQuerySet[M: models.Model](models.QuerySet[M]):
    """QuerySet that writes rows with a history only inside `bypassing_history`; raises UnversionedWrite elsewhere.

    `create` and `save` are as usual, and so is everything of a model without a history.
    """

    update = _versioned(models.QuerySet.update)
    delete = _versioned(models.QuerySet.delete)
    bulk_create = _versioned(models.QuerySet.bulk_create)
    bulk_update = _versioned(models.QuerySet.bulk_update)
    _raw_delete = _versioned(models.QuerySet._raw_delete)


def insert_only(thing: str) -> list[pgtrigger.Trigger]:
    """Triggers that refuse UPDATE, DELETE and TRUNCATE whoever asks; `thing` names the rows in the refusal.

    An erasure of what the model calls erasable passes (core.erasure).
    """
    refusal = f"RAISE EXCEPTION '{thing} can only be added to (R6)' USING ERRCODE = 'restrict_violation';"
    return [
        Guard(
            name=INSERT_ONLY,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func=refusal,
        ),
        pgtrigger.Trigger(
            name="is_never_emptied",
            when=pgtrigger.Before,
            level=pgtrigger.Statement,
            operation=pgtrigger.Truncate,
            func=refusal,
        ),
    ]


def never_deleted(thing: str) -> list[pgtrigger.Trigger]:
    """Triggers that refuse DELETE and TRUNCATE on rows that may change but must stay."""
    refusal = f"RAISE EXCEPTION '{thing} is kept, never deleted' USING ERRCODE = 'restrict_violation';"
    return [
        pgtrigger.Trigger(name="is_never_deleted", when=pgtrigger.Before, operation=pgtrigger.Delete, func=refusal),
        pgtrigger.Trigger(
            name="is_never_emptied",
            when=pgtrigger.Before,
            level=pgtrigger.Statement,
            operation=pgtrigger.Truncate,
            func=refusal,
        ),
    ]


#: Refuses a row without its actor, and dates every row by the database's clock, or by that of a back-entry.
NAMED_ACTOR = pgtrigger.Trigger(
    name="always_names_its_actor",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF NEW.history_user_id IS NULL THEN
          RAISE EXCEPTION 'A history row must name its actor' USING ERRCODE = 'not_null_violation';
        END IF;
        NEW.history_date := coalesce(public.ouvrage_back_entry(), clock_timestamp());
        RETURN NEW;
    """,
)


class Outdated(Exception):
    """Somebody changed the row since the actor read it."""


def version_of(row: models.Model) -> str:
    """The version its history ends with, as a form carries it: another one means that it changed meanwhile."""
    last = row.history.aggregate(last=models.Max("history_id"))["last"]  # type: ignore[attr-defined]
    return str(last or "")


def ensure_unchanged(row: models.Model, seen: str) -> None:
    """Raise Outdated unless `row` is still at the version the actor has `seen` (see `version_of`)."""
    if version_of(row) != seen:
        raise Outdated


def protect_history(*governed: type[models.Model]) -> None:
    """Register the triggers of the history tables of `governed` models."""
    for model in governed:
        history = model.history.model  # type: ignore[attr-defined]
        pgtrigger.register(*insert_only("History"), NAMED_ACTOR)(history)


def as_it_was(row: Any, at: datetime) -> Any:
    """Return `row` as its history has it at `at`, or as it was first kept when that lies before."""
    known = Case(When(history_date__lte=at, then=F("history_id")))
    versions = row.history.order_by(known.desc(nulls_last=True), "history_id")
    return versions[0].instance


def history_models() -> list[type[models.Model]]:
    """Every history model of the project (for grants and tests)."""
    return [m for m in apps.get_models() if hasattr(m, "history_object")]
