"""Codes of acceptance tests."""

import re

from projects.models import Project

#: Generated codes: T-001, T-002, …
GIVEN = re.compile(r"T-(\d{1,6})")


def next_code(project: Project) -> str:
    """Return the next free code of a test."""
    codes = project.tests.filter(code__startswith="T-").values_list("code", flat=True)
    used = [int(match[1]) for code in codes if (match := GIVEN.fullmatch(code))]
    return f"T-{max(used, default=0) + 1:03d}"
