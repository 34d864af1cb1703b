"""Lines and columns of a file that are no field: banners between the lines, and columns kept as lines of a text."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import median

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.tables.columns import Column
from core.tables.conversions import is_total
from core.tables.tables import Table, unique

#: Name in a mapping of a column that is kept as lines "Header: value" of a text.
KEPT = "+"
#: Fewest columns, and fewest cells of a usual line, of a table with banners.
WIDE = 3
#: Share of the lines that banners never exceed: one theme in three lines is a table of another shape.
MOST_BANNERS = 1 / 3


class Banners(models.TextChoices):
    """Use of the lines with one filled cell."""

    LINES = "lines", _("Check them like the other lines")
    SKIP = "skip", _("Skip them")
    CATEGORY = "category", _("Use each one as the category of the lines below it")


def find_banners(table: Table) -> list[int]:
    """Return the positions of the lines whose only filled cell is the first one, in a table of fuller lines."""
    if len(table.header) < WIDE:
        return []
    filled = [sum(map(bool, row)) for row in table.rows]
    found = [place for place, count in enumerate(filled) if count == 1 and table.rows[place][0]]
    if not found or len(found) > len(filled) * MOST_BANNERS or median(filled) < WIDE:
        return []
    return found


def place_banners(table: Table, mapping: Sequence[str], use: str, category: Column | None) -> tuple[Table, list[str]]:
    """Return the table and the mapping without banners; they fill the column `category`, which is added if needed."""
    found = set(find_banners(table)) if use in {Banners.SKIP, Banners.CATEGORY} else set()
    names = list(mapping)
    if not found:
        return table, names
    header, place = table.header, None
    if use == Banners.CATEGORY and category:
        if category.name not in names:
            names, header = [*names, category.name], [*header, str(category.label)]
        place = names.index(category.name)
    rows, lines, theme = [], [], ""
    for number, (line, row) in enumerate(zip(table.lines, table.rows, strict=True)):
        if number in found:
            theme = " ".join(row[0].split())
            continue
        row = row + [""] * (len(header) - len(row))
        if place is not None and not row[place]:
            row[place] = theme
        rows.append(row)
        lines.append(line)
    return replace(table, header=header, rows=rows, lines=lines), names


def fill_all_rows(
    table: Table, mapping: Sequence[str], values: Mapping[str, str], columns: Sequence[Column]
) -> tuple[Table, list[str]]:
    """Return the table and the mapping with the value for all rows of each field, where a row has none."""
    names, header = list(mapping), list(table.header)
    for column in columns:
        if values.get(column.name) and column.name not in names:
            names, header = [*names, column.name], [*header, str(column.label)]
    places = {names.index(name): value for name, value in values.items() if value and name in names}
    if not places:
        return table, names
    rows = [row + [""] * (len(header) - len(row)) for row in table.rows]
    for row in rows:
        for place, value in () if is_total(row) else places.items():
            row[place] = row[place] or value
    return replace(table, header=unique(header), rows=rows), names


def list_kept(table: Table, mapping: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    """Return the filled cells of the kept columns of a row, by header."""
    return {
        table.header[place]: " ".join(row[place].split())
        for place, name in enumerate(mapping)
        if name == KEPT and row[place]
    }


def merge_kept(text: str, kept: Mapping[str, str]) -> str:
    """Return a text with one line "Header: value" for each kept cell; lines of the same headers are replaced."""
    known = re.compile("|".join(f"{re.escape(header)}: " for header in kept))
    others = [line for line in text.split("\n") if not known.match(line)]
    lines = [*others, *(f"{header}: {value}" for header, value in kept.items())]
    return "\n".join(lines).strip("\n")
