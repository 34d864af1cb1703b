"""SQL of the rows of the core that hang on a decision, for its undo map and for the triggers on it (ADR 22)."""

from core.record.guards import sql_list
from governance import workflow
from governance.decide.decisions.dependents import ANY_FATE
from governance.enums import APPROVALS, Outcome, ProposalState

APPROVED = sql_list(APPROVALS)
#: States of a proposal whose submitted revision waits for an answer, or for its next revision.
OPEN = (*workflow.BEFORE_THE_OWNER, ProposalState.RETURNED, ProposalState.DEFERRED)

#: SQL query: the decision and those before it that it replaced, one after the other.
CHAIN = """WITH RECURSIVE chain AS (
      SELECT id, supersedes_id FROM public.governance_decision WHERE id = {decision}
      UNION SELECT d.id, d.supersedes_id FROM public.governance_decision d JOIN chain ON chain.supersedes_id = d.id)"""

#: SQL condition: the decision `d` has no effect of its own, because it waits for its conditions or has lapsed.
WITHOUT_EFFECT = """(d.effective = 'when_met' AND EXISTS (
        SELECT FROM public.governance_condition c WHERE c.decision_id = d.id AND c.state IN ('open', 'lapsed'))
      OR EXISTS (
        SELECT FROM public.governance_condition c
        WHERE c.decision_id = d.id AND c.state = 'lapsed' AND c.on_lapse = 'undone' AND c.proof = ''
          AND c.due_on < (c.lifted_at AT TIME ZONE public.ouvrage_zone())::date))"""

CONDITIONS = f"""{CHAIN}
    SELECT c.id, {ANY_FATE} FROM public.governance_condition c JOIN chain ON chain.id = c.decision_id
    WHERE c.state = 'open'"""

EFFECTS = f"""
    SELECT e.id, {ANY_FATE} FROM public.governance_effect e JOIN public.governance_decision d ON d.id = e.decision_id
    WHERE d.id = {{decision}} AND NOT {WITHOUT_EFFECT}
    UNION SELECT split_part(carried.item, '-', 2)::bigint, {ANY_FATE}
    FROM public.governance_decision d, jsonb_each_text(d.carried) AS carried(item, fate)
    WHERE d.id = {{decision}} AND starts_with(carried.item, 'effect-')
      AND (carried.fate = 'kept' OR {WITHOUT_EFFECT})"""

#: Decisions in force that rest on the decision, on one that it replaced, or on another of them. A request for rework,
#: a deferral or a merger answers nothing that could still rest on something.
LATER_DECISIONS = f"""
    WITH RECURSIVE resting AS (
      SELECT d.id, d.outcome, split_part(ground ->> 'item', ':', 2)::bigint AS ground
      FROM public.governance_decision d
      JOIN public.governance_proposal f ON f.id = d.proposal_id AND f.state <> '{ProposalState.LAPSED}'
      JOIN public.governance_proposalrevision r ON r.id = d.revision_id, jsonb_array_elements(r.rests_on) AS ground
      WHERE d.project_id = (SELECT project_id FROM public.governance_decision WHERE id = {{decision}})
        AND d.outcome IN ({APPROVED}, '{Outcome.REJECTED}') AND starts_with(ground ->> 'item', 'decision:')
        AND NOT EXISTS (SELECT FROM public.governance_decision newer WHERE newer.supersedes_id = d.id)),
    reached AS (
      SELECT {{decision}}::bigint AS id
      UNION SELECT step.id FROM reached, LATERAL (
        SELECT d.supersedes_id AS id FROM public.governance_decision d
        WHERE d.id = reached.id AND d.supersedes_id IS NOT NULL
        UNION ALL SELECT resting.id FROM resting WHERE resting.ground = reached.id) AS step)
    SELECT DISTINCT resting.id, CASE WHEN resting.outcome = '{Outcome.REJECTED}' THEN ARRAY['kept', 'changed']
      ELSE {ANY_FATE} END
    FROM resting JOIN reached ON reached.id = resting.id WHERE resting.id <> {{decision}}"""

#: Open proposals whose revision rests on the decision, or on one that it replaced, or that would replace it as well.
#: Those on the same question are closed with it.
PROPOSALS = f"""{CHAIN}
    SELECT f.id, CASE WHEN f.replaces_id = {{decision}} THEN ARRAY['kept', 'dropped']
      WHEN f.state IN ('{ProposalState.RETURNED}', '{ProposalState.DEFERRED}') THEN ARRAY['changed', 'dropped']
      ELSE {ANY_FATE} END
    FROM public.governance_proposal f JOIN public.governance_proposalrevision r ON r.id = f.current_id
    WHERE f.project_id = (SELECT project_id FROM public.governance_decision WHERE id = {{decision}})
      AND f.id <> {{proposal}} AND f.state IN ({sql_list(OPEN)})
      AND (f.state NOT IN ({sql_list(workflow.BEFORE_THE_OWNER)}) OR coalesce(f.counter_to_id, f.id) IS DISTINCT FROM (
        SELECT coalesce(counter_to_id, id) FROM public.governance_proposal WHERE id = {{proposal}}))
      AND (f.replaces_id = {{decision}} OR EXISTS (
        SELECT FROM chain, jsonb_array_elements(r.rests_on) AS ground
        WHERE ground ->> 'item' = 'decision:' || chain.id))"""

#: SQL conditions on the decision NEW: it did not make `{fate}` true of the row `{id}`.
CONDITION_BROKEN = """{fate} <> 'kept' AND EXISTS (
      SELECT FROM public.governance_condition c WHERE c.id = {id} AND c.state = 'open')"""
DECISION_BROKEN = """{fate} <> 'kept' AND NOT EXISTS (
      SELECT FROM public.governance_sealbreak b
      JOIN public.projects_ledgerevent e ON encode(e.hash, 'hex') = b.after
      LEFT JOIN public.governance_decisionreview v ON v.change_id = b.id
      WHERE b.decision_id = {id} AND e.subject = 'governance.decision' AND e.subject_id = NEW.id AND e.act = 'decide'
        AND ({fate} = 'changed' OR v.answer = 'again'))"""
PROPOSAL_BROKEN = f"""EXISTS (
      SELECT FROM public.governance_proposal f WHERE f.id = {{id}}
        AND ({{fate}} = 'changed' AND f.state NOT IN ('{ProposalState.RETURNED}', '{ProposalState.DEFERRED}')
          OR {{fate}} = 'dropped' AND f.state <> '{ProposalState.WITHDRAWN}'))"""
