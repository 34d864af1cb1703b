"""Questions and estimates of a requirement, as one reader sees them."""

from dataclasses import dataclass

from amoa.requirements.models import Requirement
from amoa.requirements.question_models import Estimate, Question
from core.access import Person, can

#: Limits on a requirement's page; the page of questions lists all of them.
MOST_QUESTIONS, MOST_ESTIMATES = 20, 10


@dataclass(frozen=True)
class Liaison:
    """Questions on a requirement, oldest first, and its estimates, newest first.

    `answerable` holds the primary keys of the questions the reader may answer, `may` the other acts.
    """

    requirement: Requirement
    questions: list[Question]
    estimates: list[Estimate]
    answerable: set[int]
    may: dict[str, bool]


def load_liaison(requirement: Requirement, user: Person) -> Liaison:
    """Load the questions and estimates of `requirement` for `user`. Two queries."""
    people = ("asked_by", "answered_by")
    questions = list(requirement.questions.select_related(*people).order_by("-number")[:MOST_QUESTIONS])[::-1]
    given = requirement.estimates.select_related("given_by", "document__document")
    for question in questions:
        question.requirement, question.project = requirement, requirement.project
    return Liaison(
        requirement=requirement,
        questions=questions,
        estimates=list(given.order_by("-pk")[:MOST_ESTIMATES]),
        answerable=list_answerable(questions, user),
        may={act: can(user, f"amoa.{act}", requirement) for act in ("ask", "estimate")},
    )


def list_answerable(questions: list[Question], user: Person) -> set[int]:
    """Return the primary keys of the questions that `user` may answer."""
    return {question.pk for question in questions if not question.answered_at and can(user, "amoa.answer", question)}
