"""Database guards of success criteria: hashed sets, approval of the frozen wording."""

import pgtrigger

from core.record.guards import deferred, guard, numbered_and_hashed, refuse
from governance.decide.decisions.effect_guards import noted_effect
from governance.decide.decisions.seal_guards import refusal_of_next_version

CARRIES_ITS_HASH = guard(
    "carries_its_hash",
    pgtrigger.Insert,
    numbered_and_hashed(
        "pmo_successcriteriaset",
        "A set of success criteria carries the hash of its content",
        "The sets of success criteria follow each other",
    ),
)

STAYS_AS_APPROVED = guard(
    "stays_as_approved",
    pgtrigger.Insert | pgtrigger.Update,
    f"""
    IF TG_OP = 'INSERT' AND NEW.state <> 'proposed' THEN
      {refuse("A success criterion is proposed first")}
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state <> 'proposed'
       AND (NEW.text, NEW.measure, NEW.target, NEW.unit, NEW.due_gate, NEW.months_after)
           IS DISTINCT FROM (OLD.text, OLD.measure, OLD.target, OLD.unit, OLD.due_gate, OLD.months_after) THEN
      {refuse("What was approved or dropped keeps its words: propose another criterion")}
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'dropped' AND NEW.state = 'proposed' THEN
      {refuse("A criterion that was dropped is proposed anew")}
    END IF;
    """,
)

MEASURED_ONCE_APPROVED = guard(
    "is_measured_once_approved",
    pgtrigger.Insert,
    f"""
    IF NOT EXISTS (SELECT FROM public.pmo_successcriterion c
                   WHERE c.id = NEW.criterion_id AND c.state = 'approved') THEN
      {refuse("A success criterion is measured once the owner has approved it")}
    END IF;
    """,
)

APPROVED_BY_THE_OWNER = deferred(
    "is_approved_by_the_owner",
    pgtrigger.Update,
    f"""
        IF NEW.state <> OLD.state AND 'approved' IN (NEW.state, OLD.state)
           AND NOT EXISTS ({noted_effect("criteria")}) THEN
          {refuse("Only a decision of the owner approves a success criterion, or ends that (R1)")}
        END IF;
        IF NEW.state = 'approved' AND NEW.state <> OLD.state AND NOT EXISTS (
             SELECT FROM public.pmo_successcriteriaset s JOIN public.governance_effect e ON e.subject_id = s.id
             JOIN public.governance_decision d ON d.id = e.decision_id
             WHERE s.project_id = NEW.project_id AND d.project_id = NEW.project_id
               AND e.subject = 'pmo.successcriteriaset' AND e.field = 'criteria' AND e.after <> ''
               AND e.recorded_at >= transaction_timestamp()
               AND s.content @> jsonb_build_array(jsonb_build_object(
                 'number', NEW.number::text, 'text', NEW.text, 'measure', NEW.measure, 'target', NEW.target))) THEN
          {refuse("What is approved is the exact criterion that was frozen")}
        END IF;
    """,
)

TELLS_WHAT_APPROVED_IT = deferred(
    "tells_what_approved_it",
    pgtrigger.Insert,
    refusal_of_next_version("pmo_successcriteriaset", "criteria"),
)
