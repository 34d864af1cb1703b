"""Lists of tests and of defects: columns, order and filters."""

from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from amoa.acceptance.enums import DefectState, Result, Severity
from amoa.acceptance.queries import annotate_last_run
from core.lists.columns import NOTHING, Column, in_language, link, rank, selection
from core.lists.filters import Asked, Filter, read_filters
from core.lists.pages import Listing
from core.references import plain_reference
from projects.models import Project

#: Values of the filters besides those of the enumerations.
NOT_RUN, UNSETTLED, WITHOUT = "none", "unsettled", "none"


def build_test_listing(project: Project, query: QueryDict, *, selects: bool = False) -> tuple[Listing, Asked]:
    """Build the list of tests in use that the query string asks for, by code, and what it asks for.

    `selects` adds a box to each.
    """
    results = [(NOT_RUN, _("not run yet")), *Result.choices]
    steps = Filter("steps", _("With or without steps"), [(WITHOUT, _("without steps"))], lambda _value: Q(steps=""))
    asked = read_filters(query, [Filter("result", _("Every result"), results, _has_result), steps])
    among = annotate_last_run(project.tests.in_use())
    listing = Listing(
        rows=asked.narrow(among, ("code", "title", "requirement__code")),
        among=among,
        columns=_list_test_columns(project.language),
        query=query,
        sort="code",
        load=lambda rows: rows.select_related("requirement"),
        chips=asked.chips,
        before=[selection("bulk")] if selects else [],
        change_url=reverse("amoa:acceptance:tests_change", args=[project.code]) if selects else "",
    )
    return listing, asked


def _has_result(value: str) -> Q:
    return Q(last_result=None) if value == NOT_RUN else Q(last_result=value)


def _list_test_columns(lang: str) -> list[Column]:
    labels = dict(Result.choices)

    def title(test: Any) -> SafeString:
        return link(test.get_absolute_url(), test.title, code=test.code, lang=lang)

    return [
        Column("code", _("Code"), lambda test: test.code, "code", usual=False),
        Column("title", _("Test"), lambda test: test.title, "title", html=title, head=True, card=True),
        Column("requirement", _("Requirement"), _write_requirement, "requirement__code", html=_render_requirement),
        Column(
            "result",
            _("Last result"),
            lambda test: labels.get(test.last_result, gettext("not run yet")),
            rank("last_result", Result.values),
            html=lambda test: render_to_string("amoa/_acceptance_result.html", {"result": test.last_result}),
            card=True,
        ),
        Column("note", _("What was seen"), lambda test: test.last_note, "last_note", usual=False),
        Column("run", _("Run on"), lambda test: test.last_run_at, "last_run_at", numeric=True),
    ]


def _write_requirement(test: Any) -> str | None:
    if not test.requirement:
        return None
    criterion = gettext("criterion %(number)s") % {"number": test.criterion} if test.criterion else ""
    return " ".join(filter(None, (test.requirement.code, criterion)))


def _render_requirement(test: Any) -> SafeString:
    if not test.requirement:
        return format_html('<span class="faint">{}</span>', gettext("the whole"))
    criterion = gettext("criterion %(number)s") % {"number": test.criterion} if test.criterion else ""
    return format_html(
        '<a class="mono nowrap" href="{}">{}</a> <span class="faint">{}</span>',
        test.requirement.get_absolute_url(),
        test.requirement.code,
        criterion,
    )


_SEARCHED = ("code", "title", "description", "correction", "test__code")


def build_defect_listing(project: Project, query: QueryDict) -> tuple[Listing, Asked]:
    """Build the list of defects that the query string asks for, the worst first, and what it asks for."""
    states = [(UNSETTLED, _("Not settled")), *DefectState.choices]
    asked = read_filters(
        query,
        [
            Filter("state", _("Every state"), states, _is_in_state),
            Filter("severity", _("Every severity"), Severity.choices),
        ],
    )
    listing = Listing(
        rows=asked.narrow(project.defects.alias(code=plain_reference("DEF-")), _SEARCHED),
        among=project.defects.all(),
        columns=_list_defect_columns(project.language),
        query=query,
        sort="severity",
        tie="number",
        load=lambda rows: rows.select_related("project", "campaign", "test"),
        chips=asked.chips,
    )
    return listing, asked


def _is_in_state(value: str) -> Q:
    return ~Q(state=DefectState.CLOSED) if value == UNSETTLED else Q(state=value)


def _list_defect_columns(lang: str) -> list[Column]:
    def title(defect: Any) -> SafeString:
        return link(defect.get_absolute_url(), defect.title, code=defect.reference, lang=lang)

    return [
        Column("number", _("Number"), lambda defect: defect.reference, "number", usual=False),
        Column("title", _("Defect"), lambda defect: defect.title, "title", html=title, head=True, card=True),
        Column(
            "severity",
            _("Severity"),
            lambda defect: capfirst(defect.get_severity_display()),
            rank("severity", Severity.values),
            html=_render_severity,
            card=True,
        ),
        Column(
            "state",
            _("State"),
            lambda defect: capfirst(defect.get_state_display()),
            rank("state", DefectState.values),
            html=lambda defect: render_to_string("amoa/acceptance/_defect_state.html", {"defect": defect}),
            card=True,
        ),
        Column(
            "campaign",
            _("Campaign"),
            lambda defect: defect.campaign.title,
            "campaign__title",
            html=lambda defect: in_language(defect.campaign.title, lang),
        ),
        Column("test", _("Test"), lambda defect: defect.test.code if defect.test else None, "test__code", html=_test),
        Column("reported", _("Reported"), lambda defect: defect.reported_at, "reported_at", numeric=True),
        Column(
            "corrected", _("Corrected"), lambda defect: defect.corrected_at, "corrected_at", numeric=True, usual=False
        ),
        Column("closed", _("Closed on"), lambda defect: defect.closed_at, "closed_at", numeric=True, usual=False),
    ]


def _render_severity(defect: Any) -> SafeString:
    context = {"severity": defect.severity, "label": defect.get_severity_display()}
    return render_to_string("amoa/acceptance/_defect_severity.html", context)


def _test(defect: Any) -> SafeString:
    if not defect.test:
        return NOTHING
    return format_html('<a class="mono" href="{}">{}</a>', defect.test.get_absolute_url(), defect.test.code)
