"""Triggers of the imports of lists: states follow their table, and the ledger tells the end."""

import pgtrigger

from core.guards import guard, refuse
from core.tables.received import follows_its_steps
from projects.imports.enums import TRANSITIONS

FOLLOWS_ITS_STEPS = follows_its_steps(TRANSITIONS)
EVENT_IS_ITS_OWN = guard(
    "event_is_its_own",
    pgtrigger.Insert | pgtrigger.Update,
    f"""
    IF NEW.event_id IS NOT NULL AND NOT EXISTS (
         SELECT FROM public.projects_ledgerevent e
         WHERE e.id = NEW.event_id AND e.act = 'import_list' AND e.project_id = NEW.project_id
           AND e.subject = 'projects.listimport' AND e.subject_id = NEW.id AND e.actor_id = NEW.by_id) THEN
      {refuse("The event of an import is that of its own act")}
    END IF;
    """,
)
