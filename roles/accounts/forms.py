"""Forms of people before they are signed in: who signs in, who asks for a link, who chooses a new password by one."""

from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm, ResetPasswordKeyForm
from django import forms
from django.utils.translation import gettext_lazy as _


class LinkForm(forms.Form):
    """The address of an account; nobody learns whether it has one."""

    email = forms.EmailField(
        label=_("Email address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Enter your email address.")},
    )


class SignInForm(LoginForm):  # type: ignore[misc]
    """The form of the sign-in page; it calls an address what every other form calls it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Email address")


class ForgottenPasswordForm(ResetPasswordForm):  # type: ignore[misc]
    """The form that asks for a link to choose a new password, with the same word."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Email address")


class NewPasswordForm(ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password, with the hint of the invitation in the place of three sentences of Django."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = _("At least 12 characters.")
