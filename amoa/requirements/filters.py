"""Filters of the table of requirements, kept in the query string. Invalid values are ignored."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from amoa.requirements.enums import Priority, RequirementKind, RequirementState
from amoa.requirements.models import AcceptanceTest, Requirement
from amoa.requirements.quality import CANDIDATE, Gap, list_alike, list_vague, read_requirements
from amoa.requirements.workflow import CANDIDATES
from core.pages.lists.filters import quote, read_words
from core.sql.compiled_sql import Instant
from projects.models import Project

#: Extra value of the kind filter: everything but needs.
REQUIREMENTS = "requirement"
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


def _find_vague(project: Project) -> list[str]:
    return list_vague(read_requirements(project.requirements.filter(_LIVE)), project.language)


def _find_alike(project: Project) -> list[str]:
    return list_alike(read_requirements(project.requirements.filter(_LIVE)))


#: Values of the `lack` filter that the database finds.
_LACKS = tuple(_build_conditions(timezone.now()))
#: Figures of the list.
_COUNTED = ("total", "needs", "approved", "must", "lots", *_LACKS)
#: Values of the `lack` filter that only Python computes → the codes of a project. They have no count in the list.
_READ = {Gap.VAGUE.value: _find_vague, Gap.ALIKE.value: _find_alike}


@dataclass(frozen=True)
class Filter:
    """The filter asked for; the default matches everything."""

    q: str = ""
    kind: str = ""
    priority: str = ""
    state: str = ""
    lot: str = ""
    recipient: int = 0
    lack: str = ""

    @classmethod
    def from_query(cls, address: QueryDict) -> "Filter":
        """Build a Filter from the query string. Invalid values are ignored."""

        def among(name: str, known: Any) -> str:
            value = address.get(name, "")
            return value if value in known else ""

        group = address.get("recipient", "")
        return cls(
            q=read_words(address),
            kind=among("kind", [REQUIREMENTS, *RequirementKind.values]),
            priority=among("priority", Priority.values),
            state=among("state", dict(STATES)),
            lot=address.get("lot", "").replace("\x00", "")[:40],
            recipient=int(group) if group.isascii() and group.isdecimal() and len(group) < 10 else 0,
            lack=among("lack", [*_LACKS, *_READ]),
        )

    @property
    def is_narrow(self) -> bool:
        """Return whether any filter is set."""
        return any((self.q, self.kind, self.priority, self.state, self.lot, self.recipient, self.lack))

    def list_chips(self, groups: dict[int, str]) -> list[tuple[str, str]]:
        """List (parameter, label) of the filters in use; those by gap and must-have ones have chips of their own."""
        kinds = {REQUIREMENTS: _("All but needs"), **dict(RequirementKind.choices)}
        labels = {
            "q": quote(self.q) if self.q else "",
            "kind": kinds.get(self.kind, ""),
            "priority": dict(Priority.choices).get(self.priority, "") if self.priority != Priority.MUST else "",
            "state": dict[str, Any](STATES).get(self.state, ""),
            "lot": self.lot,
            "recipient": groups.get(self.recipient, ""),
        }
        return [(name, capfirst(str(label))) for name, label in labels.items() if label]

    def rows(self, project: Project) -> QuerySet[Requirement]:
        """Return the requirements of `project` that match."""
        rows = project.requirements.all()
        if self.q:
            rows = rows.saying(self.q)
        if self.kind == REQUIREMENTS:
            rows = rows.requirements()
        elif self.kind:
            rows = rows.filter(kind=self.kind)
        if self.state == CANDIDATE:
            rows = rows.filter(state__in=CANDIDATES)
        elif self.state:
            rows = rows.filter(state=self.state)
        for name in ("priority", "lot"):
            if value := getattr(self, name):
                rows = rows.filter(**{name: value})
        if self.recipient:
            rows = rows.serving(self.recipient)
        if self.lack in _READ:
            return rows.filter(code__in=_READ[self.lack](project))
        return rows.filter(_build_conditions(timezone.now() - RECENT)[self.lack]) if self.lack else rows


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
