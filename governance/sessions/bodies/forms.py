"""Form of a body."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.forms import DayField, RowForm, TextField, label_choices
from governance.sessions.bodies.enums import BodyKind, Rhythm
from projects.models import Project

DAYS = _("Working days, 0 to 60.")


class BodyForm(RowForm):
    """Name, members, guests and rhythm of a body."""

    name = TextField(label=_("Name"), max_length=100, error_messages={"required": _("Enter a name.")})
    kind = forms.ChoiceField(label=_("Kind"), choices=label_choices(BodyKind.choices))
    members = forms.MultipleChoiceField(
        label=_("Members"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The holders of these roles on the day are convened. The owner chairs."),
        error_messages={"required": _("Choose a role at least.")},
    )
    guests = forms.MultipleChoiceField(label=_("Guests"), widget=forms.CheckboxSelectMultiple, required=False)
    rhythm = forms.ChoiceField(label=_("Rhythm"), choices=label_choices(Rhythm.choices))
    notice_days = forms.IntegerField(
        label=_("Notice before a session"), min_value=0, max_value=60, initial=5, help_text=DAYS
    )
    list_days = forms.IntegerField(
        label=_("Decision list after a session"), min_value=0, max_value=60, initial=5, help_text=DAYS
    )
    ended_on = DayField(label=_("Meets no more from"), required=False, future=False)

    def __init__(self, data: Any = None, *, project: Project, **options: Any) -> None:
        super().__init__(data, project=project, **options)
        roles = [(role.code, f"{role.code} · {role.name}") for role in project.roles()]
        for name in ("members", "guests"):
            self.fields[name].choices = roles  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a role that is a member and a guest."""
        data: dict[str, Any] = super().clean() or {}
        if set(data.get("members", ())) & set(data.get("guests", ())):
            raise ValidationError({"guests": _("A role is a member or a guest, not both.")})
        return data
