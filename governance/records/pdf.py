"""The record as a PDF: one typst template, the record passed as data, the same bytes each time it is made."""

import json
import re
from dataclasses import asdict
from pathlib import Path

import typst

from governance.records.facts import Record
from roles.templatetags.ui import paragraphs

TEMPLATE = Path(__file__).with_name("record.typ")
UNDRAWN = re.compile(r'the text `"(.+?)"` could not be displayed')
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


def document(record: Record) -> bytes:
    """The record as an accessible PDF (PDF/UA-1).

    No text of it is ever read as markup. A character that no font at hand can draw is written as [U+1F600].
    """
    content = json.dumps(_content(record), ensure_ascii=False)
    while True:
        try:
            return typst.compile(
                TEMPLATE,
                root=TEMPLATE.parent,
                ignore_system_fonts=True,
                format="pdf",
                sys_inputs={"record": content},
                pdf_standards=["ua-1"],
                timestamp=int(record.acted_at.timestamp()),
            )
        except typst.TypstError as error:
            undrawn = _undrawn(error.diagnostic)
            if not undrawn:
                raise
            content = content.translate({ord(sign): f"[U+{ord(sign):04X}]" for sign in undrawn})


def _content(record: Record) -> dict[str, object]:
    content = asdict(record)
    content["acted_at"] = record.acted_at.isoformat()
    for section in content["sections"]:
        for line in section["lines"]:
            line["words"] = [{"listed": listed, "lines": lines} for listed, lines in paragraphs(line["words"])]
    return content


def _undrawn(diagnostic: str) -> set[str]:
    """The characters that the refusal names; those of JSON itself can always be drawn."""
    named = "".join(UNDRAWN.findall(diagnostic))
    return {sign for sign in ESCAPED.sub(lambda code: chr(int(code[1], 16)), named) if not sign.isascii()}
