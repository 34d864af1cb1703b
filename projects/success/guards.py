"""The database's reading of success criteria: frozen sets with their hash, approved as they were frozen."""

import pgtrigger

from roles.guards import guard, refuse

CARRIES_ITS_HASH = guard(
    "carries_its_hash",
    pgtrigger.Insert,
    f"""
    IF NEW.hash IS DISTINCT FROM encode(sha256(convert_to(public.ouvrage_canonical(jsonb_build_object(
         'number', NEW.number::text, 'content', NEW.content)), 'UTF8')), 'hex') THEN
      {refuse("A set of success criteria carries the hash of its content")}
    END IF;
    IF NEW.number <> 1 + coalesce((
         SELECT max(number) FROM public.projects_successcriteriaset WHERE project_id = NEW.project_id), 0) THEN
      {refuse("The sets of success criteria follow each other")}
    END IF;
    """,
)

STAYS_AS_APPROVED = guard(
    "stays_as_approved",
    pgtrigger.Insert | pgtrigger.Update,
    f"""
    IF TG_OP = 'INSERT' AND NEW.state <> 'proposed' THEN
      {refuse("A success criterion is proposed first")}
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state <> 'proposed'
       AND (NEW.text, NEW.measure, NEW.target, NEW.unit, NEW.due_gate, NEW.months_after)
           IS DISTINCT FROM (OLD.text, OLD.measure, OLD.target, OLD.unit, OLD.due_gate, OLD.months_after) THEN
      {refuse("What was approved or dropped keeps its words: propose another criterion")}
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'dropped' AND NEW.state = 'proposed' THEN
      {refuse("A criterion that was dropped is proposed anew")}
    END IF;
    """,
)

MEASURED_ONCE_APPROVED = guard(
    "is_measured_once_approved",
    pgtrigger.Insert,
    f"""
    IF NOT EXISTS (SELECT FROM public.projects_successcriterion c
                   WHERE c.id = NEW.criterion_id AND c.state = 'approved') THEN
      {refuse("A success criterion is measured once the owner has approved it")}
    END IF;
    """,
)
