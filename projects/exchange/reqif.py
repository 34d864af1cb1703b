"""Requirements from tools that speak ReqIF, as a table: identifier, title, text, parent, and whatever else they have.

Read with the standard library: the `reqif` package holds a whole file in memory as objects, needs four more packages,
and lets errors of its own and of theirs through; a document type is refused before either would see it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from xml.etree import ElementTree

from django.utils.translation import gettext_lazy as _

from projects.documents.files import DAMAGED, NOT_WHAT_IT_SAYS, TOO_MUCH_INSIDE, opened_archive
from projects.exchange.cells import clean
from projects.exchange.limits import (
    LARGEST_PART,
    MOST_COLUMNS,
    MOST_ROWS,
    TOO_MANY_COLUMNS,
    TOO_MANY_ROWS,
    check_cell,
    check_size,
    refusal,
)  # fmt: skip
from projects.exchange.markup import DEEPEST, look_through
from projects.exchange.tables import Table, unique

#: The first columns of every table read from ReqIF, as the file format names its parts: never translated.
IDENTIFIER, TITLE, TEXT, PARENT, KIND = "Identifier", "Title", "Text", "Parent", "Type"
#: Names by which tools call these, most certain first; in lower case.
IDENTIFIERS = ("reqif.foreignid", "identifier", "uid", "id", "identifiant", "object identifier", "requirement id")
TITLES = ("reqif.name", "reqif.chaptername", "title", "name", "titre", "object heading", "heading", "intitulé")
TEXTS = ("reqif.text", "text", "statement", "description", "texte", "object text", "énoncé")
#: Elements of XHTML that stand on lines of their own, and those with an empty line around them.
LINES = {"div", "li", "tr", "table", "ul", "ol", "dl", "dt", "dd"}
PARAGRAPHS = {"p", "pre", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"}
#: Marks of their edges, which no XML can hold.
LINE, PARAGRAPH, BREAK, WRAP = "\0", "\1", "\2", "\3"
EDGES, BREAKS = re.compile("[ \3\0\1]*[\0\1][ \3\0\1]*"), re.compile("[ \3]*\2\3*")
WRAPPED = re.compile(r"[ \t]*[\r\n][ \t\r\n]*")
#: This tool writes Python's escapes into its strings.
ESCAPING_TOOL = "strictdoc"
ESCAPE = re.compile(r"\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|[nrt\\])")

NO_OBJECTS = _("This file holds no requirement. Export it again from the tool that holds them.")
SEVERAL = _("This archive must hold exactly one .reqif file. Send the file to import by itself.")
TOO_DEEP = _("This file is nested too deeply to be a list of requirements. Export it again.")


@dataclass
class _Object:
    """A SPEC-OBJECT as it was written: references are not followed yet."""

    title: str
    text: str
    kind: str
    values: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class _Known:
    """What the values of objects refer to, by identifier."""

    objects: dict[str, _Object] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    escaped: bool = False


def read_reqifz(content: bytes) -> Table:
    """The table in the one .reqif file of an archive. Raises ValidationError."""
    with opened_archive(content) as archive:
        found = [part for part in archive.infolist() if part.filename.lower().endswith(".reqif")]
        if len(found) != 1:
            raise refusal(SEVERAL, "content")
        if found[0].file_size > LARGEST_PART:
            raise refusal(TOO_MUCH_INSIDE, "bomb")
        with archive.open(found[0]) as part:
            inside = part.read(LARGEST_PART)
    return read_reqif(inside)


def read_reqif(content: bytes) -> Table:
    """The table in a ReqIF file: the order is that of its specifications. Raises ValidationError."""
    _check(content)
    known = _Known()
    try:
        _collect(content, known)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise refusal(DAMAGED, "damaged") from error
    if not known.objects:
        raise refusal(NO_OBJECTS, "empty")
    return _table(known)


def _check(content: bytes) -> None:
    """Refuse what is no ReqIF, or larger or deeper than one may be, before it is read."""
    depth = objects = 0
    root = ""

    def start(name: str, _told: dict[str, str]) -> None:
        nonlocal depth, objects, root
        root = root or name
        depth += 1
        objects += name == "SPEC-OBJECT"
        if depth > DEEPEST:
            raise refusal(TOO_DEEP, "damaged")
        if objects > MOST_ROWS:
            raise refusal(TOO_MANY_ROWS, "rows", most=MOST_ROWS)

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    look_through(content, start=start, end=end, only_utf8=False)
    if root != "REQ-IF":
        raise refusal(NOT_WHAT_IT_SAYS, "content", extension="reqif")


def _collect(content: bytes, known: _Known) -> None:
    # A document type was refused above, so there is no entity left to expand or to fetch.
    characters = 0
    for _event, node in ElementTree.iterparse(BytesIO(content), ["end"]):  # noqa: S314
        name = _name(node)
        if name == "SPEC-OBJECT":
            known.objects[node.get("IDENTIFIER", "")] = told = _object(node, known.escaped)
            characters += sum(len(text) for texts in told.values.values() for text in texts)
            check_size(0, 0, characters)
        elif name == "SPEC-OBJECT-TYPE":
            known.kinds[node.get("IDENTIFIER", "")] = node.get("LONG-NAME", "")
        elif name.startswith("ATTRIBUTE-DEFINITION-") and node.get("IDENTIFIER"):
            known.names[node.get("IDENTIFIER", "")] = clean(node.get("LONG-NAME", "") or node.get("IDENTIFIER", ""))
        elif name == "ENUM-VALUE":
            known.labels[node.get("IDENTIFIER", "")] = clean(node.get("LONG-NAME", "") or node.get("IDENTIFIER", ""))
        elif name == "REQ-IF-TOOL-ID":
            known.escaped = (node.text or "").strip().casefold() == ESCAPING_TOOL
        elif name == "SPECIFICATION":
            known.parents = _parents(node, known.parents)
        else:
            continue
        node.clear()


def _name(node: ElementTree.Element) -> str:
    return node.tag.rpartition("}")[2]


def _object(node: ElementTree.Element, escaped: bool) -> _Object:
    kind = next((ref.text or "" for part in _under(node, "TYPE") for ref in part), "")
    told = _Object(clean(node.get("LONG-NAME", "")), clean(node.get("DESC", "")), kind.strip())
    for values in _under(node, "VALUES"):
        for value in values:
            refs = [ref.text or "" for part in _under(value, "DEFINITION") for ref in part]
            if refs:
                told.values.setdefault(refs[0].strip(), []).extend(_said(value, escaped))
    return told


def _under(node: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [part for part in node if _name(part) == name]


def _said(value: ElementTree.Element, escaped: bool) -> list[str]:
    """What a value says: the references of an enumeration, the plain text of XHTML, or the value itself."""
    kind = _name(value)
    if kind == "ATTRIBUTE-VALUE-ENUMERATION":
        return [(ref.text or "").strip() for part in _under(value, "VALUES") for ref in part]
    if kind == "ATTRIBUTE-VALUE-XHTML":
        return [_xhtml(part) for part in _under(value, "THE-VALUE")]
    told = value.get("THE-VALUE", "")
    return [ESCAPE.sub(_unescaped, told) if escaped and told.isascii() else told]


def _unescaped(escape: re.Match[str]) -> str:
    return escape[0].encode("ascii").decode("unicode_escape")


def _xhtml(node: ElementTree.Element) -> str:
    """The text of XHTML: lines and paragraphs of its blocks, whatever way the tool wrapped and indented them."""
    text = "".join(_plain(node))
    text = EDGES.sub(lambda edge: "\n\n" if PARAGRAPH in edge[0] else "\n", text)
    return BREAKS.sub("\n", text).replace(WRAP, " ")


def _plain(node: ElementTree.Element) -> Iterator[str]:
    name = _name(node)
    edge = PARAGRAPH if name in PARAGRAPHS else LINE if name in LINES else ""
    yield edge
    if name == "br":
        yield BREAK
    if name == "li":
        yield "- "
    for part in (node.text, *node):
        if isinstance(part, ElementTree.Element):
            yield from _plain(part)
            part = part.tail
        yield (part or "") if name == "pre" else WRAPPED.sub(WRAP, part or "")
    yield edge


def _parents(specification: ElementTree.Element, known: dict[str, str]) -> dict[str, str]:
    """Each object of a specification with its parent ("" at the top), in order; a second place is left out."""
    parents = dict(known)
    waiting = [(part, "") for part in reversed(_children(specification))]
    while waiting:
        node, parent = waiting.pop()
        refs = [ref.text or "" for part in _under(node, "OBJECT") for ref in part]
        place = refs[0].strip() if refs else ""
        if place:
            parents.setdefault(place, parent)
        waiting += [(part, place or parent) for part in reversed(_children(node))]
    return parents


def _children(node: ElementTree.Element) -> list[ElementTree.Element]:
    return [part for group in _under(node, "CHILDREN") for part in group if _name(part) == "SPEC-HIERARCHY"]


def _table(known: _Known) -> Table:
    order = [key for key in known.parents if key in known.objects]
    placed = set(order)
    order += [key for key in known.objects if key not in placed]
    told = {key: _attributes(known.objects[key], known) for key in order}
    given = {name for values in told.values() for name in values}
    names = [name for name in dict.fromkeys(known.names.values()) if name in given]
    if len(names) > MOST_COLUMNS:
        raise refusal(TOO_MANY_COLUMNS, "columns", most=MOST_COLUMNS)
    first = {key: _first(told[key], known.objects[key], key) for key in order}
    used = {name for _cells, taken in first.values() for name in taken}
    others = [name for name in names if name not in used or _more(name, told, first)]
    kinds = {known.kinds.get(one.kind, "") for one in known.objects.values()}
    rows = []
    for key in order:
        (identifier, title, text), taken = first[key]
        parent = known.parents.get(key, "")
        above = first[parent][0][0] if parent in first else ""
        rows.append([identifier, title, text, above, *("" if n in taken else told[key].get(n, "") for n in others)])
        if len(kinds) > 1:
            rows[-1].append(known.kinds.get(known.objects[key].kind, ""))
    header = unique([IDENTIFIER, TITLE, TEXT, PARENT, *others, *([KIND] if len(kinds) > 1 else [])])
    check_size(len(rows), len(header))
    for line, row in enumerate(rows, 1):
        for name, cell in zip(header, row, strict=True):
            check_cell(len(cell), f"{name} {line}")
    return Table(kind="reqif", header=header, rows=rows, lines=list(range(1, len(rows) + 1)))


def _attributes(one: _Object, known: _Known) -> dict[str, str]:
    """The values of an object by the names of their definitions."""
    values: dict[str, str] = {}
    for key, said in one.values.items():
        text = clean("; ".join(known.labels.get(part, part) for part in said))
        name = known.names.get(key, "")
        if text and name:
            values[name] = f"{values[name]}\n{text}" if name in values else text
    return values


def _first(values: dict[str, str], one: _Object, key: str) -> tuple[list[str], set[str]]:
    """Identifier, title and text of an object, and the names of the attributes they were taken from."""
    by_name = {name.casefold(): name for name in values}
    cells, taken = [], set()
    for names, otherwise in ((IDENTIFIERS, key), (TITLES, one.title), (TEXTS, one.text)):
        name = next((by_name[name] for name in names if name in by_name), "")
        cells.append(values[name] if name else otherwise)
        taken |= {name} - {""}
    return cells, taken


def _more(name: str, told: dict[str, dict[str, str]], first: dict[str, tuple[list[str], set[str]]]) -> bool:
    """Whether some object says more by this name, not taken as its identifier, title or text."""
    return any(name in values and name not in first[key][1] for key, values in told.items())
