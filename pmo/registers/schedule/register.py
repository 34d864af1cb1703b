"""Register of the milestones of a project."""

from typing import Any

from django.db.models import DurationField, ExpressionWrapper, F, Q, Value
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.pages.lists.columns import Control, act_link, in_language, show, text
from core.pages.register.fields import Choice, Code, Day, Field, Filtered, Line, Listed
from core.pages.register.registers import Register, Searched, acts, declare
from core.templatetags.ui import icon
from pmo.registers.schedule.models import Milestone
from roles.enums import Gate

#: Values of the filter by state.
REACHED, OVERDUE, AHEAD = "reached", "overdue", "ahead"
STATES = (
    (OVERDUE, _("overdue")),
    (AHEAD, _("to come")),
    (REACHED, pgettext_lazy("milestone", "Reached")),
)


def _has_state(state: str) -> Q:
    if state == REACHED:
        return Q(actual_on__isnull=False)
    today = timezone.localdate()
    return Q(actual_on=None, forecast_on__lt=today) if state == OVERDUE else Q(actual_on=None, forecast_on__gte=today)


def _slip(milestone: Milestone) -> int:
    return milestone.slip(timezone.localdate())


def _sort_by_slip() -> Any:
    end = Coalesce("actual_on", Greatest("forecast_on", Value(timezone.localdate())))
    return ExpressionWrapper(end - F("baseline_on"), DurationField())


def _render_slip(milestone: Milestone, _lang: str) -> SafeString:
    slip = _slip(milestone)
    return format_html("{}{}", "+" if slip > 0 else "", slip)


def _render_name(milestone: Milestone, lang: str) -> SafeString:
    gate = format_html(' <span class="tag">{}</span>', milestone.gate_label) if milestone.gate else ""
    return format_html('<span class="mono">{}</span> {}{}', milestone.code, in_language(milestone.name, lang), gate)


def _render_reached(milestone: Milestone, _lang: str) -> SafeString:
    if milestone.actual_on:
        return show(milestone.actual_on)
    if milestone.forecast_on < timezone.localdate():
        return format_html('<span class="tag">{}{}</span>', icon("alarm-clock"), gettext("overdue"))
    return format_html('<span class="faint">{}</span>', gettext("not yet"))


def _render_acts(milestone: Milestone) -> SafeString:
    edit = act_link(MILESTONES.get_row_url(milestone), pgettext("a row", "Edit"), milestone.code)
    if milestone.actual_on:
        return edit
    forecast = reverse("pmo:schedule:milestone_forecast", args=[milestone.pk])
    return act_link(forecast, gettext("Change the forecast date"), milestone.code) + edit


class GateChoice(Choice):
    """A gate, as the level of the project names it; the form sets the choices."""

    def value(self, row: Any) -> Any:
        return row.gate_label


class Milestones(Register):
    """Milestones, by baseline."""

    name = "milestones"
    title = _("Milestones")
    permission = "pmo.plan_schedule"
    list_url = "pmo:schedule:schedule"
    row_url = "pmo:schedule:milestone_edit"
    grid_url = "pmo:schedule:milestones_grid"
    change_url = "pmo:schedule:milestones_change"
    undo_url = "pmo:schedule:milestones_undo"
    importer = "milestones"
    sort = "planned"
    size = 50
    searched = Searched(code="code", title="name")
    typed = ("code", "name", "gate", "baseline_on", "actual_on")
    fields = (
        Field("state", _("State"), filtered=Filtered(_("All states"), STATES, _has_state)),
        Code(
            "code",
            _("Code"),
            missing=_("Enter a code."),
            listed=Listed(usual=False, css="mono nowrap"),
            headers="code|reference|ref|id|identifiant|identificateur|unique id|numero|n|no|wbs",
        ),
        Line(
            "name",
            _("Name"),
            missing=_("Enter a name."),
            listed=Listed(label=_("Milestone"), html=_render_name, head=True, card=True),
            headers="name|nom|milestone|jalon|title|titre|intitule|libelle|task name|nom de la tache|tache|task"
            "|designation|activite|activity|etape",
        ),
        GateChoice(
            "gate",
            _("Gate"),
            of=Gate,
            optional=True,
            listed=Listed(
                value=lambda row: row.gate and row.project.name_gate(row.gate).code,
                sort=lambda: text("gate"),
                usual=False,
            ),
            filtered=Filtered(_("All gates")),
            headers="gate|passage|passage de jalon|revue",
        ),
        Day(
            "baseline_on",
            _("Initial date"),
            missing=_("Enter the day."),
            listed=Listed(name="planned"),
            headers="baseline|planned|planned at first|initial date|date initiale|baseline finish|fin planifiee"
            "|fin de reference|date de reference|planifie|prevu|prevue|date",
        ),
        Day(
            "forecast_on",
            _("Forecast date"),
            missing=_("Enter the day."),
            listed=Listed(name="forecast", card=True),
            headers="forecast|expected|expected on|date prevue|attendu le|reprevu|date estimee|nouvelle date|finish|fin"
            "|date de fin|end|end date|echeance|due date",
        ),
        Field(
            "reason",
            _("Why it changes"),
            headers="reason|why it moves|motif|raison|commentaire|comment|note|notes|remarque",
        ),
        Day(
            "actual_on",
            _("Reached on"),
            optional=True,
            listed=Listed(name="reached", label=pgettext_lazy("milestone", "Reached"), html=_render_reached, card=True),
            headers="actual|reached|date reelle|realise|realisee|atteint le|fait le|actual finish|fin reelle"
            "|date de realisation",
        ),
        Field(
            "delay",
            _("Delay (days)"),
            listed=Listed(value=_slip, sort=_sort_by_slip, html=_render_slip, numeric=True),
        ),
    )

    def list_of(self, project: Any) -> Any:
        return project.milestones.all()

    def list_controls(self) -> list[Control]:
        return [acts(_render_acts)]


MILESTONES = declare(Milestones())
