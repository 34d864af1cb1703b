"""What the acts of acceptance need to know of the rows that are there."""

import re

from projects.models import Project

#: The codes that are given out: T-001, T-002, …
GIVEN = re.compile(r"T-(\d{1,6})")


def next_code(project: Project) -> str:
    """The next free code of a test."""
    codes = project.tests.filter(code__startswith="T-").values_list("code", flat=True)
    used = [int(found[1]) for code in codes if (found := GIVEN.fullmatch(code))]
    return f"T-{max(used, default=0) + 1:03d}"
