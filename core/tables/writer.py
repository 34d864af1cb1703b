"""Write tables as CSV, XLSX and ReqIF. No cell becomes a formula or hides a character; reading gives the text back."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO, StringIO
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape, quoteattr

from django.utils.translation import gettext as _

from core.files.limits import count_file
from core.tables.cells import clean, escape_formula
from core.tables.limits import LONGEST_CELL
from core.words.characters import reveal

#: Characters and length that the name of a sheet excludes.
NO_SHEET_NAME, LONGEST_SHEET_NAME = "[]:*?/\\'", 31
#: Maximum length of a workbook property.
LONGEST_PROPERTY = 255
#: Default width of a column, in characters.
WIDTH = 20
NAMESPACE = "http://www.omg.org/spec/ReqIF/20110401/reqif.xsd"
#: Separator of paragraphs: one empty line; more are kept as they are.
PARAGRAPHS = re.compile(r"(?<!\n)\n\n(?!\n)")
XHTML = "http://www.w3.org/1999/xhtml"


@dataclass(frozen=True)
class Item:
    """A requirement to export; `parent` is the identifier of another one, `others` are further attributes."""

    identifier: str
    title: str
    text: str = ""
    parent: str = ""
    others: Mapping[str, str] = field(default_factory=dict)


def as_csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Write CSV, UTF-8 with a byte order mark; cells that look like a formula begin with an apostrophe."""
    out = StringIO(newline="")
    csv.writer(out).writerows([escape_formula(reveal(cell)) for cell in row] for row in (head, *rows))
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(
    title: str,
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    widths: Sequence[int] = (),
    about: Sequence[Sequence[str]] = (),
    name: str = "",
    created: datetime | None = None,
    frozen: int = 0,
) -> bytes:
    """Write a workbook with a sheet called `title` and, with `about` (names and values), a sheet that describes it.

    The header and the first `frozen` columns stay in view; every cell is text. `name` is the title of the workbook.
    With `created`, the same rows give the same bytes. It counts for the reader of the page (`core.files.limits`).
    """
    count_file()
    import xlsxwriter  # here: it takes 12 MiB, and few processes ever write a workbook

    out = BytesIO()
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, {"in_memory": True, **safe}) as book:
        properties = {"title": (name or title)[:LONGEST_PROPERTY]}
        book.set_properties({**properties, **({"created": created.replace(tzinfo=None)} if created else {})})
        strong = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        plain = book.add_format({"text_wrap": True, "valign": "top"})
        page = book.add_worksheet(_sheet_name(title))
        _lay_out(page, len(head), widths, frozen)
        _write(page, 0, head, strong)
        last = 0
        for last, row in enumerate(rows, 1):
            _write(page, last, row, plain)
        page.autofilter(0, 0, last, max(len(head) - 1, 0))
        if about:
            _write_about(book.add_worksheet(_sheet_name(_("About"), beside=page.name)), about, plain)
    return out.getvalue()


def _lay_out(page: Any, columns: int, widths: Sequence[int], frozen: int) -> None:
    """Set up A4 landscape, one page wide, with the header on every page."""
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.freeze_panes(1, frozen)
    for column in range(columns):
        page.set_column(column, column, widths[column] if column < len(widths) else WIDTH)


def _write(page: Any, number: int, row: Sequence[str], look: Any) -> None:
    for column, cell in enumerate(row):
        page.write_string(number, column, reveal(cell)[:LONGEST_CELL], look)


def _write_about(page: Any, about: Sequence[Sequence[str]], plain: Any) -> None:
    page.set_column(0, 0, 18)
    page.set_column(1, 1, 80)
    for number, row in enumerate(about):
        _write(page, number, row, plain)


def _sheet_name(name: str, *, beside: str = "") -> str:
    """Return a valid sheet name that differs from `beside`, ignoring case."""
    clean = name.translate(dict.fromkeys(map(ord, NO_SHEET_NAME)))[:LONGEST_SHEET_NAME].strip() or "1"
    return f"{clean} (2)" if clean.casefold() == beside.casefold() else clean


def as_reqif(code: str, title: str, items: Iterable[Item], *, at: datetime) -> bytes:
    """Write ReqIF 1.2: one specification of the requirements, those without a known parent at its top.

    Texts are XHTML and identifiers strings, which every tool reads with lines and accents. An object has the same
    identifier in every file, made of the project's `code` and its own identifier.
    """
    listed = list(items)
    names = list(dict.fromkeys(name for item in listed for name in item.others))
    day = at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    body = _Body(code, day, names)
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<REQ-IF xmlns="{NAMESPACE}" xmlns:xhtml="{XHTML}">',
        f'<THE-HEADER><REQ-IF-HEADER IDENTIFIER="{body.key("header")}">',
        f"<CREATION-TIME>{day}</CREATION-TIME><REQ-IF-TOOL-ID>Ouvrage</REQ-IF-TOOL-ID>",
        "<REQ-IF-VERSION>1.0</REQ-IF-VERSION><SOURCE-TOOL-ID>Ouvrage</SOURCE-TOOL-ID>",
        f"<TITLE>{_text(title)}</TITLE></REQ-IF-HEADER></THE-HEADER>",
        "<CORE-CONTENT><REQ-IF-CONTENT>",
        *body.types(),
        "<SPEC-OBJECTS>",
        *(body.object(item) for item in listed),
        "</SPEC-OBJECTS>",
        "<SPECIFICATIONS>",
        *body.specification(title, listed),
        "</SPECIFICATIONS>",
        "</REQ-IF-CONTENT></CORE-CONTENT></REQ-IF>",
    ]
    return "\n".join(out).encode()


def _text(text: str) -> str:
    return escape(reveal(clean(text)))


def _paragraphs(text: str) -> str:
    """Return `text` as XHTML: a new paragraph after each empty line. Line ends serve tools that ignore breaks."""
    paragraphs = PARAGRAPHS.split(_text(text))
    body = "".join(f"<xhtml:p>{paragraph.replace('\n', '\n<xhtml:br/>')}</xhtml:p>" for paragraph in paragraphs)
    return f"<xhtml:div>{body}</xhtml:div>"


@dataclass(frozen=True)
class _Body:
    """The parts of a ReqIF file; identifiers are derived from names."""

    code: str
    day: str
    others: list[str]

    FOREIGN_ID, NAME, TEXT = "ReqIF.ForeignID", "ReqIF.Name", "ReqIF.Text"

    def key(self, kind: str, name: str = "") -> str:
        """Return a deterministic identifier that is a valid XML name."""
        return f"_{uuid5(NAMESPACE_URL, chr(31).join(('ouvrage', self.code, kind, name)))}"

    def tag(self, name: str, key: str, **attributes: str) -> str:
        """Return the open start tag of an element with an identifier and a day, without its closing sign."""
        attributes = {
            "IDENTIFIER": key,
            "LAST-CHANGE": self.day,
            **{n.replace("_", "-"): v for n, v in attributes.items()},
        }
        return f"<{name} " + " ".join(f"{n}={quoteattr(v, LINES)}" for n, v in attributes.items())

    def types(self) -> list[str]:
        """Return the types of values, of requirements with their attributes, and of the specification."""
        string, xhtml = self.key("type", "string"), self.key("type", "xhtml")
        attributes = [self._attribute("STRING", string, self.FOREIGN_ID)]
        attributes += [self._attribute("XHTML", xhtml, name) for name in (self.NAME, self.TEXT, *self.others)]
        return [
            "<DATATYPES>",
            self.tag("DATATYPE-DEFINITION-STRING", string, LONG_NAME="String", MAX_LENGTH=str(LONGEST_CELL)) + "/>",
            self.tag("DATATYPE-DEFINITION-XHTML", xhtml, LONG_NAME="XHTML") + "/>",
            "</DATATYPES>",
            "<SPEC-TYPES>",
            self.tag("SPEC-OBJECT-TYPE", self.key("type", "requirement"), LONG_NAME="REQUIREMENT") + ">",
            "<SPEC-ATTRIBUTES>",
            *attributes,
            "</SPEC-ATTRIBUTES>",
            "</SPEC-OBJECT-TYPE>",
            self.tag("SPECIFICATION-TYPE", self.key("type", "specification"), LONG_NAME="Specification") + "/>",
            "</SPEC-TYPES>",
        ]

    def _attribute(self, kind: str, datatype: str, name: str) -> str:
        ref = f"DATATYPE-DEFINITION-{kind}-REF"
        begin = self.tag(f"ATTRIBUTE-DEFINITION-{kind}", self.key("attribute", name), LONG_NAME=name)
        return f"{begin}><TYPE><{ref}>{datatype}</{ref}></TYPE></ATTRIBUTE-DEFINITION-{kind}>"

    def object(self, item: Item) -> str:
        """Return a requirement with its non-empty attributes."""
        ref = f"<TYPE><SPEC-OBJECT-TYPE-REF>{self.key('type', 'requirement')}</SPEC-OBJECT-TYPE-REF></TYPE>"
        definition = self._definition("STRING", self.FOREIGN_ID)
        identifier = quoteattr(reveal(clean(item.identifier)), LINES)
        values = [f"<ATTRIBUTE-VALUE-STRING THE-VALUE={identifier}>{definition}</ATTRIBUTE-VALUE-STRING>"]
        for name, text in {self.NAME: item.title, self.TEXT: item.text, **item.others}.items():
            if text:
                values.append(
                    f"<ATTRIBUTE-VALUE-XHTML>{self._definition('XHTML', name)}"
                    f"<THE-VALUE>{_paragraphs(text)}</THE-VALUE></ATTRIBUTE-VALUE-XHTML>"
                )
        begin = self.tag("SPEC-OBJECT", self.key("object", item.identifier))
        return f"{begin}>{ref}<VALUES>{''.join(values)}</VALUES></SPEC-OBJECT>"

    def _definition(self, kind: str, name: str) -> str:
        ref = f"ATTRIBUTE-DEFINITION-{kind}-REF"
        return f"<DEFINITION><{ref}>{self.key('attribute', name)}</{ref}></DEFINITION>"

    def specification(self, title: str, items: list[Item]) -> list[str]:
        """Return the tree of the requirements in their order; parents in a cycle are ignored."""
        known = {item.identifier: item for item in items}
        below: dict[str, list[Item]] = {}
        for item in items:
            below.setdefault(item.parent if _leads_up(item, known) else "", []).append(item)
        ref = f"<SPECIFICATION-TYPE-REF>{self.key('type', 'specification')}</SPECIFICATION-TYPE-REF>"
        begin = self.tag("SPECIFICATION", self.key("specification"), LONG_NAME=reveal(clean(title)))
        out = [f"{begin}><TYPE>{ref}</TYPE>", "<CHILDREN>"]
        waiting: list[Item | str] = list(reversed(below.get("", [])))
        while waiting:
            next_one = waiting.pop()
            if isinstance(next_one, str):
                out.append(next_one)
                continue
            item = next_one
            out.append(self.tag("SPEC-HIERARCHY", self.key("place", item.identifier)) + ">")
            out.append(f"<OBJECT><SPEC-OBJECT-REF>{self.key('object', item.identifier)}</SPEC-OBJECT-REF></OBJECT>")
            waiting.append("</SPEC-HIERARCHY>")
            held = below.get(item.identifier, [])
            if held:
                out.append("<CHILDREN>")
                waiting += ["</CHILDREN>", *reversed(held)]
        return [*out, "</CHILDREN>", "</SPECIFICATION>"]


#: XML reads raw line ends in an attribute as spaces.
LINES = {"\n": "&#10;", "\t": "&#9;"}


def _leads_up(item: Item, known: Mapping[str, Item]) -> bool:
    """Return whether `item` has a known parent and no cycle above it."""
    seen, above = {item.identifier}, item.parent
    while above in known:
        if above in seen:
            return False
        seen.add(above)
        above = known[above].parent
    return item.parent in known
