"""Import of the former register: decisions taken before Ouvrage, which the owner takes over as one list."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from governance.record.earlier_decisions.forms import EarlierDecisionForm
from governance.record.earlier_decisions.models import EarlierDecision
from governance.record.earlier_decisions.services import ensure_to_take_over, save_earlier
from projects.imports.registry import Batch, Importer, column, register
from projects.models import Project
from roles.models import User


@register
class EarlierDecisionImporter(Importer[EarlierDecision]):
    """Earlier decisions, matched by the number of the former register."""

    name = "earlier-decisions"
    title = _("Import the former register")
    back_label = _("Earlier decisions")
    back_url_name = "governance:earlier_decisions:earlier_list"
    permission = "governance.write_earlier"
    keys = (("number",),)
    fixed = frozenset(("number",))
    synonyms = {
        "outcome": {
            "approved": "approuve|approuvee|accord|accorde|favorable|valide|validee|adopte|adoptee|oui|ok|yes|agreed",
            "approved_with_conditions": "approuvee sous conditions|sous conditions|avec conditions|sous reserve",
            "accepted": "recu|recue|reception",
            "accepted_with_reservations": "reception avec reserves|avec reserves",
            "rework": "a revoir|a completer|rework|complement",
            "deferred": "ajourne|ajournee|reporte|reportee|differe|differee|postponed",
            "rejected": "rejete|rejetee|refuse|refusee|defavorable|non|no|refused",
        },
        "kind": {
            "change": "modification|avenant|evolution",
            "budget": "financier|financement|credits",
            "schedule": "planning|calendrier|delai|delais",
            "supplier_choice": "attribution|choix du titulaire|choix du prestataire|marche",
            "appointment": "nomination|designation",
            "arbitration": "arbitrage",
            "gate": "jalon|passage de jalon|lancement",
            "scope": "perimetre",
        },
    }
    note = "reasons"
    shown = ("number", "decided_on", "title", "outcome")
    columns = (
        column("number", _("Number"), "number|no|n|numero|reference|ref|id|identifiant|code|n decision|decision"),
        column(
            "decided_on",
            _("Decided on"),
            "date|decided on|decision date|date de decision|date de la decision|le"
            "|date copil|date du comite|seance|date de seance|reunion",
        ),
        column(
            "title", _("Title"), "title|titre|objet|subject|sujet|intitule|libelle|decision prise|theme|point|decision"
        ),
        column("kind", _("Kind of decision"), "kind|type|nature|categorie|type de decision|nature de la decision"),
        column("outcome", _("Outcome"), "outcome|sens|resultat|decision|avis|suite|sens de la decision|statut|status"),
        column(
            "reasons",
            _("Reasons"),
            "reasons|motifs|motif|motivation|reasoning|justification|commentaire|detail|contexte|decision",
        ),
        column(
            "signatory",
            _("Signed by"),
            "signatory|signed by|signataire|signe par|decideur|auteur|decision maker|prise par|decide par|instance"
            "|comite",
        ),
        column("file", _("Signed file"), "file|fichier|piece|document|lien|link|piece jointe|emplacement"),
        column("left_out", _("Left out of the take-over"), "left out|ecarte|ecartee|hors reprise"),
    )

    def build_form(self, project: Project) -> EarlierDecisionForm:
        return EarlierDecisionForm(project=project)

    def list_rows(self, project: Project) -> Iterable[EarlierDecision]:
        return project.earlier_decisions.order_by("decided_on", "pk")

    def ensure_line(
        self, actor: User, project: Project, fields: Mapping[str, Any], row: EarlierDecision | None
    ) -> None:
        """Refuse every change once the owner has taken the list over."""
        ensure_to_take_over(project)

    def create(self, batch: Batch, fields: dict[str, Any]) -> EarlierDecision:
        row = EarlierDecision(project=batch.project)
        save_earlier(batch.project, row, fields)
        return row

    def change(self, batch: Batch, row: EarlierDecision, fields: dict[str, Any]) -> None:
        """Change an earlier decision that was not taken over."""
        save_earlier(batch.project, row, fields)
