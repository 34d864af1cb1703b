"""Triggers of the change plan: versions are consecutive and carry the hash of their content."""

import pgtrigger

from core.guards import guard, refuse
from governance.decisions.seal_guards import refusal_of_next_version

CARRIES_ITS_HASH = guard(
    "carries_its_hash",
    pgtrigger.Insert,
    f"""
    IF NEW.hash IS DISTINCT FROM encode(sha256(convert_to(public.ouvrage_canonical(jsonb_build_object(
         'number', NEW.number::text, 'content', NEW.content)), 'UTF8')), 'hex') THEN
      {refuse("A version of the change plan carries the hash of its content")}
    END IF;
    IF NEW.number <> 1 + coalesce((
         SELECT max(number) FROM public.amoa_changeplan WHERE project_id = NEW.project_id), 0) THEN
      {refuse("The versions of a change plan follow each other")}
    END IF;
    """,
)

TELLS_WHAT_APPROVED_IT = pgtrigger.Trigger(
    name="tells_what_approved_it",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    func=refusal_of_next_version("amoa_changeplan", "plan"),
)
