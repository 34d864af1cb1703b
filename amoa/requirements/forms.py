"""Forms of requirements: one with its criteria, one row of the table, its cells, many at once."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from amoa.requirements import versions, workflow
from amoa.requirements.enums import Priority, RequirementKind, RequirementState, Verification
from amoa.requirements.links import list_unknown
from amoa.requirements.lint import Draft
from amoa.requirements.models import LONGEST_CODE, LONGEST_LINK, Requirement
from amoa.requirements.services import can_become
from core.access import Person
from core.forms import ProseField, RowsFormSet, TextField, label_choices, one_more_row, optional_choices
from core.forms import RowForm as BaseRowForm
from projects.models import Project
from projects.seats.recipient_groups.enums import Degree

MOST_CRITERIA, MOST_LINKS, LONGEST_CRITERION = 30, 30, 2_000
#: Fields that the form and the model share unchanged.
PLAIN = (
    "kind",
    "title",
    "statement",
    "category",
    "priority",
    "criticality",
    "source",
    "justification",
    "verification",
    "lot",
    "state",
)


def list_choices(choices: Any, *, empty: bool = False) -> list[tuple[str, str]]:
    """List the capitalised choices of an enumeration, after a dash with `empty`."""
    return [*([("", "—")] if empty else []), *((value, capfirst(str(label))) for value, label in choices)]


def list_next_states(requirement: Requirement) -> list[tuple[str, str]]:
    """List the current state, then those that a writer may move the requirement to."""
    states = [s for s in RequirementState if s == requirement.state or can_become(requirement, s)]
    return [(state.value, str(state.label)) for state in sorted(states, key=lambda s: s != requirement.state)]


class RequirementForm(forms.Form):
    """Form of a need or a requirement without its criteria. A draft needs a kind and a title."""

    needed: ClassVar = {"code": gettext_lazy("the next one when empty")}

    seen = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=RequirementKind.choices,
        error_messages={"required": gettext_lazy("Choose a kind.")},
    )
    code = TextField(label=gettext_lazy("Code"), max_length=LONGEST_CODE, required=False)
    title = TextField(
        label=gettext_lazy("Title"),
        error_messages={"required": gettext_lazy("Enter its title.")},
    )
    statement = ProseField(
        label=gettext_lazy("Statement"),
        rows=3,
        required=False,
        help_text=gettext_lazy("One sentence: who does or receives what. The need, not the means."),
    )
    parent = TextField(
        label=gettext_lazy("Answers or refines"),
        max_length=LONGEST_CODE,
        required=False,
        help_text=gettext_lazy("The code of the need it answers, or of the requirement it refines."),
    )
    priority = forms.ChoiceField(label=gettext_lazy("Priority"), choices=Priority.choices)
    criticality = forms.ChoiceField(label=gettext_lazy("Criticality"), required=False)
    category = TextField(label=gettext_lazy("Category"), max_length=60, required=False)
    lot = TextField(label=gettext_lazy("Lot"), max_length=40, required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"))
    recipients = forms.MultipleChoiceField(
        label=gettext_lazy("Recipients"), required=False, widget=forms.CheckboxSelectMultiple
    )
    source = TextField(
        label=gettext_lazy("Source"),
        required=False,
        help_text=gettext_lazy("Workshop, law, document or person it comes from."),
    )
    justification = ProseField(label=gettext_lazy("Justification"), rows=2, required=False)
    verification = forms.ChoiceField(label=gettext_lazy("Verification method"), required=False)
    deliverable = forms.ChoiceField(label=gettext_lazy("Deliverable"), required=False)
    links = ProseField(
        label=gettext_lazy("Links"),
        rows=2,
        required=False,
        help_text=gettext_lazy("One per line: a proposal or decision, the name of a document, the code of a risk."),
    )

    def __init__(
        self,
        *args: Any,
        project: Project,
        requirement: Requirement | None,
        reader: Person,
        groups: dict[int, str],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.project, self.requirement, self.reader = project, requirement, reader
        born = [(state.value, str(state.label)) for state in RequirementState if state in workflow.INITIAL]
        deliverables = [
            (str(deliverable.pk), str(deliverable)) for deliverable in project.deliverables.order_by("code")
        ]
        choices: dict[str, Any] = {
            "kind": list_choices(RequirementKind.choices),
            "priority": list_choices(Priority.choices),
            "criticality": list_choices(Degree.choices, empty=True),
            "verification": list_choices(Verification.choices, empty=True),
            "state": list_next_states(requirement) if requirement else born,
            "recipients": [(str(pk), name) for pk, name in groups.items()],
            "deliverable": [("", "—"), *deliverables],
        }
        for name, offers in choices.items():
            self.fields[name].choices = offers  # type: ignore[attr-defined]
        if requirement:
            del self.fields["code"]
        if not groups:
            del self.fields["recipients"]
        if not deliverables:
            del self.fields["deliverable"]

    def clean_parent(self) -> Requirement | None:
        """Return the requirement of this code. Refuse a code unknown on the project."""
        code = self.cleaned_data["parent"]
        return find_parent(self.project, code) if code else None

    def clean_links(self) -> list[str]:
        """Return one link per line, each once. A new link must match something visible to the writer."""
        lines = [" ".join(line.split()) for line in self.cleaned_data["links"].splitlines()]
        links = list(dict.fromkeys(filter(None, lines)))
        if len(links) > MOST_LINKS or any(len(link) > LONGEST_LINK for link in links):
            raise ValidationError(_("Enter at most 30 links of at most 150 characters each."))
        known = self.requirement.links if self.requirement else []
        if missing := list_unknown(self.project, [link for link in links if link not in known], self.reader):
            sentence = _("The project has no proposal, decision or document called so, nor is it the code of a risk: ")
            raise ValidationError(sentence + ", ".join(missing))
        return links


class CriterionForm(forms.Form):
    """Form of one acceptance criterion; an empty one is ignored."""

    needed: ClassVar = {"text": ""}

    text = ProseField(label=gettext_lazy("Acceptance criterion"), rows=2, max_length=LONGEST_CRITERION, required=False)


CriterionFormSet = forms.formset_factory(
    CriterionForm,
    formset=RowsFormSet,
    extra=0,
    min_num=1,
    max_num=MOST_CRITERIA,
    absolute_max=MOST_CRITERIA,
    validate_max=True,
)


class RequirementForms:
    """The requirement form and its criteria formset handled as one form."""

    def __init__(
        self,
        data: Any,
        project: Project,
        reader: Person,
        groups: dict[int, str],
        requirement: Requirement | None = None,
        parent: str = "",
    ) -> None:
        self.requirement, self.project = requirement, project
        if data is not None and "add_criterion" in data:
            data = one_more_row(data, "criteria", MOST_CRITERIA)
        filled: dict[str, Any] = {"parent": parent, "kind": RequirementKind.FUNCTIONAL, "priority": Priority.SHOULD}
        if requirement:
            filled = {name: getattr(requirement, name) for name in PLAIN}
            filled |= {
                "parent": requirement.parent.code if requirement.parent else "",
                "recipients": [str(pk) for pk in requirement.recipients],
                "deliverable": str(requirement.deliverable_id or ""),
                "links": "\n".join(requirement.links),
                "seen": requirement.changed_at.isoformat(),
            }
        self.form = RequirementForm(
            data, initial=filled, project=project, requirement=requirement, reader=reader, groups=groups
        )
        texts = [{"text": criterion["text"]} for criterion in (requirement.criteria if requirement else [])]
        self.criteria = CriterionFormSet(data, prefix="criteria", initial=texts)
        if data is None:
            self.criteria.extra = max(0, len(texts) - 1) if texts else 0

    @property
    def parts(self) -> list[Any]:
        """Return the form and the formset."""
        return [self.form, self.criteria]

    def is_valid(self) -> bool:
        """Validate both parts, so that every error is shown at once."""
        judged = [part.is_valid() for part in self.parts]
        return all(judged)

    def fields(self) -> dict[str, Any]:
        """Return the model fields for the services; criteria keep their numbers."""
        typed = self.form.cleaned_data
        fields = {name: typed[name] for name in (*PLAIN, "parent", "links")}
        fields["criteria"] = versions.number_criteria(
            self.texts(), self.requirement.criteria if self.requirement else ()
        )
        if "recipients" in typed:
            served = sorted(map(int, typed["recipients"]))
            same = self.requirement is not None and served == sorted(self.requirement.recipients)
            fields["recipients"] = self.requirement.recipients if self.requirement and same else served
        if "deliverable" in typed:
            fields["deliverable_id"] = int(typed["deliverable"]) if typed["deliverable"] else None
        if "code" in typed:
            fields["code"] = typed["code"]
        return fields

    def texts(self) -> list[str]:
        """Return the texts of the criteria that are not empty."""
        rows = [getattr(form, "cleaned_data", {}).get("text", "") for form in self.criteria.forms]
        return list(filter(None, rows))

    def draft(self) -> Draft:
        """Build a Draft of the text typed so far, valid or not, for the advice."""
        typed = {name: str(self.form[name].value() or "") for name in ("title", "statement", "kind")}
        texts = [str(form["text"].value() or "") for form in self.criteria.forms]
        return Draft(**typed, criteria=texts, language=self.project.language)


class RowForm(forms.Form):
    """Form of one row of the table."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=40)
    title = TextField(label=gettext_lazy("Title"), error_messages={"required": gettext_lazy("Enter its title.")})
    statement = ProseField(label=gettext_lazy("Statement"), rows=2, required=False)
    priority = forms.ChoiceField(label=gettext_lazy("Priority"))
    state = forms.ChoiceField(label=gettext_lazy("State"))
    lot = TextField(label=gettext_lazy("Lot"), max_length=40, required=False)

    def __init__(self, data: Any, requirement: Requirement) -> None:
        names = ("title", "statement", "priority", "state", "lot")
        filled = {name: getattr(requirement, name) for name in names}
        super().__init__(
            data, initial={**filled, "seen": requirement.changed_at.isoformat()}, auto_id=f"id_{requirement.pk}_%s"
        )
        self.fields["priority"].choices = list_choices(Priority.choices)  # type: ignore[attr-defined]
        self.fields["state"].choices = list_next_states(requirement)  # type: ignore[attr-defined]

    def content(self) -> dict[str, Any]:
        """Return the model fields for the service."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class CellsForm(BaseRowForm):
    """Cells of a requirement."""

    title = TextField(label=gettext_lazy("Title"), error_messages={"required": gettext_lazy("Enter its title.")})
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=label_choices(RequirementKind.choices))
    category = TextField(label=gettext_lazy("Category"), max_length=60, required=False)
    priority = forms.ChoiceField(label=gettext_lazy("Priority"), choices=label_choices(Priority.choices))
    criticality = forms.ChoiceField(
        label=gettext_lazy("Criticality"), choices=optional_choices(Degree.choices), required=False
    )
    verification = forms.ChoiceField(
        label=gettext_lazy("Verification method"), choices=optional_choices(Verification.choices), required=False
    )
    lot = TextField(label=gettext_lazy("Lot"), max_length=40, required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"))

    def __init__(self, data: Any = None, *, row: Requirement, **given: Any) -> None:
        super().__init__(data, row=row, **given)
        self.fields["state"].choices = list_next_states(row)  # type: ignore[attr-defined]


class NewCellsForm(forms.Form):
    """Cells of a new requirement."""

    title = TextField(label=gettext_lazy("Title"), error_messages={"required": gettext_lazy("Enter its title.")})
    statement = ProseField(label=gettext_lazy("Statement"), rows=1, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=label_choices(RequirementKind.choices),
        error_messages={"required": gettext_lazy("Choose a kind.")},
    )
    priority = forms.ChoiceField(label=gettext_lazy("Priority"), choices=label_choices(Priority.choices))
    parent = TextField(label=gettext_lazy("Answers or refines"), max_length=LONGEST_CODE, required=False)
    category = TextField(label=gettext_lazy("Category"), max_length=60, required=False)
    lot = TextField(label=gettext_lazy("Lot"), max_length=40, required=False)
    source = TextField(label=gettext_lazy("Source"), required=False)

    def __init__(self, data: Any = None, *, project: Project, **given: Any) -> None:
        super().__init__(data, **given)
        self.project = project

    def clean_parent(self) -> Requirement | None:
        """Return the requirement of this code. Refuse a code unknown on the project."""
        code = self.cleaned_data["parent"]
        return find_parent(self.project, code) if code else None


class BulkForm(forms.Form):
    """Form of a change of many; an empty field leaves the value as it is, `clear` empties it."""

    #: Fields of the bar below the list.
    BAR = ("state", "priority", "lot")
    CLEARED = ("lot", "category", "criticality", "verification", "parent", "recipients", "deliverable", "source")

    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    priority = forms.ChoiceField(label=gettext_lazy("Priority"), required=False)
    lot = TextField(label=gettext_lazy("Lot"), max_length=40, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    category = TextField(label=gettext_lazy("Category"), max_length=60, required=False)
    criticality = forms.ChoiceField(label=gettext_lazy("Criticality"), required=False)
    verification = forms.ChoiceField(label=gettext_lazy("Verification method"), required=False)
    parent = TextField(label=gettext_lazy("Answers or refines"), max_length=LONGEST_CODE, required=False)
    deliverable = forms.ChoiceField(label=gettext_lazy("Deliverable"), required=False)
    source = TextField(label=gettext_lazy("Source"), required=False)
    recipients = forms.MultipleChoiceField(
        label=gettext_lazy("Recipients"), required=False, widget=forms.CheckboxSelectMultiple
    )
    clear = forms.MultipleChoiceField(
        label=gettext_lazy("Fields to empty"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, data: Any = None, *, project: Project | None = None, groups: dict[int, str] | None = None
    ) -> None:
        super().__init__(data, auto_id="bulk_%s")
        self.project = project
        states = [(s.value, s.label) for s in RequirementState if s in workflow.WRITTEN]
        self.fields["state"].choices = [("", gettext_lazy("State")), *states]  # type: ignore[attr-defined]
        self.fields["priority"].choices = [("", gettext_lazy("Priority")), *list_choices(Priority.choices)]  # type: ignore[attr-defined]
        if project is None:
            for name in [name for name in self.fields if name not in self.BAR]:
                del self.fields[name]
            return
        deliverables = [(str(row.pk), str(row)) for row in project.deliverables.order_by("code")]
        choices: dict[str, Any] = {
            "kind": list_choices(RequirementKind.choices, empty=True),
            "criticality": list_choices(Degree.choices, empty=True),
            "verification": list_choices(Verification.choices, empty=True),
            "deliverable": [("", "—"), *deliverables],
            "recipients": [(str(pk), name) for pk, name in (groups or {}).items()],
            "clear": [(name, self.fields[name].label) for name in self.CLEARED],
        }
        for name, offers in choices.items():
            self.fields[name].choices = offers  # type: ignore[attr-defined]

    @property
    def plain_fields(self) -> list[Any]:
        """List the fields of one line."""
        return [self[name] for name in self.fields if name not in {"recipients", "clear"}]

    @property
    def wide_fields(self) -> list[Any]:
        """List the groups of choices."""
        return [self[name] for name in ("recipients", "clear") if self.fields[name].choices]  # type: ignore[attr-defined]

    def clean_parent(self) -> Requirement | None:
        """Return the requirement of this code. Refuse a code unknown on the project."""
        code = self.cleaned_data["parent"]
        return find_parent(self.project, code) if self.project and code else None

    def clean(self) -> dict[str, Any]:
        """Refuse a form without any value."""
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(data.values()):
            raise ValidationError(_("Select at least one new value."))
        return data

    def content(self) -> dict[str, Any]:
        """Return the model fields to change."""
        typed = {name: value for name, value in self.cleaned_data.items() if value and name != "clear"}
        if "recipients" in typed:
            typed["recipients"] = sorted(map(int, typed["recipients"]))
        if "deliverable" in typed:
            typed["deliverable_id"] = int(typed.pop("deliverable"))
        empty: dict[str, Any] = {"parent": None, "recipients": [], "deliverable": None}
        emptied = {name: empty.get(name, "") for name in self.cleaned_data.get("clear", ())}
        if "deliverable" in emptied:
            emptied["deliverable_id"] = emptied.pop("deliverable")
        return emptied | typed


def find_parent(project: Project, code: str) -> Requirement:
    """Return the requirement of this code. Raises ValidationError on a code unknown on the project."""
    requirement = project.requirements.filter(code__iexact=code).first()
    if requirement is None:
        raise ValidationError(_("The project has no need or requirement %(code)s.") % {"code": code})
    return requirement
