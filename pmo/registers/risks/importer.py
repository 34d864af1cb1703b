"""Imports of the risk register: risks with their status and an action on each, and further actions.

A file decides nothing: a risk that it calls accepted is, only where the keeper of the register may accept it.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.access import can
from core.tables.columns import fold
from core.tables.conversions import build_headline
from core.tables.layout import merge_kept
from pmo.registers.risks.announcements import announce_red, announce_risen, is_red
from pmo.registers.risks.elsewhere import (
    ACTION_KEPT,
    ACTION_KEPT_OUT,
    FIRST_WORDS,
    TITLE_IS_EVENT,
    can_become,
    find_status,
    list_grade_words,
    list_holder_words,
    write_status,
)
from pmo.registers.risks.enums import RiskStatus
from pmo.registers.risks.filters import STILL_OPEN
from pmo.registers.risks.forms import ImportedActionForm, ImportedRiskForm
from pmo.registers.risks.models import Risk, RiskAction, RiskScale, grades_in_force
from pmo.registers.risks.register import RISKS
from pmo.registers.risks.services import (
    RATINGS,
    change_assessment,
    create_risk,
    ensure_assessment,
    ensure_not_ahead,
    ensure_requirements,
    ensure_response,
    ensure_text,
    save_action,
)
from projects.imports.registry import Batch, Importer, Note, column, register
from projects.models import LedgerEvent, Project
from projects.project.rows import save_fields
from roles.models import User

#: Fields that only the keepers of the register give; the first ratings belong to whoever raises the risk.
ASSESSED = frozenset(("residual_likelihood", "residual_impact", "response"))
#: Fields that an assessment changes once the risk is there.
REASSESSED = ASSESSED | frozenset((*RATINGS, "owner_role", "review_on"))
#: Fields of the action on a risk.
ACTION = frozenset(("action", "due_on"))


@register
class RiskImporter(Importer[Risk]):
    """Risks, matched by their code, else by their title."""

    name = RISKS.importer
    title = _("Import risks")
    back_label = RISKS.title
    back_url_name = RISKS.list_url
    permission = "pmo.raise_risk"
    keys = (("code",), ("title",))
    note = "event"
    category = "category"
    shown = ("code", "title", "category", "status", "owner_role")
    made = frozenset(("title", "event"))
    synonyms = RISKS.list_synonyms()
    columns = RISKS.list_file_columns()
    extra = (
        column(
            "action",
            _("Action"),
            "action|plan d action|mesure|parade|action de maitrise|action de reduction|action preventive"
            "|mesure preventive|action corrective|mesure de maitrise|plan de traitement"
            "|plan de mitigation|plan de reponse|traitement|mitigation|action plan",
        ),
        column(
            "due_on",
            _("Due date of the action"),
            "due|due date|deadline|echeance|date d echeance|echeance de l action|delai|date limite|date cible|pour le",
        ),
    )

    def build_form(self, project: Project) -> ImportedRiskForm:
        return ImportedRiskForm(project=project, grades=grades_in_force(RiskScale.objects.in_force_for(project)))

    def list_rows(self, project: Project) -> Iterable[Risk]:
        rows = project.risks.select_related("project__matrix", "scale", "acceptance__scale").prefetch_related("actions")
        return rows.order_by("code", "pk")

    def get_value(self, row: Risk, name: str) -> Any:
        """Return the value of a field; actions have a list of their own."""
        return "" if name in ACTION else getattr(row, name)

    def is_same(self, row: Risk, name: str, value: Any) -> bool:
        if name == "status":
            return not value or (row.is_open if value == STILL_OPEN else row.status == value)
        if name == "action":
            return not value or fold(value) in {fold(action.text) for action in row.actions.all()}
        return name == "due_on" or super().is_same(row, name, value)

    def list_words(self, project: Project) -> Mapping[str, Mapping[str, str]]:
        """Return the names of those who hold a role, and the feminine of the words of the scale."""
        grades = list_grade_words(grades_in_force(RiskScale.objects.in_force_for(project)))
        found = {name: grades[name.removeprefix("residual_")] for name in RATINGS}
        return {"owner_role": list_holder_words(project), **found}

    def complete(self, cells: dict[str, str]) -> Iterable[Note]:
        if not cells.get("title") and cells.get("event"):
            cells["title"] = build_headline(cells["event"])
            yield "title", FIRST_WORDS
        elif cells.get("title") and not cells.get("event"):
            cells["event"] = cells["title"]
            yield "event", TITLE_IS_EVENT

    def adjust(
        self, actor: User, project: Project, fields: dict[str, Any], cleaned: Mapping[str, Any], row: Risk | None
    ) -> Iterable[Note]:
        """Keep an action that nobody could follow as a line of the event; find the status that a file may give."""
        risk = row or Risk(project=project)
        action, due_on = fields.pop("action", ""), cleaned.get("due_on")
        fields.pop("due_on", None)
        if action and due_on and (cleaned.get("owner_role") or risk.owner_role):
            fields |= {"action": action, "due_on": due_on}
        elif action and row is None:
            fields["event"] = merge_kept(fields["event"], {gettext("Action"): " ".join(action.split())})
            yield "action", ACTION_KEPT
        elif action:
            yield "action", ACTION_KEPT_OUT
        if status := fields.pop("status", ""):
            target, note = find_status(actor, risk, status, cleaned)
            if target:
                fields["status"] = target
            if note:
                yield "status", note

    def ensure_line(self, actor: User, project: Project, fields: Mapping[str, Any], row: Risk | None) -> None:
        """Refuse a response that does not suit, half a rating, unknown requirements, and what services refuse."""
        risk = row or Risk(project=project)
        ensure_response(risk, fields)
        if row is None:
            ensure_requirements(project, fields.get("requirements", []))
            if (fields.get("residual_likelihood") is None) != (fields.get("residual_impact") is None):
                raise ValidationError(
                    {"residual_impact": gettext("Select both the residual likelihood and the residual impact.")}
                )
            return
        ensure_text(row, fields)
        if "status" in fields and not can_become(row, fields["status"]):
            sentence = gettext("It is “%(status)s” now.") % {"status": row.get_status_display()}
            raise ValidationError({"status": sentence})
        if REASSESSED & fields.keys():
            if not row.is_open and fields.get("status") != RiskStatus.ASSESSED:
                sentence = gettext("It is “%(status)s” now.") % {"status": row.get_status_display()}
                raise ValidationError(sentence)
            ensure_assessment(row, {name: fields[name] for name in REASSESSED & fields.keys()})

    def may_write(self, actor: User, project: Project, fields: Mapping[str, Any], row: Risk | None) -> bool:
        """Return whether the actor may raise the risk, or change its text and its assessment."""
        if row is None:
            needs = any(fields.get(name) for name in (*ASSESSED, "status"))
            risk = Risk(project=project, owner_role=fields.get("owner_role", ""))
            return (not needs or can(actor, "pmo.assess_risk", project)) and (
                "action" not in fields or can(actor, "pmo.treat_risk", risk)
            )
        assessed, treated = (REASSESSED | {"status"}) & fields.keys(), ACTION & fields.keys()
        return (
            (not assessed or can(actor, "pmo.assess_risk", row))
            and (not treated or can(actor, "pmo.treat_risk", row))
            and (assessed | treated == fields.keys() or can(actor, "pmo.edit_risk", row))
        )

    def create(self, batch: Batch, fields: dict[str, Any]) -> Risk:
        """Write a risk with its ratings and its action, then its status: rated by who may assess, it is assessed."""
        action, status = _take_action(fields), fields.pop("status", "")
        risk = create_risk(batch.actor, batch.role, batch.project, fields)
        _add_action(risk, action)
        if not status and can(batch.actor, "pmo.assess_risk", batch.project):
            status = RiskStatus.ASSESSED
        if status:
            write_status(batch.actor, risk, status)
        return risk

    def change(self, batch: Batch, row: Risk, fields: dict[str, Any]) -> None:
        """Change the text, then the assessment and the status; a rise above the acceptance is told after the event."""
        row.project = batch.project
        action, status, was_red = _take_action(fields), fields.pop("status", ""), is_red(row)
        if status and not row.is_open:
            write_status(batch.actor, row, status)
            status = ""
        assessed = {name: fields.pop(name) for name in REASSESSED & fields.keys()}
        if fields:
            ensure_text(row, fields)
            save_fields(row, fields)
        if assessed and (risen := change_assessment(batch.actor, batch.role, row, assessed)):
            batch.afterwards.append(partial(announce_risen, risk=row, accepted=risen))
        if status:
            write_status(batch.actor, row, status)
        _add_action(row, action)
        if is_red(row) and not was_red:
            batch.told.append(row)

    def conclude(self, batch: Batch, event: LedgerEvent, created: list[Risk]) -> None:
        """Tell once of the risks that are red now."""
        announce_red([(event, risk) for risk in (*created, *batch.told)])


def _take_action(fields: dict[str, Any]) -> dict[str, Any]:
    """Take the action on a risk out of the fields of the risk."""
    return {name: fields.pop(name) for name in ACTION if name in fields}


def _add_action(risk: Risk, fields: Mapping[str, Any]) -> None:
    """Write an action on a risk, by the role responsible for the risk."""
    if fields:
        row = RiskAction(project=risk.project, risk=risk)
        save_action(row, {"text": fields["action"], "due_on": fields["due_on"], "role": risk.owner_role})


@register
class ActionImporter(Importer[RiskAction]):
    """Actions on risks, matched by the code of the risk and their text."""

    name = "risk-actions"
    title = _("Import actions on risks")
    back_label = RISKS.title
    back_url_name = RISKS.list_url
    permission = "pmo.assess_risk"
    keys = (("risk", "text"),)
    fixed = frozenset(("risk", "text"))
    columns = (
        column("risk", _("Risk"), "risk|risk code|risque|code risque|code du risque|reference|ref|code"),
        column("text", _("Action"), "action|what|description|mesure|action de traitement|plan d action|intitule"),
        column("role", _("Responsible role"), "role|role responsible|owner|responsable|pilote|porteur|qui"),
        column("due_on", _("Due"), "due|due date|deadline|echeance|date limite|pour le"),
        column("done_on", _("Done on"), "done|done on|realise|realisee|faite le|fait le|date de realisation"),
    )

    def build_form(self, project: Project) -> ImportedActionForm:
        return ImportedActionForm(project=project)

    def list_rows(self, project: Project) -> Iterable[RiskAction]:
        return project.risk_actions.select_related("risk").order_by("risk__code", "due_on", "pk")

    def get_value(self, row: RiskAction, name: str) -> Any:
        return row.risk.code if name == "risk" else getattr(row, name)

    def ensure_line(self, actor: User, project: Project, fields: Mapping[str, Any], row: RiskAction | None) -> None:
        """Refuse an unknown risk, and a day of completion that has not come."""
        ensure_not_ahead(fields.get("done_on"))
        if row is None:
            _find_risk(project, fields["risk"])

    def may_write(self, actor: User, project: Project, fields: Mapping[str, Any], row: RiskAction | None) -> bool:
        """Return whether the actor may write what is done about the risk."""
        risk = row.risk if row else _find_risk(project, fields["risk"])
        risk.project = project
        return can(actor, "pmo.treat_risk", risk)

    def create(self, batch: Batch, fields: dict[str, Any]) -> RiskAction:
        row = RiskAction(project=batch.project, risk=_find_risk(batch.project, fields.pop("risk")))
        save_action(row, fields)
        return row

    def change(self, batch: Batch, row: RiskAction, fields: dict[str, Any]) -> None:
        """Change an action, or mark it done."""
        save_action(row, fields)


def _find_risk(project: Project, code: str) -> Risk:
    """Return the risk with this code. Raises ValidationError ("risk")."""
    risk = project.risks.filter(code__iexact=code).order_by("pk").first()
    if risk is None:
        raise ValidationError({"risk": gettext("The register has no risk of this code.")})
    return risk
