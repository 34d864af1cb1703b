"""Shares as they hold on a day, what they leave, and what contradicts them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from core.templatetags.ui import day as write_day
from core.templatetags.ui import euros
from governance.decide.decisions.models import Decision
from governance.place.shares.models import Share
from projects.models import Project
from projects.organisation_settings.queries import today
from roles.enums import DecisionKind

NOTHING = Decimal(0)


def list_shares(node: Project) -> list[Share]:
    """List the shares of the budget of `node` that stand, in the order in which they were decided."""
    return list(Share.objects.standing().filter(project=node).select_related("part"))


def shares_on(rows: Iterable[Share], day: date) -> dict[int, Share]:
    """Return what holds on a day by place: the newest row whose day has come."""
    return {row.part_id: row for row in rows if row.starts_on <= day}


def list_days(rows: Iterable[Share], day: date) -> list[date]:
    """List the days from `day` on at which shares change."""
    return sorted({day, *(row.starts_on for row in rows if row.starts_on > day)})


def find_excess(rows: Sequence[Share], budget: Decimal | None, day: date) -> tuple[date, Decimal] | None:
    """Return the first day from `day` on at which the shares exceed the budget, and by how much."""
    for one in list_days(rows, day):
        over = sum((row.amount for row in shares_on(rows, one).values()), NOTHING) - (budget or NOTHING)
        if over > 0:
            return one, over
    return None


def find_least(rows: Sequence[Share], part: int, day: date, *, withdrawn: bool = True) -> Decimal | None:
    """Return the least share of a place from `day` on; None where none was decided.

    A withdrawn place has no share; it counts unless `withdrawn` is false.
    """
    held = [found for one in list_days(rows, day) if (found := shares_on(rows, one).get(part))]
    return min((row.amount for row in held if withdrawn or not row.is_withdrawn), default=None)


def read_committed(parts: Iterable[int], without: Iterable[int] = ()) -> dict[int, Decimal]:
    """Return what the choices of a provider in force commit on each part and below it, but the decisions `without`."""
    sums = dict.fromkeys(parts, NOTHING)
    below = Q(project__in=sums) | Q(project__parent__in=sums) | Q(project__parent__parent__in=sums)
    rows = Decision.objects.in_force().applied().filter(below, proposal__kind=DecisionKind.SUPPLIER_CHOICE)
    for row in rows.exclude(pk__in=without).select_related("revision", "project__parent"):
        project, above = row.project, row.project.parent
        for key in sums.keys() & {project.pk, project.parent_id, above.parent_id if above else None}:
            sums[key] += row.content.amount or NOTHING
    return sums


def find_fault_of_shares(rows: Sequence[Share], budget: Decimal | None, parts: Iterable[int]) -> str:
    """Return why these shares of a budget cannot hold from today on; empty when they can.

    They stay within the budget, and those of `parts` cover what is committed.
    """
    day = today()
    if excess := find_excess(rows, budget, day):
        values = {"amount": euros(excess[1]), "day": write_day(excess[0])}
        return _("The shares exceed the budget by %(amount)s from %(day)s.") % values
    for part, committed in read_committed(parts).items():
        least = find_least(rows, part, day, withdrawn=False)
        if least is not None and least < committed:
            code = next(row.part.code for row in rows if row.part_id == part)
            values = {"project": code, "share": euros(least), "amount": euros(committed)}
            return _("%(project)s has committed %(amount)s. Its share cannot be %(share)s.") % values
    return ""


@dataclass(frozen=True)
class Bound:
    """What the owner above leaves to a project: the least share from today on, less what is committed."""

    share: Decimal
    committed: Decimal

    @property
    def left(self) -> Decimal:
        """Return what is left of the share; never less than nothing."""
        return max(self.share - self.committed, NOTHING)


def list_bounds(project: Project, without: Iterable[int] = ()) -> Iterator[Bound]:
    """Yield the bounds of a project: its own share, and that of its programme."""
    part: Project | None = project
    while part and part.parent:
        if (least := find_least(list_shares(part.parent), part.pk, today())) is not None:
            yield Bound(least, read_committed([part.pk], without)[part.pk])
        part = part.parent


def find_fault_of_budget(project: Project, budget: Decimal | None) -> str:
    """Return why a project cannot have this budget: its share is less, or its own shares are more."""
    rows = list_shares(project.parent) if project.parent else []
    least = find_least(rows, project.pk, today())
    if least is not None and budget is not None and budget > least:
        values = {"budget": euros(budget), "share": euros(least)}
        return _("A budget of %(budget)s exceeds the share that the owner above has given: %(share)s.") % values
    return find_fault_of_shares(list_shares(project), budget, ()) if project.has_parts else ""


def find_fault_of_award(project: Project, amount: Decimal | None, without: Iterable[int] = ()) -> str:
    """Return why a choice of provider cannot commit this amount: less is left of a share; empty when it can."""
    left = min((bound.left for bound in list_bounds(project, without)), default=None)
    if left is None or amount is None or amount <= left:
        return ""
    values = {"amount": euros(amount), "left": euros(left)}
    return _("%(amount)s exceeds what is left of the share that the owner above has given: %(left)s.") % values


def list_places(node: Project) -> list[Project]:
    """List what may have a share of the budget of `node`: what is below it, what asks to come, and its own cost."""
    held = Share.objects.newest().filter(project=node, amount__gt=0).order_by().values("part")
    asks = Q(moves__target=node, moves__state="asked")
    below = Project.objects.unarchived().filter(Q(parent=node) | asks | Q(pk__in=held)).exclude(pk=node.pk)
    return [*below.distinct().order_by("code"), node]
