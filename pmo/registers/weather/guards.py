"""Database guards of the weather: worst aspect, trend since the previous report."""

import pgtrigger

from core.record.guards import guard, refuse

SKIES = "ARRAY['sunny', 'cloudy', 'stormy']"

FOLLOWS_FROM_ITS_ASPECTS = guard(
    "follows_from_its_aspects",
    pgtrigger.Insert,
    f"""
    SELECT ({SKIES})[max(array_position({SKIES}, said))] INTO worst
    FROM unnest(ARRAY[NEW.delay, NEW.cost, NEW.scope, NEW.risk]::text[]) AS said;
    IF NEW.computed <> coalesce(worst, '') THEN
      {refuse("The weather that was computed is that of the worst aspect")}
    END IF;
    SELECT overall INTO before FROM public.pmo_weatherreport w
    WHERE w.project_id = NEW.project_id AND w.month < NEW.month ORDER BY w.month DESC, w.id DESC LIMIT 1;
    step := array_position({SKIES}, NEW.overall::text) - array_position({SKIES}, before);
    IF NEW.trend <> (CASE WHEN step IS NULL THEN '' WHEN step < 0 THEN 'improving' WHEN step > 0 THEN 'worsening'
                     ELSE 'stable' END) THEN
      {refuse("The trend compares with the report of the month before")}
    END IF;
    """,
    worst="text",
    before="text",
    step="integer",
)
