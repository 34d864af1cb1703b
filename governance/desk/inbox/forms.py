"""Form to put a task off."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DayField


class SnoozeForm(forms.Form):
    """The day on which a task is listed again."""

    until = DayField(
        label=_("Show the task again on"), error_messages={"required": _("Select the day on which it is shown again.")}
    )
