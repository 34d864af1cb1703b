"""Mails about credentials, to the address on file by the outbox, and the links by which a person confirms one."""

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from core.access import Account
from projects.ledger.enums import Act
from projects.ledger.models import LedgerEvent
from projects.notices.enums import Reason
from projects.notices.models import FORMER_MAILS, MAILS, Notification
from projects.notices.services import RECEIPTS_AFTER, notify, wake_worker
from projects.notices.subjects import Account as AccountPage
from projects.organisation_settings.queries import organisation, sender
from projects.people.credentials.enums import Origin
from projects.people.credentials.models import Credential

SALT, DAYS = "projects.credentials", 7


def tell_person(event: LedgerEvent, credential: Credential) -> None:
    """Notify the person of a change of a credential, whoever made it."""
    is_first = event.act == Act.GIVE_CREDENTIAL and credential.origin == Origin.FIRST
    is_own = event.actor_id == credential.person_id
    notify(
        event=event,
        reason=Reason.CREDENTIAL_CHANGED,
        about=AccountPage(),
        people=[credential.person],
        the_actor_too=True,
        wait=RECEIPTS_AFTER if is_first and is_own else None,  # the receipts of the session of the invitation
    )


def build_confirm_link(credential: Credential) -> str:
    """Return the address at which the person confirms a credential."""
    token = signing.dumps([credential.pk], salt=SALT)
    return settings.BASE_URL + reverse("projects:credentials:credential_confirm", args=[token])


def find_to_confirm(token: str) -> Credential | None:
    """Return the credential of this link, or None when it no longer works."""
    try:
        (number,) = signing.loads(token, salt=SALT, max_age=DAYS * 24 * 3600)
    except (signing.BadSignature, ValueError):
        return None
    waiting = Credential.objects.living().filter(confirmed_at=None, person__is_active=True)
    return waiting.select_related("person").filter(pk=number).first()


def mail_links_again(person: Account) -> None:
    """Have the worker mail once more what tells of the credentials that the person has not confirmed."""
    waiting = Credential.objects.living().filter(person=person.pk, confirmed_at=None).values("pk")
    told = LedgerEvent.objects.filter(subject=Credential._meta.label_lower, subject_id__in=waiting)
    notices = Notification.objects.filter(event__in=told.filter(act=Act.GIVE_CREDENTIAL), recipient=person.pk)
    notices.update(mailed_at=None, attempts=0, failure="", next_try_at=None)
    wake_worker()


def _build_from_notice(notice: Notification, former: str = "") -> EmailMessage | None:
    """Build the mail on a change of a credential, in the language of the person: a former address gets no link."""
    if notice.event is None:
        return None
    return _build_mail(notice, notice.event, former or notice.recipient.email, with_link=not former)


def _build_mail(notice: Notification, event: LedgerEvent, box: str, *, with_link: bool) -> EmailMessage:
    reader = notice.recipient
    credential = Credential.objects.get(pk=event.subject_id)
    is_given = event.act == Act.GIVE_CREDENTIAL
    is_to_be_confirmed = is_given and credential.confirmed_at is None and credential.ended_at is None
    with translation.override(reader.language or organisation().language), timezone.override(reader.time_zone):
        context = {
            "credential": credential,
            "is_given": is_given,
            "is_confirmed": event.act == Act.CONFIRM_CREDENTIAL,
            "is_renamed": event.act == Act.RENAME_CREDENTIAL,
            "is_proved": event.act == Act.PROVE_CREDENTIAL,
            "is_alone": event.act == Act.COUNT_ALONE,
            "is_reminded": event.act == Act.REMIND_VOUCH,
            "is_added": credential.origin == Origin.ADDED,
            "is_by_mail": credential.origin == Origin.MAILED,
            "waits": is_given and credential.waits,
            "at": event.acted_at,
            "by": event.actor if event.actor_id != reader.pk else None,
            "link": build_confirm_link(credential) if is_to_be_confirmed and with_link else "",
            "days": DAYS,
        }
        return EmailMessage(
            subject=translation.gettext("Your Ouvrage account: a sign-in credential has changed"),
            body=render_to_string("projects/people/credentials/credential_mail.txt", context),
            from_email=sender(),
            to=[box],
            headers={"Message-ID": f"<notice-{notice.pk}@ouvrage.invalid>", "Auto-Submitted": "auto-generated"},
        )


MAILS[Reason.CREDENTIAL_CHANGED] = _build_from_notice
FORMER_MAILS[Reason.CREDENTIAL_CHANGED] = _build_from_notice
