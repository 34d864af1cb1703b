"""Imports of the risk register: risks, which are proposed, and actions on them; both change as on their pages."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.access import can
from pmo.risks.announcements import announce_red, announce_risen, is_red
from pmo.risks.forms import ImportedActionForm, ImportedRiskForm
from pmo.risks.models import Risk, RiskAction, RiskScale, grades_in_force
from pmo.risks.services import (
    RATINGS,
    change_assessment,
    create_risk,
    ensure_assessment,
    ensure_not_ahead,
    ensure_requirements,
    ensure_response,
    ensure_text,
    save_action,
    set_assessed,
)
from projects.imports.registry import Batch, Importer, column, register
from projects.models import LedgerEvent, Project
from projects.project.rows import save_fields
from roles.models import User

#: Fields that only the keepers of the register give; the first ratings belong to whoever raises the risk.
ASSESSED = frozenset(("residual_likelihood", "residual_impact", "response"))
#: Fields that an assessment changes once the risk is there.
REASSESSED = ASSESSED | frozenset((*RATINGS, "owner_role", "review_on"))


@register
class RiskImporter(Importer[Risk]):
    """Risks, matched by their code, else by their title."""

    name = "risks"
    title = _("Import risks")
    back_label = _("Risks")
    back_url_name = "pmo:risks:risk_list"
    permission = "pmo.raise_risk"
    keys = (("code",), ("title",))
    note = "event"
    category = "category"
    synonyms = {
        "category": {
            "business": "metier|fonctionnel|business|financier|budget|strategique",
            "it": "technique|technical|informatique|si|systeme d information|securite|security",
            "people": "rh|humain|humaine|ressources humaines|organisation|organisationnel|people",
            "external": "externe|external|fournisseur|prestataire|supplier",
            "legal": "juridique|reglementaire|legal|legale|contractuel",
        },
        "response": {
            "avoid": "eviter|evitement|avoid|supprimer",
            "reduce": "reduire|reduction|attenuer|mitigate|mitigation|reduce",
            "transfer": "transferer|transfert|transfer|partager le risque",
            "accept": "accepter|acceptation|accept",
        },
    }
    columns = (
        column("code", _("Code"), "code|reference|ref|id|identifiant|numero|n|no"),
        column("title", _("Title"), "title|titre|risk|risque|intitule|libelle|name|nom|objet"),
        column("cause", _("Cause"), "cause|causes|origine|origin|source"),
        column("event", _("Event"), "event|evenement|evenement redoute|description|scenario"),
        column("effect", _("Effect"), "effect|effet|effets|consequence|consequences"),
        column("category", _("Category"), "category|categorie|type|nature|famille|domaine"),
        column("opportunity", _("It is an opportunity"), "opportunity|opportunite"),
        column("proximity", _("How soon"), "proximity|proximite|horizon"),
        column(
            "likelihood",
            _("Initial likelihood"),
            "likelihood|probability|vraisemblance|probabilite|frequence|occurrence|p",
        ),
        column("impact", _("Initial impact"), "impact|severity|gravite|severite|g|i"),
        column(
            "residual_likelihood",
            _("Residual likelihood"),
            "residual likelihood|residual probability|vraisemblance residuelle|probabilite residuelle",
        ),
        column(
            "residual_impact",
            _("Residual impact"),
            "residual impact|residual severity|impact residuel|gravite residuelle",
        ),
        column("response", _("Treatment"), "response|reponse|strategy|strategie|treatment|traitement"),
        column("owner_role", _("Role responsible"), "owner|risk owner|role|responsable|pilote|porteur"),
        column("review_on", _("Next review"), "next review|review date|revue|prochaine revue|date de revue"),
        column("requirements", _("Requirements concerned"), "requirements|exigences|exigences concernees"),
    )

    def build_form(self, project: Project) -> ImportedRiskForm:
        """Return the form of a new risk, with the grades of the scale in force."""
        return ImportedRiskForm(project=project, grades=grades_in_force(RiskScale.objects.in_force_for(project)))

    def list_rows(self, project: Project) -> Iterable[Risk]:
        """List the risks by code."""
        return project.risks.select_related("project__matrix", "scale", "acceptance__scale").order_by("code", "pk")

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
        if REASSESSED & fields.keys():
            if not row.is_open:
                sentence = gettext("It is “%(status)s” now.") % {"status": row.get_status_display()}
                raise ValidationError(sentence)
            ensure_assessment(row, {name: fields[name] for name in REASSESSED & fields.keys()})

    def may_write(self, actor: User, project: Project, fields: Mapping[str, Any], row: Risk | None) -> bool:
        """Return whether the actor may raise the risk, or change its text and its assessment."""
        if row is None:
            return not any(fields.get(name) for name in ASSESSED) or can(actor, "pmo.assess_risk", project)
        assessed = REASSESSED & fields.keys()
        return (not assessed or can(actor, "pmo.assess_risk", row)) and (
            assessed == fields.keys() or can(actor, "pmo.edit_risk", row)
        )

    def create(self, batch: Batch, fields: dict[str, Any]) -> Risk:
        """Write a risk with its ratings: it is assessed if the author of the import may assess."""
        risk = create_risk(batch.actor, batch.role, batch.project, fields)
        if can(batch.actor, "pmo.assess_risk", batch.project):
            set_assessed(risk)
        return risk

    def change(self, batch: Batch, row: Risk, fields: dict[str, Any]) -> None:
        """Change the text, then the assessment; a rise above the acceptance is told after the event."""
        row.project = batch.project
        assessed, was_red = {name: fields.pop(name) for name in REASSESSED & fields.keys()}, is_red(row)
        if fields:
            ensure_text(row, fields)
            save_fields(row, fields)
        if assessed and (risen := change_assessment(batch.actor, batch.role, row, assessed)):
            batch.afterwards.append(partial(announce_risen, risk=row, accepted=risen))
        if is_red(row) and not was_red:
            batch.told.append(row)

    def conclude(self, batch: Batch, event: LedgerEvent, created: list[Risk]) -> None:
        """Tell once of the risks that are red now."""
        announce_red([(event, risk) for risk in (*created, *batch.told)])


@register
class ActionImporter(Importer[RiskAction]):
    """Actions on risks, matched by the code of the risk and their text."""

    name = "risk-actions"
    title = _("Import actions on risks")
    back_label = _("Risks")
    back_url_name = "pmo:risks:risk_list"
    permission = "pmo.assess_risk"
    keys = (("risk", "text"),)
    fixed = frozenset(("risk", "text"))
    columns = (
        column("risk", _("Risk"), "risk|risk code|risque|code risque|code du risque|reference|ref|code"),
        column("text", _("Action"), "action|what|description|mesure|action de traitement|plan d action|intitule"),
        column("role", _("Role responsible"), "role|owner|responsable|pilote|porteur|qui"),
        column("due_on", _("Due"), "due|due date|deadline|echeance|date limite|pour le"),
        column("done_on", _("Done on"), "done|done on|realise|realisee|faite le|fait le|date de realisation"),
    )

    def build_form(self, project: Project) -> ImportedActionForm:
        """Return the form of a new action."""
        return ImportedActionForm(project=project)

    def list_rows(self, project: Project) -> Iterable[RiskAction]:
        """List the actions by risk."""
        return project.risk_actions.select_related("risk").order_by("risk__code", "due_on", "pk")

    def get_value(self, row: RiskAction, name: str) -> Any:
        """Return the value of a field: the code of the risk."""
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
        """Write a new action."""
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
