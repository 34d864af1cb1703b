"""Database triggers for acknowledgements: by the reader in person, who holds a seat, with their own event."""

import pgtrigger

from core.guards import guard, refuse

READ_BY_SOMEBODY_ON_THE_PROJECT = guard(
    "is_read_by_somebody_on_the_project",
    pgtrigger.Insert,
    f"""
    moment := coalesce(public.ouvrage_back_entry(), clock_timestamp());
    SELECT * INTO answer FROM public.governance_decision WHERE id = NEW.decision_id;
    IF NEW.acted_at < answer.acted_at THEN
      {refuse("A decision is read after it is taken")}
    END IF;
    IF NOT EXISTS (SELECT FROM public.projects_mandate m JOIN public.roles_user u ON u.id = m.holder_id
                   WHERE m.project_id = answer.project_id AND m.holder_id = NEW.reader_id AND u.is_active
                     AND NOT m.taken_back AND m.period @> moment) THEN
      {refuse("Who confirms having read a decision holds a role on its project")}
    END IF;
    """,
    moment="timestamptz",
    answer="public.governance_decision",
)

CONFIRMED_BY_ITS_READER = pgtrigger.Trigger(
    name="leaves_an_event",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    func=f"""
        IF NOT EXISTS (
             SELECT FROM public.projects_ledgerevent e
             WHERE e.subject = 'governance.acknowledgement' AND e.subject_id = NEW.id AND e.act = 'acknowledge'
               AND e.actor_id = NEW.reader_id AND e.xact = pg_current_xact_id()::text::bigint) THEN
          {refuse("A decision is confirmed as read by its reader, in the ledger")}
        END IF;
        RETURN NULL;
    """,
)
