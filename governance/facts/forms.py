"""Forms of the facts of a project."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import RowForm, TextField, label_choices
from projects.models import Project
from projects.opening.forms import PREFIX
from projects.workspaces import list_choices
from roles.models import User


class FactsForm(RowForm):
    """Title, prefix and language of a project; the prefix stays once a reference begins with it."""

    title_fr = TextField(
        label=_("Title in French"), max_length=200, error_messages={"required": _("Enter the title in French.")}
    )
    title_en = TextField(
        label=_("Title in English"), max_length=200, error_messages={"required": _("Enter the title in English.")}
    )
    prefix = TextField(  # type: ignore[assignment]
        label=_("Prefix of references"),
        max_length=4,
        validators=[PREFIX],
        error_messages={"required": _("Enter a prefix.")},
        help_text=_("You can change it until the first proposal or risk."),
    )
    language = forms.ChoiceField(
        label=_("Language of the texts"), choices=User.Language, help_text=_("Texts already written keep theirs.")
    )

    def __init__(self, data: Any = None, *, project: Project, keeps_prefix: bool) -> None:
        super().__init__(data, project=project, row=project)
        if keeps_prefix:
            del self.fields["prefix"]


class WorkspacesForm(RowForm):
    """The workspaces to switch on; the others are switched off."""

    workspaces = forms.MultipleChoiceField(
        label=_("Workspaces"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Decisions, roles and documents are always there."),
    )

    def __init__(self, data: Any = None, *, project: Project) -> None:
        super().__init__(data, project=project, row=project)
        self.fields["workspaces"].choices = label_choices(list_choices())  # type: ignore[attr-defined]


class SeenForm(RowForm):
    """An act on the project as it was read."""

    def __init__(self, data: Any = None, *, project: Project) -> None:
        super().__init__(data, project=project, row=project)
