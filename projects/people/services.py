"""Acts on accounts: set up the first administrator, invite, choose a password, keep one's own account, close.

Their events are in the organisation's chain and name people by their key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlencode

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from core.acts import act, act_time, open_act
from core.sessions.sign_ins import end_sessions
from projects.ledger.enums import Act
from projects.ledger.services import lock_organisation, record
from projects.mandates.holders import owners
from projects.mandates.services import RoleNotice
from projects.notices.models import Reason
from projects.notices.services import notify_once
from projects.organisation_settings.queries import organisation as settings_now
from projects.organisation_settings.services import set_first_settings
from projects.people.departures import list_seats
from roles.enums import Authority
from roles.models import Organisation, User


def list_administrators() -> QuerySet[User]:
    """Filter the open accounts of administrators."""
    return User.objects.filter(is_staff=True, is_active=True)


@open_act
def set_up(
    *,
    actor: User,
    organisation: str,
    email: str,
    name: str,
    language: str,
    password: str,
    **settings: str,
) -> User:
    """Open the account of the first administrator, and write the first settings; the installation acts.

    `settings` are fields of OrganisationSettings. Raises ValidationError when there is an administrator already, and on
    a weak password ("password").
    """
    chain = lock_organisation()
    if list_administrators().exists():
        raise ValidationError(_("Ouvrage is set up already. Ask an administrator for an invitation."))
    home = _find_organisation(organisation)
    first = set_first_settings(chain, actor, {"name": organisation, "language": language, **settings})
    person = User(email=email.lower(), name=name, language=language, organisation=home, is_staff=True)
    person.time_zone = first.time_zone
    _set_password(person, password)
    person.save()
    record(act=Act.SET_UP, actor=actor, project=chain, subject=person, person=person.key)
    return person


@act("projects.invite")
def invite(*, actor: User, email: str, name: str, title: str, organisation: str, language: str) -> User:
    """Open an account without a password, which its link lets the person choose.

    Raises ValidationError on an address in use ("email").
    """
    chain = lock_organisation()
    if User.objects.filter(email__iexact=email).exists():
        raise ValidationError({"email": _("This address already has an account.")})
    home, time_zone = _find_organisation(organisation) if organisation else None, settings_now().time_zone
    person = User.objects.create_user(
        email, name=name, title=title, organisation=home, language=language, time_zone=time_zone
    )
    record(act=Act.INVITE, actor=actor, project=chain, subject=person, person=person.key)
    return person


@act("projects.invite")
def invite_again(*, actor: User, person: User) -> User:
    """Make the earlier link useless, for another one. Raises ValidationError when a password was chosen already."""
    chain = lock_organisation()
    person = User.objects.select_for_update().get(pk=person.pk)
    if person.has_usable_password() or not person.is_active:
        raise ValidationError(_("This person has already chosen a password."))
    person.set_unusable_password()
    person.save()
    record(act=Act.INVITE, actor=actor, project=chain, subject=person, person=person.key)
    return person


@dataclass(frozen=True)
class VacantRole(RoleNotice):
    """The subject of a notice on a seat whose holder left; it leads to the form that gives the role, to `follower`."""

    follower: User | None = None

    def get_absolute_url(self) -> str:
        query = {"role": self.code} | ({"email": str(self.follower.key)} if self.follower else {})
        form = reverse("projects:mandates:mandate_appoint", args=[self.project.code])
        return f"{form}?{urlencode(query)}{self.anchor}"


@act("projects.close_account")
def close_account(*, actor: User, person: User, followers: Mapping[int, User] = MappingProxyType({})) -> User:
    """Close an account: its sessions end, the person can no longer sign in, and their roles are vacant.

    The owner of each project is notified, with who is proposed to follow: `followers` by the key of the mandate.
    Raises ValidationError on the account of the actor and on a closed one.
    """
    chain = lock_organisation()
    person = User.objects.select_for_update().get(pk=person.pk)
    if person == actor:
        raise ValidationError(_("You cannot close your own account."))
    if not person.is_active:
        raise ValidationError(_("This account is already closed."))
    person.is_active = False
    person.save()
    end_sessions(person)
    for seat in list_seats(person, act_time()).exclude(authority=Authority.DECIDES):
        about = VacantRole(seat.project, seat.role.code, f"#mandate-{seat.pk}", followers.get(seat.pk))
        notify_once(reason=Reason.ROLE_LEFT, about=about, people=[mandate.holder for mandate in owners(seat.project)])
    record(act=Act.CLOSE_ACCOUNT, actor=actor, project=chain, subject=person, person=person.key)
    return person


@open_act
def edit_account(*, actor: User, name: str, title: str, language: str, time_zone: str) -> User:
    """Change what the account of the actor says of them. Records what changed; nothing when nothing did."""
    chain = lock_organisation()
    person = User.objects.select_for_update().get(pk=actor.pk)
    new = {"name": name, "title": title, "language": language, "time_zone": time_zone}
    changed = sorted(field for field, value in new.items() if getattr(person, field) != value)
    if not changed:
        return person
    for field in changed:
        setattr(person, field, new[field])
    person.save()
    listed = ",".join(changed)
    record(act=Act.EDIT_ACCOUNT, actor=actor, project=chain, subject=person, person=person.key, changed=listed)
    return person


@open_act
def choose_password(*, actor: User, password: str) -> User:
    """Give an invited person, who acts, the password they chose. Raises ValidationError on a weak one ("password")."""
    return _record_password(actor, password)


@open_act
def change_password(*, actor: User, current: str, password: str) -> User:
    """Exchange the password of the actor, which ends their other sessions.

    Raises ValidationError when the current password is wrong ("current") and on a weak one ("password").
    """
    if not actor.check_password(current):
        raise ValidationError({"current": _("This is not your current password.")})
    return _record_password(actor, password)


def _record_password(actor: User, password: str) -> User:
    """Write the password alone, on the row as it is now: an account closed meanwhile stays closed."""
    chain = lock_organisation()
    person = User.objects.select_for_update().get(pk=actor.pk)
    _set_password(person, password)
    person.save(update_fields=["password"])
    record(act=Act.CHANGE_PASSWORD, actor=person, project=chain, subject=person, person=person.key)
    return person


def _set_password(person: User, password: str) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error
    person.set_password(password)


def _find_organisation(name: str) -> Organisation:
    known = Organisation.objects.filter(name__iexact=name).first()
    return known or Organisation.objects.create(name=name)
