"""Words of enumerated columns that Ouvrage does not know: list them, and replace them by the chosen values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from django.utils.translation import gettext_lazy as _

from core.tables.columns import Words, fold
from core.tables.tables import Table

#: Unknown words of one column that are offered; lines with others are refused.
MOST_WORDS = 40
#: Characters of a word that are shown.
SHOWN_WORD = 80

#: Kind and text of the warning about a word that is read as an empty cell.
LEFT_EMPTY, LEFT_EMPTY_TEXT = "left_empty", _("This word is left empty: the line is imported without it.")

#: Words for yes and no in a cell; folded.
YES = frozenset(("yes", "oui", "true", "vrai", "x", "1", "o", "y"))
NO = frozenset(("", "no", "non", "false", "faux", "0", "n"))

#: Values by field and by digest of the word; "" leaves the cell empty.
type Meanings = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Choices:
    """Enumerated fields: the folded words of each value, the labels to show, and the fields that need a value.

    `flags` are those that say yes or no.
    """

    words: Mapping[str, Words]
    labels: Mapping[str, Mapping[str, str]]
    required: frozenset[str] = field(default=frozenset())
    flags: frozenset[str] = field(default=frozenset())

    @property
    def telling(self) -> dict[str, Words]:
        """Return the words that tell which field a column is: those of yes and no are found in any column."""
        return {name: words for name, words in self.words.items() if name not in self.flags}

    def find(self, name: str, cell: str) -> str | None:
        """Return the value of a word, also of one that begins with the number of a grade: "3 (probable)"; else None."""
        words, text = self.words[name], fold(cell)
        is_graded = text[:1].isdecimal() and name not in self.flags
        return words.get(text) or (words.get(text.partition(" ")[0]) if is_graded else None)

    def allows(self, name: str, value: str) -> bool:
        """Return whether a field may take this value, "" being none."""
        return value in self.labels[name] if value else name not in self.required


@dataclass
class UnknownWord:
    """A word as it is first written, with its digest and the number of its lines."""

    key: str
    text: str
    lines: int = 0


def digest(cell: str) -> str:
    """Return the digest of a word, the same whatever its case and accents. Words may be names, so none is stored."""
    return sha256((fold(cell) or cell.casefold()).encode()).hexdigest()


def list_unknown(table: Table, mapping: Sequence[str], choices: Choices) -> dict[str, list[UnknownWord]]:
    """List the unknown words of each enumerated column, the most frequent first."""
    found: dict[str, list[UnknownWord]] = {}
    for place, name in enumerate(mapping):
        if name not in choices.words:
            continue
        words: dict[str, UnknownWord] = {}
        for row in table.rows:
            if row[place] and choices.find(name, row[place]) is None:
                key = digest(row[place])
                words.setdefault(key, UnknownWord(key, row[place][:SHOWN_WORD])).lines += 1
        if words:
            found[name] = sorted(words.values(), key=lambda word: -word.lines)
    return found


def keep_allowed(meanings: Meanings, choices: Choices) -> dict[str, dict[str, str]]:
    """Return the meanings whose values the fields may still take."""
    return {
        name: {key: value for key, value in values.items() if choices.allows(name, value)}
        for name, values in meanings.items()
        if name in choices.labels
    }


def replace_words(table: Table, mapping: Sequence[str], choices: Choices, meanings: Meanings) -> Table:
    """Return the table with the unknown words replaced by the values chosen for them."""
    places = {place: name for place, name in enumerate(mapping) if meanings.get(name) and name in choices.words}
    if not places:
        return table
    rows = [list(row) for row in table.rows]
    for place, name in places.items():
        values = meanings[name]
        for row in rows:
            if row[place] and choices.find(name, row[place]) is None:
                row[place] = values.get(digest(row[place]), row[place])
    return replace(table, rows=rows)


def list_left_empty(
    table: Table, mapping: Sequence[str], choices: Choices, meanings: Meanings
) -> list[tuple[int, str]]:
    """List the line and the field of each unknown word that is read as an empty cell."""
    found = []
    for place, name in enumerate(mapping):
        empty = {key for key, value in meanings.get(name, {}).items() if not value}
        if empty and name in choices.words:
            found += [
                (line, name)
                for line, row in zip(table.lines, table.rows, strict=True)
                if row[place] and choices.find(name, row[place]) is None and digest(row[place]) in empty
            ]
    return found


def count_meanings(meanings: Meanings) -> int:
    """Count the words with a chosen value."""
    return sum(map(len, meanings.values()))
