"""Acts on the sign-in by a provider.

A person whom it identified opens an account, links it, accepts an invitation or ends the link. An administrator notes
that it answers.
"""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.acts import act, open_act
from core.words.characters import reveal
from projects.ledger.enums import Act
from projects.ledger.services import lock_organisation, record
from projects.organisation_settings.services import lock_settings, save_settings
from projects.people.accounts.services import build_invited
from projects.people.credentials.enums import CredentialKind, Origin
from projects.people.credentials.hands import lock_hand
from projects.people.credentials.models import Credential
from projects.people.credentials.services import end_credential, give_credential
from projects.people.credentials.session_proofs import find_proof
from projects.people.sign_in_provider.claims import Identity
from projects.people.sign_in_provider.queries import find_linked
from roles.accounts.addresses import ensure_free
from roles.accounts.look_alikes import differ, list_alike
from roles.models import User


@open_act
def open_account(*, actor: User, identity: Identity, provider: str, language: str) -> User:
    """Open the account of a person of the domain, who has just signed in; the installation acts.

    The caller has checked that the organisation allows it. A name that is somebody else's in other letters is left out:
    the address takes its place. Raises ValidationError when address or identity has an account, or looks like one.
    """
    chain = lock_organisation()
    ensure_free(identity.email)
    name = " ".join(reveal(unicodedata.normalize("NFC", identity.name)).split())[:150]
    if not name or differ(name, list_alike(name)):
        name = identity.email[:150]
    person = build_invited(email=identity.email, name=name, title="", organisation=None, language=language)
    person.save()
    _give(actor, person, identity, provider, Origin.FIRST)
    record(Act.OPEN_ACCOUNT, person, project=chain, person=person.key)
    return person


@open_act
def accept_invitation(*, actor: User, identity: Identity, provider: str) -> Credential:
    """Link the account of an invited person, who acts, instead of a password.

    The caller has checked the link of the invitation. Raises ValidationError when the identity has an account, or when
    the invitation was accepted meanwhile.
    """
    lock_organisation()
    person = User.objects.select_for_update(of=("self",)).get(pk=actor.pk)
    if person.has_usable_password() or Credential.objects.filter(person=person).exists() or not person.is_active:
        raise ValidationError(_("Another administrator has just done this."))
    return _give(actor, person, identity, provider, Origin.FIRST)


@open_act
def link_provider(*, actor: User, identity: Identity, provider: str) -> Credential:
    """Link the account of the actor; it counts once they confirmed it from their mailbox and waited.

    Raises ValidationError when the identity has an account.
    """
    lock_hand(actor)
    return _give(actor, actor, identity, provider, Origin.ADDED)


@open_act
def unlink_provider(*, actor: User) -> None:
    """End the link of the actor. Raises ValidationError when nothing else lets them sign in."""
    lock_hand(actor)
    living = Credential.objects.living().filter(person=actor)
    linked = living.filter(kind=CredentialKind.PROVIDER).first()
    if linked is None:
        raise ValidationError(_("Another administrator has just done this."))
    if not actor.has_usable_password() and not living.filter(kind=CredentialKind.PASSKEY).exists():
        raise ValidationError(_("Choose a password first: without it you could no longer sign in."))
    end_credential(actor=actor, credential=linked)


@act("projects.edit_settings")
def note_check(*, actor: User, issuer: str) -> None:
    """Note that an issuer has answered its check, so that people sign in there.

    Does nothing when another issuer was entered meanwhile.
    """
    chain, row = lock_organisation(), lock_settings()
    if row.provider_issuer == issuer:
        save_settings(chain, row, {"provider_checked": True})


def _give(actor: User, person: User, identity: Identity, provider: str, origin: Origin) -> Credential:
    """Give the link, which ends an earlier one; the caller holds the locks."""
    if find_linked(identity):
        raise ValidationError(_("This identity is linked to another account."))
    for earlier in Credential.objects.living().filter(person=person, kind=CredentialKind.PROVIDER):
        end_credential(actor=actor, credential=earlier)
    return give_credential(
        actor=actor,
        person=person,
        kind=CredentialKind.PROVIDER,
        origin=origin,
        name=provider[:100],
        credential_id=identity.digest,
        proof=find_proof(person) if origin == Origin.ADDED else "",
    )
