"""Triggers of the effects of a decision, and of what changes only by one, in the same transaction."""

import pgtrigger

from core.record.guards import guard, refuse
from governance.decide.decisions.condition_guards import not_met_in_time
from governance.decide.decisions.dependents import DEPENDENTS, hanging_sql
from governance.decide.decisions.seal_guards import APPROVALS_SQL, decided_terms
from governance.decide.kinds.guards import DeferredRegistryGuard, RegistryGuard
from projects.project.gates import places_sql


def noted_effect(field: str) -> str:
    """Return the query of the effects on this `field` that the transaction recorded on the project of NEW."""
    return f"""SELECT FROM public.governance_effect e JOIN public.governance_decision d ON d.id = e.decision_id
    WHERE d.project_id = NEW.project_id AND e.recorded_at >= transaction_timestamp() AND e.field = '{field}'"""


#: SQL condition: the effect NEW leads an earlier one of its decision back, which lapses in this transaction and whose
#: owner chose this with the decision.
UNDONE_BY_A_LAPSE = f"""EXISTS (
      SELECT FROM public.governance_condition c
      WHERE c.decision_id = NEW.decision_id AND c.state = 'lapsed'
        AND c.lifted_at >= coalesce(public.ouvrage_back_entry(), transaction_timestamp()))
    AND {not_met_in_time("NEW.decision_id", "= 'undone'", "NEW.acted_at")}
    AND EXISTS (
      SELECT FROM public.governance_effect made
      WHERE made.decision_id = NEW.decision_id AND made.recorded_at < transaction_timestamp()
        AND made.subject = NEW.subject AND made.field = NEW.field AND made.after = NEW.before
        AND (NEW.subject_id = made.subject_id AND NEW.after = made.before OR NEW.before = ''))"""

FOLLOWS_FROM_AN_APPROVAL = guard(
    "follows_from_an_approval",
    pgtrigger.Insert,
    f"""
    SELECT * INTO answer FROM public.governance_decision WHERE id = NEW.decision_id;
    IF answer.id IS NULL OR answer.outcome NOT IN ({APPROVALS_SQL}) THEN
      {refuse("Only an approval has effects")}
    END IF;
    IF answer.changes_nothing THEN
      {refuse("An option that changes nothing has no effects (R1)")}
    END IF;
    IF NEW.subject = 'projects.project' AND NEW.subject_id <> answer.project_id THEN
      {refuse("A decision has effects on its own project")}
    END IF;
    IF answer.effective = 'when_met' AND EXISTS (
         SELECT FROM public.governance_condition c WHERE c.decision_id = answer.id AND c.state = 'open') THEN
      {refuse("This decision takes effect when its last condition is lifted")}
    END IF;
    IF EXISTS (SELECT FROM public.governance_decision newer WHERE newer.supersedes_id = answer.id)
       OR answer.recorded_at < transaction_timestamp() AND NOT (answer.effective = 'when_met' AND EXISTS (
         SELECT FROM public.governance_condition c WHERE c.decision_id = answer.id AND c.state <> 'lapsed'
           AND c.lifted_at >= coalesce(public.ouvrage_back_entry(), transaction_timestamp())))
         AND NOT ({UNDONE_BY_A_LAPSE}) THEN
      {refuse("An effect is noted when its decision takes effect, not afterwards")}
    END IF;
    """,
    answer="public.governance_decision",
)

WAIVED_BY_DECISION = pgtrigger.Trigger(
    name="waives_independence_by_decision",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    func=f"""
        IF NEW.independence_waived AND NOT EXISTS (
             SELECT FROM public.governance_effect e JOIN public.governance_decision d ON d.id = e.decision_id
             JOIN public.governance_proposalrevision r ON r.id = d.revision_id
             WHERE e.subject = 'projects.mandate' AND e.subject_id = NEW.id AND e.field = 'holder' AND e.after <> ''
               AND e.recorded_at >= transaction_timestamp() AND d.project_id = NEW.project_id
               AND public.ouvrage_meaningful({decided_terms("d", "r")} ->> 'independence')) THEN
          {refuse("Independence is waived by a decision of the owner that says why (R8)")}
        END IF;
        RETURN NULL;
    """,
)

ADVANCES_GATE_BY_GATE = pgtrigger.Trigger(
    name="advances_gate_by_gate",
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    timing=pgtrigger.Deferred,
    func=f"""
        IF NEW.gate IN ('', OLD.gate) OR public.ouvrage_back_entry() IS NOT NULL THEN
          RETURN NULL;
        END IF;
        IF EXISTS (
             SELECT FROM unnest({places_sql("NEW", repeated=False)}) AS skipped(place)
             WHERE skipped.place < NEW.gate
               AND skipped.place > CASE WHEN OLD.gate = '' AND OLD.state <> 'draft' THEN 'G0' ELSE OLD.gate END)
           AND NOT EXISTS (
             SELECT FROM public.governance_effect e JOIN public.governance_decision d ON d.id = e.decision_id
             JOIN public.governance_proposalrevision r ON r.id = d.revision_id
             WHERE e.subject = 'projects.project' AND e.subject_id = NEW.id AND e.field = 'gate' AND e.after = NEW.gate
               AND e.recorded_at >= transaction_timestamp()
               AND public.ouvrage_meaningful({decided_terms("d", "r")} ->> 'skips'))
           AND NOT EXISTS (
             SELECT FROM public.governance_effect e
             WHERE e.subject = 'projects.project' AND e.subject_id = NEW.id AND e.field = 'gate'
               AND e.before = OLD.gate AND e.after = NEW.gate AND e.recorded_at < transaction_timestamp()) THEN
          {refuse("A project passes its gates in order, or says why it skips one")}
        END IF;
        RETURN NULL;
    """,
)

CHANGES_BY_DECISION = pgtrigger.Trigger(
    name="changes_its_terms_by_decision",
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    timing=pgtrigger.Deferred,
    declare=[
        ("approved_before", "text"),
        ("approved_after", "text"),
    ],
    func=f"""
        SELECT number::text INTO approved_before FROM public.projects_matrix
        WHERE id = OLD.matrix_id AND OLD.matrix_approved;
        SELECT number::text INTO approved_after FROM public.projects_matrix
        WHERE id = NEW.matrix_id AND NEW.matrix_approved;
        approved_before := coalesce(approved_before, '');
        approved_after := coalesce(approved_after, '');
        IF EXISTS (
             SELECT FROM (VALUES
               ('scope', OLD.scope, NEW.scope),
               ('ends_on', to_char(OLD.ends_on, 'YYYY-MM-DD'), to_char(NEW.ends_on, 'YYYY-MM-DD')),
               ('budget', coalesce(OLD.budget::text, ''), coalesce(NEW.budget::text, '')),
               ('state', OLD.state, NEW.state),
               ('gate', OLD.gate, NEW.gate),
               ('provider_gate', OLD.provider_gate, NEW.provider_gate),
               ('matrix', approved_before, approved_after)
             ) AS part(field, before, after)
             WHERE part.before <> part.after AND NOT EXISTS (
               SELECT FROM public.governance_effect e
               WHERE e.subject = 'projects.project' AND e.subject_id = NEW.id AND e.field = part.field
                 AND e.before = part.before AND e.after = part.after AND e.recorded_at >= transaction_timestamp())) THEN
          {refuse("The terms, the roles and the state of a project change by a decision of its owner (R1)")}
        END IF;
        RETURN NULL;
    """,
)


def _says_what_becomes_of_the_rest() -> str:
    """Return the body of the trigger on the undo map: everything listed has a possible fate, nothing else has one."""
    return f"""
    SELECT * INTO file FROM public.governance_proposal WHERE id = NEW.proposal_id;
    IF NEW.supersedes_id = file.replaces_id AND NEW.outcome IN ({APPROVALS_SQL}) THEN
      SELECT jsonb_object_agg(hanging.item, to_jsonb(hanging.fates)) INTO rest
      FROM ({hanging_sql("NEW.supersedes_id", "NEW.proposal_id")}) AS hanging;
    END IF;
    rest := coalesce(rest, '{{}}');
    IF EXISTS (SELECT FROM jsonb_each(rest) AS hanging(item, fates)
               WHERE NOT jsonb_exists(hanging.fates, coalesce(NEW.carried ->> hanging.item, ''))) THEN
      {refuse("What rests on a decision is kept, changed or dropped explicitly when it is replaced (R6)")}
    END IF;
    IF EXISTS (SELECT FROM jsonb_object_keys(NEW.carried) AS carried(item)
               WHERE NOT jsonb_exists(rest, carried.item)) THEN
      {refuse("Only what rests on the decision replaced is carried over (R6)")}
    END IF;
    """


def _carries_everything_over() -> str:
    """Return the body of the deferred trigger: the fates that the database can see are true when the act ends."""
    about = {"id": "split_part(carried.item, '-', 2)::bigint", "fate": "carried.fate"}
    checks = "".join(
        f"""
        IF EXISTS (SELECT FROM jsonb_each_text(NEW.carried) AS carried(item, fate)
                   WHERE split_part(carried.item, '-', 1) = '{rows.name}'
                     AND ({rows.broken.format(**about)})) THEN
          {refuse("What becomes of something is done with the decision that says so (R6)")}
        END IF;"""
        for rows in DEPENDENTS
        if rows.broken
    )
    return f"""{checks}
        IF EXISTS (SELECT FROM public.governance_decision d JOIN public.governance_proposal p ON p.id = d.proposal_id
                   WHERE d.id = NEW.supersedes_id AND p.id <> NEW.proposal_id AND p.state <> 'superseded') THEN
          {refuse("The proposal of a decision that is replaced is superseded (R6)")}
        END IF;
    """


SAYS_WHAT_BECOMES_OF_THE_REST = RegistryGuard(
    "says_what_becomes_of_the_rest",
    pgtrigger.Insert,
    _says_what_becomes_of_the_rest,
    file="public.governance_proposal",
    rest="jsonb",
)

CARRIES_EVERYTHING_OVER = DeferredRegistryGuard("carries_everything_over", pgtrigger.Insert, _carries_everything_over)
