"""Read ReqIF files as a table: identifier, title, text, parent, and the other attributes.

Parsed here in one pass: the `reqif` package keeps the whole file as objects and needs four more packages. Its errors
and theirs would escape, and a document type would reach its parser. Default values are not filled in.
"""

import re
from dataclasses import dataclass, field
from sys import intern
from typing import IO

from django.utils.translation import gettext_lazy as _

from core.files.checks import NOT_WHAT_IT_SAYS, TOO_MUCH_INSIDE, open_archive
from core.tables.cells import clean
from core.tables.limits import (
    LARGEST_PART,
    MOST_COLUMNS,
    MOST_ROWS,
    TOO_MANY_COLUMNS,
    TOO_MANY_ROWS,
    check_cell,
    check_size,
    refusal,
)
from core.tables.markup import DEEPEST, scan_xml
from core.tables.tables import Table, unique

#: First columns of every ReqIF table, as the file format names its parts: never translated.
IDENTIFIER, TITLE, TEXT, PARENT, KIND = "Identifier", "Title", "Text", "Parent", "Type"
#: Attribute names that tools use for these columns, most certain first; in lower case.
IDENTIFIERS = ("reqif.foreignid", "identifier", "uid", "id", "identifiant", "object identifier", "requirement id")
TITLES = ("reqif.name", "reqif.chaptername", "title", "name", "titre", "object heading", "heading", "intitulé")
TEXTS = ("reqif.text", "text", "statement", "description", "texte", "object text", "énoncé")
#: Block elements of XHTML, and those with an empty line around them.
LINES = {"div", "li", "tr", "table", "ul", "ol", "dl", "dt", "dd"}
PARAGRAPHS = {"p", "pre", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"}
#: Markers of block edges: characters that XML cannot contain.
LINE, PARAGRAPH, BREAK, WRAP = "\0", "\1", "\2", "\3"
EDGES, BREAKS = re.compile("[ \3\0\1]*[\0\1][ \3\0\1]*"), re.compile("[ \3]*\2\3*")
WRAPPED = re.compile(r"[ \t]*[\r\n][ \t\r\n]*")
#: This tool writes Python escapes into its strings.
ESCAPING_TOOL = "strictdoc"
ESCAPE = re.compile(r"\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|[nrt\\])")

NO_OBJECTS = _("This file contains no requirement. Export it again from the tool you keep them in.")
SEVERAL = _("This archive must contain exactly one .reqif file. Send the file to import by itself.")
TOO_DEEP = _("This file is nested too deeply to be a list of requirements. Export it again.")


@dataclass
class _Object:
    """A SPEC-OBJECT with unresolved references."""

    title: str
    text: str
    kind: str = ""
    values: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class _Place:
    """A SPEC-HIERARCHY: its object and its parent node."""

    above: "_Place | None"
    key: str = ""


def read_reqifz(content: bytes) -> Table:
    """Read the only .reqif file of an archive. Raises ValidationError."""
    with open_archive(content) as archive:
        parts = [part for part in archive.infolist() if part.filename.lower().endswith(".reqif")]
        if len(parts) != 1:
            raise refusal(SEVERAL, "content")
        if parts[0].file_size > LARGEST_PART:
            raise refusal(TOO_MUCH_INSIDE, "bomb")
        with archive.open(parts[0]) as part:
            return read_reqif(part)


def read_reqif(content: bytes | IO[bytes]) -> Table:
    """Read a ReqIF file, in the order of its specifications. Raises ValidationError."""
    known = _Reader()
    scan_xml(content, start=known.start, end=known.end, text=known.handle_text, only_utf8=False)
    if not known.objects:
        raise refusal(NO_OBJECTS, "empty")
    return _table(known)


class _Reader:
    """Collect the objects and names of a file in one pass. Size limits are checked while reading."""

    def __init__(self) -> None:
        self.objects: dict[str, _Object] = {}
        #: Long names by identifier: of attributes, enumeration values and object types.
        self.names: dict[str, str] = {}
        self.labels: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        self.places: list[_Place] = []
        self._object: _Object | None = None
        self._place: _Place | None = None
        self._definition = ""
        self._said: list[str] = []
        self._parts: list[str] | None = None
        self._depth = self._characters = self._xhtml = self._pre = 0
        self._escaped = False

    def parents(self) -> dict[str, str]:
        """Map each placed object to its parent ("" at the top), in order; a second placement is ignored."""
        parents: dict[str, str] = {}
        for place in self.places:
            above = place.above
            while above and not above.key:
                above = above.above
            if place.key:
                parents.setdefault(place.key, above.key if above else "")
        return parents

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Handle the start of an element."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise refusal(TOO_DEEP, "damaged")
        if self._depth == 1 and name != "REQ-IF":
            raise refusal(NOT_WHAT_IT_SAYS, "content", extension="reqif")
        if self._xhtml:
            self._mark_edge(name, begins=True)
        elif name.endswith("-REF") or name == "REQ-IF-TOOL-ID":
            self._parts = []
        elif name == "SPEC-OBJECT":
            self._begin_object(attributes)
        elif name == "SPEC-HIERARCHY":
            self._place = _Place(self._place)
            self.places.append(self._place)
        elif self._object and name.startswith("ATTRIBUTE-VALUE-"):
            self._definition = ""
            self._said = [attributes["THE-VALUE"]] if "THE-VALUE" in attributes else []
        elif self._object and name in {"THE-VALUE", "THE-ORIGINAL-VALUE"}:
            self._xhtml, self._pre, self._parts = self._depth, 0, []
        else:
            self._store_name(name, attributes)

    def handle_text(self, text: str) -> None:
        """Handle text; keep it when it is a reference or a part of XHTML."""
        if self._parts is not None:
            wrapped = self._xhtml and not self._pre and ("\n" in text or "\r" in text)
            self._parts.append(WRAPPED.sub(WRAP, text) if wrapped else text)

    def end(self, name: str) -> None:
        """Handle the end of an element."""
        if self._xhtml == self._depth:
            if name == "THE-VALUE":
                self._said.append(_lay_out("".join(self._parts or [])))
            self._xhtml, self._parts = 0, None
        elif self._xhtml:
            self._mark_edge(name, begins=False)
        elif self._parts is not None:
            self._store_reference(name, "".join(self._parts).strip())
            self._parts = None
        elif name == "SPEC-OBJECT":
            self._object = None
        elif name == "SPEC-HIERARCHY":
            self._place = self._place and self._place.above
        elif self._object and name.startswith("ATTRIBUTE-VALUE-"):
            self._store_value(name)
        self._depth -= 1

    def _begin_object(self, attributes: dict[str, str]) -> None:
        if len(self.objects) == MOST_ROWS:
            raise refusal(TOO_MANY_ROWS, "rows", most=MOST_ROWS)
        self._object = _Object(clean(attributes.get("LONG-NAME", "")), clean(attributes.get("DESC", "")))
        self.objects[attributes.get("IDENTIFIER", "")] = self._object

    def _store_name(self, name: str, attributes: dict[str, str]) -> None:
        """Store the long name of an element that values refer to."""
        if name == "SPEC-OBJECT-TYPE":
            names = self.kinds
        elif name == "ENUM-VALUE":
            names = self.labels
        elif name.startswith("ATTRIBUTE-DEFINITION-"):
            names = self.names
        else:
            return
        key = attributes.get("IDENTIFIER", "")
        names[key] = clean(attributes.get("LONG-NAME", "")) or clean(key)

    def _store_reference(self, name: str, key: str) -> None:
        """Store a reference of an object or a node, or the name of the tool."""
        if name == "REQ-IF-TOOL-ID":
            self._escaped = key.casefold() == ESCAPING_TOOL
        elif name == "SPEC-OBJECT-REF" and self._place:
            self._place.key = key
        elif not self._object:
            return
        elif name == "SPEC-OBJECT-TYPE-REF":
            self._object.kind = key
        elif name == "ENUM-VALUE-REF":
            self._said.append(key)
        elif name.startswith("ATTRIBUTE-DEFINITION-"):
            self._definition = intern(key)

    def _store_value(self, name: str) -> None:
        """Store a complete value."""
        texts = self._said
        if name == "ATTRIBUTE-VALUE-STRING" and self._escaped:
            texts = [ESCAPE.sub(_unescape, text) if text.isascii() else text for text in texts]
        self._characters += sum(map(len, texts))
        check_size(0, 0, self._characters)
        if self._object:
            self._object.values.setdefault(self._definition, []).extend(texts)

    def _mark_edge(self, name: str, *, begins: bool) -> None:
        """Mark the edges of an XHTML block, its breaks and its items."""
        parts = self._parts if self._parts is not None else []
        if name in PARAGRAPHS:
            parts.append(PARAGRAPH)
        elif name in LINES:
            parts.append(LINE)
        if name == "pre":
            self._pre += 1 if begins else -1
        elif begins and name == "br":
            parts.append(BREAK)
        elif begins and name == "li":
            parts.append("- ")


def _lay_out(text: str) -> str:
    """Return XHTML with marked edges as lines and paragraphs, without the wrapping of the tool."""
    text = EDGES.sub(lambda edge: "\n\n" if PARAGRAPH in edge[0] else "\n", text)
    return BREAKS.sub("\n", text).replace(WRAP, " ")


def _unescape(escape: re.Match[str]) -> str:
    return escape[0].encode("ascii").decode("unicode_escape")


def _table(known: _Reader) -> Table:
    parents = known.parents()
    order = [key for key in parents if key in known.objects]
    placed = set(order)
    order += [key for key in known.objects if key not in placed]
    attributes = {key: _attributes(known.objects[key], known) for key in order}
    given = {name for values in attributes.values() for name in values}
    names = [name for name in dict.fromkeys(known.names.values()) if name in given]
    if len(names) > MOST_COLUMNS:
        raise refusal(TOO_MANY_COLUMNS, "columns", most=MOST_COLUMNS)
    first = {key: _first(attributes[key], known.objects[key], key) for key in order}
    used = {name for _cells, taken in first.values() for name in taken}
    others = [name for name in names if name not in used or _has_more(name, attributes, first)]
    kinds = {known.kinds.get(item.kind, "") for item in known.objects.values()}
    rows = []
    for key in order:
        (identifier, title, text), taken = first[key]
        parent = parents.get(key, "")
        above = first[parent][0][0] if parent in first else ""
        rows.append(
            [identifier, title, text, above, *("" if n in taken else attributes[key].get(n, "") for n in others)]
        )
        if len(kinds) > 1:
            rows[-1].append(known.kinds.get(known.objects[key].kind, ""))
    header = unique([IDENTIFIER, TITLE, TEXT, PARENT, *others, *([KIND] if len(kinds) > 1 else [])])
    check_size(len(rows), len(header))
    for line, row in enumerate(rows, 1):
        for name, cell in zip(header, row, strict=True):
            check_cell(len(cell), f"{name} {line}")
    return Table(kind="reqif", header=header, rows=rows, lines=list(range(1, len(rows) + 1)))


def _attributes(item: _Object, known: _Reader) -> dict[str, str]:
    """Return the values of an object by attribute name."""
    values: dict[str, str] = {}
    for key, value in item.values.items():
        text = clean("; ".join(known.labels.get(part, part) for part in value))
        name = known.names.get(key, "")
        if text and name:
            values[name] = f"{values[name]}\n{text}" if name in values else text
    return values


def _first(values: dict[str, str], item: _Object, key: str) -> tuple[list[str], set[str]]:
    """Return identifier, title and text of an object, and the attribute names they come from."""
    by_name = {name.casefold(): name for name in values}
    cells, taken = [], set()
    for names, otherwise in ((IDENTIFIERS, key), (TITLES, item.title), (TEXTS, item.text)):
        name = next((by_name[name] for name in names if name in by_name), "")
        cells.append(values[name] if name else otherwise)
        taken |= {name} - {""}
    return cells, taken


def _has_more(name: str, attributes: dict[str, dict[str, str]], first: dict[str, tuple[list[str], set[str]]]) -> bool:
    """Return whether an object has a value of this name besides its identifier, title and text."""
    return any(name in values and name not in first[key][1] for key, values in attributes.items())
