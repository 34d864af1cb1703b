"""What is typed of a lesson."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import ProseField, RowForm, TextField, labelled
from pmo.lessons.enums import Family


class LessonForm(RowForm):
    """What happened, what it taught, what to do next time."""

    title = TextField(label=_("Title"), error_messages={"required": _("Give a title.")})
    family = forms.ChoiceField(label=_("Family"), choices=labelled(Family.choices))
    context = ProseField(label=_("What happened"), rows=3, required=False)
    lesson = ProseField(
        label=_("What it taught"), rows=3, error_messages={"required": _("Say what it taught.")},
        help_text=_("For somebody who does not know the project."),
    )  # fmt: skip
    recommendation = ProseField(label=_("What to do next time"), rows=3, required=False)
