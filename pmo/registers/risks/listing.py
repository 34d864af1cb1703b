"""Lists of risks and of issues: columns, order and filters."""

from functools import lru_cache
from operator import attrgetter
from typing import Any

from django.db.models import Choices, OuterRef, QuerySet, Subquery
from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from core.erasure import display_name
from core.lists.columns import NOTHING, Column, Text, in_language, link, rank, selection, show, text
from core.lists.filters import Asked, Filter, read_filters
from core.lists.pages import Listing
from core.references import plain_reference
from core.templatetags.ui import day, icon, role_badge
from pmo.registers.risks import filters
from pmo.registers.risks.enums import Category, Degree, IssueState, Proximity, Response, RiskStatus, Size
from pmo.registers.risks.models import RiskAction
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
        named = _name(risk, risk.code, lang)
        if not risk.opportunity:
            return named
        return format_html('{} <span class="tag">{}{}</span>', named, icon("sparkles"), _("Opportunity"))

    return [
        Column("code", gettext_lazy("Code"), lambda risk: risk.code, "code", usual=False, css="mono nowrap"),
        Column("title", gettext_lazy("Risk"), lambda risk: risk.title, "title", html=title, head=True, card=True),
        _choice("category", gettext_lazy("Category"), Category, usual=False),
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
        _choice(
            "status",
            gettext_lazy("Status"),
            RiskStatus,
            html=lambda risk: render_to_string("pmo/registers/risks/_risk_status.html", {"risk": risk}),
            card=True,
        ),
        _choice("response", gettext_lazy("Treatment"), Response, usual=False),
        _role("raised", gettext_lazy("Raised by"), "raised_by_role", usual=False),
        _role("owner", gettext_lazy("Responsible role"), "owner_role"),
        Column(
            "holder",
            gettext_lazy("Holder"),
            lambda risk: risk.holder_name,
            _find_holder(),
            html=lambda risk: show(display_name(risk.holder_name or "")),
            spare=True,
        ),
        Column(
            "action",
            gettext_lazy("Next action"),
            lambda risk: risk.next_text,
            Subquery(_NEXT.values("text")[:1]),
            html=lambda risk: in_language(risk.next_text, lang),
            spare=True,
        ),
        Column(
            "due",
            gettext_lazy("Action due"),
            lambda risk: risk.next_due,
            Subquery(_NEXT.values("due_on")[:1]),
            numeric=True,
            spare=True,
        ),
        _day(
            "review",
            gettext_lazy("Next review"),
            "review_on",
            html=lambda risk: _due(risk.review_on, is_late=risk.is_overdue),
        ),
        _day("reviewed", gettext_lazy("Last review"), "reviewed_on", usual=False),
        Column(
            "accepted",
            gettext_lazy("Accepted until"),
            lambda risk: risk.acceptance.valid_until if risk.acceptance else None,
            "acceptance__valid_until",
            numeric=True,
            usual=False,
        ),
        _choice("proximity", gettext_lazy("How soon"), Proximity, usual=False),
    ]


_SEARCHED = ("code", "title", "problem", "resolution", "risk__code", "owner_role")


def build_issue_listing(project: Project, query: QueryDict, *, selects: bool = False) -> tuple[Listing, Asked]:
    """Build the list of issues that the query string asks for, the newest first, and what it asks for.

    `selects` adds a box to each.
    """
    asked = read_filters(
        query,
        [
            Filter("state", gettext_lazy("All states"), IssueState.choices),
            Filter("urgency", gettext_lazy("All urgencies"), Degree.choices),
        ],
    )
    listing = Listing(
        rows=asked.narrow(project.issues.alias(code=plain_reference("ISS-")), _SEARCHED),
        among=project.issues.all(),
        columns=_list_issue_columns(project.language),
        query=query,
        sort="-number",
        tie="number",
        load=lambda rows: rows.select_related("risk"),
        chips=asked.chips,
        before=[selection("bulk", lambda issue: issue.reference)] if selects else [],
        change_url=reverse("pmo:risks:issues_change", args=[project.code]) if selects else "",
    )
    return listing, asked


def _list_issue_columns(lang: str) -> list[Column]:
    def title(issue: Any) -> SafeString:
        return _name(issue, issue.reference, lang)

    def risk(issue: Any) -> SafeString:
        if not issue.risk:
            return NOTHING
        return format_html('<a class="mono" href="{}">{}</a>', issue.risk.get_absolute_url(), issue.risk.code)

    return [
        Column("number", gettext_lazy("Number"), lambda issue: issue.reference, "number", usual=False),
        Column("title", gettext_lazy("Issue"), lambda issue: issue.title, "title", html=title, head=True, card=True),
        _choice(
            "state",
            gettext_lazy("State"),
            IssueState,
            html=lambda issue: render_to_string("pmo/registers/risks/_issue_state.html", {"issue": issue}),
            card=True,
        ),
        _choice("urgency", gettext_lazy("Urgency"), Degree, card=True),
        _choice("impact", pgettext_lazy("risk", "Impact"), Degree),
        _choice("size", gettext_lazy("Work it takes"), Size, usual=False),
        _role("owner", gettext_lazy("Responsible role"), "owner_role"),
        Column(
            "risk",
            gettext_lazy("Risk"),
            lambda issue: issue.risk.code if issue.risk else None,
            "risk__code",
            html=risk,
        ),
        _role("raised", gettext_lazy("Raised by"), "raised_by_role", usual=False),
        _day(
            "due",
            gettext_lazy("To be resolved by"),
            "due_on",
            html=lambda issue: _due(issue.due_on, is_late=issue.is_late),
        ),
    ]


def _name(row: Any, code: str, lang: str) -> SafeString:
    return link(row.get_absolute_url(), row.title, code=code, lang=lang)


def _choice(name: str, label: Text, choices: type[Choices], **more: Any) -> Column:
    """Build the column of an enumerated field, sorted in the order of its choices."""
    return Column(
        name, label, lambda row: capfirst(getattr(row, f"get_{name}_display")()), rank(name, choices.values), **more
    )


def _role(name: str, label: Text, field: str, **more: Any) -> Column:
    """Build the column of a field with the code of a role."""

    def badge(row: Any) -> SafeString:
        code = getattr(row, field)
        return role_badge(code) if code else NOTHING

    return Column(name, label, attrgetter(field), text(field), html=badge, **more)


def _day(name: str, label: Text, field: str, **more: Any) -> Column:
    """Build the column of a day."""
    return Column(name, label, attrgetter(field), field, numeric=True, **more)


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
    return render_to_string("pmo/registers/risks/_risk_band.html", {"band": band, "label": label, "level": level})


def _due(on: Any, *, is_late: bool) -> SafeString:
    if not is_late:
        return show(on)
    return format_html('<span class="bad strong">{} {}</span>', icon("alarm-clock"), day(on))
