"""Reasons why an email did not leave: a code that is kept, and its sentence in the language of the reader."""

import smtplib
import socket
import ssl

from django.utils.translation import gettext_lazy as _

from core.access import Text

CREDENTIALS, SENDER, RECIPIENT, CLOSED = "credentials", "sender", "recipient", "closed"
NAME, SILENT, LATE, TLS, OTHER = "name", "silent", "late", "tls", "other"
#: The first that fits; the later ones are kinds of errors that hold the earlier ones.
KINDS: tuple[tuple[type[Exception], str], ...] = (
    (smtplib.SMTPAuthenticationError, CREDENTIALS),
    (smtplib.SMTPSenderRefused, SENDER),
    (smtplib.SMTPRecipientsRefused, RECIPIENT),
    (smtplib.SMTPServerDisconnected, CLOSED),
    (socket.gaierror, NAME),
    (ConnectionRefusedError, SILENT),
    (TimeoutError, LATE),
    (ssl.SSLError, TLS),
)
#: What an address on file cannot say: the answer of the server, which may hold it, is in the log alone.
SENTENCES: dict[str, Text] = {
    CREDENTIALS: _("The email server %(server)s refused the user name or the password."),
    SENDER: _("The email server %(server)s refused the sender %(sender)s."),
    RECIPIENT: _("The email server %(server)s refused the address %(to)s."),
    CLOSED: _("The email server %(server)s closed the connection."),
    NAME: _("No email server was found under the name %(server)s."),
    SILENT: _("No email server answers at %(server)s."),
    LATE: _("The email server %(server)s did not answer in time."),
    TLS: _("No secure connection could be made with the email server %(server)s."),
    OTHER: _("The email server %(server)s did not take the email."),
}


def classify(error: Exception) -> str:
    """Return the code of an error that stopped an email."""
    return next((code for kind, code in KINDS if isinstance(error, kind)), OTHER)
