"""Codes of acceptance tests."""

import re
from collections.abc import Collection, Iterator
from itertools import count

from projects.models import Project

#: Generated codes: T-001, T-002, …
GIVEN = re.compile(r"T-(\d{1,6})")


def next_code(project: Project) -> str:
    """Return the next free code of a test."""
    return next(iterate_codes(project))


def iterate_codes(project: Project, taken: Collection[str] = ()) -> Iterator[str]:
    """Yield the free codes of tests after those of the project and those `taken`."""
    codes = [*project.tests.filter(code__startswith="T-").values_list("code", flat=True), *taken]
    used = [int(match[1]) for code in codes if (match := GIVEN.fullmatch(code))]
    yield from (f"T-{number:03d}" for number in count(max(used, default=0) + 1))
