"""Columns of an import: guess the field of each column of a file from its header and its first values."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import override

LANGUAGES = ("fr", "en")
#: Number of rows sampled to guess a column.
SAMPLE = 50
#: Bullets and numbers at the start of a list item.
BULLET = re.compile(r"^\s*(?:[-•*–]|\d{1,2}[.)])\s+")
#: Different values of a column of grades, and characters of one.
MOST_VALUES, LONGEST_VALUE = 7, 25
SEPARATORS = re.compile(r"[^a-z0-9]+")
#: Endings between brackets: "criteria(s)", "critère(s)", "retenu(e)".
OPTIONAL = re.compile(r"\((?:s|x|e|es|aux)\)", re.IGNORECASE)
#: Short words for a number, folded.
NUMBERS = frozenset(("n", "no", "nr", "num", "numero"))

#: Folded words of an enumerated field, with the value of each.
type Words = Mapping[str, str]


def fold(text: str) -> str:
    """Normalise `text` for comparison: no case, accents, punctuation or repeated spaces."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return SEPARATORS.sub(" ", "".join(c for c in plain if not unicodedata.combining(c))).strip()


def fold_header(text: str) -> str:
    """Fold the name of a column: besides `fold`, without plurals, and with one word for "number"."""
    words = fold(OPTIONAL.sub("", text)).split()
    return " ".join("numero" if word in NUMBERS else _singular(word) for word in words)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith(("s", "x")) and not word.endswith("ss") else word


@dataclass(frozen=True)
class Column:
    """A field as a column, with our label and the headers that others use, folded, the surest first."""

    name: str
    label: str | Promise
    headers: tuple[str, ...] = ()


def list_known_headers(column: Column) -> tuple[str, ...]:
    """List the folded headers (`fold_header`) of a column: our labels first, then the usual ones, the surest first."""
    ours = []
    for language in LANGUAGES:
        with override(language):
            ours.append(str(column.label))
    return tuple(dict.fromkeys(fold_header(header) for header in (*ours, *column.headers)))


def guess_mapping(
    columns: Sequence[Column],
    words: Mapping[str, Words],
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    unsure: Collection[str] = (),
) -> list[str]:
    """Guess the field of each column of a file; "" when unknown.

    `words` are those of the enumerated fields. The usual headers of the `unsure` ones count only above known values.
    """
    known = {column.name: list_known_headers(column) for column in columns}
    scores = sorted(
        (-score, place, order)
        for place, title in enumerate(header)
        for order, column in enumerate(columns)
        if (
            score := _score(
                known[column.name],
                fold_header(title),
                [row[place] for row in rows[:SAMPLE]],
                words.get(column.name),
                is_unsure=column.name in unsure,
            )
        )
    )
    names = [""] * len(header)
    taken: set[str] = set()
    for _unused, place, order in scores:
        name = columns[order].name
        if not names[place] and name not in taken:
            names[place] = name
            taken.add(name)
    return names


def _score(headers: Sequence[str], title: str, cells: list[str], words: Words | None, *, is_unsure: bool) -> float:
    """Score how likely the column is this field: above 2 by its header, below by its values.

    An enumerated field whose words are all unknown gives way to a field of the same header, unless they look like
    values: few and short.
    """
    filled = [cell for cell in cells if cell]
    known = sum(fold(cell) in words for cell in filled) / len(filled) if words is not None and filled else 0.0
    if title in headers:
        if is_unsure and filled and not known and title not in headers[: len(LANGUAGES)]:
            return 0
        strangers = words is not None and bool(filled) and not known and not _looks_enumerated(filled)
        return (3 if strangers else 6) - headers.index(title) / len(headers) + known
    parts = set(title.split())
    if any(set(header.split()) <= parts for header in headers if len(header) > 3):
        return 0 if words is not None and filled and not known else 4 + known
    return 2 * known if known >= 0.8 else 0


def _looks_enumerated(cells: Sequence[str]) -> bool:
    """Return whether the cells repeat a few short words, as grades do."""
    values = {fold(cell) for cell in cells}
    return len(values) <= MOST_VALUES and len(values) * 2 <= len(cells) and max(map(len, values)) <= LONGEST_VALUE


def split_cell(cell: str) -> list[str]:
    """Split a cell with several values: by lines, or by semicolons on a single line."""
    return [part for line in cell.split("\n" if "\n" in cell else ";") if (part := BULLET.sub("", line).strip())]
