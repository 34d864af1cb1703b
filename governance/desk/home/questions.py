"""What the home of each level answers first, in the order of its owner and of its office."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from governance.desk.home.levels import Child
from governance.workspace_registry import HomeState
from projects.enums import Level
from projects.seats.mandates.seats import Seat, seats_of
from roles.enums import DecisionKind, Nature
from roles.models import User

#: Most answers to a question that the page lists.
MOST = 3


class Question(TextChoices):
    """A question of a first screen, by the title of its block."""

    LIMITS = "limits", pgettext_lazy("home", "Limits")
    RISKS = "risks", pgettext_lazy("home", "Risks and conditions")
    DIFFERENCES = "differences", pgettext_lazy("home", "Opinions that differ")
    GATE = "gate", pgettext_lazy("home", "Next gate")
    OLD = "old", pgettext_lazy("home", "Old figures")
    DEPENDENCIES = "dependencies", pgettext_lazy("home", "Dependencies")
    BENEFITS = "benefits", pgettext_lazy("home", "Benefits")
    STAGE = "stage", pgettext_lazy("home", "Stage")
    ESCALATED = "escalated", pgettext_lazy("home", "Escalated")
    CONTRADICTIONS = "contradictions", pgettext_lazy("home", "Contradictions")
    CANDIDATES = "candidates", pgettext_lazy("home", "Candidates")
    REVIEW = "review", pgettext_lazy("home", "Review")
    STANDARDS = "standards", pgettext_lazy("home", "Standards to review")
    OWNERS = "owners", pgettext_lazy("home", "Owners to name")
    DUTIES = "duties", pgettext_lazy("home", "Obligations below")


Q = Question
#: Level → the questions of its owner. What the reader must decide comes before, as their tasks do.
OF_OWNER = {
    Level.PROJECT: (Q.LIMITS, Q.RISKS, Q.DIFFERENCES, Q.GATE),
    Level.PROGRAMME: (Q.BENEFITS, Q.DEPENDENCIES, Q.STAGE, Q.LIMITS, Q.ESCALATED, Q.OWNERS, Q.DUTIES),
    Level.PORTFOLIO: (
        Q.LIMITS,
        Q.REVIEW,
        Q.CONTRADICTIONS,
        Q.DEPENDENCIES,
        Q.BENEFITS,
        Q.ESCALATED,
        Q.OWNERS,
        Q.DUTIES,
    ),
}
#: Level → the questions of its office, the role that keeps its budget.
OF_OFFICE = {
    Level.PROJECT: (Q.GATE, Q.OLD, Q.DEPENDENCIES),
    Level.PROGRAMME: (Q.OLD, Q.CONTRADICTIONS, Q.STAGE, Q.ESCALATED, Q.DUTIES),
    Level.PORTFOLIO: (Q.OLD, Q.CONTRADICTIONS, Q.CANDIDATES, Q.REVIEW, Q.STANDARDS, Q.DUTIES),
}


class Place(NamedTuple):
    """What the answers are read for: a project with its state, its parts with their versions, and its open files."""

    project: Any
    state: HomeState
    parts: tuple[tuple[int, str], ...]
    children: Sequence[Child]
    proposals: Sequence[Any]

    @property
    def day(self) -> date:
        """Return today."""
        return self.state.day


class Answer(NamedTuple):
    """A line of a block: its text with the page behind it, and a note."""

    text: Any
    url: str = ""
    note: Any = ""
    is_bad: bool = False
    language: str = ""


@dataclass(frozen=True)
class Block:
    """A question with its first answers, and how many more there are."""

    question: Question
    answers: Sequence[Answer]
    more: int


#: Question → its answers. The apps above fill it; a question without any has no block.
ANSWERS: dict[Question, Callable[[Place], Sequence[Answer]]] = {}


def is_of_office(user: User, project: Any) -> bool:
    """Return whether `user` advises there and prepares the budget, but not what is told to the business."""

    def prepares(seat: Seat, kind: str) -> bool:
        return any(seat.has_letter(nature, kind) for nature in (Nature.PROPOSE, Nature.PRODUCE))

    return any(
        seat.project_id == project.pk
        and seat.has_letter(Nature.ADVISE, DecisionKind.BUDGET)
        and prepares(seat, DecisionKind.BUDGET)
        and not prepares(seat, DecisionKind.COMMUNICATION)
        for seat in seats_of(user)
    )


def build_blocks(user: User, place: Place) -> list[Block]:
    """Build the blocks of the level, in the order of the reader. Those without an answer are left out."""
    order = (OF_OFFICE if is_of_office(user, place.project) else OF_OWNER).get(place.project.level, ())
    found = [(question, list(ANSWERS[question](place))) for question in order if question in ANSWERS]
    return [Block(question, rows[:MOST], max(len(rows) - MOST, 0)) for question, rows in found if rows]


def list_differences(place: Place) -> list[Answer]:
    """List the open proposals on which an opinion dissents."""
    return [
        Answer(f"{row.reference} {row.title}", row.get_absolute_url(), language=place.project.language)
        for row in place.proposals
        if row.dissents
    ]


def list_candidates(place: Place) -> list[Answer]:
    """List the open proposals of an entry."""
    return [
        Answer(f"{row.reference} {row.title}", row.get_absolute_url(), language=place.project.language)
        for row in place.proposals
        if row.kind == "component_entry"
    ]


def list_ownerless(place: Place) -> list[Answer]:
    """List the parts without an owner."""
    return [
        Answer(child.project.title, child.project.get_absolute_url(), _("No one yet"), is_bad=True)
        for child in place.children
        if not child.owner
    ]


ANSWERS |= {Q.DIFFERENCES: list_differences, Q.CANDIDATES: list_candidates, Q.OWNERS: list_ownerless}
