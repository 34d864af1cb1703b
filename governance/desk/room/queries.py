"""What the room of a session shows one reader: the item that is heard, its file, and how far the session is."""

from dataclasses import dataclass
from typing import Any

from core.access import can
from governance.decide.evidence.attachments import load_versions
from governance.decide.proposals.models import Proposal
from governance.desk.dossier.advices import Advice, filter_current, is_divergent, list_advices, list_given
from governance.desk.dossier.proposed import ProposedText, read_text
from governance.desk.room.pointer import Pointer, read_pointer
from governance.enums import ProposalState
from governance.sessions.agenda.sources import PROPOSALS
from governance.sessions.sittings.enums import SessionState
from governance.sessions.sittings.models import Session
from governance.sessions.sittings.queries import Entry, is_settled, read_agenda
from roles.models import User


@dataclass(frozen=True)
class File:
    """The proposal that is heard, as its dossier shows it: text, options, opinions."""

    proposal: Proposal
    proposed: ProposedText
    advices: list[Advice]
    diverge: bool
    may_decide: bool

    @property
    def opinions(self) -> dict[str, Any]:
        """Return the opinions as the template of the dossier takes them."""
        return {"advices": self.advices, "diverge": self.diverge}


@dataclass(frozen=True)
class Step:
    """A line of the agenda beside the item shown."""

    entry: Entry
    is_shown: bool
    is_done: bool


@dataclass(frozen=True)
class Screen:
    """What one reader sees. `minutes` passed since the item is shown; None while nobody showed one."""

    session: Session
    steps: list[Step]
    shown: Entry | None
    place: int
    minutes: int | None
    file: File | None
    version: str

    @property
    def is_over_time(self) -> bool:
        """Return whether the item takes longer than the agenda gives it."""
        return self.shown is not None and self.minutes is not None and self.minutes > self.shown.minutes

    @property
    def is_live(self) -> bool:
        """Return whether it can change: the session is convened, or open."""
        return self.session.state in {SessionState.CONVENED, SessionState.OPEN}


def read_screen(session: Session, reader: User) -> Screen:
    """Read the room as `reader` may see it: an item that they may not read keeps its place, without its words."""
    version = read_version(session)  # before what it names: a change in between is shown by the next question
    entries = read_agenda(session, reader, keeps_hidden=True)
    pointer = read_pointer(session)
    place, begun = _find_place(entries, pointer), pointer or _begin(session)
    shown = entries[place - 1] if place and session.state == SessionState.OPEN else None
    return Screen(
        session=session,
        steps=[Step(entry, entry is shown, is_settled(entry)) for entry in entries],
        shown=shown,
        place=place,
        minutes=begun.minutes if begun and begun.place == place else None,
        file=_read_file(shown, reader) if shown else None,
        version=version,
    )


def _find_place(entries: list[Entry], pointer: Pointer | None) -> int:
    """Return the place of the item to show, the first that is left open by default; 0 on an empty agenda."""
    if pointer and 1 <= pointer.place <= len(entries):
        return pointer.place
    return next((place for place, entry in enumerate(entries, 1) if not is_settled(entry)), len(entries))


def _begin(session: Session) -> Pointer | None:
    """Return the first item since the session was opened, as long as nobody showed one."""
    return Pointer(1, session.opened_at) if session.opened_at else None


def read_version(session: Session) -> str:
    """Return a word for what the room shows: another one once an act is recorded, the item or its minutes change."""
    pointer = read_pointer(session) or _begin(session)
    last = session.project.events.order_by("-seq").values_list("seq", flat=True).first()
    return f"{last}-{pointer.place}-{pointer.minutes}" if pointer else f"{last}"


def _read_file(entry: Entry, reader: User) -> File | None:
    """Read the proposal of an item; None for another item, or one that `reader` may not read."""
    if entry.source != PROPOSALS or entry.is_hidden or entry.subject_id is None:
        return None
    files = Proposal.objects.visible_to(reader).with_rivals_known()
    proposal = files.select_related("project", "author", "current", "draft").filter(pk=entry.subject_id).first()
    if proposal is None or proposal.current is None:
        return None
    given = list_given(proposal)
    opinions = filter_current(proposal, given)
    seats = list(proposal.project.mandates.active().select_related("holder", "role"))
    return File(
        proposal,
        read_text(proposal, proposal.current, opinions, load_versions(proposal.current), []),
        list_advices(proposal, proposal.current, given, seats),
        is_divergent(opinions),
        proposal.state == ProposalState.READY_FOR_DECISION and can(reader, "governance.decide", proposal),
    )
