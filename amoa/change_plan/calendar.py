"""Calendar entries of a project visible to one reader, for the page and for calendar clients."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from amoa.change_plan.enums import ActionState
from amoa.change_plan.queries import list_dues
from core.access import Person
from core.record.erasure import display_text
from governance.models import Condition, Proposal
from governance.workflow import BEFORE_THE_OWNER
from projects.models import Project

#: Maximum number of entries of one kind.
MOST = 300


class Kind(models.TextChoices):
    """Kinds of calendar entries."""

    COMMUNICATION = "communication", gettext_lazy("communication")
    TRAINING = "training", gettext_lazy("training session")
    DECISION = "decision", gettext_lazy("decision due")
    CONDITION = "condition", gettext_lazy("condition due")
    CAMPAIGN = "campaign", gettext_lazy("acceptance campaign")


@dataclass(frozen=True)
class Entry:
    """An event on one day.

    `key` is stable and identifies it in feeds. `words` is text typed on the project, `about` a short context.
    """

    day: date
    kind: Kind
    key: str
    words: str
    about: str
    link: str


def list_entries(project: Project, user: Person, first: date, last: date) -> list[Entry]:
    """List the entries from `first` to `last` inclusive that `user` may read. Six queries."""
    days = (first, last)
    entries = [
        *_list_communications(project, days),
        *_list_trainings(project, days),
        *_list_decisions(project, user, days),
        *_list_conditions(project, user, days),
        *_list_campaigns(project, days),
    ]
    return sorted(entries, key=lambda entry: (entry.day, entry.kind, entry.key))


def _list_communications(project: Project, days: tuple[date, date]) -> Iterator[Entry]:
    rows = project.communications.exclude(state=ActionState.CANCELLED).select_related("group")
    dated = rows.filter(Q(due_on__range=days) | Q(after__isnull=False)).order_by("-pk")[:MOST]
    link = reverse("amoa:change_plan:change_communications", args=[project.code])
    for due in list_dues(project, dated):
        if due.day and days[0] <= due.day <= days[1]:
            key = f"communication-{due.action.pk}"
            yield Entry(due.day, Kind.COMMUNICATION, key, due.action.title, due.action.group.name, link)


def _list_trainings(project: Project, days: tuple[date, date]) -> Iterator[Entry]:
    rows = project.trainings.exclude(state=ActionState.CANCELLED).filter(held_on__range=days).select_related("group")
    link = reverse("amoa:change_plan:change_trainings", args=[project.code])
    for row in rows.order_by("-pk")[:MOST]:
        yield Entry(row.held_on, Kind.TRAINING, f"training-{row.pk}", row.title, row.group.name, link)


def _list_decisions(project: Project, user: Person, days: tuple[date, date]) -> Iterator[Entry]:
    waiting = Proposal.objects.visible_to(user).filter(project=project, state__in=BEFORE_THE_OWNER)
    rows = waiting.filter(current__decide_by__range=days).select_related("project", "current")
    for row in rows.order_by("-pk")[:MOST]:
        if row.current and row.current.decide_by:
            yield Entry(
                row.current.decide_by,
                Kind.DECISION,
                f"proposal-{row.pk}",
                display_text(row.current.title),
                row.reference,
                row.get_absolute_url(),
            )


def _list_conditions(project: Project, user: Person, days: tuple[date, date]) -> Iterator[Entry]:
    rows = Condition.objects.open().filter(
        decision__project=project,
        decision__project__in=Project.objects.visible_to(user),
        decision__superseded_by=None,
        due_on__range=days,
    )
    for row in rows.select_related("decision__project").order_by("-pk")[:MOST]:
        about, link = f"{row.decision.reference}, {row.role}", row.decision.get_absolute_url()
        yield Entry(row.due_on, Kind.CONDITION, f"condition-{row.pk}", display_text(row.text), about, link)


def _list_campaigns(project: Project, days: tuple[date, date]) -> Iterator[Entry]:
    rows = project.campaigns.filter(Q(starts_on__range=days) | Q(ends_on__range=days))
    for row in rows.order_by("-pk")[:MOST]:
        for name, day, about in (("start", row.starts_on, _("begins")), ("end", row.ends_on, _("ends"))):
            if days[0] <= day <= days[1]:
                yield Entry(day, Kind.CAMPAIGN, f"campaign-{row.pk}-{name}", row.title, about, row.get_absolute_url())
