"""Exports of the matrix: CSV for machines, XLSX for spreadsheets, PDF for paper. No cell is ever a formula."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.files.limits import count_file
from core.files.pdf import typeset
from core.tables import writer as writing
from core.templatetags.ui import day, fingerprint
from governance.desk.responsibilities.matrix import Row, Sheet
from projects.models import Matrix, Project
from projects.seats.matrix.letters import Sign

TEMPLATE = Path(__file__).with_name("matrix.typ")


@dataclass(frozen=True)
class Export:
    """The input of an export: a version of the matrix as shown, the instant and the language."""

    project: Project
    matrix: Matrix
    sheet: Sheet
    at: datetime
    language: str

    @property
    def name(self) -> str:
        """Return the file name without extension."""
        return f"{self.project.code}-roles-v{self.matrix.number}-{self.language}"

    @property
    def version_line(self) -> str:
        """Return the version in words, and whether it is in force and approved."""
        if self.matrix.pk != self.project.matrix_id:
            words = _("Version %(number)s, not in force")
        elif self.project.matrix_approved:
            words = _("Version %(number)s, approved by the owner")
        else:
            words = _("Version %(number)s, not approved yet")
        return words % {"number": self.matrix.number}

    @property
    def as_of(self) -> str:
        """Return the day of the holders in words."""
        return _("As of %(day)s") % {"day": day(self.at)}

    @property
    def legend(self) -> list[tuple[str, str]]:
        """List each letter with its word."""
        return [(sign.letter, str(sign.word)) for sign in self.sheet.legend]

    def head(self) -> list[str]:
        """List the column heads."""
        roles = [role.code for role in self.sheet.roles]
        return [_("Domain"), _("Code"), _("Activity"), *roles, _("State"), _("What to do")]

    def lines(self) -> list[list[str]]:
        """List the cells of every row, in the order of the heads."""
        return [
            [
                capfirst(section.label),
                row.line.code,
                row.line.label,
                *(", ".join(sign.letter for sign in cell.signs) for cell in row.cells),
                row_state(row),
                " ".join(problem.sentence for problem in row.problems),
            ]
            for section in self.sheet.sections
            for row in section.rows
        ]


def row_state(row: Row) -> str:
    """Return the state of a row in words."""
    return str(row.flaw.label) if row.flaw else _("Complete")


def as_csv(export: Export) -> bytes:
    """Return CSV in UTF-8 with a byte order mark; an apostrophe precedes anything that looks like a formula."""
    return writing.as_csv(export.head(), export.lines())


def as_xlsx(export: Export) -> bytes:
    """Return a workbook with two sheets: the matrix, and facts about it. Every cell is a text."""
    return writing.as_xlsx(
        _("Matrix"),
        export.head(),
        export.lines(),
        widths=[20, 16, 40, *(8 for _role in export.sheet.roles), 24, 24],
        frozen=3,
        about=_about(export),
        name=export.name,
        created=export.matrix.acted_at,
    )


def _about(export: Export) -> list[list[str]]:
    """List facts about the matrix, and its letters."""
    return [
        [capfirst(export.project.get_level_display()), f"{export.project.code} · {export.project.title}"],
        [_("Version"), export.version_line],
        [_("Fingerprint"), export.matrix.hash],
        [_("Holders"), export.as_of],
        *([letter, word] for letter, word in export.legend),
        *([role.code, role.name] for role in export.sheet.roles),
    ]


def as_pdf(export: Export) -> bytes:
    """Return A4 landscape with version and fingerprint in the footer.

    The bytes are the same for the same holders and day.
    """
    count_file()
    return typeset(TEMPLATE, "matrix", _content(export), export.matrix.acted_at)


def _content(export: Export) -> dict[str, Any]:
    sheet, total = export.sheet, len(export.sheet.rows)
    counted = ngettext("%(n)s activity, %(complete)s complete", "%(n)s activities, %(complete)s complete", total)
    return {
        "language": export.language,
        "heading": _("Roles and responsibilities"),
        "title": export.project.title,
        "code": export.project.code,
        "version_line": export.version_line,
        "as_of": export.as_of,
        "fingerprint": _("Fingerprint %(hash)s") % {"hash": fingerprint(export.matrix.hash)},
        "hash": export.matrix.hash,
        "activity": _("Activity"),
        "state": _("State"),
        "counted": counted % {"n": total, "complete": sheet.complete},
        "owner_decides": _("Only the project owner decides. The rule is enforced, not only displayed."),
        "to_settle": _("To settle"),
        "legend": [_sign(sign) for sign in sheet.legend],
        "roles": [{"code": role.code, "name": role.name} for role in sheet.roles],
        "sections": [
            {"label": capfirst(section.label), "rows": [_row(row) for row in section.rows]}
            for section in sheet.sections
        ],
        "problems": [placed.problem.sentence for placed in (*sheet.conflicts, *sheet.gaps)],
    }


def _row(row: Row) -> dict[str, Any]:
    cells = [[_sign(sign) for sign in cell.signs] for cell in row.cells]
    return {"label": row.line.label, "cells": cells, "state": row_state(row), "flaw": row.flaw or ""}


def _sign(sign: Sign) -> dict[str, str]:
    return {"look": sign.look, "letter": sign.letter, "word": str(sign.word)}
