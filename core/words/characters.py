"""Characters that nobody sees: refused where a text is written, spelled out wherever one from before is shown (ADR 52).

The ranges are those of Unicode 17: controls, marks that change the direction, default-ignorable and blank characters,
tags, private use, noncharacters. Python and SQL read the same ones, whatever version each of them knows.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

type Ranges = Sequence[tuple[int, int]]

HIDDEN: Ranges = (
    (0x00, 0x08),  # controls but tab, line feed and carriage return
    (0x0B, 0x0C),
    (0x0E, 0x1F),
    (0x7F, 0x9F),
    (0xAD, 0xAD),  # soft hyphen
    (0x034F, 0x034F),
    (0x061C, 0x061C),  # direction, as 200E, 202A and 2066
    (0x115F, 0x1160),  # letters that are blank
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200B),  # zero width
    (0x200E, 0x200F),
    (0x2028, 0x202E),
    (0x2060, 0x206F),
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    (0xE000, 0xF8FF),  # private use: each font draws another sign
    (0xFDD0, 0xFDEF),  # noncharacters, as the last two of each plane
    (0xFE00, 0xFE0D),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFC),
    (0x13430, 0x1343F),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    *((plane + 0xFFFE, plane + 0xFFFF) for plane in range(0, 0xE0000, 0x10000)),
    (0xE0000, 0xE0FFF),  # tags
    (0xEFFFE, 0x10FFFF),
)
#: Half of a character: no database keeps it.
SURROGATES: Ranges = ((0xD800, 0xDFFF),)
#: Joiners and variation selectors: part of an emoji, or of a letter in scripts that join theirs; hidden elsewhere.
NON_JOINER, JOINER, SELECTORS = ((0x200C, 0x200C),), ((0x200D, 0x200D),), ((0xFE0E, 0xFE0F),)
JOINERS: Ranges = (*NON_JOINER, *JOINER, *SELECTORS)
#: Signs that have a form as emoji, and digits, which have one in a keycap.
SIGNS: Ranges = (
    (0xA9, 0xA9),
    (0xAE, 0xAE),
    (0x203C, 0x203C),
    (0x2049, 0x2049),
    (0x2100, 0x2BFF),
    (0x3030, 0x3030),
    (0x303D, 0x303D),
    (0x3297, 0x3299),
    (0x1F000, 0x1FAFF),
)
KEYS: Ranges = ((0x23, 0x23), (0x2A, 0x2A), (0x30, 0x39))
KEYCAP: Ranges = ((0x20E3, 0x20E3),)
#: Arabic, Syriac and the scripts of India; Myanmar; Khmer and Mongolian.
JOINED: Ranges = ((0x0620, 0x08FF), (0x0900, 0x0DFF), (0x1000, 0x109F), (0x1780, 0x18AF))

#: What programs put into a text that is copied from them, where it changes nothing: dropped as it is written.
PASTED = "\u00ad\u200b\u2060\ufeff"
#: Line ends other than \n; the first is Windows'.
LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")

REFUSED = _("Remove the invisible character [%(code)s] at position %(place)s.")


def _in(*ranges: Ranges) -> str:
    """Return the class of these characters as Python and PostgreSQL write it."""
    return f"[{''.join(f'{_sign(first)}-{_sign(last)}' for some in ranges for first, last in some)}]"


def _sign(code: int) -> str:
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _hidden(hidden: Ranges) -> str:
    """Return the expression of one hidden character, of a joiner that joins nothing too."""
    emoji, joined, keys = _in(SIGNS, SELECTORS), _in(JOINED), _in(KEYS)
    return "|".join(
        (
            _in(hidden),
            f"(?<!{_in(SIGNS, KEYS)}){_in(SELECTORS)}",
            f"(?<={keys}){_in(SELECTORS)}(?!{_in(KEYCAP)})",
            f"(?<!{joined}){_in(NON_JOINER)}",
            f"{_in(NON_JOINER)}(?!{joined})",
            f"(?<!{_in(SIGNS, SELECTORS, JOINED)}){_in(JOINER)}",
            f"(?<={emoji}){_in(JOINER)}(?!{_in(SIGNS)})",
            f"(?<={joined}){_in(JOINER)}(?!{joined})",
        )
    )


SUSPECT = re.compile(_in(HIDDEN, SURROGATES, JOINERS))
HIDDEN_CHARACTER = re.compile(_hidden((*HIDDEN, *SURROGATES)))
#: PostgreSQL keeps no NUL.
STORED: Ranges = ((0x01, 0x08), *HIDDEN[1:])

HIDDEN_SQL = f"""
CREATE OR REPLACE FUNCTION public.ouvrage_hides(value text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN value ~ '{_in(STORED, JOINERS)}' AND value ~ '{_hidden(STORED)}';
END $$;
"""
#: Return the texts of a JSON value, one on each line.
TEXTS_SQL = """
CREATE OR REPLACE FUNCTION public.ouvrage_texts(value jsonb) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN (SELECT string_agg(part #>> '{}', E'\\n')
          FROM jsonb_path_query(value, 'strict $.** ? (@.type() == "string")') AS part);
END $$;
"""


def tidy(text: str) -> str:
    """Return `text` in NFC with Unix line ends, without what programs paste into it, and stripped."""
    if text.isprintable() and unicodedata.is_normalized("NFC", text):
        return text.strip()
    text = LINE_ENDS.sub("\n", text).translate(dict.fromkeys(map(ord, PASTED)))
    return unicodedata.normalize("NFC", text).strip()


def find_hidden(text: str) -> re.Match[str] | None:
    """Return the first hidden character of `text`."""
    return HIDDEN_CHARACTER.search(text) if _is_suspect(text) else None


def ensure_visible(text: str) -> None:
    """Raise ValidationError, which names the character and its place, on a text with a hidden one."""
    if found := find_hidden(text):
        about = {"code": code_of(found[0]), "place": found.start() + 1}
        raise ValidationError(REFUSED, code="hidden", params=about)


def reveal(text: str) -> str:
    """Return `text` with its hidden characters spelled out, such as [U+202E]: nothing hides or turns what is read."""
    if not _is_suspect(text):
        return text
    revealed = HIDDEN_CHARACTER.sub(lambda found: f"[{code_of(found[0])}]", text)
    return mark_safe(revealed) if isinstance(text, SafeString) else revealed  # noqa: S308 — the marks are ASCII


def reveal_in(content: Any) -> Any:
    """Return lists and maps of texts with their hidden characters spelled out."""
    if isinstance(content, str):
        return reveal(content)
    if isinstance(content, dict):
        return {reveal_in(name): reveal_in(part) for name, part in content.items()}
    return [reveal_in(part) for part in content] if isinstance(content, list | tuple) else content


def _is_suspect(text: str) -> bool:
    """Return whether there is anything to look at; each character once, which makes a page 0.3 ms instead of 3."""
    return bool(SUSPECT.search("".join(set(text))))


def code_of(sign: str) -> str:
    """Return the number of a character, as Unicode writes it."""
    return f"U+{ord(sign):04X}"
