"""Triggers of shares: given by a decision, within the budget above, and not below what is committed.

They look at the end of the transaction, one transaction after the other in a tree: what two owners decide at the same
time is judged together.
"""

import pgtrigger

from core.record.guards import deferred, guard, refuse
from governance.decide.decisions.seal_guards import APPROVALS_SQL

#: Number of the lock of a tree among the advisory locks.
TREE_LOCK = 75
#: Day of the act in the time zone of the organisation.
TODAY = "(coalesce(public.ouvrage_back_entry(), clock_timestamp()) AT TIME ZONE public.ouvrage_zone())::date"
#: SQL condition: no later decision has undone the share `s`.
STANDS = """NOT EXISTS (SELECT FROM public.governance_effect undone WHERE undone.subject = 'governance.share'
            AND undone.subject_id = s.id AND undone.after = '')"""


def lock_tree_sql(project: str) -> str:
    """Return the statement that waits for other decisions on money in the tree of `project`, and holds them up."""
    return f"""
    PERFORM pg_advisory_xact_lock({TREE_LOCK}, (
      SELECT coalesce(above.parent_id, p.parent_id, p.id) FROM public.projects_project p
      LEFT JOIN public.projects_project above ON above.id = p.parent_id WHERE p.id = {project})::integer);"""


def days_sql(node: str) -> str:
    """Return the query of the days, from today on, on which shares of the budget of `node` change."""
    return f"""SELECT {TODAY} AS day UNION SELECT s.starts_on FROM public.governance_share s
               WHERE s.project_id = {node} AND s.starts_on > {TODAY}"""


def least_share_sql(node: str, part: str, also: str = "true") -> str:
    """Return the expression: the least share of `part` in the budget of `node` from today on; null without one."""
    return f"""(
      SELECT min(held.amount) FROM ({days_sql(node)}) AS days
      CROSS JOIN LATERAL (
        SELECT s.amount, s.is_withdrawn FROM public.governance_share s
        WHERE s.project_id = {node} AND s.part_id = {part} AND s.starts_on <= days.day AND {STANDS}
        ORDER BY s.acted_at DESC, s.id DESC LIMIT 1) AS held
      WHERE {also})"""


def excess_sql(node: str) -> str:
    """Return the query of the days from today on, with a row where the shares exceed the budget of `node`."""
    return f"""
      SELECT FROM ({days_sql(node)}) AS days
      CROSS JOIN LATERAL (
        SELECT sum(held.amount) AS total FROM (
          SELECT DISTINCT ON (s.part_id) s.amount FROM public.governance_share s
          WHERE s.project_id = {node} AND s.starts_on <= days.day AND {STANDS}
          ORDER BY s.part_id, s.acted_at DESC, s.id DESC) AS held) AS given
      WHERE given.total > coalesce((SELECT budget FROM public.projects_project WHERE id = {node}), 0)"""


def committed_sql(part: str) -> str:
    """Return the expression: what the choices of a provider in force commit on `part` and on what is below it."""
    return f"""coalesce((
      SELECT sum(CASE WHEN d.option IN ('', r.recommended) THEN r.amount
                 ELSE nullif(r.alternatives -> d.option::text ->> 'amount', '')::numeric END)
      FROM public.governance_decision d JOIN public.governance_proposal f ON f.id = d.proposal_id
      JOIN public.governance_proposalrevision r ON r.id = d.revision_id
      JOIN public.projects_project p ON p.id = d.project_id
      LEFT JOIN public.projects_project above ON above.id = p.parent_id
      WHERE f.kind = 'supplier_choice' AND f.state <> 'lapsed' AND d.outcome IN ({APPROVALS_SQL})
        AND NOT d.changes_nothing AND {part} IN (p.id, p.parent_id, above.parent_id)
        AND NOT EXISTS (SELECT FROM public.governance_decision newer WHERE newer.supersedes_id = d.id)), 0)"""


#: SQL query: the nodes from the project `{project}` up, each with the one above it.
LINKS = """SELECT p.id AS part, p.parent_id AS node FROM public.projects_project p WHERE p.id = {project}
      UNION ALL SELECT above.id, above.parent_id FROM public.projects_project p
      JOIN public.projects_project above ON above.id = p.parent_id WHERE p.id = {project}"""

OF_WHAT_IS_BELOW = guard(
    "is_of_what_is_below",
    pgtrigger.Insert,
    f"""
    IF NOT EXISTS (
         SELECT FROM public.projects_project above JOIN public.projects_project p ON p.id = NEW.part_id
         WHERE above.id = NEW.project_id AND above.level <> 'project' AND (
           p.id = above.id AND NOT NEW.is_withdrawn OR p.parent_id = above.id
           OR NOT NEW.is_withdrawn AND EXISTS (
             SELECT FROM public.governance_move v
             WHERE v.project_id = p.id AND v.target_id = above.id AND v.state = 'asked')
           OR NEW.amount = 0 AND EXISTS (
             SELECT FROM public.governance_share s WHERE s.project_id = above.id AND s.part_id = p.id))) THEN
      {refuse("A share is of what is below its programme or portfolio, or asks to come there")}
    END IF;
    """,
)

GIVEN_BY_ITS_DECISION = deferred(
    "is_given_by_its_decision",
    pgtrigger.Insert,
    f"""
        IF NOT EXISTS (
             SELECT FROM public.governance_effect e JOIN public.governance_decision d ON d.id = e.decision_id
             JOIN public.governance_proposal f ON f.id = d.proposal_id
             WHERE e.subject = 'governance.share' AND e.subject_id = NEW.id AND e.after = NEW.amount::text
               AND e.recorded_at >= transaction_timestamp() AND d.id = NEW.decision_id
               AND d.project_id = NEW.project_id
               AND f.kind = ANY (CASE WHEN NEW.is_withdrawn THEN ARRAY['component_withdrawal']
                                 ELSE ARRAY['allocation', 'component_entry'] END)) THEN
          {refuse("Only a decision of the owner above gives a share or withdraws a place (R1)")}
        END IF;
    """,
)

#: On effects: each share, each of its undoings and each change of a budget is one.
STAYS_WITHIN_THE_BUDGETS = deferred(
    "stays_within_the_budgets",
    pgtrigger.Insert,
    f"""
        IF split_part(NEW.field, ':', 1) NOT IN ('share', 'budget') THEN
          RETURN NULL;
        END IF;
        SELECT d.project_id INTO node FROM public.governance_decision d WHERE d.id = NEW.decision_id;
        {lock_tree_sql("node")}
        IF EXISTS ({excess_sql("node")}) THEN
          {refuse("The shares exceed the budget")}
        END IF;
        IF NEW.field = 'budget' THEN
          IF EXISTS (SELECT FROM public.projects_project p
                     WHERE p.id = node AND p.budget > {least_share_sql("p.parent_id", "p.id")}) THEN
            {refuse("A budget stays within the share that the owner above has given")}
          END IF;
          RETURN NULL;
        END IF;
        SELECT part_id INTO part FROM public.governance_share WHERE id = NEW.subject_id;
        IF part <> node
           AND {least_share_sql("node", "part", "NOT held.is_withdrawn")} < {committed_sql("part")} THEN
          {refuse("A share is not cut below what is committed, but with an exit")}
        END IF;
    """,
    node="bigint",
    part="bigint",
)

#: On decisions: the choice of a provider commits money.
STAYS_WITHIN_THE_SHARE = deferred(
    "stays_within_the_share",
    pgtrigger.Insert,
    f"""
        IF NEW.changes_nothing OR NEW.outcome NOT IN ({APPROVALS_SQL}) OR NOT EXISTS (
             SELECT FROM public.governance_proposal WHERE id = NEW.proposal_id AND kind = 'supplier_choice') THEN
          RETURN NULL;
        END IF;
        {lock_tree_sql("NEW.project_id")}
        IF EXISTS (SELECT FROM ({LINKS.format(project="NEW.project_id")}) AS link
                   WHERE {committed_sql("link.part")} > {least_share_sql("link.node", "link.part")}) THEN
          {refuse("A choice of provider stays within the share that the owner above has given")}
        END IF;
    """,
)
