"""Tell a text that says something from blanks, punctuation and invisible characters, in Python and in SQL alike.

Both count the same ranges of letters and digits after NFKC, so neither lets through what the other refuses.
"""

import re
import unicodedata
from typing import Any

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _

from core.record.guards import guard

#: Letters or digits that a text needs at least.
LEAST = 3
#: Letters and digits as ranges of a character class.
RANGES = (
    "0-9A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u1e00-\u1eff",  # Latin
    "\u0370-\u0373\u0376\u0377\u037b-\u037d\u0386\u0388-\u03f5\u03f7-\u03ff\u1f00-\u1fbc",  # Greek
    "\u0400-\u0481\u048a-\u052f\u0531-\u0556\u0561-\u0587\u10d0-\u10fa",  # Cyrillic, Armenian, Georgian
    "\u05d0-\u05ea\u0620-\u063f\u0641-\u064a\u0660-\u0669\u0671-\u06d3\u06f0-\u06f9",  # Hebrew, Arabic
    "\u0904-\u0939\u0966-\u096f\u0e01-\u0e30\u0e50-\u0e59",  # Devanagari, Thai
    "\u3041-\u3096\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3",  # Chinese, Japanese, Korean
)
LETTERS = "".join(RANGES)
NEITHER = re.compile(f"[^{LETTERS}]")
TOO_LITTLE = _("Enter at least three letters or digits.")
#: Trigger of every table that keeps a reason, a proof or a text for the owner, and its words.
NAME = "says_something"
WORDS = "A reason, a proof or a text for the owner has at least three letters or digits"

MEANINGFUL_SQL = f"""
CREATE OR REPLACE FUNCTION public.ouvrage_meaningful(value text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN coalesce(length(regexp_replace(normalize(value, NFKC), '[^{LETTERS}]', '', 'g')) >= {LEAST}, false);
END $$;
"""


def is_meaningful(text: str) -> bool:
    """Return whether `text` has at least three letters or digits, whatever else surrounds them."""
    return len(NEITHER.sub("", unicodedata.normalize("NFKC", text))) >= LEAST


class Meaningless(ValidationError):
    """Raised by an act for a text that the trigger refused: the error of its field."""


def ensure_meaningful(**texts: str) -> None:
    """Raise ValidationError on each named text that says nothing."""
    if empty := [name for name, text in texts.items() if not is_meaningful(text)]:
        raise ValidationError(dict.fromkeys(empty, TOO_LITTLE))


def says_something(*columns: str, operation: Any = pgtrigger.Insert) -> pgtrigger.Trigger:
    """Build a trigger that refuses a text that says nothing; an empty one is left to the constraints.

    Of an update it judges the texts that change, so that rows from before stay as they are.
    """
    # OLD is a row of nulls when a row is inserted.
    written = {
        column: f"""NEW."{column}" <> '' AND NEW."{column}" IS DISTINCT FROM OLD."{column}"
            AND NOT public.ouvrage_meaningful(NEW."{column}")"""
        for column in columns
    }
    named = " ".join(f"WHEN {empty} THEN '{column}'" for column, empty in written.items())
    return guard(
        NAME,
        operation,
        f"""
        IF {" OR ".join(written.values())} THEN
          RAISE EXCEPTION '{WORDS}'
            USING ERRCODE = 'check_violation', CONSTRAINT = '{NAME}', COLUMN = CASE {named} END;
        END IF;
        """,
    )


def as_error_of_a_field(error: DatabaseError) -> Meaningless | None:
    """Return the refusal of the trigger as the error of its field; None for another one."""
    diagnosis = getattr(error.__cause__, "diag", None)
    if diagnosis is None or diagnosis.constraint_name != NAME:
        return None
    return Meaningless({diagnosis.column_name or "": TOO_LITTLE}, code="meaningless")
