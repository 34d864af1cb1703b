"""The agenda of a session: a query over the sources while it is prepared, its rows once it is convened."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.pages.form_views import Text
from core.record.erasure import display_text
from core.record.meaning import is_meaningful
from governance.decide.decisions.models import Decision
from governance.sessions.agenda.sources import PROPOSALS, SOURCES
from governance.sessions.sittings.enums import ItemOutcome, SessionState
from governance.sessions.sittings.models import Session, SessionItem
from roles.models import User

#: Minutes of an item to which nobody gave a time.
MINUTES = 10
#: An item that is deferred so often is marked.
TOO_OFTEN = 3
INFORMATION = gettext_lazy("For information")


@dataclass
class Entry:
    """An item as its reader sees it: `item` is its row once the session is convened, `decisions` those of its file."""

    source: str
    subject_id: int | None
    text: str
    link: str = ""
    minutes: int = MINUTES
    is_out: bool = False
    is_hidden: bool = False
    deferrals: int = 0
    item: SessionItem | None = None
    decisions: list[Decision] = field(default_factory=list)

    @property
    def key(self) -> str:
        """Return what names it on a draft: its row, or the title of a free item."""
        return f"{self.source}:{self.subject_id or self.text}"

    @property
    def label(self) -> Text:
        """Return why it stands on the agenda."""
        return SOURCES[self.source].label if self.source in SOURCES else INFORMATION

    @property
    def is_deferred_often(self) -> bool:
        """Return whether it was deferred three times or more."""
        return self.deferrals >= TOO_OFTEN


def list_found(session: Session) -> list[Entry]:
    """List what the sources of the project hold for the day of a session, then what the one before left."""
    found: dict[str, Entry] = {}
    for source in SOURCES.values():
        for row in source.find(session).select_related(*source.related).order_by("pk"):
            entry = Entry(source.code, row.pk, source.name(row), source.link(row))
            found[entry.key] = entry
    counts: Counter[str] = Counter()
    for item in _list_left(session):
        entry = Entry(item.source, item.subject_id, display_text(item.title), minutes=item.minutes)
        counts[entry.key] += 1
        if not item.source:
            found.setdefault(entry.key, entry)
    for key in _list_told_since(session):
        found.pop(key, None)
    for key, entry in found.items():
        entry.deferrals = counts[key]
    return list(found.values())


def _list_left(session: Session) -> Iterable[SessionItem]:
    """List the items that earlier sessions of the body deferred."""
    rows = SessionItem.objects.filter(session__body=session.body_id, session__state=SessionState.CLOSED)
    return rows.filter(outcome=ItemOutcome.DEFERRED).order_by("pk")


def _list_told_since(session: Session) -> set[str]:
    """Return the keys of free items that a session heard, or withdrew, after they were deferred."""
    rows = SessionItem.objects.filter(session__body=session.body_id, session__state=SessionState.CLOSED, source="")
    last = {display_text(item.title): item.outcome for item in rows.order_by("pk")}
    return {f":{title}" for title, outcome in last.items() if outcome != ItemOutcome.DEFERRED}


def draft_agenda(session: Session) -> list[Entry]:
    """List the draft agenda of a session: what was arranged by hand, in its order, then what was found since."""
    found = {entry.key: entry for entry in list_found(session)}
    entries = []
    for placed in session.arranged:
        entry = found.pop(placed["key"], None)
        if entry is None and placed["key"].startswith(":"):
            entry = Entry("", None, placed["key"].removeprefix(":"))
        if entry:
            entry.minutes, entry.is_out = placed["minutes"] or MINUTES, placed["out"]
            entries.append(entry)
    return [*entries, *found.values()]


def read_draft(session: Session, reader: User, *, keeps_hidden: bool = False) -> list[Entry]:
    """List the draft agenda of a session as `reader` may see it; `keeps_hidden` as in `read_agenda`."""
    entries = draft_agenda(session)
    rows = _read_rows(((entry.source, entry.subject_id) for entry in entries), reader)
    for place, entry in enumerate(entries, 1):
        if entry.source and entry.subject_id not in rows[entry.source]:
            entry.is_hidden, entry.text, entry.link = True, _name_hidden(place), ""
    return [entry for entry in entries if keeps_hidden or not entry.is_hidden]


def _read_rows(named: Iterable[tuple[str, int | None]], reader: User) -> dict[str, dict[int, Any]]:
    """Return the rows that `reader` may see, of these sources and keys, by source and by key."""
    keys: dict[str, list[int]] = {}
    for code, key in named:
        if code:
            keys.setdefault(code, []).append(key or 0)
    return {code: SOURCES[code].read(found, reader) if code in SOURCES else {} for code, found in keys.items()}


def _name_hidden(place: int) -> str:
    return _("Item %(n)s, which you cannot read") % {"n": place}


def read_agenda(session: Session, reader: User, *, keeps_hidden: bool = False) -> list[Entry]:
    """List the agenda of a session that was convened, without what `reader` may not see, with its decisions.

    With `keeps_hidden` that has its place without its words: a session closes once nothing is left, seen or not.
    """
    items = list(session.items.select_related("added_by").order_by("place"))
    rows = _read_rows(((item.source, item.subject_id) for item in items), reader)
    decided = _read_decisions(session, items)
    entries = []
    for item in items:
        source, row = SOURCES.get(item.source), rows.get(item.source, {}).get(item.subject_id or 0)
        is_hidden = bool(item.source) and not (source and row)
        if is_hidden and not keeps_hidden:
            continue
        entry = Entry(item.source, item.subject_id, "", minutes=item.minutes, is_hidden=is_hidden, item=item)
        if is_hidden:
            entry.text = _name_hidden(item.place)
        elif source:
            entry.text, entry.link = source.name(row), source.link(row)
        else:
            entry.text = display_text(item.title)
        entry.decisions = decided.get(item.subject_id or 0, []) if item.source == PROPOSALS else []
        entries.append(entry)
    return entries


def _read_decisions(session: Session, items: Iterable[SessionItem]) -> dict[int, list[Decision]]:
    """Return the decisions of the ledger since the notice, by the number of their file."""
    files = [item.subject_id for item in items if item.source == PROPOSALS]
    found: dict[int, list[Decision]] = {}
    if files and session.convened_at:
        rows = Decision.objects.filter(proposal__in=files, acted_at__gte=session.convened_at)
        for decision in rows.select_related("project", "revision", "decided_by").order_by("pk"):
            found.setdefault(decision.proposal_id, []).append(decision)
    return found


def is_settled(entry: Entry) -> bool:
    """Return whether an item is decided in the ledger, deferred to a day, withdrawn, or told; as its trigger does."""
    item = entry.item
    if item is None or item.outcome:
        return item is not None
    return bool(entry.decisions) if item.source == PROPOSALS else is_meaningful(item.note)


def list_members(session: Session) -> list[Any]:
    """List the seats that are convened, in the order of their roles: of members, then of guests, without doubles."""
    body = session.body
    seats = session.project.mandates.active().select_related("holder", "role").order_by("role__position", "pk")
    called = [seat for seat in seats if seat.role.code in {*body.members, *body.guests} or seat.decides]
    return list({seat.holder_id: seat for seat in called}.values())
