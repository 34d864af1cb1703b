"""Form to publish the weather."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import ProseField, label_choices
from pmo.registers.weather.enums import Sky


class WeatherForm(forms.Form):
    """Comment on the weather, and override the computed sky with a reason."""

    comment = ProseField(
        label=_("Effect and action"),
        error_messages={"required": _("Describe the effect and the action.")},
        help_text=_("Which effect on the project, and which action by whom?"),
    )
    overall = forms.ChoiceField(label=_("Weather"), required=False)
    reason = ProseField(
        label=_("Why it is not the computed weather"),
        rows=2,
        required=False,
        help_text=_("Needed only if you select another one. It is published with the weather."),
    )

    def __init__(self, data: Any = None, *, computed: str, **given: Any) -> None:
        super().__init__(data, **given)
        first = _("Computed: %(sky)s") % {"sky": Sky(computed).label} if computed else "—"
        self.fields["overall"].choices = [("", first), *label_choices(Sky.choices)()]  # type: ignore[attr-defined]
