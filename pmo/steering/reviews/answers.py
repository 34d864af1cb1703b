"""Answer to the question of a home on the review: which is due, and what it lacks."""

from datetime import date
from functools import lru_cache

from django.urls import reverse
from django.utils.translation import ngettext

from governance.desk.home.questions import Answer, Place
from pmo.steering.dashboards.answers import KEPT_GROUPS, list_to_justify
from pmo.steering.reviews.periods import DueReview, find_due_review, list_old_figures
from projects.models import Project


@lru_cache(maxsize=KEPT_GROUPS)
def _read_review(
    root: int, _version: str, parts: tuple[tuple[int, str], ...], day: date
) -> tuple[DueReview, int] | None:
    """Return the review that is due on a portfolio, with the number of projects below whose figures are too old."""
    due = find_due_review(Project.objects.get(pk=root), day)
    return (due, len(list_old_figures([pk for pk, _version in parts], day))) if due else None


def list_review(place: Place) -> list[Answer]:
    """Answer what the next review lacks, then what has been stormy for two months."""
    found = _read_review(place.project.pk, place.state.version, place.parts, place.day)
    if not found:
        return list_to_justify(place)
    due, old = found
    note = ngettext("%(n)s project with old figures", "%(n)s projects with old figures", old) % {"n": old}
    url = reverse("pmo:reviews:review_list", args=[place.project.code])
    return [Answer(due.sentence, url, note if old else "", is_bad=due.late > 0), *list_to_justify(place)]
