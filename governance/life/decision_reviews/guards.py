"""Database triggers for reviews of decisions: by the owner in office, of the newest change, once."""

from collections.abc import Iterable

import pgtrigger

from core.record.guards import guard, refuse
from governance.decide.decisions.answer_guards import given_by_the_owner
from governance.decide.decisions.watches import watches
from governance.enums import APPROVALS, Outcome
from governance.life.decision_reviews.enums import ReviewAnswer

#: SQL query: decisions of `{project}` in force whose newest change waits for the owner's word. The decision that closes
#: or abandons the project is left out: it was taken with that change in view.
TO_REVIEW = """
    SELECT d.id FROM public.governance_decision d JOIN public.governance_proposal f ON f.id = d.proposal_id
    JOIN LATERAL (SELECT b.id, split_part(b.item, ':', 1) AS kind FROM public.governance_sealbreak b
                  WHERE b.decision_id = d.id ORDER BY b.id DESC LIMIT 1) AS newest ON true
    WHERE d.project_id = {project} AND d.outcome IN (OUTCOMES) AND f.state <> 'lapsed'
      AND NOT EXISTS (SELECT FROM public.governance_decision newer WHERE newer.supersedes_id = d.id)
      AND NOT EXISTS (SELECT FROM public.governance_decisionreview w WHERE w.change_id = newest.id)
      AND NOT (newest.kind IN (IN_FORCE) AND EXISTS (
        SELECT FROM public.governance_decision later JOIN public.governance_proposalrevision r
          ON r.id = later.revision_id
        WHERE later.project_id = d.project_id AND later.id > d.id AND later.outcome IN (APPROVALS)
          AND NOT later.changes_nothing
          AND jsonb_exists(r.terms, newest.kind)))
      AND NOT EXISTS (SELECT FROM public.governance_effect e
                      WHERE e.decision_id = d.id AND e.field = 'state' AND e.after IN ('closed', 'abandoned'))
"""
#: SQL query: reviews of `{project}` that ask to propose a decision again, as long as no proposal does.
TO_PROPOSE_AGAIN = f"""
    SELECT w.id FROM public.governance_decisionreview w JOIN public.governance_decision d ON d.id = w.decision_id
    WHERE d.project_id = {{project}} AND w.answer = '{ReviewAnswer.AGAIN}'
      AND NOT EXISTS (SELECT FROM public.governance_decision newer WHERE newer.supersedes_id = d.id)
      AND NOT EXISTS (SELECT FROM public.governance_proposal f WHERE f.replaces_id = d.id AND f.state <> 'withdrawn')
"""


def to_review_sql() -> str:
    """Return TO_REVIEW with the kinds of items that every app watches."""
    lists: dict[str, Iterable[str]] = {
        "OUTCOMES": {*APPROVALS, Outcome.REJECTED},
        "IN_FORCE": {watch.kind for watch in watches() if watch.in_force} or {""},
        "APPROVALS": APPROVALS,
    }
    query = TO_REVIEW
    for name, values in lists.items():
        query = query.replace(f"({name})", "({})".format(", ".join(f"'{value}'" for value in sorted(values))))
    return query


REVIEWED_BY_THE_OWNER = given_by_the_owner("reviewed_by_id", "A decision is reviewed by the owner in office (R1)")

ANSWERS_THE_NEWEST_CHANGE = guard(
    "answers_the_newest_change",
    pgtrigger.Insert,
    f"""
    IF NEW.change_id IS DISTINCT FROM (
         SELECT max(b.id) FROM public.governance_sealbreak b WHERE b.decision_id = NEW.decision_id)
       OR EXISTS (SELECT FROM public.governance_decision newer WHERE newer.supersedes_id = NEW.decision_id) THEN
      {refuse("A review answers the newest change of what a decision in force sealed (R6)")}
    END IF;
    """,
)
