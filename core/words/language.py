"""Texts that exist in French and in English."""

from django.utils.translation import get_language


def in_reader_language(french: str, english: str) -> str:
    """Return the text in the reader's language."""
    return french if (get_language() or "en").startswith("fr") else english
