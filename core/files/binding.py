"""Bind PDF files into one with bookmarks. What people uploaded keeps its pages and loses its scripts."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO

from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, TextStringObject

logger = logging.getLogger(__name__)
#: Pages of one file at most.
MOST_PAGES = 500
#: Parts of a page that act: forms, links and what runs when it is opened.
ACTING = ("/Annots", "/AA")


@dataclass(frozen=True)
class Leaf:
    """A PDF to bind under its bookmark; one `within` stands below the last that is not."""

    title: str
    content: bytes
    within: bool = False


def keep_pages(content: bytes) -> bytes | None:
    """Return a PDF with the pages of this one and nothing that acts; None if it cannot be read, or is too long."""
    try:
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted or not 1 <= len(reader.pages) <= MOST_PAGES:
            return None
        writer = PdfWriter()
        for page in reader.pages:
            for name in ACTING:
                page.pop(name, None)
            writer.add_page(page)
        return _write(writer)
    except Exception:  # a hostile file fails in any way
        logger.info("A PDF could not be read", exc_info=True)
        return None


def bind(title: str, language: str, leaves: Iterable[Leaf]) -> bytes:
    """Bind these PDFs in their order; each has its bookmark."""
    writer, above = PdfWriter(), None
    for leaf in leaves:
        first = len(writer.pages)
        for page in PdfReader(BytesIO(leaf.content)).pages:
            writer.add_page(page)
        mark = writer.add_outline_item(leaf.title, first, parent=above if leaf.within else None)
        above = above if leaf.within else mark
    writer.add_metadata({"/Title": title})
    writer.root_object[NameObject("/Lang")] = TextStringObject(language)
    writer.page_mode = "/UseOutlines"
    return _write(writer)


def _write(writer: PdfWriter) -> bytes:
    written = BytesIO()
    writer.write(written)
    return written.getvalue()
