"""States of the core that make evidence fade: conditions, work sent back, absences, groups without a voice."""

from datetime import timedelta
from typing import Any

from django.db.models import DateField, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, Greatest, JSONObject, Now

from core.sql.compiled_sql import Instant
from governance.decide.decisions.models import Condition, Decision
from governance.decide.obligations.facts import PROJECT, LocalDay
from governance.decide.proposals.models import Proposal
from governance.enums import ConditionState, Outcome, ProposalState
from projects.models import Delegation, Mandate, Project, RecipientGroup
from roles.enums import Gate

#: Days without a representative of a group.
UNSPOKEN_FOR = timedelta(days=30)
#: Days of an absence from which its owner delegates: more than five working days.
LONG_ABSENCE = timedelta(days=7)

type Rows = QuerySet[Any, dict[str, Any]]


def list_unproven_conditions() -> Rows:
    """Return the day of each open condition of PROJECT without a proof, for FADINGS."""
    rows: QuerySet[Any, Any] = Condition.objects.filter(
        decision__proposal__project=PROJECT, state=ConditionState.OPEN, proved_at=None
    ).order_by()
    return rows.values(row=JSONObject(on="due_on"))


def list_sent_back() -> Rows:
    """Return the day on which the owner sent back each proposal of the AMOA on PROJECT that is not submitted again."""
    rows: QuerySet[Any, Any] = Proposal.objects.filter(
        project=PROJECT, state=ProposalState.RETURNED, author_role="AMOA"
    ).order_by()
    return rows.values(row=JSONObject(on=LocalDay("state_since")))


def list_sendings_back(at: Instant) -> Rows:
    """Return the day of each time the owner sent back a proposal of the AMOA on PROJECT, for EVENT_ROWS."""
    sent: QuerySet[Any, Any] = Decision.objects.filter(
        project=PROJECT, outcome=Outcome.REWORK, proposal__author_role="AMOA", acted_at__lte=at
    ).order_by()
    return sent.values(row=JSONObject(on=LocalDay("acted_at")))


def list_absences_without_delegation() -> Rows:
    """Return the days of the long absence of the owner of PROJECT in which nobody may sign for them."""
    signed = Delegation.objects.filter(mandate=OuterRef("pk")).alias(
        first=LocalDay("period__startswith"), last=LocalDay("period__endswith")
    )
    covered = signed.filter(first__lte=OuterRef("holder__absent_from"), last__gt=OuterRef("holder__absent_from"))
    seats = Mandate.objects.deciding().filter(
        Q(period__endswith__isnull=True) | Q(period__endswith__gt=Now()), project=PROJECT, taken_back=False
    )
    absent = seats.filter(holder__absent_until__gte=F("holder__absent_from") + LONG_ABSENCE)
    rows: QuerySet[Any, Any] = absent.filter(~Exists(covered)).order_by()
    return rows.values(row=JSONObject(on="holder__absent_from", until="holder__absent_until"))


def list_groups_without_representative() -> Rows:
    """Return the day from which each group of PROJECT has had no representative for a month."""
    return _list_groups(Q()).values(row=JSONObject(on=Cast(F("alone_since") + UNSPOKEN_FOR, DateField())))


def list_groups_without_champion() -> Rows:
    """Return the day since when each group of PROJECT has no champion, once the design is settled."""
    settled = Project.objects.filter(pk=OuterRef("project"), gate__gte=Gate.G2)
    return _list_groups(Q(champion=True)).filter(Exists(settled)).values(row=JSONObject(on="alone_since"))


def _list_groups(seat: Q) -> QuerySet[Any, Any]:
    """Filter the groups of PROJECT for which nobody holds such a seat, with the day since when."""
    held = Mandate.objects.filter(seat, recipient_group=OuterRef("pk"), taken_back=False).order_by()
    going_on = held.filter(Q(period__endswith__isnull=True) | Q(period__endswith__gt=Now()))
    ended = held.values("recipient_group").annotate(on=Max("period__endswith")).values("on")
    history: Any = RecipientGroup.history
    described = history.filter(id=OuterRef("pk")).order_by().values("id").annotate(on=Min("history_date")).values("on")
    since = LocalDay(Greatest(Subquery(described), Subquery(ended)))
    return RecipientGroup.objects.filter(~Exists(going_on), project=PROJECT).order_by().annotate(alone_since=since)
