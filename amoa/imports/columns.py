"""Columns of an import: the fields of a requirement, their usual headers and their values.

`build_cells` builds the cells of an export. A cell imported unchanged changes nothing.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from amoa.requirements.enums import Priority, RequirementKind, RequirementState, Verification
from amoa.requirements.models import Requirement
from core.tables.cells import clean
from projects.recipient_groups.enums import Degree

LANGUAGES = ("fr", "en")
#: Number of rows sampled to guess a column.
SAMPLE = 50
#: Text fields with their maximum length: single-line fields, then multi-line ones.
LINES = {"title": 200, "category": 60, "source": 200, "lot": 40}
PROSES = {"statement": 20_000, "justification": 20_000}
TEXTS = LINES | PROSES
#: Bullets and numbers at the start of a list item.
BULLET = re.compile(r"^\s*(?:[-•*–]|\d{1,2}[.)])\s+")
SEPARATORS = re.compile(r"[^a-z0-9]+")


def fold(text: str) -> str:
    """Normalise `text` for comparison: no case, accents, punctuation or repeated spaces."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return SEPARATORS.sub(" ", "".join(c for c in plain if not unicodedata.combining(c))).strip()


@dataclass(frozen=True)
class Column:
    """A field as a column, with our label and the headers that others use."""

    name: str
    label: str | Promise
    headers: tuple[str, ...]


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
        ("title", _("Title"), "title|titre|name|nom|intitule|libelle|requirement|exigence|besoin|summary|objet"),
        ("statement", _("Statement"), "statement|enonce|description|text|texte|detail|details|definition"),
        ("category", _("Category"), "category|categorie|theme|domain|domaine|family|famille|section"),
        ("priority", _("Priority"), "priority|priorite|moscow|importance"),
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
            "|acceptance criterion|critere d acceptation|criteres de recette|fit criterion|acceptance",
        ),
        ("links", _("Links"), "links|link|liens|lien|related|traces|trace|see also|voir aussi"),
    )
)
BY_NAME = {column.name: column for column in COLUMNS}
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
    """Map folded words to the values of an enumerated field; our labels win over synonyms."""
    words: dict[str, str] = {}
    for language in LANGUAGES:
        with override(language):
            words |= {fold(str(choice.label)): str(choice.value) for choice in CHOICES[name]}
    for value, synonyms in SYNONYMS[name].items():
        for word in synonyms.split("|"):
            words.setdefault(word, value)
    return words


@cache
def list_known_headers(name: str) -> tuple[str, ...]:
    """List the folded headers of a column: our labels first, then the usual ones, the surest first."""
    ours = []
    for language in LANGUAGES:
        with override(language):
            ours.append(fold(str(BY_NAME[name].label)))
    return tuple(dict.fromkeys([*ours, *BY_NAME[name].headers]))


def guess_mapping(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Guess the field of each column from its header and first values; "" when unknown."""
    scores = sorted(
        (
            (-score, place, order)
            for place, title in enumerate(header)
            for order, column in enumerate(COLUMNS)
            if (score := _score(column.name, fold(title), [row[place] for row in rows[:SAMPLE]]))
        ),
    )
    names = [""] * len(header)
    taken: set[str] = set()
    for _unused, place, order in scores:
        name = COLUMNS[order].name
        if not names[place] and name not in taken:
            names[place] = name
            taken.add(name)
    return names


def _score(name: str, title: str, cells: list[str]) -> float:
    """Score how likely the column is this field: above 3 by its header, below by its values."""
    headers = list_known_headers(name)
    filled = [cell for cell in cells if cell]
    known = sum(fold(cell) in map_words(name) for cell in filled) / len(filled) if name in CHOICES and filled else 0.0
    if title in headers:
        if name == "kind" and filled and not known and title not in headers[: len(LANGUAGES)]:
            return 0
        return 6 - headers.index(title) / len(headers) + known
    words = set(title.split())
    if any(set(header.split()) <= words for header in headers if len(header) > 3):
        return 0 if name in CHOICES and filled and not known else 4 + known
    return 2 * known if known >= 0.8 else 0


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
    return {name: clean(cells[name]) for name in NAMES}


def get_label(name: str, value: str) -> str:
    """Return the label of an enumerated value; "" for none."""
    return str(CHOICES[name](value).label) if value else ""


def split_cell(cell: str) -> list[str]:
    """Split a cell with several values: by lines, or by semicolons on a single line."""
    return [part for line in cell.split("\n" if "\n" in cell else ";") if (part := BULLET.sub("", line).strip())]
