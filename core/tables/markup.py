"""Looking through XML before anything else reads it: expat, which fetches nothing, and no document type at all."""

import xml.parsers.expat as expat
from collections.abc import Callable
from typing import IO, Any

from core.file_checks import DAMAGED
from core.tables.limits import DOCTYPE, refusal

#: Deeper than any office document; what nests deeper is made to break a reader.
DEEPEST = 200

Start = Callable[[str, dict[str, str]], None]


def look_through(
    content: bytes | IO[bytes], *,
    start: Start | None = None, end: Callable[[str], None] | None = None, text: Callable[[str], None] | None = None,
    only_utf8: bool = True,
) -> None:  # fmt: skip
    """Tell each element (its name without prefix) and text of `content` (or of a file, bit by bit), in order.

    Raises ValidationError when it is no XML, has a document type or, where two readers must agree on what they see,
    is not in UTF-8.
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
