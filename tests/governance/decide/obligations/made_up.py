"""Facts of projects: of one in the database, and of one made up of rows, whose names end in an underscore."""

from datetime import datetime
from typing import Any

from governance.decide.obligations.facts import EVENT_ROWS, Facts, build_facts, load_facts
from projects.enums import Level
from projects.models import Project


def facts_of(project: Project, at: datetime) -> Facts:
    """Read the facts of a project."""
    [facts] = load_facts(Project.objects.filter(pk=project.pk), at)
    return facts


def make_facts(project: Any, at: datetime) -> Facts:
    """Build the facts of a made-up project."""
    project.level = Level.PROJECT
    rows = {name.removesuffix("_"): value for name, value in vars(project).items() if name.endswith("_")}
    return build_facts(project, rows, at)


def on_days(duty: str = "", *days: str) -> dict[str, list[dict[str, str]]]:
    """Return the days of the events of rows, made up for a responsibility alone."""
    return {
        f"events_{place}_": [{"on": day} for day in days if duty in duties]
        for place, (duties, _rows) in enumerate(EVENT_ROWS)
    }
