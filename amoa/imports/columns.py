"""What a column of a file may be: the fields of a requirement, the words people head them with, and what they hold.

`written_out` is how a requirement leaves in an export; a cell that says just that changes nothing when it comes back.
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
#: Rows looked at to tell what a column holds.
SAMPLE = 50
#: Fields that are texts, and how long they may be; those of one line come first.
LINES = {"title": 200, "category": 60, "source": 200, "lot": 40}
PROSES = {"statement": 20_000, "justification": 20_000}
TEXTS = LINES | PROSES
#: What people put before the rows of a list.
BULLET = re.compile(r"^\s*(?:[-•*–]|\d{1,2}[.)])\s+")
APART = re.compile(r"[^a-z0-9]+")


def fold(text: str) -> str:
    """`text` without what people write differently: case, accents, punctuation, spaces."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return APART.sub(" ", "".join(c for c in plain if not unicodedata.combining(c))).strip()


@dataclass(frozen=True)
class Column:
    """A field of a requirement as a column: how it is called, by us and by others."""

    name: str
    label: str | Promise
    headers: tuple[str, ...]


#: In the order of an export: field, label, and how others head it, the surest first; folded, in both languages.
COLUMNS = tuple(
    Column(name, label, tuple(headers.split("|")))
    for name, label, headers in (
        ("code", _("Code"), "code|reference|ref|id|identifier|identifiant|numero|requirement id|req id|key|cle"),
        ("parent", _("Parent code"), "parent|parent id|code parent|code du parent|answers|refines|derived from|repond a"
         "|raffine|issue de|exigence parente|besoin parent"),
        ("kind", _("Kind"), "kind|nature|type|type d exigence|requirement type|requirement kind"),
        ("title", _("Title"), "title|titre|name|nom|intitule|libelle|requirement|exigence|besoin|summary|objet"),
        ("statement", _("Statement"), "statement|enonce|description|text|texte|detail|details|definition"),
        ("category", _("Category"), "category|categorie|theme|domain|domaine|family|famille|section"),
        ("priority", _("Priority"), "priority|priorite|moscow|importance"),
        ("criticality", _("Criticality"), "criticality|criticite|risk|risque|impact"),
        ("source", _("Source"), "source|origin|origine|demandeur|requested by|stakeholder|emetteur"),
        ("justification", _("Justification"), "justification|rationale|reason|raison|motif|why|pourquoi"),
        ("verification", _("Verification method"), "verification|methode de verification|mode de verification|method"
         "|methode"),
        ("lot", _("Lot"), "lot|release|version|phase|increment|work package|livraison"),
        ("state", _("State"), "state|status|statut|etat"),
        ("recipients", _("Recipients"), "recipients|recipient|destinataires|destinataire|groups|groupes|users"
         "|utilisateurs|recipient groups|groupes de destinataires|public|beneficiaires"),
        ("criteria", _("Acceptance criteria"), "acceptance criteria|criteres d acceptation|criteria|criteres"
         "|acceptance criterion|critere d acceptation|criteres de recette|fit criterion|acceptance"),
        ("links", _("Links"), "links|link|liens|lien|related|traces|trace|see also|voir aussi"),
    )
)  # fmt: skip
BY_NAME = {column.name: column for column in COLUMNS}
NAMES = tuple(BY_NAME)
#: `kind` holds words too, but a "Type" that holds others is usually something else: it is not held against the file.
CHOICES: dict[str, type[models.TextChoices]] = {
    "kind": RequirementKind, "priority": Priority, "criticality": Degree, "verification": Verification,
    "state": RequirementState,
}  # fmt: skip

#: What people write for the values of the enumerations, besides our own words; folded, in both languages.
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
def words_of(name: str) -> dict[str, str]:
    """Folded word → value of an enumerated field: our own words in both languages first, then those of others."""
    words: dict[str, str] = {}
    for language in LANGUAGES:
        with override(language):
            words |= {fold(str(choice.label)): str(choice.value) for choice in CHOICES[name]}
    for value, told in SYNONYMS[name].items():
        for word in told.split("|"):
            words.setdefault(word, value)
    return words


@cache
def headers_of(name: str) -> tuple[str, ...]:
    """The folded headers of a column, the surest first: as our exports say it, then as others do."""
    ours = []
    for language in LANGUAGES:
        with override(language):
            ours.append(fold(str(BY_NAME[name].label)))
    return tuple(dict.fromkeys([*ours, *BY_NAME[name].headers]))


def guessed(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The field of each column as far as one can tell from its head and its first values; "" where one cannot."""
    scores = sorted(
        (
            (-score, place, order)
            for place, title in enumerate(header)
            for order, column in enumerate(COLUMNS)
            if (score := _likeness(column.name, fold(title), [row[place] for row in rows[:SAMPLE]]))
        ),
    )
    found = [""] * len(header)
    taken: set[str] = set()
    for _score, place, order in scores:
        name = COLUMNS[order].name
        if not found[place] and name not in taken:
            found[place] = name
            taken.add(name)
    return found


def _likeness(name: str, title: str, cells: list[str]) -> float:
    """How likely a column of this head with these cells is the field: above 3 by its head, below by what it holds."""
    headers = headers_of(name)
    told = [cell for cell in cells if cell]
    known = sum(fold(cell) in words_of(name) for cell in told) / len(told) if name in CHOICES and told else 0.0
    if title in headers:
        if name == "kind" and told and not known and title not in headers[: len(LANGUAGES)]:
            return 0
        return 6 - headers.index(title) / len(headers) + known
    words = set(title.split())
    if any(set(one.split()) <= words for one in headers if len(one) > 3):
        return 0 if name in CHOICES and told and not known else 4 + known
    return 2 * known if known >= 0.8 else 0


def written_out(requirement: Requirement, parent: str, groups: Mapping[int, str]) -> dict[str, str]:
    """The cells of a requirement, in the language of the reader; `parent` is a code, `groups` are names by number."""
    names = sorted(groups[pk] for pk in requirement.recipients if pk in groups)
    cells = {
        "code": requirement.code,
        "parent": parent,
        **{name: label_of(name, getattr(requirement, name)) for name in CHOICES},
        **{name: getattr(requirement, name) for name in TEXTS},
        "recipients": "; ".join(names),
        "criteria": "\n".join(" ".join(criterion["text"].split()) for criterion in requirement.criteria),
        "links": "\n".join(requirement.links),
    }
    return {name: clean(cells[name]) for name in NAMES}


def label_of(name: str, value: str) -> str:
    """The word for a value of an enumerated field, "" for none."""
    return str(CHOICES[name](value).label) if value else ""


def parted(cell: str) -> list[str]:
    """The parts of a cell that holds several: its lines, or what semicolons part on a single line."""
    return [part for one in cell.split("\n" if "\n" in cell else ";") if (part := BULLET.sub("", one).strip())]
