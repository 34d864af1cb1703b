"""Answer to the question of a home on the stage: what its end lacks, and what endangers it."""

from datetime import date
from functools import lru_cache

from django.urls import reverse
from django.utils.translation import ngettext

from core.templatetags.ui import day as write_day
from governance.desk.home.questions import Answer, Place
from pmo.steering.dashboards.answers import KEPT_GROUPS, list_endangered
from pmo.steering.gates.criteria import list_criteria
from pmo.steering.gates.stages import REPEATED, Stage, list_open_stages
from projects.enums import Workspace
from projects.models import Project


@lru_cache(maxsize=KEPT_GROUPS)
def _read_stage(root: int, _version: str, _parts: tuple[tuple[int, str], ...], _day: date) -> tuple[Stage, int] | None:
    """Return the next stage of a programme that ends, with the number of its criteria that are not met."""
    project = Project.objects.select_related("matrix", "parent").get(pk=root)
    stages = list_open_stages(project) if project.has(Workspace.STEERING) else []
    return (stages[0], sum(not row.met for row in list_criteria(project, REPEATED))) if stages else None


def list_stage(place: Place) -> list[Answer]:
    """Answer what the end of the next stage lacks, then which project endangers it."""
    found = _read_stage(place.project.pk, place.state.version, place.parts, place.day)
    if not found:
        return list_endangered(place)
    stage, gaps = found
    words = ngettext("%(gate)s: %(n)s gap", "%(gate)s: %(n)s gaps", gaps) % {"gate": stage, "n": gaps}
    url = f"{reverse('pmo:gates:gates', args=[place.project.code])}?gate={REPEATED}"
    return [Answer(words, url, write_day(stage.ends_on), is_bad=gaps > 0), *list_endangered(place)]
