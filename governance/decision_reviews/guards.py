"""Database triggers for reviews of decisions: by the owner in office, of the newest change, once."""

import pgtrigger

from core.guards import guard, refuse

REVIEWED_BY_THE_OWNER = guard(
    "is_given_by_the_owner",
    pgtrigger.Insert,
    f"""
    moment := coalesce(public.ouvrage_back_entry(), clock_timestamp());
    SELECT * INTO answer FROM public.governance_decision WHERE id = NEW.decision_id;
    SELECT * INTO seat FROM public.projects_mandate WHERE id = NEW.mandate_id FOR SHARE;
    IF seat.id IS NULL OR seat.project_id <> answer.project_id OR seat.holder_id <> NEW.reviewed_by_id
       OR seat.authority <> 'decides' OR seat.taken_back OR NOT seat.period @> moment
       OR NOT (SELECT is_active FROM public.roles_user WHERE id = seat.holder_id) THEN
      {refuse("A decision is reviewed by the owner in office (R1)")}
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

ANSWERS_THE_NEWEST_CHANGE = guard(
    "answers_the_newest_change",
    pgtrigger.Insert,
    f"""
    IF NEW.change_id IS DISTINCT FROM (
         SELECT max(b.id) FROM public.governance_sealbreak b WHERE b.decision_id = NEW.decision_id)
       OR EXISTS (SELECT FROM public.governance_decision newer WHERE newer.supersedes_id = NEW.decision_id) THEN
      {refuse("A review answers the newest change of what a decision in force sealed (R6)")}
    END IF;
    """,
)
