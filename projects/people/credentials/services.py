"""Acts on credentials: give, confirm, prove, rename, end.

Their events are in the organisation's chain and name people by their key. A credential is no secret: the caller stores
password, key or codes in the same transaction.
"""

import hashlib
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.acts import act_time, open_act, take_database_time
from projects.ledger.enums import Act
from projects.ledger.models import LedgerEvent
from projects.ledger.services import lock_organisation, record
from projects.organisation_settings.queries import find_waiting_time
from projects.people.credentials.enums import SINGLE_KINDS, CredentialKind, Origin
from projects.people.credentials.hands import lock_hand, tell_of_hand
from projects.people.credentials.holds import find_hold
from projects.people.credentials.mails import tell_person
from projects.people.credentials.models import Credential
from projects.people.credentials.session_proofs import find_other_proof
from projects.project.models import Project
from roles.models import User


@open_act
def give_credential(
    *,
    actor: User,
    person: User,
    kind: CredentialKind,
    origin: Origin,
    name: str = "",
    public_key: bytes | None = None,
    credential_id: bytes | None = None,
    proof: str = "",
) -> Credential:
    """Record that a person has another credential, which ends the one before where there is one of its kind.

    FIRST counts at once; EXCHANGED when the one before does; MAILED is confirmed and waits; ADDED waits, and until its
    person confirms it from their mailbox; MOVED is an address, at the end of its own flow. The database refuses an
    origin that is not so. `proof` is the factor that has just proved the session in which it is added: without one it
    never counts by time where its person decides.
    """
    hand = lock_hand(person)
    before = None
    if kind in SINGLE_KINDS:
        before = Credential.objects.living().filter(person=person, kind=kind).first()
    now = act_time()
    new = Credential(person=person, kind=kind, origin=origin, name=name, given_at=now, given_by=actor, proof=proof)
    new.public_key, new.credential_id = public_key, credential_id
    new.confirmed_at = None if origin == Origin.ADDED else now
    new.needs_consent = origin in {Origin.MAILED, Origin.ADDED}
    new.counts_from = now + find_waiting_time(now) if new.needs_consent else now
    if before:
        if origin == Origin.EXCHANGED:
            new.confirmed_at = before.confirmed_at and now
            if before.waits:
                new.needs_consent, new.counts_from = before.needs_consent, max(now, before.due_at)
        _end(hand.chain, before)
    new.save()
    event = _record(Act.GIVE_CREDENTIAL, hand.chain, new, **_tell_key(new))
    if origin != Origin.MOVED:  # told as a change of address
        tell_person(event, new)
        if new.needs_consent:
            tell_of_hand(event, hand)
    return new


@open_act
def confirm_credential(*, actor: User, credential: Credential) -> Credential:
    """Record that its person confirmed a credential from their mailbox. Raises ValidationError on a second time.

    The caller has checked the link that was mailed. Whatever is left of the waiting time stays. Recovery codes that
    were given in the same act are confirmed with it.
    """
    hand = lock_hand(credential.person)
    credential = Credential.objects.select_for_update(of=("self",)).get(pk=credential.pk)
    if credential.confirmed_at or credential.ended_at:
        raise ValidationError(_("Another administrator has just done this."))
    events = []
    for each in (credential, *_list_codes_given_with(credential)):
        each.confirmed_at = act_time()
        each.save()
        events.append(_record(Act.CONFIRM_CREDENTIAL, hand.chain, each))
        tell_person(events[-1], each)
    tell_of_hand(events[0], hand)
    return credential


def _list_codes_given_with(credential: Credential) -> QuerySet[Credential]:
    given = LedgerEvent.objects.filter(act=Act.GIVE_CREDENTIAL, subject=Credential._meta.label_lower)
    same_act = given.filter(xact__in=given.filter(subject_id=credential.pk).values("xact"))
    waiting = Credential.objects.living().filter(person=credential.person_id, confirmed_at=None)
    return waiting.filter(kind=CredentialKind.RECOVERY_CODES, pk__in=same_act.values("subject_id")).exclude(
        pk=credential.pk
    )


@open_act
def rename_credential(*, actor: User, credential: Credential, name: str) -> Credential:
    """Give a credential of the actor another name. Raises ValidationError when it has ended meanwhile."""
    chain = lock_organisation()
    credential = Credential.objects.select_for_update(of=("self",)).get(pk=credential.pk, person=actor)
    if credential.ended_at:
        raise ValidationError(_("Another administrator has just done this."))
    if credential.name != name:
        credential.name = name
        credential.save()
        tell_person(_record(Act.RENAME_CREDENTIAL, chain, credential), credential)
    return credential


@open_act
def prove_credentials(*, actor: User) -> list[Credential]:
    """Prove what holds the account of the actor by another factor of theirs, which proved the session and counts.

    A password chosen by a mailed link counts from then on. Raises ValidationError when nothing holds the account, and
    when no such factor has proved the session.
    """
    hand = lock_hand(actor)
    hold = find_hold(actor.pk)
    held = [credential for credential in hold.waiting if credential.confirmed_at] if hold else []
    if not held:
        raise ValidationError(_("Your sign-in counts already."))
    events = []
    for credential in held:
        proof = find_other_proof(actor, credential.kind)
        if not proof:
            raise ValidationError(_("Sign in with a passkey or a code that was yours before. Then try again."))
        credential.proof, credential.proved_at = proof, act_time()
        credential.save()
        events.append(_record(Act.PROVE_CREDENTIAL, hand.chain, credential, proof=proof))
        tell_person(events[-1], credential)
    tell_of_hand(events[0], hand)
    return held


@open_act
def end_credential(*, actor: User, credential: Credential) -> Credential:
    """Record the end of a credential. Raises ValidationError on a second time."""
    hand = lock_hand(credential.person)
    credential = Credential.objects.select_for_update(of=("self",)).get(pk=credential.pk)
    if credential.ended_at:
        raise ValidationError(_("Another administrator has just done this."))
    take_database_time()  # after what the passkey has signed: a decision locks it until it is recorded
    event = _end(hand.chain, credential)
    tell_person(event, credential)
    tell_of_hand(event, hand)
    return credential


def _end(chain: Project, credential: Credential) -> LedgerEvent:
    credential.ended_at, credential.name = act_time(), ""
    credential.save()
    return _record(Act.END_CREDENTIAL, chain, credential)


def _tell_key(credential: Credential) -> dict[str, Any]:
    """Return the fact that names a passkey by the SHA-256 of its public key; none of other credentials."""
    key = credential.public_key
    return {"key": hashlib.sha256(key).hexdigest()} if key else {}


def _record(act: Act, chain: Project, credential: Credential, **facts: Any) -> LedgerEvent:
    return record(
        act,
        credential,
        project=chain,
        detail=credential.kind,
        person=credential.person.key,
        origin=credential.origin,
        **facts,
    )
