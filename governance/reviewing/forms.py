"""What is chosen for a monthly review."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.models import Project
from roles.forms import ProseField

MOST_PROJECTS = 200


class ReviewForm(forms.Form):
    """The projects to review, and the questions of the project office, one a line."""

    chosen = forms.MultipleChoiceField(
        label=_("Projects"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one project.")},
    )  # fmt: skip
    asked = ProseField(label=_("Your questions for the owners, one a line"), rows=4, required=False)

    def __init__(self, data: Any = None, *, projects: list[Project]) -> None:
        super().__init__(data, initial={"chosen": [project.code for project in projects]})
        self.fields["chosen"].choices = [  # type: ignore[attr-defined]
            (project.code, f"{project.code} · {project.title}") for project in projects[:MOST_PROJECTS]
        ]

    def clean_asked(self) -> list[str]:
        """The questions that were typed."""
        return [line.strip() for line in self.cleaned_data["asked"].splitlines() if line.strip()]
