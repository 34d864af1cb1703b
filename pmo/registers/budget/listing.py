"""List of budget lines: columns, order and filters."""

from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, F, Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.lists.columns import Column, Control, act_link, in_language, selection
from core.lists.filters import Asked, Filter, read_filters
from core.lists.pages import Listing
from core.templatetags.ui import euros, icon
from pmo.registers.budget.models import BudgetLine
from projects.models import Project

#: Values of the filter by state.
OVER, WITHIN = "over", "within"
IS_OVER = Q(forecast__gt=F("envelope"))
_STATE = ExpressionWrapper(IS_OVER, BooleanField())
LABELS = {OVER: _("over its allocation"), WITHIN: _("within its allocation")}


def build_line_listing(project: Project, query: QueryDict, *, may_plan: bool = False) -> tuple[Listing, Asked]:
    """Build the list of budget lines that the query string asks for, by label, and what it asks for."""
    conditions = {OVER: IS_OVER, WITHIN: ~IS_OVER}
    asked = read_filters(query, [Filter("state", _("All states"), list(LABELS.items()), conditions.__getitem__)])
    listing = Listing(
        rows=asked.narrow(project.budget_lines.all(), ("label",)),
        among=project.budget_lines.all(),
        columns=_list_columns(project.language),
        query=query,
        sort="label",
        tie="label",
        size=50,
        chips=asked.chips,
        before=[selection("bulk", lambda line: line.label)] if may_plan else [],
        change_url=reverse("pmo:budget:budget_lines_change", args=[project.code]) if may_plan else "",
        after=[Control(_render_head(), _render_acts)] if may_plan else [],
    )
    return listing, asked


def _list_columns(lang: str) -> list[Column]:
    return [
        Column(
            "label",
            _("Budget line"),
            lambda line: line.label,
            "label",
            html=lambda line: in_language(line.label, lang),
            head=True,
            card=True,
        ),
        _amount("envelope", _("Allocated"), lambda line: line.envelope, F("envelope")),
        _amount("committed", _("Committed"), lambda line: line.committed, F("committed")),
        _amount("forecast", _("Forecast at completion"), lambda line: line.forecast, F("forecast"), card=True),
        _amount(
            "left",
            _("Left at completion"),
            lambda line: line.envelope - line.forecast,
            F("envelope") - F("forecast"),
            usual=False,
        ),
        Column("state", _("State"), lambda line: LABELS[_state(line)], _STATE, html=_render_state, card=True),
    ]


def _amount(name: str, label: Any, value: Any, sort: Any, *, card: bool = False, usual: bool = True) -> Column:
    return Column(name, label, value, sort, html=lambda line: euros(value(line)), numeric=True, card=card, usual=usual)


def _state(line: BudgetLine) -> str:
    return OVER if line.forecast > line.envelope else WITHIN


def _render_state(line: BudgetLine) -> SafeString:
    state = _state(line)
    drawing = icon("triangle-alert" if state == OVER else "circle-check")
    return format_html('<span class="tag">{}{}</span>', drawing, LABELS[state])


def _render_head() -> SafeString:
    return format_html('<span class="vh">{}</span>', gettext("Acts"))


def _render_acts(line: BudgetLine) -> SafeString:
    return act_link(reverse("pmo:budget:budget_line_edit", args=[line.pk]), gettext("Edit its figures"), line.label)
