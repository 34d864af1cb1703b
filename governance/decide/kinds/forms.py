"""Forms for the terms of the core kinds."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.forms import SuggestingInput
from core.record.sealing import term_of
from governance.decide.kinds.fields import (
    LONGEST_CHOICE,
    AmountTerm,
    ChoiceTerm,
    DayTerm,
    FlagTerm,
    FrozenTerm,
    GateTerm,
    ListTerm,
    PersonTerm,
    ProseTerm,
    Terms,
    TermsForm,
    TextTerm,
)
from projects.models import Project
from projects.seats.mandates.fields import known_groups
from roles.enums import DELEGABLE_KINDS, DecisionKind, Gate


class ProjectTermsForm(TermsForm):
    """Terms of the project: scope, end and budget."""

    scope = ProseTerm(label=_("New scope of the project"), rows=3, required=False)
    ends_on = DayTerm(label=_("New end of the project"), required=False)
    budget = AmountTerm(label=_("New project budget (€)"), required=False)


class MessageForm(TermsForm):
    """What is communicated."""

    message = ProseTerm(label=_("Message"), rows=4, required=False, help_text=_("The text that recipients receive."))


class RolesTerm(FrozenTerm):
    """A version of the project's roles."""

    def frozen(self, project: Project) -> list[tuple[str, Any]]:
        versions = project.matrices.order_by("-number").values_list("number", "hash")[:LONGEST_CHOICE]
        return [(term_of(n, h), _("Version %(number)s") % {"number": n}) for n, h in versions]


class RoleTerm(ChoiceTerm):
    """A non-deciding role of the project, by its code."""

    def offer(self, project: Project) -> None:
        content = project.matrix.read() if project.matrix else None
        given = [role for role in content.roles if not role.decides] if content else []
        self.choices = [("", "—"), *((role.code, f"{role.code} · {role.name}") for role in given)]


class GroupTerm(TextTerm):
    """A recipient group, known or new."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=100, widget=SuggestingInput(), **options)

    def offer(self, project: Project) -> None:
        self.widget.suggestions = known_groups(project)


class AppointmentForm(TermsForm):
    """Roles to bring into force, gate of the provider, and role to give; all optional."""

    matrix = RolesTerm(label=_("Roles to approve"), required=False)
    provider_gate = GateTerm(
        label=_("Provider appointed by gate"),
        required=False,
        places=Gate.values[1:4],
        help_text=_("When the provider is chosen after the launch."),
    )
    role = RoleTerm(label=_("Role to fill"), required=False)
    holder = PersonTerm(label=_("Person"), required=False, help_text=_("Enter a name or an email address."))
    starts_on = DayTerm(label=_("From"), required=False, help_text=_("Empty: from the decision on."))
    ends_on = DayTerm(label=_("Last day"), required=False, help_text=_("Empty: until it is ended."))
    group = GroupTerm(label=_("Recipient group"), required=False, help_text=_("A known group, or a new one."))
    champion = FlagTerm(label=_("Champion of the group"), required=False)
    independence = ProseTerm(
        label=_("Reason to waive independence"),
        rows=3,
        required=False,
        help_text=_("Only when an organisation of the same group has an incompatible role."),
    )


class FirstRolesTerm(RolesTerm):
    """The first version of the project's roles, while it is the only one and its owner has not decided on it."""

    def frozen(self, project: Project) -> list[tuple[str, Any]]:
        versions = super().frozen(project)
        return versions if len(versions) == 1 and not project.matrix_approved else []


class GateForm(TermsForm):
    """The gate to pass, the roles to approve with gate G0, and the reason when it is not the next one."""

    gate = GateTerm(label=_("Gate"), required=False)
    matrix = FirstRolesTerm(
        label=_("Roles to approve"),
        required=False,
        help_text=_("With the first gate only, while nobody has adapted the roles of the method."),
    )
    skips = ProseTerm(
        label=_("Why gates are skipped"),
        rows=2,
        required=False,
        help_text=_("Gates are passed in order. Needed only if this gate is not the next one."),
    )

    def __init__(self, data: Any = None, *, project: Project, initial: Terms | None = None) -> None:
        super().__init__(data, project=project, initial=initial)
        fields: Any = self.fields
        if len(fields["matrix"].choices) == 1 and "matrix" not in (initial or {}):
            del fields["matrix"]


class KindsTerm(ListTerm):
    """Kinds of decision that a delegate may sign."""

    def display(self, text: str) -> str:
        return ", ".join(str(DecisionKind(kind).label) for kind in self.from_text(text))


class DelegationForm(TermsForm):
    """The signature to delegate."""

    delegate = PersonTerm(label=_("Delegate"), required=False, help_text=_("Enter a name or an email address."))
    kinds = KindsTerm(
        label=_("Kinds of decision"),
        choices=lambda: [(kind, capfirst(DecisionKind(kind).label)) for kind in sorted(DELEGABLE_KINDS)],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    cap = AmountTerm(label=_("Cap (€)"), required=False, help_text=_("Empty: no cap."))
    starts_on = DayTerm(label=_("From"), required=False, help_text=_("Empty: from the decision on."))
    ends_on = DayTerm(label=_("Last day"), required=False)
    document = TextTerm(label=_("Act document"), required=False)
