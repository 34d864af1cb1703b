"""List of the requests and waivers of a project: columns, order and filters."""

from collections.abc import Sequence
from typing import Any

from django.db.models import TextChoices
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext_lazy as _

from core.pages.lists.columns import Column, in_language, link
from core.pages.lists.filters import Asked, Filter, read_filters
from core.pages.lists.pages import ComputedListing
from core.record.erasure import display_text
from pmo.standards.waivers.queries import Entry
from pmo.standards.waivers.statuses import Shown, WaiverStatus

#: Characters of a measure in its cell; a file has all of it.
LONGEST_CELL = 240


def build_listing(entries: Sequence[Entry], query: QueryDict, language: str) -> tuple[ComputedListing, Asked]:
    """Build the list of these requests and waivers that the query string asks for, and what it asks for."""
    asked = read_filters(query, [Filter("status", _("All statuses"), _list_statuses(entries))])
    shown = read_shown(query)
    listing = ComputedListing(
        rows=[entry for entry in asked.select(entries, _write_words) if not shown or entry.shown == shown],
        columns=_list_columns(language),
        query=query,
        sort="status",
        chips=asked.chips,
        kept=("show",),
    )
    return listing, asked


def read_shown(query: QueryDict) -> str:
    """Return the section of the register that the query string asks for; empty for all."""
    asked = query.get("show", "")
    return asked if asked in Shown.values else ""


def _list_statuses(entries: Sequence[Entry]) -> list[tuple[Any, Any]]:
    """List the statuses that occur."""
    known = {entry.status for entry in entries}
    return [(status.value, status.label) for status in WaiverStatus if status in known]


def _write_words(entry: Entry) -> str:
    """Return the text to search."""
    reference = entry.waiver.reference if entry.waiver else ""
    return f"{reference} {entry.title} {entry.references} {entry.measure} {entry.proposal.reference}"


def _list_columns(lang: str) -> list[Column]:
    def measure(entry: Entry) -> SafeString:
        return in_language(Truncator(entry.measure).chars(LONGEST_CELL), lang)

    return [
        Column(
            "title",
            _("Waiver"),
            lambda entry: " ".join(filter(None, (_get_reference(entry), str(display_text(entry.title))))),
            html=lambda entry: link(entry.address, entry.title, code=_get_reference(entry), lang=lang),
            head=True,
        ),
        Column(
            "status",
            _("Status"),
            lambda entry: capfirst(str(entry.status.label)),
            lambda entry: _rank(entry.status),
            html=lambda entry: render_to_string("pmo/standards/waivers/_waiver_status.html", {"status": entry.status}),
            card=True,
        ),
        Column("checkpoints", _("Checkpoints"), lambda entry: entry.references or None, css="mono"),
        Column(
            "measure",
            _("Compensating measure"),
            lambda entry: display_text(entry.measure) or None,
            html=measure,
            spare=True,
        ),
        Column(
            "file",
            _("Decision file"),
            lambda entry: entry.proposal.reference,
            lambda entry: entry.proposal.number,
            html=_render_file,
        ),
        Column(
            "starts",
            _("First day"),
            lambda entry: entry.waiver.starts_on if entry.waiver else None,
            numeric=True,
            usual=False,
        ),
        Column(
            "ends",
            _("Last day"),
            lambda entry: entry.waiver.ends_on if entry.waiver else None,
            html=lambda entry: render_to_string("pmo/standards/waivers/_waiver_last_day.html", {"row": entry}),
            numeric=True,
            card=True,
        ),
    ]


def _get_reference(entry: Entry) -> str:
    return entry.waiver.reference if entry.waiver else ""


def _rank(status: TextChoices) -> int:
    return list(WaiverStatus).index(WaiverStatus(status))


def _render_file(entry: Entry) -> SafeString:
    address, reference = entry.proposal.get_absolute_url(), entry.proposal.reference
    return format_html('<a class="mono nowrap" href="{}">{}</a>', address, reference)
