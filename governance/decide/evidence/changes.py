"""Changes of documents after a decision sealed them: author, reason, and a line diff for texts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from governance.decide.decisions.models import Decision
from projects.models import DocumentVersion

#: Limit of changed lines for a diff; the two versions can still be read.
MOST_LINES = 400
#: Context lines around a change.
AROUND = 2


@dataclass(frozen=True)
class Line:
    """One line of a diff; "gap" stands for omitted unchanged lines."""

    kind: Literal["same", "added", "removed", "gap"]
    text: str = ""


@dataclass(frozen=True)
class Change:
    """A document replaced after `decision` sealed it. `lines` is empty when the texts are not compared."""

    decision: Decision
    before: DocumentVersion
    after: DocumentVersion
    lines: list[Line]


def list_changes(decisions: Iterable[Decision], versions: list[DocumentVersion]) -> list[Change]:
    """List the newest change of each document that `decisions` sealed, latest first; not of other items.

    Needs decisions with prefetched `breaks`, and the versions that `load_versions` returns for them.
    """
    newest = {
        (decision.pk, change.item): (decision, change)
        for decision in decisions
        for change in decision.changes
        if change.is_of_document
    }
    first = {(version.document.item, version.sha256): version for version in reversed(versions)}
    last = {(version.document.item, version.sha256): version for version in versions}
    changes = []
    for decision, told in newest.values():
        before, after = first[told.item, told.before], last[told.item, told.after]
        changes.append(Change(decision, before, after, list(_diff_lines(_lines(before), _lines(after)))))
    return sorted(changes, key=lambda change: change.after.acted_at, reverse=True)


def _lines(version: DocumentVersion) -> list[str] | None:
    """Return the lines of a version; None when it cannot be compared or was erased."""
    text = version.text  # type: ignore[attr-defined]
    return bytes(text).decode("utf-8-sig").splitlines() if text else None


def _diff_lines(before: list[str] | None, after: list[str] | None) -> Iterator[Line]:
    """Diff two texts with some context; empty when the change is too long or a text is None."""
    if before is None or after is None:
        return
    start = _count_common(before, after)
    end = _count_common(before[start:][::-1], after[start:][::-1])
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    if max(len(old), len(new)) > MOST_LINES:
        return
    lines = [Line("same", text) for text in before[:start]]
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            lines += [Line("same", text) for text in old[i:j]]
        else:
            lines += [Line("removed", text) for text in old[i:j]] + [Line("added", text) for text in new[k:m]]
    lines += [Line("same", text) for text in before[len(before) - end :]]
    yield from _fold(lines)


def _count_common(before: list[str], after: list[str]) -> int:
    """Count the lines that both texts begin with."""
    pairs = zip(before, after, strict=False)
    return next((n for n, (old, new) in enumerate(pairs) if old != new), min(len(before), len(after)))


def _fold(lines: list[Line]) -> Iterator[Line]:
    """Keep changed lines and their context, with a gap for the rest."""
    changed = {n for n, line in enumerate(lines) if line.kind != "same"}
    shown = {near for n in changed for near in range(n - AROUND, n + AROUND + 1)}
    for n, line in enumerate(lines):
        if n in shown:
            yield line
        elif n == 0 or n - 1 in shown:
            yield Line("gap")
