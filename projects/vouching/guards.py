"""Who may vouch for a person whose credential waits, and the triggers of it (ADR 33).

The SQL function is the only definition: permission, inbox and trigger call the same one.
"""

import pgtrigger

from core.guards import guard, refuse
from projects.credentials.guards import WAITING_TIME
from projects.ledger.enums import Act
from projects.vouching.enums import Capacity

#: Days for which an administrator who sent a link, or proposed an address, vouches for nobody who used it.
SENDER_DAYS = 30

#: Return in which capacity `voucher` may vouch for a credential at `moment`; NULL when they may not.
#: The owner above has, for each node that the person owns, an office further up. Office and rights of an administrator
#: are older than the waiting time of the credential, so that nobody is named to vouch.
MAY_VOUCH_SQL = f"""
CREATE OR REPLACE FUNCTION public.ouvrage_may_vouch(voucher bigint, of_credential bigint, moment timestamptz)
RETURNS text LANGUAGE plpgsql STABLE COST 10000 AS $$
DECLARE
  c public.projects_credential;
  since timestamptz;
BEGIN
  SELECT * INTO c FROM public.projects_credential WHERE id = of_credential;
  IF c.id IS NULL OR c.person_id = voucher OR c.asked_at IS NULL OR c.vouched_at IS NOT NULL OR c.ended_at IS NOT NULL
     OR c.counts_from <= moment
     OR NOT EXISTS (SELECT FROM public.roles_user u WHERE u.id = voucher AND u.is_active)
     OR EXISTS (SELECT FROM public.projects_vouch v WHERE v.credential_id = c.id AND v.voucher_id = voucher)
     OR EXISTS (SELECT FROM public.projects_ledgerevent e
                WHERE e.subject = 'roles.user' AND e.subject_id = c.person_id AND e.act = '{Act.SEND_RESET}'
                  AND e.actor_id = voucher AND e.acted_at > c.given_at - interval '{SENDER_DAYS} days')
     OR EXISTS (SELECT FROM public.projects_addresschange a
                WHERE a.person_id = c.person_id AND a.asked_by_id = voucher
                  AND a.asked_at > c.given_at - interval '{SENDER_DAYS} days') THEN
    RETURN NULL;
  END IF;
  since := c.given_at - {WAITING_TIME};
  IF EXISTS (SELECT FROM public.projects_mandate m WHERE m.holder_id = c.person_id AND m.authority = 'decides'
               AND NOT m.taken_back AND m.period @> moment)
     AND NOT EXISTS (
       SELECT FROM public.projects_mandate m JOIN public.projects_project p ON p.id = m.project_id
       LEFT JOIN public.projects_project above ON above.id = p.parent_id
       WHERE m.holder_id = c.person_id AND m.authority = 'decides' AND NOT m.taken_back AND m.period @> moment
         AND NOT EXISTS (
           SELECT FROM public.projects_mandate a
           WHERE a.holder_id = voucher AND a.project_id IN (p.parent_id, above.parent_id) AND a.authority = 'decides'
             AND NOT a.taken_back AND a.period @> moment AND lower(a.period) <= since)) THEN
    RETURN '{Capacity.ABOVE}';
  END IF;
  IF EXISTS (SELECT FROM public.roles_user u WHERE u.id = voucher AND u.is_staff) AND coalesce((
       SELECT h.is_staff AND h.is_active FROM public.roles_historicaluser h
       WHERE h.id = voucher AND h.history_date <= since ORDER BY h.history_id DESC LIMIT 1), false) THEN
    RETURN '{Capacity.ADMINISTRATOR}';
  END IF;
  RETURN NULL;
END $$;
"""

VOUCHED_BY_WHO_MAY = guard(
    "is_given_by_who_may",
    pgtrigger.Insert,
    f"""
    IF NEW.capacity IS DISTINCT FROM public.ouvrage_may_vouch(
         NEW.voucher_id, NEW.credential_id, coalesce(public.ouvrage_back_entry(), clock_timestamp())) THEN
      {refuse("The owner above, or an administrator who did not send the link, vouches for somebody else (R1)")}
    END IF;
    """,
)

VOUCHED_IN_THE_LEDGER = pgtrigger.Trigger(
    name="leaves_an_event",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    func=f"""
        IF NOT EXISTS (
             SELECT FROM public.projects_ledgerevent e
             WHERE e.subject = 'projects.vouch' AND e.subject_id = NEW.id AND e.act = '{Act.VOUCH}'
               AND e.actor_id = NEW.voucher_id AND e.xact = pg_current_xact_id()::text::bigint) THEN
          {refuse("Somebody vouches in person, in the ledger")}
        END IF;
        RETURN NULL;
    """,
)

#: On credentials: what is asked for once, and counts sooner once enough people have vouched.
COUNTS_SOONER_BY_VOUCHES = guard(
    "counts_sooner_by_vouches",
    pgtrigger.Update,
    f"""
    IF NEW.vouched_at IS DISTINCT FROM OLD.vouched_at AND NOT (
         OLD.vouched_at IS NULL AND (
           EXISTS (SELECT FROM public.projects_vouch v
                   WHERE v.credential_id = NEW.id AND v.capacity = '{Capacity.ABOVE}')
           OR (SELECT count(DISTINCT v.voucher_id) FROM public.projects_vouch v
               WHERE v.credential_id = NEW.id AND v.capacity = '{Capacity.ADMINISTRATOR}') >= 2)) THEN
      {refuse("A credential counts sooner once the owner above, or two administrators, have vouched")}
    END IF;
    """,
)
