"""Check the words of every text on the screen, English and French: terms, moulds and lengths.

The catalogues (role templates, standards) are held to the words; their texts are as long as their subject needs.
"""

import ast
import re
from collections.abc import Iterator
from typing import Any

import polib
import pytest
import yaml

from tests.sources import ROOT, nodes, templates

#: Pattern of an English text → what to write instead.
ENGLISH = {
    r"\badvices\b": "opinions",
    r"\bwhoever\b": "the role or the person",
    r"\bstands? like\b": "match this filter",
    r"\bput (it|them|the .*) to the owner": "write its proposal, or submit it",
    r"\byour advice\b": "your opinion",
    r"\bties?\b": "declared interest",
    r"\bseats?\b": "role, mandate or delegation",
    r"\bin the end\b": "at completion",
    r"\bmusts\b": "must-have requirements",
    r"\bmay not\b": "cannot",
    r"\bmails?\b": "email",
    r"\be-mail\b": "email",
    r"no longer current": "needs review",
    r"word for word": "kept with, or not editable",
    r"\(R\d+\)": "the rule in words",
    r"\bone (sees|will see)\b": "how to check",
    r"dossier": "proposal, or decision file",
    r"\bof who\b": "of the person who",
    r"\b(is|are) told\b": "is notified",
    r"unwanted mail": "spam",
    r"^(Say|Give) (?!.*opinion|.*feedback)": "Enter, Select, Describe, Attach",
    r"\b(please|successfully)\b": "nothing",
    r"!$": "a full stop",
    r"\bstands?\b": "is, applies, is listed",
    r"\bsome(body|one)\b": "a person, another person, the role",
    r"\b(goes?|went|going) on\b": "continues",
    r"\bwait(s|ed)\b|\bwaiting for\b": "is pending, needs",
    r"\brests? on\b": "depends on, is based on",
    r"\bmoved on\b": "has changed",
    r"\b(is|are) asked of (?!you)": "is expected from",
    r"\bmay\b(?! have been)": "can",
    r"\b(at first|that remains?)\b": "initial, residual",
    r"\b(account|archive|both|cell|file|table|zip) holds?\b": "contains",
    r"\b(puts?|putting) .* to the owner\b": "submit with a proposal",
    r";": "a full stop",
}
#: Pattern of a French text → what to write instead. One with a capital letter means exactly that case.
FRENCH = {
    r"\bquiconque\b": "toute personne, les titulaires d’un rôle",
    r"\bnul\b": "un sujet nommé",
    r"(^|[.;:]\s)Qui (?!peut|pouvait|décide|a encore|doit)[a-zé]+ ": "le rôle, la personne",
    r"\bnoter (un|une|le|la)\b": "ajouter, enregistrer",
    r"\bavise(nt)?\b": "donne un avis",
    r"\brôles? .{0,25}tenus?\b": "pourvu",
    r"\bvacances\b": "rôles vacants",
    r"sur-le-champ": "immédiatement",
    r"\bôt(er|é)": "retirer",
    r"\bmotivation\b": "motifs",
    r"\bissue\b": "sens de la décision",
    r"registre (scellé|des actes)": "journal des actes",
    r"\bReçu\b": "récépissé, remis",
    r"à côté de la (référence|version)": "par rapport à",
    r"\bau terme\b": "à l’atterrissage",
    r"carte de chaleur": "matrice des risques",
    r"\btranch.*lien": "statuer sur le lien",
    r"\(EUR\)|en euros\)": "(€)",
    r"\bprévenu": "recevoir une notification, en être informé",
    r"^(Dites|Donnez) ": "Saisissez, Sélectionnez, Décrivez, Joignez",
    r"'": "’",
    "[ \u00a0][;:!?»]|«[ \u00a0]": "U+202F",
    r"\bdemeure(nt)?\b": "reste",
    r"\bquelqu’un\b": "une personne, une autre personne",
    r"\bplans? de changement\b": "plan de conduite du changement",
    r"\bpreuves? attendues?\b": "pièces attendues",
    r"\bprocès-verba(l|ux) de décision": "fiche de décision",
    r"\bl’avis lie\b": "avis conforme",
    r"\bacteurs du projet\b": "membres du projet",
    r"\bcourbe de glissement\b": "diagramme temps-temps",
    r"\brenonc": "abandonner",
    r"\bà qui de jouer\b": "qui doit agir",
    r"\bpas cette fois\b": "écartée cette fois",
    r"\btests? passés\b": "exécutés, réussis",
    r"\bvotre organisation\b|\b(réglages|nom|logo|modèles) de l’organisation\b": "organisme",
}
#: Pattern of an English text, of a word that excuses it, and what its French must not or must say.
PAIRS: list[tuple[str, str, str, str]] = [
    (r"\bconditions?\b", "reservation", "réserve", ""),
    (r"\breservations?\b", "condition", r"\bcondition", ""),
    (r"\bsubmit", "", "soum[ei]", ""),
    (r"\bwaivers?\b", "", "", "dérog|conforme"),
    (r"\bschedule", "", "calendrier", ""),
    (r"\bestimate", "", "estimation", ""),
    (r"\bbaseline", "", "", "version.? de référence"),
    (r"\bledger", "", "", "journal des actes"),
    (r"needs review", "", "plus à jour", ""),
]
#: Context of texts that are left out → why.
LEFT_OUT = {"proof": "findings of a verifier name the rule that an entry breaks, as docs/ledger.md lists them"}
#: English text → why it is right in spite of the lists.
RIGHT = {"Waiting for the owner": "name of a state, as workflow.py and the documents have it"}
SENTENCE_WORDS, MESSAGE_WORDS = 20, 35
#: Most words of a button without the small ones below, and most characters of the subject of a mail without a title.
BUTTON_WORDS, SUBJECT_CHARACTERS = 4, 70
SMALL_WORDS = frozenset(
    ("a", "an", "and", "are", "at", "for", "have", "i", "in", "is", "it", "of", "that", "the", "this", "to", "with")
)
#: What a template or a view shows on a button.
BUTTON = re.compile(r'<button\b.*?</button>|<a class="btn".*?</a>', re.DOTALL)
IN_TEMPLATES = re.compile(r'{% translate "([^"]+)"|{% blocktranslate[^%]*%}(.*?){% (?:plural|endblock)', re.DOTALL)
HIDDEN = re.compile(r'<span class="vh">.*?</span>', re.DOTALL)
CATALOGUES = ("roles/role_templates/packs/*.yaml", "pmo/standards/standards/standards.yaml")
#: What no reader reads: tags, keys and placeholders.
MARKUP = re.compile(r"<kbd>[^<]*</kbd>|<[^>]+>|&nbsp;|%\(\w+\)[sd]|%%|{\w*}")


@pytest.fixture(scope="module")
def messages() -> list[tuple[str, str]]:
    """Return each English message, with its French."""
    return [pair for entry in polib.pofile(str(ROOT / "locale/fr/LC_MESSAGES/django.po")) for pair in pairs_of(entry)]


@pytest.fixture(scope="module")
def texts(messages: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return each English text that people read, with its French: messages and catalogues."""
    files = [path for pattern in CATALOGUES for path in ROOT.glob(pattern)]
    return [*messages, *(pair for path in files for pair in pairs_in(yaml.safe_load(path.read_text())))]


def pairs_in(node: Any) -> Iterator[tuple[str, str]]:
    """Yield the English and the French of every text of a catalogue, which are `…_en` and `…_fr` of one mapping."""
    if isinstance(node, list):
        for part in node:
            yield from pairs_in(part)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key.endswith("_en") and isinstance(value, str):
                yield value, node[f"{key.removesuffix('_en')}_fr"]
            else:
                yield from pairs_in(value)


def pairs_of(entry: polib.POEntry) -> Iterator[tuple[str, str]]:
    """Yield the English and the French of an entry, singular and plural."""
    if entry.obsolete or entry.msgctxt in LEFT_OUT or entry.msgid in RIGHT:
        return
    if entry.msgid_plural:
        yield entry.msgid, entry.msgstr_plural[0]
        yield entry.msgid_plural, entry.msgstr_plural[1]
    else:
        yield entry.msgid, entry.msgstr


@pytest.mark.parametrize("pattern", ENGLISH)
def test_no_english_text_has_the_words(pattern: str, texts: list[tuple[str, str]]) -> None:
    found = [english for english, _ in texts if re.search(pattern, MARKUP.sub("", english), re.IGNORECASE)]
    assert not found, "\n".join([f"write {ENGLISH[pattern]}:", *found])


@pytest.mark.parametrize("pattern", FRENCH)
def test_no_french_text_has_the_words(pattern: str, texts: list[tuple[str, str]]) -> None:
    flags = re.IGNORECASE if pattern.islower() else re.NOFLAG
    found = [french for _, french in texts if re.search(pattern, MARKUP.sub("", french), flags)]
    assert not found, "\n".join([f"write {FRENCH[pattern]}:", *found])


@pytest.mark.parametrize(("word", "unless", "wrong", "right"), PAIRS)
def test_a_term_has_its_french(word: str, unless: str, wrong: str, right: str, texts: list[tuple[str, str]]) -> None:
    found = [
        f"{english}: {french}"
        for english, french in texts
        if re.search(word, english, re.IGNORECASE)
        and not (unless and re.search(unless, english, re.IGNORECASE))
        and (
            bool(wrong and re.search(wrong, french, re.IGNORECASE))
            or bool(right and not re.search(right, french, re.IGNORECASE))
        )
    ]
    assert not found, "\n".join(found)


def test_sentences_and_messages_are_short(messages: list[tuple[str, str]]) -> None:
    long = [
        english
        for english, _ in messages
        if len(MARKUP.sub("", english).split()) > MESSAGE_WORDS
        or any(len(part.split()) > SENTENCE_WORDS for part in re.split(r"(?<=[.!?:;])\s", MARKUP.sub("", english)))
    ]
    assert not long, "\n".join(long)


def list_buttons() -> Iterator[str]:
    """Yield the English text of every button: of templates, and of the views that name theirs."""
    for source in templates().values():
        for button in BUTTON.findall(source):
            _tag, _end, shown = HIDDEN.sub("", button).partition(">")
            yield from ("".join(found) for found in IN_TEMPLATES.findall(shown))
    for _path, node in nodes(ast.Assign):
        names = {target.id for target in node.targets if isinstance(target, ast.Name)}
        if any(name.endswith("button") for name in names) and isinstance(node.value, ast.Call):
            yield from (part.value for part in node.value.args if isinstance(part, ast.Constant))


def test_buttons_are_short() -> None:
    buttons = {" ".join(re.sub("{{.*?}}", "x", text).split()) for text in list_buttons()}
    assert len(buttons) > 200
    long = [
        text
        for text in buttons
        if len([word for word in re.findall(r"[\w'’-]+", text.lower()) if word not in SMALL_WORDS]) > BUTTON_WORDS
    ]
    assert not long, "\n".join(long)


def test_the_acts_that_mails_begin_with_are_short() -> None:
    acts = [text for entry in messages_of("mail subject") for text in (entry.msgid, entry.msgstr)]
    assert acts
    assert not [text for text in acts if len(text) > SUBJECT_CHARACTERS / 2]


def messages_of(context: str) -> list[polib.POEntry]:
    """Return the entries of a context."""
    file = polib.pofile(str(ROOT / "locale/fr/LC_MESSAGES/django.po"))
    return [entry for entry in file if entry.msgctxt == context and not entry.obsolete]


def test_each_text_that_is_let_through_is_still_said() -> None:
    said = {entry.msgid for entry in polib.pofile(str(ROOT / "locale/fr/LC_MESSAGES/django.po"))}
    assert set(RIGHT) <= said
