"""Days in full words, where a short form would not do: records, and what is said of an erased text."""

from datetime import date, datetime

from django.utils import formats, timezone
from django.utils.translation import get_language

NO_BREAK = "\N{NO-BREAK SPACE}"


def long_day(value: date) -> str:
    """24 November 2026 / 24 novembre 2026 (and 1er in French)."""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    first = value.day == 1 and (get_language() or "").startswith("fr")
    return f"{'1er' if first else value.day}{NO_BREAK}{formats.date_format(value, 'F Y')}"
