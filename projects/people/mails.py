"""Mails about accounts, which leave at once."""

from typing import Any

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise

from projects.organisation_settings.queries import organisation, sender
from roles.models import User


def send_mail_to(person: User, subject: Promise, template: str, **context: Any) -> None:
    """Send a mail to the address of a person, in their language. Raises OSError when no mail server takes it."""
    with translation.override(person.language or organisation().language):
        EmailMessage(
            subject=str(subject),
            body=render_to_string(template, {"person": person, **context}),
            from_email=sender(),
            to=[person.email],
            headers={"Auto-Submitted": "auto-generated"},
        ).send()
