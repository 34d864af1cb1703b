"""Base classes of the kinds of decision: what a proposal asks, what its approval does, and how both read.

A kind is one class in the `kinds.py` of its capability, registered there (governance.kinds.registry). A capability that
depends on the app of a kind may add a `Behaviour` to it: further terms, with what they do.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.erasure import written
from governance.enums import OTHER_ANSWERS, Outcome
from governance.kinds.fields import Terms, TermsForm
from projects.models import Project
from roles.enums import DecisionKind
from roles.models import User

Text = str | Promise
#: What an effect that can no longer be undone says.
CHANGED_SINCE = _("The project has changed there since; keep it, or propose what it should be.")


#: What a kind says whose app is gone.
NO_LONGER_KNOWN = _("The product no longer knows this kind of decision.")


@dataclass(frozen=True)
class Change:
    """One thing an approval changed: the row, which part of it, and how it read before and after."""

    subject: models.Model
    field: str
    before: str
    after: str


class Part:
    """A part of a row that approvals change: the `field` of their effects, how these read and how they are undone.

    A `field` may be followed by a colon and a code in the effects, such as `standard:STD-RISK`.
    """

    field: ClassVar[str]
    #: The model of the rows whose part it is.
    subject: ClassVar[type[models.Model]] = Project
    #: Whether an effect holds words of a person that no row of the project rests on: only those are erased.
    is_free_text: ClassVar[bool] = False
    #: How an effect reads, and how once nothing stands there any more; with %(before)s, %(after)s, or the one there is
    #: under the name `named`.
    done: ClassVar[Text]
    undone: ClassVar[Text]
    named: ClassVar[str] = "number"

    def describe(self, effect: Any) -> str:
        """Say what the effect changed, in one line."""
        sentence = str(self.done if effect.after else self.undone)
        values = {"before": written(effect.before), "after": written(effect.after)}
        return sentence % (values | {self.named: values["after"] or values["before"]})

    def undo(self, effect: Any, decision: Any, actor: User) -> Iterator[Change]:
        """Undo the effect, inside the act of `decision`, which replaces the one it follows from: note that it is gone.

        Raises ValidationError when the project has moved on so that it can no longer be done.
        """
        yield Change(decision.proposal.project, effect.field, effect.after, "")


class Place(StrEnum):
    """Where on the pages of a dossier a panel stands."""

    BEFORE = "before"  # the text of the proposal
    AFTER = "after"
    DECIDING = "deciding"  # in the form of the owner's answer
    REVIEW = "review"  # of the answer, before it is sealed


@dataclass(frozen=True)
class Panel:
    """A template with its context, to show on a page of the dossier."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Fact:
    """One line of the decision record: what it is about, what it says, and the `digits` of a hash, if any."""

    label: str
    text: str
    digits: str = ""


@dataclass(frozen=True)
class Suggestion:
    """A condition that the form of the answer begins with, about `subject`, called by its `reference`."""

    subject: models.Model
    text: str
    reference: str
    note: str = ""
    role: str = ""


@dataclass(frozen=True)
class Line:
    """One term as a page shows it. `now` is what the project has today, `then` what it would have."""

    name: str
    label: str
    now: Any
    then: Any
    #: How values are shown: "text", "day" or "amount".
    shape: str
    link: str
    is_prose: bool


class Behaviour:
    """Terms, and what an approval with them does. A subclass that overrides a method calls `super()` in it."""

    #: The terms it reads, as form fields.
    form: ClassVar[type[TermsForm] | None] = None
    #: Terms it needs: name → what to do.
    needed_terms: ClassVar[dict[str, Text]] = {}
    #: The parts that its approvals change.
    parts: ClassVar[tuple[Part, ...]] = ()

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """Return what is missing before such a proposal is submitted: the field, or `terms-` and the term, → a
        sentence.
        """
        return {f"terms-{name}": str(text) for name, text in self.needed_terms.items() if not content.terms.get(name)}

    def changes(self, terms: Terms) -> frozenset[str]:
        """Return the parts that an approval with these terms changes, by the `field` of its effects."""
        return frozenset()

    def obstacles(self, content: Any, project: Project) -> list[str]:
        """List what would keep an approval from taking effect today, in sentences to read before deciding."""
        return []

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        """Do to the project what was approved, inside the act of `actor`, who holds the decision.

        Raises ValidationError when the project has moved on so that it can no longer be done.
        """
        yield from ()

    def refuse(self, project: Project, content: Any) -> None:
        """Do what a rejection does to the project, inside the act of who decides: nothing, for most kinds."""

    def panels(self, place: Place, proposal: Any, content: Any) -> Iterator[Panel]:
        """List what a page of the dossier shows of these terms at `place`."""
        yield from ()

    def facts(self, decision: Any) -> Iterator[Fact]:
        """List what the decision record says beyond the terms themselves."""
        yield from ()


class Kind(Behaviour):
    """A kind of decision that is recorded and changes nothing by itself; base of the others."""

    evidence: ClassVar[Text] = _("What the owner needs to read before deciding.")
    #: Fields of the content this kind needs beyond those of every proposal (R5): name → what to do.
    needed: ClassVar[dict[str, Text]] = {}
    #: What the owner may answer, in the order of the form; the database refuses any other.
    outcomes: ClassVar[tuple[Outcome, ...]] = (
        Outcome.APPROVED, Outcome.APPROVED_WITH_CONDITIONS, *OTHER_ANSWERS,
    )  # fmt: skip
    #: What an approval without terms does, as the pages say it; empty when it does nothing.
    without_terms: ClassVar[Text] = ""
    #: What the form of the answer says above the conditions it begins with.
    suggests: ClassVar[Text] = ""

    def __init__(self, code: str, label: Text = "") -> None:
        self.code = str(code)
        self.label = label or DecisionKind(code).label
        #: What other capabilities added to it.
        self.additions: list[Behaviour] = []

    @property
    def reserves(self) -> bool:
        """Tell whether a condition of this kind is called a reservation."""
        return Outcome.ACCEPTED_WITH_RESERVATIONS in self.outcomes

    # — what a proposal asks, and what an approval does —

    def gaps(self, content: Any, project: Project) -> dict[str, str]:
        """Return what the content lacks, then what the terms lack."""
        found = {name: str(text) for name, text in self.needed.items() if not getattr(content, name)}
        found |= super().gaps(content, project)
        for addition in self.additions:
            found |= addition.gaps(content, project)
        return found

    def changes(self, terms: Terms) -> frozenset[str]:
        """Return the parts that the additions change."""
        return frozenset[str]().union(*(addition.changes(terms) for addition in self.additions))

    def obstacles(self, content: Any, project: Project) -> list[str]:
        """List the obstacles of the additions."""
        return [sentence for addition in self.additions for sentence in addition.obstacles(content, project)]

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        """Apply the additions."""
        for addition in self.additions:
            yield from addition.apply(project, content, actor)

    def refuse(self, project: Project, content: Any) -> None:
        """Let the additions do what a rejection does."""
        for addition in self.additions:
            addition.refuse(project, content)

    # — how it reads —

    def panels(self, place: Place, proposal: Any, content: Any) -> Iterator[Panel]:
        """List the panels of the additions."""
        for addition in self.additions:
            yield from addition.panels(place, proposal, content)

    def facts(self, decision: Any) -> Iterator[Fact]:
        """List the facts of the additions."""
        for addition in self.additions:
            yield from addition.facts(decision)

    def remedy(self, project: Project) -> tuple[str, Text] | None:
        """Return the address and the name of the page where obstacles are settled, if there is one."""
        return None

    @property
    def terms_form(self) -> type[TermsForm] | None:
        """The form of all its terms, those of the additions included; None when it has no terms."""
        own = [behaviour.form for behaviour in (self, *self.additions) if behaviour.form]
        return _combined(*own) if own else None

    @property
    def fields(self) -> dict[str, forms.Field]:
        """The fields of its terms by name, in the order of the form."""
        return self.terms_form.base_fields if self.terms_form else {}

    def display(self, term: str, text: str) -> Any:
        """Return how a term reads on a page: a text, a day, an amount or a person."""
        return self._field(term).display(text)

    def value(self, term: str, terms: Terms) -> Any:
        """Return the value of a term; None when it is not named."""
        return self._field(term).from_text(terms[term]) if term in terms else None

    def now(self, term: str, project: Project) -> Any:
        """Return what the project has today where the term would change it; None when that is not shown."""
        return None

    def lines(self, terms: Terms, project: Project) -> list[Line]:
        """List the terms in the order of their form, beside what the project has today."""
        return [self._line(name, terms[name], project) for name in self.fields if name in terms]

    def _line(self, name: str, text: str, project: Project) -> Line:
        term = self._field(name)
        now, then = self.now(name, project), term.display(text)
        return Line(name, str(term.label), now, then, term.shape, term.link(project), term.is_prose)

    def terms_in_record(self, terms: Terms, at: datetime) -> Iterator[Fact]:
        """List the terms in the order of their form, as the record of a decision taken at `at` says them."""
        for name in self.fields:
            if text := terms.get(name):
                term = self._field(name)
                yield Fact(str(term.label), term.in_record(text, at), term.digits(text))

    def _field(self, term: str) -> Any:
        return self.fields[term]

    # — conditions —

    def suggest_conditions(self, proposal: Any) -> list[Suggestion]:
        """List the conditions that the form of the answer begins with: none, for most kinds."""
        return []

    def lifted(self, condition: Any) -> None:
        """Do what lifting a condition does to its subject, inside the act of who lifts it."""

    def describe_lifting(self, condition: Any) -> str:
        """Say what lifting a condition does to its subject; empty when it does nothing."""
        return ""


class UnknownKind(Kind):
    """A kind that no installed app registers: what was recorded is still read, and nothing is approved any more."""

    def __init__(self, code: str) -> None:
        super().__init__(code, code)

    def obstacles(self, content: Any, project: Project) -> list[str]:
        """Say that nobody knows what an approval would do."""
        return [str(NO_LONGER_KNOWN)]

    def apply(self, project: Project, content: Any, actor: User) -> Iterator[Change]:
        """Refuse."""
        if obstacles := self.obstacles(content, project):
            raise ValidationError(obstacles)
        yield from super().apply(project, content, actor)


@cache
def _combined(*forms_: type[TermsForm]) -> type[TermsForm]:
    """One form with the fields of all; the fields of additions come first."""
    return forms_[0] if len(forms_) == 1 else type(forms_[0].__name__, forms_, {})


def panels_at(kind: Kind, proposal: Any, content: Any, places: Iterable[Place] = Place) -> dict[str, list[Panel]]:
    """Return the panels of a kind by their place."""
    return {place.value: list(kind.panels(place, proposal, content)) for place in places}
