"""What waits for a person, as querysets: decisions to take, opinions to give, files to take back."""

from collections import Counter
from functools import cache
from typing import Any

from django.db.models import QuerySet, Value

from core import acts as acting
from core.compiled_sql import AT, READER, Compiled, compile_query, execute
from governance.decisions.models import Condition
from governance.proposals.models import Proposal
from governance.workspaces import ADVISING, ANY, DECIDING, WAITING, WaitingList
from projects.mandates.seats import seats_of
from projects.models import Notification
from roles.models import User


def listed(proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """With what a line of the list shows but its opinions, the most urgent first."""
    return proposals.select_related("project", "current__decision", "author").order_by("current__decide_by", "pk")


def _standing(user: User) -> frozenset[str]:
    """Return which lists the seats of `user` can fill: what none of them can make wait is not asked of the database."""
    seats = seats_of(user)
    said = {DECIDING: any(seat.decides for seat in seats), ADVISING: not all(seat.decides for seat in seats)}
    return frozenset(name for name, holds in {**said, ANY: bool(seats)}.items() if holds)


def to_decide(user: User) -> QuerySet[Proposal]:
    """Ready files that `user` may decide now."""
    return Proposal.objects.awaiting_decision_of(user) if DECIDING in _standing(user) else Proposal.objects.none()


def to_advise(user: User) -> QuerySet[Proposal]:
    """Files that await the opinion of a role of `user`."""
    return Proposal.objects.awaiting_opinion_of(user) if ADVISING in _standing(user) else Proposal.objects.none()


def to_rework(user: User) -> QuerySet[Proposal]:
    """Files that came back to a role of `user`."""
    return Proposal.objects.awaiting_rework_of(user) if ADVISING in _standing(user) else Proposal.objects.none()


def to_settle(user: User) -> QuerySet[Condition]:
    """Conditions whose proof `user` is to give, or, as the owner, to look at."""
    return Condition.objects.awaiting(user) if ANY in _standing(user) else Condition.objects.none()


def rows_of(waiting: WaitingList, user: User) -> QuerySet[Any]:
    """Return what waits for `user` in the list of a workspace."""
    rows = waiting.rows(user)
    return rows if waiting.seat in _standing(user) else rows.none()


def counts(user: User, cap: int) -> tuple[int, int]:
    """How much waits for `user`, and how many notices are unread, each counted up to `cap`, in one query."""
    statement = _counted(_standing(user), cap)
    found = Counter(what for what, _ in execute(statement, reader=user.pk, at=acting.act_time()))
    unread = found.pop("unread", 0)
    return min(found.total(), cap), unread


@cache
def _counted(standing: frozenset[str], cap: int) -> Compiled:
    """Compile the query of the counts of a reader of that standing: every page of a signed-in reader runs it."""
    lists: list[tuple[str, str, QuerySet[Any]]] = [
        (DECIDING, "file", Proposal.objects.awaiting_decision_of(READER, AT)),
        (ADVISING, "file", Proposal.objects.awaiting_opinion_of(READER, AT)),
        (ADVISING, "file", Proposal.objects.awaiting_rework_of(READER, AT)),
        (ANY, "condition", Condition.objects.awaiting(READER, AT)),
        *((waiting.seat, waiting.name, waiting.rows(READER, AT)) for waiting in WAITING),
        ("", "unread", Notification.objects.filter(recipient=READER).unread()),
    ]
    asked = [(what, found) for who, what, found in lists if not who or who in standing]
    rows = [found.annotate(what=Value(what)).values_list("what", "pk")[:cap] for what, found in asked]
    return compile_query(rows[-1].union(*rows[:-1]))
