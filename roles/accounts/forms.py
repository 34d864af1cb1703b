"""Forms of people before they are signed in: who asks for a link, and who chooses a new password by one."""

from typing import Any

from allauth.account.forms import ResetPasswordKeyForm
from django import forms
from django.utils.translation import gettext_lazy as _


class LinkForm(forms.Form):
    """The address of an account; nobody learns whether it has one."""

    email = forms.EmailField(
        label=_("Email address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Enter your email address.")},
    )


class NewPasswordForm(ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password, with the hint of the invitation in the place of three sentences of Django."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = _("At least 12 characters.")
