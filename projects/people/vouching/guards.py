"""Who may vouch for a credential or an address that waits, what is enough, and the triggers of it (ADR 33, ADR 50).

The SQL functions are the only definition: permission, inbox, services and triggers call the same ones.
"""

from typing import Any

import pgtrigger

from core.record.guards import deferred, guard, refuse
from projects.ledger.enums import Act
from projects.people.credentials.guards import WAITING_TIME, held_condition
from projects.people.vouching.enums import ALONE_DAYS, PEOPLE, WEEKS, Capacity

#: Days for which somebody who sent a link, or proposed an address, vouches for nobody who used it.
SENDER_DAYS = 30
ARGUMENTS = "of_credential bigint, of_change bigint, moment timestamptz"

#: Return in which capacity `voucher` may vouch for a credential or a change of address at `moment`, or NULL.
#: - The owner above has, for each node that the person owns, an office further up.
#: - Office and rights of an administrator are older than the waiting time, so that nobody is named to vouch.
#: - Whoever proposed it does not vouch, nor an administrator whose rights come from them, at whatever remove.
MAY_VOUCH_SQL = f"""
CREATE OR REPLACE FUNCTION public.ouvrage_may_vouch(voucher bigint, {ARGUMENTS})
RETURNS text LANGUAGE plpgsql STABLE COST 10000 AS $$
DECLARE
  who bigint;
  begun timestamptz;
  since timestamptz;
  proposers bigint[];
BEGIN
  IF of_credential IS NOT NULL THEN
    SELECT c.person_id, c.given_at INTO who, begun FROM public.projects_credential c
    WHERE c.id = of_credential AND c.asked_at IS NOT NULL AND c.ended_at IS NULL
      AND public.ouvrage_waits(c.id, moment) IS NOT NULL;
  ELSE
    SELECT a.person_id, a.asked_at INTO who, begun FROM public.projects_addresschange a
    WHERE a.id = of_change AND a.vouch_asked_at IS NOT NULL AND a.ended_at IS NULL
      AND a.old_confirmed_at IS NULL AND a.vouched_at IS NULL AND a.alone_at IS NULL;
  END IF;
  IF who IS NULL OR who = voucher
     OR NOT EXISTS (SELECT FROM public.roles_user u WHERE u.id = voucher AND u.is_active)
     OR EXISTS (SELECT FROM public.projects_vouch v
                WHERE v.voucher_id = voucher AND (v.credential_id = of_credential OR v.change_id = of_change))
     OR {held_condition("voucher")} THEN
    RETURN NULL;
  END IF;
  proposers := ARRAY(
    SELECT e.actor_id FROM public.projects_ledgerevent e
    WHERE e.subject = 'roles.user' AND e.subject_id = who AND e.act = '{Act.SEND_RESET}'
      AND e.acted_at > begun - interval '{SENDER_DAYS} days' AND e.actor_id <> who
    UNION SELECT a.asked_by_id FROM public.projects_addresschange a
    WHERE a.person_id = who AND a.asked_by_id <> who AND a.asked_at > begun - interval '{SENDER_DAYS} days'
    UNION SELECT c.given_by_id FROM public.projects_credential c WHERE c.id = of_credential AND c.given_by_id <> who);
  IF voucher = ANY (proposers) THEN
    RETURN NULL;
  END IF;
  since := begun - {WAITING_TIME};
  IF EXISTS (SELECT FROM public.projects_mandate m WHERE m.holder_id = who AND m.authority = 'decides'
               AND NOT m.taken_back AND m.period @> moment)
     AND NOT EXISTS (
       SELECT FROM public.projects_mandate m JOIN public.projects_project p ON p.id = m.project_id
       LEFT JOIN public.projects_project above ON above.id = p.parent_id
       WHERE m.holder_id = who AND m.authority = 'decides' AND NOT m.taken_back AND m.period @> moment
         AND NOT EXISTS (
           SELECT FROM public.projects_mandate a
           WHERE a.holder_id = voucher AND a.project_id IN (p.parent_id, above.parent_id) AND a.authority = 'decides'
             AND a.appointed_by_id <> ALL (proposers)
             AND NOT a.taken_back AND a.period @> moment AND lower(a.period) <= since)) THEN
    RETURN '{Capacity.ABOVE}';
  END IF;
  IF EXISTS (SELECT FROM public.roles_user u WHERE u.id = voucher AND u.is_staff) AND coalesce((
       SELECT h.is_staff AND h.is_active FROM public.roles_historicaluser h
       WHERE h.id = voucher AND h.history_date <= since ORDER BY h.history_id DESC LIMIT 1), false)
     AND NOT EXISTS (
       WITH RECURSIVE made_by(id) AS (
         SELECT voucher
         UNION SELECT e.actor_id FROM made_by m JOIN public.projects_ledgerevent e
           ON e.subject = 'roles.user' AND e.subject_id = m.id AND e.act = '{Act.NAME_ADMINISTRATOR}')
       SELECT FROM made_by WHERE id = ANY (proposers)) THEN
    RETURN '{Capacity.ADMINISTRATOR}';
  END IF;
  RETURN NULL;
END $$;
"""

#: Return how many people may vouch, beside those who have; in one capacity, if given. Administrators and owners above
#: all that the person owns are the only ones who come into question.
VOUCHERS_SQL = f"""
CREATE OR REPLACE FUNCTION public.ouvrage_vouchers({ARGUMENTS}, capacity text)
RETURNS bigint LANGUAGE plpgsql STABLE COST 100000 AS $$
BEGIN
  RETURN (
    SELECT count(*) FROM public.roles_user u
    WHERE u.is_active AND (u.is_staff OR u.id IN (
      SELECT a.holder_id FROM public.projects_mandate m JOIN public.projects_project p ON p.id = m.project_id
      LEFT JOIN public.projects_project above ON above.id = p.parent_id
      JOIN public.projects_mandate a ON a.project_id IN (p.parent_id, above.parent_id)
      WHERE m.authority = 'decides' AND a.authority = 'decides' AND m.period @> moment AND a.period @> moment
        AND m.holder_id = coalesce(
          (SELECT c.person_id FROM public.projects_credential c WHERE c.id = of_credential),
          (SELECT a.person_id FROM public.projects_addresschange a WHERE a.id = of_change))))
      AND coalesce(public.ouvrage_may_vouch(u.id, of_credential, of_change, moment)
                   = ANY (string_to_array(capacity, ',')), false));
END $$;
"""

#: Return whether enough people have vouched: two, and one of them the owner above where there is one who may.
VOUCHED_SQL = f"""
CREATE OR REPLACE FUNCTION public.ouvrage_vouched({ARGUMENTS})
RETURNS boolean LANGUAGE plpgsql STABLE COST 100000 AS $$
BEGIN
  RETURN (SELECT count(DISTINCT v.voucher_id) FROM public.projects_vouch v
          WHERE v.credential_id = of_credential OR v.change_id = of_change) >= {PEOPLE}
    AND (EXISTS (SELECT FROM public.projects_vouch v
                 WHERE (v.credential_id = of_credential OR v.change_id = of_change)
                   AND v.capacity = '{Capacity.ABOVE}')
         OR public.ouvrage_vouchers(of_credential, of_change, moment, '{Capacity.ABOVE}') = 0);
END $$;
"""

#: Return whether it counts without two people: everybody who may has vouched, and they are fewer than two; thirty days,
#: without the absences of the person, have run since it was asked; and everybody who must know was told in four weeks.
ALONE_SQL = f"""
CREATE OR REPLACE FUNCTION public.ouvrage_alone({ARGUMENTS})
RETURNS boolean LANGUAGE plpgsql STABLE COST 100000 AS $$
DECLARE
  who bigint;
  asked timestamptz;
BEGIN
  IF of_credential IS NOT NULL THEN
    SELECT c.person_id, c.asked_at INTO who, asked FROM public.projects_credential c
    WHERE c.id = of_credential AND c.ended_at IS NULL AND c.confirmed_at IS NOT NULL
      AND public.ouvrage_waits(c.id, moment) IS NOT NULL;
  ELSE
    SELECT a.person_id, a.vouch_asked_at INTO who, asked FROM public.projects_addresschange a
    WHERE a.id = of_change AND a.ended_at IS NULL AND a.new_confirmed_at IS NOT NULL;
  END IF;
  RETURN asked IS NOT NULL
    AND public.ouvrage_due(who, asked, interval '{ALONE_DAYS} days') <= moment
    AND public.ouvrage_vouchers(
      of_credential, of_change, moment, '{Capacity.ABOVE},{Capacity.ADMINISTRATOR}') = 0
    AND (SELECT count(DISTINCT date_trunc('week', e.acted_at)) FROM public.projects_ledgerevent e
         WHERE e.act = '{Act.REMIND_VOUCH}' AND e.acted_at > asked AND (
           e.subject = 'projects.credential' AND e.subject_id = of_credential
           OR e.subject = 'projects.addresschange' AND e.subject_id = of_change)) >= {WEEKS};
END $$;
"""

#: The function of an earlier release.
DROP_FORMER_SQL = "DROP FUNCTION IF EXISTS public.ouvrage_may_vouch(bigint, bigint, timestamptz);"
FUNCTIONS_SQL = DROP_FORMER_SQL + MAY_VOUCH_SQL + VOUCHERS_SQL + VOUCHED_SQL + ALONE_SQL

VOUCHED_BY_WHO_MAY = guard(
    "is_given_by_who_may",
    pgtrigger.Insert,
    f"""
    IF NEW.capacity IS DISTINCT FROM public.ouvrage_may_vouch(
         NEW.voucher_id, NEW.credential_id, NEW.change_id,
         coalesce(public.ouvrage_back_entry(), clock_timestamp())) THEN
      {refuse("The owner above, or an administrator who did not propose it, vouches for somebody else (R1)")}
    END IF;
    IF NOT public.ouvrage_meaningful(NEW.words) THEN
      {refuse("Somebody vouches in words")}
    END IF;
    """,
)

VOUCHED_IN_THE_LEDGER = deferred(
    "leaves_an_event",
    pgtrigger.Insert,
    f"""
        IF NOT EXISTS (
             SELECT FROM public.projects_ledgerevent e
             WHERE e.subject = 'projects.vouch' AND e.subject_id = NEW.id AND e.act = '{Act.VOUCH}'
               AND e.actor_id = NEW.voucher_id AND e.xact = pg_current_xact_id()::text::bigint) THEN
          {refuse("Somebody vouches in person, in the ledger")}
        END IF;
    """,
)


def counts_by_consent(arguments: str) -> pgtrigger.Trigger:
    """Build the trigger of what is vouched for: it counts once enough people vouched, or where nobody can.

    `arguments` are the key of the credential and that of the change of address, in SQL.
    """

    def changes(column: str, unless: str) -> Any:
        return f"""NEW.{column} IS DISTINCT FROM OLD.{column} AND NOT (
         OLD.{column} IS NULL AND public.{unless}({arguments}, clock_timestamp()))"""

    return guard(
        "counts_by_consent",
        pgtrigger.Update,
        f"""
        IF {changes("vouched_at", "ouvrage_vouched")} THEN
          {refuse("It counts once two people have vouched, the owner above first")}
        END IF;
        IF {changes("alone_at", "ouvrage_alone")} THEN
          {refuse("It counts without two people after thirty days, where nobody can vouch and everybody was told")}
        END IF;
        """,
    )
