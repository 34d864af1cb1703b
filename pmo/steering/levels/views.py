"""State of a portfolio, instead of a weather."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from core.access import Person
from pmo.registers.weather.above import ASPECTS_OF_LEVEL, PAGE_OF_LEVEL
from pmo.registers.weather.queries import AspectLine
from pmo.steering.levels.aspects import list_aspects
from pmo.steering.levels.figures import Group, build_group, load_rows
from pmo.steering.levels.state import build_state
from projects.enums import Level
from projects.models import Project


def read_group(project: Project, user: Person) -> Group:
    """Read a node with the parts below that `user` may read. Two queries."""
    seen = Project.objects.visible_to(user).unarchived()
    below = seen.filter(parent=project) | seen.filter(parent__parent=project)
    day = timezone.localdate()
    return build_group(project, load_rows([project.pk, *below.values_list("pk", flat=True)], day), day)


def list_lines(project: Any, user: Person) -> list[AspectLine]:
    """List the aspects of a programme."""
    return [AspectLine(aspect.name.value, aspect.sky, aspect.why) for aspect in list_aspects(read_group(project, user))]


def show_state(request: HttpRequest, project: Any) -> HttpResponse:
    """Show the skies of the projects below, the forecast on the budget, and the part of it under storm."""
    group = read_group(project, request.user)
    context = {"project": project, "state": build_state(group), "aspects": list_aspects(group)}
    return render(request, "pmo/steering/levels/state.html", context)


ASPECTS_OF_LEVEL[Level.PROGRAMME] = list_lines
PAGE_OF_LEVEL[Level.PORTFOLIO] = show_state
