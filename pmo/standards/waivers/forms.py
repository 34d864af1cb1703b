"""Forms that end a waiver before its last day."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import ProseField


class RevokeForm(forms.Form):
    """Give the reason for revoking a waiver."""

    because = ProseField(label=_("Reason"), rows=3, error_messages={"required": _("Enter why you revoke it.")})


class CloseForm(forms.Form):
    """Add a remark on closing a waiver."""

    because = ProseField(label=_("Remark"), rows=2, required=False)
