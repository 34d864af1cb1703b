"""When a credential counts (ADR 50): the clock that an absence stops, who decides, and what a credential waits for.

The SQL functions are the only definition: services, pages and triggers call the same ones.
"""

from typing import Any

from django.db import models

#: What a credential waits for, as `ouvrage_waits` answers.
CONSENT, TIME = "consent", "time"
#: Days for which somebody whose seat or rights have ended is still treated as one who decides.
FORMER_DAYS = 30

#: Return the instant at which `span` has run since an instant; the time of a stated absence of the person does not run.
#: An absence lasts as it was stated, unless the person takes it back: an administrator cannot set the clock going.
DUE_SQL = """
CREATE OR REPLACE FUNCTION public.ouvrage_due(person bigint, since timestamptz, span interval)
RETURNS timestamptz LANGUAGE plpgsql STABLE COST 1000 AS $$
DECLARE
  due timestamptz := since + span;
  away tstzrange;
BEGIN
  FOR away IN
    SELECT unnest(range_agg(tstzrange(stated.begun, stated.over)))
    FROM (
      SELECT greatest(h.history_date, h.absent_from::timestamp AT TIME ZONE public.ouvrage_zone()) AS begun,
             least((h.absent_until + 1)::timestamp AT TIME ZONE public.ouvrage_zone(), (
               SELECT min(n.history_date) FROM public.roles_historicaluser n
               WHERE n.id = person AND n.history_id > h.history_id AND n.history_user_id = person
                 AND (n.absent_from, n.absent_until) IS DISTINCT FROM (h.absent_from, h.absent_until))) AS over
      FROM public.roles_historicaluser h
      WHERE h.id = person AND h.absent_from IS NOT NULL AND h.absent_until IS NOT NULL) AS stated
    WHERE stated.begun < stated.over AND stated.over > since
  LOOP
    EXIT WHEN lower(away) >= due;
    due := due + (upper(away) - greatest(lower(away), since));
  END LOOP;
  RETURN due;
END $$;
"""

#: Return whether a person decides or administers, or did or was to at some time from `since` until `moment`: an owner's
#: seat of today or later, a delegated signature, rights of an administrator. The last 30 days before `since` count too.
DECIDED_SQL = f"""
CREATE OR REPLACE FUNCTION public.ouvrage_decided(person bigint, since timestamptz, moment timestamptz)
RETURNS boolean LANGUAGE plpgsql STABLE COST 1000 AS $$
DECLARE
  former timestamptz := since - interval '{FORMER_DAYS} days';
BEGIN
  RETURN EXISTS (
      SELECT FROM public.projects_mandate m
      WHERE m.holder_id = person AND m.authority = 'decides' AND NOT m.taken_back AND m.acted_at <= moment
        AND (upper_inf(m.period) OR upper(m.period) > former))
    OR EXISTS (
      SELECT FROM public.projects_delegation d JOIN public.projects_mandate m ON m.id = d.mandate_id
      WHERE d.delegate_id = person AND NOT m.taken_back AND d.acted_at <= moment AND upper(d.period) > former
        AND (upper_inf(m.period) OR upper(m.period) > former))
    OR EXISTS (
      SELECT FROM public.roles_historicaluser h
      WHERE h.id = person AND h.is_staff AND h.history_date <= moment AND h.history_id >= coalesce((
        SELECT max(b.history_id) FROM public.roles_historicaluser b
        WHERE b.id = person AND b.history_date <= former), 0));
END $$;
"""  # noqa: S608 — the only part put in is our own number of days

#: Return what a credential waits for beside the confirmation from the mailbox: 'consent', 'time' or NULL. What was come
#: by with one proof alone never counts by time where its person decides; what counted before they did goes on counting.
WAITS_SQL = """
CREATE OR REPLACE FUNCTION public.ouvrage_waits(of_credential bigint, moment timestamptz)
RETURNS text LANGUAGE plpgsql STABLE COST 1000 AS $$
DECLARE
  c public.projects_credential;
  due timestamptz;
BEGIN
  SELECT * INTO c FROM public.projects_credential WHERE id = of_credential;
  IF c.vouched_at IS NOT NULL OR c.proved_at IS NOT NULL OR c.alone_at IS NOT NULL
     OR c.counts_from <= c.given_at AND NOT c.needs_consent THEN
    RETURN NULL;
  END IF;
  due := public.ouvrage_due(c.person_id, c.given_at, c.counts_from - c.given_at);
  IF c.needs_consent AND c.proof = '' AND public.ouvrage_decided(c.person_id, c.given_at, least(due, moment)) THEN
    RETURN 'consent';
  END IF;
  RETURN CASE WHEN due > moment THEN 'time' END;
END $$;
"""

FUNCTIONS_SQL = DUE_SQL + DECIDED_SQL + WAITS_SQL


class Due(models.Func):
    """The instant at which a time has run for a person since an instant, without their absences."""

    function = "public.ouvrage_due"
    output_field: Any = models.DateTimeField()


class Decided(models.Func):
    """Whether a person decided or administered, from an instant until another."""

    function = "public.ouvrage_decided"
    output_field: Any = models.BooleanField()


class WaitsFor(models.Func):
    """What a credential waits for at an instant: consent, time or nothing."""

    function = "public.ouvrage_waits"
    output_field: Any = models.CharField()
