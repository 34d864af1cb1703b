"""Table of requirements: rows with their figures, with keyset pagination in the order asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import get_language

from amoa.requirements.enums import Priority
from amoa.requirements.filters import Filter
from amoa.requirements.models import AcceptanceTest, Requirement
from core.pagination import LARGEST
from core.subqueries import count_rows
from projects.models import Project

SIZE = 20
RANKS = {priority: rank for rank, priority in enumerate(Priority.values)}
_RANK = Case(*(When(priority=name, then=Value(rank)) for name, rank in RANKS.items()), output_field=IntegerField())
_TESTS = count_rows(AcceptanceTest.objects.in_use().filter(requirement=OuterRef("pk")), "requirement")


@dataclass(frozen=True)
class Row:
    """One row: the requirement, the names of its recipient groups, the number of tests in use."""

    requirement: Requirement
    groups: list[str]
    tests: int


@dataclass(frozen=True)
class Rows:
    """One page of the table; `next_key` is empty on the last page."""

    rows: list[Row]
    next_key: str
    is_first: bool

    @property
    def states(self) -> list[str]:
        """List the states that occur, each once."""
        return sorted({build_row.requirement.state for build_row in self.rows})


def build_page(project: Project, chosen: Filter, after: str, groups: dict[int, str]) -> Rows:
    """Return the page of filtered requirements after the key `after`; the first page when unreadable."""
    rows, goes_on = _start_after(chosen.rows(project), chosen.sort, after)
    requirements = list(_annotate_figures(rows)[: SIZE + 1])
    shown = requirements[:SIZE]
    return Rows(
        _build_rows(shown, groups), _build_key(shown[-1], chosen.sort) if len(requirements) > SIZE else "", not goes_on
    )


def build_row(requirement: Requirement, groups: dict[int, str]) -> Row:
    """Return the row of one requirement, read from the database."""
    [row] = _build_rows(_annotate_figures(Requirement.objects.filter(pk=requirement.pk).order_by("pk")), groups)
    return row


def get_foreign_language(project: Project) -> str:
    """Return the language of the project's texts; empty when the page has the same."""
    return "" if project.language == get_language() else project.language


def map_groups(project: Project) -> dict[int, str]:
    """Map the recipient groups of `project` to their names, sorted by name."""
    return dict(project.recipient_groups.order_by("name").values_list("pk", "name"))


def _build_rows(requirements: Iterable[Requirement], groups: dict[int, str]) -> list[Row]:
    return [
        Row(
            requirement,
            [groups[pk] for pk in requirement.recipients if pk in groups],
            getattr(requirement, "tests_in_use", 0),
        )
        for requirement in requirements
    ]


def _annotate_figures(rows: QuerySet[Requirement]) -> QuerySet[Requirement]:
    """Annotate the number of tests; defer the long texts that the table does not show."""
    return (
        rows.select_related("in_force")
        .defer("words", "source", "justification", "criteria", "links", "in_force__content", "in_force__salt")
        .annotate(tests_in_use=_TESTS)
    )


def _start_after(rows: QuerySet[Requirement], sort: str, after: str) -> tuple[QuerySet[Requirement], bool]:
    """Order the rows and start after the key; also return whether the key was readable."""
    after = after.replace("\x00", "")
    head, _, tail = after.partition(" ")
    if sort == "priority":
        rows = rows.annotate(rank=_RANK).order_by("rank", "code")
        if tail and head in {str(rank) for rank in RANKS.values()}:
            return rows.filter(Q(rank__gt=int(head)) | Q(rank=int(head), code__gt=tail)), True
    elif sort == "changed":
        rows = rows.order_by("-changed_at", "-pk")
        if (at := _parse_instant(head)) and tail.isascii() and tail.isdecimal():
            key = min(int(tail[:12]), LARGEST)
            return rows.filter(Q(changed_at__lt=at) | Q(changed_at=at, pk__lt=key)), True
    else:
        rows = rows.order_by("code")
        if after:
            return rows.filter(code__gt=after), True
    return rows, False


def _parse_instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


def _build_key(requirement: Requirement, sort: str) -> str:
    if sort == "priority":
        return f"{RANKS[requirement.priority]} {requirement.code}"
    if sort == "changed":
        return f"{requirement.changed_at.isoformat()} {requirement.pk}"
    return requirement.code
