"""Registry of the controls that upper apps add to the rows of the list of obligations."""

from collections.abc import Callable, Sequence

from django.http import HttpRequest

from core.pages.lists.columns import Control
from governance.decide.obligations.listing import Row
from projects.models import Project

#: Functions that return the control of these rows of a project for the reader, or None. At most one query each.
ROW_CONTROLS: list[Callable[[HttpRequest, Project, Sequence[Row]], Control | None]] = []
