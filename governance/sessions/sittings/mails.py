"""Mails on a session to those who are convened: each carries it to their calendars."""

from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage

from core.record.erasure import display_name, display_text
from governance.enums import Act, Reason
from governance.sessions.sittings.models import Session
from projects.ledger.models import LedgerEvent
from projects.notices.invitations import Event, Mailbox, attach_invitation
from projects.notices.models import MAILS, Notification
from projects.notices.tasks import build_mail

SESSION = Session._meta.label_lower
#: Acts that tell of a session; each raises the SEQUENCE of its invitation.
TELLING = (Act.WRITE_SESSION, Act.CONVENE_SESSION, Act.CANCEL_SESSION)


def _build_invitation(notice: Notification) -> EmailMessage:
    """Build the mail on a session, with the event that it is now under the UID of the feed of calendars."""
    mail, told = build_mail(notice), notice.event
    sessions = Session.objects.select_related("body", "project")
    session = sessions.filter(pk=told.subject_id).first() if told and told.subject == SESSION else None
    if told is None or session is None:
        return mail
    name, address = parseaddr(mail.from_email)
    before = LedgerEvent.objects.filter(subject=told.subject, subject_id=session.pk, act__in=TELLING)
    event = Event(
        uid=f"session-{session.pk}.{session.project.code.lower()}@ouvrage",
        sequence=before.filter(pk__lt=told.pk).count(),
        told_at=told.acted_at,
        starts_at=session.starts_at,
        ends_at=session.starts_at + timedelta(minutes=session.minutes),
        summary=f"{session.reference} · {session.project.title}",
        place=display_text(session.place),
        link=f"{settings.BASE_URL}{session.get_absolute_url()}",
        organiser=Mailbox(name, address),
        attendees=[Mailbox(display_name(notice.recipient.name), notice.recipient.email)],
        language=session.project.language,
        is_cancelled=notice.reason == Reason.SESSION_CANCELLED,
    )
    return attach_invitation(mail, event)


for reason in (Reason.SESSION_CONVENED, Reason.SESSION_MOVED, Reason.SESSION_CANCELLED):
    MAILS[reason] = _build_invitation
