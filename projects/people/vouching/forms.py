"""Form of somebody who vouches."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import ReasonField


class VouchForm(forms.Form):
    """What the person who vouches has done first, in their words."""

    spoken = forms.BooleanField(
        label=_("I have spoken with this person, and they say that it is theirs."),
        error_messages={"required": _("Speak with the person first, then tick this.")},
    )
    words = ReasonField(
        label=_("How you know"),
        max_length=1_000,
        rows=3,
        help_text=_("How you spoke with them and recognised them. It is kept with your name."),
        error_messages={"required": _("Describe how you know that it is theirs.")},
    )
