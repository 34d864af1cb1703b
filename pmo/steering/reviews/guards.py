"""Database guards of monthly reviews: number, hash, insert-only."""

import pgtrigger

from core.record.guards import follows_the_last, guard, refuse

CARRIES_ITS_HASH = guard(
    "carries_its_hash",
    pgtrigger.Insert,
    f"""
    IF NEW.hash IS DISTINCT FROM encode(sha256(NEW.pdf), 'hex') THEN
      {refuse("A review carries the hash of its document")}
    END IF;
    {follows_the_last("pmo_review", "The reviews of a project follow each other")}
    """,
)
