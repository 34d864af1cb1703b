"""Mails about accounts, which leave at once."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise

from roles.models import User


def send_mail_to(person: User, subject: Promise, template: str, **context: Any) -> None:
    """Send a mail to the address of a person, in their language. Raises OSError when no mail server takes it."""
    with translation.override(person.language or settings.LANGUAGE_CODE):
        EmailMessage(
            subject=str(subject),
            body=render_to_string(template, {"person": person, **context}),
            to=[person.email],
            headers={"Auto-Submitted": "auto-generated"},
        ).send()
