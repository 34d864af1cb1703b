"""Columns of an import: the fields of a requirement, their usual headers and their values.

`build_cells` builds the cells of an export. A cell imported unchanged changes nothing.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from statistics import median

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from amoa.requirements.enums import Priority, RequirementKind, RequirementState, Verification
from amoa.requirements.models import Requirement
from core.characters import reveal
from core.tables import columns
from core.tables.cells import clean
from core.tables.columns import LANGUAGES, Column, fold
from core.tables.words import Choices
from projects.recipient_groups.enums import Degree

#: Text fields with their maximum length: single-line fields, then multi-line ones.
LINES = {"title": 200, "category": 60, "source": 200, "lot": 40}
PROSES = {"statement": 20_000, "justification": 20_000}
TEXTS = LINES | PROSES

#: Columns in export order: field, label, and usual headers, the surest first; folded, in both languages.
COLUMNS = tuple(
    Column(name, label, tuple(headers.split("|")))
    for name, label, headers in (
        ("code", _("Code"), "code|reference|ref|id|identifier|identifiant|numero|requirement id|req id|key|cle"),
        (
            "parent",
            _("Parent code"),
            "parent|parent id|code parent|code du parent|answers|refines|derived from|repond a"
            "|raffine|issue de|exigence parente|besoin parent",
        ),
        ("kind", _("Kind"), "kind|nature|type|type d exigence|requirement type|requirement kind"),
        (
            "title",
            _("Title"),
            "title|titre|name|nom|intitule|libelle|requirement|exigence|besoin|summary|objet|fonction",
        ),
        ("statement", _("Statement"), "statement|enonce|description|text|texte|detail|details|definition"),
        ("category", _("Category"), "category|categorie|theme|domain|domaine|family|famille|section|module"),
        ("priority", _("Priority"), "priority|priorite|moscow|importance|classe|niveau d exigence|obligation"),
        ("criticality", _("Criticality"), "criticality|criticite|risk|risque|impact"),
        ("source", _("Source"), "source|origin|origine|demandeur|requested by|stakeholder|emetteur"),
        ("justification", _("Justification"), "justification|rationale|reason|raison|motif|why|pourquoi"),
        (
            "verification",
            _("Verification method"),
            "verification|methode de verification|mode de verification|method|methode",
        ),
        ("lot", _("Lot"), "lot|release|version|phase|increment|work package|livraison"),
        ("state", _("State"), "state|status|statut|etat"),
        (
            "recipients",
            _("Recipients"),
            "recipients|recipient|destinataires|destinataire|groups|groupes|users"
            "|utilisateurs|recipient groups|groupes de destinataires|public|beneficiaires",
        ),
        (
            "criteria",
            _("Acceptance criteria"),
            "acceptance criteria|criteres d acceptation|criteria|criteres"
            "|acceptance criterion|critere d acceptation|criteres de recette|fit criterion|acceptance"
            "|criteres de verification|verification criteria",
        ),
        ("links", _("Links"), "links|link|liens|lien|related|traces|trace|see also|voir aussi"),
    )
)
BY_NAME = {column.name: column for column in COLUMNS}
#: Field that keeps columns without a field, and the one that banners between the lines fill.
NOTE, CATEGORY = "justification", "category"
#: Fields without which a line is no new requirement.
REQUIRED = ("title",)
#: Fields that may have a value for all rows.
CONSTANT = ("kind", "category", "priority", "criticality", "source", "verification", "lot", "state", "recipients")
#: Median length from which the cells of a column called "Exigence" are sentences; these names mean titles alone.
SENTENCES, NAMES_OF_TITLES = 70, frozenset(("title", "titre", "name", "nom", "intitule", "objet", "summary"))
NAMES = tuple(BY_NAME)
#: Enumerated fields. A column "Type" with other words is usually not `kind`, so it is not mapped to it.
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


@cache
def map_words(name: str) -> dict[str, str]:
    """Map folded words to the values of an enumerated field; values win over labels, labels over synonyms."""
    words: dict[str, str] = {}
    for language in LANGUAGES:
        with override(language):
            words |= {fold(str(choice.label)): str(choice.value) for choice in CHOICES[name]}
    words |= {fold(str(choice.value)): str(choice.value) for choice in CHOICES[name]}
    for value, synonyms in SYNONYMS[name].items():
        for word in synonyms.split("|"):
            words.setdefault(word, value)
    return words


def build_choices() -> Choices:
    """Return the enumerated fields with their words and labels."""
    labels = {name: {str(choice.value): str(choice.label) for choice in kinds} for name, kinds in CHOICES.items()}
    return Choices({name: map_words(name) for name in CHOICES}, labels)


def guess_mapping(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Guess the field of each column from its header and first values; "" when unknown."""
    words = {name: map_words(name) for name in CHOICES}
    mapping = columns.guess_mapping(COLUMNS, words, header, rows, unsure=("kind",))
    if not {"title", "statement"} & set(mapping):
        widths = {
            place: median(len(row[place]) for row in rows[: columns.SAMPLE])
            for place, name in enumerate(mapping)
            if rows and not name
        }
        longest = max(widths, key=lambda place: widths[place], default=None)
        if longest is not None and widths[longest] >= SENTENCES:
            mapping[longest] = "statement"
    elif "title" in mapping and "statement" not in mapping:
        place = mapping.index("title")
        if columns.fold_header(header[place]) in NAMES_OF_TITLES:
            return mapping
        lengths = [len(row[place]) for row in rows[: columns.SAMPLE] if row[place]]
        if lengths and median(lengths) >= SENTENCES:
            mapping[place] = "statement"
    return mapping


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
