"""What the two sides have said of a requirement, and what this reader may say now."""

from dataclasses import dataclass
from typing import Any

from amoa.requirements.models import Estimate, Question, Requirement
from core.access import Person, can
from projects.mandates.holders import providers, taking_part_in
from projects.mandates.predicates import acting_seats
from projects.mandates.seats import Seat
from projects.models import Project
from roles.enums import Authority, DecisionKind, Nature

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


def liaison(user: Person, project: Project) -> tuple[str, str]:
    """Codes of the role under which `user` asks about a requirement, and of the role that is asked.

    Who builds asks who writes the requirements, and the reverse. Either is empty where the project has none.
    """
    kind, outside = DecisionKind.REQUIREMENT_BASELINE, {Authority.DECIDES, Authority.DELIVERS}
    mine = [s for s in acting_seats(user, project) if not s.is_delegated]
    building = next((s.role for s in mine if s.authority == Authority.DELIVERS), "")
    if building:
        asked = taking_part_in(project, kind, Nature.PROPOSE) or taking_part_in(project, kind, Nature.PRODUCE)
        return building, next((mandate.role.code for mandate in asked), "")
    writing = (s.role for s in mine if s.authority not in outside and _takes_part(s, kind))
    return next(writing, ""), _building_role(project)


def _takes_part(seat: Seat, kind: str) -> bool:
    return seat.may(Nature.PROPOSE, kind) or seat.may(Nature.PRODUCE, kind)


def _building_role(project: Project) -> str:
    """Code of the role that builds: one that is held, else the first of the matrix, which somebody will hold."""
    held = next((mandate.role.code for mandate in providers(project)), "")
    return held or next((role.code for role in project.roles() if role.authority == Authority.DELIVERS), "")
