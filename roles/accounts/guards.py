"""Trigger of accounts: an address is written in ASCII, and looks like no other one."""

import pgtrigger

from core.record.guards import guard, refuse

#: Return what an address looks like in small letters: 0 as o, 1 as l, rn as m, vv as w.
SKELETON_SQL = """
CREATE OR REPLACE FUNCTION public.ouvrage_skeleton(address text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN replace(replace(translate(lower(address), '01|', 'oll'), 'rn', 'm'), 'vv', 'w');
END $$;
"""

#: Only as an address is written: one from before stays. The lock keeps two of them from being written at once. That an
#: address has one account whatever its case is a constraint of its own.
LOOKS_LIKE_NO_OTHER = guard(
    "looks_like_no_other",
    pgtrigger.Insert | pgtrigger.Update,
    f"""
    IF NEW.email IS DISTINCT FROM OLD.email THEN
      IF NEW.email !~ '^[!-~]+$' THEN
        {refuse("An address is written in ASCII")}
      END IF;
      PERFORM pg_advisory_xact_lock(74, hashtext(public.ouvrage_skeleton(NEW.email)));
      IF EXISTS (SELECT FROM public.roles_user u
                 WHERE u.id <> NEW.id AND lower(u.email) <> lower(NEW.email)
                   AND public.ouvrage_skeleton(u.email) = public.ouvrage_skeleton(NEW.email)) THEN
        {refuse("An address looks like no other one")}
      END IF;
    END IF;
    """,
)
