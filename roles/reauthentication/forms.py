"""Form in which a reader confirms that it is them: by the password, a code or a passkey."""

from typing import Any

from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.access import reader
from core.allauth_internals import post_authentication, reauthenticate_by_password
from roles.passkeys.ceremonies import finish_proof
from roles.passkeys.forms import CeremonyField
from roles.passkeys.keys import list_keys
from roles.passkeys.relying_party import is_available
from roles.reauthentication.proofs import find_refusal
from roles.second_factors.codes import has_codes
from roles.second_factors.forms import CodeField, check_code


class ConfirmForm(forms.Form):
    """One proof of the reader. Its fields have a prefix, beside the fields of the form that it interrupts."""

    password = forms.CharField(
        label=_("Current password"),
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = CodeField(label=_("Or a code"), required=False, help_text=_("Of your app, or one of your recovery codes."))
    credential = CeremonyField(required=False)

    prefix = "reauthenticate"
    #: Marks beside labels (core.templatetags.ui): one of the fields is needed, so none of them is optional.
    needed = {"password": "", "code": ""}
    #: The factor that was proved; None for the password.
    factor: Authenticator | None = None

    def __init__(self, request: HttpRequest, **given: Any) -> None:
        super().__init__(**given)
        self.request = request
        self.person = reader(request)
        self.has_passkeys = is_available() and list_keys(self.person).exists()
        if not has_codes(self.person):
            del self.fields["code"]

    @classmethod
    def is_sent(cls, request: HttpRequest) -> bool:
        """Return whether the request brings this form."""
        return request.method == "POST" and any(f"{cls.prefix}-{name}" in request.POST for name in cls.base_fields)

    def clean(self) -> dict[str, Any]:
        """Check the proof that was given. Raises ValidationError, also on a factor that does not count yet."""
        typed = super().clean() or self.cleaned_data
        if self.errors:
            return typed
        if typed["credential"]:
            self.factor = finish_proof(self.request.session, typed["credential"], self.person)
        elif typed.get("code"):
            self.factor = check_code(self.request, self.person, typed["code"])
        elif typed["password"]:
            self._check_password(typed["password"])
        else:
            raise ValidationError({"password": _("Enter your current password.")})
        if refusal := find_refusal(self.person, self.factor):
            raise ValidationError(refusal)
        return typed

    def note(self) -> None:
        """Note in the session how the reader has proved themselves."""
        if self.factor:
            post_authentication(self.request, self.factor, reauthenticated=True)
        else:
            reauthenticate_by_password(self.request)

    def _check_password(self, password: str) -> None:
        """Refuse a wrong password, and any after ten attempts in five minutes."""
        if not ratelimit.consume(self.request, action="reauthenticate", user=self.request.user):
            raise ValidationError({"password": _("Too many attempts. Wait five minutes, then try again.")})
        if not self.person.check_password(password):
            raise ValidationError({"password": _("This is not your current password.")})
