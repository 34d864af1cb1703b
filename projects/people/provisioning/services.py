"""Acts of provisioning: tokens by administrators; accounts by the installation, with the name of the token.

None of them gives or ends a mandate, makes an administrator or changes an address.
"""

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.acts import act, act_time, open_act
from projects.ledger.enums import Act
from projects.ledger.services import lock_organisation, record
from projects.organisation_settings.queries import organisation, today
from projects.people.accounts.changes import TOLD, tell_changes
from projects.people.accounts.departures import owns_projects
from projects.people.accounts.employers import begin_employments
from projects.people.accounts.farewells import tell_of_reopening
from projects.people.accounts.invitations import invite_by_outbox
from projects.people.accounts.services import build_invited, close_provisioned, find_organisation
from projects.people.administrators.proof_notices import tell_token
from projects.people.provisioning.fields import Fields
from projects.people.provisioning.models import ProvisioningToken
from projects.people.provisioning.queries import PREFIX, digest_of
from projects.people.replacements.services import ask_closing
from projects.project.models import Project
from projects.seats.mandates.models import Delegation, Mandate
from roles.accounts.addresses import ensure_free
from roles.accounts.look_alikes import differ, list_alike
from roles.models import User


class NotForProvisioning(Exception):
    """Raised with the words of a SCIM error, in English as SCIM is; `scim_type` is its keyword, if it has one."""

    def __init__(self, detail: str, scim_type: str | None = None) -> None:
        super().__init__(detail)
        self.scim_type = scim_type


@act("projects.make_token")
def make_token(*, actor: User, name: str) -> tuple[ProvisioningToken, str]:
    """Make a token, and return it with its secret, which is not stored. Raises ValidationError on a known "name"."""
    chain = lock_organisation()
    if ProvisioningToken.objects.living().filter(name=name).exists():
        raise ValidationError({"name": _("Another token has this name.")})
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ProvisioningToken(name=name, digest=digest_of(secret), made_at=act_time(), made_by=actor)
    token.save()
    tell_token(record(Act.MAKE_TOKEN, token, project=chain, token=token.name))
    return token, secret


@act("projects.end_token")
def end_token(*, actor: User, token: ProvisioningToken) -> ProvisioningToken:
    """End a token: nothing is done with it any more. Raises ValidationError on a second time."""
    chain = lock_organisation()
    token = ProvisioningToken.objects.select_for_update(of=("self",)).get(pk=token.pk)
    if token.ended_at:
        raise ValidationError(_("Another administrator has just done this."))
    token.ended_at = act_time()
    token.save()
    tell_token(record(Act.END_TOKEN, token, project=chain, token=token.name))
    return token


@open_act
def provision_person(*, actor: User, token: ProvisioningToken, fields: Fields) -> User:
    """Open an account and invite its person, as the directory of people does; the installation acts.

    An account that is to be closed from the start invites nobody. Raises NotForProvisioning on an address in use, or
    like one, and on the name of somebody else in other letters.
    """
    chain = _lock(token)
    _ensure_distinct(fields)
    person = build_invited(
        email=fields.email,
        name=fields.name,
        title=fields.title,
        organisation=find_organisation(fields.organisation),
        language=fields.language or organisation().language,
    )
    person.external_id, person.is_active = fields.external_id, fields.is_active
    person.save()
    event = record(Act.INVITE, person, project=chain, person=person.key, token=token.name)
    if person.is_active:
        invite_by_outbox(event, [person])
    return person


@open_act
def change_provisioned(*, actor: User, token: ProvisioningToken, person: User, fields: Fields) -> User:
    """Change names, title, language, organisation and external identifier; close or reopen the account.

    The account of an owner stays open, and two people are asked to close it. The installation acts. Raises
    NotForProvisioning where it may not close or reopen, and on another name as `provision_person`.
    """
    chain = _lock(token)
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if fields.name != person.name:
        _ensure_distinct(fields, person)
    new: dict[str, Any] = {
        "name": fields.name,
        "title": fields.title,
        "language": fields.language,
        "organisation": find_organisation(fields.organisation),
        "external_id": fields.external_id,
    }
    changed = sorted(name for name, value in new.items() if getattr(person, name) != value)
    if "organisation" in changed:
        begin_employments(actor, [(person, person.organisation, new["organisation"])], today())
    for name in changed:
        setattr(person, name, new[name])
    is_reopened = fields.is_active and not person.is_active
    if is_reopened:
        _ensure_reopens(person)
        person.is_active = True
    if changed or is_reopened:
        person.save()
        event = record(
            Act.PROVISION_ACCOUNT,
            person,
            project=chain,
            detail="reopened" if is_reopened else "changed",
            person=person.key,
            token=token.name,
            changed=",".join(changed),
        )
        if is_reopened:
            tell_of_reopening(event, person)
        elif not {*changed}.isdisjoint(TOLD):
            tell_changes([(event, person)])
    if person.is_active and not fields.is_active and owns_projects(person):
        ask_closing(actor=actor, person=person, token=token.name)
    elif person.is_active and not fields.is_active:
        _ensure_closes(person)
        close_provisioned(actor=actor, person=person, token=token.name)
        person.refresh_from_db()
    return person


def _lock(token: ProvisioningToken) -> Project:
    """Lock the organisation, and make sure that the token was not ended meanwhile."""
    chain = lock_organisation()
    if not ProvisioningToken.objects.living().filter(pk=token.pk).exists():
        raise NotForProvisioning("This token was ended.")
    return chain


def _ensure_distinct(fields: Fields, person: User | None = None) -> None:
    """Refuse an address and a name that are taken for those of somebody else: nobody looks at them here."""
    try:
        if person is None:
            ensure_free(fields.email)
    except ValidationError as error:
        raise NotForProvisioning("This address has an account, or looks like one that has.", "uniqueness") from error
    if differ(fields.name, list_alike(fields.name, person)):
        text = "This name is that of another account in other letters: an administrator invites this person."
        raise NotForProvisioning(text, "uniqueness")


def _ensure_closes(person: User) -> None:
    if person.is_staff:
        raise NotForProvisioning("The account of an administrator stays open: another one ends these rights first.")


def _ensure_reopens(person: User) -> None:
    """Refuse to give back what provisioning never gives: a role, a signature, the rights of an administrator."""
    if person.is_staff:
        raise NotForProvisioning("The account of an administrator is not reopened by provisioning.")
    now = act_time()
    holds = Mandate.objects.not_over(now).filter(holder=person).exists()
    if holds or Delegation.objects.not_over(now).filter(delegate=person).exists():
        text = "The account holds roles or delegations, which reopening would give back: their owners end them first."
        raise NotForProvisioning(text)
