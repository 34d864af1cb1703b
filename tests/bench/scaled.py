"""Measure the pages of the population: the largest project, unusual ones, a person with many mandates."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from config.processes import Failure
from demo.population.people import EVERYWHERE, WAITED_FOR
from governance.models import Proposal
from pmo.dashboards.figures import list_lines as lines_of
from pmo.dashboards.scope import visible_parts
from pmo.dashboards.snapshots import take_missing
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


def lines(person_of: Callable[[User], Person]) -> list[Callable[[], Line]]:
    """Build the measure of each page, those with a floor first."""
    populated = Project.objects.filter(code__startswith="SCALE-").exclude(code__startswith="SCALE-9")
    most = populated.filter(level="project").annotate(n=Count("proposals")).order_by("-n", "pk")[0]
    top = populated.filter(level="portfolio").order_by("pk")[0]
    revised = Proposal.objects.filter(project__code__startswith="SCALE-9").order_by("-current__number")[0]
    required = Project.objects.annotate(n=Count("requirements")).filter(code__startswith="SCALE-9").order_by("-n")[0]
    owner, waited, everywhere = _owner(most), _person(WAITED_FOR), _person(EVERYWHERE)
    code, revising = [most.code], _owner(revised.project)
    listed = reverse("governance:proposals:proposal_list", args=code)
    needs = reverse("amoa:requirements:requirement_list", args=[required.code])

    def floored(name: str, path: str, limit: Limit, reader: User) -> Callable[[], Line]:
        return lambda: measures.page(name, path, limit, reader, person_of(reader), READINGS, exact=False)

    def timed(name: str, path: str, limit: Limit | None, reader: User) -> Callable[[], Line]:
        return lambda: measures.timed(name, path, limit, reader, person_of(reader), READINGS)

    found = [
        floored(f"list of {most.n} proposals", listed, LIST, owner),  # type: ignore[attr-defined]
        floored("its home", reverse("governance:home:project_home", args=code), HOME, owner),
        floored("its register", reverse("governance:register:register", args=code), REGISTER, owner),
        timed("its list, one state", f"{listed}?state=decided", Limit(9, 2, p95=100, kib=45, growth=0.15), owner),
        timed("home of a portfolio", reverse("governance:home:project_home", args=[top.code]), _bound(14), _owner(top)),
        timed("inbox, 2,000 waiting", reverse("governance:inbox:inbox"), _bound(12), waited),
        timed("dossier of 1,000 revisions", revised.get_absolute_url(), _bound(13), revising),
        timed("its history", reverse("governance:dossier:dossier_history", args=[revised.pk]), _bound(10), revising),
        timed("projects of 300 mandates", reverse("governance:project_tree:project_list"), _bound(9), everywhere),
        timed("table of 5,000 requirements", needs, TABLE, _owner(required)),
        timed("… searched", f"{needs}?q=quai", Limit(9, 2, p95=100, growth=0.2), _owner(required)),
        timed("… sorted by their tests", f"{needs}?sort=-tests", Limit(12, 2, p95=100, growth=0.2), _owner(required)),
    ]
    found += [timed(name.replace("_", " "), path, _bound(14), owner) for name, path in _addresses(code)]
    for whose, project in (("of a portfolio", top), ("of a project", most)):
        found += [lambda whose=whose, project=project: _board(whose, project, person_of)]
        found += [timed(f"{name} {whose}", path, limit, _owner(project)) for name, path, limit in _dashboards(project)]
    found += [_night]
    return found


def _board(whose: str, project: Project, person_of: Callable[[User], Person]) -> Line:
    """Measure the dashboard against its floor. Raises Failure when their counts differ."""
    owner = _owner(project)
    counted = lines_of(visible_parts(project, owner), timezone.now(), timezone.localdate() - timedelta(days=365))
    told = {
        line.project.code: (line.pending, line.late, line.overdue, line.red, line.musts, line.covered)
        for line in counted
    }
    found = floor.read(floor.PROJECTS_SQL, project)
    least = {row[0]: (row[6], row[7], row[10], row[11], row[12], row[13]) for row in found}
    if told != least:
        raise Failure(f"dashboard {whose}: the floor counts otherwise than the product")
    path = reverse("pmo:dashboards:dashboard", args=[project.code])
    return measures.page(f"dashboard {whose}", path, HOME, owner, person_of(owner), READINGS, exact=False)


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
