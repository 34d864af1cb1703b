"""Database triggers for disputes: by the person who signed the decision, with their own event."""

import pgtrigger

from core.record.guards import deferred, guard, refuse

BY_ITS_SIGNATORY = guard(
    "is_by_its_signatory",
    pgtrigger.Insert,
    f"""
    IF NEW.disputed_by_id IS DISTINCT FROM (
         SELECT d.decided_by_id FROM public.governance_decision d WHERE d.id = NEW.decision_id) THEN
      {refuse("A signature is disputed by the person who signed")}
    END IF;
    """,
)

DISPUTED_IN_THE_LEDGER = deferred(
    "leaves_an_event",
    pgtrigger.Insert,
    f"""
        IF NOT EXISTS (
             SELECT FROM public.projects_ledgerevent e
             WHERE e.subject = 'governance.dispute' AND e.subject_id = NEW.id AND e.act = 'dispute'
               AND e.actor_id = NEW.disputed_by_id AND e.xact = pg_current_xact_id()::text::bigint) THEN
          {refuse("A signature is disputed by its person, in the ledger")}
        END IF;
    """,
)
