"""Whom a decision was told to, who has confirmed reading it, and which messages announce it."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from core.access import Visitor
from core.subqueries import counted
from governance.acknowledgements.models import Acknowledgement
from governance.decisions.models import Decision
from governance.workspaces import ANNOUNCEMENTS, Announcements
from projects.models import Mandate, Matrix

#: The most people and messages of one panel.
MOST = 100


@dataclass(frozen=True)
class Told:
    """Somebody of the audience, and when they confirmed reading, if they did."""

    seat: Mandate
    read: Acknowledgement | None


class Announced(NamedTuple):
    """The rows of a workspace that announce a decision."""

    by: Announcements
    rows: list[Any]


@dataclass(frozen=True)
class Audience:
    """Whom a decision was told to, those who read it besides, and what announces it."""

    told: list[Told]
    besides: list[Acknowledgement]
    announced: list[Announced]

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
    return decisions.annotate(
        read_by=counted(about, "decision"), read_by_me=Exists(about.filter(reader_id=user.pk or 0))
    )


def audience(decision: Decision) -> Audience:
    """Those who took part in its kind when it was taken, its author, and what announces it. Three queries."""
    read = {
        one.reader_id: one
        for one in decision.acknowledgements.select_related("reader").order_by("acted_at", "pk")[:MOST]
    }
    told = [Told(seat, read.get(seat.holder_id)) for seat in _told(decision)]
    known = {one.seat.holder_id for one in told}
    besides = [one for pk, one in read.items() if pk not in known]
    announced = [Announced(by, list(by.find(decision)[:MOST])) for by in ANNOUNCEMENTS]
    return Audience(told, besides, [found for found in announced if found.rows])


def _told(decision: Decision) -> list[Mandate]:
    """Who held a role with a letter at this kind, or that of the author, when it was taken; not who took it."""
    kind, project = decision.proposal.kind, decision.project
    then = project.history.filter(history_date__lte=decision.acted_at).order_by("-history_date", "-pk")
    letters = Matrix.objects.filter(pk=Subquery(then.values("matrix_id")[:1])).values("powers")
    held = project.mandates.during(decision.acted_at).exclude(holder=decision.decided_by_id)
    seats = held.annotate(letters=Subquery(letters)).select_related("holder", "role").order_by("role__position", "pk")
    return [seat for seat in seats if _was_told(seat, kind, decision.proposal.author_role)][:MOST]


def _was_told(seat: Any, kind: str, author: str) -> bool:
    natures: dict[str, list[str]] = (seat.letters or {}).get(seat.role.code, {})
    return seat.role.code == author or any(kind in kinds for kinds in natures.values())
