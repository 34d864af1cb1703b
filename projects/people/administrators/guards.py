"""Since when an administrator is one, and the triggers of their rights (ADR 51).

The SQL functions are the only definition of rights that count: permission and triggers call the same ones.
"""

import pgtrigger

from core.record.guards import deferred, guard, refuse
from projects.ledger.enums import Act
from projects.people.administrators.enums import DAYS_AFTER_ABSENCE, HOURS, End
from projects.people.credentials.guards import WAITING_TIME, held_condition
from roles.models import INSTALLATION

#: Return since when an account has been that of an administrator, open and without a break; NULL when it is none.
ADMINISTERS_SINCE_SQL = """
CREATE OR REPLACE FUNCTION public.ouvrage_administers_since(person bigint)
RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM public.roles_user u WHERE u.id = person AND u.is_staff AND u.is_active) THEN
    RETURN NULL;
  END IF;
  RETURN coalesce((
    SELECT min(h.history_date) FROM public.roles_historicaluser h
    WHERE h.id = person AND h.history_id > coalesce((
      SELECT max(b.history_id) FROM public.roles_historicaluser b
      WHERE b.id = person AND NOT (b.is_staff AND b.is_active)), 0)), clock_timestamp());
END $$;
"""
#: Return whether the rights count at `moment`: they are as old as the waiting time, or nobody's are older.
ADMINISTERS_SQL = f"""
CREATE OR REPLACE FUNCTION public.ouvrage_administers(person bigint, moment timestamptz)
RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
  since timestamptz := public.ouvrage_administers_since(person);
BEGIN
  RETURN since IS NOT NULL AND (since <= moment - {WAITING_TIME} OR NOT EXISTS (
    SELECT FROM public.roles_user u
    WHERE u.is_staff AND u.is_active AND u.id <> person AND public.ouvrage_administers_since(u.id) < since));
END $$;
"""

#: On accounts.
CHANGED_BY_ANOTHER = deferred(
    "is_administrator_by_another",
    pgtrigger.Update,
    f"""
    IF NEW.is_staff AND NOT OLD.is_staff AND NOT EXISTS (
         SELECT FROM public.projects_ledgerevent e
         WHERE e.subject = 'roles.user' AND e.subject_id = NEW.id AND e.actor_id <> NEW.id
           AND e.act = '{Act.NAME_ADMINISTRATOR}' AND e.xact = pg_current_xact_id()::text::bigint
           AND public.ouvrage_administers(e.actor_id, clock_timestamp()) AND NOT {held_condition("e.actor_id")}) THEN
      {refuse("Another administrator, whose rights count, gives the rights of an administrator, by an act")}
    END IF;
    IF OLD.is_staff AND NOT NEW.is_staff AND NOT EXISTS (
         SELECT FROM public.projects_administratorending d
         WHERE d.person_id = NEW.id AND d.outcome = '{End.APPLIED}' AND d.ended_at >= transaction_timestamp()) THEN
      {refuse("The rights of an administrator end by a request of another one, of which their person was told")}
    END IF;
    """,
)

#: On accounts; a back-entry, which its history shows, is the owner role's.
OPENED_BY_THE_INSTALLATION = deferred(
    "is_administrator_by_an_act",
    pgtrigger.Insert,
    f"""
    IF NEW.is_staff AND NOT EXISTS (
         SELECT FROM public.roles_historicaluser h
         WHERE h.id = NEW.id AND h.history_date < transaction_timestamp())
       AND NOT EXISTS (
         SELECT FROM public.projects_ledgerevent e JOIN public.roles_user u ON u.id = e.actor_id
         WHERE e.subject = 'roles.user' AND e.subject_id = NEW.id AND e.act IN ('{Act.SET_UP}', '{Act.INVITE}')
           AND u.email = '{INSTALLATION}' AND e.xact = pg_current_xact_id()::text::bigint) THEN
      {refuse("An account begins as that of an administrator by an act of the installation")}
    END IF;
    """,
)

#: On accounts: an account that is closed has no rights to lose, and one that is opened gets none back.
RIGHTS_END_FIRST = guard(
    "rights_of_an_administrator_end_first",
    pgtrigger.Update,
    f"""
    IF NEW.is_active <> OLD.is_active AND OLD.is_staff THEN
      {refuse("The rights of an administrator end before the account is closed, or opened again")}
    END IF;
    """,
)

ASKED_AS_THINGS_STAND = guard(
    "is_asked_as_things_stand",
    pgtrigger.Insert,
    f"""
    IF (CASE WHEN public.ouvrage_back_entry() IS NOT NULL THEN NEW.asked_at <> public.ouvrage_back_entry()
         ELSE NEW.asked_at NOT BETWEEN transaction_timestamp() AND clock_timestamp() END)
       OR NEW.objected_at IS NOT NULL OR NEW.seconded_by_id IS NOT NULL OR NEW.ended_at IS NOT NULL
       OR NEW.counts_from < NEW.asked_at
       OR NEW.counts_from < NEW.asked_at + interval '{HOURS} hours'
          AND public.ouvrage_administers(NEW.person_id, NEW.asked_at)
       OR public.ouvrage_administers_since(NEW.person_id) IS NULL THEN
      {refuse("A request to end the rights of an administrator leaves them the time to object")}
    END IF;
    """,
)


def _by_who_may_ask(row: str) -> str:
    """Return the SQL condition that who asked still may: another administrator, or the night after a last day."""
    return f"""({row}.asked_by_id <> {row}.person_id AND (
         public.ouvrage_administers({row}.asked_by_id, clock_timestamp())
         OR EXISTS (SELECT FROM public.roles_user i, public.roles_user u
                    WHERE i.id = {row}.asked_by_id AND i.email = '{INSTALLATION}' AND u.id = {row}.person_id
                      AND u.last_day < (clock_timestamp() AT TIME ZONE public.ouvrage_zone())::date)))"""


ASKED_BY_ANOTHER = guard(
    "is_asked_by_another_administrator",
    pgtrigger.Insert,
    f"""
    IF NOT {_by_who_may_ask("NEW")} THEN
      {refuse("Another administrator, whose rights count, asks to end the rights of an administrator")}
    END IF;
    """,
)

GOES_ON_AS_IT_WAS_ASKED = guard(
    "goes_on_as_it_was_asked",
    pgtrigger.Update,
    f"""
    IF (NEW.person_id, NEW.asked_by_id, NEW.asked_at, NEW.counts_from) IS DISTINCT FROM
       (OLD.person_id, OLD.asked_by_id, OLD.asked_at, OLD.counts_from)
       OR OLD.objected_at IS NOT NULL AND NEW.objected_at IS DISTINCT FROM OLD.objected_at
       OR OLD.ended_at IS NOT NULL
       OR NEW.seconded_by_id IS NOT NULL AND NEW.outcome <> '{End.APPLIED}' THEN
      {refuse("A request to end rights is objected to once and ended once, and nothing else of it changes")}
    END IF;
    IF NEW.outcome = '{End.APPLIED}' AND NEW.seconded_by_id IS NULL AND (
         NEW.objected_at IS NOT NULL OR NEW.counts_from > clock_timestamp()
         OR EXISTS (SELECT FROM public.roles_user u,
                      (SELECT (clock_timestamp() AT TIME ZONE public.ouvrage_zone())::date AS today) here
                    WHERE u.id = NEW.person_id AND u.absent_from <= here.today
                      AND here.today <= u.absent_until + {DAYS_AFTER_ABSENCE})
         OR NOT {_by_who_may_ask("NEW")}) THEN
      {refuse("Rights end once their person did not object in time, and was not absent")}
    END IF;
    IF NEW.seconded_by_id IS NOT NULL AND (
         NEW.seconded_by_id IN (NEW.person_id, NEW.asked_by_id)
         OR coalesce(public.ouvrage_administers_since(NEW.seconded_by_id), 'infinity') > NEW.asked_at - {WAITING_TIME}
         OR {held_condition("NEW.seconded_by_id")}) THEN
      {refuse("A second administrator, whose rights are older than the waiting time, confirms the end of rights")}
    END IF;
    """,
)
