"""Forms of the answers to what the closing of a project carried over."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.forms import DayField, ProseField
from governance.life.carry_overs.models import DAYS_TO_FINISH
from projects.organisation_settings.queries import today


class AcceptForm(forms.Form):
    """Accept an item until a day, and the other ones of the same closing. `others` is their number."""

    finish_on = DayField(label=_("To be done by"), initial=lambda: today() + timedelta(days=DAYS_TO_FINISH))
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


class RefuseForm(forms.Form):
    """Why an item is not done."""

    because = ProseField(label=_("Why it is not done"), rows=3, error_messages={"required": _("Enter the reason.")})


class FinishForm(forms.Form):
    """What became of an item."""

    outcome = ProseField(label=_("What was done"), rows=3, error_messages={"required": _("Describe what was done.")})
