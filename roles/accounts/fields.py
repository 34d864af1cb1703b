"""Form field of the address of an account."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from roles.accounts.addresses import validate_address


class EmailField(forms.EmailField):
    """E-mail address in ASCII, as one types it: without a default of the browser."""

    default_validators = [validate_address]

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=254, error_messages={"required": _("Enter an email address.")}, **options)
        self.widget.attrs["autocomplete"] = "off"
