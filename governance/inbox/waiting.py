"""What waits for a person, as querysets: decisions to take, opinions to give, files to take back."""

from collections import Counter
from functools import cache
from typing import Any

from django.db.models import QuerySet, Value

from governance.models import Condition, Notification, Proposal
from projects.mandates.seats import seats_of
from projects.models import Question
from roles import acting
from roles.models import User
from roles.prepared import AT, READER, Compiled, compile_query, execute


def listed(proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """With what a line of the list shows but its opinions, the most urgent first."""
    return proposals.select_related("project", "current__decision", "author").order_by("current__decide_by", "pk")


#: Who can be waited for by a list: what no seat of theirs can make wait is not asked of the database.
SIGNS, TAKES_PART, SITS = "signs", "takes part", "sits"


def _standing(user: User) -> frozenset[str]:
    """What the seats `user` holds now let wait for them."""
    seats = seats_of(user)
    said = {SIGNS: any(seat.decides for seat in seats), TAKES_PART: not all(seat.decides for seat in seats)}
    return frozenset(name for name, holds in {**said, SITS: bool(seats)}.items() if holds)


def to_decide(user: User) -> QuerySet[Proposal]:
    """Ready files that `user` may decide now."""
    return Proposal.objects.awaiting_decision_of(user) if SIGNS in _standing(user) else Proposal.objects.none()


def to_advise(user: User) -> QuerySet[Proposal]:
    """Files that await the opinion of a role of `user`."""
    return Proposal.objects.awaiting_opinion_of(user) if TAKES_PART in _standing(user) else Proposal.objects.none()


def to_rework(user: User) -> QuerySet[Proposal]:
    """Files that came back to a role of `user`."""
    return Proposal.objects.awaiting_rework_of(user) if TAKES_PART in _standing(user) else Proposal.objects.none()


def to_settle(user: User) -> QuerySet[Condition]:
    """Conditions whose proof `user` is to give, or, as the owner, to look at."""
    return Condition.objects.awaiting(user) if SITS in _standing(user) else Condition.objects.none()


def to_answer(user: User) -> QuerySet[Question]:
    """Questions that a role of `user` is asked."""
    return Question.objects.awaiting(user) if TAKES_PART in _standing(user) else Question.objects.none()


def counts(user: User, cap: int) -> tuple[int, int]:
    """How much waits for `user`, and how many notices are unread, each counted up to `cap`, in one query."""
    statement = _counted(_standing(user), cap)
    found = Counter(what for what, _ in execute(statement, reader=user.pk, at=acting.at()))
    return min(found["file"] + found["condition"] + found["question"], cap), found["unread"]


@cache
def _counted(standing: frozenset[str], cap: int) -> Compiled:
    """Compile the query of the counts of a reader of that standing: every page of a signed-in reader runs it."""
    lists: list[tuple[str, str, QuerySet[Any]]] = [
        (SIGNS, "file", Proposal.objects.awaiting_decision_of(READER, AT)),
        (TAKES_PART, "file", Proposal.objects.awaiting_opinion_of(READER, AT)),
        (TAKES_PART, "file", Proposal.objects.awaiting_rework_of(READER, AT)),
        (SITS, "condition", Condition.objects.awaiting(READER, AT)),
        (TAKES_PART, "question", Question.objects.awaiting(READER, AT)),
        ("", "unread", Notification.objects.filter(recipient=READER).unread()),
    ]
    asked = [(what, found) for who, what, found in lists if not who or who in standing]
    rows = [found.annotate(what=Value(what)).values_list("what", "pk")[:cap] for what, found in asked]
    return compile_query(rows[-1].union(*rows[:-1]))
