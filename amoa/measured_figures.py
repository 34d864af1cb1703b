"""Figures of the business side that a second look at a decision shows: adoption."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from amoa.change_plan.queries import list_measures, prefetch_readings
from governance.life.second_look.registry import ProjectFigure
from projects.models import Project
from projects.workspaces import is_on

#: Most indicators.
MOST = 5


def list_figures(project: Project) -> Iterator[ProjectFigure]:
    """Yield the newest reading of the adoption indicators of a project, where it has its workspace."""
    if not is_on("amoa.change_plan", project):
        return
    page = reverse("amoa:change_plan:change_adoption", args=[project.code])
    for indicator in prefetch_readings(project.indicators.order_by("pk"))[:MOST]:
        if measures := list_measures(indicator):
            text = f"{formats.number_format(measures[-1].value)} {indicator.unit}".strip()
            yield ProjectFigure(_("Adoption"), text, measures[-1].day, page, indicator.name)
