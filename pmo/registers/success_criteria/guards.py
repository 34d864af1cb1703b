"""Database guards of success criteria: hashed sets, approval of the frozen wording."""

from collections.abc import Iterable

import pgtrigger

from core.record.guards import deferred, guard, numbered_and_hashed, refuse
from governance.decide.decisions.effect_guards import noted_effect
from governance.decide.decisions.seal_guards import APPROVALS_SQL, decided_terms, refusal_of_next_version
from pmo.registers.success_criteria.enums import MEASURED


def _quote(states: Iterable[str]) -> str:
    return ", ".join(f"'{state}'" for state in sorted(states))


CARRIES_ITS_HASH = guard(
    "carries_its_hash",
    pgtrigger.Insert,
    numbered_and_hashed(
        "pmo_successcriteriaset",
        "A set of success criteria carries the hash of its content",
        "The sets of success criteria follow each other",
    ),
)

#: Words of a criterion that stay as they were approved.
WORDS = (
    *("text", "measure", "target", "unit", "due_gate", "months_after"),
    *("baseline", "baseline_on", "target_on", "owner_id", "delivered_by_id"),
)


def _listed(row: str) -> str:
    return ", ".join(f"{row}.{word}" for word in WORDS)


DELIVERED_AT_OR_BELOW = guard(
    "is_delivered_at_its_project_or_below",
    pgtrigger.Insert | pgtrigger.Update,
    f"""
    IF NEW.delivered_by_id IS NOT NULL
       AND (TG_OP = 'INSERT' OR NEW.delivered_by_id IS DISTINCT FROM OLD.delivered_by_id) AND NOT EXISTS (
         SELECT FROM public.projects_project p LEFT JOIN public.projects_project up ON up.id = p.parent_id
         WHERE p.id = NEW.delivered_by_id AND NEW.project_id IN (p.id, p.parent_id, up.parent_id)) THEN
      {refuse("A benefit is delivered by its project or by one below it")}
    END IF;
    """,
)

STAYS_AS_APPROVED = guard(
    "stays_as_approved",
    pgtrigger.Insert | pgtrigger.Update,
    f"""
    IF TG_OP = 'INSERT' AND NEW.state <> 'proposed' THEN
      {refuse("A success criterion is proposed first")}
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state <> 'proposed'
       AND ({_listed("NEW")}) IS DISTINCT FROM ({_listed("OLD")}) THEN
      {refuse("What was approved or dropped keeps its words: propose another criterion")}
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'dropped' AND NEW.state = 'proposed' THEN
      {refuse("A criterion that was dropped is proposed anew")}
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.state = 'obtained' AND OLD.state NOT IN ('approved', 'obtained') THEN
      {refuse("A benefit is approved before it is obtained")}
    END IF;
    """,
)

MEASURED_ONCE_APPROVED = guard(
    "is_measured_once_approved",
    pgtrigger.Insert,
    f"""
    IF NOT EXISTS (SELECT FROM public.pmo_successcriterion c
                   WHERE c.id = NEW.criterion_id AND c.state IN ({_quote(MEASURED)})) THEN
      {refuse("A success criterion is measured once the owner has approved it")}
    END IF;
    """,
)

#: SQL conditions on a change of state: it concerns what was or becomes approved; it ends or brings back a benefit.
NOT_PROPOSED = f"NEW.state IN ({_quote(MEASURED)}) OR OLD.state IN ({_quote(MEASURED)})"
ENDED = "'obtained' IN (NEW.state, OLD.state) OR OLD.state = 'dropped'"

APPROVED_BY_THE_OWNER = deferred(
    "is_approved_by_the_owner",
    pgtrigger.Update,
    f"""
        IF NEW.state <> OLD.state AND ({NOT_PROPOSED}) AND NOT EXISTS (
             {noted_effect("benefit")} AND e.subject = 'pmo.successcriterion' AND e.subject_id = NEW.id
               AND e.after = NEW.state) AND ({ENDED} OR NOT EXISTS ({noted_effect("criteria")})) THEN
          {refuse("Only a decision of the owner approves a success criterion, or ends that (R1)")}
        END IF;
        IF NEW.state = 'approved' AND OLD.state = 'proposed' AND NOT EXISTS (
             SELECT FROM public.pmo_successcriteriaset s JOIN public.governance_effect e ON e.subject_id = s.id
             JOIN public.governance_decision d ON d.id = e.decision_id
             WHERE s.project_id = NEW.project_id AND d.project_id = NEW.project_id
               AND e.subject = 'pmo.successcriteriaset' AND e.field = 'criteria' AND e.after <> ''
               AND e.recorded_at >= transaction_timestamp()
               AND s.content @> jsonb_build_array(jsonb_strip_nulls(jsonb_build_object(
                 'number', NEW.number::text, 'text', NEW.text, 'measure', NEW.measure, 'target', NEW.target,
                 'baseline', nullif(NEW.baseline, ''), 'baseline_on', NEW.baseline_on::text,
                 'target_on', NEW.target_on::text)))) THEN
          {refuse("What is approved is the exact criterion that was frozen")}
        END IF;
    """,
)

#: SQL query: the number of each proposed benefit of the set that the terms of a decision name, which another project of
#: the family has approved in the same words (pmo.registers.success_criteria.benefits).
CLAIMED_TWICE = f"""
      SELECT mine.number FROM public.pmo_successcriteriaset s
      CROSS JOIN LATERAL jsonb_array_elements(s.content) AS item
      JOIN public.pmo_successcriterion mine
        ON mine.project_id = s.project_id AND mine.number::text = item ->> 'number'
      JOIN public.projects_project here ON here.id = s.project_id
      LEFT JOIN public.projects_project above ON above.id = here.parent_id
      WHERE s.project_id = NEW.project_id AND s.number::text = split_part(named, ':', 1)
        AND mine.kind = 'benefit' AND mine.state = 'proposed' AND EXISTS (
          SELECT FROM public.pmo_successcriterion other
          JOIN public.projects_project there ON there.id = other.project_id
          LEFT JOIN public.projects_project over ON over.id = there.parent_id
          WHERE other.project_id <> here.id AND other.kind = 'benefit' AND other.state IN ({_quote(MEASURED)})
            AND upper(other.text) = upper(item ->> 'text')
            AND coalesce(over.parent_id, there.parent_id, there.id)
              = coalesce(above.parent_id, here.parent_id, here.id))"""

#: SQL condition of a revision NEW of the proposal `file`: each proposed benefit of the set that it names is complete.
COMPLETE = """NOT EXISTS (
      SELECT FROM public.pmo_successcriteriaset s CROSS JOIN LATERAL jsonb_array_elements(s.content) AS item
      JOIN public.pmo_successcriterion c ON c.project_id = s.project_id AND c.number::text = item ->> 'number'
      WHERE c.state = 'proposed' AND s.project_id = file.project_id
        AND s.number::text = split_part(NEW.terms ->> 'criteria', ':', 1)
        AND item ->> 'kind' = 'benefit' AND NOT jsonb_exists_all(item, ARRAY['baseline', 'target_on', 'owner']))"""

CLAIMED_KNOWINGLY = guard(
    "says_a_word_on_each_benefit_claimed_twice",
    pgtrigger.Insert,
    f"""
    IF NEW.outcome NOT IN ({APPROVALS_SQL}) OR NEW.changes_nothing OR public.ouvrage_back_entry() IS NOT NULL THEN
      RETURN NEW;
    END IF;
    SELECT {decided_terms("NEW", "r")} ->> 'criteria' INTO named
    FROM public.governance_proposalrevision r WHERE r.id = NEW.revision_id;
    IF named IS NOT NULL AND EXISTS (
         SELECT FROM ({CLAIMED_TWICE}) AS claimed
         WHERE NOT NEW.settled @> jsonb_build_array(jsonb_build_object('item', 'benefit:' || claimed.number))) THEN
      {refuse("A benefit that another project claims is approved only with the word of the owner on it")}
    END IF;
    """,
    named="text",
)

TELLS_WHAT_APPROVED_IT = deferred(
    "tells_what_approved_it",
    pgtrigger.Insert,
    refusal_of_next_version("pmo_successcriteriaset", "criteria"),
)
