"""State shared by the acts of a scenario: the rows created so far by their keys, and date parsing."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from amoa.models import AcceptanceCampaign, Defect, FeedbackItem, Question
from governance.models import Decision, Proposal
from pmo.models import Issue
from projects.models import Document, Project
from roles.models import Organisation, User

ZONE = ZoneInfo("Europe/Paris")
DAY = timedelta(days=1)


@dataclass
class World:
    """Rows that a scenario has created so far, by the keys of its file."""

    source: dict[str, Any]
    people: dict[str, User] = field(default_factory=dict)
    projects: dict[str, Project] = field(default_factory=dict)
    proposals: dict[str, Proposal] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    feedback: dict[str, FeedbackItem] = field(default_factory=dict)
    campaigns: dict[str, AcceptanceCampaign] = field(default_factory=dict)
    defects: dict[str, Defect] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    issues: dict[str, Issue] = field(default_factory=dict)


def instant(text: Any) -> datetime:
    """Return the time that a file writes; midnight without an hour."""
    if isinstance(text, date):
        text = str(text)
    match = re.fullmatch(r"(?:(\d{4}-\d\d-\d\d)|([+-]\d+)d)(?: (\d\d:\d\d))?", text)
    if not match:
        raise ValueError(f"not a date of a scenario: {text!r}")
    day = date.fromisoformat(match[1]) if match[1] else datetime.now(ZONE).date() + int(match[2]) * DAY
    return datetime.combine(day, time.fromisoformat(match[3] or "00:00"), ZONE)


def period(entry: dict[str, Any]) -> dict[str, Any]:
    """Return `from` and `to` (both inclusive days) as the `starts_at` and `ends_at` of a service."""
    last = entry.get("to")
    return {"starts_at": instant(entry["from"]), "ends_at": instant(last) + DAY if last else None}


def day(text: Any) -> date | None:
    """Return a date of the file, or None."""
    return instant(text).date() if text else None


def months_between(last: datetime | None, at: datetime) -> list[datetime]:
    """Return the first hour of each month after `last`, up to `at`, in order; none before the first act."""
    instants: list[datetime] = []
    if last is None:
        return instants
    first = (last.date().replace(day=1) + 32 * DAY).replace(day=1)
    while (start := datetime.combine(first, time(1), ZONE)) <= at:
        instants.append(start)
        first = (first + 32 * DAY).replace(day=1)
    return instants
