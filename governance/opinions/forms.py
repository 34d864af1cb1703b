"""What an adviser answers."""

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.enums import Position
from roles.forms import ProseField


class OpinionForm(forms.Form):
    """An opinion on the revision named by its fingerprint."""

    fingerprint = forms.RegexField("^[0-9a-f]{64}$", widget=forms.HiddenInput)
    position = forms.ChoiceField(
        label=_("Position"),
        choices=Position,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a position.")},
    )
    reasons = ProseField(
        label=_("Advice to the owner"),
        rows=5,
        error_messages={"required": _("Give the reasons of your opinion.")},
        help_text=_("What the project or the recipients gain or lose, and what would change your mind."),
    )
