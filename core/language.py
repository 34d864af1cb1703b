"""Texts that exist in French and in English, beside each other."""

from django.utils.translation import get_language


def in_reader_language(french: str, english: str) -> str:
    """The one of two texts that is in the reader's language."""
    return french if (get_language() or "en").startswith("fr") else english
