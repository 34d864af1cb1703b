"""Database guards of the schedule: every forecast is recorded, and a change has a reason."""

import pgtrigger

from core.guards import guard, refuse

KEEPS_ITS_FORECASTS = pgtrigger.Trigger(
    name="keeps_its_forecasts",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.Update,
    timing=pgtrigger.Deferred,
    func=f"""
        IF (SELECT m.forecast_on FROM public.pmo_milestone m WHERE m.id = NEW.id) IS DISTINCT FROM (
             SELECT f.forecast_on FROM public.pmo_milestoneforecast f
             WHERE f.milestone_id = NEW.id ORDER BY f.id DESC LIMIT 1) THEN
          {refuse("Every forecast of a milestone is kept")}
        END IF;
        RETURN NULL;
    """,
)

SAYS_WHY_IT_MOVES = guard(
    "says_why_it_moves",
    pgtrigger.Insert,
    f"""
    IF NEW.reason = '' AND EXISTS (
         SELECT FROM public.pmo_milestoneforecast f WHERE f.milestone_id = NEW.milestone_id) THEN
      {refuse("A forecast that moves says why")}
    END IF;
    """,
)
