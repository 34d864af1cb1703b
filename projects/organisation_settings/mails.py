"""Send a test mail and tell its result in clear words."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from projects.organisation_settings.mail_failures import OTHER, SENTENCES, classify
from projects.organisation_settings.queries import chosen_sender, organisation, sender
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
        code = classify(error)
        answer = _answer_of(error) if code == OTHER else ""
        raise MailFailed(
            " ".join(filter(None, (describe_failure(code, person.email, by=chosen_sender()), answer)))
        ) from error


def describe_failure(code: str, to: str, by: str = "") -> str:
    """Return the sentence that says why an email to this address did not leave; `by` is another sender than today's."""
    named = {"server": mail_server(), "sender": by or sender(), "to": to}
    return str(SENTENCES.get(code, SENTENCES[OTHER])) % named


def _answer_of(error: Any) -> str:
    """Return what the server said, or the system."""
    said = getattr(error, "smtp_error", None) or getattr(error, "strerror", None) or ""
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return " ".join(text.split())[:LONGEST_ANSWER]
