"""Triggers of actions: given to somebody of the project, and done or dropped by their person or who gave them."""

from typing import Any

import pgtrigger

from core.record.guards import NOW, Guard, guard, refuse
from governance.life.actions.sources import within_its_project_sql
from projects.seat_guards import decides, holds

#: SQL condition: the person of the action has left the project, and who holds the role now, or the owner, follows it.
INHERITED = f"""(NOT {holds("OLD.holder_id", "OLD.project_id")}
              AND ({holds("NEW.settled_by_id", "OLD.project_id", "t.code = OLD.role")}
                   OR {decides("NEW.settled_by_id", "OLD.project_id")}))"""

GIVEN_TO_SOMEBODY_THERE = guard(
    "is_given_to_somebody_there",
    pgtrigger.Insert | pgtrigger.Update,
    f"""
    IF TG_OP = 'INSERT' AND (NEW.state <> 'open' OR NOT {holds("NEW.given_by_id", "NEW.project_id")}) THEN
      {refuse("An action is open when a holder of a role gives it")}
    END IF;
    IF (TG_OP = 'INSERT' OR (NEW.holder_id, NEW.role) IS DISTINCT FROM (OLD.holder_id, OLD.role))
       AND NOT {holds("NEW.holder_id", "NEW.project_id", "t.code = NEW.role")} THEN
      {refuse("An action is given to a person who holds that role on the project")}
    END IF;
    IF NEW.document_id IS NOT NULL AND NOT EXISTS (
         SELECT FROM public.projects_documentversion v JOIN public.projects_document d ON d.id = v.document_id
         WHERE v.id = NEW.document_id AND d.project_id = NEW.project_id) THEN
      {refuse("The evidence of an action is a document of its project")}
    END IF;
    """,
    moment=NOW,
)

SETTLED_BY_ITS_PERSON = guard(
    "is_settled_by_its_person",
    pgtrigger.Update,
    f"""
    IF OLD.state <> 'open'
       AND (NEW.text, NEW.holder_id, NEW.role, NEW.due_on) IS DISTINCT FROM
           (OLD.text, OLD.holder_id, OLD.role, OLD.due_on)
       OR OLD.state <> 'open' AND NEW.state <> 'open' AND NEW IS DISTINCT FROM OLD
       OR OLD.state = NEW.state AND NEW.settled_by_id IS DISTINCT FROM OLD.settled_by_id THEN
      {refuse("What was done or dropped stays as it is until it is taken up again")}
    END IF;
    IF NEW.state <> 'open' AND OLD.state = 'open' AND NOT (
         NEW.settled_by_id IN (OLD.holder_id, OLD.given_by_id) AND {holds("NEW.settled_by_id", "OLD.project_id")}
         OR {INHERITED}) THEN
      {refuse("Only its person, or who gave it, says that an action is done or dropped")}
    END IF;
    IF NEW.state = 'dropped' AND OLD.state = 'open' AND NOT public.ouvrage_meaningful(NEW.outcome) THEN
      {refuse("An action is dropped with a word")}
    END IF;
    """,
    moment=NOW,
)


class ComesFromItsProject(Guard):
    """A trigger made from the registry of sources at each installation."""

    def get_func(self, model: Any) -> str:
        return f"{within_its_project_sql()}\nRETURN NEW;"


COMES_FROM_ITS_PROJECT = ComesFromItsProject(name="comes_from_its_project", operation=pgtrigger.Insert)
