"""What waits for a person, as querysets: decisions to take, opinions to give, files to take back."""

from collections import Counter
from typing import Any

from django.db.models import QuerySet, Value

from governance.models import Condition, Notification, Proposal
from projects.mandates.seats import seats_of
from projects.models import Question
from roles.models import User


def listed(proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """With what a line of the list shows but its opinions, the most urgent first."""
    return proposals.select_related("project", "current__decision", "author").order_by("current__decide_by", "pk")


# The seats of a reader are known in every request: what no seat of theirs can make wait is not asked of the database.


def to_decide(user: User) -> QuerySet[Proposal]:
    """Ready files that `user` may decide now."""
    signs = any(seat.decides for seat in seats_of(user))
    return Proposal.objects.awaiting_decision_of(user) if signs else Proposal.objects.none()


def to_advise(user: User) -> QuerySet[Proposal]:
    """Files that await the opinion of a role of `user`."""
    return Proposal.objects.awaiting_opinion_of(user) if _takes_part(user) else Proposal.objects.none()


def to_rework(user: User) -> QuerySet[Proposal]:
    """Files that came back to a role of `user`."""
    return Proposal.objects.awaiting_rework_of(user) if _takes_part(user) else Proposal.objects.none()


def to_settle(user: User) -> QuerySet[Condition]:
    """Conditions whose proof `user` is to give, or, as the owner, to look at."""
    return Condition.objects.awaiting(user) if seats_of(user) else Condition.objects.none()


def to_answer(user: User) -> QuerySet[Question]:
    """Questions that a role of `user` is asked."""
    return Question.objects.awaiting(user) if _takes_part(user) else Question.objects.none()


def _takes_part(user: User) -> bool:
    """Whether `user` holds a seat other than one that signs decisions."""
    return not all(seat.decides for seat in seats_of(user))


def counts(user: User, cap: int) -> tuple[int, int]:
    """How much waits for `user`, and how many notices are unread, each counted up to `cap`, in one query."""
    lists: list[tuple[str, QuerySet[Any]]] = [
        ("file", to_decide(user)),
        ("file", to_advise(user)),
        ("file", to_rework(user)),
        ("condition", to_settle(user)),
        ("question", to_answer(user)),
        ("unread", Notification.objects.filter(recipient=user).unread()),
    ]
    rows = [found.annotate(what=Value(what)).values_list("what", "pk")[:cap] for what, found in lists]
    found = Counter(what for what, _ in rows[-1].union(*rows[:-1]))
    return min(found["file"] + found["condition"] + found["question"], cap), found["unread"]
