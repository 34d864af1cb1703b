"""List of recipient groups: columns, order and filters."""

from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from amoa.recipients.queries import annotate_groups, build_line, prefetch_seats
from core.lists.columns import NOTHING, Column, in_language, link, rank, selection, text
from core.lists.filters import Asked, Filter, read_filters
from core.lists.pages import Listing
from core.templatetags.ui import grouped
from projects.models import Mandate, Project
from projects.recipient_groups.enums import Attitude, Degree, InterestDegree

#: Values of the filter by what a group lacks.
SILENT, UNSERVED = "silent", "unserved"
LACKS = {SILENT: Q(heard=False), UNSERVED: Q(served=0)}


def build_group_listing(project: Project, query: QueryDict, *, selects: bool = False) -> tuple[Listing, Asked]:
    """Build the list of groups that the query string asks for, by name, and what it asks for.

    `selects` adds a box to each.
    """
    lacks = [(SILENT, _("Without a representative")), (UNSERVED, _("Without a requirement"))]
    asked = read_filters(
        query,
        [
            Filter("attitude", _("Every attitude"), Attitude.choices),
            Filter("influence", _("Every influence"), Degree.choices),
            Filter("interest", _("Every interest"), InterestDegree.choices),
            Filter("lack", _("With and without gaps"), lacks, LACKS.__getitem__),
        ],
    )
    among = annotate_groups(project)
    listing = Listing(
        rows=asked.narrow(among, ("name", "place", "practice", "accessibility", "languages")),
        among=among,
        columns=_list_columns(project.language),
        query=query,
        sort="name",
        tie="name",
        size=50,
        load=prefetch_seats,
        chips=asked.chips,
        before=[selection("bulk", lambda group: group.name)] if selects else [],
        change_url=reverse("amoa:recipients:recipients_change", args=[project.code]) if selects else "",
    )
    return listing, asked


def _find_speaker() -> Subquery:
    """Return a subquery of the first representative of a group, by name."""
    seats = Mandate.objects.active().filter(recipient_group=OuterRef("pk")).order_by("holder__name")
    return Subquery(seats.values("holder__name")[:1])


def _list_columns(lang: str) -> list[Column]:
    def name(group: Any) -> SafeString:
        named = link(group.get_absolute_url(), group.name, lang=lang)
        if not group.place:
            return named
        return format_html('{}<br><span class="small muted" lang="{}">{}</span>', named, lang, group.place)

    return [
        Column("name", _("Group"), lambda row: row.name, "name", html=name, head=True, card=True),
        Column("place", _("Place"), lambda row: row.place, text("place"), usual=False),
        Column("people", _("People"), lambda row: row.size, "size", html=_render_size, numeric=True),
        Column(
            "attitude",
            _("Attitude"),
            lambda row: capfirst(row.get_attitude_display()),
            rank("attitude", Attitude.values),
            html=_render_attitude,
            card=True,
        ),
        Column(
            "influence",
            _("Influence"),
            lambda row: capfirst(row.get_influence_display()),
            rank("influence", Degree.values),
            usual=False,
        ),
        Column(
            "interest",
            _("Interest"),
            lambda row: capfirst(row.get_interest_display()),
            rank("interest", InterestDegree.values),
            usual=False,
        ),
        Column("practice", _("Current practice"), lambda row: row.practice, text("practice"), usual=False),
        Column(
            "access",
            _("Accessibility needs"),
            lambda row: row.accessibility,
            text("accessibility"),
            html=lambda row: in_language(row.accessibility, lang),
        ),
        Column(
            "languages",
            _("Language needs"),
            lambda row: row.languages,
            text("languages"),
            html=lambda row: in_language(row.languages, lang),
            usual=False,
        ),
        Column(
            "speak",
            _("Representatives"),
            lambda row: ", ".join(sorted(seat.holder.name for seat in row.mandates.all())),
            _find_speaker(),
            html=_render_speakers,
        ),
        Column("requirements", _("Requirements"), lambda row: row.served, "served", html=_render_served, numeric=True),
    ]


def _render_size(group: Any) -> SafeString | str:
    return NOTHING if group.size is None else grouped(group.size)


def _render_attitude(group: Any) -> SafeString | str:
    return render_to_string("amoa/recipients/_attitude.html", {"group": group}) if group.attitude else NOTHING


def _render_speakers(group: Any) -> SafeString:
    return render_to_string("amoa/recipients/_recipient_contacts.html", {"line": build_line(group)})


def _render_served(group: Any) -> SafeString | str:
    if group.served:
        return str(group.served)
    return format_html('<span class="small bad">{}</span>', gettext("none yet"))
