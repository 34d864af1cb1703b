"""Requirements as a table of cells: one form per row, and what becomes of each row when the page is saved."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from amoa.requirements.enums import Priority, RequirementKind, Verification
from amoa.requirements.forms import list_choices, list_next_states
from amoa.requirements.models import Requirement
from amoa.requirements.services import Outdated, edit_requirement
from amoa.requirements.versions import find_text
from core.conflicts import find_change, merge_form, show_saved
from core.forms import TextField, add_errors, forget_errors
from core.pagination import LARGEST
from projects.models import Project
from projects.recipient_groups.enums import Degree
from roles.models import User

#: Rows of a page: each has ten fields, and a request has a thousand at most.
SIZE = 50
CELLS = ("title", "kind", "category", "priority", "criticality", "verification", "lot", "state")


class CellForm(forms.Form):
    """Cells of one requirement."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=40)
    title = TextField(label=_("Title"), error_messages={"required": _("Enter its title.")})
    kind = forms.ChoiceField(label=_("Kind"), choices=list_choices(RequirementKind.choices))
    category = TextField(label=_("Category"), max_length=60, required=False)
    priority = forms.ChoiceField(label=_("Priority"), choices=list_choices(Priority.choices))
    criticality = forms.ChoiceField(
        label=_("Criticality"), choices=list_choices(Degree.choices, empty=True), required=False
    )
    verification = forms.ChoiceField(
        label=_("Verification method"), choices=list_choices(Verification.choices, empty=True), required=False
    )
    lot = TextField(label=_("Lot"), max_length=40, required=False)
    state = forms.ChoiceField(label=_("State"))

    def __init__(self, data: QueryDict | None, requirement: Requirement) -> None:
        filled = {name: getattr(requirement, name) for name in CELLS}
        filled["seen"] = requirement.changed_at.isoformat()
        super().__init__(data, initial=filled, prefix=f"r{requirement.pk}", auto_id="id_%s")
        self.fields["state"].choices = list_next_states(requirement)  # type: ignore[attr-defined]
        for name in CELLS:
            words = {"column": self.fields[name].label, "code": requirement.code}
            self.fields[name].widget.attrs["aria-label"] = gettext("%(column)s of %(code)s") % words

    @property
    def typed(self) -> dict[str, Any]:
        """Return the cells that differ from what is saved."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in CELLS}


@dataclass(frozen=True)
class Row:
    """A row of the table."""

    key: int
    code: str
    url: str
    form: CellForm


@dataclass
class Saved:
    """What became of a page: the rows as they are shown again, and the codes of the rows of each outcome."""

    rows: list[Row] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    outdated: list[str] = field(default_factory=list)


def build_row(requirement: Requirement, form: CellForm | None = None) -> Row:
    """Build the row of a requirement, with its saved values or with `form`."""
    return Row(requirement.pk, requirement.code, requirement.get_absolute_url(), form or CellForm(None, requirement))


def find_posted(project: Project, data: QueryDict) -> list[Requirement]:
    """List the requirements of the project whose rows were posted, in the order of the page."""
    keys = [key for key in data.getlist("row") if key.isascii() and key.isdecimal() and len(key) < 12][:SIZE]
    numbers = dict.fromkeys(min(int(key), LARGEST) for key in keys)
    found = project.requirements.select_related("project", "in_force").in_bulk(numbers)
    return [found[number] for number in numbers if number in found]


def show_rows(requirements: Sequence[Requirement], data: QueryDict) -> Saved:
    """Show the rows as they were typed, without saving them."""
    rows = [build_row(requirement, CellForm(data, requirement)) for requirement in requirements]
    for row in rows:
        forget_errors(row.form)
    return Saved(rows)


def save_rows(actor: User, requirements: Sequence[Requirement], data: QueryDict) -> Saved:
    """Save the rows in which a cell was changed, each by an act of its own; keep what is refused."""
    done, data = Saved(), data.copy()
    for requirement in requirements:
        done.rows.append(_save_row(actor, requirement, data, done))
    return done


def _save_row(actor: User, requirement: Requirement, data: QueryDict, done: Saved) -> Row:
    """Save one row; return it as it is shown again."""
    form = CellForm(data, requirement)
    if form["seen"].value() != requirement.changed_at.isoformat():
        return _merge_row(requirement, data, done)
    if not form.has_changed():
        return build_row(requirement)
    if not form.is_valid():
        done.refused.append(requirement.code)
        return build_row(requirement, form)
    try:
        saved = edit_requirement(
            actor=actor, requirement=requirement, seen=form.cleaned_data["seen"], fields=form.typed
        )
    except Outdated:
        return _merge_row(Requirement.objects.get(pk=requirement.pk), data, done)
    except ValidationError as error:
        add_errors(form, error, elsewhere="title")
        done.refused.append(requirement.code)
        return build_row(requirement, form)
    done.changed.append(requirement.code)
    return build_row(saved)


def _merge_row(requirement: Requirement, data: QueryDict, done: Saved) -> Row:
    """Return the row with what the reader typed and what somebody else saved; as it is saved without a cell typed."""
    now = CellForm(None, requirement)
    opened = find_text(requirement, data.get(now.add_prefix("seen"), ""))
    saved = merge_form(data, CellForm(None, opened) if opened else None, now)
    merged = CellForm(data, requirement)
    if not merged.has_changed():
        return build_row(requirement)
    show_saved(merged, saved, find_change(requirement))
    done.outdated.append(requirement.code)
    return build_row(requirement, merged)
