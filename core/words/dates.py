"""Dates in words: long ones of decision records and erasure marks, short ones of the subjects of mails."""

from datetime import date, datetime

from django.utils import formats, timezone
from django.utils.translation import get_language

NO_BREAK = "\N{NO-BREAK SPACE}"


def long_day(value: date) -> str:
    """Return a date as 24 November 2026 / 24 novembre 2026 (1er in French)."""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    first = value.day == 1 and (get_language() or "").startswith("fr")
    return f"{'1er' if first else value.day}{NO_BREAK}{formats.date_format(value, 'F Y')}"


def short_day(value: date) -> str:
    """Return a date as 3 Dec / 3 déc. (1er in French)."""
    if not (get_language() or "").startswith("fr"):
        return formats.date_format(value, "j M")
    return f"{'1er' if value.day == 1 else value.day} {formats.date_format(value, 'N')}"
