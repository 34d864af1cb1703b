"""Trigger of stored records: hash and size are those of the bytes."""

import pgtrigger

from core.record.guards import guard, refuse

CARRIES_ITS_BYTES = guard(
    "carries_its_bytes",
    pgtrigger.Insert,
    f"""
    IF NEW.sha256 <> encode(sha256(NEW.content), 'hex') OR NEW.size <> octet_length(NEW.content) THEN
      {refuse("A stored record carries the size and the hash of its bytes")}
    END IF;
    """,
)
