"""Inbox."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.access import reader
from governance import workflow
from governance.decisions.models import Decision
from governance.inbox.queries import (
    CAP,
    count_by_list,
    get_rows,
    load_list_rows,
    to_advise,
    to_decide,
    to_rework,
    to_settle,
)
from governance.proposals.models import Proposal
from governance.workspace_registry import WAITING, WaitingList
from projects.absences.queries import list_absent_colleagues
from projects.mandates.seats import seats_of
from projects.organisation_settings.queries import today
from roles.models import User

MOST = 50


@dataclass(frozen=True)
class Section:
    """The rows of a workspace that wait for the reader."""

    waiting: WaitingList
    rows: list[Any]

    @property
    def summary(self) -> str:
        """Return the sentence with the number of rows."""
        return self.waiting.summary(len(self.rows))


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Render the inbox: decisions to take, opinions to give, returned files."""
    user = reader(request)
    seats = seats_of(user)
    owned = [seat.project_id for seat in seats if seat.decides]
    on_its_way = Proposal.objects.filter(project__in=owned, state__in=workflow.BEING_ADVISED)
    lists = {
        "decide": to_decide(user),
        "advise": to_advise(user),
        "rework": to_rework(user),
        "on_its_way": on_its_way if owned else on_its_way.none(),
    }
    counts = count_by_list(user, CAP + 1)
    waiting_lists = [waiting for waiting in WAITING if counts[waiting.name]]
    rows = {name: list(load_list_rows(waiting)[:MOST]) for name, waiting in lists.items()}
    prefetch_related_objects([row for section in rows.values() for row in section], "current__opinions")
    context = {
        **rows,
        "conditions": to_settle(user)
        .select_related("decision__project", "decision__revision", "proved_by")
        .order_by("due_on", "pk")[:MOST],
        "sections": [section for section in map(partial(_build_section, user), waiting_lists) if section.rows],
        "decides": bool(owned),
        "absent": list_absent_colleagues(user, today()),
        "recent": Decision.objects.visible_to(user)
        .filter(acted_at__gte=timezone.now() - timedelta(days=30))
        .select_related("project", "proposal", "revision")
        .order_by("-acted_at")[:10],
        "soon": timezone.localdate() + timedelta(days=7),
        "today": timezone.localdate(),
        "most": MOST,
    }
    return render(request, "governance/inbox/inbox.html", context)


def _build_section(user: User, waiting: WaitingList) -> Section:
    return Section(waiting, [*waiting.shown(get_rows(waiting, user))[:MOST]])
