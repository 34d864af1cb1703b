"""The specification as a file: PDF by typst, DOCX by python-docx (docx_file.py). Both hold the same content."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from django.utils.translation import get_language

from amoa.specification.content import Specification, name_parts
from core.files.limits import count_file
from core.files.pdf import typeset
from core.files.prepared import Tell, ignore
from core.templatetags.ui import paragraphs

TEMPLATE = Path(__file__).with_name("specification.typ")
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def write_pdf(specification: Specification, at: datetime, _tell: Tell = ignore) -> bytes:
    """Write the specification as an accessible PDF, A4. One call typesets it, so nothing is told before its end."""
    content = asdict(specification) | {"reader_language": get_language() or "en", **name_parts()}
    for section in content["sections"]:
        for entry in section["entries"]:
            for name in ("statement", "justification"):
                entry[name] = [{"listed": listed, "lines": lines} for listed, lines in paragraphs(entry[name])]
    count_file()
    return typeset(TEMPLATE, "specification", content, at)


def write_docx(specification: Specification, at: datetime, tell: Tell = ignore) -> bytes:
    """Write the specification as DOCX; `tell` gets the number of entries written."""
    from amoa.specification.docx_file import write  # the library loads a hundred modules

    return write(specification, at, tell)


#: Formats whose writer tells nothing before its end.
UNTOLD = frozenset(("pdf",))
#: Media type and writer by file extension.
FORMATS: dict[str, tuple[str, Callable[[Specification, datetime, Tell], bytes]]] = {
    "pdf": ("application/pdf", write_pdf),
    "docx": (DOCX, write_docx),
}
