"""Read and write a method pack as one YAML file, without loss, so that organisations can share it.

A file is untrusted until checked: plain YAML, bounded in size, every field known and of its type.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml
from django.db import models
from django.db.models.enums import ChoicesType
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import is_blank
from core.words.characters import code_of, find_hidden, tidy
from roles.enums import Authority, Domain, Family, Gate, Nature, Recurrence
from roles.role_templates.content import ADDED_FIELDS, Duty, Line, Matrix, Role, published_matrix
from roles.role_templates.models import Activity, ComparisonDimension, MethodPack, Responsibility, RoleTemplate
from roles.role_templates.rhythms import Window

LARGEST = 250_000
LONGEST = 500
PROSE = 2_000
MOST_FAULTS = 40
DIMENSION_TEXTS = ("label", "shared", "left", "right")
DIMENSION_FIELDS = (
    "left_role",
    "right_role",
    "code",
    *(f"{text}_{language}" for text in DIMENSION_TEXTS for language in ("fr", "en")),
    "basis",
)


class Unreadable(Exception):
    """Raised for an invalid file; `sentences` list the faults and their places in the reader's language."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = list(sentences)


@dataclass(frozen=True)
class Pack:
    """A method pack. `dimensions` hold the fields of ComparisonDimension except its pack and position."""

    code: str
    name_fr: str
    name_en: str
    attribution: str
    matrix: Matrix
    dimensions: tuple[dict[str, str], ...] = ()


def pack_of(row: MethodPack) -> Pack:
    """Return the published pack, without comparisons of unpublished roles. Four queries."""
    matrix = published_matrix(row.code)
    compared = ComparisonDimension.objects.filter(pack=row).order_by("position")
    dimensions = tuple(
        {name: getattr(dimension, name) for name in DIMENSION_FIELDS}
        for dimension in compared
        if matrix.role(dimension.left_role) and matrix.role(dimension.right_role)
    )
    return Pack(row.code, row.name_fr, row.name_en, row.attribution, matrix, dimensions)


# File format.


@dataclass(frozen=True)
class Code:
    """A code: its pattern, and the sentence that explains it."""

    pattern: re.Pattern[str]
    sentence: str | Promise


TEXT, FLAG = "text", "flag"
CAPITALS = Code(
    re.compile(r"[A-Z0-9][A-Z0-9-]*"),
    gettext_lazy("%(where)s: “%(value)s” is no code: use capitals, digits and hyphens."),
)
DAYS = Code(
    re.compile(r"(?:[1-9][0-9]?)?"),
    gettext_lazy("%(where)s: “%(value)s” is no number of working days from 1 to 99."),
)
MONTHS = Code(
    DAYS.pattern,
    gettext_lazy("%(where)s: “%(value)s” is no number of months from 1 to 99."),
)
SMALL = Code(
    re.compile(r"[a-z0-9][a-z0-9_-]*"),
    gettext_lazy("%(where)s: “%(value)s” is no code: use small letters, digits, hyphens and underscores."),
)


@dataclass(frozen=True)
class Entry:
    """One kind of map in the file: its fields with their types, and the model whose columns bound them.

    A list with one type is a list of such values. `optional` fields may be left out. In a `filled` entry the other
    texts are not empty either; elsewhere the rules of a matrix report it, with the place in the matrix.
    """

    model: type[models.Model]
    fields: dict[str, Any]
    optional: frozenset[str] = field(default_factory=frozenset)
    filled: bool = False

    def longest(self, name: str) -> int:
        """Return the maximum length of a field, or of each code of its list."""
        column: Any = self.model._meta.get_field("code" if name == "pack" else name)
        return getattr(column, "base_field", column).max_length or PROSE


HEAD = Entry(
    MethodPack, {"pack": SMALL, "name_fr": TEXT, "name_en": TEXT, "attribution": TEXT}, frozenset({"attribution"}), True
)
LINE = Entry(
    Activity,
    {"code": CAPITALS, "domain": Domain, "label_fr": TEXT, "label_en": TEXT, "kinds": [SMALL]},
    frozenset({"kinds"}),
)
DUTY = Entry(
    Responsibility,
    {
        "code": CAPITALS,
        "label_fr": TEXT,
        "label_en": TEXT,
        "nature": Nature,
        "domains": [Domain],
        "activities": [CAPITALS],
        "evidence_fr": TEXT,
        "evidence_en": TEXT,
        "recurrence": Recurrence,
        "family": Family,
        "days": DAYS,
        "receivers": [CAPITALS],
        "also": [Recurrence],
        "from_gate": Gate,
        "until_gate": Gate,
        "months": MONTHS,
    },
    frozenset({"activities", "family", "days", "receivers", "also", *Window._fields}),
)
ROLE = Entry(
    RoleTemplate,
    {
        "code": CAPITALS,
        "authority": Authority,
        "mandatory": FLAG,
        "several": FLAG,
        "name_fr": TEXT,
        "name_en": TEXT,
        "mission_fr": TEXT,
        "mission_en": TEXT,
        "represents_fr": TEXT,
        "represents_en": TEXT,
        "incompatible": [CAPITALS],
    },
    frozenset({"mandatory", "several", "represents_fr", "represents_en", "incompatible"}),
)
DIMENSION = Entry(
    ComparisonDimension,
    dict.fromkeys(DIMENSION_FIELDS, TEXT) | {"left_role": CAPITALS, "right_role": CAPITALS, "code": SMALL},
    frozenset(f"{text}_{language}" for text in DIMENSION_TEXTS[1:] for language in ("fr", "en")),
    True,
)


# Writing.


def dump_pack(pack: Pack) -> str:
    """Return the YAML text of a pack, without the role versions, which belong to each installation."""
    content = {
        "pack": pack.code,
        "name_fr": pack.name_fr,
        "name_en": pack.name_en,
        "attribution": pack.attribution,
        "activities": [_entry_values(line, LINE) for line in pack.matrix.lines],
        "roles": [
            {**_entry_values(role, ROLE), "responsibilities": [_entry_values(duty, DUTY) for duty in role.duties]}
            for role in pack.matrix.roles
        ],
        "comparisons": [dict(dimension) for dimension in pack.dimensions],
    }
    return yaml.dump(content, Dumper=_Readable, allow_unicode=True, sort_keys=False, width=120)


class _Readable(yaml.CSafeDumper):
    """YAML dumper that writes lists of codes on one line, without anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        """Return True: write shared values out, without anchors."""
        return True


_Readable.add_representer(
    tuple, lambda dumper, data: dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True)
)


def _entry_values(value: Any, entry: Entry) -> dict[str, Any]:
    values = {name: _plain(getattr(value, name)) for name in entry.fields}
    return {name: text for name, text in values.items() if text or name not in ADDED_FIELDS}


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    return tuple(str(item) for item in value) if isinstance(value, list | tuple) else str(value)


# Reading.


def read_pack(text: bytes | str) -> Pack:
    """Read the pack of a YAML text. Raises Unreadable with a sentence for every fault of form.

    Its rules are checked elsewhere (roles.role_templates.lint).
    """
    if len(text) > LARGEST:
        raise Unreadable(_("The file is too large. Select a method file of at most 250 kilobytes."))
    try:
        source = yaml.load(text if isinstance(text, str) else text.decode("utf-8-sig"), Loader=_Plain)  # noqa: S506
    except UnicodeDecodeError as error:
        raise Unreadable(_("The file is no text in UTF-8.")) from error
    except RecursionError as error:
        raise Unreadable(_("The file has too many nested levels.")) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = _("line %(line)s") % {"line": mark.line + 1} if mark else _("the file")
        raise Unreadable(_("This is not readable as YAML: look at %(where)s.") % {"where": where}) from error
    if not isinstance(source, dict):
        raise Unreadable(_("A method file is a map with activities and roles."))
    return _Reader().pack(source)


class _Plain(yaml.composer.Composer, yaml.CSafeLoader):
    """YAML loader of maps, lists, texts, booleans and null; a number, a date, “yes” or “no” is a text.

    No aliases, because a few bytes could expand to gigabytes; no tags; each key once. The text is parsed in C.
    """

    yaml_implicit_resolvers: dict[Any, Any] = {}

    def __init__(self, stream: str) -> None:
        yaml.CSafeLoader.__init__(self, stream)
        yaml.composer.Composer.__init__(self)

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Return a node. Raises ComposerError for an alias, an anchor or a tag."""
        event: Any = self.peek_event()
        if isinstance(event, yaml.AliasEvent) or event.anchor or event.tag:
            raise yaml.composer.ComposerError(None, None, "neither aliases nor tags", event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        """Return a map. Raises ConstructorError for a key that is no text or is repeated."""
        seen = set()
        for key, _value in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, "a key once", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


_Plain.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(?:true|false)$"), ["t", "f"])
_Plain.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(?:null|~|)$"), ["n", "~", ""])


class _Reader:
    """Reader of one file; collects a sentence for each fault, to report all at once."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def pack(self, source: dict[Any, Any]) -> Pack:
        head = self.fields(source, HEAD, _("the head of the file"), "activities", "roles", "comparisons")
        lines = [Line(**fields) for _raw, fields in self.entries(source, "activities", LINE, least=1)]
        roles = [
            Role(**fields, version=0, duties=tuple(self.duties(raw, fields["code"])))
            for raw, fields in self.entries(source, "roles", ROLE, "responsibilities", least=1)
        ]
        dimensions = tuple(fields for _raw, fields in self.entries(source, "comparisons", DIMENSION))
        self.check_comparisons(dimensions, {role.code for role in roles})
        if self.faults:
            more = [_("There are more errors. Correct these first.")] if len(self.faults) > MOST_FAULTS else []
            raise Unreadable(*self.faults[:MOST_FAULTS], *more)
        matrix = Matrix(tuple(lines), tuple(roles))
        return Pack(head["pack"], head["name_fr"], head["name_en"], head["attribution"], matrix, dimensions)

    def duties(self, raw: dict[Any, Any], role: str) -> list[Duty]:
        return [Duty(**fields) for _raw, fields in self.entries(raw, "responsibilities", DUTY, of=role)]

    def check_comparisons(self, dimensions: tuple[dict[str, str], ...], roles: set[str]) -> None:
        """Refuse comparisons of unknown roles, of a role with itself, and repeated ones."""
        seen = set()
        for dimension in dimensions:
            left, right, where = dimension["left_role"], dimension["right_role"], f"comparisons ({dimension['code']})"
            if {left, right} - roles or left == right:
                self.fault(_("%(where)s: it compares two roles of this file."), where)
            if (left, right, dimension["code"]) in seen:
                self.fault(_("%(where)s: these two roles have a comparison of that code already."), where)
            seen.add((left, right, dimension["code"]))

    def entries(
        self, source: dict[Any, Any], name: str, entry: Entry, *also: str, least: int = 0, of: str = ""
    ) -> list[tuple[dict[Any, Any], dict[str, Any]]]:
        """Return the maps of a list, raw and validated; `also` are fields read elsewhere."""
        rows = [] if source.get(name) is None else source[name]
        title = f"{of} {name}".strip()
        if not isinstance(rows, list) or not least <= len(rows) <= LONGEST:
            self.fault(_("“%(where)s” is a list of %(least)s to %(most)s entries."), title, least=least, most=LONGEST)
            return []
        entries = []
        for place, raw in enumerate(rows, start=1):
            if not isinstance(raw, dict):
                self.fault(_("%(where)s: each entry is a map."), f"{title} {place}")
                continue
            code = raw.get("code")
            known = isinstance(code, str) and entry.fields["code"].pattern.fullmatch(code)
            where = f"{title} {place} ({code})" if known else f"{title} {place}"
            entries.append((raw, self.fields(raw, entry, where, *also)))
        return entries

    def fields(self, raw: dict[Any, Any], entry: Entry, where: str, *also: str) -> dict[str, Any]:
        for name in sorted(str(name) for name in set(raw) - set(entry.fields) - set(also)):
            self.fault(_("%(where)s: “%(name)s” is not a field."), where, name=name[:60])
        return {name: self.value(raw.get(name), name, entry, where) for name in entry.fields}

    def value(self, value: Any, name: str, entry: Entry, where: str) -> Any:
        kind = entry.fields[name]
        if value is None or (entry.filled and isinstance(value, str) and is_blank(value)):
            if name not in entry.optional:
                self.fault(_("%(where)s: “%(name)s” is missing."), where, name=name)
            return () if isinstance(kind, list) else False if kind == FLAG else ""
        if kind == FLAG:
            if not isinstance(value, bool):
                self.fault(_("%(where)s: “%(name)s” is true or false."), where, name=name)
            return value is True
        if not isinstance(kind, list):
            return self.text(value, kind, name, entry.longest(name), where)
        if not isinstance(value, list) or len(value) > LONGEST:
            self.fault(_("%(where)s: “%(name)s” is a list of codes."), where, name=name)
            return ()
        return tuple(self.text(item, kind[0], name, entry.longest(name), where) for item in value)

    def text(self, value: Any, kind: Any, name: str, longest: int, where: str) -> str:
        text = tidy(value) if isinstance(value, str) else None
        if text is None or len(text) > longest:
            sentence = _("%(where)s: “%(name)s” is a text of at most %(most)s characters.")
            self.fault(sentence, where, name=name, most=longest)
            return ""
        if longest < PROSE:
            text = re.sub(r"[ \t\r\n]+", " ", text)
        if hidden := find_hidden(text):
            sentence = _("%(where)s: “%(name)s” has the invisible character [%(code)s]. Remove it.")
            self.fault(sentence, where, name=name, code=code_of(hidden[0]))
            return ""
        if isinstance(kind, Code) and not kind.pattern.fullmatch(text):
            self.fault(str(kind.sentence), where, value=text[:60])
        elif isinstance(kind, ChoicesType) and text not in kind.values:
            listed = ", ".join(kind.values)
            self.fault(_("%(where)s: “%(value)s” is not one of %(known)s."), where, value=text[:60], known=listed)
        return "" if is_blank(text) else text

    def fault(self, sentence: str, where: str, **about: Any) -> None:
        self.faults.append(sentence % {"where": where, **about})
