"""Form in which a reader confirms that it is them."""

from typing import Any

from allauth.core import ratelimit
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.access import reader


class ConfirmForm(forms.Form):
    """The password of the reader. Its field has a prefix, beside the fields of the form that it interrupts."""

    password = forms.CharField(
        label=_("Current password"),
        strip=False,
        error_messages={"required": _("Enter your current password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    prefix = "reauthenticate"

    def __init__(self, request: HttpRequest, **given: Any) -> None:
        super().__init__(**given)
        self.request = request

    @classmethod
    def is_sent(cls, request: HttpRequest) -> bool:
        """Return whether the request brings this form."""
        return request.method == "POST" and f"{cls.prefix}-password" in request.POST

    def clean_password(self) -> str:
        """Refuse a wrong password, and any after ten attempts in five minutes."""
        password: str = self.cleaned_data["password"]
        if not ratelimit.consume(self.request, action="reauthenticate", user=self.request.user):
            raise ValidationError(_("Too many attempts. Wait five minutes, then try again."))
        if not reader(self.request).check_password(password):
            raise ValidationError(_("This is not your current password."))
        return password
