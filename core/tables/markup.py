"""Scan XML before another parser reads it, with expat: no external entity, no document type."""

import xml.parsers.expat as expat
from collections.abc import Callable
from typing import IO, Any

from core.files.checks import DAMAGED
from core.tables.limits import DOCTYPE, refusal

#: Depth no office document reaches; deeper nesting is an attack on the parser.
DEEPEST = 200

Start = Callable[[str, dict[str, str]], None]


def scan_xml(
    content: bytes | IO[bytes],
    *,
    start: Start | None = None,
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
    only_utf8: bool = True,
) -> None:
    """Call back for each element (name without prefix) and text of `content`, bytes or a file read in pieces.

    Raises ValidationError when it is not XML or has a document type. With `only_utf8` it also refuses other encodings,
    so that two parsers read the same text.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    if only_utf8:
        parser.XmlDeclHandler = _refuse_other_encodings
        if isinstance(content, bytes) and b"\0" in content[:4]:
            raise refusal(DAMAGED, "damaged")
    if start:
        begin = start
        parser.StartElementHandler = lambda name, attributes: begin(name.rpartition(":")[2], attributes)
    if end:
        finish = end
        parser.EndElementHandler = lambda name: finish(name.rpartition(":")[2])
    if text:
        parser.CharacterDataHandler = text
    try:
        if isinstance(content, bytes):
            parser.Parse(content, True)
        else:
            parser.ParseFile(content)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise refusal(DAMAGED, "damaged") from error


def _refuse(*_what: Any) -> None:
    raise refusal(DOCTYPE, "doctype")


def _refuse_other_encodings(_version: str, encoding: str | None, _standalone: int) -> None:
    if encoding and encoding.lower() not in {"utf-8", "us-ascii", "ascii"}:
        raise refusal(DAMAGED, "damaged")
