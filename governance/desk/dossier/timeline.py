"""Timeline of ledger events, newest first, with quotes of the actors where a page shows them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy

from governance.decide.decisions.models import Condition, Decision
from governance.decide.opinions.models import Opinion
from governance.enums import Act, Outcome, Position
from governance.record.erasure.models import Erasure
from projects.ledger.enums import Act as ProjectAct
from projects.ledger.enums import label_of_act
from projects.models import LedgerEvent

WORDS: dict[str, Any] = {Act.ADVISE: Position, Act.DECIDE: Outcome}
#: Labels of acts on a reservation.
ON_A_RESERVATION: dict[str, Any] = {
    Act.PROVE: gettext_lazy("Evidence given for a reservation"),
    Act.LIFT: gettext_lazy("Reservation cleared"),
    Act.WAIVE: gettext_lazy("Reservation waived"),
    Act.LAPSE: gettext_lazy("Reservation not cleared in time"),
}


@dataclass(frozen=True)
class Entry:
    """One act of the timeline. `tone` is an outcome, a position or empty; `quote` the actor's own words.

    `reference` is that of a decision, or the number of a revision.
    """

    event: LedgerEvent
    label: Any
    tone: str
    tone_label: str
    reference: str
    quote: str = ""


def build_entries(events: Iterable[LedgerEvent]) -> list[Entry]:
    """Build the entries of `events` without quotes. No query."""
    return [_build_entry(event) for event in events]


def build_quoted_entries(events: Iterable[LedgerEvent]) -> list[Entry]:
    """Build the entries of `events` with quotes. One query for each kind of subject."""
    events = list(events)

    def written(act: str) -> list[int]:
        return [event.subject_id for event in events if event.act == act]

    opinions = Opinion.objects.in_bulk(written(Act.ADVISE))
    decisions = Decision.objects.select_related("project").in_bulk(written(Act.DECIDE))
    settled = [number for act in ON_A_RESERVATION for number in written(act)]
    conditions = Condition.objects.select_related("decision").in_bulk(settled)
    erasures = Erasure.objects.in_bulk(written(ProjectAct.ERASE))
    entries = []
    for event in events:
        quote, reference = "", None
        if event.act == Act.ADVISE:
            quote = opinions[event.subject_id].reasons
        elif event.act == Act.DECIDE:
            quote, reference = decisions[event.subject_id].reasons, decisions[event.subject_id].reference
        elif event.act == Act.LIFT:
            quote = conditions[event.subject_id].proof
        elif event.act == ProjectAct.ERASE:
            quote = erasures[event.subject_id].because
        entry = _build_entry(event, quote, reference)
        if event.act in ON_A_RESERVATION and conditions[event.subject_id].is_reservation:
            entry = replace(entry, label=str(ON_A_RESERVATION[event.act]))
        entries.append(entry)
    return entries


def _build_entry(event: LedgerEvent, quote: str = "", reference: str | None = None) -> Entry:
    words = WORDS.get(event.act)
    return Entry(
        event=event,
        label=label_of_act(event.act),
        tone=event.detail if words else "",
        tone_label=str(words(event.detail).label) if words else "",
        reference=reference or (event.detail if event.act in {Act.SUBMIT, Act.BREAK_SEAL, Act.SUPERSEDE} else ""),
        quote=quote,
    )
