"""Database guards of the budget: every figure of a line is recorded."""

import pgtrigger

from core.record.guards import deferred, refuse

KEEPS_ITS_READINGS = deferred(
    "keeps_its_readings",
    pgtrigger.Insert | pgtrigger.Update,
    f"""
        IF NOT EXISTS (
             SELECT FROM public.pmo_budgetline l JOIN public.pmo_budgetreading r ON r.line_id = l.id
             WHERE l.id = NEW.id AND (r.envelope, r.committed, r.forecast) = (l.envelope, l.committed, l.forecast)
               AND r.id = (SELECT max(last.id) FROM public.pmo_budgetreading last WHERE last.line_id = l.id)) THEN
          {refuse("Every figure of a budget line is kept")}
        END IF;
    """,
)
