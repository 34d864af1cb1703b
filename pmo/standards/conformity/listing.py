"""List of the checkpoints due at a gate: columns, order and filters."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.pages.lists.columns import NOTHING, Column, in_language, selection
from core.pages.lists.filters import Asked, Filter, read_filters
from core.pages.lists.pages import NO_ATTRIBUTES, SIZES, ComputedListing
from core.record.erasure import display_text
from core.templatetags.ui import role_badge
from pmo.standards.conformity.enums import Standing
from pmo.standards.conformity.queries import CheckpointStanding
from projects.models import Project
from roles.enums import Gate

OPEN = mark_safe(" data-open")


def build_listing(
    project: Project,
    rows: Sequence[CheckpointStanding],
    query: QueryDict,
    standards: Sequence[tuple[str, str]],
    may: Mapping[str, bool],
) -> tuple[ComputedListing, Asked]:
    """Build the list of these checkpoints that the query string asks for, by standard, and what it asks for.

    All of them stand on one page as far as possible, so that they are answered in one go.
    """
    asked = read_filters(query, [Filter("standard", _("All the standards"), standards, keeps=_is_of)])
    result = read_result(query)
    listing = ComputedListing(
        rows=[row for row in asked.select(rows, _write_words) if not result or row.standing == result],
        columns=_list_columns(project, query, may),
        query=query,
        sort="checkpoint",
        size=SIZES[-1],
        chips=asked.chips,
        kept=("gate", "result"),
        before=[selection("checks", lambda row: row.name)] if may["check"] else [],
        attributes=lambda row: OPEN if row.is_open else NO_ATTRIBUTES,
    )
    return listing, asked


def read_result(query: QueryDict) -> str:
    """Return the result that the query string asks for; empty for all."""
    asked = query.get("result", "")
    return asked if asked in Standing.values else ""


def _is_of(row: CheckpointStanding, standard: str) -> bool:
    return row.code == standard


def _write_words(row: CheckpointStanding) -> str:
    """Return the text to search."""
    checked = f"{row.check.finding} {row.check.action} {row.check.checker}" if row.check else ""
    return f"{row.name} {row.checkpoint.text} {row.checkpoint.version.title} {checked}"


def _list_columns(project: Project, query: QueryDict, may: Mapping[str, bool]) -> list[Column]:
    def draw(template: str, row: CheckpointStanding) -> str:
        return render_to_string(template, {"row": row, "project": project, "may": may})

    def read(field: str) -> Any:
        """Return a function that reads a field of the last check."""
        return lambda row: display_text(getattr(row.check, field)) or None if row.check else None

    return [
        Column(
            "checkpoint",
            _("Checkpoint"),
            lambda row: f"{row.name} {row.checkpoint.text}",
            lambda row: (row.code, row.checkpoint.number),
            html=lambda row: draw("pmo/standards/conformity/_checkpoint_title.html", row),
            css="roomy",
            head=True,
            card=True,
        ),
        Column("standard", _("Standard"), lambda row: row.code, html=_render_standard, card=True),
        Column(
            "result",
            _("Result"),
            lambda row: capfirst(str(row.standing.label)),
            lambda row: Standing.values.index(row.standing),
            html=lambda row: draw("pmo/standards/conformity/_checkpoint_result.html", row),
            card=True,
        ),
        Column(
            "finding",
            _("Finding, evidence and action"),
            _write_finding,
            html=lambda row: draw("pmo/standards/conformity/_checkpoint_finding.html", row),
            css="said",
            card=True,
        ),
        Column(
            "gate",
            _("Gate"),
            lambda row: str(Gate(row.checkpoint.version.from_gate).label),
            lambda row: row.checkpoint.version.from_gate,
            usual=False,
        ),
        Column(
            "action",
            _("Action"),
            read("action"),
            html=lambda row: in_language(read("action")(row) or "", project.language),
            usual=False,
        ),
        Column(
            "role",
            _("Responsible role"),
            read("action_role"),
            html=lambda row: role_badge(row.check.action_role) if row.check and row.check.action_role else NOTHING,
            usual=False,
        ),
        Column(
            "due",
            _("Action due"),
            lambda row: row.check.action_due if row.check else None,
            numeric=True,
            usual=False,
        ),
        Column("checker", _("Checked by"), lambda row: str(row.check.checker) if row.check else None, usual=False),
        Column(
            "checked",
            _("Checked on"),
            lambda row: timezone.localdate(row.check.acted_at) if row.check else None,
            numeric=True,
            usual=False,
        ),
    ]


def _write_finding(row: CheckpointStanding) -> str | None:
    """Return what the automatic check and the last one found."""
    found = [str(row.computed.sentence) if row.computed else "", display_text(row.check.finding) if row.check else ""]
    return " ".join(map(str, filter(None, found))) or None


def _render_standard(row: CheckpointStanding) -> SafeString:
    return format_html('<span class="mono nowrap" title="{}">{}</span>', row.checkpoint.version.title, row.code)
