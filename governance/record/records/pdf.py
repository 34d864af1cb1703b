"""PDF of a decision record: the facts of the page, passed to the template as data."""

from dataclasses import asdict
from pathlib import Path

from core.files.pdf import typeset
from core.templatetags.ui import paragraphs
from governance.record.records.facts import Record
from projects.models import Logo

TEMPLATE = Path(__file__).with_name("record.typ")


def render_pdf(record: Record) -> bytes:
    """Return the record as an accessible PDF; the bytes are reproducible."""
    return typeset(TEMPLATE, "record", _content(record), record.acted_at)


def _content(record: Record) -> dict[str, object]:
    content = asdict(record)
    content["picture"] = _read_picture(record.logo)
    content["acted_at"] = record.acted_at.isoformat()
    for section in content["sections"]:
        for line in section["lines"]:
            line["words"] = [{"listed": listed, "lines": lines} for listed, lines in paragraphs(line["words"])]
    return content


def _read_picture(sha256: str) -> list[int]:
    """Return the bytes of a logo as numbers, which JSON can hold; empty without a logo."""
    found = Logo.objects.filter(sha256=sha256).values_list("content", flat=True).first() if sha256 else None
    return list(bytes(found)) if found else []
