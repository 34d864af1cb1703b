"""Typeset PDF documents from a typst template and JSON data; the same input gives the same bytes."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from core.words.characters import reveal_in

UNDRAWN = re.compile(r'the text `"(.+?)"` could not be displayed')
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


def typeset(template: Path, name: str, content: Any, at: datetime) -> bytes:
    """Typeset an accessible PDF (PDF/UA-1) dated `at`; the template reads `content` as JSON from `sys.inputs.<name>`.

    No text of it is read as markup. A hidden character, or one without a glyph in the fonts, is written as [U+1F600].
    """
    text = json.dumps(reveal_in(content), ensure_ascii=False)
    while True:
        try:
            return typst.compile(
                template,
                root=template.parent,
                ignore_system_fonts=True,
                format="pdf",
                sys_inputs={name: text},
                pdf_standards=["ua-1"],
                timestamp=int(at.timestamp()),
            )
        except typst.TypstError as error:
            undrawn = _undrawn(error.diagnostic)
            if not undrawn:
                raise
            text = text.translate({ord(sign): f"[U+{ord(sign):04X}]" for sign in undrawn})


def _undrawn(diagnostic: str) -> set[str]:
    """Return the characters that typst could not draw; the ASCII characters of JSON can always be drawn."""
    named = "".join(UNDRAWN.findall(diagnostic))
    return {sign for sign in ESCAPED.sub(lambda code: chr(int(code[1], 16)), named) if not sign.isascii()}
