"""Triggers of credentials: each counts as it was come by, and is only ever confirmed and ended (ADR 26)."""

from typing import Any

import pgtrigger
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX

from core.record.guards import deferred, guard, refuse
from projects.people.credentials.enums import BEGINNINGS, CredentialKind, Origin

#: Hours for which the session lasts that the invitation link opened.
FIRST_HOURS = 12
#: SQL: the kinds by which an account is begun.
BEGINNING = "({})".format(", ".join(f"'{kind}'" for kind in BEGINNINGS))
#: Hours before a credential counts, where no settings have been in force for a week.
DEFAULT_HOURS = 24
#: SQL: how long a new credential waits until it counts: the longest time that was in force within a week
#: (`find_waiting_time`). Before the first settings 24 hours are in force, so saving them first shortens nothing.
WAITING_TIME = f"""make_interval(hours => greatest(
      (SELECT s.credential_hours FROM public.projects_organisationsettings s),
      (SELECT max(h.credential_hours) FROM public.projects_historicalorganisationsettings h
       WHERE h.history_date > clock_timestamp() - interval '168 hours'),
      coalesce((SELECT b.credential_hours FROM public.projects_historicalorganisationsettings b
                WHERE b.history_date <= clock_timestamp() - interval '168 hours'
                ORDER BY b.history_id DESC LIMIT 1), {DEFAULT_HOURS})))"""


def proven_by_another(*, or_the_one_before: bool) -> str:
    """Return the SQL condition that the factor `NEW.proof` of the person is another credential, which counts.

    A password from before the first credential was recorded has no row.
    """
    living = "(p.ended_at IS NULL OR p.ended_at = NEW.given_at)" if or_the_one_before else "p.ended_at IS NULL"
    return f"""(EXISTS (
           SELECT FROM public.projects_credential p
           WHERE p.person_id = NEW.person_id AND p.kind = NEW.proof AND p.id <> NEW.id AND {living}
             AND p.confirmed_at IS NOT NULL AND public.ouvrage_waits(p.id, clock_timestamp()) IS NULL)
         OR NEW.proof = '{CredentialKind.PASSWORD}' AND NEW.kind <> '{CredentialKind.PASSWORD}' AND NOT EXISTS (
           SELECT FROM public.projects_credential p
           WHERE p.person_id = NEW.person_id AND p.kind = '{CredentialKind.PASSWORD}'))"""


COUNTS_AS_COME_BY = guard(
    "counts_as_it_was_come_by",
    pgtrigger.Insert,
    f"""
    IF (CASE WHEN public.ouvrage_back_entry() IS NOT NULL THEN NEW.given_at <> public.ouvrage_back_entry()
         ELSE NEW.given_at NOT BETWEEN transaction_timestamp() AND clock_timestamp() END) THEN
      {refuse("A credential is dated when it is given")}
    END IF;
    SELECT * INTO before FROM public.projects_credential
      WHERE person_id = NEW.person_id AND kind = NEW.kind ORDER BY id DESC LIMIT 1;
    IF NEW.ended_at IS NOT NULL OR NEW.asked_at IS NOT NULL OR NEW.vouched_at IS NOT NULL
       OR NEW.proved_at IS NOT NULL OR NEW.alone_at IS NOT NULL
       OR NEW.counts_from < NEW.given_at OR NEW.confirmed_at <> NEW.given_at THEN
      {refuse("A credential begins when it is given")}
    END IF;
    IF NEW.origin = '{Origin.FIRST}' AND (CASE WHEN NEW.kind IN {BEGINNING} THEN
           EXISTS (
             SELECT FROM public.projects_credential c WHERE c.person_id = NEW.person_id AND c.kind IN {BEGINNING})
           OR NEW.kind = '{CredentialKind.PROVIDER}' AND NOT EXISTS (
             SELECT FROM public.roles_user u
             WHERE u.id = NEW.person_id AND u.password LIKE '{UNUSABLE_PASSWORD_PREFIX}%')
         ELSE NOT EXISTS (
           SELECT FROM public.projects_credential c
           WHERE c.person_id = NEW.person_id AND c.kind IN {BEGINNING} AND c.origin = '{Origin.FIRST}'
             AND c.ended_at IS NULL AND c.given_at > NEW.given_at - interval '{FIRST_HOURS} hours') END) THEN
      {refuse("A first credential is given by the invitation link, and in the session that it opened")}
    END IF;
    IF NEW.origin = '{Origin.EXCHANGED}' AND (CASE WHEN before.id IS NULL THEN NEW.kind <> '{CredentialKind.PASSWORD}'
         ELSE public.ouvrage_waits(before.id, NEW.given_at) IS NOT NULL AND (
             NEW.counts_from < public.ouvrage_due(
               before.person_id, before.given_at, before.counts_from - before.given_at)
             OR before.needs_consent AND NOT NEW.needs_consent)
           OR before.confirmed_at IS NULL AND NEW.confirmed_at IS NOT NULL
           OR before.ended_at IS DISTINCT FROM NEW.given_at END) THEN
      {refuse("A credential that is exchanged counts no sooner than the one before")}
    END IF;
    IF (NEW.kind = '{CredentialKind.ADDRESS}') <> (NEW.origin = '{Origin.MOVED}')
       OR NEW.origin = '{Origin.MOVED}' AND NOT EXISTS (
         SELECT FROM public.projects_addresschange a
         WHERE a.person_id = NEW.person_id AND a.outcome = 'applied'
           AND a.ended_at BETWEEN transaction_timestamp() AND NEW.given_at) THEN
      {refuse("An address is given by the change of address that its mailboxes confirmed")}
    END IF;
    IF NEW.origin IN ('{Origin.MAILED}', '{Origin.ADDED}')
         AND NEW.counts_from < NEW.given_at + {WAITING_TIME} THEN
      {refuse("A new credential waits before it counts")}
    END IF;
    IF NEW.origin IN ('{Origin.MAILED}', '{Origin.ADDED}') AND NOT NEW.needs_consent THEN
      {refuse("A new credential needs consent where its person decides")}
    END IF;
    IF NEW.proof <> '' AND NOT (NEW.origin = '{Origin.ADDED}' AND {proven_by_another(or_the_one_before=True)}) THEN
      {refuse("A credential is added on the proof of another one that counts")}
    END IF;
    IF NEW.origin = '{Origin.ADDED}' AND NEW.confirmed_at IS NOT NULL THEN
      {refuse("A credential that was added in a session is confirmed from the mailbox of its person")}
    END IF;
    """,
    before="public.projects_credential",
)

ONLY_CONFIRMED_AND_ENDED = guard(
    "is_only_confirmed_and_ended",
    pgtrigger.Update,
    f"""
    IF (NEW.person_id, NEW.kind, NEW.origin, NEW.given_at, NEW.given_by_id, NEW.counts_from, NEW.public_key,
        NEW.credential_id, NEW.needs_consent) IS DISTINCT FROM (OLD.person_id, OLD.kind, OLD.origin, OLD.given_at,
        OLD.given_by_id, OLD.counts_from, OLD.public_key, OLD.credential_id, OLD.needs_consent)
       OR OLD.confirmed_at IS NOT NULL AND NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at
       OR OLD.asked_at IS NOT NULL AND NEW.asked_at IS DISTINCT FROM OLD.asked_at
       OR (NEW.proof = OLD.proof) <> (NEW.proved_at IS NOT DISTINCT FROM OLD.proved_at)
       OR OLD.ended_at IS NOT NULL THEN
      {refuse("A credential is confirmed once and ended once, and nothing else of it changes")}
    END IF;
    IF NEW.proved_at IS DISTINCT FROM OLD.proved_at AND NOT (
         OLD.proved_at IS NULL AND NEW.proved_at BETWEEN transaction_timestamp() AND clock_timestamp()
         AND NEW.origin IN ('{Origin.MAILED}', '{Origin.EXCHANGED}') AND NEW.proof <> NEW.kind
         AND {proven_by_another(or_the_one_before=False)}) THEN
      {refuse("A credential is proved by another one of its person that counts")}
    END IF;
    """,
)

TELLS_ITS_KEY_IN_ITS_EVENT = deferred(
    "tells_its_key_in_its_event",
    pgtrigger.Insert,
    f"""
        IF NEW.public_key IS NOT NULL AND NOT EXISTS (
             SELECT FROM public.projects_ledgerevent e
             WHERE e.subject = 'projects.credential' AND e.subject_id = NEW.id AND e.act = 'give_credential'
               AND convert_from(e.body, 'UTF8')::jsonb -> 'facts' ->> 'key'
                 = encode(sha256(NEW.public_key), 'hex')) THEN
          {refuse("The event that gives a passkey tells the fingerprint of its public key")}
        END IF;
    """,
)


def waiting_condition(person: str) -> str:
    """Return the SQL condition that some credential of `person` does not count yet."""
    return f"""EXISTS (
         SELECT FROM public.projects_credential c WHERE c.person_id = {person} AND c.ended_at IS NULL
           AND (c.confirmed_at IS NULL OR public.ouvrage_waits(c.id, clock_timestamp()) IS NOT NULL))"""


def held_condition(person: str) -> str:
    """Return the SQL condition that the account of `person` is held: what they sign in with does not count yet.

    A factor that was added beside it holds nothing (ADR 50): it proves nothing until it counts.
    """
    return f"""EXISTS (
         SELECT FROM public.projects_credential c
         WHERE c.person_id = {person} AND c.ended_at IS NULL AND c.origin <> '{Origin.ADDED}'
           AND (c.confirmed_at IS NULL OR public.ouvrage_waits(c.id, clock_timestamp()) IS NOT NULL))"""


def by_a_proven_hand(person: str, *, operation: Any = pgtrigger.Insert, when: str = "true") -> pgtrigger.Trigger:
    """Build the trigger: while credentials of `person` do not count, the row is refused where `when` holds.

    So it is while a former owner objects to their seat (projects/people/replacements/guards.py).
    """
    return guard(
        "is_by_a_proven_hand",
        operation,
        f"""
        IF public.ouvrage_back_entry() IS NULL AND {when} AND {held_condition(person)} THEN
          {refuse("Who acts by their own hand has credentials that count (R1)")}
        END IF;
        IF public.ouvrage_back_entry() IS NULL AND {when} AND public.ouvrage_suspended({person}) THEN
          {refuse("Who owns a project against an objection acts once it is confirmed anew (R1)")}
        END IF;
        """,
    )


#: On mandates: the hand that gives or ends the seat, or takes it in place of the last owner's.
HAND_OF_A_MANDATE = by_a_proven_hand(
    "coalesce(NEW.ended_by_id, CASE WHEN NEW.replacement_id IS NULL THEN NEW.appointed_by_id ELSE NEW.holder_id END)",
    operation=pgtrigger.Insert | pgtrigger.Update,
    when="(TG_OP = 'INSERT' OR NEW.ended_by_id IS DISTINCT FROM OLD.ended_by_id)",
)
#: On delegations: the hand of the owner.
HAND_OF_A_DELEGATION = by_a_proven_hand("(SELECT holder_id FROM public.projects_mandate WHERE id = NEW.mandate_id)")
