"""Give a scenario its texts in French or English.

A scenario is written in English. `<name>.fr.po`, beside it, holds the French of each of its texts, in the same order.
A scenario without that file, such as the cast of the tests, has a single form.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polib

LANGUAGES = ("en", "fr")
#: Parts of a scenario that hold texts.
PARTS = ("sign_ins", "acts")
#: Keys of the file (`patrol_units`), codes (`VIG-001`), dates (`+8d`) and numbers: the same in both languages.
CODE = re.compile(r"[a-z0-9_]+|[A-Z][A-Z0-9.,#-]*|[+-]\d+d|[\d .,:+%-]*")
#: Fields whose texts may look like a key of the file: `mail`, `minutes`.
PLAIN = frozenset({"channel", "unit", "format", "file", "lot"})


def in_language(source: dict[str, Any], catalogue: Path, language: str) -> dict[str, Any]:
    """Return a scenario with its texts, projects and people in this language; unchanged without a catalogue."""
    if not catalogue.exists():
        return source
    french = read_catalogue(catalogue)

    def translate(text: str) -> str:
        if text.strip() not in french:
            raise ValueError(f"{catalogue.name} has no French for: {text.strip()}")
        return french[text.strip()]

    told = {part: rewrite(source[part], translate) for part in PARTS} if language == "fr" else {}
    spoken = {part: [entry | {"language": language} for entry in source[part]] for part in ("projects", "people")}
    return source | told | spoken


def read_catalogue(catalogue: Path) -> dict[str, str]:
    """Map each English text to its French; an entry without French is left out."""
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(catalogue)) if entry.msgstr}


def list_texts(source: dict[str, Any]) -> list[str]:
    """List the texts of a scenario, each once, in their order."""
    found: dict[str, None] = {}

    def note(text: str) -> str:
        found[text.strip()] = None
        return text

    for part in PARTS:
        rewrite(source[part], note)
    return list(found)


def rewrite(value: Any, change: Callable[[str], str], name: str = "") -> Any:
    """Return a part of a scenario with each of its texts changed; fields in both languages (`title_fr`) stay."""
    if isinstance(value, dict):
        return {
            key: part if key.endswith(("_fr", "_en")) else rewrite(part, change, key) for key, part in value.items()
        }
    if isinstance(value, list):
        return [rewrite(part, change, name) for part in value]
    return change(value) if isinstance(value, str) and is_text(name, value) else value


def is_text(name: str, value: str) -> bool:
    """Return whether the value of a field is a text that people read."""
    return bool(re.search("[a-z]", value)) and (name in PLAIN or not CODE.fullmatch(value))
