"""Trigger on decisions: what is funded below the priority line needs a word of the owner (the twin of kinds.py)."""

import pgtrigger

from core.record.guards import deferred, refuse
from governance.decide.decisions.seal_guards import APPROVALS_SQL, decided_terms
from governance.enums import Settled
from governance.place.shares.guards import STANDS, TODAY

FUNDED_KNOWINGLY = deferred(
    "says_a_word_on_what_is_funded_below_the_line",
    pgtrigger.Insert,
    f"""
        IF NEW.outcome NOT IN ({APPROVALS_SQL}) OR NEW.changes_nothing OR public.ouvrage_back_entry() IS NOT NULL
           OR NOT EXISTS (SELECT FROM public.governance_proposal WHERE id = NEW.proposal_id
                          AND kind IN ('prioritisation', 'allocation', 'component_entry')) THEN
          RETURN NULL;
        END IF;
        SELECT {decided_terms("d", "r")}, d.id = NEW.id INTO stated, anew FROM public.governance_decision d
        JOIN public.governance_proposalrevision r ON r.id = d.revision_id
        JOIN public.governance_proposal f ON f.id = d.proposal_id
        WHERE d.project_id = NEW.project_id AND f.kind = 'prioritisation' AND f.state <> 'lapsed'
          AND d.outcome IN ({APPROVALS_SQL}) AND NOT d.changes_nothing
          AND NOT EXISTS (SELECT FROM public.governance_decision newer WHERE newer.supersedes_id = d.id)
        ORDER BY d.id DESC LIMIT 1;
        IF EXISTS (
             SELECT FROM unnest(string_to_array(stated ->> 'order', ',')) WITH ORDINALITY AS ranked(code, place)
             JOIN public.projects_project p ON p.code = ranked.code
             CROSS JOIN LATERAL (
               SELECT s.amount, s.decision_id FROM public.governance_share s
               WHERE s.project_id = NEW.project_id AND s.part_id = p.id AND {STANDS}
                 AND (s.starts_on <= {TODAY} OR s.decision_id = NEW.id)
               ORDER BY s.acted_at DESC, s.id DESC LIMIT 1) AS held
             WHERE ranked.place > (stated ->> 'line')::integer AND held.amount > 0
               AND (anew OR held.decision_id = NEW.id) AND NOT EXISTS (
                 SELECT FROM jsonb_array_elements(NEW.settled) AS word
                 WHERE word ->> 'item' = 'priority:' || ranked.code AND word ->> 'fate' = '{Settled.WITHOUT}')) THEN
          {refuse("What is funded below the priority line has the word of the owner on it")}
        END IF;
    """,
    stated="jsonb",
    anew="boolean",
)
