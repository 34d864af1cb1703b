"""Initial library of a project management office, read from YAML and validated."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from core.words.characters import code_of, find_hidden, tidy
from pmo.standards.standards.enums import Computed, EntryKind, Family
from projects.enums import Level
from roles.enums import Gate

FILE = Path(__file__).with_name("standards.yaml")
TEXT, FLAG = "text", "flag"
LINE, PROSE = 200, 4_000

VERSION: dict[str, Any] = {
    "title_fr": TEXT,
    "title_en": TEXT,
    "purpose_fr": TEXT,
    "purpose_en": TEXT,
    "source": TEXT,
    "mandatory": FLAG,
    "levels": [Level],
    "from_gate": Gate,
}
STANDARD: dict[str, Any] = {"code": TEXT, "family": Family} | VERSION
CHECKPOINT: dict[str, Any] = {"text_fr": TEXT, "text_en": TEXT, "computed": Computed, "waivable": FLAG}
ENTRY: dict[str, Any] = {
    "kind": EntryKind,
    "family": Family,
    "title_fr": TEXT,
    "title_en": TEXT,
    "text_fr": TEXT,
    "text_en": TEXT,
}
#: Optional fields of a file, with their defaults.
DEFAULTS = {"computed": "", "waivable": True}


class Unreadable(Exception):
    """Raised when the file is no valid catalogue; the message says where and why."""


@dataclass(frozen=True)
class Draft:
    """Standard of the catalogue: fields of its first version and of its checkpoints."""

    code: str
    family: str
    fields: dict[str, Any]
    checkpoints: list[dict[str, Any]]


@dataclass(frozen=True)
class Catalogue:
    """Standards by code, and the fields of the library entries."""

    standards: list[Draft]
    entries: list[dict[str, Any]]


@cache
def load_catalogue() -> Catalogue:
    """Return the catalogue shipped with the product."""
    return parse_catalogue(FILE.read_text(encoding="utf-8"))


def parse_catalogue(text: str) -> Catalogue:
    """Parse a catalogue from YAML text. Raise Unreadable at the first error."""
    source = yaml.load(text, yaml.CSafeLoader)
    if not isinstance(source, dict) or set(source) != {"standards", "entries"}:
        raise Unreadable("a catalogue holds standards and entries")
    standards = [_parse_standard(row, f"standards {place}") for place, row in enumerate(source["standards"], start=1)]
    codes = [draft.code for draft in standards]
    if len(set(codes)) != len(codes):
        raise Unreadable("each code stands once")
    entries = [_parse_fields(row, ENTRY, f"entries {place}") for place, row in enumerate(source["entries"], start=1)]
    return Catalogue(standards, entries)


def _parse_standard(row: Any, where: str) -> Draft:
    checkpoints = row.get("checkpoints") if isinstance(row, dict) else None
    if not isinstance(checkpoints, list) or not checkpoints:
        raise Unreadable(f"{where}: a standard has checkpoints")
    fields = _parse_fields({name: value for name, value in row.items() if name != "checkpoints"}, STANDARD, where)
    checkpoints_read = [
        _parse_fields(checkpoint, CHECKPOINT, f"{where}, checkpoint {n}")
        for n, checkpoint in enumerate(checkpoints, start=1)
    ]
    return Draft(fields.pop("code"), fields.pop("family"), fields, checkpoints_read)


def _parse_fields(row: Any, kinds: dict[str, Any], where: str) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise Unreadable(f"{where}: a map is expected")
    given = {name: DEFAULTS[name] for name in kinds if name in DEFAULTS} | row
    if strange := set(given) ^ set(kinds):
        raise Unreadable(f"{where}: {', '.join(sorted(map(str, strange)))} is missing or is no field")
    return {name: _parse_value(given[name], kind, f"{where}, {name}") for name, kind in kinds.items()}


def _parse_value(value: Any, kind: Any, where: str) -> Any:
    if kind == FLAG:
        if not isinstance(value, bool):
            raise Unreadable(f"{where}: true or false")
        return value
    if isinstance(kind, list):
        if not isinstance(value, list) or not value:
            raise Unreadable(f"{where}: a list of codes")
        return [_parse_value(item, kind[0], where) for item in value]
    if not isinstance(value, str) or len(value) > (LINE if where.endswith(("title_fr", "title_en")) else PROSE):
        raise Unreadable(f"{where}: a text is expected, not longer than its field")
    text = tidy(value)
    if hidden := find_hidden(text):
        raise Unreadable(f"{where}: the character {code_of(hidden[0])} cannot be seen")
    if kind == TEXT:
        if not text:
            raise Unreadable(f"{where}: the text is empty")
        return text
    if text not in (*kind.values, *([""] if kind is Computed else [])):
        raise Unreadable(f"{where}: “{text}” is not one of {', '.join(kind.values)}")
    return text
