"""Lists of risks and of issues: columns, order and filters."""

from functools import lru_cache
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from core.erasure import display_name
from core.lists.columns import NOTHING, Column, in_language, link, rank, selection, show, text
from core.lists.filters import Asked, Filter, read_filters
from core.lists.pages import Listing
from core.templatetags.ui import day, icon, role_badge
from pmo.risks import filters
from pmo.risks.enums import Category, Degree, IssueState, Proximity, Response, RiskStatus, Size
from pmo.risks.models import RiskAction
from projects.models import Mandate, Project

_NEXT = RiskAction.objects.filter(risk=OuterRef("pk"), done_on=None).order_by("due_on", "pk")


def build_risk_listing(
    project: Project, query: QueryDict, asked: filters.Filter | None = None, *, selects: bool = False
) -> Listing:
    """Build the list of risks that the query string asks for, the highest level first; `selects` adds a box to each."""
    asked = asked or filters.Filter.from_query_string(query)
    return Listing(
        rows=asked.rows(project),
        among=project.risks.with_levels(),
        columns=_list_risk_columns(project.language),
        query=query,
        sort="-residual",
        size=50,
        load=_load_risks,
        chips=asked.list_chips(),
        before=[selection("bulk")] if selects else [],
    )


def _find_holder() -> Subquery:
    """Return a subquery of the first holder, by name, of the role responsible for a risk."""
    held = Mandate.objects.active().filter(project=OuterRef("project"), role__code=OuterRef("owner_role"))
    return Subquery(held.order_by("holder__name").values("holder__name")[:1])


def _load_risks(rows: QuerySet[Any]) -> QuerySet[Any]:
    following = {name: Subquery(_NEXT.values(name)[:1]) for name in ("text", "due_on")}
    related: QuerySet[Any] = rows.select_related("scale", "acceptance").annotate(
        next_text=following["text"], next_due=following["due_on"], holder_name=_find_holder()
    )
    return related


def _list_risk_columns(lang: str) -> list[Column]:
    def title(risk: Any) -> SafeString:
        named = link(risk.get_absolute_url(), risk.title, code=risk.code, lang=lang)
        if not risk.opportunity:
            return named
        return format_html('{} <span class="tag">{}{}</span>', named, icon("sparkles"), _("Opportunity"))

    def review(risk: Any) -> SafeString:
        return _late(risk.review_on) if risk.is_overdue else show(risk.review_on)

    return [
        Column("code", gettext_lazy("Code"), lambda risk: risk.code, "code", usual=False, css="mono nowrap"),
        Column("title", gettext_lazy("Risk"), lambda risk: risk.title, "title", html=title, head=True, card=True),
        Column(
            "category",
            gettext_lazy("Category"),
            lambda risk: capfirst(risk.get_category_display()),
            rank("category", Category.values),
            usual=False,
        ),
        Column(
            "initial",
            gettext_lazy("Initial level"),
            lambda risk: risk.level,
            "level_initial",
            html=lambda risk: _band(risk.band, risk.level),
            usual=False,
        ),
        Column(
            "residual",
            gettext_lazy("Residual level"),
            lambda risk: risk.residual_level if risk.residual_likelihood else None,
            "level_now",
            html=_residual,
            card=True,
        ),
        Column(
            "status",
            gettext_lazy("Status"),
            lambda risk: capfirst(risk.get_status_display()),
            rank("status", RiskStatus.values),
            html=lambda risk: render_to_string("pmo/risks/_risk_status.html", {"risk": risk}),
            card=True,
        ),
        Column(
            "response",
            gettext_lazy("Treatment"),
            lambda risk: capfirst(risk.get_response_display()),
            rank("response", Response.values),
            usual=False,
        ),
        Column(
            "raised",
            gettext_lazy("Raised by"),
            lambda risk: risk.raised_by_role,
            "raised_by_role",
            html=_raised,
            usual=False,
        ),
        Column(
            "owner", gettext_lazy("Role responsible"), lambda risk: risk.owner_role, text("owner_role"), html=_owner
        ),
        Column(
            "holder",
            gettext_lazy("Role holder"),
            lambda risk: risk.holder_name,
            _find_holder(),
            html=lambda risk: show(display_name(risk.holder_name or "")),
        ),
        Column(
            "action",
            gettext_lazy("Next action"),
            lambda risk: risk.next_text,
            Subquery(_NEXT.values("text")[:1]),
            html=lambda risk: in_language(risk.next_text, lang),
        ),
        Column(
            "due",
            gettext_lazy("Action due"),
            lambda risk: risk.next_due,
            Subquery(_NEXT.values("due_on")[:1]),
            numeric=True,
        ),
        Column(
            "review", gettext_lazy("Next review"), lambda risk: risk.review_on, "review_on", html=review, numeric=True
        ),
        Column(
            "reviewed",
            gettext_lazy("Last review"),
            lambda risk: risk.reviewed_on,
            "reviewed_on",
            numeric=True,
            usual=False,
        ),
        Column(
            "accepted",
            gettext_lazy("Accepted until"),
            lambda risk: risk.acceptance.valid_until if risk.acceptance else None,
            "acceptance__valid_until",
            numeric=True,
            usual=False,
        ),
        Column(
            "proximity",
            gettext_lazy("How soon"),
            lambda risk: capfirst(risk.get_proximity_display()),
            rank("proximity", Proximity.values),
            usual=False,
        ),
    ]


def build_issue_listing(project: Project, query: QueryDict) -> tuple[Listing, Asked]:
    """Build the list of issues that the query string asks for, the newest first, and what it asks for."""
    asked = read_filters(
        query,
        [
            Filter("state", gettext_lazy("Every state"), IssueState.choices),
            Filter("urgency", gettext_lazy("Every urgency"), Degree.choices),
        ],
    )
    listing = Listing(
        rows=asked.narrow(project.issues.all(), ("title", "problem", "resolution", "risk__code", "owner_role")),
        among=project.issues.all(),
        columns=_list_issue_columns(project.language),
        query=query,
        sort="-number",
        tie="number",
        load=lambda rows: rows.select_related("risk"),
        chips=asked.chips,
    )
    return listing, asked


def _list_issue_columns(lang: str) -> list[Column]:
    def title(issue: Any) -> SafeString:
        return link(issue.get_absolute_url(), issue.title, code=issue.reference, lang=lang)

    def risk(issue: Any) -> SafeString:
        if not issue.risk:
            return NOTHING
        return format_html('<a class="mono" href="{}">{}</a>', issue.risk.get_absolute_url(), issue.risk.code)

    def due(issue: Any) -> SafeString:
        return _late(issue.due_on) if issue.is_late else show(issue.due_on)

    return [
        Column("number", gettext_lazy("Number"), lambda issue: issue.reference, "number", usual=False),
        Column("title", gettext_lazy("Issue"), lambda issue: issue.title, "title", html=title, head=True, card=True),
        Column(
            "state",
            gettext_lazy("State"),
            lambda issue: capfirst(issue.get_state_display()),
            rank("state", IssueState.values),
            html=lambda issue: render_to_string("pmo/risks/_issue_state.html", {"issue": issue}),
            card=True,
        ),
        Column(
            "urgency",
            gettext_lazy("Urgency"),
            lambda issue: capfirst(issue.get_urgency_display()),
            rank("urgency", Degree.values),
            card=True,
        ),
        Column(
            "impact",
            pgettext_lazy("risk", "Impact"),
            lambda issue: capfirst(issue.get_impact_display()),
            rank("impact", Degree.values),
        ),
        Column(
            "size",
            gettext_lazy("Work it takes"),
            lambda issue: capfirst(issue.get_size_display()),
            rank("size", Size.values),
            usual=False,
        ),
        Column(
            "owner", gettext_lazy("Role responsible"), lambda issue: issue.owner_role, text("owner_role"), html=_owner
        ),
        Column(
            "risk",
            gettext_lazy("Risk"),
            lambda issue: issue.risk.code if issue.risk else None,
            "risk__code",
            html=risk,
        ),
        Column(
            "raised",
            gettext_lazy("Raised by"),
            lambda issue: issue.raised_by_role,
            "raised_by_role",
            html=_raised,
            usual=False,
        ),
        Column("due", gettext_lazy("To be resolved by"), lambda issue: issue.due_on, "due_on", html=due, numeric=True),
    ]


def _residual(risk: Any) -> SafeString:
    """Show the residual level; until it is rated the initial one, by which the list is sorted and filtered."""
    if risk.residual_likelihood:
        return _band(risk.residual_band, risk.residual_level)
    initial = pgettext("level of a risk", "initial")
    return format_html('{} <span class="small muted">{}</span>', _band(risk.band, risk.level), initial)


def _band(band: Any, level: int) -> SafeString:
    return _draw_band(band.value, str(band.label), level)


@lru_cache(200)
def _draw_band(band: str, label: str, level: int) -> SafeString:
    return render_to_string("pmo/risks/_risk_band.html", {"band": band, "label": label, "level": level})


def _owner(row: Any) -> SafeString:
    return role_badge(row.owner_role) if row.owner_role else NOTHING


def _raised(row: Any) -> SafeString:
    return role_badge(row.raised_by_role)


def _late(on: Any) -> SafeString:
    return format_html('<span class="bad strong">{} {}</span>', icon("alarm-clock"), day(on))
