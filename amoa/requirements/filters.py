"""Filters of the requirements of a project, kept in the query string. Invalid values are ignored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from amoa.requirements.enums import Priority, RequirementKind, RequirementState
from amoa.requirements.models import AcceptanceTest, Requirement
from amoa.requirements.quality import CANDIDATE, Gap, list_alike, list_vague, read_requirements
from amoa.requirements.workflow import CANDIDATES
from core.pages.lists.filters import Asked, Filter, read_filters
from core.sql.compiled_sql import Instant
from projects.models import Project

#: Extra value of the kind filter: everything but needs.
ALL_BUT_NEEDS = "requirement"
KINDS = ((ALL_BUT_NEEDS, _("All but needs")), *RequirementKind.choices)
STATES = ((CANDIDATE, _("To be frozen")), *RequirementState.choices)
LAID_ASIDE = (RequirementState.REJECTED, RequirementState.DEFERRED, RequirementState.WITHDRAWN)
RECENT = timedelta(days=7)

_tests = AcceptanceTest.objects.in_use().filter(requirement=OuterRef("pk"))
_answers = Requirement.objects.filter(parent=OuterRef("pk"))
_LIVE = ~Q(state__in=LAID_ASIDE)
_NEED = Q(kind=RequirementKind.NEED)
_TESTED = Q(Exists(_tests))


def _build_conditions(recently: Instant) -> dict[str, Q]:
    """Map each value of the `lack` filter to its condition; recent changes are those since `recently`."""
    return {
        "untraced": _LIVE & ((_NEED & ~Q(Exists(_answers))) | (~_NEED & (Q(in_force=None) | ~_TESTED))),
        "untested": _LIVE & ~_NEED & ~_TESTED,
        "unserved": _LIVE & Q(recipients=[]),
        "needless": _LIVE & ~_NEED & Q(parent=None),
        "unchecked": _LIVE & ~_NEED & Q(criteria=[]),
        "ahead": Q(in_force__isnull=False) & ~Q(in_force__number=F("version")),
        "recent": Q(changed_at__gte=recently),
    }


def _find_vague(rows: QuerySet[Requirement]) -> list[str]:
    language = rows.values_list("project__language", flat=True).first()
    return list_vague(read_requirements(rows), language or "")


def _find_alike(rows: QuerySet[Requirement]) -> list[str]:
    return list_alike(read_requirements(rows))


#: Values of the `lack` filter that the database finds.
_LACKS = tuple(_build_conditions(timezone.now()))
#: Figures of the list.
_COUNTED = ("total", "needs", "approved", "must", "lots", *_LACKS)
#: Values of the `lack` filter that only Python computes → the codes among rows. They have no count in the list.
_READ = {Gap.VAGUE.value: _find_vague, Gap.ALIKE.value: _find_alike}


@dataclass(frozen=True)
class AskedRequirements(Asked):
    """What is asked of the list; `recipient` is the key of a group, `lack` a gap or a novelty."""

    lot: str = ""
    recipient: int = 0
    lack: str = ""

    @classmethod
    def read(cls, query: QueryDict, filters: Sequence[Filter]) -> "AskedRequirements":
        """Parse the query string."""
        asked, group, lack = read_filters(query, filters), query.get("recipient", ""), query.get("lack", "")
        return cls(
            asked.words,
            asked.values,
            filters,
            lot=query.get("lot", "").replace("\x00", "")[:40],
            recipient=int(group) if group.isascii() and group.isdecimal() and len(group) < 10 else 0,
            lack=lack if lack in {*_LACKS, *_READ} else "",
        )

    @property
    def is_narrow(self) -> bool:
        return super().is_narrow or any((self.lot, self.recipient, self.lack))

    @property
    def chips(self) -> list[tuple[str, str]]:
        """List (parameter, label) of what is in use; gaps, must-have ones and recipients have chips of their own."""
        chips = [(name, label) for name, label in super().chips if self.values.get(name) != Priority.MUST]
        return [*chips, *([("lot", self.lot)] if self.lot else [])]

    def narrow(self, rows: Any, search: Sequence[str] = ()) -> Any:
        every, rows = rows, super().narrow(rows, search)
        if self.lot:
            rows = rows.filter(lot=self.lot)
        if self.recipient:
            rows = rows.serving(self.recipient)
        if self.lack in _READ:
            return rows.filter(code__in=_READ[self.lack](every.filter(_LIVE)))
        return rows.filter(_build_conditions(timezone.now() - RECENT)[self.lack]) if self.lack else rows


def has_kind(value: str) -> Q:
    """Return the condition of a value of the filter by kind."""
    return ~_NEED if value == ALL_BUT_NEEDS else Q(kind=value)


def is_in_state(value: str) -> Q:
    """Return the condition of a value of the filter by state."""
    return Q(state__in=CANDIDATES) if value == CANDIDATE else Q(state=value)


def count_figures(project: Project) -> dict[str, Any]:
    """Count the requirements, needs, approved and must rows of `project`, and list its lots. One query.

    It also counts the rows of each value of `lack`.
    """
    figures: dict[str, Any] = dict.fromkeys(_COUNTED, 0) | {"lots": []}
    counted = project.requirements.order_by().values("project").annotate(**_count_figures())
    for found in counted.values(*_COUNTED):
        figures |= found
    return {**figures, "lots": figures["lots"] or [], "requirements": figures["total"] - figures["needs"]}


def _count_figures() -> dict[str, Any]:
    lacking = _build_conditions(timezone.now() - RECENT)
    return {
        "total": Count("pk"),
        "needs": Count("pk", filter=_NEED),
        "approved": Count("in_force"),
        "must": Count("pk", filter=Q(priority=Priority.MUST)),
        "lots": ArrayAgg("lot", distinct=True, filter=~Q(lot="")),
        **{word: Count("pk", filter=condition) for word, condition in lacking.items()},
    }
