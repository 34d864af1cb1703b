"""People and projects drawn at random, to test that a page tells nothing of what one may not read."""

import random
from typing import Any

import pytest

from projects.enums import Level
from projects.models import Project
from projects.seats.mandates.services import found_project
from roles.models import User

PEOPLE, PROJECTS = 25, 40


@pytest.fixture
def people(cast: dict[str, Any]) -> list[User]:
    """Return the cast and some people more."""
    more = [User.objects.create_user(f"p{n}@example.org", name=f"Person {n}") for n in range(PEOPLE)]
    return [*more, *(person for person in cast.values() if person.is_authenticated)][:PEOPLE]


@pytest.fixture
def drawn(people: list[User], staff_admin: Any, project_one: Project) -> list[Project]:
    """Open projects, some below programmes and portfolios, for owners among the people: the same each time."""
    rng = random.Random(20261201)  # noqa: S311 — the same pairs each time
    opened: list[Project] = []
    for number in range(PROJECTS):
        level = (Level.PORTFOLIO, Level.PROGRAMME, Level.PROJECT)[min(number // 6, 2)]
        above = [project for project in opened if project.level != Level.PROJECT and project.level != level]
        fields = {
            "code": f"RND-{number}",
            "prefix": f"R{number}",
            "title_fr": f"Projet {number}",
            "title_en": f"Project {number}",
            "level": level,
            "parent": rng.choice([*above, None]),
            "starts_on": "2026-01-01",
            "ends_on": "2027-01-01",
        }
        opened.append(found_project(actor=staff_admin, owner=rng.choice(people), fields=fields))
    return opened
