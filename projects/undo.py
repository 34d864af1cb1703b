"""Undo a change of many rows of a project: the act that changed them, and what they were before."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse

from core.access import Person
from core.acts import act_time
from core.lists.order import read_key
from core.lists.pages import build_query
from core.lists.selection import EDITED
from core.lists.undo import UNDONE_WITHIN, Undo
from projects.ledger.models import LedgerEvent
from projects.project.models import Project

LARGEST = 2**31 - 1


def find_first_seq(project: Project, actor: Person, rows: Sequence[Model]) -> int:
    """Return the number of the first entry of the act by which `actor` last changed the first of `rows`; 0 if none."""
    label = rows[0]._meta.label_lower
    own = project.events.filter(actor=actor.pk, subject=label)
    last = own.filter(subject_id=rows[0].pk).order_by("-seq").first()
    if last is None:
        return 0
    first = own.filter(acted_at=last.acted_at).order_by("seq").first()
    return first.seq if first else 0


def list_undoable(project: Project, actor: Person, model: type[Model], seq: int) -> list[LedgerEvent]:
    """List the entries about rows of `model` of the recent act of `actor` whose first one is `seq`; else none."""
    own = project.events.filter(actor=actor.pk, subject=model._meta.label_lower)
    entry = own.filter(seq=min(seq, LARGEST), acted_at__gt=act_time() - UNDONE_WITHIN).first()
    events = list(own.filter(acted_at=entry.acted_at).order_by("seq")) if entry else []
    return events if events and events[0].seq == seq else []


def find_former(project: Project, events: Sequence[LedgerEvent], rows: Sequence[Any]) -> dict[int, Any]:
    """Return the version before the act of `events` of each of these rows, by primary key.

    A row that was changed since is left out.
    """
    former: dict[int, Any] = {}
    if not rows:
        return former
    began = events[0].acted_at
    later = project.events.filter(seq__gt=events[-1].seq).exclude(acted_at=began).order_by("seq").first()
    versions = rows[0].history.model.objects.filter(id__in=[row.pk for row in rows])
    for version in versions.order_by("history_id"):
        if version.history_date < began:
            former[version.id] = version.instance
        elif later is not None and version.history_date >= later.acted_at:
            former.pop(version.id, None)
    return former


def find_undo(
    request: HttpRequest, project: Project, model: type[Model], url_name: str, say: Callable[[int], str]
) -> Undo | None:
    """Return the change of cells of rows that led to the page, while the reader may undo it at `url_name`."""
    seq = read_key(request.GET.get(EDITED, ""))
    rows = {event.subject_id for event in list_undoable(project, request.user, model, seq)} if seq else ()
    if not rows:
        return None
    return Undo(say(len(rows)), reverse(url_name, args=[project.code, seq]), build_query(request.GET))
