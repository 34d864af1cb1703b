"""Triggers of escalated risks: raised below by who owns or advises, answered once by the owner above."""

import pgtrigger

from core.record.guards import guard, refuse
from projects.seat_guards import decides, holds

RISEN = "(SELECT r.project_id FROM public.pmo_risk r WHERE r.id = NEW.risk_id)"

RAISED_FROM_BELOW = guard(
    "is_raised_from_below",
    pgtrigger.Insert,
    f"""
    moment := clock_timestamp();
    IF NEW.state <> 'raised' OR NEW.likelihood IS NOT NULL THEN
      {refuse("An escalated risk begins without a rating and without an answer")}
    END IF;
    IF NOT EXISTS (SELECT FROM public.pmo_risk r JOIN public.projects_project p ON p.id = r.project_id
                   WHERE r.id = NEW.risk_id AND p.parent_id = NEW.project_id) THEN
      {refuse("A risk is escalated to the portfolio or programme that its project is part of")}
    END IF;
    IF NOT {holds("NEW.raised_by_id", RISEN, "m.authority IN ('decides', 'advises')")} THEN
      {refuse("A risk is escalated by the owner or an adviser in office of its project (R2)")}
    END IF;
    """,
    moment="timestamptz",
)

ANSWERED_BY_THE_OWNER = guard(
    "is_answered_by_the_owner_above",
    pgtrigger.Update,
    f"""
    moment := clock_timestamp();
    IF OLD.state <> 'raised'
       AND (NEW.state, NEW.likelihood, NEW.impact, NEW.scale_id, NEW.answered_by_id, NEW.answered_at, NEW.own_id)
         IS DISTINCT FROM
         (OLD.state, OLD.likelihood, OLD.impact, OLD.scale_id, OLD.answered_by_id, OLD.answered_at, OLD.own_id) THEN
      {refuse("An escalated risk that is answered stays as it is")}
    END IF;
    IF NEW.state <> OLD.state AND NOT {decides("NEW.answered_by_id", "NEW.project_id")} THEN
      {refuse("An escalated risk is answered by the owner in office of the level above (R1)")}
    END IF;
    """,
    moment="timestamptz",
)
