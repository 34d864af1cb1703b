"""Form of a new token of provisioning."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import TextField
from projects.people.provisioning.models import NAME


class TokenForm(forms.Form):
    """The name of a token, which stands in the events of what is done with it."""

    name = TextField(
        label=_("Name of the token"),
        max_length=40,
        validators=[NAME],
        help_text=_("The system that uses it, like directory-2026. Small letters, digits and hyphens."),
        error_messages={"required": _("Enter a name.")},
    )
