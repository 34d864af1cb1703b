"""Trigger of the states of a project: once it has ended it stays as it is.

What is entered afterwards, with an earlier date, passes: only the role that owns the tables may do that.
"""

import pgtrigger

from core.record.guards import deferred, refuse
from roles.enums import REOPENING

#: Columns that only decisions change.
TERMS = ("state", "gate", "scope", "ends_on", "budget", "provider_gate", "matrix_id", "matrix_approved")
#: Facts that the owner changes until the project ends.
FACTS = ("title_fr", "title_en", "prefix", "language", "workspaces")

STAYS_AS_IT_ENDED = deferred(
    "an_ended_project_stays_as_it_is",
    pgtrigger.Update,
    f"""
        IF OLD.state IN ('closed', 'abandoned') AND public.ouvrage_back_entry() IS NULL
           AND ({", ".join(f"NEW.{name}" for name in (*TERMS, *FACTS))})
               IS DISTINCT FROM ({", ".join(f"OLD.{name}" for name in (*TERMS, *FACTS))})
           AND NOT EXISTS (
             SELECT FROM public.governance_decision d JOIN public.governance_proposal p ON p.id = d.proposal_id
             WHERE d.project_id = NEW.id AND p.kind = '{REOPENING}' AND EXISTS (
               SELECT FROM public.governance_effect e
               WHERE e.decision_id = d.id AND e.subject = 'projects.project' AND e.subject_id = NEW.id
                 AND e.field = 'state' AND e.before = OLD.state AND e.recorded_at >= transaction_timestamp())) THEN
          {refuse("A project that has ended changes by the decision that reopens it")}
        END IF;
    """,
)
