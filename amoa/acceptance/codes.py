"""Codes of acceptance tests."""

import re
from collections.abc import Collection, Iterator
from itertools import count

from projects.models import Project

#: Start of generated codes: T-001, T-002, …
STEM = "T-"


def next_code(project: Project) -> str:
    """Return the next free code of a test."""
    return next(iterate_codes(project))


def iterate_codes(project: Project, taken: Collection[str] = (), stem: str = STEM) -> Iterator[str]:
    """Yield the free codes of tests that begin with `stem`, after those of the project and those `taken`."""
    codes = [*project.tests.filter(code__startswith=stem).values_list("code", flat=True), *taken]
    given = re.compile(re.escape(stem) + r"(\d{1,6})")
    used = [int(match[1]) for code in codes if (match := given.fullmatch(code))]
    yield from (f"{stem}{number:03d}" for number in count(max(used, default=0) + 1))
