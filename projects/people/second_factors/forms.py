"""Forms that add a passkey and a code app."""

from typing import Any

from django import forms
from django.contrib.sessions.backends.base import SessionBase
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.forms import TextField
from roles.models import User
from roles.passkeys.ceremonies import finish_making
from roles.passkeys.forms import CeremonyField
from roles.passkeys.keys import NewKey
from roles.second_factors.codes import is_code_of, new_secret
from roles.second_factors.forms import CodeField

SALT, SECONDS = "projects.people.second_factors.code_app", 3600
#: Characters of the name of a passkey.
LONGEST = 60


class PasskeyForm(forms.Form):
    """A passkey that the browser has made, and what its person calls it."""

    name = TextField(
        label=_("Name of the passkey"),
        max_length=LONGEST,
        required=False,
        help_text=_("To tell it from others, such as “Telephone” or “Office key”."),
    )
    credential = CeremonyField()

    def __init__(self, session: SessionBase, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.session = session

    def clean_credential(self) -> NewKey:
        """Return the passkey, made for the challenge of the session."""
        return finish_making(self.session, self.cleaned_data["credential"])


class RenameForm(forms.Form):
    """Another name of a passkey."""

    name = TextField(
        label=_("Name of the passkey"),
        max_length=LONGEST,
        error_messages={"required": _("Enter a name.")},
        help_text=_("To tell it from others, such as “Telephone” or “Office key”."),
    )


class CodeAppForm(forms.Form):
    """The first code of an app. Its secret comes back signed, so that opening the page stores nothing."""

    code = CodeField(label=_("Code"), help_text=_("The 6 digits that your app shows now."))

    def __init__(self, person: User, data: QueryDict | None = None) -> None:
        super().__init__(data)
        known = _open_seal(data.get("seal", ""), person) if data else ""
        self.is_stale = data is not None and not known
        self.secret = known or new_secret()
        #: What the page sends back as `seal`.
        self.seal = signing.dumps([person.pk, self.secret], salt=SALT)

    def clean_code(self) -> str:
        """Refuse a code that the app with the secret of the page does not show."""
        code = "".join(str(self.cleaned_data["code"]).split())
        if self.is_stale:
            raise ValidationError(_("This page was open for too long. Scan the code again."))
        if not is_code_of(self.secret, code):
            raise ValidationError(_("This is not the code of this app. Wait for the next one, and enter it."))
        return code


def _open_seal(seal: str, person: User) -> str:
    """Return the secret of the page that the person had open; empty when it is another one's, or too old."""
    try:
        pk, secret = signing.loads(seal, salt=SALT, max_age=SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(secret) if pk == person.pk else ""
