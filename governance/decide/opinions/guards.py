"""Database triggers for R2: only roles that the matrix lets advise give an opinion, and only during review."""

import pgtrigger

from core.record.guards import NOW, guard, refuse
from governance.decide.proposals.guards import LETTER, OF_ITS_OPTIONS
from projects.impartiality.guards import tied_condition
from projects.seat_guards import holds

COMES_FROM_AN_ADVISER_WHO_IS_ASKED = guard(
    "comes_from_an_adviser_who_is_asked",
    pgtrigger.Insert,
    f"""
    SELECT * INTO file FROM public.governance_proposal WHERE current_id = NEW.revision_id FOR SHARE;
    SELECT * INTO seat FROM public.projects_mandate WHERE id = NEW.mandate_id FOR SHARE;
    IF file.id IS NULL OR NOT (
         file.state IN ('submitted', 'under_review') OR file.state = 'ready_for_decision' AND EXISTS (
           SELECT FROM public.governance_proposalrevision r WHERE r.id = NEW.revision_id
             AND (moment AT TIME ZONE public.ouvrage_zone())::date <= r.advise_by)) THEN
      {refuse("An opinion is given on the revision under review, or until the last day for opinions")}
    END IF;
    IF NEW.role = file.author_role OR NOT NEW.role = ANY (file.awaited_roles) AND NOT (seat.authority <> 'advises' AND
       {LETTER.format(project="file.project_id", role="NEW.role", nature="advise", kind="file.kind")}) THEN
      {refuse("An opinion is given by a role that is asked, never by that of the author")}
    END IF;
    IF seat.id IS NULL OR seat.project_id <> file.project_id OR seat.holder_id <> NEW.adviser_id
       OR seat.authority = 'decides' OR NOT seat.period @> moment
       OR NEW.role <> (SELECT code FROM public.roles_roletemplate WHERE id = seat.role_id)
       OR NOT (SELECT is_active FROM public.roles_user WHERE id = NEW.adviser_id) THEN
      {refuse("An opinion is given by the holder of the role, in office (R2)")}
    END IF;
    IF {tied_condition("file.project_id", "NEW.adviser_id")} THEN
      {refuse("A declared tie with a bidder blocks this role until the owner settles it (R8)")}
    END IF;
    """,
    moment=NOW,
    file="public.governance_proposal",
    seat="public.projects_mandate",
)

PREFERS_ONE_OF_THE_OPTIONS = guard(
    "prefers_one_of_the_options",
    pgtrigger.Insert,
    f"""
    SELECT * INTO content FROM public.governance_proposalrevision WHERE id = NEW.revision_id;
    IF NEW.preferred <> '' AND NEW.preferred NOT IN ({OF_ITS_OPTIONS.format(options="content.options")}) THEN
      {refuse("An opinion prefers one of the options of its revision (R2)")}
    END IF;
    """,
    content="public.governance_proposalrevision",
)

NOTED_BY_AN_ADVISER = guard(
    "is_noted_by_an_adviser",
    pgtrigger.Insert,
    f"""
    SELECT * INTO content FROM public.governance_proposalrevision WHERE id = NEW.revision_id;
    SELECT * INTO file FROM public.governance_proposal WHERE current_id = NEW.revision_id FOR SHARE;
    IF file.id IS NULL OR file.state NOT IN ('submitted', 'under_review', 'ready_for_decision')
       OR content.binding_authority = '' OR content.binding_authority <> NEW.authority THEN
      {refuse("A binding opinion answers the revision before the owner that asks for it")}
    END IF;
    IF NEW.given_on > moment::date + 1 THEN
      {refuse("A binding opinion is noted once it is given")}
    END IF;
    IF NOT {holds("NEW.noted_by_id", "file.project_id", "m.authority = 'advises' AND t.code <> file.author_role")} THEN
      {refuse("A binding opinion is noted by an adviser in office who did not write the proposal (R2)")}
    END IF;
    """,
    moment=NOW,
    content="public.governance_proposalrevision",
    file="public.governance_proposal",
)
