"""Form of a monthly review."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import ProseField
from projects.models import Project

#: Limits: projects listed to choose from, and questions typed.
MOST_PROJECTS, MOST_ASKED = 200, 40


class ReviewForm(forms.Form):
    """Choose the projects to review, and ask further questions, one a line."""

    chosen = forms.MultipleChoiceField(
        label=_("Projects"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one project.")},
    )
    asked = ProseField(
        label=_("Your questions for the owners, one a line"),
        rows=4,
        required=False,
        help_text=_("Begin a line with the code of a project and a colon to ask about that project."),
    )

    def __init__(self, data: Any = None, *, projects: list[Project]) -> None:
        listed = projects[:MOST_PROJECTS]
        super().__init__(data, initial={"chosen": [project.code for project in listed]})
        self.fields["chosen"].choices = [  # type: ignore[attr-defined]
            (project.code, f"{project.code} · {project.title}") for project in listed
        ]
        if len(projects) > len(listed):
            self.fields["chosen"].help_text = _(
                "The first %(n)d of %(all)d are listed; the others have their place in the review of their programme."
            ) % {"n": len(listed), "all": len(projects)}

    def clean_asked(self) -> list[str]:
        """Return the typed questions."""
        questions = [line.strip() for line in self.cleaned_data["asked"].splitlines() if line.strip()]
        if len(questions) > MOST_ASKED:
            raise forms.ValidationError(_("Ask at most %(n)d questions.") % {"n": MOST_ASKED})
        return questions
