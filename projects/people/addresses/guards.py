"""Triggers of changes of address: asked as things stand, confirmed and ended once, applied with consent."""

import pgtrigger

from core.record.guards import guard, refuse
from projects.people.addresses.enums import HOURS, End
from projects.people.credentials.guards import waiting_condition

ASKED_AS_THINGS_STAND = guard(
    "is_asked_as_things_stand",
    pgtrigger.Insert,
    f"""
    IF (CASE WHEN public.ouvrage_back_entry() IS NOT NULL THEN NEW.asked_at <> public.ouvrage_back_entry()
         ELSE NEW.asked_at NOT BETWEEN transaction_timestamp() AND clock_timestamp() END)
       OR NEW.old_confirmed_at IS NOT NULL OR NEW.new_confirmed_at IS NOT NULL OR NEW.ended_at IS NOT NULL
       OR NEW.vouch_asked_at <> NEW.asked_at OR NEW.vouched_at IS NOT NULL OR NEW.alone_at IS NOT NULL
       OR NOT EXISTS (SELECT FROM public.roles_user u
                      WHERE u.id = NEW.person_id AND u.is_active AND u.email = NEW.old) THEN
      {refuse("A change of address begins with the present address of an open account")}
    END IF;
    """,
)

GOES_ON_AS_IT_WAS_ASKED = guard(
    "goes_on_as_it_was_asked",
    pgtrigger.Update,
    f"""
    IF (NEW.person_id, NEW.asked_by_id, NEW.asked_at) IS DISTINCT FROM (OLD.person_id, OLD.asked_by_id, OLD.asked_at)
       OR (NEW.old, NEW.new) IS DISTINCT FROM (OLD.old, OLD.new)
          AND NOT (OLD.ended_at IS NOT NULL AND NEW.old = '' AND NEW.new = '')
       OR OLD.old_confirmed_at IS NOT NULL AND NEW.old_confirmed_at IS DISTINCT FROM OLD.old_confirmed_at
       OR OLD.new_confirmed_at IS NOT NULL AND NEW.new_confirmed_at IS DISTINCT FROM OLD.new_confirmed_at
       OR OLD.vouch_asked_at IS NOT NULL AND NEW.vouch_asked_at IS DISTINCT FROM OLD.vouch_asked_at
       OR OLD.ended_at IS NOT NULL AND (NEW.ended_at, NEW.outcome, NEW.old_confirmed_at, NEW.new_confirmed_at,
            NEW.vouch_asked_at, NEW.vouched_at, NEW.alone_at) IS DISTINCT FROM (OLD.ended_at, OLD.outcome,
            OLD.old_confirmed_at, OLD.new_confirmed_at, OLD.vouch_asked_at, OLD.vouched_at, OLD.alone_at) THEN
      {refuse("A change of address is confirmed once by each mailbox and ended once, and nothing else of it changes")}
    END IF;
    IF OLD.ended_at IS NULL AND NEW.outcome = '{End.APPLIED}' AND (
         NEW.new_confirmed_at IS NULL
         OR NEW.old_confirmed_at IS NULL AND NEW.vouched_at IS NULL AND NEW.alone_at IS NULL AND (
           public.ouvrage_decided(OLD.person_id, OLD.asked_at, clock_timestamp())
           OR public.ouvrage_due(OLD.person_id, OLD.asked_at, interval '{HOURS} hours') > clock_timestamp())
         OR {waiting_condition("NEW.person_id")}
         OR NOT (SELECT u.is_active FROM public.roles_user u WHERE u.id = NEW.person_id)) THEN
      {refuse("An address counts once it is confirmed, and the present one too, or two people vouched for who decides")}
    END IF;
    """,
)

#: On accounts.
MOVES_BY_A_CHANGE_OF_ADDRESS = guard(
    "moves_by_a_change_of_address",
    pgtrigger.Update,
    f"""
    IF NEW.email IS DISTINCT FROM OLD.email AND public.ouvrage_erasing() IS NULL AND NOT EXISTS (
         SELECT FROM public.projects_addresschange a
         WHERE a.person_id = NEW.id AND a.outcome = '{End.APPLIED}' AND a.new = NEW.email
           AND a.ended_at >= transaction_timestamp()) THEN
      {refuse("The address of an account changes by what its mailboxes confirmed, and nobody else's hand")}
    END IF;
    """,
)
