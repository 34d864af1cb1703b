"""The specification as DOCX, by python-docx; loaded when a DOCX is written."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from io import BytesIO
from itertools import count
from typing import Any

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from amoa.specification.content import Specification, name_parts
from core.templatetags.ui import paragraphs

type Parts = Sequence[tuple[str, bool]]


def write(specification: Specification, at: datetime, tell: Callable[[int], None]) -> bytes:
    """Write the specification with headings that make an outline; `tell` gets the number of entries written.

    Paragraphs are built here: those of the library look their style up by name, each time.
    """
    document = docx.Document()
    _set_up(document, specification, at)
    end = document.element.body.sectPr
    for style, parts in _iterate_paragraphs(specification, tell):
        end.addprevious(_build_paragraph(style, parts))
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _iterate_paragraphs(specification: Specification, tell: Callable[[int], None]) -> Iterator[tuple[str, Parts]]:
    """Yield the style of each paragraph and its (text, whether bold)."""
    names, done = name_parts(), count(1)
    yield "Title", [(f"{specification.heading} {specification.title}", False)]
    yield "Normal", [(specification.state, True)]
    yield from map(_write_fact, (*specification.facts, *specification.figures))
    for section in specification.sections:
        yield "Heading1", [(section.heading, False)]
        for entry in section.entries:
            yield "Heading2", [(f"{entry.code} {entry.title}", False)]
            yield from _write_text(entry.statement)
            if entry.criteria:
                yield "Heading3", [(names["criteria_label"], False)]
                for number, text in entry.criteria:
                    yield "Normal", [(f"{number}. {text}", False)]
            if entry.justification:
                yield "Heading3", [(names["justification_label"], False)]
                yield from _write_text(entry.justification)
            yield from map(_write_fact, entry.facts)
            tell(next(done))


def _write_fact(fact: tuple[str, object]) -> tuple[str, Parts]:
    label, value = fact
    return "NoSpacing", [(label, True), (f"\u2002{value}", False)]


def _write_text(text: str) -> Iterator[tuple[str, Parts]]:
    for listed, lines in paragraphs(text):
        if listed:
            yield from (("ListBullet", [(line, False)]) for line in lines)
        else:
            yield "Normal", [("\n".join(lines), False)]


def _build_paragraph(style: str, parts: Parts) -> Any:
    """Build the element of a paragraph; a line end is a break."""
    paragraph = OxmlElement("w:p")
    kind = OxmlElement("w:pStyle")
    kind.set(qn("w:val"), style)
    paragraph.get_or_add_pPr().append(kind)
    for text, bold in parts:
        run = OxmlElement("w:r")
        if bold:
            run.get_or_add_rPr().append(OxmlElement("w:b"))
        run.text = text
        paragraph.append(run)
    return paragraph


def _write_footer(paragraph: Any, specification: Specification) -> None:
    """Write code, baseline, state and the number of the page at the foot of each page."""
    baseline = " ".join(map(str, specification.facts[0]))
    run = paragraph.add_run(f"{specification.code} · {baseline} · {specification.state} · ")
    page = paragraph.add_run()
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        page._r.append(part)
    run.font.size = page.font.size = Pt(8)


def _set_up(document: Any, specification: Specification, at: datetime) -> None:
    """Set page, language and properties: those of the library are its author's."""
    properties = document.core_properties
    properties.author, properties.title = "Ouvrage", f"{specification.heading} {specification.title}"
    properties.comments, properties.language = "", specification.language
    properties.created = properties.modified = at.replace(tzinfo=None)
    properties.last_modified_by = ""
    for part in document.sections:
        part.page_width, part.page_height = Cm(21), Cm(29.7)
        part.left_margin = part.right_margin = Cm(2)
        if specification.mark:
            part.header.paragraphs[0].text = specification.mark
        _write_footer(part.footer.paragraphs[0], specification)
    style = document.styles["Normal"]
    style.font.size = Pt(10)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), specification.language)
    style.element.get_or_add_rPr().append(language)
