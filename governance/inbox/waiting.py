"""What waits for a person, as querysets: decisions to take, opinions to give, files to take back."""

from collections import Counter

from django.db.models import QuerySet, Value

from governance.models import Notification, Proposal
from projects.mandates.seats import seats_of
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


def _takes_part(user: User) -> bool:
    """Whether `user` holds a seat other than one that signs decisions."""
    return not all(seat.decides for seat in seats_of(user))


def counts(user: User, cap: int) -> tuple[int, int]:
    """How many files wait for `user`, and how many notices are unread, each counted up to `cap`, in one query."""
    waiting = [
        found.annotate(what=Value("waiting")).values_list("what", "pk")[:cap]
        for found in (to_decide(user), to_advise(user), to_rework(user))
    ]
    unread = Notification.objects.filter(recipient=user).unread().annotate(what=Value("unread"))
    found = Counter(what for what, _ in unread.values_list("what", "pk")[:cap].union(*waiting))
    return min(found["waiting"], cap), found["unread"]
