"""History of the governed models: append-only rows with the author of each change.

`History()` beside a model keeps every version with its actor. `protect_history()` makes those rows insert-only in the
database, and refuses a row without an actor.
"""

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

import pgtrigger
from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import Case, F, When
from simple_history.manager import HistoricalQuerySet, HistoryManager
from simple_history.models import HistoricalRecords
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from core.acts import act_time, current_actor
from core.record.guards import Guard

#: Name of the trigger that makes a table insert-only; config/grants.py derives the grants from it.
INSERT_ONLY = "is_never_changed_or_deleted"
#: Rows per statement of a write of many.
BATCH = 500


#: simple_history builds this class anew at each read of `row.history`, which takes longer than a small query.
VersionManager = HistoryManager.from_queryset(HistoricalQuerySet)


class Versions:
    """Descriptor of `history`: the manager of the versions of a model, or of one row."""

    def __init__(self, versions: type[models.Model]) -> None:
        self.versions = versions

    def __get__(self, row: models.Model | None, model: type[models.Model]) -> Any:
        """Return the manager."""
        return VersionManager(self.versions, row)


class History(HistoricalRecords):  # type: ignore[misc]
    """HistoricalRecords whose user is the actor of the act (core.acts); the database dates the rows."""

    def finalize(self, sender: type[models.Model], **kwargs: Any) -> None:
        """Create the model of the versions, and read it by one manager class."""
        super().finalize(sender, **kwargs)
        if sender is self.cls:
            setattr(sender, self.manager_name, Versions(sender.__dict__[self.manager_name].model))
            models.signals.class_prepared.disconnect(self.finalize)  # migrations prepare classes by the thousand

    def get_history_user(self, instance: models.Model) -> Any:
        """Return the actor of the act; outside any act an account changes itself."""
        return current_actor() or (instance if isinstance(instance, AbstractBaseUser) else None)


class UnversionedWrite(Exception):
    """Raised when a queryset would write governed rows without a history row for each."""


_bypassed: ContextVar[bool] = ContextVar("bypassed", default=False)


@contextmanager
def bypassing_history() -> Iterator[None]:
    """Allow querysets to write governed rows in the block; the caller writes the history rows."""
    token = _bypassed.set(True)
    try:
        yield
    finally:
        _bypassed.reset(token)


def _versioned[**P, R](write: Callable[P, R]) -> Callable[P, R]:
    """Wrap a queryset method that would write governed rows without history."""

    @functools.wraps(write)
    def guarded_write(*args: P.args, **kwargs: P.kwargs) -> R:
        model = args[0].model  # type: ignore[attr-defined]
        if hasattr(model, "history") and not _bypassed.get():
            raise UnversionedWrite(f"{model._meta.label}: save its rows one at a time, so that each leaves a version.")
        return write(*args, **kwargs)

    return guarded_write


def create_many(rows: Sequence[models.Model]) -> None:
    """Insert rows of one model with one history row each, attributed to the actor of the act."""
    if rows:
        with bypassing_history():
            bulk_create_with_history(list(rows), type(rows[0]), **_version_fields())


def save_many(rows: Sequence[models.Model], fields: Iterable[str]) -> None:
    """Update these fields of many rows of one model, with one history row each for the actor of the act."""
    if rows:
        with bypassing_history():
            bulk_update_with_history(list(rows), type(rows[0]), list(fields), **_version_fields())


def _version_fields() -> dict[str, Any]:
    return {"batch_size": BATCH, "default_user": current_actor(), "default_date": act_time()}


class GovernedQuerySet[M: models.Model](models.QuerySet[M]):
    """QuerySet that writes governed rows only inside `bypassing_history`; raises UnversionedWrite elsewhere.

    `create`, `save` and models without a history work as usual.
    """

    update = _versioned(models.QuerySet.update)
    delete = _versioned(models.QuerySet.delete)
    bulk_create = _versioned(models.QuerySet.bulk_create)
    bulk_update = _versioned(models.QuerySet.bulk_update)
    _raw_delete = _versioned(models.QuerySet._raw_delete)


def insert_only(thing: str) -> list[pgtrigger.Trigger]:
    """Build triggers that refuse UPDATE, DELETE and TRUNCATE to everybody; `thing` names the rows in the message.

    An erasure of the model's erasable fields passes (core.record.erasure).
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
    """Build triggers that refuse DELETE and TRUNCATE on rows that may change but must stay."""
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


#: Refuse a history row without an actor; date the others by the database's clock or by the back-entry.
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
    """Raised when somebody changed the row since the actor read it."""


def version_of(row: models.Model) -> str:
    """Return the key of the latest version, which a form carries to detect changes; see `annotate_versions`."""
    if hasattr(row, "version_key"):
        return str(row.version_key or "")
    last = row.history.aggregate(last=models.Max("history_id"))["last"]  # type: ignore[attr-defined]
    return str(last or "")


def annotate_versions(rows: Any) -> Any:
    """Annotate a queryset of governed rows with the key of their latest version, as `version_key`."""
    history = rows.model.history.model.objects.filter(id=models.OuterRef("pk")).order_by("-history_id")
    return rows.annotate(version_key=models.Subquery(history.values("history_id")[:1]))


def ensure_unchanged(row: models.Model, seen: str) -> None:
    """Raise Outdated unless `row` is still at the version the actor has `seen` (see `version_of`)."""
    if version_of(row) != seen:
        raise Outdated


def protect_history(*governed: type[models.Model]) -> None:
    """Register the triggers of the history tables of `governed` models."""
    for model in governed:
        history = model.history.model  # type: ignore[attr-defined]
        pgtrigger.register(*insert_only("History"), NAMED_ACTOR)(history)


def version_at(row: Any, at: datetime) -> Any:
    """Return `row` at the time `at` from its history, or its first version when `at` is earlier."""
    known = Case(When(history_date__lte=at, then=F("history_id")))
    versions = row.history.order_by(known.desc(nulls_last=True), "history_id")
    return versions[0].instance


def history_models() -> list[type[models.Model]]:
    """List the history models of the project (for grants and tests)."""
    return [m for m in apps.get_models() if hasattr(m, "history_object")]
