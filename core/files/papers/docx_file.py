"""Documents as DOCX, by python-docx; loaded when a DOCX is written."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

import docx
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from core.files.papers.content import Paper, Part, Table
from core.templatetags.ui import paragraphs
from core.words.characters import reveal

type Parts = Sequence[tuple[str, bool]]


def write(paper: Paper, at: datetime) -> bytes:
    """Write the paper as DOCX, with headings that make an outline."""
    document = docx.Document()
    set_up(document, name=paper.name, language=get_language() or "en", at=at, mark=paper.mark, is_wide=paper.is_wide)
    write_footer(document, f"{paper.foot} · ")
    end = document.element.body.sectPr
    end.addprevious(build_paragraph("Title", [(paper.name, False)]))
    end.addprevious(build_paragraph("Normal", [(paper.state, True)]))
    end.addprevious(build_paragraph("NoSpacing", [(f"{paper.code} · {paper.printed}", False)]))
    for part in paper.parts:
        for style, texts in _iterate_paragraphs(part):
            end.addprevious(build_paragraph(style, texts))
        if part.table:
            _write_table(document, part.table)
    return save(document)


def save(document: Any) -> bytes:
    """Return the file of a document."""
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _iterate_paragraphs(part: Part) -> Iterator[tuple[str, Parts]]:
    if part.heading:
        yield "Heading1", [(part.heading, False)]
    for line in part.lines:
        yield "NoSpacing", [(line.label, True), (f"\u2002{line.text}", False)]
        yield from write_text(line.words)


def _write_table(document: Any, table: Table) -> None:
    """Write a table whose head is repeated on each page."""
    grid = document.add_table(rows=1, cols=len(table.head), style="Table Grid")
    head = grid.rows[0]
    repeated = OxmlElement("w:tblHeader")
    head._tr.get_or_add_trPr().append(repeated)
    for place, name in enumerate(table.head):
        head.cells[place].paragraphs[0].add_run(reveal(name)).bold = True
    for row in table.rows:
        built = OxmlElement("w:tr")
        for cell in row:
            box = OxmlElement("w:tc")
            box.append(build_paragraph("NoSpacing", [(cell, False)]))
            built.append(box)
        grid._tbl.append(built)


def write_text(text: str) -> Iterator[tuple[str, Parts]]:
    """Yield the paragraphs of a text, and those of its lists."""
    for listed, lines in paragraphs(text):
        if listed:
            yield from (("ListBullet", [(line, False)]) for line in lines)
        else:
            yield "Normal", [("\n".join(lines), False)]


def build_paragraph(style: str, parts: Parts) -> Any:
    """Build the element of a paragraph; a line end is a break. Those of the library look their style up each time."""
    paragraph = OxmlElement("w:p")
    kind = OxmlElement("w:pStyle")
    kind.set(qn("w:val"), style)
    paragraph.get_or_add_pPr().append(kind)
    for text, bold in parts:
        run = OxmlElement("w:r")
        if bold:
            run.get_or_add_rPr().append(OxmlElement("w:b"))
        run.text = reveal(text)
        paragraph.append(run)
    return paragraph


def write_footer(document: Any, words: str) -> None:
    """Write these words and the number of the page, of how many, at the foot of each page."""
    of = _("Page %(page)s of %(pages)s").replace("%(pages)s", "%(page)s").split("%(page)s")
    for part in document.sections:
        paragraph = part.footer.paragraphs[0]
        paragraph.add_run(reveal(words) + of[0]).font.size = Pt(8)
        for field, text in (("PAGE", of[1]), ("NUMPAGES", of[2])):
            _write_field(paragraph, field)
            paragraph.add_run(text).font.size = Pt(8)


def _write_field(paragraph: Any, name: str) -> None:
    run = paragraph.add_run()
    run.font.size = Pt(8)
    for kind, text in (("begin", ""), ("", name), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._r.append(part)


def set_up(document: Any, *, name: str, language: str, at: datetime, mark: str = "", is_wide: bool = False) -> None:
    """Set page, language and properties: those of the library are its author's. `mark` stands in each header."""
    properties = document.core_properties
    properties.author, properties.title = "Ouvrage", name[:255]
    properties.comments, properties.language = "", language
    properties.created = properties.modified = at.replace(tzinfo=None)
    properties.last_modified_by = ""
    for part in document.sections:
        width, height = (Cm(29.7), Cm(21)) if is_wide else (Cm(21), Cm(29.7))
        part.orientation = WD_ORIENT.LANDSCAPE if is_wide else WD_ORIENT.PORTRAIT
        part.page_width, part.page_height = width, height
        part.left_margin = part.right_margin = Cm(2)
        if mark:
            part.header.paragraphs[0].text = mark
    style = document.styles["Normal"]
    style.font.size = Pt(10)
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), language)
    style.element.get_or_add_rPr().append(spoken)
