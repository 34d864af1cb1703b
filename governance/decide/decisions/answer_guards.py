"""The trigger that a review and a second look of a decision share: the owner in office says it."""

from typing import Any

import pgtrigger

from core.record.guards import NOW, guard, refuse


def given_by_the_owner(person: str, refusal: str, also: str = "") -> Any:
    """Return the guard of such a word: its column `person` is the owner in office, and a named role is held.

    `also` are statements in between; `answer` is the decision and `moment` the time of the act.
    """
    return guard(
        "is_given_by_the_owner",
        pgtrigger.Insert,
        f"""
    SELECT * INTO answer FROM public.governance_decision WHERE id = NEW.decision_id;
    SELECT * INTO seat FROM public.projects_mandate WHERE id = NEW.mandate_id FOR SHARE;
    IF seat.id IS NULL OR seat.project_id <> answer.project_id OR seat.holder_id <> NEW.{person}
       OR seat.authority <> 'decides' OR seat.taken_back OR NOT seat.period @> moment
       OR NOT (SELECT is_active FROM public.roles_user WHERE id = seat.holder_id) THEN
      {refuse(refusal)}
    END IF;{also}
    IF NEW.role <> '' AND NOT EXISTS (
         SELECT FROM public.projects_mandate m JOIN public.roles_roletemplate t ON t.id = m.role_id
         WHERE m.project_id = answer.project_id AND t.code = NEW.role AND m.authority <> 'decides'
           AND NOT m.taken_back AND m.period @> moment) THEN
      {refuse("A decision is proposed again by a role that is held")}
    END IF;
    """,
        moment=NOW,
        answer="public.governance_decision",
        seat="public.projects_mandate",
    )
