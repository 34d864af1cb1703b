"""List of milestones: columns, order and filters."""

from datetime import date
from typing import Any

from django.db.models import DurationField, ExpressionWrapper, F, Q, Value
from django.db.models.functions import Coalesce, Greatest
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.lists.columns import Column, Control, act_link, in_language, selection, show, text
from core.lists.filters import Asked, Filter, read_filters
from core.lists.pages import Listing
from core.templatetags.ui import icon
from pmo.registers.schedule.models import Milestone
from projects.models import Project
from roles.enums import Gate

#: Values of the filter by state.
REACHED, OVERDUE, AHEAD = "reached", "overdue", "ahead"
STATES = (
    (OVERDUE, _("overdue")),
    (AHEAD, _("to come")),
    (REACHED, pgettext_lazy("milestone", "Reached")),
)


def build_milestone_listing(
    project: Project, query: QueryDict, today: date, *, may_plan: bool = False
) -> tuple[Listing, Asked]:
    """Build the list of milestones that the query string asks for, by baseline, and what it asks for."""
    conditions = {
        REACHED: Q(actual_on__isnull=False),
        OVERDUE: Q(actual_on=None, forecast_on__lt=today),
        AHEAD: Q(actual_on=None, forecast_on__gte=today),
    }
    asked = read_filters(
        query,
        [
            Filter("state", _("All states"), STATES, conditions.__getitem__),
            Filter("gate", _("All gates"), Gate.choices),
        ],
    )
    listing = Listing(
        rows=asked.narrow(project.milestones.all(), ("code", "name")),
        among=project.milestones.all(),
        columns=_list_columns(project.language, today),
        query=query,
        sort="planned",
        size=50,
        chips=asked.chips,
        before=[selection("bulk")] if may_plan else [],
        change_url=reverse("pmo:schedule:milestones_change", args=[project.code]) if may_plan else "",
        after=[Control(_render_head(), _render_acts)] if may_plan else [],
    )
    return listing, asked


def _list_columns(lang: str, today: date) -> list[Column]:
    end = Coalesce("actual_on", Greatest("forecast_on", Value(today)))

    def name(milestone: Any) -> SafeString:
        gate = format_html(' <span class="tag">{}</span>', milestone.get_gate_display()) if milestone.gate else ""
        return format_html('<span class="mono">{}</span> {}{}', milestone.code, in_language(milestone.name, lang), gate)

    def reached(milestone: Any) -> SafeString:
        if milestone.actual_on:
            return show(milestone.actual_on)
        if milestone.forecast_on < today:
            return format_html('<span class="tag">{}{}</span>', icon("alarm-clock"), gettext("overdue"))
        return format_html('<span class="faint">{}</span>', gettext("not yet"))

    return [
        Column("code", _("Code"), lambda row: row.code, "code", usual=False, css="mono nowrap"),
        Column("name", _("Milestone"), lambda row: row.name, "name", html=name, head=True, card=True),
        Column("gate", _("Gate"), lambda row: row.gate, text("gate"), usual=False),
        Column("planned", _("Initial date"), lambda row: row.baseline_on, "baseline_on", numeric=True),
        Column("forecast", _("Forecast date"), lambda row: row.forecast_on, "forecast_on", numeric=True, card=True),
        Column(
            "reached",
            pgettext_lazy("milestone", "Reached"),
            lambda row: row.actual_on,
            "actual_on",
            html=reached,
            numeric=True,
            card=True,
        ),
        Column(
            "delay",
            _("Delay (days)"),
            lambda row: row.slip(today),
            ExpressionWrapper(end - F("baseline_on"), DurationField()),
            html=lambda row: format_html("{}{}", "+" if row.slip(today) > 0 else "", row.slip(today)),
            numeric=True,
        ),
    ]


def _render_head() -> SafeString:
    return format_html('<span class="vh">{}</span>', gettext("Acts"))


def _render_acts(milestone: Milestone) -> SafeString:
    edit = act_link(
        reverse("pmo:schedule:milestone_edit", args=[milestone.pk]), pgettext("a row", "Edit"), milestone.code
    )
    if milestone.actual_on:
        return edit
    forecast = reverse("pmo:schedule:milestone_forecast", args=[milestone.pk])
    return act_link(forecast, gettext("Change the forecast date"), milestone.code) + edit
