"""Check without the gettext tools that every text on the screen is translatable and has its French."""

import ast
import re
from collections.abc import Iterator
from functools import cache

import polib
import pytest
from django.utils import translation
from django.utils.translation.template import templatize

from tests.sources import ROOT, called, nodes, templates

CATALOGUE = ROOT / "locale/fr/LC_MESSAGES/django.po"
#: function → positions of its texts among the arguments (and of the context, when it has one).
FUNCTIONS = {
    "_": (None, (0,)),
    "gettext": (None, (0,)),
    "gettext_lazy": (None, (0,)),
    "gettext_noop": (None, (0,)),
    "ngettext": (None, (0, 1)),
    "ngettext_lazy": (None, (0, 1)),
    "pgettext": (0, (1,)),
    "pgettext_lazy": (0, (1,)),
    "npgettext": (0, (1, 2)),
}
STRING = r"u?((?:'(?:\\.|[^'\\])*')|(?:\"(?:\\.|[^\"\\])*\"))"
IN_TEMPLATE = [
    ((None, (0,)), re.compile(rf"(?<![a-z])(?:gettext|_)\({STRING}\)")),
    ((None, (0, 1)), re.compile(rf"(?<![a-z])ngettext\({STRING}, {STRING}, count\)")),
    ((0, (1,)), re.compile(rf"(?<!n)pgettext\({STRING}, {STRING}\)")),
    ((0, (1, 2)), re.compile(rf"npgettext\({STRING}, {STRING}, {STRING}, ?count\)")),
]
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|%[sd]|\{(\w*)\}")
#: Words with the same spelling in both languages.
SAME = {
    "absence",
    "action",
    "actions",
    "administration",
    "adoption",
    "archive",
    "aspect",
    "attitude",
    "attribution",
    "budget",
    "cause",
    "code",
    "communication",
    "communications",
    "condition",
    "conditions",
    "configuration",
    "confirmation",
    "contradictions",
    "correction",
    "ctrl",
    "date",
    "description",
    "direction",
    "document",
    "documents",
    "dossier",
    "format",
    "guide",
    "identification",
    "impact",
    "impacts",
    "influence",
    "information",
    "inspection",
    "intact",
    "justification",
    "liaison",
    "lot",
    "menu",
    "message",
    "minute",
    "minutes",
    "mission",
    "nature",
    "note",
    "notification",
    "notifications",
    "obligation",
    "obligations",
    "occasion",
    "option",
    "options",
    "organisation",
    "pages",
    "pg",
    "position",
    "programme",
    "question",
    "questions",
    "rectification",
    "rectifications",
    "reporting",
    "satisfaction",
    "session",
    "signature",
    "source",
    "stable",
    "standard",
    "standards",
    "suggestion",
    "suspension",
    "table",
    "test",
    "tests",
    "transition",
    "type",
    "vacant",
    "version",
    "versions",
}
#: Text that needs no translation in a template: the product's name, figures, signs, names of languages.
NAMES = {
    "Ouvrage",
    "PMO",
    "AMOA",
    "MOA",
    "MOE",
    "DEST",
    "Français",
    "English",
    "FR",
    "EN",
    "R1",
    "R2",
    "CSV",
    "XLSX",
    "PDF",
    "DOCX",
    "ReqIF",
    "SHA",
}
SPOKEN = ("alt", "aria-label", "aria-description", "placeholder", "title")

Text = tuple[str, str, tuple[str, ...]]  # where, context, texts (singular, plural)


def in_python() -> Iterator[Text]:
    """List the translatable texts of the Python files."""
    for path, node in nodes(ast.Call):
        if called(node) not in FUNCTIONS:
            continue
        context, places = FUNCTIONS[called(node)]
        where = f"{path}:{node.lineno}"
        wanted = [*places, *([] if context is None else [context])]
        told = {place: node.args[place] for place in wanted if place < len(node.args)}
        assert len(told) == len(wanted), f"{where}: {called(node)} lacks a text"
        values = {place: ast.literal_eval(arg) for place, arg in told.items()}
        yield where, "" if context is None else values[context], tuple(values[place] for place in places)


def in_templates() -> Iterator[Text]:
    """List the translatable texts of the templates, extracted as Django does."""
    for name, source in templates().items():
        extracted = templatize(source, origin=name)
        for (context, places), pattern in IN_TEMPLATE:
            for match in pattern.finditer(extracted):
                values = [ast.literal_eval(text) for text in match.groups()]
                yield name, "" if context is None else values[context], tuple(values[place] for place in places)


@cache
def texts() -> list[Text]:
    """List every translatable text once."""
    found: dict[tuple[str, tuple[str, ...]], Text] = {}
    for text in (*in_python(), *in_templates()):
        found.setdefault(text[1:], text)
    return list(found.values())


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    """Read the French catalogue."""
    assert CATALOGUE.exists(), "there is no French catalogue yet"
    return polib.pofile(str(CATALOGUE))


def entries(catalogue: polib.POFile) -> dict[tuple[str, str], polib.POEntry]:
    """Map context and text to the entries that are not obsolete."""
    return {(entry.msgctxt or "", entry.msgid): entry for entry in catalogue if not entry.obsolete}


def from_a_package(text: str) -> bool:
    """Return whether Django or a package translates a text. Theirs have no context."""
    with translation.override("fr"):
        return translation.gettext(text) != text


def forms(entry: polib.POEntry) -> list[str]:
    """Return the French of an entry: one text, or one per plural form."""
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def translated(catalogue: polib.POFile) -> list[polib.POEntry]:
    """List the translated entries; `test_every_text_has_its_french` reports the others once."""
    return [entry for entry in catalogue if not entry.obsolete and all(forms(entry))]


def test_there_are_texts_to_translate_in_both_kinds_of_files() -> None:
    files = [where for where, _context, _words in texts()]
    assert len([file for file in files if ".py:" in file]) > 100
    assert len([file for file in files if ".py:" not in file]) > 100


def test_every_text_has_its_french(catalogue: polib.POFile) -> None:
    missing, known = [], entries(catalogue)
    for where, context, words in texts():
        entry = known.get((context, words[0]))
        if entry is None:
            if len(words) > 1 or context or not from_a_package(words[0]):
                missing.append(f"{where}: {words[0]!r} has no entry")
        elif entry.fuzzy or not all(forms(entry)):
            missing.append(f"{where}: {words[0]!r} is fuzzy or empty")
        elif len(words) > 1 and (entry.msgid_plural != words[1] or len(forms(entry)) != 2):
            missing.append(f"{where}: {words[0]!r} has another plural")
    assert not missing, "\n".join(missing)


def test_only_listed_words_have_the_same_spelling_in_both_languages(catalogue: polib.POFile) -> None:
    unmeant = [
        entry.msgid
        for entry in translated(catalogue)
        if entry.msgid in forms(entry)
        and {word.lower() for word in re.findall(r"[^\W\d_]{2,}", PLACEHOLDER.sub("", entry.msgid))} - SAME
    ]
    assert not unmeant, "\n".join(unmeant)


def test_placeholders_are_those_of_the_original(catalogue: polib.POFile) -> None:
    wrong = []
    for entry in translated(catalogue):
        known = {match.group() for match in PLACEHOLDER.finditer(entry.msgid + (entry.msgid_plural or ""))}
        singular = {match.group() for match in PLACEHOLDER.finditer(entry.msgid)}
        for number, french in enumerate(forms(entry)):
            used = {match.group() for match in PLACEHOLDER.finditer(french)}
            needed = known if entry.msgid_plural and number else singular
            if not (needed <= used <= known):
                wrong.append(f"{entry.msgid!r}: {french!r}")
    assert not wrong, "\n".join(wrong)


def test_spaces_and_final_marks_are_those_of_the_original(catalogue: polib.POFile) -> None:
    def frame(text: str) -> tuple[bool, bool, str]:
        last = text.rstrip()[-1:]
        return text[:1] == " ", text[-1:] == " ", last if last in ".?!:…" else ""

    wrong = [
        entry.msgid for entry in translated(catalogue) for french in forms(entry) if frame(entry.msgid) != frame(french)
    ]
    assert not wrong, "\n".join(wrong)


def test_french_has_its_own_typography(catalogue: polib.POFile) -> None:
    """A no-break space before the double marks and inside the quotes, no straight quotes."""
    wrong = [
        french
        for entry in translated(catalogue)
        for french in forms(entry)
        if re.search(r"[^\s\u00a0\u202f][?!;](?!\w)|(?<![\u00a0\u202f])[?!;:»](?=\s|$)|«(?![\u00a0\u202f])", french)
        or '"' in PLACEHOLDER.sub("", french)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_catalogue_says_what_it_is(catalogue: polib.POFile) -> None:
    assert catalogue.metadata["Language"] == "fr"
    assert "charset=UTF-8" in catalogue.metadata["Content-Type"]
    assert "nplurals=2" in catalogue.metadata["Plural-Forms"]
    assert not catalogue.fuzzy_entries()
    keys = [(entry.msgctxt, entry.msgid) for entry in catalogue if not entry.obsolete]
    assert len(keys) == len(set(keys))


def test_no_entry_of_the_catalogue_is_dead(catalogue: polib.POFile) -> None:
    """Unused entries are removed; a text of a package that we translate differently may stay."""
    said = {(context, words[0]) for _where, context, words in texts()}
    dead = [e.msgid for e in catalogue if not e.obsolete and (e.msgctxt or "", e.msgid) not in said]
    unsaid = [text for text in dead if not said_by_a_package(text)]
    assert not unsaid, "\n".join(unsaid)


def said_by_a_package(text: str) -> bool:
    """Return whether an installed package has its own French entry for a text."""
    import allauth
    import django

    for package in (allauth, django):
        folder = ROOT.__class__(package.__file__).parent
        for file in folder.rglob("locale/fr/LC_MESSAGES/django.po"):
            if polib.pofile(str(file)).find(text):
                return True
    return False


# — nothing said outside —


def bare(source: str) -> str:
    """Return the bare text of a template: without comments, tags, variables and translated text."""
    source = re.sub(r"{%\s*comment\s*%}.*?{%\s*endcomment\s*%}|{#.*?#}|<!--.*?-->", " ", source, flags=re.S)
    source = re.sub(r"{%\s*blocktranslate\b.*?{%\s*endblocktranslate\s*%}", " ", source, flags=re.S)
    return re.sub(r"{%.*?%}|{{.*?}}", " ", source, flags=re.S)


def words_of(name: str) -> list[str]:
    """List the words of a template that are not translated."""
    source = bare(templates()[name])
    spoken = re.findall(rf"\b(?:{'|'.join(SPOKEN)})=\"([^\"]*)\"", source) if name.endswith(".html") else []
    said = re.sub(r"<[^>]*>", " ", source) if name.endswith(".html") else source
    said = re.sub(r"&\w+;|https?://\S+", " ", said)
    return re.findall(r"[^\W\d_]{2,}", " ".join([said, *spoken]))


def test_no_template_says_anything_untranslated() -> None:
    assert [f"{name}: {word}" for name in templates() for word in words_of(name) if word not in NAMES] == []


def test_verbose_names_and_labels_are_translatable() -> None:
    """A text in `label`, `help_text`, `verbose_name`, `act`, `because`, `may` or `message` is translatable."""
    names = {
        "label",
        "help_text",
        "verbose_name",
        "verbose_name_plural",
        "act",
        "because",
        "may",
        "message",
        "link_label",
    }
    found = [
        f"{path}:{keyword.value.lineno} {keyword.arg}={keyword.value.value!r}"
        for path, node in nodes(ast.Call)
        for keyword in node.keywords
        if keyword.arg in names
        and isinstance(keyword.value, ast.Constant)
        and isinstance(keyword.value.value, str)
        and re.search(r"[a-z]{3}", keyword.value.value)
    ]
    assert found == []


def test_errors_told_to_people_are_translatable() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, node in nodes(ast.Call)
        if called(node) == "ValidationError" and node.args and isinstance(node.args[0], (ast.Constant, ast.JoinedStr))
    ]
    assert found == []


def test_labels_and_helps_wait_for_the_language_of_the_reader() -> None:
    """A lazy text filled with `%` at import keeps the language of the server: `format_lazy` waits."""
    found = [
        f"{path}:{keyword.value.lineno}"
        for path, node in nodes(ast.ClassDef)
        for statement in node.body
        if isinstance(statement, (ast.Assign, ast.AnnAssign))
        for call in ast.walk(statement)
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg in {"label", "help_text"}
        and any(
            isinstance(part, ast.JoinedStr) or (isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mod))
            for part in ast.walk(keyword.value)
        )
    ]
    assert found == []
