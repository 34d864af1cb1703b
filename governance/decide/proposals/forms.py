"""Forms of the working text of a proposal, and of its withdrawal."""

from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, override

from core.forms import AmountField, DayField, NumberField, ProseField, RowsFormSet, TextField, one_more_row
from governance.decide.grounds.queries import (
    describe_unknown,
    is_replaced,
    join_references,
    resolve_grounds,
    split_references,
)
from governance.decide.grounds.registry import Ground
from governance.decide.kinds.base import FirstWords, Kind, find_gaps
from governance.decide.kinds.fields import Terms
from governance.decide.kinds.registry import is_known, kind_of
from governance.decide.kinds.registry import kinds as known_kinds
from governance.decide.proposals.content import EXPECTED, IMPACTS, LETTERS, NEEDED, ContentModel
from governance.decide.proposals.models import Proposal, ProposalDraft
from projects.models import Project
from projects.organisation_settings.queries import organisation

LONGEST_LIST = len(LETTERS)
#: Sections of the form in its order, with their content fields.
SECTIONS = {
    "question": ("title", "kind", "replaces", "question", "context"),
    "terms": (),
    "options": ("options",),
    "recommendation": ("recommended", "recommendation"),
    "impacts": IMPACTS,
    "risks": ("risks", "evidence", "rests_on"),
    "dates": ("decide_by", "opinions_by", "amount", "binding_authority"),
}


#: Prefix of the fields of an option for the terms that differ.
OWN = "own-"


class Changes(models.TextChoices):
    """What approving an option changes that is not the recommended one."""

    __empty__ = _("Nothing changes")
    SAME = "same", _("The same as the recommended option")
    OWN = "own", _("Changes of its own")


#: The fields of a section that are shown, and those that are folded away.
type Split = tuple[list[forms.BoundField], list[forms.BoundField]]


@dataclass(frozen=True)
class Gap:
    """What a submission still lacks: the sentence, and the id of its control, if the form has one."""

    field: str
    text: str
    control: str


@dataclass(frozen=True)
class Section:
    """A part of the form that folds: what it lacks, and whether it is open when the page is shown."""

    gaps: list[Gap]
    is_open: bool


class ContentForm(forms.Form):
    """The working text without its options. A draft needs a kind and a title, a submission the rest (R5)."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000, initial=0)
    kind = forms.ChoiceField(
        label=_("Kind of decision"),
        error_messages={"required": _("Choose the kind of decision.")},
    )
    title = TextField(label=_("Title"), error_messages={"required": _("Enter a title for the proposal.")})
    question = ProseField(
        label=_("Question asked"), rows=2, required=False, help_text=_("One sentence the owner can answer.")
    )
    context = ProseField(
        label=_("What is proposed"),
        rows=6,
        required=False,
        help_text=_("The facts, the need, what it commits. Begin lines with “- ” to make a list."),
    )
    recommended = forms.ChoiceField(
        label=_("Option you recommend"), required=False, choices=[("", "—"), *((c, c) for c in LETTERS)]
    )
    recommendation = ProseField(label=_("Recommendation"), required=False, help_text=_("Why this option."))
    impact_scope = ProseField(label=_("Impact on scope"), rows=2, required=False)
    impact_cost = ProseField(label=_("Impact on cost"), rows=2, required=False)
    impact_schedule = ProseField(label=_("Impact on schedule"), rows=2, required=False)
    impact_quality = ProseField(label=_("Impact on quality"), rows=2, required=False)
    impact_recipients = ProseField(label=_("Impact on recipients"), rows=2, required=False)
    risks = ProseField(label=_("Risks"), rows=3, required=False)
    evidence = ProseField(
        label=_("Evidence"),
        rows=3,
        required=False,
        help_text=_("One reference per line: document, version, where it is kept."),
    )
    rests_on = ProseField(
        label=_("Grounds"),
        rows=2,
        required=False,
        help_text=_("Decisions, requirements, risks or campaigns, separated by commas, such as VD-05, campaign 2."),
    )
    amount = AmountField(label=_("Committed amount (€)"), required=False)
    decide_by = DayField(label=_("Latest date for deciding"), required=False)
    opinions_by = DayField(label=_("Opinions expected by"), required=False)
    binding_authority = TextField(
        label=_("Authority that gives a binding opinion"),
        required=False,
        help_text=_("An outside authority that must agree before an approval."),
    )
    replaces = forms.ChoiceField(label=_("Decision it would replace"), required=False)

    needed: ClassVar = {**dict.fromkeys(NEEDED, _("to submit")), **dict.fromkeys(IMPACTS, "")}

    def __init__(self, *args: Any, kinds: list[str], approvals: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        offered = [(kind.code, capfirst(str(kind.label))) for kind in known_kinds() if kind.code in kinds]
        self.fields["kind"].choices = [("", "—"), *offered]  # type: ignore[attr-defined]
        self.fields["replaces"].choices = [("", "—"), *approvals]  # type: ignore[attr-defined]
        days = organisation().opinion_days
        self.fields["opinions_by"].help_text = ngettext(
            "Empty: %(days)s day after it is submitted.", "Empty: %(days)s days after it is submitted.", days
        ) % {"days": days}


class OptionForm(forms.Form):
    """One option. A draft keeps it without a title, a submission needs one.

    What its approval would change counts where another option is recommended. `about` is the kind of the proposal,
    whose terms that may differ are fields of their own.
    """

    title = TextField(label=_("Title"), required=False)
    description = ProseField(label=_("What it means"), rows=2, required=False)
    expected_on = DayField(
        label=_("Expected by"),
        required=False,
        help_text=_("Optional, as the figures below: the owner can compare them later with what was measured."),
    )
    measure = TextField(
        label=_("What is measured"), required=False, help_text=_("Such as: share of crews that use it (%).")
    )
    expected = NumberField(label=_("Expected value"), required=False, max_digits=14, decimal_places=2)
    changes = forms.ChoiceField(label=_("If the owner chooses it"), choices=Changes, required=False)
    amount = AmountField(label=_("Committed amount (€)"), required=False)

    def __init__(self, *args: Any, about: Kind | None, project: Project, **options: Any) -> None:
        super().__init__(*args, **options)
        self.retains = about is not None and about.retains
        self.differing = about.differing if about else ()
        if not self.differing:
            self.fields["changes"].choices = [c for c in Changes.choices if c[0] != Changes.OWN]  # type: ignore[attr-defined]
        for name in self.differing:
            term: Any = deepcopy(about.fields[name]) if about else None
            term.offer(project)
            self.fields[f"{OWN}{name}"] = term
        #: No field is marked as optional: a draft may leave out any, a submission needs a title.
        self.needed = dict.fromkeys(self.fields, "")

    def figures(self) -> list[forms.BoundField]:
        """List the fields of the figures that it expects."""
        return [self[name] for name in EXPECTED]

    def own_terms(self) -> list[forms.BoundField]:
        """List the fields of the terms that may differ."""
        return [self[f"{OWN}{name}"] for name in self.differing]

    def clean(self) -> dict[str, Any]:
        """Refuse an amount of an option that changes nothing."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("expected") is not None and not data.get("measure") and "measure" not in self.errors:
            self.add_error("measure", _("Enter what is measured."))
        if data.get("amount") and not data.get("changes") and not self.retains:
            self.add_error("amount", _("This option changes nothing: leave its amount empty."))
        return data

    def words(self) -> dict[str, str]:
        """Return what the option says, and the figures that it expects, as the content keeps them."""
        data = getattr(self, "cleaned_data", {})
        said = {name: data.get(name, "") for name in ("title", "description")}
        day, value = data.get("expected_on"), data.get("expected")
        figures = {
            "expected_on": str(day or ""),
            "measure": data.get("measure", ""),
            "expected": "" if value is None else f"{value:f}",
        }
        return said | {name: text for name, text in figures.items() if text}

    def alternative(self, terms: Terms) -> dict[str, Any] | None:
        """Return what approving this option commits and changes, where `terms` are the recommended ones; None: nothing.

        An option of a kind that retains it is recorded even when nothing else changes.
        """
        data = getattr(self, "cleaned_data", {})
        changes, amount = data.get("changes", ""), data.get("amount")
        if not changes and not self.retains:
            return None
        own = dict(terms) if changes else {}
        if changes == Changes.OWN:
            fields: Any = self.fields
            typed = {name: fields[OWN + name].to_text(data.get(OWN + name)) for name in self.differing}
            own = {name: text for name, text in (own | typed).items() if text}
        return {"amount": "" if amount is None else f"{amount:.2f}", "terms": own}


def read_alternative(own: Mapping[str, Any] | None, terms: Terms, about: Kind | None) -> dict[str, Any]:
    """Return the initial values of an option form from what its approval would change."""
    if own is None or about is None:
        return {}
    amount = {"amount": Decimal(own["amount"])} if own["amount"] else {}
    if own["terms"] == terms and not (about.retains and not terms):
        return {"changes": Changes.SAME, **amount}
    fields: Any = about.fields
    typed = {OWN + name: fields[name].from_text(text) for name, text in own["terms"].items() if name in about.differing}
    return {"changes": Changes.OWN if own["terms"] else "", **amount, **typed}


OptionFormSet = forms.formset_factory(
    OptionForm,
    formset=RowsFormSet,
    extra=0,
    min_num=2,
    max_num=LONGEST_LIST,
    absolute_max=LONGEST_LIST,
    validate_max=True,
)


def _read_choices(terms: forms.Form, address: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of the query string that the term fields offer; ignore all others.

    Multiple values are separated by commas.
    """
    chosen: dict[str, Any] = {}
    for name, field in terms.fields.items():
        if isinstance(field, forms.MultipleChoiceField):
            values = [value for value in address.get(name, "").split(",") if field.valid_value(value)]
            chosen |= {name: values} if values else {}
        elif isinstance(field, forms.ChoiceField) and name in address and field.valid_value(address[name]):
            chosen[name] = address[name]
    return chosen


def _split_fields(form: forms.Form, names: Sequence[str], needed: Collection[str]) -> Split:
    """Return the fields that are needed, filled or refused, and the others."""
    shown = [name for name in names if name in needed or form[name].value() or name in form.errors]
    return [form[name] for name in shown], [form[name] for name in names if name not in shown]


def _label_option(letter: str, option: forms.Form) -> str:
    title = str(option["title"].value() or "")
    return f"{letter} · {title}" if title else letter


class WorkingText:
    """The content form, its options and the terms of its kind, bound or prefilled together.

    `kinds` are those the author may propose. `approvals` are the (number, label) of decisions it may replace, and the
    (reference, label) of those of the time before Ouvrage, which become one of its grounds. `address`
    is the query string: it may preset the kind, the decision it replaces and the terms of a new proposal, for which
    its kind may have first words. With `counter_to` it is a new proposal on the question of that one.
    """

    def __init__(
        self,
        data: Any,
        project: Project,
        kinds: list[str],
        approvals: list[tuple[str, str]],
        proposal: Proposal | None = None,
        address: Mapping[str, str] = MappingProxyType({}),
        counter_to: Proposal | None = None,
    ) -> None:
        self.project, self.grounds = project, list[Ground]()
        draft = self.draft = proposal.draft if proposal else None
        filled: dict[str, Any] = {"kind": address.get("kind")} if address.get("kind") in kinds else {}
        if address.get("replaces") in dict(approvals):
            filled["replaces"] = address["replaces"]
        if proposal and draft:
            filled = {**draft.content(), "version": draft.version, "kind": proposal.kind}
            earlier = next((ground["name"] for ground in draft.rests_on if is_replaced(ground)), "")
            filled["replaces"] = str(proposal.replaces_id or earlier)
            filled["rests_on"] = join_references([ground for ground in draft.rests_on if ground["name"] != earlier])
            if earlier and earlier not in dict(approvals):
                approvals = [*approvals, (earlier, earlier)]
        if counter_to and counter_to.current:
            asked_in = counter_to.current
            filled = {name: getattr(asked_in, name) for name in ("question", "context", "decide_by", "opinions_by")}
            filled |= {"kind": counter_to.kind, "replaces": str(counter_to.replaces_id or "")}
        if data is not None and "add_option" in data:
            data = one_more_row(data, "options", LONGEST_LIST)
        self.form = ContentForm(data, initial=filled, approvals=approvals, kinds=kinds)
        if counter_to or (proposal and (proposal.current_id or proposal.counter_to_id)):
            self.form.fields["kind"].disabled = self.form.fields["replaces"].disabled = True
        chosen = str(self.form["kind"].value() or "")
        self.about = kind_of(chosen) if is_known(chosen) else None
        terms = self.about.terms_form if self.about else None
        self.terms = terms(data, project=project, initial=draft.terms if draft else None) if terms else None
        if self.terms and self.about:
            self.terms.needed = dict.fromkeys(self.about.needed_terms, _("to submit"))
            self.terms.initial.update(_read_choices(self.terms, address))
        words = None if proposal or counter_to or data is not None else self._read_first_words()
        if words:
            self.form.initial.update(title=words.title, question=words.question, **words.texts)
        options = [{"title": title, "description": text} for title, text in words.options] if words else None
        if draft:
            options = [
                {**option, **read_alternative(draft.alternatives.get(letter), draft.terms, self.about)}
                for letter, option in zip(LETTERS, draft.options, strict=False)
            ]
        asked = {"about": self.about, "project": project}
        self.options = OptionFormSet(data, prefix="options", initial=options, form_kwargs=asked)
        if data is None and draft:
            self.options.extra = max(0, len(draft.options) - self.options.initial_form_count() - self.options.min_num)
        offered = [(letter, _label_option(letter, option)) for letter, option in self.rows()]
        self.form.fields["recommended"].widget.choices = [("", "—"), *offered]

    def _read_first_words(self) -> FirstWords | None:
        """Return the words of the kind with the preset terms, in the language of the project."""
        if self.about is None:
            return None
        with override(self.project.language):
            return self.about.first_words(dict(self.terms.initial) if self.terms else {}, self.project)

    def rows(self) -> list[tuple[str, forms.Form]]:
        """List the options with their letters."""
        return list(zip(LETTERS, self.options.forms, strict=False))

    @property
    def parts(self) -> list[Any]:
        """List the forms it consists of."""
        return [self.form, self.options, *([self.terms] if self.terms else [])]

    def is_valid(self) -> bool:
        """Return whether every form is valid. All are checked, so every error shows at once."""
        judged = [part.is_valid() for part in self.parts]
        references = split_references(self.form.cleaned_data.get("rests_on") or "")
        if (earlier := self.form.cleaned_data.get("replaces", "")) and not earlier.isdecimal():
            references = list(dict.fromkeys((*references, earlier)))
        self.grounds, unknown = resolve_grounds(self.project, references)
        if unknown:
            self.form.add_error("rests_on", describe_unknown(unknown))
        return all(judged) and not unknown

    def sections(self) -> dict[str, Section]:
        """Return the sections of the form: the first is open, and those with errors or asked to show more."""
        gaps = self._find_gaps()
        failed = {name for name in SECTIONS if self._has_errors(name)}
        asked = {"add_option": {"options"}, "choose_kind": {"terms"}}
        opened = {
            "question",
            *failed,
            *(name for key, names in asked.items() if key in self.form.data for name in names),
        }
        return {name: Section(gaps.get(name, []), name in opened) for name in SECTIONS if name != "terms" or self.terms}

    def term_fields(self) -> Split:
        """Return the terms that the kind needs or that are filled, and the others; all of them when it needs none."""
        if self.terms is None or self.about is None:
            return [], []
        return _split_fields(self.terms, list(self.terms.fields), self.about.needed_terms or self.terms.fields)

    def impacts(self) -> Split:
        """Return the impacts that the kind needs or that are stated, and the others; all of them for want of a kind."""
        needed = set(self.about.needed) & set(IMPACTS) if self.about else set()
        return _split_fields(self.form, IMPACTS, needed or IMPACTS)

    def dates(self) -> Split:
        """Return the latest date with what else is filled, and the others."""
        return _split_fields(self.form, SECTIONS["dates"], {"decide_by", *(self.about.needed if self.about else ())})

    def _has_errors(self, section: str) -> bool:
        """Return whether a field of the section has an error."""
        if section == "terms":
            return bool(self.terms and self.terms.errors)
        if section == "options":
            return bool(self.options.total_error_count()) if self.form.is_bound else False
        return any(name in self.form.errors for name in SECTIONS[section])

    def _find_gaps(self) -> dict[str, list[Gap]]:
        """Return what a submission would lack, by section."""
        content = ProposalDraft(**self._read_content())
        if self.about:
            found = find_gaps(self.about, content, self.project)
        else:
            found = content.gaps()
            found["kind"] = str(self.form.fields["kind"].error_messages["required"])
        gaps: dict[str, list[Gap]] = {}
        for name, text in found.items():
            section = next(
                (key for key, names in SECTIONS.items() if name in names), "terms" if self.terms else "question"
            )
            gaps.setdefault(section, []).append(Gap(name, text, self._find_control(name)))
        return gaps

    def _read_content(self) -> dict[str, Any]:
        """Return the content as it is typed, else as it is saved or begun; what cannot be read is missing."""
        if hasattr(self.form, "cleaned_data"):
            nothing = dict.fromkeys(ContentModel.content_fields(), "") | {"amount": None, "decide_by": None}
            typed = {**nothing, "opinions_by": None, **self.content()}
            return typed | {"attachments": self.draft.attachments if self.draft else []}
        if self.draft:
            return self.draft.content()
        begun, fields = self.form.initial, ContentModel.content_fields()
        terms: Any = self.terms.fields if self.terms else {}
        return {name: value for name, value in begun.items() if name in fields and name != "rests_on"} | {
            "options": self.options.initial or [],
            "terms": {name: terms[name].to_text(value) for name, value in self.terms.initial.items()}
            if self.terms
            else {},
        }

    def _find_control(self, name: str) -> str:
        """Return the id of the control of a gap; empty when the form has none."""
        if name == "options":
            untitled = (number for number, (_letter, option) in enumerate(self.rows()) if not option["title"].value())
            return f"id_options-{next(untitled, 0)}-title"
        form, key = (self.terms, name.removeprefix("terms-")) if name.startswith("terms-") else (self.form, name)
        if form is None or key not in form.fields:
            return ""
        bound = form[key]
        return f"{bound.auto_id}_0" if bound.use_fieldset else str(bound.id_for_label)

    @property
    def kind(self) -> str:
        """Return the chosen kind."""
        return str(self.form.cleaned_data["kind"])

    @property
    def version(self) -> int:
        """Return the version the author read."""
        return int(self.form.cleaned_data["version"])

    @property
    def replaces_id(self) -> int | None:
        """Return the key of the decision it would replace, if any."""
        chosen = str(self.form.cleaned_data["replaces"])
        return int(chosen) if chosen.isdecimal() else None

    def content(self) -> dict[str, Any]:
        """Return the content by field name, in the form the services take."""
        typed = self.form.cleaned_data
        fields = {name: typed[name] for name in typed if name not in {"version", "kind", "replaces"}}
        terms = self.terms.terms() if self.terms else {}
        options = [(form.words(), form) for form in self.options.forms]
        lettered = list(zip(LETTERS, ((words, form) for words, form in options if any(words.values())), strict=False))
        fields["options"] = [words for _letter, (words, _form) in lettered]
        others = {letter: form.alternative(terms) for letter, (_words, form) in lettered}
        others.pop(typed.get("recommended", ""), None)
        fields["alternatives"] = {letter: own for letter, own in others.items() if own is not None}
        fields["rests_on"] = [ground.plain() for ground in self.grounds]
        return {**fields, "terms": terms}

    def typed(self) -> list[tuple[str, str]]:
        """Return the (label, text) of typed fields, to hand back when the text was not recorded."""
        forms_ = [self.form, *self.options.forms, *([self.terms] if self.terms else [])]
        fields = [field for form in forms_ for field in form.visible_fields()]
        return [(str(field.label), str(field.value() or "")) for field in fields if field.value()]


class WithdrawForm(forms.Form):
    """The reason for a withdrawal."""

    reasons = ProseField(
        label=_("Why you withdraw it"), rows=3, error_messages={"required": _("Enter why you withdraw it.")}
    )
