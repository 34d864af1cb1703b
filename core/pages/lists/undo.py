"""Bulk change of rows of a list: its result, what its author is told before it, and how long they may undo it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.record.sealing import content_hash

#: Time in which the actor of a change of many may undo it.
UNDONE_WITHIN = timedelta(minutes=10)
#: Most rows that a sentence names.
NAMED = 8


@dataclass(frozen=True)
class BulkResult:
    """Result of a change of many: changed rows, (row, reason) of the skipped ones, ledger entry."""

    changed: list[Any] = field(default_factory=list)
    skipped: list[tuple[Any, str]] = field(default_factory=list)
    seq: int = 0


@dataclass(frozen=True)
class Undo:
    """A change of many that its author may undo: what was done, the address that undoes it, the filter of the list.

    `kept` says which rows cannot be undone, and why. The address is empty if none can.
    """

    done: str
    url: str
    filter: str
    kept: Sequence[str] = ()


@dataclass(frozen=True)
class Effects:
    """What a change of `count` rows does to those in force: a sentence, their keys, the decisions to be reviewed.

    An undo does not give these rows back.
    """

    what: str
    count: int
    rows: tuple[int, ...]
    decisions: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Return what the author confirms: these rows, and these decisions."""
        return content_hash({"rows": [str(pk) for pk in self.rows], "decisions": list(self.decisions)})

    @property
    def others(self) -> int:
        """Return how many rows the change writes besides."""
        return self.count - len(self.rows)

    @property
    def reviewed(self) -> str:
        """Say which decisions will need a review; empty without any."""
        if not self.decisions:
            return ""
        count = len(self.decisions)
        words = ngettext("Decision %(names)s will need review.", "Decisions %(names)s will need review.", count)
        return words % {"names": ", ".join(self.decisions)}


class Unconfirmed(Exception):
    """Raised when a change would do something that its author has not confirmed: nothing is recorded."""

    def __init__(self, effects: Effects) -> None:
        super().__init__(effects.what)
        self.effects = effects


def ensure_confirmed(effects: Effects | None, confirmed: str | None) -> None:
    """Raise Unconfirmed unless the change has no such effects, or `confirmed` is their key; None confirms all."""
    if effects and confirmed is not None and confirmed != effects.key:
        raise Unconfirmed(effects)


def name_first(names: Sequence[str], most: int | None = None) -> str:
    """Return the first of these names, NAMED if not `most`, and how many others there are."""
    most = most or NAMED
    shown, others = ", ".join(names[:most]), len(names) - most
    if others <= 0:
        return shown
    return ngettext("%(names)s and %(n)s other", "%(names)s and %(n)s others", others) % {"names": shown, "n": others}


def describe_kept(kept: Iterable[tuple[Any, str]], name: Callable[[Any], str]) -> list[str]:
    """Say which rows an undo does not give back, by reason."""
    by_reason: dict[str, list[str]] = {}
    for row, why in kept:
        by_reason.setdefault(why, []).append(name(row))
    words = _("You cannot undo this for %(rows)s. %(why)s")
    return [words % {"rows": name_first(names), "why": why} for why, names in by_reason.items()]
