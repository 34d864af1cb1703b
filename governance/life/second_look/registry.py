"""Figures of a project that a second look shows beside what was expected; each workspace announces its own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise

from projects.models import Project


@dataclass(frozen=True)
class ProjectFigure:
    """A figure of the project as it is now: its name, its text, the day it is of, and the page that shows it.

    `about` says in the words of the project what is measured.
    """

    label: str | Promise
    text: str
    on: date | None = None
    link: str = ""
    about: str = ""


#: Each returns figures of a project, in the language in use.
FIGURES: list[Callable[[Project], Iterable[ProjectFigure]]] = []


def list_figures(project: Project) -> list[ProjectFigure]:
    """List what the product itself has measured on a project."""
    return [figure for read in FIGURES for figure in read(project)]
