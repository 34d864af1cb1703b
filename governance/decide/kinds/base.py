"""Base classes of the kinds of decision: their terms, what an approval does, and how both are shown.

A kind is one class in the `kinds.py` of its capability, registered there (governance.decide.kinds.registry). A
capability above the app of a kind may add a `Behaviour` to it: further terms, with what they do.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.access import Person, can
from core.acts import is_back_entry
from core.record.erasure import display_text
from core.record.meaning import TOO_LITTLE, is_meaningful
from governance.decide.kinds.fields import ProseTerm, Terms, TermsForm, TextTerm
from governance.decide.kinds.snapshots import Snapshot, freeze_snapshots
from governance.enums import OTHER_ANSWERS, Outcome, Settled
from governance.workflow import STILL_DECIDED
from projects.enums import AT_REST, PARENTS
from projects.models import Project
from projects.workspaces import is_on
from roles.enums import DecisionKind
from roles.models import User

Text = str | Promise
#: Message of an effect that can no longer be undone.
CHANGED_SINCE = _("The project has changed on this point since. Keep it, or propose what it should be.")


#: Message of a kind whose app is not installed.
NO_LONGER_KNOWN = _("The product no longer knows this kind of decision.")


#: Message of a submission whose workspace the project has switched off.
WORKSPACE_OFF = _("The workspace of this kind of decision is switched off on the project.")


@dataclass(frozen=True)
class Change:
    """One change of an approval: the row, the part of it, and the values before and after."""

    subject: models.Model
    field: str
    before: str
    after: str


class Part:
    """A part of a row that approvals change: the `field` of its effects, their texts and their undo.

    In effects, a `field` may be followed by a colon and a code, such as `standard:STD-RISK`.
    """

    field: ClassVar[str]
    #: The model whose rows have this part.
    subject: ClassVar[type[models.Model]] = Project
    #: Heading of its effects in the undo map of a decision.
    heading: ClassVar[Text] = _("What it changed")
    #: Whether effects hold a person's words on which no row of the project rests; only those are erasable.
    is_free_text: ClassVar[bool] = False
    #: Texts of an effect that sets a value and of one that clears it. Placeholders: %(before)s, %(after)s, and the
    #: present one of them under the name `named`.
    done: ClassVar[Text]
    undone: ClassVar[Text]
    named: ClassVar[str] = "number"

    def describe(self, effect: Any) -> str:
        """Describe the effect in one line."""
        sentence = str(self.done if effect.after else self.undone)
        values = {"before": display_text(effect.before), "after": display_text(effect.after)}
        return sentence % (values | {self.named: values["after"] or values["before"]})

    def find_obstacle(self, effect: Any, project: Project) -> Text:
        """Return why the effect cannot be undone now; empty when it can."""
        return ""

    def undo(self, effect: Any, decision: Any, actor: User) -> Iterator[Change]:
        """Undo the effect inside the act of `decision`, which supersedes its decision, and yield the change.

        Raises ValidationError when the project has changed so that it cannot be undone.
        """
        yield Change(decision.proposal.project, effect.field, effect.after, "")


class Place(StrEnum):
    """Places of panels on the pages of a dossier."""

    BEFORE = "before"  # the text of the proposal
    AFTER = "after"
    REVIEW = "review"  # of the answer, before it is sealed


@dataclass(frozen=True)
class Panel:
    """A template with its context, to show on a page of the dossier.

    `permission` is one on the project that the reader needs to see it; empty for every reader.
    """

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    permission: str = ""


@dataclass(frozen=True)
class Need:
    """A condition on what is submitted, which the database asks for too (governance.decide.kinds.guards).

    `sql` is true of a revision `NEW` of the proposal `file`; `NEW.terms` are in turn those of each option that changes
    something. `refusal` is the sentence of the database.
    """

    sql: str
    refusal: str


@dataclass(frozen=True)
class DemandGroup:
    """Open items with one cause, which one word of the owner answers. `ask` returns the question about some of them."""

    code: str
    label: Text
    fates: tuple[Settled, ...]
    ask: Callable[[Sequence["Demand"]], str]


@dataclass(frozen=True)
class Demand:
    """Something that an approval finds missing or open, on which the owner says a word.

    `key` names it. One of a `group` is answered with it, unless it needs a word `alone`; the owner also chooses what
    becomes of it. Another one is passed without. `role` is the code of the role it waits for, if any.
    """

    key: str
    label: str
    text: str
    group: DemandGroup | None = None
    role: str = ""
    alone: bool = False
    #: Whether it is another proposal on the question, which the approval closes.
    is_rival: bool = False

    @property
    def fates(self) -> tuple[Settled, ...]:
        """Return what may become of it; nothing to choose outside a group."""
        if self.is_rival:
            return (Settled.ANSWERED,)
        return self.group.fates if self.group else ()


def needs_terms(*names: str) -> tuple[Need, ...]:
    """Return the conditions that a submission has these terms."""
    return tuple(
        Need(f"coalesce(NEW.terms ->> '{name}', '') <> ''", f"A proposal of this kind has the term {name}")
        for name in names
    )


@dataclass(frozen=True)
class Fact:
    """One line of the decision record: subject, text, and the `digits` of a hash, if any."""

    label: str
    text: str
    digits: str = ""


def says_something(term: str) -> Need:
    """Return the condition that a term that is there has letters or digits (core.record.meaning)."""
    return Need(
        f"NOT jsonb_exists(NEW.terms, '{term}') OR public.ouvrage_meaningful(NEW.terms ->> '{term}')",
        "A text of the terms has at least three letters or digits",
    )


@dataclass(frozen=True)
class FirstWords:
    """The words that a new proposal starts with; its author changes them and writes the rest.

    `options` are titles with what they mean, `texts` the first values of other fields of the working text.
    """

    title: str
    question: str
    options: tuple[tuple[str, str], ...]
    texts: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Suggestion:
    """A condition that prefills the form of the answer, about `subject` with this `reference`."""

    subject: models.Model
    text: str
    reference: str
    note: str = ""
    role: str = ""


@dataclass(frozen=True)
class Line:
    """One term on a page. `now` is the project's value today, `then` the proposed one."""

    name: str
    label: str
    now: Any
    then: Any
    #: Format of the values: "text", "day" or "amount".
    shape: str
    link: str
    is_prose: bool
    is_prepared: bool


class Behaviour:
    """Terms and the effects of their approval. Subclasses that override a method call `super()`."""

    #: Form with its terms.
    form: ClassVar[type[TermsForm] | None] = None
    #: Terms a submission needs: name → instruction.
    needed_terms: ClassVar[dict[str, Text]] = {}
    #: Conditions of a submission in the database: no decision about nothing. `gaps` says the same in words.
    needs: ClassVar[tuple[Need, ...]] = ()
    #: Parts of the project that its approvals change.
    parts: ClassVar[tuple[Part, ...]] = ()

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """Return what the submission still lacks: the field, or `terms-` and the term → a sentence."""
        return {f"terms-{name}": str(text) for name, text in self.needed_terms.items() if not content.terms.get(name)}

    def changes(self, terms: Terms) -> frozenset[str]:
        """Return the parts that an approval with these terms changes, by the `field` of their effects."""
        return frozenset()

    def obstacles(self, content: Any, project: Project) -> list[str]:
        """List sentences on what would prevent an approval from taking effect today."""
        return []

    def demands(self, content: Any, project: Project) -> Iterator[Demand]:
        """Yield what an approval today needs a word of the owner on."""
        yield from ()

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        """Apply the approval to the project inside the act of `actor`, and yield the changes.

        Raises ValidationError when the project has changed so that it cannot be applied.
        """
        yield from ()

    def settle(self, decision: Any, actor: User, holders: Mapping[str, User]) -> None:
        """Carry out the owner's words on the demands, before the approval takes effect. Most kinds do nothing.

        `holders` take over the items that are carried over, by key of the item.
        """

    def refuse(self, project: Project, content: Any) -> None:
        """Apply a rejection to the project, inside the act of deciding. Most kinds do nothing."""

    def panels(self, place: Place, proposal: Any, content: Any) -> Iterator[Panel]:
        """Yield the panels of these terms for a page of the dossier at `place`."""
        yield from ()

    def snapshots(self, content: Any, project: Project) -> Iterator[Snapshot]:
        """Yield the figures of the project, as of now, that a submission freezes and the owner reads."""
        yield from ()

    def facts(self, decision: Any) -> Iterator[Fact]:
        """Yield the facts the decision record adds to the terms."""
        yield from ()


class Kind(Behaviour):
    """A kind of decision that is recorded and changes nothing by itself; base of the others."""

    evidence: ClassVar[Text] = _("What the owner needs to read before deciding.")
    #: Content fields a submission needs beyond those of every kind (R5): name → instruction.
    needed: ClassVar[dict[str, Text]] = {}
    #: Possible outcomes in form order; the database refuses any other.
    outcomes: ClassVar[tuple[Outcome, ...]] = (
        Outcome.APPROVED,
        Outcome.APPROVED_WITH_CONDITIONS,
        *OTHER_ANSWERS,
    )
    #: Kind whose letters count for it in a matrix without a line that names it; empty for one that follows none.
    follows: ClassVar[str] = ""
    #: Levels whose owner decides it.
    levels: ClassVar[frozenset[str]] = frozenset(PARENTS)
    #: Terms that options may have of their own; the others are those of the recommended option.
    differing: ClassVar[tuple[str, ...]] = ()
    #: Whether every option has the effect of the kind, even one without terms of its own: it is recorded as retained.
    retains: ClassVar[bool] = False
    #: States of rest in which a project still decides it.
    decides_at_rest: ClassVar[frozenset[str]] = frozenset()
    #: Effect of an approval without terms, as shown on pages; empty when it has none.
    without_terms: ClassVar[Text] = ""
    #: Words of a link that begins a proposal; empty for a kind that is chosen in the form only.
    offer: ClassVar[Text] = ""
    #: Text above the suggested conditions in the form of the answer.
    suggests: ClassVar[Text] = ""

    def __init__(self, code: str, label: Text = "") -> None:
        self.code = str(code)
        self.label = label or DecisionKind(code).label
        #: Behaviours that other capabilities added.
        self.additions: list[Behaviour] = []

    @property
    def reserves(self) -> bool:
        """Return whether conditions of this kind are called reservations."""
        return Outcome.ACCEPTED_WITH_RESERVATIONS in self.outcomes

    # — proposal and approval —

    def changed_by(self, content: Any) -> frozenset[str]:
        """Return the parts that approving this content changes, by the `field` of their effects."""
        return frozenset() if content.changes_nothing else self.changes(content.terms)

    @property
    def all_needs(self) -> list[Need]:
        """List the conditions of a submission, those of the additions included; its texts say something."""
        own = [need for behaviour in (self, *self.additions) for need in behaviour.needs]
        return own + [says_something(name) for name in self.text_terms]

    def is_barred_on(self, project: Project) -> bool:
        """Return whether `project` is at rest and this kind waits until it goes on. What is entered later passes."""
        return project.state in AT_REST - self.decides_at_rest and not is_back_entry()

    def is_offered_on(self, project: Project) -> bool:
        """Return whether `project` has the level and the workspace of this kind; a later entry asks for its level."""
        return project.level in self.levels and (is_on(type(self).__module__, project) or is_back_entry())

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        gaps = {name: str(text) for name, text in self.needed.items() if not is_meaningful(getattr(content, name))}
        gaps |= {
            f"terms-{name}": str(TOO_LITTLE)
            for name in self.text_terms
            if name in content.terms and not is_meaningful(content.terms[name])
        }
        gaps |= super().gaps(content, project)
        if self.is_barred_on(project):
            gaps["kind"] = str(STILL_DECIDED[project.state])
        elif not self.is_offered_on(project):
            gaps["kind"] = str(WORKSPACE_OFF)
        for addition in self.additions:
            gaps |= addition.gaps(content, project)
        return gaps

    def changes(self, terms: Terms) -> frozenset[str]:
        return frozenset[str]().union(*(addition.changes(terms) for addition in self.additions))

    def obstacles(self, content: Any, project: Project) -> list[str]:
        return [sentence for addition in self.additions for sentence in addition.obstacles(content, project)]

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        for addition in self.additions:
            yield from addition.apply(project, content, actor)

    def settle(self, decision: Any, actor: User, holders: Mapping[str, User]) -> None:
        for addition in self.additions:
            addition.settle(decision, actor, holders)

    def refuse(self, project: Project, content: Any) -> None:
        for addition in self.additions:
            addition.refuse(project, content)

    # — display —

    def panels(self, place: Place, proposal: Any, content: Any) -> Iterator[Panel]:
        for addition in self.additions:
            yield from addition.panels(place, proposal, content)

    def snapshots(self, content: Any, project: Project) -> Iterator[Snapshot]:
        for addition in self.additions:
            yield from addition.snapshots(content, project)

    def facts(self, decision: Any) -> Iterator[Fact]:
        for addition in self.additions:
            yield from addition.facts(decision)

    def first_words(self, terms: Terms, project: Project) -> FirstWords | None:
        """Return the words of a new proposal with these terms, in the active language; None when it has none yet."""
        return None

    def remedy(self, project: Project) -> tuple[str, Text] | None:
        """Return the (address, name) of the page that removes obstacles, if there is one."""
        return None

    @property
    def terms_form(self) -> type[TermsForm] | None:
        """Return the form of all terms, additions included; None without terms."""
        own = [behaviour.form for behaviour in (self, *self.additions) if behaviour.form]
        return _combine_forms(*own) if own else None

    @property
    def fields(self) -> dict[str, forms.Field]:
        """Return the form fields of its terms by name, in form order."""
        return self.terms_form.base_fields if self.terms_form else {}

    @property
    def text_terms(self) -> list[str]:
        """List the names of the terms that are free text."""
        return [name for name, field in self.fields.items() if isinstance(field, TextTerm | ProseTerm)]

    def display(self, term: str, text: str) -> Any:
        """Return the value of a term as a page shows it: a text, a day, an amount or a person."""
        return self._field(term).display(text)

    def value(self, term: str, terms: Terms) -> Any:
        """Return the value of a term; None when it is absent."""
        return self._field(term).from_text(terms[term]) if term in terms else None

    def now(self, term: str, project: Project) -> Any:
        """Return the project's current value of a term; None when it is not shown."""
        return None

    def lines(self, terms: Terms, project: Project) -> list[Line]:
        """List the terms in form order, beside the current values of the project."""
        return [self._line(name, terms[name], project) for name in self.fields if name in terms]

    def _line(self, name: str, text: str, project: Project) -> Line:
        term = self._field(name)
        now, then = self.now(name, project), term.display_on(project, text)
        return Line(name, str(term.label), now, then, term.shape, term.link(project), term.is_prose, term.is_prepared)

    def terms_in_record(self, terms: Terms, at: datetime, project: Project) -> Iterator[Fact]:
        """Yield the terms in form order, as the record of a decision of `project` taken at `at` states them."""
        for name in self.fields:
            if text := terms.get(name):
                term = self._field(name)
                yield Fact(str(term.label), term.in_record(text, at, project), term.digits(text))

    def _field(self, term: str) -> Any:
        return self.fields[term]

    # — conditions —

    def suggest_conditions(self, proposal: Any) -> list[Suggestion]:
        """List the conditions that prefill the form of the answer; none for most kinds."""
        return []

    def on_lift(self, condition: Any) -> None:
        """Update the subject of a condition inside the act that lifts it."""

    def describe_lifting(self, condition: Any) -> str:
        """Describe the effect of lifting a condition on its subject; empty without one."""
        return ""


class UnknownKind(Kind):
    """A kind that no installed app registers: its records are still shown, but it cannot be approved."""

    def __init__(self, code: str) -> None:
        super().__init__(code, code)

    def obstacles(self, content: Any, project: Project) -> list[str]:
        """Report that the effect of an approval is unknown."""
        return [str(NO_LONGER_KNOWN)]

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        """Refuse every approval."""
        if obstacles := self.obstacles(content, project):
            raise ValidationError(obstacles)
        yield from super().apply(project, content, actor)


@cache
def _combine_forms(*forms_: type[TermsForm]) -> type[TermsForm]:
    """Build one form with the fields of all; fields of additions come first."""
    return forms_[0] if len(forms_) == 1 else type(forms_[0].__name__, forms_, {})


def find_gaps(kind: Kind, content: Any, project: Project) -> dict[str, str]:
    """Return what a submission still lacks (R5), of each option that changes something too: field → instruction."""
    gaps: dict[str, str] = content.gaps() | kind.gaps(content, project)
    for letter in sorted(content.alternatives):
        own = kind.gaps(content.choose(letter), project)
        if lacking := [text for name, text in own.items() if gaps.get(name) != text]:
            gaps.setdefault("options", gettext("Option %(letter)s:") % {"letter": letter} + " " + " ".join(lacking))
    return gaps


def list_panels(
    kind: Kind, proposal: Any, content: Any, reader: Person, places: Iterable[Place] = Place
) -> dict[str, list[Panel]]:
    """Return the panels of a kind by place, as far as `reader` may see them."""

    def is_shown(panel: Panel) -> bool:
        return not panel.permission or can(reader, panel.permission, proposal.project)

    return {place.value: [*filter(is_shown, kind.panels(place, proposal, content))] for place in places}


def take_snapshots(kind: Kind, content: Any, project: Project, language: str = "") -> list[Snapshot]:
    """Return the snapshots of a kind as of now, in a language, by default that of the project."""
    chosen = language or project.language
    with translation.override(chosen):
        return [replace(part, language=chosen) for part in kind.snapshots(content, project)]


def freeze(kind: Kind, content: Any, project: Project) -> list[dict[str, Any]]:
    """Return the snapshots of a kind as a submission freezes them."""
    return freeze_snapshots(lambda: list(kind.snapshots(content, project)), project.language)
