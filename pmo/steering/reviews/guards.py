"""Database guards of monthly reviews: number, hash, insert-only."""

import pgtrigger

from core.guards import guard, refuse

CARRIES_ITS_HASH = guard(
    "carries_its_hash",
    pgtrigger.Insert,
    f"""
    IF NEW.hash IS DISTINCT FROM encode(sha256(NEW.pdf), 'hex') THEN
      {refuse("A review carries the hash of its document")}
    END IF;
    IF NEW.number <> 1 + coalesce((
         SELECT max(number) FROM public.pmo_review WHERE project_id = NEW.project_id), 0) THEN
      {refuse("The reviews of a project follow each other")}
    END IF;
    """,
)
