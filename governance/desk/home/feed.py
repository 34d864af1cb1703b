"""The last acts on a project: each with what it is about, the same acts of one person in a row as one line."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.db.models import BigIntegerField, F, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.urls import resolve
from django.utils.text import capfirst

from governance.desk.dossier.timeline import Entry, build_entries
from governance.workspace_registry import EVENT_SUBJECTS
from projects.models import LedgerEvent
from projects.workspaces import is_on

#: Lines of the page, the events they are folded from, and the objects that a folded line opens.
LINES, EVENTS, OPENED = 8, 60, 20
PROPOSAL = "governance.proposal"
type Key = tuple[str, int]


@dataclass(frozen=True)
class Object:
    """What an event is about: its code and title, the page to read it, and the detail of the event in words."""

    entry: Entry
    code: str
    title: str
    url: str
    detail: Any


@dataclass(frozen=True)
class Line:
    """Acts of one kind by one person, the newest first; `objects` are the first of them."""

    entry: Entry
    objects: list[Object]
    count: int

    @property
    def is_folded(self) -> bool:
        """Return whether the line stands for several acts."""
        return self.count > 1

    @property
    def one(self) -> Object:
        """Return the only object."""
        return self.objects[0]


def build_feed(events: QuerySet[LedgerEvent]) -> list[Line]:
    """Build the lines of the newest of these events, which are sorted from the newest. Two queries."""
    folded = [list(same) for _key, same in groupby(build_entries(events[:EVENTS]), _fold_by)][:LINES]
    names = _name_subjects([entry.event for same in folded for entry in same[:OPENED]])
    return [Line(same[0], [_describe(entry, names) for entry in same[:OPENED]], len(same)) for same in folded]


def _fold_by(entry: Entry) -> tuple[Any, ...]:
    """Return what acts in one line have in common; an act on a proposal has its own line."""
    event = entry.event
    return (event.act, event.actor_id, event.role, event.seq if event.proposal_id else 0)


def _find_subject(event: LedgerEvent) -> Key:
    """Return what an event is about: its proposal, whatever act on it, else its subject."""
    return (PROPOSAL, event.proposal_id) if event.proposal_id else (event.subject, event.subject_id)


def _describe(entry: Entry, names: dict[Key, tuple[str, str, str]]) -> Object:
    event = entry.event
    label, key = _find_subject(event)
    subject = EVENT_SUBJECTS.get(label)
    code, title, target = names.get((label, key), ("", "", ""))
    url = _find_page(subject.link(target, event.project.code), event) if subject and subject.link and target else ""
    detail = subject.detail(event.detail) if subject and subject.detail else ""
    named = title or ("" if code or detail else str(capfirst(apps.get_model(event.subject)._meta.verbose_name)))
    return Object(entry, code, named, url, detail)


def _find_page(url: str, event: LedgerEvent) -> str:
    """Return the address of what an event is about; empty while its workspace is switched off on the project."""
    return url if is_on(resolve(urlsplit(url).path).view_name, event.project) else ""


def _name_subjects(events: Iterable[LedgerEvent]) -> dict[Key, tuple[str, str, str]]:
    """Map the subjects of these events to code, title and target of their link. One query."""
    keys: dict[str, set[int]] = {}
    for label, key in map(_find_subject, events):
        if label in EVENT_SUBJECTS:
            keys.setdefault(label, set()).add(key)
    if not keys:
        return {}
    first, *others = (_select(subject, wanted) for subject, wanted in keys.items())
    rows = first.union(*others, all=True).order_by() if others else first  # else in that of the model
    return {(subject, pk): (code or "", title or "", target) for subject, pk, code, title, target in rows}


def _select(label: str, keys: Iterable[int]) -> QuerySet[Any, Any]:
    subject = EVENT_SUBJECTS[label]
    rows: QuerySet[Any, Any] = apps.get_model(label)._default_manager.filter(pk__in=sorted(keys)).order_by()
    return rows.values_list(
        Value(label, TextField()),
        Cast("pk", BigIntegerField()),
        _as_text(subject.code),
        _as_text(subject.title),
        _as_text(subject.target),
    )


def _as_text(value: Any) -> Any:
    """Return a field or an expression as text; None means NULL."""
    if value is None:
        return Cast(Value(None), TextField())
    return Cast(F(value) if isinstance(value, str) else value, TextField())
