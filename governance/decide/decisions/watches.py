"""Registry of what decisions seal: each app says which items it watches, and how the database proves their change.

An item is named by its kind and a key, such as `document:12` or `baseline:3`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

type Text = str | Promise


@dataclass(frozen=True)
class ChangedPart:
    """One difference between what was sealed and what it is now."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class ChangedItem:
    """An item that changed after a decision sealed it: its name, the address of its page, and the differences."""

    name: str
    address: str
    parts: Sequence[ChangedPart] = ()


@dataclass(frozen=True)
class Watch:
    """A kind of item that the terms of a decision name, and that may change afterwards.

    `proof` is an SQL condition over NEW, a seal break: the item NEW.item was `NEW.before` and has become `NEW.after` at
    NEW.acted_at. `compare` describes the change that a seal break records. `in_force` tells that one such item at most
    is in force on a project: a later decision on another one answers the change.
    """

    kind: str
    proof: str
    compare: Callable[[Any], ChangedItem]
    in_force: bool = True


_WATCHES: dict[str, Watch] = {}


def register(watch: Watch) -> None:
    """Register a kind of watched item. Raises ValueError when the kind is taken."""
    if watch.kind in _WATCHES:
        raise ValueError(f"The items {watch.kind!r} are watched twice.")
    _WATCHES[watch.kind] = watch


def watches() -> list[Watch]:
    """List the registered watches by kind."""
    return [_WATCHES[kind] for kind in sorted(_WATCHES)]


def watch_of(item: str) -> Watch | None:
    """Return the watch of an item; None for a document, and when its app is not installed."""
    return _WATCHES.get(item.partition(":")[0])
