"""Triggers of rows that a passkey may sign (ADR 30).

They judge what plpgsql can: whose key it is, what the passkey says of itself, its counter. The signature itself and
what it covers are checked by the service and by every verifier.
"""

import pgtrigger

from core.record.guards import guard, refuse


def signed_by_a_passkey_of(signatory: str) -> pgtrigger.Trigger:
    """Build the trigger: a signature is that of a living passkey of `signatory`, made once, with a counter going on.

    It locks the credential, so that one passkey signs one row after the other.
    """
    return guard(
        "is_signed_by_a_passkey_of_its_signatory",
        pgtrigger.Insert,
        f"""
        IF NEW.passkey_id IS NULL THEN
          IF NEW.assertion <> '{{}}' THEN
            {refuse("A signature is that of a passkey")}
          END IF;
          RETURN NEW;
        END IF;
        SELECT * INTO key FROM public.projects_credential WHERE id = NEW.passkey_id FOR NO KEY UPDATE;
        IF key.kind IS DISTINCT FROM 'passkey' OR key.person_id <> {signatory}
           OR encode(key.public_key, 'hex') IS DISTINCT FROM NEW.assertion ->> 'public_key' THEN
          {refuse("A signature is made with a passkey of its signatory")}
        END IF;
        IF key.ended_at IS NOT NULL OR key.confirmed_at IS NULL
           OR public.ouvrage_waits(key.id, clock_timestamp()) IS NOT NULL THEN
          {refuse("A passkey signs once it counts, and until it ends")}
        END IF;
        IF (SELECT count(*) FROM jsonb_each_text(NEW.assertion) AS part(name, value)
            WHERE part.name IN ('challenge', 'public_key', 'client_data', 'authenticator_data', 'signature')
              AND part.value ~ '^([0-9a-f]{{2}})+$') <> 5
           OR (SELECT count(*) FROM jsonb_object_keys(NEW.assertion)) <> 5
           OR length(NEW.assertion ->> 'challenge') <> 64
           OR length(NEW.assertion ->> 'authenticator_data') < 74 THEN
          {refuse("A signature is that of a passkey")}
        END IF;
        client := convert_from(decode(NEW.assertion ->> 'client_data', 'hex'), 'UTF8')::jsonb;
        IF client ->> 'type' IS DISTINCT FROM 'webauthn.get' OR client ->> 'challenge' IS DISTINCT FROM
             rtrim(translate(encode(decode(NEW.assertion ->> 'challenge', 'hex'), 'base64'), '+/', '-_'), '=') THEN
          {refuse("A passkey signs the very row that is recorded")}
        END IF;
        signed := decode(NEW.assertion ->> 'authenticator_data', 'hex');
        IF get_byte(signed, 32) & 5 <> 5 THEN
          {refuse("A passkey verifies its person before it signs")}
        END IF;
        SELECT coalesce(bool_or(made.challenge = NEW.assertion ->> 'challenge'), false),
               coalesce(max(('x' || substring(made.data FROM 67 FOR 8))::bit(32)::bigint), 0)
          INTO is_replayed, counted_before
          FROM (SELECT row.assertion ->> 'challenge', row.assertion ->> 'authenticator_data'
                FROM (SELECT assertion FROM public.governance_decision WHERE passkey_id = NEW.passkey_id
                      UNION ALL SELECT assertion FROM public.governance_opinion
                      WHERE passkey_id = NEW.passkey_id) AS row) AS made(challenge, data);
        IF is_replayed THEN
          {refuse("A signature is given once")}
        END IF;
        counted := ('x' || encode(substring(signed FROM 34 FOR 4), 'hex'))::bit(32)::bigint;
        IF (counted > 0 OR counted_before > 0) AND counted <= counted_before THEN
          {refuse("The counter of a passkey goes forward: it may have been copied")}
        END IF;
        """,
        key="public.projects_credential",
        client="jsonb",
        signed="bytea",
        is_replayed="boolean",
        counted="bigint",
        counted_before="bigint",
    )


def tells_its_signature_in_its_event(act: str) -> pgtrigger.Trigger:
    """Build the deferred trigger: the event of a signed row has the signature and names the entry that gave the key."""
    return pgtrigger.Trigger(
        name="tells_its_signature_in_its_event",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        func=pgtrigger.Func(  # type: ignore[no-untyped-call]
            f"""
            IF NEW.passkey_id IS NOT NULL AND EXISTS (
                 SELECT FROM public.projects_ledgerevent e
                 WHERE e.subject = '{{meta.label_lower}}' AND e.subject_id = NEW.id AND e.act = '{act}'
                   AND (convert_from(e.body, 'UTF8')::jsonb -> 'facts' @> (NEW.assertion || (
                     SELECT jsonb_build_object('key_entry', g.seq || ':' || encode(g.hash, 'hex'))
                     FROM public.projects_ledgerevent g
                     WHERE g.subject = 'projects.credential' AND g.subject_id = NEW.passkey_id
                       AND g.act = 'give_credential'))) IS NOT TRUE) THEN
              {refuse("The event of a signed row has its signature, and names the entry that gave the passkey")}
            END IF;
            RETURN NULL;
        """
        ),
    )
