"""A file that was received to be imported: how it was read, and guards that keep its bytes."""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.file_checks import LONGEST_NAME, Upload
from core.guards import guard, refuse
from core.tables.columns import Column
from core.tables.layout import Banners, fill_all_rows, find_banners, place_banners
from core.tables.reader import open_table
from core.tables.tables import Table

#: Preview limits: lines, and characters of a cell.
SHOWN_LINES, SHOWN_TEXT = 4, 120
#: Reading options that the author may correct.
READING = ("encoding", "separator", "sheet", "header_line")
#: Fields reset when an import ends.
LET_GO: dict[str, Any] = {"content": b"", "preview": []}


class ReceivedTable(models.Model):
    """A table as it was received; `content` is emptied once its import ends.

    `mapping` names the field of each column of `head`, "" for one left out, KEPT for one kept in a text. `meanings`
    holds the chosen values of words that Ouvrage does not know, by field and by digest of the word
    (core.tables.words); `all_rows` the value of a field where a row has none. `banners` counts the lines with one
    filled cell, `banner_use` is what is done with them.
    """

    REPEATS: tuple[str, ...] = ("sheet", "sheets", "head", "preview", "mapping", "meanings", "all_rows")

    file_name = models.CharField(_("file name"), max_length=LONGEST_NAME)
    content = models.BinaryField(_("content"))
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    kind = models.CharField(_("format"), max_length=10)
    encoding = models.CharField(_("encoding"), max_length=20, blank=True)
    separator = models.CharField(_("separator"), max_length=1, blank=True)
    sheet = models.CharField(_("sheet"), max_length=255, blank=True)
    header_line = models.PositiveIntegerField(_("line of the head"), default=0)
    sheets = models.JSONField(_("sheets"), default=list, blank=True)
    head = models.JSONField(_("columns"), default=list)
    preview = models.JSONField(_("first lines"), default=list)
    lines = models.PositiveIntegerField(_("lines"), default=0)
    mapping = models.JSONField(_("fields of the columns"), default=list)
    meanings = models.JSONField(_("meanings of words"), default=dict, db_default={}, blank=True)
    all_rows = models.JSONField(_("values for all rows"), default=dict, db_default={}, blank=True)
    banners = models.PositiveIntegerField(_("lines with one filled cell"), default=0, db_default=0)
    banner_use = models.CharField(
        _("use of these lines"), max_length=10, choices=Banners, default=Banners.LINES, db_default=Banners.LINES
    )
    created_at = models.DateTimeField(_("sent"))
    changed_at = models.DateTimeField(_("changed"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        abstract = True

    def reading(self) -> dict[str, Any]:
        """Return the options by which the file is read."""
        return {name: getattr(self, name) for name in READING}

    @cached_property
    def table(self) -> Table:
        """Read the stored file by the chosen options, once. Raises ValidationError."""
        return open_table(self.file_name, bytes(self.content), **self.reading())

    def lay_out(self, columns: Sequence[Column], category: str) -> tuple[Table, list[str]]:
        """Return the lines of the file without banners and with the values for all rows, and their mapping."""
        place = next((column for column in columns if column.name == category), None)
        laid_out, mapping = place_banners(self.table, self.mapping, self.banner_use, place)
        return fill_all_rows(laid_out, mapping, self.all_rows, columns)


def describe_file(upload: Upload) -> dict[str, Any]:
    """Return the fields that hold the bytes of a file."""
    return {
        "file_name": upload.file_name,
        "content": upload.content,
        "size": len(upload.content),
        "sha256": upload.sha256,
    }


def describe_reading(table: Table, mapping: Sequence[str], required: Collection[str], category: str) -> dict[str, Any]:
    """Return the fields that describe how a file was read, with its guessed `mapping`.

    A line with its first cell alone is a row when that is all a row needs; else it is a banner, of the `category` below
    it if there is such a field.
    """
    is_row = set(required) <= {mapping[0]}
    banner_use = Banners.LINES if is_row else Banners.CATEGORY if category else Banners.SKIP
    shown = [[cell[:SHOWN_TEXT] for cell in row] for row in table.rows[:SHOWN_LINES]]
    return {
        "kind": table.kind,
        "mapping": list(mapping),
        "head": table.header,
        "preview": shown,
        "lines": len(table.rows),
        "sheets": table.sheets,
        "banners": len(find_banners(table)),
        "banner_use": banner_use,
        "meanings": {},
        "all_rows": {},
        **{name: getattr(table, name) for name in READING},
    }


BEGINS_WITH_ITS_FILE = guard(
    "begins_with_its_file",
    pgtrigger.Insert,
    f"""
    IF NEW.state <> 'uploaded' OR NEW.sha256 <> encode(sha256(NEW.content), 'hex')
       OR NEW.size <> octet_length(NEW.content) THEN
      {refuse("An import begins with its file, its size and its fingerprint")}
    END IF;
    """,
)

KEEPS_ITS_FILE = guard(
    "keeps_its_file",
    pgtrigger.Update,
    f"""
    IF NEW.content <> OLD.content AND NEW.content <> '' THEN
      {refuse("The file of an import is emptied when it ends, never replaced")}
    END IF;
    """,
)


def follows_its_steps(moves: Mapping[Any, Collection[Any]]) -> pgtrigger.Trigger:
    """Build the guard on states; `moves` are the states that follow each."""
    pairs = ", ".join(f"('{state}', '{target}')" for state, targets in moves.items() for target in targets)
    return guard(
        "follows_its_steps",
        pgtrigger.Update,
        f"""
        IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN ({pairs}) THEN
          {refuse("This step of an import does not follow from the one before")}
        END IF;
        """,
    )
