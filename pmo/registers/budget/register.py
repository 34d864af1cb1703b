"""Register of the budget lines of a project."""

from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, F, Q
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.pages.lists.columns import Control, act_link
from core.pages.register.fields import Amount, Field, Filtered, Line, Listed
from core.pages.register.registers import Register, Searched, acts, declare
from core.templatetags.ui import euros, icon
from pmo.registers.budget.models import BudgetLine

#: Values of the filter by state.
OVER, WITHIN = "over", "within"
IS_OVER = Q(forecast__gt=F("envelope"))
CONDITIONS = {OVER: IS_OVER, WITHIN: ~IS_OVER}
LABELS = {OVER: _("over its allocation"), WITHIN: _("within its allocation")}


def _state(line: BudgetLine) -> str:
    return OVER if line.forecast > line.envelope else WITHIN


def _left(line: BudgetLine) -> Any:
    return line.envelope - line.forecast


def _render_state(line: BudgetLine, _lang: str) -> SafeString:
    state = _state(line)
    drawing = icon("triangle-alert" if state == OVER else "circle-check")
    return format_html('<span class="tag">{}{}</span>', drawing, LABELS[state])


def _render_acts(line: BudgetLine) -> SafeString:
    return act_link(BUDGET_LINES.get_row_url(line), gettext("Edit its figures"), line.label)


class BudgetLines(Register):
    """Budget lines, by label."""

    name = "budget-lines"
    title = _("Budget lines")
    permission = "pmo.plan_means"
    list_url = "pmo:budget:means"
    row_url = "pmo:budget:budget_line_edit"
    grid_url = "pmo:budget:budget_lines_grid"
    change_url = "pmo:budget:budget_lines_change"
    undo_url = "pmo:budget:budget_lines_undo"
    importer = "budget-lines"
    sort = tie = "label"
    size = 50
    searched = Searched(title="label")
    typed = ("label", "envelope", "committed", "forecast", "note")
    fields = (
        Line(
            "label",
            _("Label"),
            missing=_("Enter a label."),
            listed=Listed(label=_("Budget line"), head=True, card=True),
            headers="label|line|ligne|libelle|intitule|nom|name|poste|poste de depense|nature de depense|nature"
            "|rubrique|designation|budget line|ligne budgetaire|depense|objet",
        ),
        Amount(
            "envelope",
            _("Allocated (€)"),
            missing=_("Enter the allocated amount."),
            listed=Listed(label=_("Allocated")),
            headers="envelope|allocated|budget|enveloppe|montant alloue|budget initial|budget prevu|montant prevu"
            "|montant|amount|alloue|initial|prevu|planned",
        ),
        Amount(
            "committed",
            _("Committed (€)"),
            missing=_("Enter the committed amount."),
            listed=Listed(label=_("Committed")),
            headers="committed|commitments|engage|engagement|montant engage|depense engagee|engage a date|commande"
            "|ordered",
        ),
        Amount(
            "forecast",
            _("Forecast at completion (€)"),
            missing=_("Enter the forecast at completion."),
            listed=Listed(label=_("Forecast at completion"), card=True),
            headers="forecast|at completion|atterrissage|au terme|estimation a terminaison|cout a terminaison|reestime"
            "|prevision a fin|prevision|estimate at completion|eac",
        ),
        Line(
            "note",
            _("Note"),
            optional=True,
            max_length=300,
            help_text=_("What has changed, and why."),
            headers="note|comment|commentaire|remarque|observation",
        ),
        Field(
            "left",
            _("Left at completion"),
            listed=Listed(
                value=_left,
                sort=lambda: F("envelope") - F("forecast"),
                html=lambda line, _lang: euros(_left(line)),
                numeric=True,
                usual=False,
            ),
        ),
        Field(
            "state",
            _("State"),
            listed=Listed(
                value=lambda line: LABELS[_state(line)],
                sort=lambda: ExpressionWrapper(IS_OVER, BooleanField()),
                html=_render_state,
                card=True,
            ),
            filtered=Filtered(_("All states"), list(LABELS.items()), CONDITIONS.__getitem__),
        ),
    )

    def list_of(self, project: Any) -> Any:
        return project.budget_lines.all()

    def get_name(self, row: BudgetLine) -> str:
        return row.label

    def list_controls(self) -> list[Control]:
        return [acts(_render_acts)]


BUDGET_LINES = declare(BudgetLines())
