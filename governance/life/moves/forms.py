"""Forms of moves under another parent."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import ProseField
from governance.life.moves.queries import list_targets
from projects.models import Project


class AskMoveForm(forms.Form):
    """The programme or portfolio that a project comes under."""

    target = forms.ModelChoiceField(
        Project.objects.none(),
        label=_("New parent"),
        to_field_name="code",
        empty_label=None,
        error_messages={"required": _("Select a programme or a portfolio.")},
    )

    def __init__(self, *args: Any, project: Project, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["target"].queryset = list_targets(project)  # type: ignore[attr-defined]


class RefuseMoveForm(forms.Form):
    """Why a move is refused."""

    because = ProseField(label=_("Reason"), rows=3, error_messages={"required": _("Enter the reason.")})
