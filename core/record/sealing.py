"""Canonical bytes, salted hashes, and rows that the ledger carries by their hash only.

A hash in the ledger must reveal nothing about a person once the text is erased. Every content is therefore hashed with
a salt, kept beside the text and erased with it (architecture §6).
"""

import hashlib
import re
import secrets
from typing import Any

import rfc8785
from django.db import models
from django.utils.translation import gettext_lazy as _

#: Value of a salt after an erasure: the hash can no longer be recomputed.
ERASED = "erased"

#: The same canonical form in SQL, for the triggers: keys sorted (ASCII), no spaces, JSON strings.
CANONICAL_SQL = """
CREATE OR REPLACE FUNCTION public.ouvrage_canonical(value jsonb) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  CASE jsonb_typeof(value)
    WHEN 'object' THEN RETURN '{' || coalesce((
      SELECT string_agg(to_json(key)::text || ':' || public.ouvrage_canonical(part), ',' ORDER BY key COLLATE "C")
      FROM jsonb_each(value) AS member(key, part)), '') || '}';
    WHEN 'array' THEN RETURN '[' || coalesce((
      SELECT string_agg(public.ouvrage_canonical(part), ',' ORDER BY place)
      FROM jsonb_array_elements(value) WITH ORDINALITY AS element(part, place)), '') || ']';
    ELSE RETURN value::text;
  END CASE;
END $$;
"""
DROP_CANONICAL_SQL = "DROP FUNCTION public.ouvrage_canonical(jsonb);"


def canonical(content: dict[str, Any]) -> bytes:
    """Return the RFC 8785 bytes of `content`: strings, booleans, lists, maps and None; numbers as strings."""
    return rfc8785.dumps(content)


def content_hash(content: dict[str, Any]) -> str:
    """Return the hexadecimal SHA-256 of the canonical bytes of `content`."""
    return hashlib.sha256(canonical(content)).hexdigest()


def new_salt() -> str:
    """Return 32 random hexadecimal digits."""
    return secrets.token_hex(16)


class SealedModel(models.Model):
    """Abstract row whose `sealed_content` the ledger carries by its salted hash, the `seal`."""

    salt = models.CharField(_("salt"), max_length=32, default=new_salt, editable=False)

    class Meta:
        abstract = True

    def sealed_content(self) -> dict[str, Any]:
        """Return the content to hash: strings, lists and maps."""
        raise NotImplementedError

    def seal(self) -> str:
        """Return the hexadecimal SHA-256 of the salt and the content; empty after an erasure."""
        if self.salt == ERASED:
            return ""
        return content_hash({"salt": self.salt, **self.sealed_content()})


def term_of(number: int, fingerprint: str) -> str:
    """Return the term that identifies a frozen object of a project by its number and its hash."""
    return f"{number}:{fingerprint}"


def parse_term(text: str) -> tuple[int, str]:
    """Return the number and the hash of a term made by `term_of`; (0, "") when it is invalid."""
    number, _sign, fingerprint = text.partition(":")
    return (int(number), fingerprint) if re.fullmatch("[0-9]{1,9}", number) else (0, "")
