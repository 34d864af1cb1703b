"""Database triggers for acknowledgements: by the reader in person, who holds a seat, with their own event."""

import pgtrigger

from core.record.guards import NOW, deferred, guard, refuse
from projects.seat_guards import holds

READ_BY_SOMEBODY_ON_THE_PROJECT = guard(
    "is_read_by_somebody_on_the_project",
    pgtrigger.Insert,
    f"""
    SELECT * INTO answer FROM public.governance_decision WHERE id = NEW.decision_id;
    IF NEW.acted_at < answer.acted_at THEN
      {refuse("A decision is read after it is taken")}
    END IF;
    IF NOT {holds("NEW.reader_id", "answer.project_id")} THEN
      {refuse("Who confirms having read a decision holds a role on its project")}
    END IF;
    """,
    moment=NOW,
    answer="public.governance_decision",
)

CONFIRMED_BY_ITS_READER = deferred(
    "leaves_an_event",
    pgtrigger.Insert,
    f"""
        IF NOT EXISTS (
             SELECT FROM public.projects_ledgerevent e
             WHERE e.subject = 'governance.acknowledgement' AND e.subject_id = NEW.id AND e.act = 'acknowledge'
               AND e.actor_id = NEW.reader_id AND e.xact = pg_current_xact_id()::text::bigint) THEN
          {refuse("A decision is confirmed as read by its reader, in the ledger")}
        END IF;
    """,
)
