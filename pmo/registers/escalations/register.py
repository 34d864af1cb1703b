"""Register of the risks that were escalated to a portfolio or programme."""

from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.pages.lists.columns import NOTHING
from core.pages.register.fields import Choice, Day, Field, Filtered, Line, Listed, Prose, Role
from core.pages.register.registers import Register, Searched, declare
from pmo.registers.escalations.enums import EscalationState
from pmo.registers.escalations.models import Escalation
from pmo.registers.risks.cells import render_band, render_due, render_name


def _render_level(row: Escalation, _lang: str) -> Any:
    return render_band(row.band, row.level) if row.band and row.level else NOTHING


class Escalations(Register):
    """Escalated risks, the newest first."""

    name = "escalations"
    title = pgettext_lazy("register", "Escalated risks")
    permission = "pmo.examine_escalation"
    list_url = "pmo:escalations:escalation_list"
    row_url = "pmo:escalations:escalation"
    leads_on = True
    sort = "-raised"
    searched = Searched(title="title", texts=("because", "answer"), others=("risk__code", "risk__project__code"))
    fields = (
        Line("title", _("Title"), listed=Listed(label=_("Risk"), html=render_name, head=True, card=True)),
        Field(
            "level",
            _("Level"),
            listed=Listed(sort=lambda: F("likelihood") * F("impact"), html=_render_level, card=True, numeric=True),
        ),
        Choice(
            "state",
            _("State"),
            of=EscalationState,
            listed=Listed(html=lambda row, _lang: row.standing, card=True),
            filtered=Filtered(_("All states")),
        ),
        Role("raised_by_role", _("Escalated by"), listed=Listed(name="role", usual=False)),
        Field("raised_at", _("Escalated on"), listed=Listed(name="raised", numeric=True)),
        Day(
            "answer_by",
            _("Answer due"),
            listed=Listed(name="due", html=lambda row, _lang: render_due(row.answer_by, is_late=row.is_late)),
        ),
        Prose("because", _("Why it is escalated"), listed=Listed(usual=False)),
        Prose("answer", _("Answer"), optional=True, listed=Listed()),
    )

    def list_of(self, project: Any) -> Any:
        return project.escalations.all()

    def load(self, rows: Any) -> Any:
        return rows.select_related("risk__project", "scale")

    def get_name(self, row: Escalation) -> str:
        return row.reference


ESCALATIONS = declare(Escalations())
