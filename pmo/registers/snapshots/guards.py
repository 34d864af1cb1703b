"""Database guards of snapshots: day, hash, insert-only."""

import pgtrigger

from core.record.guards import guard, hash_of, refuse

CONTENT = "jsonb_build_object('day', NEW.day::text, 'project', NEW.project_id::text, 'figures', NEW.figures)"

OF_ITS_DAY = guard(
    "is_of_its_day",
    pgtrigger.Insert,
    f"""
    past := public.ouvrage_back_entry();
    NEW.taken_at := coalesce(past, clock_timestamp());
    IF NEW.day <> (NEW.taken_at AT TIME ZONE public.ouvrage_zone())::date THEN
      {refuse("A snapshot is of the day it is taken")}
    END IF;
    IF NEW.hash IS DISTINCT FROM {hash_of(CONTENT)} THEN
      {refuse("A snapshot carries the hash of its figures")}
    END IF;
    """,
    past="timestamptz",
)
