"""Undo a change of many rows of a project: the act that changed them, and what they were before."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from core.access import Person
from core.acts import act_time
from core.history import Outdated
from core.pages.lists.undo import UNDONE_WITHIN, BulkResult
from projects.ledger.models import LedgerEvent
from projects.notices.services import withdraw_notices
from projects.project.models import Project

LARGEST = 2**31 - 1
#: Columns that tell when a row was changed: an undo is a change too.
TIMES = frozenset(("changed_at",))

#: Returns why an undo cannot give a row (the second one) its former version (the first one) back; empty if it can.
type Limits = Callable[[Any, Any], str]


@dataclass(frozen=True)
class Change:
    """A recent change of rows by one act: its entries, the rows as they are now, and their versions before it.

    A row that was changed since has no former version.
    """

    events: Sequence[LedgerEvent]
    rows: Sequence[Any]
    former: Mapping[int, Any]

    @property
    def at(self) -> datetime:
        """Return the time of the act."""
        return self.events[0].acted_at

    def list_kept(self, limits: Limits | None) -> list[tuple[Any, str]]:
        """List the rows that stay as they are now, each with the reason."""
        return [(row, why) for row in self.rows if (why := self.why_kept(row, limits))]

    def why_kept(self, row: Any, limits: Limits | None) -> str:
        """Return why a row stays as it is now; empty when it is given back."""
        former = self.former.get(row.pk)
        if former is None:
            return _("It was changed since.")
        return limits(former, row) if limits else ""


def find_first_seq(project: Project, actor: Person, rows: Sequence[Model]) -> int:
    """Return the number of the first entry of the act by which `actor` last changed the first of `rows`; 0 if none."""
    label = rows[0]._meta.label_lower
    own = project.events.filter(actor=actor.pk, subject=label)
    last = own.filter(subject_id=rows[0].pk).order_by("-seq").first()
    if last is None:
        return 0
    first = own.filter(acted_at=last.acted_at).order_by("seq").first()
    return first.seq if first else 0


def find_change(project: Project, actor: Person, rows: QuerySet[Any], seq: int) -> Change | None:
    """Return the recent change of `rows`, all of a register, whose first entry is `seq`; None if `actor` made none."""
    model = rows.model
    own = project.events.filter(actor=actor.pk, subject=model._meta.label_lower)
    entry = own.filter(seq=min(seq, LARGEST), acted_at__gt=act_time() - UNDONE_WITHIN).first()
    events = list(own.filter(acted_at=entry.acted_at).order_by("seq")) if entry else []
    if not events or events[0].seq != seq:
        return None
    began = events[0].acted_at
    after = project.events.filter(seq__gt=events[-1].seq).exclude(acted_at=began).order_by("seq").first()
    versions: Any = model.history.filter(project=project)
    own_versions = versions.filter(history_user=actor.pk, history_date__gte=began)
    if after:
        own_versions = own_versions.filter(history_date__lt=after.acted_at)
    keys = {event.subject_id for event in events} | set(own_versions.order_by().values_list("id", flat=True))
    former = _read_former(versions.filter(id__in=keys), began, after)
    born = keys - set(versions.filter(id__in=keys, history_date__lt=began).order_by().values_list("id", flat=True))
    found = list(rows.filter(pk__in=keys - born).order_by("pk"))
    return Change(events, found, former) if found else None


def _read_former(versions: Any, began: Any, after: LedgerEvent | None) -> dict[int, Any]:
    """Return the last version of each row before the act, without the rows that were changed after it."""
    former: dict[int, Any] = {}
    for version in versions.order_by("history_id"):
        if version.history_date < began:
            former[version.id] = version.instance
        elif after is not None and version.history_date >= after.acted_at:
            former.pop(version.id, None)
    return former


def give_back(
    *,
    project: Project,
    actor: Person,
    rows: QuerySet[Any],
    seq: int,
    restore: Callable[[Any, set[str]], None],
    read_limits: Callable[[Project, Change], Limits] | None = None,
) -> BulkResult:
    """Give the rows of the change that begins at `seq` their former versions back, inside an act.

    `restore` writes a row that has its former values, with its event; it gets the names of those that differ. It
    raises ValidationError before it writes anything. A row that stays is skipped with the reason. What the change told
    people of the others is withdrawn. Raises Outdated when `actor` made no such change within ten minutes.
    """
    change = find_change(project, actor, rows.select_for_update(of=("self",)), seq)
    if change is None:
        raise Outdated
    limits, done = read_limits(project, change) if read_limits else None, BulkResult()
    for row in change.rows:
        row.project = project
        if why := change.why_kept(row, limits):
            done.skipped.append((row, why))
            continue
        try:
            if differing := set_back(row, change.former[row.pk]):
                restore(row, differing)
        except ValidationError as error:
            done.skipped.append((row, " ".join(error.messages)))
        else:
            done.changed.append(row)
    withdraw_notices(change.events, done.changed, whole=not done.skipped)
    return done


def set_back(row: Any, former: Any) -> set[str]:
    """Give a row the values of a former version, without saving; return the names of those that differ."""
    names = set()
    for field in former._meta.concrete_fields:
        if field.primary_key or field.generated or field.name in TIMES:
            continue
        value = getattr(former, field.attname)
        if getattr(row, field.attname) != value:
            setattr(row, field.attname, value)
            names.add(field.name)
    return names


def find_steps[S: str](follows: Mapping[S, Collection[S]], start: S, end: S) -> list[S] | None:
    """List the states on a shortest way from `start` to `end`, the last one included; None if there is no way."""
    ways, queue = {start: list[S]()}, [start]
    while queue:
        state = queue.pop(0)
        for later in sorted(set(follows.get(state, ())) - ways.keys()):
            ways[later] = [*ways[state], later]
            queue.append(later)
    return ways.get(end)
