"""SQL for the triggers that tie a change to the decisions that sealed what changes."""

from core.guards import refuse
from governance.enums import APPROVALS

#: SQL expression: the key of the item of a seal break; null when it has none.
KEY = "substring(NEW.item FROM '^[a-z]+:([0-9]{1,18})$')::bigint"


def decided_terms(decision: str, revision: str) -> str:
    """Return a SQL expression: the terms that a decision approved, those of the option it takes of its revision.

    Without a decision they are those of the recommended option.
    """
    return f"""(CASE WHEN coalesce({decision}.option, '') IN ('', {revision}.recommended) THEN {revision}.terms
      ELSE coalesce({revision}.alternatives -> ({decision}.option)::text -> 'terms', '{{}}') END)"""


def proof_of_next_version(table: str) -> str:
    """Return the proof of a frozen version: a later one of the project was frozen at the time of the break."""
    return f"""EXISTS (
      SELECT FROM public.{table} sealed JOIN public.{table} later
        ON later.project_id = sealed.project_id AND later.number > sealed.number
      WHERE sealed.id = {KEY} AND sealed.hash = NEW.before AND later.hash = NEW.after
        AND later.acted_at = NEW.acted_at)"""


def sealing_sql(term: str, project: str) -> str:
    """Return a query: the newest approval of `project` in force whose terms name a `term`, as (id, value, at)."""
    approvals = ", ".join(f"'{outcome}'" for outcome in sorted(APPROVALS))
    return f"""
      SELECT d.id, r.terms ->> '{term}' AS value, d.recorded_at AS at
      FROM public.governance_decision d JOIN public.governance_proposalrevision r ON r.id = d.revision_id
      WHERE d.project_id = {project} AND d.outcome IN ({approvals}) AND NOT d.changes_nothing
        AND jsonb_exists(r.terms, '{term}')
        AND NOT EXISTS (SELECT FROM public.governance_decision newer WHERE newer.supersedes_id = d.id)
        AND NOT EXISTS (SELECT FROM public.governance_proposal f WHERE f.id = d.proposal_id AND f.state = 'lapsed')
      ORDER BY d.id DESC LIMIT 1"""


def refusal_of_next_version(table: str, term: str) -> str:
    """Return the body of a deferred trigger on a frozen version: the approval of an earlier one is marked."""
    return f"""
        IF EXISTS (
             SELECT FROM ({sealing_sql(term, "NEW.project_id")}) AS d
             JOIN public.{table} sealed
               ON sealed.project_id = NEW.project_id AND sealed.number || ':' || sealed.hash = d.value
             WHERE d.at < NEW.recorded_at AND sealed.hash <> NEW.hash AND NOT EXISTS (
               SELECT FROM public.governance_sealbreak b
               WHERE b.decision_id = d.id AND b.item = '{term}:' || sealed.id AND b.after = NEW.hash)) THEN
          {refuse("A new version tells the decision that sealed the one before (R6)")}
        END IF;
    """


#: Proof of a ground that was replaced: a decision of this transaction carries the sealed one over, and NEW.after is its
#: entry in the ledger.
GROUND_REPLACED = """EXISTS (
      SELECT FROM public.projects_ledgerevent e JOIN public.governance_decision d ON d.id = e.subject_id
      WHERE e.act = 'decide' AND e.subject = 'governance.decision' AND encode(e.hash, 'hex') = NEW.after
        AND d.recorded_at >= transaction_timestamp()
        AND d.carried ->> ('decision-' || NEW.decision_id) IN ('changed', 'dropped'))"""
