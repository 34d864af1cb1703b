"""Columns of an import: the fields of a requirement, their usual headers and their values.

`build_cells` builds the cells of an export. A cell imported unchanged changes nothing.
"""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from amoa.requirements.enums import Priority, RequirementKind, RequirementState, Verification
from amoa.requirements.models import Requirement
from core.tables.cells import clean
from core.words.characters import reveal
from projects.imports.registry import column
from projects.seats.recipient_groups.enums import Degree

#: Text fields with their maximum length: single-line fields, then multi-line ones.
LINES = {"title": 200, "category": 60, "source": 200, "lot": 40}
PROSES = {"statement": 20_000, "justification": 20_000}
TEXTS = LINES | PROSES

#: Columns in export order: field, label, and usual headers, the surest first; folded, in both languages.
COLUMNS = (
    column("code", _("Code"), "code|reference|ref|id|identifier|identifiant|numero|requirement id|req id|key|cle"),
    column(
        "parent",
        _("Parent code"),
        "parent|parent id|code parent|code du parent|answers|refines|derived from|repond a"
        "|raffine|issue de|exigence parente|besoin parent",
    ),
    column("kind", _("Kind"), "kind|nature|type|type d exigence|requirement type|requirement kind"),
    column(
        "title", _("Title"), "title|titre|name|nom|intitule|libelle|requirement|exigence|besoin|summary|objet|fonction"
    ),
    column("statement", _("Statement"), "statement|enonce|description|text|texte|detail|details|definition"),
    column("category", _("Category"), "category|categorie|theme|domain|domaine|family|famille|section|module"),
    column("priority", _("Priority"), "priority|priorite|moscow|importance|classe|niveau d exigence|obligation"),
    column("criticality", _("Criticality"), "criticality|criticite|risk|risque|impact"),
    column("source", _("Source"), "source|origin|origine|demandeur|requested by|stakeholder|emetteur"),
    column("justification", _("Justification"), "justification|rationale|reason|raison|motif|why|pourquoi"),
    column(
        "verification",
        _("Verification method"),
        "verification|methode de verification|mode de verification|method|methode",
    ),
    column("lot", _("Lot"), "lot|release|version|phase|increment|work package|livraison"),
    column("state", _("State"), "state|status|statut|etat"),
    column(
        "recipients",
        _("Recipients"),
        "recipients|recipient|destinataires|destinataire|groups|groupes|users"
        "|utilisateurs|recipient groups|groupes de destinataires|public|beneficiaires",
    ),
    column(
        "criteria",
        _("Acceptance criteria"),
        "acceptance criteria|criteres d acceptation|criteria|criteres"
        "|acceptance criterion|critere d acceptation|criteres de recette|fit criterion|acceptance"
        "|criteres de verification|verification criteria",
    ),
    column("links", _("Links"), "links|link|liens|lien|related|traces|trace|see also|voir aussi"),
)
BY_NAME = {column.name: column for column in COLUMNS}
NAMES = tuple(BY_NAME)
#: Field that keeps columns without a field.
NOTE = "justification"
#: Enumerated fields.
CHOICES: dict[str, type[models.TextChoices]] = {
    "kind": RequirementKind,
    "priority": Priority,
    "criticality": Degree,
    "verification": Verification,
    "state": RequirementState,
}

#: Synonyms of the enumerated values besides our labels; folded, in both languages.
SYNONYMS: dict[str, dict[str, str]] = {
    "kind": {
        "need": "need|besoin|besoins|user need|business need|expression de besoin|besoin metier",
        "functional": "functional|fonctionnelle|fonctionnel|functional requirement|exigence fonctionnelle|fonction",
        "non_functional": "non functional|nonfunctional|non fonctionnelle|non fonctionnel|exigence non fonctionnelle"
        "|non functional requirement|quality|qualite|nfr|enf",
        "constraint": "constraint|contrainte",
        "business_rule": "business rule|rule|regle de gestion|regle metier|regle|rg",
        "transition": "transition|reprise|reprise formation bascule|formation|bascule|migration",
    },
    "priority": {
        "must": "must|must have|m|doit|doit avoir|indispensable|obligatoire|imperatif|imperative|essential|mandatory",
        "should": "should|should have|s|devrait|devrait avoir|important|importante",
        "could": "could|could have|c|pourrait|pourrait avoir|souhaitable|confort|nice to have",
        "wont": "wont|won t|won t have|won t this time|w|later|plus tard|pas cette fois|ne sera pas|ne sera pas fait"
        "|n aura pas|exclu|exclue",
    },
    "criticality": {
        "low": "low|faible|bas|basse|mineure|minor",
        "medium": "medium|moyen|moyenne|moderee|modere|moderate",
        "high": "high|haut|haute|eleve|elevee|fort|forte|critique|critical",
    },
    "verification": {
        "inspection": "inspection|examen|revue|review",
        "analysis": "analysis|analyse",
        "demonstration": "demonstration",
        "test": "test|tests|essai|essais|testing",
    },
    "state": {
        "draft": "draft|brouillon",
        "proposed": "proposed|proposee|propose",
        "in_review": "in review|en relecture|en revue|a relire",
        "approved": "approved|approuvee|approuve|agreed",
        "implemented": "implemented|realisee|realise|done",
        "verified": "verified|verifiee|verifie",
        "accepted": "accepted|recettee|acceptee|accepte",
        "rejected": "rejected|rejetee|rejete|refusee",
        "deferred": "deferred|differee|reportee|ajournee|differe|reporte",
        "withdrawn": "withdrawn|retiree|retire|abandonnee|abandonne",
    },
}


def build_cells(requirement: Requirement, parent: str, groups: Mapping[int, str]) -> dict[str, str]:
    """Return the cells of a requirement in the reader's language.

    `parent` is a code, `groups` are names by primary key.
    """
    names = sorted(groups[pk] for pk in requirement.recipients if pk in groups)
    cells = {
        "code": requirement.code,
        "parent": parent,
        **{name: get_label(name, getattr(requirement, name)) for name in CHOICES},
        **{name: getattr(requirement, name) for name in TEXTS},
        "recipients": "; ".join(names),
        "criteria": "\n".join(" ".join(criterion["text"].split()) for criterion in requirement.criteria),
        "links": "\n".join(requirement.links),
    }
    return {name: reveal(clean(cells[name])) for name in NAMES}


def get_label(name: str, value: str) -> str:
    """Return the label of an enumerated value; "" for none."""
    return str(CHOICES[name](value).label) if value else ""
