"""A paper as an accessible PDF, by typst."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.files.papers.content import Paper
from core.files.pdf import typeset
from core.templatetags.ui import paragraphs

TEMPLATE = Path(__file__).with_name("paper.typ")


def write(paper: Paper, at: datetime) -> bytes:
    """Write the paper as PDF, A4."""
    content = asdict(paper) | {
        "reader_language": get_language() or "en",
        "name": paper.name,
        "foot": paper.foot,
        "of": _("Page %(page)s of %(pages)s"),
    }
    for part, written in zip(paper.parts, content["parts"], strict=True):
        if part.table:
            written["table"]["shares"] = part.table.shares
        for line in written["lines"]:
            line["words"] = [{"listed": listed, "lines": lines} for listed, lines in paragraphs(line["words"])]
    return typeset(TEMPLATE, "paper", content, at)
