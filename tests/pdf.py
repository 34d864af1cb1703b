"""Read a PDF back: its number of pages and its text, through the fonts and maps it embeds."""

import re
import zlib

OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj\s*(.*?)\s*endobj", re.S)
STREAM = re.compile(rb"(.*?)>>\s*stream\r?\n(.*)\r?\nendstream", re.S)
PLAIN = rb"(?:\\.|[^\\()])"
#: A string may hold balanced parentheses unescaped; three levels are enough for a line of text.
STRING = rb"(?:%s|\((?:%s|\((?:%s|\(%s*\))*\))*\))*" % (PLAIN, PLAIN, PLAIN, PLAIN)
#: A font, a string, or the ActualText of a span, which repeats its glyphs.
TOKEN = re.compile(rb"/(f\d+) [\d.]+ Tf|ActualText\(%s\)|\((%s)\)" % (STRING, STRING), re.S)
ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.S)
ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pages(pdf: bytes) -> int:
    """Count the pages."""
    found = re.search(rb"/Type/Pages/Count (\d+)", pdf)
    assert found
    return int(found[1])


def text(pdf: bytes) -> str:
    """Return the text of the pages without white space, so that line breaks do not matter."""
    objects = {int(number): body for number, body in OBJECT.findall(pdf)}
    said = []
    for body in objects.values():
        if body.startswith(b"<</Type/Page/"):
            fonts = {
                name: _letters(objects, int(number))
                for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", objects[_reference(body, b"Resources")])
            }
            said.append(_said(_inflated(objects[_reference(body, b"Contents")]), fonts))
    return squeezed("".join(said))


def squeezed(words: str) -> str:
    """Return `words` as `text` would: without white space and optional break marks."""
    return re.sub(r"[\s\u200b]", "", words)


def _reference(body: bytes, key: bytes) -> int:
    found = re.search(rb"/%s (\d+) 0 R" % key, body)
    assert found, (key, body[:200])
    return int(found[1])


def _inflated(body: bytes) -> bytes:
    found = STREAM.fullmatch(body)
    assert found
    return zlib.decompress(found[2]) if b"FlateDecode" in found[1] else found[2]


def _letters(objects: dict[int, bytes], font: int) -> dict[int, str]:
    """Map codes to letters from the ToUnicode map of a font."""
    pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>", _inflated(objects[_reference(objects[font], b"ToUnicode")]))
    return {int(code, 16): bytes.fromhex(letters.decode()).decode("utf-16-be") for code, letters in pairs}


def _said(contents: bytes, fonts: dict[bytes, dict[int, str]]) -> str:
    letters: dict[int, str] = {}
    said = []
    for font, string in TOKEN.findall(contents):
        if font:
            letters = fonts[font]
        else:
            codes = ESCAPE.sub(_unescaped, string)
            said += [letters.get(int.from_bytes(codes[i : i + 2]), "") for i in range(0, len(codes), 2)]
    return "".join(said)


def _unescaped(found: re.Match[bytes]) -> bytes:
    code = found[1]
    return bytes([int(code, 8)]) if len(code) == 3 else ESCAPES.get(code, code)
