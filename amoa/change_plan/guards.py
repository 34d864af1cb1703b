"""Triggers of the change plan: versions are consecutive and carry the hash of their content."""

import pgtrigger

from amoa.change_plan.enums import ActionState
from core.record.guards import deferred, guard, numbered_and_hashed
from governance.decide.decisions.seal_guards import refusal_of_next_version

CARRIES_ITS_HASH = guard(
    "carries_its_hash",
    pgtrigger.Insert,
    numbered_and_hashed(
        "amoa_changeplan",
        "A version of the change plan carries the hash of its content",
        "The versions of a change plan follow each other",
    ),
)

TELLS_WHAT_APPROVED_IT = deferred(
    "tells_what_approved_it",
    pgtrigger.Insert,
    refusal_of_next_version("amoa_changeplan", "plan"),
)

#: SQL query: messages that follow the decision, or one that it replaced, and are not cancelled.
MESSAGES_OF_A_DECISION = f"""
    WITH RECURSIVE chain AS (
      SELECT id, supersedes_id, proposal_id, project_id FROM public.governance_decision WHERE id = {{decision}}
      UNION SELECT d.id, d.supersedes_id, d.proposal_id, d.project_id FROM public.governance_decision d
      JOIN chain ON chain.supersedes_id = d.id)
    SELECT DISTINCT m.id, CASE WHEN m.state = '{ActionState.DONE}' THEN ARRAY['kept'] ELSE ARRAY['kept', 'dropped'] END
    FROM chain JOIN public.governance_proposal f ON f.id = chain.proposal_id
    JOIN public.amoa_communicationaction m ON m.project_id = chain.project_id AND m.after = f.number
    WHERE m.state <> '{ActionState.CANCELLED}'"""

#: SQL condition: a message to be sent follows the new decision when it is kept, and is cancelled when it is dropped.
MESSAGE_BROKEN = f"""EXISTS (
      SELECT FROM public.amoa_communicationaction m JOIN public.governance_proposal f ON f.id = NEW.proposal_id
      WHERE m.id = {{id}} AND ({{fate}} = 'dropped' AND m.state <> '{ActionState.CANCELLED}'
        OR {{fate}} = 'kept' AND m.state <> '{ActionState.DONE}' AND m.after IS DISTINCT FROM f.number))"""
