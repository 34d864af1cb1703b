"""Forms of escalated risks: escalate, rate, answer."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.forms import ProseField
from pmo.registers.escalations.enums import EscalationState
from pmo.registers.escalations.models import Escalation
from pmo.registers.risks.enums import Grades
from pmo.registers.risks.fields import GradeField
from pmo.registers.risks.forms import set_grade_choices

#: What the owner above may answer, in the words of the form.
ANSWERS = (
    (EscalationState.ACCEPTED, _("Accept it at this level")),
    (EscalationState.HANDED_BACK, _("Hand it back")),
    (EscalationState.TAKEN_OVER, _("Take it over as an own risk of this level")),
)


class EscalateForm(forms.Form):
    """Say what the level above must know or do."""

    because = ProseField(
        label=_("Why it is escalated"),
        rows=3,
        help_text=_("What the level below cannot settle, and what you ask for."),
        error_messages={"required": _("Enter the reason.")},
    )


class ExamineForm(forms.Form):
    """Rate the risk on the scale of the level."""

    likelihood = GradeField(label=_("Likelihood"), error_messages={"required": _("Choose how likely it is.")})
    impact = GradeField(
        label=pgettext_lazy("risk", "Impact"), error_messages={"required": _("Choose how serious it would be.")}
    )

    def __init__(self, *args: Any, row: Escalation, grades: Grades, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("likelihood", "impact"):
            self.initial.setdefault(name, getattr(row, name))
        set_grade_choices(self, grades)


class AnswerForm(forms.Form):
    """Choose what becomes of the risk, and say why; one that is not rated yet can only be handed back."""

    state = forms.TypedChoiceField(
        label=_("Answer"),
        coerce=EscalationState,
        widget=forms.RadioSelect,
        error_messages={"required": _("Select the answer.")},
    )
    answer = ProseField(label=_("In words"), rows=3, error_messages={"required": _("Enter the reasons.")})

    def __init__(self, *args: Any, row: Escalation, **options: Any) -> None:
        super().__init__(*args, **options)
        offered = [one for one in ANSWERS if row.level or one[0] == EscalationState.HANDED_BACK]
        self.fields["state"].choices = [(value.value, capfirst(label)) for value, label in offered]  # type: ignore[attr-defined]
