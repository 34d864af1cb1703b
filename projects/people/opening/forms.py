"""Form that opens a project, programme or portfolio."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.forms import AmountField, DayField, TextField, label_choices
from projects.enums import PARENTS, Level, Workspace
from projects.people.accounts.names import NamingForm
from projects.project.level_workspaces import ensure_may_have, may_have, workspaces_at
from projects.project.models import DEFAULT_PACK, Project
from projects.seats.mandates.fields import Newcomer, PersonField
from projects.workspaces import Requirement, add_required, installed, list_choices, list_requirements
from roles.models import MethodPack, User
from roles.role_templates.levels import method_of, pack_at

LEVELS = [(level.value, level.label) for level in Level if level in PARENTS]
CODE = Project._meta.get_field("code").validators
PREFIX = RegexValidator("^[A-Z]{1,4}$", _("Use one to four capitals."))


class InvitingForm(NamingForm):
    """Form that names a person in `person_field`; for who may invite, also one without an account yet.

    The name of a newcomer is asked for once their address is typed.
    """

    name_field = "newcomer"
    person_field: ClassVar[str]

    newcomer = TextField(
        label=_("Full name of the person to invite"),
        max_length=150,
        error_messages={"required": _("No account has this address yet. Enter the full name to invite this person.")},
    )

    def __init__(self, *args: Any, may_invite: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields[self.person_field]
        field.takes_newcomers = may_invite
        names = [name for name in self.fields if name not in {"newcomer", "is_another"}]
        place = names.index(self.person_field) + 1
        names[place:place] = ["newcomer", "is_another"]
        self.order_fields(names)
        if not (may_invite and self.is_bound and self._names_a_newcomer(field)):
            del self.fields["newcomer"]

    def _names_a_newcomer(self, person: PersonField) -> bool:
        try:
            return isinstance(person.clean(self[self.person_field].data), Newcomer)
        except ValidationError:
            return False

    def clean(self) -> dict[str, Any]:
        """Join the address of a newcomer with their name."""
        typed = super().clean() or self.cleaned_data
        name, person = typed.pop("newcomer", ""), typed.get(self.person_field)
        is_another = typed.pop("is_another", False)
        if isinstance(person, Newcomer):
            typed[self.person_field] = Newcomer(person.email, name, is_another)
        return typed


class OpenForm(InvitingForm):
    """What a new project is, when it runs, and who is its first owner.

    `parents` are the programmes and portfolios it may be part of, `models` the projects it may be like. A missing title
    is the one in the other language.
    """

    person_field = "owner"

    level = forms.ChoiceField(
        label=pgettext_lazy("project", "Level"), choices=label_choices(LEVELS), initial=Level.PROJECT
    )
    parent = forms.ChoiceField(label=_("Part of"), required=False)
    title_fr = TextField(label=_("Title in French"), required=False)
    title_en = TextField(label=_("Title in English"), required=False, help_text=_("Enter at least one title."))
    code = TextField(
        label=_("Code"),
        max_length=20,
        validators=CODE,
        error_messages={"required": _("Enter a code.")},
        help_text=_("In the address of each page: capitals, digits and hyphens, like QUAI-3."),
    )
    prefix = TextField(  # type: ignore[assignment]
        label=_("Prefix of references"),
        max_length=4,
        validators=[PREFIX],
        error_messages={"required": _("Enter a prefix.")},
        help_text=_("One to four capitals. With Q, the first proposal is QP-01 and the first decision QD-01."),
    )
    language = forms.ChoiceField(
        label=_("Language of the texts"), choices=User.Language, help_text=_("Most texts of the project are in it.")
    )
    pack = forms.ChoiceField(label=_("Method"), help_text=_("It brings the roles, which the project then adapts."))
    starts_on = DayField(label=_("Start"), future=False, error_messages={"required": _("Enter a start date.")})
    ends_on = DayField(label=_("End"), error_messages={"required": _("Enter an end date.")})
    budget = AmountField(label=_("Budget (€)"), required=False)
    workspaces = forms.MultipleChoiceField(
        label=_("Workspaces"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        initial=[Workspace.RISKS.value],
        help_text=_("Decisions, roles and documents are always there. The owner switches the others on later."),
    )
    like = forms.ChoiceField(widget=forms.HiddenInput, required=False)
    owner = PersonField(
        label=_("First project owner"),
        error_messages={"required": _("Enter the project owner.")},
        help_text=_(
            "Enter a name or an email address. The owner receives an email and accepts the role. "
            "You cannot name yourself."
        ),
    )

    def __init__(
        self,
        *args: Any,
        parents: Iterable[Project],
        may_stand_alone: bool,
        models: Iterable[Project] = (),
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.models = {model.code: model for model in models}
        self.fields["like"].choices = [("", ""), *((code, code) for code in self.models)]  # type: ignore[attr-defined]
        self.parents = {parent.code: parent for parent in parents}
        above = [(code, str(parent)) for code, parent in self.parents.items()]
        alone = [("", _("None: on its own"))] if may_stand_alone else []
        self.fields["parent"].choices = [*alone, *above]  # type: ignore[attr-defined]
        self.fields["parent"].required = not may_stand_alone
        workspaces: Any = self.fields["workspaces"]
        workspaces.choices = label_choices(list_choices(installed()))
        # A box that was checked before the level was chosen is refused in words, and offered no more.
        at_level = [one for one in installed() if may_have(str(self["level"].value()), one)]
        workspaces.widget.choices = label_choices(list_choices(at_level))()
        self.required = self._list_required(may_stand_alone)
        if self.required:
            words = _("Required here, and switched on: %(workspaces)s.") % {"workspaces": self.describe_required()}
            workspaces.help_text = format_lazy("{} {}", workspaces.help_text, words)
        self.packs = {pack.code: pack.name for pack in MethodPack.objects.all()}
        like = self.models.get(str(self["like"].value() or ""))
        methods = {method_of(str(like.pack_id))} if like else {method_of(code) for code in self.packs}
        packs = [(code, name) for code, name in self.packs.items() if code in methods]
        self.fields["pack"].choices = packs  # type: ignore[attr-defined]
        self.fields["pack"].initial = DEFAULT_PACK

    def describe_required(self) -> str:
        """Return the required workspaces, each with what requires it."""
        return ", ".join(f"{capfirst(one.workspace.label)} ({one.because})" for one in self.required)

    def _list_required(self, may_stand_alone: bool) -> list[Requirement]:
        """List what is required below the parent that is typed or suggested."""
        first = "" if may_stand_alone else next(iter(self.parents), "")
        parent = self.parents.get(str(self["parent"].value() or first))
        return list_requirements(str(self["level"].value()), parent.pk if parent else None)

    def clean_code(self) -> str:
        """Refuse a code in use."""
        code: str = self.cleaned_data["code"]
        if Project.objects.filter(code=code).exists():
            raise ValidationError(_("This code is already used. Enter another code."))
        return code

    def clean_prefix(self) -> str:
        """Refuse a prefix in use: two projects would have the same references."""
        prefix: str = self.cleaned_data["prefix"]
        if Project.objects.filter(prefix=prefix).exists():
            raise ValidationError(_("This prefix is already used. Enter another prefix."))
        return prefix

    def clean_workspaces(self) -> list[str]:
        """Return the codes in their order, with those that are required.

        Of a workspace that is not installed nothing is known, so it is on. Refuse one that the level does not have.
        """
        level, chosen = self.cleaned_data.get("level", Level.PROJECT), self.cleaned_data["workspaces"]
        ensure_may_have(level, chosen)
        elsewhere = set(workspaces_at(level)) - {workspace.value for workspace in installed()}
        return add_required([*chosen, *elsewhere], self.required)

    def clean_like(self) -> Project | None:
        """Return the project that the new one is like, or None."""
        return self.models.get(self.cleaned_data["like"])

    def clean_parent(self) -> Project | None:
        """Return the project above, or None."""
        return self.parents.get(self.cleaned_data["parent"])

    def clean(self) -> dict[str, Any]:
        """Take the method's pack of the level; refuse a project without a title, or that ends before it starts."""
        typed = super().clean() or self.cleaned_data
        if typed.get("pack") and typed.get("level"):
            typed["pack"] = pack_at(typed["pack"], typed["level"])
            if typed["pack"] not in self.packs:
                sentence = _("This method has no roles at this level. Select another method.")
                self.add_error("pack", sentence)
        title = typed.get("title_fr") or typed.get("title_en")
        if not title:
            self.add_error("title_fr", _("Enter a title."))
        typed["title_fr"], typed["title_en"] = typed.get("title_fr") or title, typed.get("title_en") or title
        starts_on, ends_on = typed.get("starts_on"), typed.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("Enter an end date after the start date."))
        return typed
