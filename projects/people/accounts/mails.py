"""Mails about accounts, which leave at once, or by the outbox when a file brings in many people."""

from typing import Any

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise

from projects.organisation_settings.queries import organisation, sender
from roles.models import User


def build_mail_to(person: User, subject: Promise, template: str, to: str = "", **context: Any) -> EmailMessage:
    """Build a mail to the address of a person, or to another mailbox of theirs, in their language."""
    with translation.override(person.language or organisation().language):
        return EmailMessage(
            subject=str(subject),
            body=render_to_string(template, {"person": person, **context}),
            from_email=sender(),
            to=[to or person.email],
            headers={"Auto-Submitted": "auto-generated"},
        )
