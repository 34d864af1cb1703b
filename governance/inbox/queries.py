"""Querysets of what waits for a person: decisions, opinions, returned files, conditions."""

from collections import Counter
from functools import cache
from typing import Any

from django.db.models import QuerySet, Value

from core.acts import act_time
from core.compiled_sql import AT, READER, Compiled, compile_query, execute
from governance.decisions.models import Condition
from governance.proposals.models import Proposal
from governance.workspace_registry import ADVISING, ANY, DECIDING, WAITING, WaitingList
from projects.mandates.seats import seats_of
from projects.models import Notification
from roles.models import User


def load_list_rows(proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """Load what a row of the list shows, without opinions; most urgent first."""
    return proposals.select_related("project", "current__decision", "author").order_by("current__decide_by", "pk")


def _fillable_lists(user: User) -> frozenset[str]:
    """Return which lists the seats of `user` can fill, to skip queries that must be empty."""
    seats = seats_of(user)
    answers = {DECIDING: any(seat.decides for seat in seats), ADVISING: not all(seat.decides for seat in seats)}
    return frozenset(name for name, holds in {**answers, ANY: bool(seats)}.items() if holds)


def to_decide(user: User) -> QuerySet[Proposal]:
    """Return ready files that `user` may decide now."""
    return Proposal.objects.awaiting_decision_of(user) if DECIDING in _fillable_lists(user) else Proposal.objects.none()


def to_advise(user: User) -> QuerySet[Proposal]:
    """Return files that await the opinion of a role of `user`."""
    return Proposal.objects.awaiting_opinion_of(user) if ADVISING in _fillable_lists(user) else Proposal.objects.none()


def to_rework(user: User) -> QuerySet[Proposal]:
    """Return files returned to a role of `user`."""
    return Proposal.objects.awaiting_rework_of(user) if ADVISING in _fillable_lists(user) else Proposal.objects.none()


def to_settle(user: User) -> QuerySet[Condition]:
    """Return conditions that `user` must prove, or check as the owner."""
    return Condition.objects.awaiting(user) if ANY in _fillable_lists(user) else Condition.objects.none()


def get_rows(waiting: WaitingList, user: User) -> QuerySet[Any]:
    """Return the rows of a workspace that wait for `user`."""
    rows = waiting.rows(user)
    return rows if waiting.seat in _fillable_lists(user) else rows.none()


def count_waiting(user: User, cap: int) -> tuple[int, int]:
    """Count waiting rows and unread notices of `user`, each up to `cap`. One query."""
    statement = _compile_counts(_fillable_lists(user), cap)
    counts = Counter(what for what, _ in execute(statement, reader=user.pk, at=act_time()))
    unread = counts.pop("unread", 0)
    return min(counts.total(), cap), unread


@cache
def _compile_counts(standing: frozenset[str], cap: int) -> Compiled:
    """Compile the counting query for readers of this standing: every page runs it."""
    lists: list[tuple[str, str, QuerySet[Any]]] = [
        (DECIDING, "file", Proposal.objects.awaiting_decision_of(READER, AT)),
        (ADVISING, "file", Proposal.objects.awaiting_opinion_of(READER, AT)),
        (ADVISING, "file", Proposal.objects.awaiting_rework_of(READER, AT)),
        (ANY, "condition", Condition.objects.awaiting(READER, AT)),
        *((waiting.seat, waiting.name, waiting.rows(READER, AT)) for waiting in WAITING),
        ("", "unread", Notification.objects.filter(recipient=READER).unread()),
    ]
    sources = [(what, source) for who, what, source in lists if not who or who in standing]
    rows = [source.annotate(what=Value(what)).values_list("what", "pk")[:cap] for what, source in sources]
    return compile_query(rows[-1].union(*rows[:-1]))
