"""Compare two texts or lists, word by word and row by row."""

import json
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.record.erasure import MARK
from core.templatetags.ui import day, euros, fingerprint

#: Words shown on each side of a change; a longer unchanged run is folded when that hides at least LEAST_FOLDED.
KEPT, LEAST_FOLDED = 12, 15
#: Below this share of common words (of the shorter text) the whole text is shown as replaced.
ALIKE = 0.3
#: Two rows of a list match when the similarity of their names and of their words sums to this, out of 2.
SAME_ROW = 0.7
#: Limit of pairs of equal words compared inside one changed run; beyond it the run is shown as replaced.
MOST_PAIRS = 10_000


@dataclass(frozen=True)
class Run:
    """Consecutive words of one kind, with the spaces before them. A "folded" run is unchanged, shown on demand."""

    kind: Literal["same", "added", "removed", "folded"]
    text: str

    @property
    def words(self) -> int:
        """Return the number of words."""
        return len(self.text.split())

    @property
    def lead(self) -> str:
        """Return the space before the first word, which is neither struck nor underlined."""
        return self.text[: len(self.text) - len(self.body)]

    @property
    def body(self) -> str:
        """Return the text from its first word on."""
        return self.text.lstrip()


@dataclass(frozen=True)
class Line:
    """One changed text: a field, or one row of it. `note` tells what happened to the row.

    It has no runs when one of the texts was erased: a note replaces the comparison.
    """

    label: str
    note: str
    runs: list[Run]

    @property
    def before(self) -> list[Run]:
        """Return the runs of the old text, folded; joined, they are the whole text."""
        return [run for run in _fold(self.runs) if run.kind != "added"]

    @property
    def after(self) -> list[Run]:
        """Return the runs of the new text, folded; joined, they are the whole text."""
        return [run for run in _fold(self.runs) if run.kind != "removed"]


@dataclass(frozen=True)
class FieldDifference:
    """One changed field: one line for a text, one per changed row for a list."""

    label: str
    lines: list[Line]


def find_erasure_mark(value: Any) -> str:
    """Return the erasure mark in a value, or an empty string. A value with a mark cannot be compared."""
    match = MARK.search(json.dumps(value)) if isinstance(value, str | list) else None
    return match[0] if match else ""


def value_lines(label: str, old: Any, new: Any, *, lettered: bool = False) -> list[Line]:
    """Build the changed lines of a value by its type: list of rows, object of texts, text, amount, date.

    `lettered` rows are named by their letter, so that a moved row is shown too.
    """
    if isinstance(old, list):
        return _rows(label, [_row_text(row) for row in old], [_row_text(row) for row in new], lettered)
    if isinstance(old, dict):
        keys = [key for key in {**old, **new} if old.get(key) != new.get(key)]
        return [Line(f"{label}, {key}", "", text_runs(old.get(key, ""), new.get(key, ""))) for key in keys]
    if isinstance(old, str):
        return [Line(label, "", text_runs(old, new))]
    return [Line(label, "", _replace(_plain(old), _plain(new)))]


def text_runs(before: str, after: str) -> list[Run]:
    """Build the runs from one text to the other; "same" and "removed" runs are exactly `before`.

    A rewritten text, or one that takes too long to compare, is shown as replaced.
    """
    old, new = _words(before), _words(after)
    blocks = list(_equal_blocks(old, new))
    if sum(size for _at, _there, size in blocks) < ALIKE * min(len(old), len(new)):
        return _replace(before, after)
    runs: list[Run] = []
    i = j = 0
    for at, there, size in [*blocks, (len(old), len(new), 0)]:
        runs += _replace("".join(old[i:at]), "".join(new[j:there]))
        i, j = at + size, there + size
        same = "".join(old[at:i])
        if same and runs and runs[-1].kind == "same":
            runs[-1] = Run("same", runs[-1].text + same)
        elif same:
            runs.append(Run("same", same))
    return runs


def _words(text: str) -> list[str]:
    """Split a text into words with the space before each, and the final space: joined, they are the text."""
    return re.findall(r"\s*\S+|\s+$", text)


def _replace(before: str, after: str) -> list[Run]:
    return [*([Run("removed", before)] if before else []), *([Run("added", after)] if after else [])]


def _equal_blocks(old: list[str], new: list[str]) -> Iterator[tuple[int, int, int]]:
    """Yield the equal blocks in order: (index in `old`, index in `new`, length).

    Words that occur once in each text are matched first (patience diff): they divide the rest into short blocks. A full
    comparison takes seconds on a long text with many changes.
    """
    once = {word for word, times in Counter(old).items() if times == 1}
    once &= {word for word, times in Counter(new).items() if times == 1}
    where = {word: place for place, word in enumerate(new) if word in once}
    i = j = 0
    for at, there in _longest_rising([(place, where[word]) for place, word in enumerate(old) if word in once]):
        yield from _equal_within(old, new, (i, at), (j, there))
        yield at, there, 1
        i, j = at + 1, there + 1
    yield from _equal_within(old, new, (i, len(old)), (j, len(new)))


def _longest_rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest increasing subsequence of `pairs` by their second index; the first indexes already rise."""
    tops: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for number, (_at, there) in enumerate(pairs):
        length = bisect_left(tops, there)
        previous.append(ends[length - 1] if length else -1)
        tops[length : length + 1], ends[length : length + 1] = [there], [number]
    chosen = []
    number = ends[-1] if ends else -1
    while number >= 0:
        chosen.append(pairs[number])
        number = previous[number]
    return chosen[::-1]


def _equal_within(
    old: list[str], new: list[str], here: tuple[int, int], there: tuple[int, int]
) -> Iterator[tuple[int, int, int]]:
    """Yield the equal blocks of two ranges: common prefix and suffix, and the rest if that is quick."""
    (i, i_end), (j, j_end) = here, there
    start = _common(old[i:i_end], new[j:j_end])
    end = _common(old[i + start : i_end][::-1], new[j + start : j_end][::-1])
    if start:
        yield i, j, start
    a, b = old[i + start : i_end - end], new[j + start : j_end - end]
    times = Counter(b)
    if 0 < sum(times[word] for word in a) <= MOST_PAIRS:
        for block in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()[:-1]:
            yield i + start + block.a, j + start + block.b, block.size
    if end:
        yield i_end - end, j_end - end, end


def _common(a: list[str], b: list[str]) -> int:
    """Return the length of the common prefix."""
    return next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _fold(runs: list[Run]) -> Iterator[Run]:
    """Yield the runs, with words far from any change as "folded" runs."""
    for n, run in enumerate(runs):
        words = _words(run.text)
        head = KEPT if n or len(runs) == 1 else 0
        tail = KEPT if n < len(runs) - 1 else 0
        if run.kind != "same" or len(words) < head + tail + LEAST_FOLDED:
            yield run
            continue
        far = len(words) - tail
        if head:
            yield Run("same", "".join(words[:head]))
        yield Run("folded", "".join(words[head:far]))
        if tail:
            yield Run("same", "".join(words[far:]))


def _rows(label: str, old: list[str], new: list[str], lettered: bool) -> list[Line]:
    """Build the lines of added, removed and changed rows, and of rows whose letter changed."""
    came_from = _same_rows(old, new)
    lines = []
    for place, text in enumerate(new):
        called = _option(place) if lettered else label
        before = came_from.get(place)
        if before is None:
            lines.append(Line(called, pgettext("row of a list", "Added"), _replace("", text)))
        elif old[before] != text or (lettered and before != place):
            moved = _("Was option %(letter)s") % {"letter": _letter(before)} if lettered and before != place else ""
            lines.append(Line(called, moved, text_runs(old[before], text)))
    gone = [place for place in range(len(old)) if place not in came_from.values()]
    return lines + [
        Line(_option(place) if lettered else label, pgettext("row of a list", "Removed"), _replace(old[place], ""))
        for place in gone
    ]


def _same_rows(old: list[str], new: list[str]) -> dict[int, int]:
    """Map the index in `new` to the index in `old` of the rows that match, the most similar first."""
    pairs = sorted((-_row_similarity(a, b), abs(i - j), i, j) for i, a in enumerate(old) for j, b in enumerate(new))
    matched: dict[int, int] = {}
    for likeness, _distance, i, j in pairs:
        if -likeness >= SAME_ROW and j not in matched and i not in matched.values():
            matched[j] = i
    return matched


def _row_similarity(a: str, b: str) -> float:
    """Return the similarity of two rows, 0 to 2: of their first lines plus of their whole text."""
    return _similarity(a.partition("\n")[0], b.partition("\n")[0]) + _similarity(a, b)


def _similarity(a: str, b: str) -> float:
    ours, theirs = Counter(a.split()), Counter(b.split())
    return 2 * (ours & theirs).total() / max(1, ours.total() + theirs.total())


def _row_text(row: dict[str, Any]) -> str:
    """Return the text of a row: a document with its version and fingerprint, or an option."""
    if "sha256" in row:
        known = {"version": row["version"], "fingerprint": fingerprint(row["sha256"])}
        return f"{row['name']}\n" + _("version %(version)s, %(fingerprint)s") % known
    return "\n".join(filter(None, (row.get("title"), row.get("description"))))


def _option(place: int) -> str:
    return _("Option %(letter)s") % {"letter": _letter(place)}


def _letter(place: int) -> str:
    return chr(ord("A") + place)


def _plain(value: Decimal | date | None) -> str:
    """Return an amount or a day as pages show it."""
    if isinstance(value, Decimal):
        return euros(value)
    return day(value) if value else ""
