"""Ways of mail out of the product, which spell out hidden characters: a mail is read as its page is."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends import filebased, smtp

from core.words.characters import reveal


def _reveal(messages: Sequence[EmailMessage]) -> None:
    for message in messages:
        message.subject, message.from_email = reveal(str(message.subject)), reveal(message.from_email)
        message.body = reveal(str(message.body))


class ServerBackend(smtp.EmailBackend):
    """Send by a mail server."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send, and return how many the server took."""
        _reveal(email_messages)
        return super().send_messages(email_messages)


class FolderBackend(filebased.EmailBackend):
    """Write into a folder."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write, and return how many."""
        _reveal(email_messages)
        return super().send_messages(email_messages)
