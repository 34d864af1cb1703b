"""Forms of the answers to what the closing of a project carried over."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.forms import ProseField


class AcceptForm(forms.Form):
    """Accept an item, and the other ones of the same closing. `others` is their number."""

    with_others = forms.BooleanField(required=False)

    def __init__(self, *args: Any, others: int, **options: Any) -> None:
        super().__init__(*args, **options)
        if not others:
            del self.fields["with_others"]
            return
        label = ngettext(
            "Accept the %(n)d other item of this closing too",
            "Accept the %(n)d other items of this closing too",
            others,
        )
        self.fields["with_others"].label = label % {"n": others}


class DeclineForm(forms.Form):
    """Why an item is declined."""

    because = ProseField(label=_("Reason"), rows=3, error_messages={"required": _("Enter the reason.")})
