"""Measure the pages of the population: the largest project, unusual ones, a person with many mandates."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from config.processes import Failure
from demo.population.people import EVERYWHERE, WAITED_FOR
from governance.models import Proposal
from pmo.steering.dashboards.figures import list_lines as lines_of
from pmo.steering.dashboards.scope import visible_parts
from pmo.steering.dashboards.snapshots import take_missing
from projects.enums import Level
from projects.models import Project
from roles.models import User
from tests.addresses import full_name
from tests.bench import floor, measures
from tests.bench.measure import Person
from tests.bench.measures import HOME, LIST, REGISTER, TABLE
from tests.bench.report import Limit, Line

READINGS = 40
#: Pages of one project without a floor: their reads are bounded at any size.
OTHERS = (
    "responsibilities",
    "mandate_list",
    "recipient_list",
    "project_documents",
    "change_plan",
    "acceptance",
    "liaison",
    "traceability",
    "gates",
    "conformity",
    "risk_list",
    "risk_heat",
    "weather",
    "schedule",
    "means",
    "lessons",
)


@dataclass(frozen=True)
class Measured:
    """A page of the population with its reader; `dashboard` is the project whose counts its floor repeats."""

    name: str
    path: str
    limit: Limit | None
    reader: User
    has_floor: bool = False
    dashboard: Project | None = None


def lines(person_of: Callable[[User], Person]) -> list[Callable[[], Line]]:
    """Build the measure of each page, and of the figures of a night."""
    return [*(partial(_measure, page, person_of(page.reader)) for page in pages()), _night]


def _measure(page: Measured, person: Person) -> Line:
    """Measure a page, against its floor if it has one. Raises Failure when the two differ."""
    if page.dashboard:
        compare_counts(page.name, page.dashboard, page.reader)
    if page.has_floor:
        return measures.page(page.name, page.path, page.limit, page.reader, person, READINGS, exact=False)
    return measures.timed(page.name, page.path, page.limit, page.reader, person, READINGS)


def pages() -> list[Measured]:
    """List the pages, those of the largest project with a floor first."""
    populated = Project.objects.filter(code__startswith="SCALE-").exclude(code__startswith="SCALE-9")
    most = populated.filter(level="project").annotate(n=Count("proposals")).order_by("-n", "pk")[0]
    top = populated.filter(level="portfolio").order_by("pk")[0]
    revised = Proposal.objects.filter(project__code__startswith="SCALE-9").order_by("-current__number")[0]
    required = Project.objects.annotate(n=Count("requirements")).filter(code__startswith="SCALE-9").order_by("-n")[0]
    owner, waited, everywhere = _owner(most), _person(WAITED_FOR), _person(EVERYWHERE)
    code, revising, above, needing = [most.code], _owner(revised.project), _owner(top), _owner(required)
    listed = reverse("governance:proposals:proposal_list", args=code)
    needs = reverse("amoa:requirements:requirement_list", args=[required.code])
    home = "governance:home:project_home"
    history = reverse("governance:dossier:dossier_history", args=[revised.pk])
    found = [
        Measured(f"list of {most.n} proposals", listed, LIST, owner, True),  # type: ignore[attr-defined]
        Measured("its home", reverse(home, args=code), HOME, owner, True),
        Measured("its register", reverse("governance:register:register", args=code), REGISTER, owner, True),
        Measured("its list, one state", f"{listed}?state=decided", Limit(9, 2, p95=100, kib=45, growth=0.15), owner),
        Measured("home of a portfolio", reverse(home, args=[top.code]), _bound(14), above),
        Measured("my tasks, 5,000 of them", reverse("governance:inbox:inbox"), _bound(12), waited),
        Measured("dossier of 1,000 revisions", revised.get_absolute_url(), _bound(13), revising),
        Measured("its history", history, _bound(10), revising),
        Measured("projects of 300 mandates", reverse("governance:project_tree:project_list"), _bound(9), everywhere),
        Measured("table of 5,000 requirements", needs, TABLE, needing),
        Measured("… searched", f"{needs}?q=quai", Limit(9, 2, p95=100, growth=0.2), needing),
        Measured("… sorted by their tests", f"{needs}?sort=-tests", Limit(12, 2, p95=100, growth=0.2), needing),
    ]
    found += [Measured(name.replace("_", " "), path, _bound(14), owner) for name, path in _addresses(code)]
    for whose, project, reader in (("of a portfolio", top, above), ("of a project", most, owner)):
        board = reverse("pmo:dashboards:dashboard", args=[project.code])
        found += [Measured(f"dashboard {whose}", board, HOME, reader, True, project)]
        found += [Measured(f"{name} {whose}", path, limit, reader) for name, path, limit in _dashboards(project)]
    return found


def compare_counts(name: str, project: Project, reader: User) -> None:
    """Raise Failure unless the dashboard of a project and its floor count the same of each project in it."""
    counted = lines_of(visible_parts(project, reader), timezone.now(), timezone.localdate() - timedelta(days=365))
    told = {
        line.project.code: (line.pending, line.late, line.overdue, line.red, line.musts, line.covered)
        for line in counted
    }
    found = floor.read(floor.PROJECTS_SQL, project)
    least = {row[0]: (row[6], row[7], row[10], row[11], row[12], row[13]) for row in found}
    if told != least:
        raise Failure(f"{name}: the floor counts otherwise than the product")


def _night() -> Line:
    """Measure the nightly snapshots of all projects."""
    began = time.monotonic()
    count = take_missing(Project.objects.exclude(level=Level.ORGANISATION))
    seconds = time.monotonic() - began
    return Line(f"figures of a night: {count} projects in {seconds:.1f} s", rate=count / seconds)


def _bound(queries: int) -> Limit:
    return Limit(queries, 2, p95=150, growth=0.2)


def _addresses(code: list[str]) -> list[tuple[str, str]]:
    return [(name, reverse(full_name(name), args=code)) for name in OTHERS]


def _dashboards(project: Project) -> list[tuple[str, str, Limit]]:
    """Measure the dashboards, some lists behind their numbers, and the exports."""

    def of(name: str, *more: str) -> str:
        return reverse(full_name(name), args=[project.code, *more])

    return [
        ("… of standards", of("dashboard_standards"), _bound(13)),
        ("… of risks", of("dashboard_risks"), _bound(12)),
        ("… of advice", of("dashboard_advice"), _bound(12)),
        ("list behind a number: pending", of("dashboard_list", "pending"), _bound(8)),
        ("list behind a number: risks", of("dashboard_list", "risks"), _bound(8)),
        ("list behind a number: checkpoints", of("dashboard_list", "checkpoints"), _bound(11)),
    ]


def _owner(project: Any) -> User:
    return project.mandates.active().deciding().get().holder  # type: ignore[no-any-return]


def _person(email: str) -> User:
    return User.objects.get(email=email)
