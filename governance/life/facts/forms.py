"""Forms of the facts of a project."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import RowForm, TextField, label_choices
from projects.models import Project
from projects.people.opening.forms import PREFIX
from projects.workspaces import add_required, list_choices, offered_on, requirements_of
from roles.models import User


class SeenForm(RowForm):
    """An act on the project as it was read."""

    def __init__(self, data: Any = None, *, project: Project) -> None:
        super().__init__(data, project=project, row=project)


class FactsForm(SeenForm):
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
        super().__init__(data, project=project)
        if keeps_prefix:
            del self.fields["prefix"]


class WorkspacesWidget(forms.CheckboxSelectMultiple):
    """Check boxes; those of `required` are checked and cannot be changed."""

    required: Collection[str] = ()

    def create_option(self, name: str, value: Any, *args: Any, **options: Any) -> dict[str, Any]:
        """Return the option, disabled when it is required."""
        option = super().create_option(name, value, *args, **options)
        if str(value) in self.required:
            option["attrs"]["disabled"] = True
        return option


class WorkspacesForm(SeenForm):
    """The workspaces to switch on; the others are switched off, but for those that are required."""

    workspaces = forms.MultipleChoiceField(
        label=_("Workspaces"),
        required=False,
        widget=WorkspacesWidget,
        help_text=_("Decisions, roles and documents are always there."),
    )

    def __init__(self, data: Any = None, *, project: Project) -> None:
        super().__init__(data, project=project)
        self.required = requirements_of(project)
        field: Any = self.fields["workspaces"]
        offered = list_choices(offered_on(project))
        field.choices = label_choices([(code, self._describe(code, label)) for code, label in offered])
        field.widget.required = {one.workspace.value for one in self.required}
        self.initial["workspaces"] = add_required(project.workspaces, self.required)

    def clean_workspaces(self) -> list[str]:
        """Return the chosen workspaces with the required ones, whose boxes are not sent."""
        return add_required(self.cleaned_data["workspaces"], self.required)

    def _describe(self, code: str, label: Any) -> str:
        """Return the label, with what requires the workspace."""
        because = [one.because for one in self.required if one.workspace.value == code]
        return f"{label} ({', '.join(because)})" if because else str(label)


class SigningForm(SeenForm):
    """Whether decisions on the project must be signed with a passkey."""

    required = forms.BooleanField(
        label=_("Sign every decision with a passkey"),
        required=False,
        help_text=_("Without a passkey of their own, neither you nor a delegate can decide on this project."),
    )

    def __init__(self, data: Any = None, *, project: Project) -> None:
        super().__init__(data, project=project)
        self.initial["required"] = project.signed_decisions
