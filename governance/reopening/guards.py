"""Triggers of a closed project: it decides nothing but its reopening, and changes by nothing else.

What is entered afterwards, with an earlier date, passes: only the role that owns the tables may do that.
"""

import pgtrigger

from core.guards import guard, refuse
from roles.enums import REOPENING

CLOSED = f"""
    SELECT p.state = 'closed' AND {{file}}.kind <> '{REOPENING}' INTO closed
    FROM public.projects_project p WHERE p.id = {{file}}.project_id FOR SHARE;
    IF closed AND public.ouvrage_back_entry() IS NULL THEN
      {refuse("A closed project decides nothing but its reopening")}
    END IF;
"""

NOT_DECIDED_WHEN_CLOSED = guard(
    "is_not_decided_on_a_closed_project",
    pgtrigger.Insert,
    f"""
    SELECT * INTO answered FROM public.governance_proposal WHERE id = NEW.proposal_id;
    {CLOSED.format(file="answered")}
    """,
    answered="public.governance_proposal",
    closed="boolean",
)

NOT_SUBMITTED_WHEN_CLOSED = guard(
    "is_not_submitted_on_a_closed_project",
    pgtrigger.Insert,
    f"""
    SELECT * INTO submitted FROM public.governance_proposal WHERE id = NEW.proposal_id;
    {CLOSED.format(file="submitted")}
    """,
    submitted="public.governance_proposal",
    closed="boolean",
)

#: Columns that only decisions change.
TERMS = ("state", "gate", "scope", "ends_on", "budget", "provider_gate", "matrix_id", "matrix_approved")
#: Facts that the owner changes while the project is open.
FACTS = ("title_fr", "title_en", "prefix", "language", "workspaces")

STAYS_AS_IT_WAS_CLOSED = pgtrigger.Trigger(
    name="a_closed_project_stays_as_it_is",
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    timing=pgtrigger.Deferred,
    func=f"""
        IF OLD.state = 'closed' AND public.ouvrage_back_entry() IS NULL
           AND ({", ".join(f"NEW.{name}" for name in (*TERMS, *FACTS))})
               IS DISTINCT FROM ({", ".join(f"OLD.{name}" for name in (*TERMS, *FACTS))})
           AND NOT EXISTS (
             SELECT FROM public.governance_decision d JOIN public.governance_proposal p ON p.id = d.proposal_id
             WHERE d.project_id = NEW.id AND p.kind = '{REOPENING}' AND EXISTS (
               SELECT FROM public.governance_effect e
               WHERE e.decision_id = d.id AND e.subject = 'projects.project' AND e.subject_id = NEW.id
                 AND e.field = 'state' AND e.before = 'closed' AND e.recorded_at >= transaction_timestamp())) THEN
          {refuse("A closed project changes by the decision that reopens it")}
        END IF;
        RETURN NULL;
    """,
)
