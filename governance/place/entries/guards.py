"""Trigger on portfolios and programmes: they end after what is below them."""

import pgtrigger

from core.record.guards import deferred, refuse

ENDS_AFTER_WHAT_IS_BELOW = deferred(
    "ends_after_what_is_below",
    pgtrigger.Update,
    f"""
        IF NEW.state IN ('closed', 'abandoned') AND OLD.state NOT IN ('closed', 'abandoned') AND EXISTS (
             SELECT FROM public.projects_project below
             WHERE below.parent_id = NEW.id AND below.state NOT IN ('closed', 'abandoned')) THEN
          {refuse("A portfolio or programme ends once everything below it has ended")}
        END IF;
    """,
)
