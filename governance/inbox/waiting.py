"""What waits for a person, as querysets: decisions to take, opinions to give, files to take back."""

from django.db.models import QuerySet

from governance.models import Proposal
from roles.models import User


def listed(proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """With what a line of the list shows, the most urgent first."""
    return (
        proposals.select_related("project", "current", "author")
        .prefetch_related("current__opinions")
        .order_by("current__decide_by", "pk")
    )


def to_decide(user: User) -> QuerySet[Proposal]:
    """Ready files that `user` may decide now."""
    return Proposal.objects.awaiting_decision_of(user)


def to_advise(user: User) -> QuerySet[Proposal]:
    """Files that await the opinion of a role of `user`."""
    return Proposal.objects.awaiting_opinion_of(user)


def to_rework(user: User) -> QuerySet[Proposal]:
    """Files that came back to a role of `user`."""
    return Proposal.objects.awaiting_rework_of(user)


def waiting_count(user: User, cap: int) -> int:
    """How many files wait for `user`, counted up to `cap`."""
    ids = to_decide(user).values("pk").union(to_advise(user).values("pk"), to_rework(user).values("pk"))
    return len(ids[:cap])
