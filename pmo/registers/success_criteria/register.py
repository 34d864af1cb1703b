"""Register of the benefits of a project and of those below it."""

from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, F, OuterRef, Prefetch, Q, Subquery
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.pages.lists.columns import NOTHING, Control, act_link, in_language, show
from core.pages.register.fields import Choice, Day, Field, Filtered, Line, Listed, Prose
from core.pages.register.registers import Register, Searched, acts, declare
from core.sql.references import plain_reference
from pmo.registers.success_criteria.benefits import list_benefits
from pmo.registers.success_criteria.enums import CriterionState, Met
from pmo.registers.success_criteria.models import CriterionMeasure, SuccessCriterion

#: Value of the filter of those without a measure.
UNMEASURED = "none"


def _has_result(value: str) -> Q:
    return Q(last_met=None) if value == UNMEASURED else Q(last_met=value)


def _render_text(benefit: SuccessCriterion, _lang: str) -> SafeString:
    return format_html(
        '<span class="mono">{}</span> {}', benefit.reference, in_language(benefit.text, benefit.project.language)
    )


def _render_target(benefit: SuccessCriterion, _lang: str) -> SafeString:
    return format_html('<span class="num">{}</span>\xa0{}', benefit.target, benefit.unit)


def _render_baseline(benefit: SuccessCriterion, _lang: str) -> SafeString:
    if not benefit.baseline_on:
        return NOTHING
    day = show(benefit.baseline_on)
    return format_html('<span class="num">{}</span>\xa0{}, {}', benefit.baseline, benefit.unit, day)


def _render_project(benefit: SuccessCriterion, _lang: str) -> SafeString:
    project = benefit.delivered_by or benefit.project
    return format_html('<a href="{}">{}</a>', project.get_absolute_url(), project.code)


def _get_last(benefit: Any) -> CriterionMeasure | None:
    last: CriterionMeasure | None = benefit.newest[0] if benefit.newest else None
    return last


def _describe_last(benefit: SuccessCriterion) -> dict[str, Any]:
    return {"measure": _get_last(benefit), "lang": benefit.project.language}


def _render_last(benefit: SuccessCriterion, _lang: str) -> str:
    return render_to_string("pmo/registers/success_criteria/_measure.html", _describe_last(benefit))


def _render_acts(benefit: Any) -> str:
    name = benefit.reference
    if not benefit.is_own:
        return ""
    if benefit.is_measured:
        url = reverse("pmo:success_criteria:criterion_measure", args=[benefit.pk])
        return act_link(url, gettext("Add a measure"), name)
    if benefit.state == CriterionState.PROPOSED:
        return act_link(BENEFITS.get_row_url(benefit), gettext("Reword"), name)
    return ""


class Benefits(Register):
    """Benefits of a project and of those below, by reference."""

    name = "benefits"
    title = _("Benefits")
    permission = "pmo.propose_benefit"
    list_url = "pmo:success_criteria:benefits"
    row_url = "pmo:success_criteria:criterion_edit"
    importer = "benefits"
    sort = "benefit"
    searched = Searched(code="code", title="text", texts=("measure",))
    typed = (
        *("text", "measure", "unit", "baseline", "baseline_on", "target", "target_on"),
        *("due_gate", "months_after"),
    )
    fields = (
        Prose(
            "text",
            _("Benefit"),
            rows=2,
            missing=_("Write the benefit."),
            listed=Listed(name="benefit", html=_render_text, sort=lambda: "code", head=True, card=True),
            headers="text|criterion|success criterion|critere|critere de succes|benefit|benefice|titre",
        ),
        Prose(
            "measure",
            _("How it is measured"),
            rows=2,
            missing=_("Describe how it is measured."),
            help_text=_("By whom, on what, over which period."),
            listed=Listed(usual=False),
            headers="measure|measurement|mesure|mode de mesure|methode|indicateur",
        ),
        Line(
            "baseline",
            _("Value before"),
            max_length=60,
            optional=True,
            help_text=_("The value measured before the change, and its day."),
            listed=Listed(html=_render_baseline, usual=False),
            headers="baseline|value before|valeur de depart|valeur initiale|situation initiale",
        ),
        Day(
            "baseline_on",
            _("Day of the value before"),
            optional=True,
            headers="baseline date|baseline day|date de la valeur de depart|date de depart",
        ),
        Line(
            "target",
            _("Target"),
            max_length=60,
            missing=_("Enter the target."),
            listed=Listed(html=_render_target, card=True),
            headers="target|cible|objectif|valeur cible|seuil",
        ),
        Line("unit", _("Unit"), max_length=20, optional=True, headers="unit|unite"),
        Day(
            "target_on",
            _("Day of the target"),
            optional=True,
            listed=Listed(card=True),
            headers="target date|target day|date cible|date de la cible",
        ),
        Field("due_gate", _("Due at gate"), headers="gate|due gate|passage|jalon|echeance"),
        Field("months_after", _("Months after the gate"), headers="months|months after|mois|mois apres"),
        Field(
            "owner",
            _("Benefit owner"),
            listed=Listed(value=lambda row: row.owner and row.owner.name, sort=lambda: F("owner__name")),
        ),
        Field(
            "delivered_by",
            _("Project"),
            listed=Listed(
                value=lambda row: (row.delivered_by or row.project).code,
                sort=lambda: "project__code",
                html=_render_project,
            ),
        ),
        Choice(
            "state",
            _("State"),
            of=CriterionState,
            listed=Listed(),
            filtered=Filtered(_("All states")),
        ),
        Field(
            "last",
            _("Last measure"),
            listed=Listed(
                value=lambda row: (last := _get_last(row)) and last.value,
                sort=lambda: F("last_met"),
                html=_render_last,
            ),
        ),
        Field(
            "result",
            pgettext_lazy("success criterion", "Result"),
            filtered=Filtered(_("Any result"), [*Met.choices, (UNMEASURED, _("not measured"))], _has_result),
        ),
    )

    def list_of(self, project: Any) -> Any:
        last = CriterionMeasure.objects.filter(criterion=OuterRef("pk")).order_by("-measured_on", "-pk").values("met")
        rows = list_benefits(project).annotate(last_met=Subquery(last[:1]))
        own = ExpressionWrapper(Q(project=project.pk), BooleanField())
        return rows.annotate(is_own=own).alias(code=plain_reference("SC-"))

    def load(self, rows: Any) -> Any:
        newest = CriterionMeasure.objects.order_by("-measured_on", "-pk")[:1]
        return rows.select_related("project", "owner", "delivered_by").prefetch_related(
            Prefetch("measures", newest, to_attr="newest")
        )

    def get_name(self, row: SuccessCriterion) -> str:
        return row.reference

    def list_controls(self) -> list[Control]:
        return [acts(_render_acts)]


BENEFITS = declare(Benefits())
