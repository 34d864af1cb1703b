"""Form of a lesson learned."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import ProseField, RowForm, TextField, label_choices
from pmo.registers.lessons.enums import Family


class LessonForm(RowForm):
    """Describe a lesson: facts, lesson and recommendation."""

    title = TextField(label=_("Title"), error_messages={"required": _("Enter a title.")})
    family = forms.ChoiceField(label=_("Family"), choices=label_choices(Family.choices))
    context = ProseField(label=_("What happened"), rows=3, required=False)
    lesson = ProseField(
        label=_("What it taught"),
        rows=3,
        error_messages={"required": _("Describe the lesson learned.")},
        help_text=_("Write for readers who do not know the project."),
    )
    recommendation = ProseField(label=_("What to do next time"), rows=3, required=False)
