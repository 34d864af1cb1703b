"""Form of a person who asks for a link before they are signed in."""

from django import forms
from django.utils.translation import gettext_lazy as _


class LinkForm(forms.Form):
    """The address of an account; nobody learns whether it has one."""

    email = forms.EmailField(
        label=_("Email address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Enter your email address.")},
    )
