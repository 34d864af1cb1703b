"""Form of the second step of a sign-in: a code, or a passkey."""

from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.refusal_log import note
from roles.accounts.limits import GuessedElsewhere, GuessedHere, count_guess
from roles.accounts.models import User
from roles.passkeys.ceremonies import finish_proof
from roles.passkeys.forms import CeremonyField
from roles.second_factors.codes import use_code

LONGEST = 20
WRONG = _("This code is wrong, or it was used already. Wait for the next one.")
TOO_MANY_HERE = _("Too many wrong codes. Wait five minutes, or get a sign-in link.")
TOO_MANY_ELSEWHERE = _("Too many wrong codes for this account. Get a sign-in link to sign in from here.")


class CodeField(forms.CharField):
    """A code of an app, or a recovery code."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"})
        super().__init__(
            max_length=LONGEST,
            error_messages={"required": _("Enter the code."), "max_length": WRONG},
            widget=widget,
            **options,
        )


class SecondStepForm(forms.Form):
    """A code or a passkey of a person who has given the password; cleans to the factor that was proved."""

    code = CodeField(
        label=_("Code"), required=False, help_text=_("The 6 digits that your app shows, or one of your recovery codes.")
    )
    credential = CeremonyField(required=False)

    #: Marks beside labels (core.templatetags.ui): one of the fields is needed, so none of them is optional.
    needed = {"code": ""}
    #: The factor that was proved.
    factor: Authenticator

    def __init__(self, request: HttpRequest, person: User, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.request, self.person = request, person

    def clean(self) -> dict[str, Any]:
        """Prove one of both. Raises ValidationError."""
        typed = super().clean() or self.cleaned_data
        if self.errors:
            return typed
        if typed["credential"]:
            self.factor = finish_proof(self.request.session, typed["credential"], self.person)
        elif typed["code"]:
            self.factor = check_code(self.request, self.person, typed["code"])
        else:
            raise ValidationError({"code": _("Enter the code.")})
        return typed


def check_code(request: HttpRequest, person: User, code: str) -> Authenticator:
    """Return the factor that a code proves. Raises ValidationError("code") on a wrong one, and on too many."""
    try:
        counted = count_guess(request, person.email, of="code")
    except GuessedHere:
        raise ValidationError({"code": TOO_MANY_HERE}) from None
    except GuessedElsewhere:
        raise ValidationError({"code": TOO_MANY_ELSEWHERE}) from None
    factor = use_code(person, code)
    if factor is None:
        note("second step", person, None)
        raise ValidationError({"code": WRONG})
    for usage in counted:
        usage.rollback()
    return factor
