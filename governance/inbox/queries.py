"""Querysets of what waits for a person: decisions, opinions, returned files, conditions."""

from collections import Counter
from functools import cache
from typing import Any

from django.db.models import Count, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from core.acts import act_time, cached
from core.compiled_sql import AT, READER, Compiled, compile_query, execute
from governance.decisions.models import Condition
from governance.proposals.models import Proposal
from governance.workspace_registry import ADVISING, ANY, DECIDING, WAITING, WaitingList
from projects.mandates.seats import seats_of
from projects.models import Notification
from roles.models import User

#: Highest count that pages show.
CAP = 99


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
    rows = waiting.rows_of(user)
    return rows if not waiting.seat or waiting.seat in _fillable_lists(user) else rows.none()


def count_open_work(user: User) -> list[tuple[Any, int]]:
    """List what waits for `user`: (kind, number)."""
    lists: list[tuple[Any, QuerySet[Any]]] = [
        (_("Decisions to take"), to_decide(user)),
        (_("Opinions to give"), to_advise(user)),
        (_("Proposals to rework"), to_rework(user)),
        (_("Conditions"), to_settle(user)),
        *((waiting.heading, get_rows(waiting, user)) for waiting in WAITING),
    ]
    return [(kind, rows.count()) for kind, rows in lists]


def count_by_list(user: User, cap: int) -> Counter[str]:
    """Count the rows that wait for `user` by name of their list, and `unread` notices, each up to `cap`.

    One query, once per request.
    """

    def count() -> Counter[str]:
        statement = _compile_counts(_fillable_lists(user), cap)
        return Counter(what for what, _pk in execute(statement, reader=user.pk, at=act_time()))

    return cached(("waiting", user.pk, cap), count)


def count_waiting(user: User, cap: int) -> tuple[int, int]:
    """Count waiting rows and unread notices of `user`, each up to `cap`. One query, once per request."""
    counts = count_by_list(user, cap)
    return min(counts.total() - counts["unread"], cap), counts["unread"]


def count_by_project(user: User) -> dict[int, int]:
    """Count the rows that wait for `user` by project; projects without any are left out. One query."""
    counts: Counter[int] = Counter()
    standing = _fillable_lists(user)
    if standing:
        for project, n in execute(_compile_counts_by_project(standing), reader=user.pk, at=act_time()):
            counts[project] += n
    return dict(counts)


def _list_sources(standing: frozenset[str]) -> list[tuple[str, str, QuerySet[Any]]]:
    """List what waits for readers of this standing: name, lookup of the project, rows."""
    lists: list[tuple[str, str, str, QuerySet[Any]]] = [
        (DECIDING, "file", "project", Proposal.objects.awaiting_decision_of(READER, AT)),
        (ADVISING, "file", "project", Proposal.objects.awaiting_opinion_of(READER, AT)),
        (ADVISING, "file", "project", Proposal.objects.awaiting_rework_of(READER, AT)),
        (ANY, "condition", "decision__project", Condition.objects.awaiting(READER, AT)),
        *((waiting.seat, waiting.name, waiting.project, waiting.rows_of(READER, AT)) for waiting in WAITING),
    ]
    return [(what, project, rows) for who, what, project, rows in lists if not who or who in standing]


@cache
def _compile_counts(standing: frozenset[str], cap: int) -> Compiled:
    """Compile the counting query for readers of this standing: every page runs it."""
    unread = Notification.objects.filter(recipient=READER).unread()
    sources = [*((what, source) for what, _, source in _list_sources(standing)), ("unread", unread)]
    rows = [source.annotate(what=Value(what)).values_list("what", "pk")[:cap] for what, source in sources]
    return compile_query(rows[-1].union(*rows[:-1]))


@cache
def _compile_counts_by_project(standing: frozenset[str]) -> Compiled:
    """Compile the query that counts what waits by project, for readers of this standing."""
    rows = [
        source.order_by().values(project).annotate(n=Count("pk", distinct=True)).values_list(project, "n")
        for _, project, source in _list_sources(standing)
        if project
    ]
    return compile_query(rows[0].union(*rows[1:], all=True))
