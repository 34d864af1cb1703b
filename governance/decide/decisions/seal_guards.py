"""Triggers that tie a change to the decisions that sealed what changes, and their SQL."""

import pgtrigger

from core.record.guards import refuse, sql_list
from governance.decide.decisions.watches import watches
from governance.decide.kinds.guards import RegistryGuard
from governance.enums import APPROVALS

APPROVALS_SQL = sql_list(APPROVALS)

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
    return f"""
      SELECT d.id, r.terms ->> '{term}' AS value, d.recorded_at AS at
      FROM public.governance_decision d JOIN public.governance_proposalrevision r ON r.id = d.revision_id
      WHERE d.project_id = {project} AND d.outcome IN ({APPROVALS_SQL}) AND NOT d.changes_nothing
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

#: SQL condition: the terms of the decision name NEW.before, or a part of it.
NAMED_IN_ITS_TERMS = f"""EXISTS (
      SELECT FROM public.governance_decision d JOIN public.governance_proposalrevision r ON r.id = d.revision_id,
        jsonb_each_text({decided_terms("d", "r")}) AS term(name, value)
      WHERE d.id = NEW.decision_id AND (
        term.value = NEW.before OR NEW.before = ANY (regexp_split_to_array(term.value, '[:,#]'))))"""

#: SQL condition: the revision decided on rests on the item in the version NEW.before.
IS_ITS_GROUND = """EXISTS (
      SELECT FROM public.governance_decision d JOIN public.governance_proposalrevision r ON r.id = d.revision_id,
        jsonb_array_elements(r.rests_on) AS ground
      WHERE d.id = NEW.decision_id AND ground ->> 'item' = NEW.item AND ground ->> 'version' = NEW.before)"""

#: SQL condition: the document had a new version in this transaction, or was decided on in it in an older one.
NEW_VERSION_OF_A_DOCUMENT = f"""EXISTS (
      SELECT FROM public.projects_documentversion v
      WHERE v.document_id = {KEY} AND v.sha256 = NEW.after AND (v.recorded_at >= transaction_timestamp() OR EXISTS (
        SELECT FROM public.governance_decision d
        WHERE d.id = NEW.decision_id AND d.recorded_at >= transaction_timestamp()
          AND d.seen ->> NEW.item = NEW.after)))"""


def _proven_change() -> str:
    """Return the body of the trigger on seal breaks: each kind of item has its proof."""
    proofs = "".join(f"\n      WHEN '{watch.kind}' THEN {watch.proof}" for watch in watches())
    return f"""
    IF NEW.before = NEW.after OR NOT EXISTS (
         SELECT FROM public.governance_decision d
         WHERE d.id = NEW.decision_id
           AND d.file @> jsonb_build_array(jsonb_build_object('item', NEW.item, 'hash', NEW.before)))
       AND NOT {NAMED_IN_ITS_TERMS} AND NOT {IS_ITS_GROUND} THEN
      {refuse("A change after a decision concerns what the decision sealed")}
    END IF;
    IF NOT coalesce(CASE split_part(NEW.item, ':', 1)
      WHEN 'document' THEN {NEW_VERSION_OF_A_DOCUMENT}{proofs}
      ELSE false
    END, false) THEN
      {refuse("A change after a decision follows from a change of what it sealed")}
    END IF;
    """


FOLLOWS_FROM_A_NEW_VERSION = RegistryGuard("follows_from_a_new_version", pgtrigger.Insert, _proven_change)

MARKED_WHEN_A_DOCUMENT_WAS_REPLACED = pgtrigger.Trigger(
    name="is_marked_when_a_document_was_replaced",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    func=f"""
        IF EXISTS (
             SELECT FROM jsonb_array_elements(NEW.file) AS sealed
             WHERE sealed ->> 'item' LIKE 'document:%' AND NEW.seen ->> (sealed ->> 'item') <> sealed ->> 'hash'
               AND NOT EXISTS (SELECT FROM public.governance_sealbreak b
                               WHERE b.decision_id = NEW.id AND b.item = sealed ->> 'item'
                                 AND b.before = sealed ->> 'hash' AND b.after = NEW.seen ->> (sealed ->> 'item'))) THEN
          {refuse("A decision on a document that was replaced before is marked at once (R6)")}
        END IF;
        RETURN NULL;
    """,
)
