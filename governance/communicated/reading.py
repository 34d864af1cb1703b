"""Whom a decision was told to, who has confirmed reading it, and which messages announce it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from governance.communicated.models import Acknowledgement
from governance.decisions.models import Decision
from projects.models import CommunicationAction, Mandate, Matrix
from roles.access import Visitor

#: The most people and messages of one panel.
MOST = 100


@dataclass(frozen=True)
class Told:
    """Somebody of the audience, and when they confirmed reading, if they did."""

    seat: Mandate
    read: Acknowledgement | None


@dataclass(frozen=True)
class Audience:
    """Whom a decision was told to, those who read it besides, and the messages tied to it."""

    told: list[Told]
    besides: list[Acknowledgement]
    messages: list[CommunicationAction]

    @property
    def confirmations(self) -> list[Acknowledgement]:
        """Everybody's."""
        return [*(one.read for one in self.told if one.read), *self.besides]

    @property
    def reached(self) -> int:
        """How many of the audience have confirmed reading."""
        return sum(one.read is not None for one in self.told)


def with_reading(decisions: QuerySet[Decision], user: Visitor) -> Any:
    """With `read_by`, how many have confirmed reading, and `read_by_me`, whether `user` has. No query of its own."""
    about = Acknowledgement.objects.filter(decision=OuterRef("pk")).order_by()
    counted = about.values("decision").annotate(n=Count("pk")).values("n")
    return decisions.annotate(
        read_by=Coalesce(Subquery(counted), 0), read_by_me=Exists(about.filter(reader_id=user.pk or 0))
    )


def audience(decision: Decision) -> Audience:
    """Those who took part in its kind when it was taken, the role that wrote it, and the messages. Four queries."""
    read = {
        one.reader_id: one
        for one in decision.acknowledgements.select_related("reader").order_by("acted_at", "pk")[:MOST]
    }
    told = [Told(seat, read.get(seat.holder_id)) for seat in _told(decision)]
    known = {one.seat.holder_id for one in told}
    about = decision.project.communications.filter(after=decision.proposal.number)
    return Audience(
        told, [one for pk, one in read.items() if pk not in known],
        list(about.select_related("group").order_by("pk")[:MOST]),
    )  # fmt: skip


def _told(decision: Decision) -> list[Mandate]:
    """Who held a role with a letter at this kind, or that of the author, when it was taken; not who took it."""
    kind, powers = decision.proposal.kind, _powers(decision)
    codes = [code for code, natures in powers.items() if any(kind in kinds for kinds in natures.values())]
    held = decision.project.mandates.during(decision.acted_at)
    people = held.filter(role__code__in=[*codes, decision.proposal.author_role]).exclude(holder=decision.decided_by_id)
    return list(people.select_related("holder", "role").order_by("role__position", "pk")[:MOST])


def _powers(decision: Decision) -> dict[str, dict[str, list[str]]]:
    """What the letters of the matrix said then."""
    then = decision.project.history.filter(history_date__lte=decision.acted_at).order_by("-history_date", "-pk")
    found = Matrix.objects.filter(pk=Subquery(then.values("matrix_id")[:1])).values_list("powers", flat=True).first()
    return found or {}
