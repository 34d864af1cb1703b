"""The audience of a decision: who was notified, who confirmed reading, and which messages announce it."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from core.sql.compiled_sql import Reader
from core.sql.subqueries import count_rows
from governance.decide.decisions.models import Decision
from governance.record.acknowledgements.models import Acknowledgement
from governance.workspace_registry import ANNOUNCEMENTS, Announcements
from projects.models import Mandate, Matrix
from roles.enums import lettered_kind, list_named_kinds

#: Limit of people and of messages in one panel.
MOST = 100


@dataclass(frozen=True)
class NotifiedPerson:
    """A notified person, and their acknowledgement if they gave one."""

    seat: Mandate
    read: Acknowledgement | None


class Announced(NamedTuple):
    """Rows of a workspace that announce a decision."""

    by: Announcements
    rows: list[Any]


@dataclass(frozen=True)
class Audience:
    """People notified of a decision, other readers, and the rows that announce it."""

    notified: list[NotifiedPerson]
    other_readers: list[Acknowledgement]
    announced: list[Announced]

    @property
    def confirmations(self) -> list[Acknowledgement]:
        """List every acknowledgement."""
        return [*(person.read for person in self.notified if person.read), *self.other_readers]

    @property
    def reached(self) -> int:
        """Count the notified people who confirmed reading."""
        return sum(person.read is not None for person in self.notified)


def with_reading(decisions: QuerySet[Decision], user: Reader) -> Any:
    """Annotate `read_by`, the number of acknowledgements, and `read_by_me`, whether `user` gave one. No query."""
    about = Acknowledgement.objects.filter(decision=OuterRef("pk")).order_by()
    return decisions.annotate(
        read_by=count_rows(about, "decision"), read_by_me=Exists(about.filter(reader_id=user.pk or 0))
    )


def get_audience(decision: Decision) -> Audience:
    """Return participants in this kind at that time, the author, and the announcements. Three queries."""
    read = {
        confirmation.reader_id: confirmation
        for confirmation in decision.acknowledgements.select_related("reader").order_by("acted_at", "pk")[:MOST]
    }
    notified = [NotifiedPerson(seat, read.get(seat.holder_id)) for seat in _list_notified(decision)]
    known = {person.seat.holder_id for person in notified}
    other_readers = [confirmation for pk, confirmation in read.items() if pk not in known]
    announced = [Announced(by, list(by.find(decision)[:MOST])) for by in ANNOUNCEMENTS]
    return Audience(notified, other_readers, [section for section in announced if section.rows])


def _list_notified(decision: Decision) -> list[Mandate]:
    """List who held a role involved in this kind, or the author's, at the decision; without who decided."""
    kind, project = decision.proposal.kind, decision.project
    then = project.history.filter(history_date__lte=decision.acted_at).order_by("-history_date", "-pk")
    letters = Matrix.objects.filter(pk=Subquery(then.values("matrix_id")[:1])).values("powers")
    held = project.mandates.during(decision.acted_at).exclude(holder=decision.decided_by_id)
    seats = held.annotate(letters=Subquery(letters)).select_related("holder", "role").order_by("role__position", "pk")
    return [seat for seat in seats if _is_involved(seat, kind, decision.proposal.author_role)][:MOST]


def _is_involved(seat: Any, kind: str, author: str) -> bool:
    """Return whether the role of the seat is the author's or has a letter at this kind."""
    powers: dict[str, dict[str, list[str]]] = seat.letters or {}
    lettered, natures = lettered_kind(kind, list_named_kinds(powers)), powers.get(seat.role.code, {})
    return seat.role.code == author or any(lettered in kinds for kinds in natures.values())
