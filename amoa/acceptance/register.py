"""Registers of the tests and of the defects of a project."""

from typing import Any

from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from amoa.acceptance.enums import DefectState, Result, Severity
from amoa.acceptance.models import Defect
from amoa.acceptance.queries import annotate_last_run
from amoa.requirements.models import AcceptanceTest
from core.pages.lists.columns import NOTHING, in_language, link, rank
from core.pages.lists.filters import Asked, Filter
from core.pages.register.fields import Choice, Code, Field, Filtered, Line, Listed, Prose
from core.pages.register.registers import Register, Searched, declare
from core.sql.references import plain_reference

#: Values of the filters besides those of the enumerations.
NOT_RUN, UNSETTLED, WITHOUT = "none", "unsettled", "none"


def _render_test_name(test: AcceptanceTest, lang: str) -> SafeString:
    return link(test.get_absolute_url(), test.title, code=test.code, lang=lang)


def _render_defect_name(defect: Defect, lang: str) -> SafeString:
    return link(defect.get_absolute_url(), defect.title, code=defect.reference, lang=lang)


def _has_result(value: str) -> Q:
    return Q(last_result=None) if value == NOT_RUN else Q(last_result=value)


def _write_criterion(test: AcceptanceTest) -> str:
    return gettext("criterion %(number)s") % {"number": test.criterion} if test.criterion else ""


def _write_requirement(test: AcceptanceTest) -> str | None:
    if not test.requirement:
        return None
    return " ".join(filter(None, (test.requirement.code, _write_criterion(test))))


def _render_requirement(test: AcceptanceTest, _lang: str) -> SafeString:
    if not test.requirement:
        return format_html('<span class="faint">{}</span>', gettext("the whole"))
    return format_html(
        '<a class="mono nowrap" href="{}">{}</a> <span class="faint">{}</span>',
        test.requirement.get_absolute_url(),
        test.requirement.code,
        _write_criterion(test),
    )


class AcceptanceTests(Register):
    """Tests in use, by code."""

    name = "tests"
    title = _("Tests")
    permission = "amoa.plan_acceptance"
    list_url = "amoa:acceptance:acceptance"
    row_url = "amoa:acceptance:acceptance_test"
    grid_url = "amoa:acceptance:test_sheet"
    change_url = "amoa:acceptance:tests_change"
    undo_url = "amoa:acceptance:tests_undo"
    copy_url = "amoa:acceptance:tests_copy"
    importer = "tests"
    leads_on = True
    sort = "code"
    searched = Searched(code="code", title="title", others=("requirement__code",))
    typed = ("code", "title", "requirement", "criterion", "steps", "expected", "retired")
    columns = ("code", "title", "requirement", "result", "note", "run")
    fields = (
        Code(
            "code",
            _("Code"),
            optional=True,
            help_text=_("Left empty, it gets the next one: T-001, T-002…"),
            listed=Listed(usual=False),
            headers="code|reference|ref|id|identifiant|n|test id|id test|code test|code du test|n test",
        ),
        Line(
            "title",
            _("Title"),
            missing=_("Enter a title."),
            listed=Listed(label=_("Test"), html=_render_test_name, head=True, card=True),
            headers="title|titre|test|test case|cas de test|scenario|intitule|libelle|name|nom|objet",
        ),
        Field(
            "requirement",
            _("Requirement"),
            listed=Listed(value=_write_requirement, sort=lambda: "requirement__code", html=_render_requirement),
            headers="requirement|exigence|requirement code|requirement id|code exigence|code de l exigence|n exigence"
            "|exigence couverte|besoin|user story",
        ),
        Code(
            "criterion",
            _("Criterion"),
            max_length=4,
            optional=True,
            help_text=_("Its number in the requirement. Leave it empty for all of them."),
            headers="criterion|critere|acceptance criterion|critere d acceptation|n critere",
        ),
        Prose(
            "steps",
            _("Steps"),
            optional=True,
            filtered=Filtered(_("With or without steps"), [(WITHOUT, _("without steps"))], lambda _value: Q(steps="")),
            headers="steps|etapes|actions|procedure|mode operatoire|deroule|pas de test|description",
        ),
        Prose(
            "expected",
            _("Expected result"),
            rows=3,
            optional=True,
            headers="expected result|expected|resultat attendu|attendu|resultat|comportement attendu",
        ),
        Field(
            "result",
            _("Last result"),
            listed=Listed(
                value=lambda test: dict(Result.choices).get(test.last_result, gettext("not run yet")),
                sort=lambda: rank("last_result", Result.values),
                html=lambda test, _lang: render_to_string("amoa/_acceptance_result.html", {"result": test.last_result}),
                card=True,
            ),
            filtered=Filtered(_("Every result"), [(NOT_RUN, _("not run yet")), *Result.choices], _has_result),
        ),
        Field("last_note", _("What was seen"), listed=Listed(name="note", usual=False)),
        Field("last_run_at", _("Run on"), listed=Listed(name="run", numeric=True)),
    )

    def list_of(self, project: Any) -> Any:
        return annotate_last_run(project.tests.in_use())

    def load(self, rows: Any) -> Any:
        return rows.select_related("requirement")


def _is_in_state(value: str) -> Q:
    return ~Q(state=DefectState.CLOSED) if value == UNSETTLED else Q(state=value)


def _render_severity(defect: Defect, _lang: str) -> str:
    context = {"severity": defect.severity, "label": defect.get_severity_display()}
    return render_to_string("amoa/acceptance/_defect_severity.html", context)


def _render_state(defect: Defect, _lang: str) -> str:
    return render_to_string("amoa/acceptance/_defect_state.html", {"defect": defect})


def _render_test(defect: Defect, _lang: str) -> SafeString:
    if not defect.test:
        return NOTHING
    return format_html('<a class="mono" href="{}">{}</a>', defect.test.get_absolute_url(), defect.test.code)


class Defects(Register):
    """Defects, the worst first."""

    name = "defects"
    title = _("Defects")
    permission = "amoa.report_defect"
    list_url = "amoa:acceptance:defect_list"
    row_url = "amoa:acceptance:defect"
    leads_on = True
    sort, tie = "severity", "number"
    searched = Searched(code="code", title="title", texts=("description", "correction"), others=("test__code",))
    columns = ("number", "title", "severity", "state", "campaign", "test", "reported", "corrected", "closed")
    fields = (
        Field("number", _("Number"), listed=Listed(value=lambda defect: defect.reference, usual=False)),
        Line("title", _("Title"), listed=Listed(label=_("Defect"), html=_render_defect_name, head=True, card=True)),
        Choice(
            "state",
            _("State"),
            of=DefectState,
            listed=Listed(html=_render_state, card=True),
            filtered=Filtered(_("Every state"), [(UNSETTLED, _("Not settled")), *DefectState.choices], _is_in_state),
        ),
        Choice(
            "severity",
            _("Severity"),
            of=Severity,
            listed=Listed(html=_render_severity, card=True),
            filtered=Filtered(_("Every severity")),
        ),
        Field(
            "campaign",
            _("Campaign"),
            listed=Listed(
                value=lambda defect: defect.campaign.title,
                sort=lambda: "campaign__title",
                html=lambda defect, lang: in_language(defect.campaign.title, lang),
            ),
        ),
        Field(
            "test",
            _("Test"),
            listed=Listed(
                value=lambda defect: defect.test.code if defect.test else None,
                sort=lambda: "test__code",
                html=_render_test,
            ),
        ),
        Field("reported_at", _("Reported"), listed=Listed(name="reported", numeric=True)),
        Field("corrected_at", _("Corrected"), listed=Listed(name="corrected", numeric=True, usual=False)),
        Field("closed_at", _("Closed on"), listed=Listed(name="closed", numeric=True, usual=False)),
    )

    def list_of(self, project: Any) -> Any:
        return project.defects.all()

    def narrow(self, rows: Any, asked: Asked) -> Any:
        """Return the defects that match; their reference is searched as well."""
        return super().narrow(rows.alias(code=plain_reference("DEF-")), asked)

    def load(self, rows: Any) -> Any:
        return rows.select_related("project", "campaign", "test")

    def list_filters(self) -> list[Filter]:
        """List the filters: the state first, which most readers ask for."""
        return super().list_filters()[::-1]

    def get_name(self, row: Defect) -> str:
        return row.reference


TESTS = declare(AcceptanceTests())
DEFECTS = declare(Defects())
