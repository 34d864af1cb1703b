"""Registry of what is still open in a workspace, counted before its project switches it off; apps announce it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from projects.enums import Workspace
from projects.models import Project


@dataclass(frozen=True)
class OpenCount:
    """Rows of a workspace that are open: how many there are on a project, and `words` for them, with %(n)s."""

    workspace: Workspace
    count: Callable[[Project], int]
    words: Any


#: Announced by each app, in the order of the review.
OPEN_COUNTS: list[OpenCount] = []
