"""Form of somebody who vouches."""

from django import forms
from django.utils.translation import gettext_lazy as _


class VouchForm(forms.Form):
    """What the person who vouches has done first."""

    spoken = forms.BooleanField(
        label=_("I have spoken with this person, and they say that the new credential is theirs."),
        error_messages={"required": _("Speak with the person first, then tick this.")},
    )
