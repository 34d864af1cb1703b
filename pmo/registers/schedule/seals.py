"""The decided end of a project, once a milestone is expected after it: the mark on the decision, and the difference."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.acts import act_time
from core.pages.lists.undo import Effects
from core.templatetags.ui import day
from governance.decide.decisions.models import Decision, Effect
from governance.decide.decisions.seal_breaks import break_seal, list_marked
from governance.decide.decisions.watches import ChangedItem, ChangedPart
from pmo.registers.schedule.models import Milestone
from projects.models import Project
from projects.undo import Change, Limits
from roles.models import User


def find_decided_end(project: Project) -> tuple[Decision, str] | None:
    """Return the last decision on the end of the project, while it is in force, with the day it set. One query."""
    effects = Effect.objects.filter(subject=Project._meta.label_lower, subject_id=project.pk, field="ends_on")
    related = ("revision", "project", "superseded_by", "proposal__project", "proposal__current", "proposal__draft")
    effect = effects.select_related(*(f"decision__{name}" for name in related)).order_by("-pk").first()
    if effect is None or effect.decision.successor or effect.decision.content.terms.get("ends_on") != effect.after:
        return None
    return effect.decision, effect.after


def mark_expected_after_the_end(actor: User, milestone: Milestone) -> None:
    """Mark the decision on the end of the project when the milestone is expected after it."""
    decided, expected = find_decided_end(milestone.project), str(milestone.forecast_on)
    if decided and expected > decided[1]:
        break_seal(decided[0], f"milestone:{milestone.pk}", decided[1], expected, [milestone.code])


def describe_effects(project: Project, moved: Sequence[Milestone], count: int) -> Effects | None:
    """Return what new forecasts that the running act has written do to the decided end, out of `count` milestones."""
    decided = find_decided_end(project)
    late = [row for row in moved if decided and str(row.forecast_on) > decided[1]]
    if not late:
        return None
    words = ngettext(
        "%(n)s of %(count)s is expected after the decided end of the project.",
        "%(n)s of %(count)s are expected after the decided end of the project.",
        len(late),
    )
    rows = tuple(sorted(row.pk for row in late))
    return Effects(words % {"n": len(late), "count": count}, count, rows, list_marked(project, act_time()))


def read_limits(project: Project, _change: Change) -> Limits:
    """Return why an undo cannot give back a milestone: the owner has been told of its forecast. One query."""
    decided = find_decided_end(project)

    def why_kept(former: Any, row: Any) -> str:
        is_late = decided is not None and str(row.forecast_on) > decided[1]
        if is_late and row.forecast_on != former.forecast_on:
            return _("The project owner has been notified of the new forecast date.")
        return ""

    return why_kept


def compare_end(change: Any) -> ChangedItem:
    """Describe the milestone that is expected after the decided end."""
    milestone = Milestone.objects.select_related("project").get(pk=change.key)
    before, after = (str(day(date.fromisoformat(text))) for text in (change.before, change.after))
    parts = [ChangedPart(_("Decided end of the project, then forecast date of the milestone"), before, after)]
    return ChangedItem(str(milestone), reverse("pmo:schedule:schedule", args=[milestone.project.code]), parts)
