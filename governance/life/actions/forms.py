"""Forms of actions."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.forms import ProseField, RowForm
from core.history import version_of
from core.pages.register.registers import with_fields
from core.record.erasure import display_name
from governance.life.actions.enums import FOLLOWS, ActionState
from governance.life.actions.models import Action
from governance.life.actions.register import ACTIONS
from projects.models import DocumentVersion, Project

#: Documents that a form offers.
LONGEST_CHOICE = 200


def list_seats(project: Project) -> list[tuple[str, str]]:
    """List the holders of roles as choices, each with the role."""
    seats = project.mandates.active().order_by("holder__name", "role__position", "pk")
    found = seats.values_list("role__code", "holder", "holder__name")
    return [(f"{role}-{key}", f"{display_name(name)} · {role}") for role, key, name in found]


@with_fields(ACTIONS, *ACTIONS.typed)
class ActionForm(RowForm):
    """Describe an action: what, who, by when. The person it has is offered even when they have left."""

    def __init__(
        self, data: Any = None, *, project: Project, row: Action | None = None, seats: Any = None, **given: Any
    ) -> None:
        super().__init__(data, project=project, row=row, **given)
        offered = [("", "—"), *(list_seats(project) if seats is None else seats)]
        if row is not None and row.seat not in dict(offered):
            offered.append((row.seat, f"{display_name(row.holder.name)} · {row.role}"))
        self.fields["seat"].choices = offered  # type: ignore[attr-defined]


class ActionCellsForm(ActionForm):
    """Cells of an action; one that is done or dropped stays as it is."""

    def __init__(self, data: Any = None, *, row: Action, **given: Any) -> None:
        super().__init__(data, row=row, **given)
        for field in self.fields.values():
            field.disabled = not row.is_open


class EvidenceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Newest version of a document of the project."""

    def label_from_instance(self, obj: DocumentVersion) -> str:
        """Return its name and version."""
        return f"{obj.document.name} ({obj.number})"


class SettleActionForm(forms.Form):
    """Say what became of an action, with a word and a document."""

    state = forms.ChoiceField(label=_("State"), error_messages={"required": _("Select what happens to it.")})
    outcome = ProseField(
        label=_("What was done"), rows=3, required=False, help_text=_("If you drop it, why nothing is left to do.")
    )
    document = EvidenceField(queryset=None, label=_("Evidence"), required=False, empty_label="—")
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, action: Action) -> None:
        super().__init__(data, initial={"seen": version_of(action)})
        follows = FOLLOWS[ActionState(action.state)]
        choices = [(state, capfirst(state.label)) for state in follows]
        self.fields["state"].choices = choices if len(choices) == 1 else [("", "—"), *choices]  # type: ignore[attr-defined]
        if not action.is_open:
            del self.fields["outcome"], self.fields["document"]
            return
        documents = DocumentVersion.objects.filter(document__project=action.project).newest()
        newest = documents.order_by("document__name").values("pk")[:LONGEST_CHOICE]
        rows = DocumentVersion.objects.filter(pk__in=newest).select_related("document").order_by("document__name")
        self.fields["document"].queryset = rows  # type: ignore[attr-defined]
