"""Write shares inside the act of the owner above, and tell the owners below. The projects below are locked after it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse

from core.acts import act_time
from governance.decide.decisions.models import Decision
from governance.decide.kinds.base import Change
from governance.enums import Act, Reason
from governance.place.shares.models import Share
from governance.place.shares.queries import find_fault_of_shares, list_places, list_shares, shares_on
from projects.ledger.services import record
from projects.models import Project
from projects.notices.services import notify
from projects.seats.mandates.holders import owners

FIELD = "share:"


@dataclass(frozen=True)
class PlaceNotice:
    """The subject of a notice on the place of a project."""

    project: Project

    @property
    def reference(self) -> str:
        return self.project.code

    @property
    def title(self) -> str:
        return self.project.title_fr if self.project.language == "fr" else self.project.title_en

    def get_absolute_url(self) -> str:
        return reverse("governance:place:place", args=[self.project.code])


def draft_shares(node: Project, amounts: Mapping[str, Decimal], starts_on: date, **also: Any) -> list[Share]:
    """Build the shares of these codes, unsaved, as decided now. Codes that are no place are left out."""
    places = {place.code: place for place in list_places(node)}
    return [
        Share(project=node, part=places[code], amount=amount, starts_on=starts_on, acted_at=act_time(), **also)
        for code, amount in sorted(amounts.items())
        if code in places
    ]


def find_fault(held: list[Share], drafted: list[Share], budget: Decimal | None) -> str:
    """Return why a budget cannot have the drafted shares after those it has; empty when it can."""
    parts = [row.part_id for row in drafted if row.part_id != row.project_id]
    return find_fault_of_shares([*held, *drafted], budget, parts)


def give(node: Project, drafted: list[Share], decision: Decision) -> Iterator[Change]:
    """Save the shares, tell the owners below, and yield the changes. Raises ValidationError when they contradict."""
    below = sorted(row.part_id for row in drafted if row.part_id != node.pk)
    parts = {part.pk: part for part in Project.objects.lock().filter(pk__in=below).order_by("pk")}
    rows = list_shares(node)
    if fault := find_fault(rows, drafted, node.budget):
        raise ValidationError(fault)
    for row in drafted:
        held = shares_on(rows, row.starts_on).get(row.part_id)
        row.decision = decision
        row.save(force_insert=True)
        yield Change(row, f"{FIELD}{row.part.code}", str(held.amount) if held else "", f"{row.amount:.2f}")
        if row.part_id in parts:
            _tell(parts[row.part_id], row, f"{row.amount:.2f}")


def take_back(row: Share) -> None:
    """Tell the owner below that a share is undone, and what holds again in its place."""
    if row.part_id == row.project_id:
        return
    held = shares_on([one for one in list_shares(row.project) if one.pk != row.pk], row.starts_on).get(row.part_id)
    _tell(Project.objects.lock().get(pk=row.part_id), row, f"{held.amount:.2f}" if held else "", undone=True)


def _tell(part: Project, row: Share, share: str, *, undone: bool = False) -> None:
    facts: dict[str, Any] = {"above": row.project.code, "share": share, "since": row.starts_on.isoformat()}
    withdrawn = row.is_withdrawn and not undone
    event = record(Act.CHANGE_PLACE, part, detail="withdrawn" if withdrawn else "", **facts)
    people = [seat.holder for seat in owners(part)]
    notify(event=event, reason=Reason.PLACE_CHANGED, about=PlaceNotice(part), people=people)
