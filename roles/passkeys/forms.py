"""Field of a form for what a browser says of a passkey."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

#: Characters of the longest answer of a browser.
LONGEST = 20_000
NOTHING = _("Your browser sent no passkey. Try again, or use another way.")


class AnswerInput(forms.HiddenInput):
    """A hidden input that comes back empty: an answer works once, and would hide what is typed beside it."""

    def format_value(self, value: Any) -> None:
        """Return nothing."""


class CeremonyField(forms.CharField):
    """The answer of a browser to a ceremony, which static/js/passkeys.js fills in; cleans to a map."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_length=LONGEST,
            error_messages={"required": NOTHING, "max_length": NOTHING},
            widget=AnswerInput(attrs={"data-passkey-answer": ""}),
            **options,
        )

    def clean(self, value: Any) -> dict[str, Any] | None:
        """Return the map, or None without an answer where none is required. Raises ValidationError."""
        text = super().clean(value)
        if not text:
            return None
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            raise ValidationError(NOTHING) from None
        if not isinstance(found, dict):
            raise ValidationError(NOTHING)
        return found


class PasskeySignInForm(forms.Form):
    """The passkey with which somebody signs in."""

    credential = CeremonyField()
