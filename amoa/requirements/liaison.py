"""What the two sides have said of a requirement, and what this reader may say now."""

from dataclasses import dataclass
from typing import Any

from amoa.requirements.models import Estimate, Question, Requirement
from core.access import can

#: Of a requirement's page; the page of the liaison holds every question.
MOST_QUESTIONS, MOST_ESTIMATES = 20, 10


@dataclass(frozen=True)
class Liaison:
    """The questions about a requirement, oldest first, and its estimates, the latest first.

    `answerable` are the numbers (pk) of the questions the reader may answer, `may` the other acts they may do.
    """

    requirement: Requirement
    questions: list[Question]
    estimates: list[Estimate]
    answerable: set[int]
    may: dict[str, bool]


def liaison_of(requirement: Requirement, user: Any) -> Liaison:
    """What was said about `requirement`, as `user` reads it: two queries."""
    people = ("asked_by", "answered_by")
    questions = list(requirement.questions.select_related(*people).order_by("-number")[:MOST_QUESTIONS])[::-1]
    given = requirement.estimates.select_related("given_by", "document__document")
    for question in questions:
        question.requirement, question.project = requirement, requirement.project
    return Liaison(
        requirement=requirement,
        questions=questions,
        estimates=list(given.order_by("-pk")[:MOST_ESTIMATES]),
        answerable=answerable(questions, user),
        may={act: can(user, f"governance.{act}", requirement) for act in ("ask", "estimate")},
    )


def answerable(questions: list[Question], user: Any) -> set[int]:
    """The numbers (pk) of those that wait for `user`."""
    return {one.pk for one in questions if not one.answered_at and can(user, "governance.answer", one)}
