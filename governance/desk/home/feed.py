"""The last acts on a project: each with what it is about, the same acts of one person in a row as one line."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.db.models import QuerySet
from django.urls import resolve
from django.utils.text import capfirst

from governance.desk.dossier.timeline import Entry, build_entries
from governance.subject_names import Key, name_subjects
from governance.workspace_registry import EVENT_SUBJECTS
from projects.models import LedgerEvent
from projects.workspaces import is_on

#: Lines of the page, the events they are folded from, and the objects that a folded line opens.
LINES, EVENTS, OPENED = 8, 60, 20
PROPOSAL = "governance.proposal"


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
    names = name_subjects(_find_subject(entry.event) for same in folded for entry in same[:OPENED])
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
