"""Forms for role templates, responsibilities and the import of a method pack."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.forms import ProseField, RowForm, TextField, optional_choices
from roles.enums import RHYTHMS, Authority, Domain, Family, Gate, Nature
from roles.models import Responsibility, RoleTemplate
from roles.role_templates.catalogue import LARGEST, Pack, Unreadable, read_pack
from roles.role_templates.content import Matrix, Role
from roles.role_templates.models import CODE

#: Notes shown beside the choices of authority.
AUTHORITY_NOTES = {
    Authority.DECIDES: gettext_lazy("Decides on every proposal, alone"),
    Authority.ADVISES: gettext_lazy("Assists, advises and proposes"),
    Authority.DELIVERS: gettext_lazy("Builds and delivers"),
    Authority.RECEIVES: gettext_lazy("Uses what the project delivers"),
}
#: Maximum of error messages shown for one file.
MOST_SENTENCES = 50


class AuthorityRadios(forms.RadioSelect):
    """Radio buttons with one option `locked`: shown but disabled."""

    locked: Authority | None = None

    def create_option(self, name: str, value: Any, *args: Any, **options: Any) -> dict[str, Any]:
        """Return the option, disabled when it is locked."""
        option = super().create_option(name, value, *args, **options)
        if value == self.locked:
            option["attrs"]["disabled"] = True
        return option


def _in_language(language: str, field: TextField) -> TextField:
    """Set the `lang` attribute of the field, which may differ from the reader's language."""
    field.widget.attrs["lang"] = language
    return field


class RoleForm(RowForm):
    """Identity of a role. `decider` is the code of another role of the pack that decides, or empty."""

    name_en = _in_language("en", TextField(label=gettext_lazy("Name in English"), max_length=120))
    name_fr = _in_language("fr", TextField(label=gettext_lazy("Name in French"), max_length=120))
    mission_en = _in_language("en", ProseField(label=gettext_lazy("Mission in English"), rows=3, max_length=2_000))
    mission_fr = _in_language("fr", ProseField(label=gettext_lazy("Mission in French"), rows=3, max_length=2_000))
    represents_en = _in_language("en", TextField(label=gettext_lazy("Represents, in English"), required=False))
    represents_fr = _in_language("fr", TextField(label=gettext_lazy("Represents, in French"), required=False))
    authority = forms.ChoiceField(
        label=gettext_lazy("Authority"),
        widget=AuthorityRadios,
        choices=lambda: [(choice.value, capfirst(choice.label)) for choice in Authority],
        error_messages={"required": gettext_lazy("Choose what the role does with proposals.")},
    )
    mandatory = forms.BooleanField(
        label=gettext_lazy("Mandatory"),
        required=False,
        help_text=gettext_lazy("A project cannot start while this role is vacant."),
    )
    several = forms.BooleanField(
        label=gettext_lazy("Several holders"),
        required=False,
        help_text=gettext_lazy(
            "Several people can hold the role on a project at the same time. Recipients always can."
        ),
    )
    incompatible = forms.MultipleChoiceField(
        label=gettext_lazy("Incompatible roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("A person cannot hold one of these roles and this one on the same project."),
    )

    def __init__(self, data: Any = None, *, roles: tuple[Role, ...], row: RoleTemplate | None = None) -> None:
        """Build the choices; `roles` are the published ones of the pack, `row` is None for a new role."""
        super().__init__(data, project=None, row=row)
        others = [role for role in roles if row is None or role.code != row.code]
        self.decider = next((role.code for role in others if role.decides), "")
        self.fields["authority"].widget.locked = Authority.DECIDES if self.decider else None
        known = {role.code: f"{role.code} · {role.name}" for role in others}
        chosen = dict.fromkeys(self.initial.get("incompatible", ()))
        self.fields["incompatible"].choices = [  # type: ignore[attr-defined]
            *known.items(),
            *((code, code) for code in chosen if code not in known),
        ]

    @property
    def notes(self) -> dict[str, Any]:
        """Return the note below each authority."""
        notes = {Authority.DECIDES: _("Kept for %(role)s") % {"role": self.decider}} if self.decider else {}
        return {str(value): note for value, note in (AUTHORITY_NOTES | notes).items()}

    @property
    def fields_written(self) -> dict[str, Any]:
        """Return the fields of RoleTemplate."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


def _code(length: int, **options: Any) -> TextField:
    return TextField(label=gettext_lazy("Code"), max_length=length, validators=[CODE], **options)


class NewRoleForm(RoleForm):
    """A new role with its permanent code."""

    code = _code(10, help_text=gettext_lazy("Capitals, digits and hyphens. It cannot be changed later."))
    field_order = ("code",)


class PackCopyForm(forms.Form):
    """Code and names of a method that is copied from another one."""

    name_en = _in_language("en", TextField(label=gettext_lazy("Name in English"), max_length=120))
    name_fr = _in_language("fr", TextField(label=gettext_lazy("Name in French"), max_length=120))
    code = forms.RegexField(
        "^[a-z0-9][a-z0-9_-]*$",
        label=gettext_lazy("Code"),
        max_length=20,
        help_text=gettext_lazy(
            "Small letters, digits and hyphens, such as “direction-si”. It cannot be changed later."
        ),
        error_messages={"invalid": gettext_lazy("Use small letters, digits and hyphens.")},
    )


def window_fields() -> tuple[forms.ChoiceField, forms.ChoiceField, forms.RegexField]:
    """Return the fields `from_gate`, `until_gate` and `months` of a responsibility."""
    first = forms.ChoiceField(
        label=gettext_lazy("From gate"),
        required=False,
        choices=optional_choices(Gate.choices),
        help_text=gettext_lazy(
            "Only for what is due every week, month, quarter or year: it is due once the gate is passed."
        ),
    )
    last = forms.ChoiceField(
        label=gettext_lazy("Until gate"),
        required=False,
        choices=optional_choices(Gate.choices),
        help_text=gettext_lazy("The passage of this gate ends it. Leave it out where it ends after some months."),
    )
    months = forms.RegexField(
        "^[1-9][0-9]?$",
        label=gettext_lazy("Months from the gate"),
        required=False,
        error_messages={"invalid": gettext_lazy("Enter a number from 1 to 99.")},
    )
    return first, last, months


class DutyForm(RowForm):
    """A responsibility: label, nature, domains, activities, evidence, recurrence, receivers and family."""

    code = _code(20)
    label_en = _in_language("en", TextField(label=gettext_lazy("Label in English")))
    label_fr = _in_language("fr", TextField(label=gettext_lazy("Label in French")))
    nature = forms.ChoiceField(
        label=gettext_lazy("Nature"),
        choices=lambda: [("", "—"), *((choice.value, capfirst(choice.label)) for choice in Nature)],
        error_messages={"required": gettext_lazy("Choose how the role takes part.")},
    )
    domains = forms.MultipleChoiceField(
        label=gettext_lazy("Domains"),
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(choice.value, capfirst(choice.label)) for choice in Domain],
        error_messages={"required": gettext_lazy("Choose at least one domain.")},
    )
    activities = forms.MultipleChoiceField(
        label=gettext_lazy("Activities"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("The lines of the matrix where this responsibility counts."),
    )
    evidence_en = _in_language("en", TextField(label=gettext_lazy("Expected evidence in English")))
    evidence_fr = _in_language("fr", TextField(label=gettext_lazy("Expected evidence in French")))
    recurrence = forms.ChoiceField(
        label=gettext_lazy("Recurrence"),
        choices=lambda: [(choice.value, capfirst(choice.label)) for choice in RHYTHMS],
        error_messages={"invalid_choice": gettext_lazy("Choose a rhythm: “throughout the project” is no longer one.")},
    )
    also = forms.MultipleChoiceField(
        label=gettext_lazy("Further rhythms"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(choice.value, capfirst(choice.label)) for choice in RHYTHMS],
        help_text=gettext_lazy("Only for what is due on several kinds of occasion, such as each quarter and an event."),
    )
    days = forms.RegexField(
        "^[1-9][0-9]?$",
        label=gettext_lazy("Working days after an event"),
        required=False,
        help_text=gettext_lazy("Only for what is due at each event."),
        error_messages={"invalid": gettext_lazy("Enter a number from 1 to 99.")},
    )
    from_gate, until_gate, months = window_fields()
    receivers = forms.MultipleChoiceField(
        label=gettext_lazy("Receivers"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "The roles that look at evidence given by hand. Without any, the deciding role looks at it."
        ),
    )
    family = forms.ChoiceField(
        label=pgettext_lazy("of responsibilities", "Family"),
        required=False,
        choices=lambda: [("", "—"), *((choice.value, capfirst(choice.label)) for choice in Family)],
    )

    def __init__(self, data: Any = None, *, matrix: Matrix, row: Responsibility | None = None, **initial: Any) -> None:
        """Build the choices from the activities and the roles of the pack."""
        super().__init__(data, project=None, row=row, **initial)
        self.fields["activities"].choices = [(line.code, line.label) for line in matrix.lines]  # type: ignore[attr-defined]
        roles = [(role.code, f"{role.code} · {role.name}") for role in matrix.roles]
        self.fields["receivers"].choices = roles  # type: ignore[attr-defined]

    @property
    def fields_written(self) -> dict[str, Any]:
        """Return the fields of Responsibility."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class PackField(forms.FileField):
    """Uploaded method pack, cleaned to its text and the parsed Pack."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("YAML file"),
            widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
            help_text=gettext_lazy("A file in the format of the export."),
            error_messages={
                "required": gettext_lazy("Choose a file."),
                "empty": gettext_lazy("This file is empty."),
            },
        )

    def clean(self, data: Any, initial: Any = None) -> tuple[str, Pack]:
        """Return text and pack. Raises ValidationError with every parsing error."""
        file = super().clean(data, initial)
        if file.size > LARGEST:
            sentence = _("This file is too large. Select a method file of at most %(most)s kB.")
            raise ValidationError(sentence, code="size", params={"most": LARGEST // 1_000})
        try:
            text = file.read(LARGEST + 1).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            sentence = _("This file is not UTF-8 text. Export the method again, as YAML.")
            raise ValidationError(sentence, code="text") from error
        try:
            return text, read_pack(text)
        except Unreadable as error:
            raise ValidationError(list(error.sentences[:MOST_SENTENCES]), code="unreadable") from error


class ImportForm(forms.Form):
    """Upload of a method pack."""

    file = PackField()
