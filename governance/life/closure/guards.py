"""Trigger of the closing: nothing stays open without a word of the owner in the decision that closes."""

from typing import Any

import pgtrigger

from core.record.guards import refuse
from governance.enums import Settled
from governance.life.closure.registry import AT_CLOSURE, OpenRows


def items_sql(project: str) -> str:
    """Return the SQL query of everything open on `project`, a SQL expression of its key: item and possible words."""
    parts = [
        f"SELECT '{rows.name}-' || id, ARRAY[{_list_fates(rows)}] FROM ({rows.query(project)}) AS open"
        for rows in AT_CLOSURE
    ]
    return " UNION ALL ".join(parts)


def _list_fates(rows: OpenRows) -> str:
    """Return the words on these rows as SQL; `excused` is that of a decision from before each group had its own."""
    return ", ".join(f"'{fate}'" for fate in (*rows.group.fates, Settled.EXCUSED))


class ClosingGuard(pgtrigger.Trigger):
    """A deferred trigger on projects, generated from the registry at each installation."""

    def get_func(self, model: Any) -> str:
        """Return the trigger function."""
        return f"""
        IF OLD.state IN ('closed', 'abandoned') OR NEW.state NOT IN ('closed', 'abandoned')
           OR public.ouvrage_back_entry() IS NOT NULL THEN
          RETURN NULL;
        END IF;
        SELECT d.settled, d.id INTO said, closing FROM public.governance_effect e
        JOIN public.governance_decision d ON d.id = e.decision_id
        WHERE e.subject = 'projects.project' AND e.subject_id = NEW.id AND e.field = 'state' AND e.after = NEW.state
          AND e.recorded_at >= transaction_timestamp()
        ORDER BY e.id DESC LIMIT 1;
        IF EXISTS (
             SELECT FROM ({items_sql("NEW.id")}) AS open_row(item, fates)
             WHERE NOT EXISTS (
               SELECT FROM jsonb_array_elements(coalesce(said, '[]')) AS word
               WHERE word ->> 'item' = open_row.item AND public.ouvrage_meaningful(word ->> 'because')
                 AND word ->> 'fate' = ANY (open_row.fates)
                 AND (word ->> 'fate' <> '{Settled.CARRIED}' OR EXISTS (
                     SELECT FROM public.governance_carryover c JOIN public.projects_project p ON p.id = c.target_id
                     WHERE c.decision_id = closing AND c.item = open_row.item AND p.code = word ->> 'into'
                       AND p.id <> NEW.id AND p.state NOT IN ('closed', 'abandoned'))))) THEN
          {refuse("A project ends when each open item is done, excused or carried over in that decision")}
        END IF;
        RETURN NULL;
        """


CLOSED_WITH_NOTHING_LEFT = ClosingGuard(
    name="a_closing_leaves_nothing_open",
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    timing=pgtrigger.Deferred,
    declare=[("said", "jsonb"), ("closing", "bigint")],
)
