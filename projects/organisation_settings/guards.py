"""Triggers of the settings of the organisation, and the SQL function that returns its time zone."""

import pgtrigger
from django.conf import settings

from core.record.guards import guard, refuse

#: Return the time zone of the organisation; that of the product until there are settings.
ZONE_SQL = f"""
CREATE OR REPLACE FUNCTION public.ouvrage_zone() RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN coalesce((SELECT s.time_zone FROM public.projects_organisationsettings s), '{settings.TIME_ZONE}');
END $$;
"""

HAS_A_KNOWN_ZONE = guard(
    "has_a_known_time_zone",
    pgtrigger.Insert | pgtrigger.Update,
    f"""
    BEGIN
      PERFORM clock_timestamp() AT TIME ZONE NEW.time_zone;
    EXCEPTION WHEN invalid_parameter_value THEN
      {refuse("The time zone of the organisation is a known one")}
    END;
    """,
)

#: The installation acts while it is set up, an administrator afterwards.
CHANGED_BY_AN_ADMINISTRATOR = pgtrigger.Trigger(
    name="is_changed_by_an_administrator",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.Update,
    timing=pgtrigger.Deferred,
    func=pgtrigger.Func(  # type: ignore[no-untyped-call]
        f"""
        IF NOT EXISTS (SELECT FROM public.projects_ledgerevent e JOIN public.roles_user u ON u.id = e.actor_id
                       WHERE e.subject = '{{meta.label_lower}}' AND e.subject_id = NEW.id AND e.act = 'edit_settings'
                         AND e.xact = pg_current_xact_id()::text::bigint
                         AND (u.is_staff AND u.is_active OR u.email = 'installation@ouvrage.invalid')) THEN
          {refuse("The settings of the organisation are changed by an administrator, with an event in the ledger")}
        END IF;
        RETURN NULL;
    """
    ),
)

CARRIES_ITS_BYTES = guard(
    "carries_its_bytes",
    pgtrigger.Insert,
    f"""
    IF NEW.sha256 <> encode(sha256(NEW.content), 'hex') THEN
      {refuse("A logo carries the hash of its bytes")}
    END IF;
    """,
)
