"""Send a test mail and tell its result in clear words."""

import smtplib
import socket
import ssl
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from projects.organisation_settings.queries import chosen_sender, organisation
from roles.models import User

#: Characters of the answer of a mail server that are shown.
LONGEST_ANSWER = 300


class MailFailed(Exception):
    """Raised with a sentence that says why a mail did not leave."""


def mail_server() -> str:
    """Return host and port of the mail server, or the folder that takes its place."""
    if settings.MAIL_DIR:
        return str(settings.MAIL_DIR)
    options = settings.MAILERS["default"].get("OPTIONS", {})
    return f"{options.get('host', 'localhost')}:{options.get('port', 25)}"


def send_test_mail(person: User) -> None:
    """Send a mail from the chosen sender to the person, in the language in use. Raises MailFailed."""
    name = organisation().name
    body = _("This email shows that Ouvrage can send emails for %(name)s. No answer is needed.")
    message = EmailMessage(
        subject=_("Test email from Ouvrage"),
        body=body % {"name": name or "Ouvrage"},
        from_email=chosen_sender(),
        to=[person.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
    try:
        message.send()
    except (OSError, ValueError) as error:
        raise MailFailed(
            _describe(error) % {"server": mail_server(), "sender": chosen_sender(), "to": person.email}
        ) from error


def _describe(error: Exception) -> str:
    """Return the sentence for an error; it may hold %(server)s, %(sender)s and %(to)s."""
    known: tuple[tuple[type[Exception], str], ...] = (
        (smtplib.SMTPAuthenticationError, _("The email server %(server)s refused the user name or the password.")),
        (smtplib.SMTPSenderRefused, _("The email server %(server)s refused the sender %(sender)s.")),
        (smtplib.SMTPRecipientsRefused, _("The email server %(server)s refused the address %(to)s.")),
        (smtplib.SMTPServerDisconnected, _("The email server %(server)s closed the connection.")),
        (socket.gaierror, _("No email server was found under the name %(server)s.")),
        (ConnectionRefusedError, _("No email server answers at %(server)s.")),
        (TimeoutError, _("The email server %(server)s did not answer in time.")),
        (ssl.SSLError, _("No secure connection could be made with the email server %(server)s.")),
    )
    for kind, text in known:
        if isinstance(error, kind):
            return text
    answer = _answer_of(error).replace("%", "%%")
    return _("The email server %(server)s did not take the email.") + (f" {answer}" if answer else "")


def _answer_of(error: Any) -> str:
    """Return what the server said, or the system."""
    said = getattr(error, "smtp_error", None) or getattr(error, "strerror", None) or ""
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return " ".join(text.split())[:LONGEST_ANSWER]
