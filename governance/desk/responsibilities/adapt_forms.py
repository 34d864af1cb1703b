"""Forms that adapt the roles of a project; each builds the next version from the newest."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.forms import ReasonField, TextField
from governance.desk.responsibilities.services import (
    moved_duty,
    with_duty,
    with_rhythm,
    with_usual_rhythm,
    without_duty,
    without_role,
)
from projects.models import Project
from projects.seats.matrix.offers import Offer, published_role, taking_version
from projects.seats.role_templates.forms import window_fields
from roles.enums import RHYTHMS, Domain, Nature, Recurrence
from roles.role_templates.content import Duty, Matrix, Role
from roles.role_templates.models import CODE
from roles.role_templates.rhythms import Window, list_rhythms

Text = str | Promise
#: Choice of all roles of the project that have a newer version.
ALL_NEWER = "*"
#: Choice of the rhythms of the role template.
USUAL = "usual"
#: Rhythms that need nothing else: an event is described in a role template.
OFFERED = frozenset(RHYTHMS) - {Recurrence.EVENT}
Choices = list[tuple[str, Any]]


class AdaptForm(forms.Form):
    """A change with its reason, based on the version `base`. Call `build_matrix` once the form is valid.

    `content` is the newest version, `open_offers` the offers of the role templates.
    """

    title: ClassVar[Text]
    lede: ClassVar[Text]
    button: ClassVar[Text]

    base = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000)
    reason = ReasonField(
        label=_("Why"),
        max_length=300,
        error_messages={"required": _("Enter why the roles change.")},
        help_text=_("Kept with the version, for later readers."),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        project: Project,
        content: Matrix,
        open_offers: list[Offer],
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.project, self.content, self.open_offers = project, content, open_offers
        self.order_fields([name for name in self.fields if name != "reason"])
        self.offer()

    def offer(self) -> None:
        """Load the choices from the roles."""

    def build_matrix(self) -> Matrix:
        """Build the next version. Raises ValidationError with the field name as its code."""
        raise NotImplementedError

    def choose(self, name: str, choices: Choices) -> None:
        """Set the `choices` of the field `name`."""
        self.fields[name].choices = [("", "—"), *choices]  # type: ignore[attr-defined]

    def roles(self) -> Choices:
        """List the roles of the project."""
        return [(role.code, _role_label(role)) for role in self.content.roles]

    def duties(self) -> Choices:
        """List the responsibilities, by role."""
        return [
            (_role_label(role), [(f"{role.code} {duty.code}", f"{duty.code} · {duty.label}") for duty in role.duties])
            for role in self.content.roles
            if role.duties
        ]


def _role_label(role: Role) -> str:
    return f"{role.code} · {role.name}"


class AddForm(AdaptForm):
    """Add a responsibility of the project's own."""

    title = _("Add a responsibility")
    lede = _("Something this project asks of a role beyond what the organisation defines.")
    button = _("Write the next version")

    role = forms.ChoiceField(label=_("Role"), error_messages={"required": _("Choose the role.")})
    code = TextField(
        label=_("Code"),
        max_length=20,
        validators=[CODE],
        help_text=_("Such as PMO-P1. No other responsibility can have it."),
        error_messages={"required": _("Enter its code.")},
    )
    label_fr = TextField(label=_("Responsibility, in French"), error_messages={"required": _("Write it in French.")})
    label_en = TextField(label=_("Responsibility, in English"), error_messages={"required": _("Write it in English.")})
    nature = forms.ChoiceField(
        label=_("How the role takes part"),
        choices=lambda: [("", "—"), *_labels(Nature)],
        error_messages={"required": _("Choose how the role takes part.")},
    )
    domains = forms.MultipleChoiceField(
        label=_("Domains"),
        choices=lambda: _labels(Domain),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one domain.")},
    )
    activities = forms.MultipleChoiceField(
        label=_("Activities"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one activity.")},
    )
    evidence_fr = TextField(
        label=_("Evidence expected, in French"),
        error_messages={"required": _("Describe in French what shows that it is done.")},
    )
    evidence_en = TextField(
        label=_("Evidence expected, in English"),
        error_messages={"required": _("Describe in English what shows that it is done.")},
    )
    recurrence = forms.ChoiceField(
        label=_("When"), choices=lambda: [(one, label) for one, label in _labels(Recurrence) if one in OFFERED]
    )
    also = forms.MultipleChoiceField(
        label=_("And also"),
        required=False,
        choices=lambda: [(one, label) for one, label in _labels(Recurrence) if one in OFFERED],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only for what is due on several kinds of occasion."),
    )

    def offer(self) -> None:
        self.choose("role", self.roles())
        self.fields["activities"].choices = [(line.code, line.label) for line in self.content.lines]  # type: ignore[attr-defined]

    def build_matrix(self) -> Matrix:
        """Append the responsibility to its role."""
        typed = self.cleaned_data
        texts = {
            f"{name}_{language}": typed[f"{name}_{language}"]
            for name in ("label", "evidence")
            for language in ("fr", "en")
        }
        duty = Duty(
            code=typed["code"],
            nature=typed["nature"],
            recurrence=typed["recurrence"],
            also=tuple(typed["also"]),
            because=typed["reason"],
            domains=tuple(typed["domains"]),
            activities=tuple(typed["activities"]),
            **texts,
        )
        return with_duty(self.content, typed["role"], duty)


def _labels(choices: Any) -> Choices:
    return [(value, capfirst(label)) for value, label in choices.choices]


class DutyForm(AdaptForm):
    """Change an existing responsibility, identified by role and code."""

    duty = forms.ChoiceField(label=_("Responsibility"), error_messages={"required": _("Choose the responsibility.")})

    def offer(self) -> None:
        """Load every responsibility of the project."""
        self.choose("duty", self.duties())

    @property
    def chosen(self) -> tuple[str, str]:
        """Return the codes of the role and of the responsibility."""
        role, code = self.cleaned_data["duty"].split(" ")
        return role, code


class DropForm(DutyForm):
    """Drop a responsibility."""

    title = _("Drop a responsibility")
    lede = _("The project does without it. The version records the reason.")
    button = _("Write the next version")

    def build_matrix(self) -> Matrix:
        """Remove the responsibility."""
        return without_duty(self.content, *self.chosen, self.cleaned_data["reason"])


class HandOnForm(DutyForm):
    """Move a responsibility to another role."""

    title = _("Transfer a responsibility")
    lede = _("Another role of the project is responsible for it once approved.")
    button = _("Write the next version")

    to = forms.ChoiceField(
        label=_("To the role"), error_messages={"required": _("Choose the role that takes it over.")}
    )

    def offer(self) -> None:
        super().offer()
        self.choose("to", self.roles())

    def build_matrix(self) -> Matrix:
        """Move the responsibility."""
        return moved_duty(self.content, *self.chosen, self.cleaned_data["to"], self.cleaned_data["reason"])


class RhythmForm(DutyForm):
    """Change when a responsibility is due."""

    title = _("Change the rhythm of a responsibility")
    lede = _("Evidence given still counts. The new rhythm begins with the first full period after the approval.")
    button = _("Write the next version")

    recurrence = forms.ChoiceField(
        label=_("When"),
        choices=lambda: [("", "—"), (USUAL, _("As in the role template")), *_rhythms()],
        error_messages={"required": _("Choose when it is due.")},
    )
    also = forms.MultipleChoiceField(
        label=_("And also"),
        required=False,
        choices=lambda: _rhythms(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only for what is due on several kinds of occasion."),
    )
    from_gate, until_gate, months = window_fields()

    def build_matrix(self) -> Matrix:
        """Change the rhythms of the responsibility."""
        chosen, (role, code) = self.cleaned_data, self.chosen
        if chosen["recurrence"] == USUAL:
            return with_usual_rhythm(self.content, role, code, published_role(self.project, role))
        rhythms = list_rhythms(chosen["recurrence"], chosen["also"])
        window = Window(*(chosen[name] for name in Window._fields))
        return with_rhythm(self.content, role, code, rhythms, chosen["reason"], window)


def _rhythms() -> Choices:
    return [(one, label) for one, label in _labels(Recurrence) if one in RHYTHMS]


class TakeForm(AdaptForm):
    """Take a published role: a new one, its latest version, or the latest versions of all roles of the project."""

    title = _("Take a published role")
    lede = _("The additions, removals and transfers of the project are kept.")
    button = _("Take the published role")

    role = forms.ChoiceField(label=_("Role"), error_messages={"required": _("Choose the role.")})

    def offer(self) -> None:
        """Load the offers of the role templates, and all new versions at once where there are several."""
        several = [(ALL_NEWER, _("All new versions at once"))] if len(self.list_newer()) > 1 else []
        self.choose("role", [*several, *((offer.code, f"{offer.code} · {offer.name}") for offer in self.open_offers)])

    def list_newer(self) -> list[str]:
        """List the roles of the project that have a newer version."""
        return [offer.code for offer in self.open_offers if offer.taken is not None]

    def build_matrix(self) -> Matrix:
        chosen, content = self.cleaned_data["role"], self.content
        for code in self.list_newer() if chosen == ALL_NEWER else [chosen]:
            role = published_role(self.project, code)
            if role is None:
                raise ValidationError({"role": _("This role is no longer published.")})
            content = taking_version(content, role)
        return content


class LeaveOutForm(AdaptForm):
    """Leave out a role."""

    title = _("Leave a role out")
    lede = _("Only a role that is not mandatory can be left out. Its responsibilities are left out with it.")
    button = _("Write the next version")

    role = forms.ChoiceField(label=_("Role"), error_messages={"required": _("Choose the role.")})

    def offer(self) -> None:
        self.choose("role", [(role.code, _role_label(role)) for role in self.content.roles if not role.mandatory])

    def build_matrix(self) -> Matrix:
        return without_role(self.content, self.cleaned_data["role"])


class KeepForm(AdaptForm):
    """Keep the roles in force instead of the newest version."""

    title = _("Keep the roles in force")
    lede = _("The newest version is not proposed. The roles in force are written again, with your reason.")
    button = _("Keep the roles in force")

    def build_matrix(self) -> Matrix:
        in_force = self.project.matrix.read() if self.project.matrix else self.content
        if in_force == self.content:
            raise ValidationError(_("The newest version is in force already."))
        return in_force


#: Forms of the steps by the slug in their URL.
STEPS: dict[str, type[AdaptForm]] = {
    "add": AddForm,
    "drop": DropForm,
    "hand-on": HandOnForm,
    "rhythm": RhythmForm,
    "take": TakeForm,
    "leave-out": LeaveOutForm,
    "keep": KeepForm,
}
