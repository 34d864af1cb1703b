"""Database trigger for second looks: by the owner in office, on the day they chose or later, at a decision in force."""

import pgtrigger

from core.guards import guard, refuse

LOOKED_BACK_BY_THE_OWNER = guard(
    "is_given_by_the_owner",
    pgtrigger.Insert,
    f"""
    moment := coalesce(public.ouvrage_back_entry(), clock_timestamp());
    SELECT * INTO answer FROM public.governance_decision WHERE id = NEW.decision_id;
    SELECT * INTO seat FROM public.projects_mandate WHERE id = NEW.mandate_id FOR SHARE;
    IF seat.id IS NULL OR seat.project_id <> answer.project_id OR seat.holder_id <> NEW.looked_by_id
       OR seat.authority <> 'decides' OR seat.taken_back OR NOT seat.period @> moment
       OR NOT (SELECT is_active FROM public.roles_user WHERE id = seat.holder_id) THEN
      {refuse("The owner in office looks back at a decision (R1)")}
    END IF;
    IF answer.second_look_on IS NULL
       OR answer.second_look_on > (moment AT TIME ZONE public.ouvrage_zone())::date
       OR EXISTS (SELECT FROM public.governance_decision newer WHERE newer.supersedes_id = answer.id)
       OR EXISTS (SELECT FROM public.governance_proposal file
                  WHERE file.id = answer.proposal_id AND file.state = 'lapsed') THEN
      {refuse("A second look is at a decision in force, from the day its owner chose on (R6)")}
    END IF;
    IF NEW.role <> '' AND NOT EXISTS (
         SELECT FROM public.projects_mandate m JOIN public.roles_roletemplate t ON t.id = m.role_id
         WHERE m.project_id = answer.project_id AND t.code = NEW.role AND m.authority <> 'decides'
           AND NOT m.taken_back AND m.period @> moment) THEN
      {refuse("A decision is proposed again by a role that is held")}
    END IF;
    """,
    moment="timestamptz",
    answer="public.governance_decision",
    seat="public.projects_mandate",
)
