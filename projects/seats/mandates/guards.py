"""Triggers of mandates and delegations (R11): no start in the past, within the role, only ever shortened."""

import pgtrigger

from core.record.guards import NOW, deferred, guard, refuse
from projects.documents.guards import of_its_project
from projects.independence.guards import DAY, LAST_DAY, employers_sql
from projects.project.guards import changed_duties_sql
from projects.seat_guards import decides
from projects.seats.organisations.guards import related_sql

PERIOD_ONLY_SHORTENS = f"""
    IF lower(NEW.period) IS DISTINCT FROM lower(OLD.period) THEN
      {refuse("The start of a period never changes")}
    END IF;
    IF NEW.period IS DISTINCT FROM OLD.period THEN
      moment := coalesce(public.ouvrage_back_entry(), transaction_timestamp());
      IF upper(OLD.period) <= moment THEN
        {refuse("What has ended stays ended")}
      END IF;
      IF upper(NEW.period) < moment OR upper_inf(NEW.period) OR upper(NEW.period) > upper(OLD.period) THEN
        {refuse("A period can only be shortened, and not into the past")}
      END IF;
    END IF;
"""

#: First and last day of a new mandate.
DAYS = (DAY.format("lower(NEW.period)"), LAST_DAY.format("upper(NEW.period)"))
#: Organisations on the sides of those of the array `sides` during a new mandate.
RELATED = related_sql("sides", *DAYS)

NOT_OF_THE_PROVIDER_BELOW = guard(
    "is_not_of_the_provider_below",
    pgtrigger.Insert,
    f"""
    IF EXISTS (
         SELECT FROM public.projects_mandate m
         JOIN public.projects_project here ON here.id = NEW.project_id
         LEFT JOIN public.projects_project over ON over.id = here.parent_id
         JOIN public.projects_project there ON there.id = m.project_id AND there.state NOT IN ('closed', 'abandoned')
         LEFT JOIN public.projects_project up ON up.id = there.parent_id
         WHERE m.holder_id = NEW.holder_id AND NOT m.taken_back AND m.period && NEW.period
           AND (NEW.authority = 'delivers' AND m.authority <> 'delivers' AND there.id IN (over.id, over.parent_id)
             OR NEW.authority <> 'delivers' AND m.authority = 'delivers' AND here.id IN (up.id, up.parent_id))) THEN
      {refuse("The provider of a project has no role on the programme or portfolio above it (R8)")}
    END IF;
    """,
)

GIVEN_WITHIN_ITS_ROLE = guard(
    "is_given_within_its_role",
    pgtrigger.Insert,
    f"""
    IF NEW.authority IS DISTINCT FROM (SELECT authority FROM public.roles_roletemplate WHERE id = NEW.role_id) THEN
      {refuse("A mandate has the authority of its role")}
    END IF;
    IF NOT EXISTS (SELECT FROM public.roles_roletemplate t JOIN public.projects_project p ON p.pack = t.pack
                   WHERE t.id = NEW.role_id AND p.id = NEW.project_id AND t.state <> 'draft') THEN
      {refuse("A mandate is for a published role of the method pack of its project")}
    END IF;
    IF EXISTS (SELECT FROM public.projects_mandate m JOIN public.roles_roletemplate held ON held.id = m.role_id
               JOIN public.roles_roletemplate given ON given.id = NEW.role_id
               WHERE m.project_id = NEW.project_id AND m.holder_id = NEW.holder_id AND NOT m.taken_back
                 AND (held.code = ANY (given.incompatible) OR given.code = ANY (held.incompatible))) THEN
      {refuse("Nobody holds two incompatible roles on one project (R8)")}
    END IF;
    SELECT array_agg(e.organisation_id) INTO sides FROM ({employers_sql("NEW.holder_id", *DAYS)}) AS e
    WHERE e.organisation_id IS NOT NULL;
    IF sides IS NOT NULL AND NOT NEW.independence_waived AND NEW.authority <> 'decides' AND EXISTS (
         SELECT FROM public.projects_mandate m JOIN public.roles_roletemplate held ON held.id = m.role_id
         JOIN public.roles_roletemplate given ON given.id = NEW.role_id
         CROSS JOIN LATERAL ({employers_sql("m.holder_id", *DAYS)}) AS theirs
         WHERE m.project_id = NEW.project_id AND (m.authority <> 'decides' OR NEW.authority = 'delivers')
           AND NOT m.taken_back AND m.period && NEW.period
           AND (held.code = ANY (given.incompatible) OR given.code = ANY (held.incompatible))
           AND theirs.organisation_id IN (SELECT id FROM ({RELATED}) AS related)) THEN
      {refuse("Incompatible roles are held by independent organisations, unless the owner waives it (R8)")}
    END IF;
    IF NEW.authority NOT IN ('decides', 'receives') AND NOT NEW.taken_back THEN
      -- One insertion at a time on a project, so that each sees the one before.
      PERFORM FROM public.projects_project WHERE id = NEW.project_id FOR NO KEY UPDATE;
      IF EXISTS (SELECT FROM public.projects_mandate m JOIN public.roles_roletemplate held ON held.id = m.role_id
                 JOIN public.roles_roletemplate given ON given.id = NEW.role_id
                 WHERE m.project_id = NEW.project_id AND held.code = given.code AND NOT given.several
                   AND NOT m.taken_back AND m.period && NEW.period) THEN
        {refuse("A role has one holder at a time, unless its template takes several")}
      END IF;
    END IF;
    IF lower(NEW.period) < NEW.acted_at THEN
      {refuse("A mandate does not begin before it is given")}
    END IF;
    IF NEW.taken_back OR NEW.ended_by_id IS NOT NULL THEN
      {refuse("A mandate is given before it is taken back")}
    END IF;
    IF NEW.accepted_at IS NOT NULL THEN
      {refuse("A mandate is given before it is accepted")}
    END IF;
    IF NEW.appointed_by_id = NEW.holder_id THEN
      {refuse("Nobody appoints themselves")}
    END IF;
    """,
    sides="bigint[]",
)

#: SQL condition: the account `{account}` (an alias of roles_user) was closed before this transaction, or it enters a
#: past act. Closing it, ending its seat and opening it again in one go does not count.
CLOSED_BEFORE = """(NOT {account}.is_active AND (public.ouvrage_back_entry() IS NOT NULL OR coalesce((
    SELECT NOT before.is_active FROM public.roles_historicaluser before
    WHERE before.id = {account}.id AND before.history_date < transaction_timestamp()
    ORDER BY before.history_date DESC, before.history_id DESC LIMIT 1), false)))"""

#: SQL condition: the new owner accepts the replacement `r` in this transaction.
TAKEN_NOW = """r.kind = 'owner' AND r.outcome = 'done'
           AND r.ended_at BETWEEN transaction_timestamp() AND clock_timestamp()"""

#: SQL condition: the mandate `{seat}` of an owner follows another one's, and its holder has not accepted it.
NOT_ACCEPTED = """({seat}.accepted_at IS NULL AND EXISTS (
    SELECT FROM public.projects_mandate before
    WHERE before.project_id = {seat}.project_id AND before.authority = 'decides' AND NOT before.taken_back
      AND lower(before.period) < lower({seat}.period)))"""

#: The next owner's mandate starts at the instant when the current one ends, so that one still counts.
GIVEN_BY_THE_OWNER = guard(
    "needs_an_owner_to_give_it",
    pgtrigger.Insert,
    f"""
    SELECT m.id INTO seat FROM public.projects_mandate m JOIN public.roles_user u ON u.id = m.holder_id
    WHERE m.project_id = NEW.project_id AND m.holder_id = NEW.appointed_by_id AND m.authority = 'decides'
      AND u.is_active AND NOT m.taken_back
      AND (m.period @> NEW.acted_at OR NEW.authority = 'decides' AND upper(m.period) = NEW.acted_at)
    FOR SHARE OF m;
    IF seat IS NULL AND NEW.authority <> 'decides' THEN
      {refuse("A role is given by the owner in office (R1)")}
    END IF;
    SELECT m.id INTO above FROM public.projects_project p
      JOIN public.projects_mandate m ON m.project_id = p.parent_id JOIN public.roles_user u ON u.id = m.holder_id
    WHERE p.id = NEW.project_id AND m.holder_id = NEW.appointed_by_id AND m.authority = 'decides' AND u.is_active
      AND NOT m.taken_back AND m.period @> NEW.acted_at
      AND NOT EXISTS (SELECT FROM public.projects_mandate b WHERE b.project_id = p.id AND b.authority = 'decides')
    FOR SHARE OF m;
    IF NEW.replacement_id IS NOT NULL AND (seat IS NOT NULL OR NEW.authority <> 'decides') THEN
      {refuse("An owner in office names the next one alone")}
    END IF;
    IF NEW.authority = 'decides' AND seat IS NULL AND above IS NULL
       AND EXISTS (SELECT FROM public.projects_mandate m
                   WHERE m.project_id = NEW.project_id AND m.authority = 'decides') AND NOT EXISTS (
         SELECT FROM public.projects_replacement r
         WHERE r.id = NEW.replacement_id AND r.project_id = NEW.project_id AND r.successor_id = NEW.holder_id
           AND r.proposed_by_id = NEW.appointed_by_id AND {TAKEN_NOW}) THEN
      {refuse("The owner is named by the owner in office, or by two hands while there is none (R1)")}
    END IF;
    IF NEW.authority = 'decides' AND seat IS NULL AND above IS NULL AND NEW.replacement_id IS NULL
       AND NOT EXISTS (SELECT FROM public.roles_user WHERE id = NEW.appointed_by_id AND is_staff AND is_active) THEN
      {refuse("The first owner is named by an administrator, or by the owner above (R1)")}
    END IF;
    IF seat IS NULL AND EXISTS (
         SELECT FROM public.projects_mandate m JOIN public.roles_user u ON u.id = m.holder_id
         WHERE m.project_id = NEW.project_id AND m.authority = 'decides' AND NOT m.taken_back
           AND coalesce(upper(m.period), 'infinity') >= coalesce(public.ouvrage_back_entry(), transaction_timestamp())
           AND lower(m.period) <= NEW.acted_at AND NOT {CLOSED_BEFORE.format(account="u")}) THEN
      {refuse("An owner is replaced once the last one's seat has ended, in an act of its own (R1)")}
    END IF;
    """,
    seat="bigint",
    above="bigint",
)

STATED_BY_ITS_HOLDER = guard(
    "is_stated_by_its_holder",
    pgtrigger.Insert,
    f"""
    IF NOT EXISTS (SELECT FROM public.projects_mandate m WHERE m.id = NEW.mandate_id
                   AND m.project_id = NEW.project_id AND m.holder_id = NEW.stated_by_id AND NOT m.taken_back
                   AND coalesce(upper(m.period), 'infinity') > NEW.acted_at) THEN
      {refuse("A competence is stated by the holder of the mandate, before it ends")}
    END IF;
    {of_its_project("document_id", "A competence is shown by a document of its project")}
    """,
)

#: The role has other responsibilities on the project now than when its holder accepted them.
CHANGED_SINCE = changed_duties_sql(
    "OLD.project_id",
    "(SELECT matrix_id FROM public.projects_project WHERE id = OLD.project_id)",
    "(SELECT code FROM public.roles_roletemplate WHERE id = OLD.role_id)",
    "OLD.accepted_at",
)

MANDATE_ONLY_ENDS = guard(
    "only_ever_ends",
    pgtrigger.Update,
    f"""
    IF (NEW.project_id, NEW.role_id, NEW.authority, NEW.holder_id, NEW.appointed_by_id, NEW."group",
        NEW.recipient_group_id, NEW.champion, NEW.independence_waived, NEW.replacement_id, NEW.acted_at,
        NEW.recorded_at, NEW.entered_afterwards)
       IS DISTINCT FROM (OLD.project_id, OLD.role_id, OLD.authority, OLD.holder_id, OLD.appointed_by_id,
        OLD."group", OLD.recipient_group_id, OLD.champion, OLD.independence_waived, OLD.replacement_id, OLD.acted_at,
        OLD.recorded_at, OLD.entered_afterwards) THEN
      {refuse("A mandate is not rewritten: end it and give another")}
    END IF;
    {PERIOD_ONLY_SHORTENS}
    IF NEW.taken_back AND (lower(OLD.period) <= coalesce(public.ouvrage_back_entry(), transaction_timestamp())
       OR upper(NEW.period) IS DISTINCT FROM lower(NEW.period) + interval '1 microsecond')
       OR OLD.taken_back AND NOT NEW.taken_back THEN
      {refuse("Only what has not begun is taken back, for good")}
    END IF;
    IF NEW.ended_because IS DISTINCT FROM OLD.ended_because AND NEW.period IS NOT DISTINCT FROM OLD.period THEN
      {refuse("The reason of an end is given with the end")}
    END IF;
    IF NEW.accepted_at IS DISTINCT FROM OLD.accepted_at THEN
      moment := coalesce(public.ouvrage_back_entry(), clock_timestamp());
      IF OLD.accepted_at IS NOT NULL AND NOT {CHANGED_SINCE} OR NEW.accepted_at IS NULL OR NEW.accepted_at > moment
         OR NEW.accepted_at < coalesce(public.ouvrage_back_entry(), transaction_timestamp()) THEN
        {refuse("A mandate is accepted once, and now; again once its responsibilities have changed")}
      END IF;
      IF OLD.taken_back OR upper(OLD.period) <= NEW.accepted_at THEN
        {refuse("What has ended is not accepted any more")}
      END IF;
    END IF;
    """,
    moment="timestamptz",
)

#: SQL condition: the holder declines the mandate at once, says why and has not accepted it; once the project has ended,
#: an owner's alone.
DECLINED = """(NEW.ended_by_id = OLD.holder_id AND OLD.accepted_at IS NULL AND NEW.accepted_at IS NULL
    AND NEW.ended_because <> '' AND (NEW.taken_back OR upper(NEW.period) <= moment)
    AND (NEW.authority = 'decides' OR public.ouvrage_back_entry() IS NOT NULL OR NOT EXISTS (
      SELECT FROM public.projects_project p WHERE p.id = NEW.project_id AND p.state IN ('closed', 'abandoned'))))"""

#: Whoever follows an owner by two hands ends the seat, while no owner is in office whose account is open. The holder
#: declines their own.
ENDED_BY_THE_OWNER = guard(
    "was_ended_by_the_owner",
    pgtrigger.Update,
    f"""
    IF NEW.period IS NOT DISTINCT FROM OLD.period THEN
      IF NEW.ended_by_id IS DISTINCT FROM OLD.ended_by_id THEN
        {refuse("Who ends a mandate is named with the end")}
      END IF;
      RETURN NEW;
    END IF;
    IF NEW.ended_by_id IS NULL THEN
      {refuse("Who ends a mandate is named with the end")}
    END IF;
    IF {decides("NEW.ended_by_id", "NEW.project_id")} THEN
      RETURN NEW;
    END IF;
    IF {DECLINED} THEN
      RETURN NEW;
    END IF;
    IF NEW.authority <> 'decides'
       OR NOT EXISTS (SELECT FROM public.projects_replacement r
                      WHERE r.project_id = NEW.project_id AND r.successor_id = NEW.ended_by_id AND {TAKEN_NOW})
       OR EXISTS (SELECT FROM public.projects_mandate m JOIN public.roles_user u ON u.id = m.holder_id
                  WHERE m.project_id = NEW.project_id AND m.authority = 'decides' AND NOT m.taken_back
                    AND m.period @> moment AND NOT {CLOSED_BEFORE.format(account="u")}) THEN
      {refuse("A mandate is ended by the owner in office; an owner's also by who follows by two hands (R1)")}
    END IF;
    """,
    moment=NOW,
)

ENDS_AS_ITS_EVENT_TELLS = deferred(
    "names_who_ended_it",
    pgtrigger.Update,
    f"""
        IF NEW.period IS DISTINCT FROM OLD.period AND NOT EXISTS (
             SELECT FROM public.projects_ledgerevent
             WHERE subject = 'projects.mandate' AND subject_id = NEW.id AND actor_id = NEW.ended_by_id
               AND xact = pg_current_xact_id()::text::bigint AND (
                 act = 'decline' AND NEW.ended_by_id = NEW.holder_id AND NEW.accepted_at IS NULL
                 OR act = 'end_mandate' AND (NEW.ended_by_id <> NEW.holder_id OR EXISTS (
                   SELECT FROM public.projects_mandate m WHERE m.project_id = NEW.project_id
                     AND m.holder_id = NEW.ended_by_id AND m.authority = 'decides')))) THEN
          {refuse("The end of a mandate is an event of who ends it")}
        END IF;
    """,
)

DELEGATION_COMES_FROM_THE_OWNER = guard(
    "comes_from_the_owner",
    pgtrigger.Insert,
    f"""
    SELECT * INTO given FROM public.projects_mandate WHERE id = NEW.mandate_id;
    IF given.id IS NULL OR given.authority <> 'decides' OR NOT given.period @> NEW.acted_at OR given.taken_back
       OR NOT (SELECT is_active FROM public.roles_user WHERE id = given.holder_id) THEN
      {refuse("Only the owner in office delegates a signature")}
    END IF;
    IF {NOT_ACCEPTED.format(seat="given")} THEN
      {refuse("A new owner delegates once they have accepted (R1)")}
    END IF;
    IF given.holder_id = NEW.delegate_id THEN
      {refuse("Nobody delegates to themselves")}
    END IF;
    IF lower(NEW.period) < NEW.acted_at THEN
      {refuse("A delegation does not begin before it is given")}
    END IF;
    IF EXISTS (SELECT FROM public.projects_mandate other
               WHERE other.project_id = given.project_id AND other.holder_id = NEW.delegate_id
                 AND other.authority IN ('advises', 'delivers') AND other.period && NEW.period) THEN
      {refuse("A delegate is neither adviser nor provider of the project")}
    END IF;
    """,
    given="public.projects_mandate",
)

DELEGATION_ONLY_ENDS = guard(
    "only_ever_ends",
    pgtrigger.Update,
    f"""
    IF (NEW.mandate_id, NEW.delegate_id, NEW.kinds, NEW.cap, NEW.document, NEW.acted_at, NEW.recorded_at,
        NEW.entered_afterwards)
       IS DISTINCT FROM (OLD.mandate_id, OLD.delegate_id, OLD.kinds, OLD.cap, OLD.document, OLD.acted_at,
        OLD.recorded_at, OLD.entered_afterwards) THEN
      {refuse("A delegation is not rewritten: end it and give another")}
    END IF;
    {PERIOD_ONLY_SHORTENS}
    """,
    moment="timestamptz",
)
