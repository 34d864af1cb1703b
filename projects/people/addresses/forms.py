"""Form of another address of an account."""

from django import forms
from django.utils.translation import gettext_lazy as _

from roles.accounts.fields import EmailField


class AddressForm(forms.Form):
    """Another address."""

    email = EmailField(label=_("New email address"))
