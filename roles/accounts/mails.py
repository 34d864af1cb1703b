"""Mails to people who are not signed in, sent beside the reply.

Neither the time of the reply nor a mail server that is away tells whether an address has an account.
"""

import logging
from concurrent.futures import ThreadPoolExecutor

from django.core.mail import EmailMessage

logger = logging.getLogger(__name__)
SENDERS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="mail")


def send_beside(message: EmailMessage) -> None:
    """Send a mail in a thread of its own; one that no mail server takes is logged, and its person asks again."""
    SENDERS.submit(_send, message)


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except OSError:
        logger.exception("A mail of the sign-in pages did not leave")
