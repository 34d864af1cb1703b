"""Trigger of decision lists: settled by the owner in office, of a session that is closed, with the hash of its file."""

import pgtrigger

from core.record.guards import NOW, guard, refuse
from projects.seat_guards import decides

SETTLED_BY_THE_OWNER = guard(
    "is_settled_by_the_owner",
    pgtrigger.Insert,
    f"""
    IF NOT EXISTS (SELECT FROM public.governance_session s
                   WHERE s.id = NEW.session_id AND s.project_id = NEW.project_id AND s.state = 'closed') THEN
      {refuse("A decision list is settled once its session is closed")}
    END IF;
    IF NOT {decides("NEW.settled_by_id", "NEW.project_id")} THEN
      {refuse("The owner in office settles the decision list (R1)")}
    END IF;
    IF NEW.hash IS DISTINCT FROM encode(sha256(NEW.pdf), 'hex') OR NEW.number <> 1 + coalesce(
         (SELECT max(number) FROM public.governance_decisionlist WHERE session_id = NEW.session_id), 0) THEN
      {refuse("The decision lists of a session follow each other, each with the hash of its file")}
    END IF;
    """,
    moment=NOW,
)
