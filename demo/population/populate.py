"""Populate people, the tree of projects, their records and the odd cases, in any number of processes.

A capability adds one function to SLICES. It gets the place and the writer of one project inside the transaction of
that project, and writes through services (`projects.past_act`) or in bulk (`Bulk`).
"""

import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import datetime, timedelta
from functools import cache, partial
from multiprocessing import get_context

from django import setup
from django.db import connection, transaction
from django.utils import timezone

from amoa.imports.runner import run
from amoa.imports.services import start
from core.acts import back_entry
from core.files.checks import Upload
from core.tables.reader import open_table
from demo.population.bulk import Bulk
from demo.population.files import Writer
from demo.population.people import People, read_people, write_people
from demo.population.projects import PREFIX, Place, Plan, code_of, found_place, past_act
from demo.population.sizes import Odd, Size
from demo.population.steering import checks_of, risks_of, weather_of
from projects.enums import Level
from projects.imports.services import build_import, choose_columns, receive
from projects.models import Project
from projects.seats.mandates.services import appoint, role_on
from roles.models import User

#: First number of the projects of the odd cases.
ODD = 90_000
PENDING_PROJECTS = 4
#: Parents are written before their children.
LEVELS = (Level.PORTFOLIO, Level.PROGRAMME, Level.PROJECT)
OLDEST, YOUNGEST = timedelta(days=1100), timedelta(days=60)
HEAD = "Code;Nature;Titre;Énoncé;Priorité;Critères d’acceptation;Lot"
ROW = "REQ-{n:05d};fonctionnelle;L’équipage {n} voit son quai;Le système montre le quai {n} en 2 s.;doit;2 s;Lot {lot}"

#: Writes the records of one capability on a project; `count` is its share of the proposals.
type Slice = Callable[[Place, Writer, int], None]


def files_of(_place: Place, writer: Writer, count: int) -> None:
    """Write proposals with their opinions, decisions and conditions."""
    writer.draw(count)


SLICES: list[Slice] = [files_of, risks_of, checks_of, weather_of]


def has_other_projects() -> bool:
    """Return whether there are projects that were not populated."""
    return Project.objects.exclude(level=Level.ORGANISATION).exclude(code__startswith=PREFIX).exists()


def is_populated() -> bool:
    """Return whether there are populated projects."""
    return Project.objects.filter(code__startswith=PREFIX).exists()


def populate(size: Size, odd: Odd | None, processes: int) -> Iterator[tuple[int, int]]:
    """Write everything; yield (projects written, projects in all) along the way."""
    now = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    with back_entry(now):  # an account begins as an administrator's by an act, or by a back-entry
        write_people(size.people)
    everything, people = plans(size, now), read_people()
    oddities = _odd_plans(odd, now) if odd else []
    whole, done = len(everything) + len(oddities), 0
    known = people if processes < 2 else None
    waves = [[partial(_write, plan, now, known) for plan in everything if plan.level == level] for level in LEVELS]
    if odd:  # the longest first
        waves[-1][:0] = [partial(_write_odd, plan, odd, now, known) for plan in oddities]
    for _number in _done(waves, processes):
        yield (done := done + 1), whole
    if odd:
        _mandates(odd.mandates, people.everywhere, now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _done(waves: Sequence[Sequence[Callable[[], int]]], processes: int) -> Iterator[int]:
    """Run the tasks wave by wave in this number of processes, or in this one alone; yield each as it ends."""
    if processes < 2:
        yield from (work() for wave in waves for work in wave)
        return
    connection.close()
    with ProcessPoolExecutor(processes, get_context("spawn"), setup) as pool:
        for wave in waves:
            for job in as_completed([pool.submit(work) for work in wave]):
                yield job.result()


def plans(size: Size, now: datetime) -> list[Plan]:
    """Plan every project: portfolios, their programmes, and projects below either or on their own."""
    rng = random.Random(f"plans {size.projects}")  # noqa: S311 — reproducible, not secret
    levels = [Level.PORTFOLIO] * size.portfolios + [Level.PROGRAMME] * size.programmes
    levels += [Level.PROJECT] * (size.projects - len(levels))
    shares = [rng.lognormvariate(0, 0.6) * (1 if level == Level.PROJECT else 0.3) for level in levels]
    counts = [int(size.proposals * share / sum(shares)) for share in shares]
    for number in range(size.proposals - sum(counts)):
        counts[-1 - number % len(counts)] += 1
    made = []
    for number, (level, count) in enumerate(zip(levels, counts, strict=True), start=1):
        parents = size.portfolios if level == Level.PROGRAMME else size.portfolios + size.programmes
        above = None if level == Level.PORTFOLIO or rng.random() < 0.1 else rng.randint(1, parents)
        oldest = OLDEST if level == Level.PROJECT else OLDEST + timedelta(days=100)
        began = now - timedelta(seconds=rng.uniform(YOUNGEST.total_seconds(), oldest.total_seconds()))
        made.append(Plan(number, str(level), above, began, count))
    return made


def _odd_plans(odd: Odd, now: datetime) -> list[Plan]:
    began = now - OLDEST
    of_pending = [
        Plan(ODD + n, str(Level.PROJECT), None, began, odd.pending // PENDING_PROJECTS, "waited for")
        for n in range(1, PENDING_PROJECTS + 1)
    ]
    much_revised = Plan(ODD + 10, str(Level.PROJECT), None, began, 1)
    required = Plan(ODD + 11, str(Level.PROJECT), None, began, 0)
    return [much_revised, *([required] if odd.requirements else []), *of_pending]


@cache
def _everybody() -> People:
    """Return the people, read once per worker process."""
    return read_people()


def _write(plan: Plan, now: datetime, people: People | None) -> int:
    """Write one project with all of its slices in one transaction."""
    with _quickly(), transaction.atomic():
        place = found_place(plan, people or _everybody())
        writer = Writer(place, Bulk(), now)
        for slice_of in SLICES:
            slice_of(place, writer, plan.proposals)
        writer.write()
    return plan.number


def _write_odd(plan: Plan, odd: Odd, now: datetime, people: People | None) -> int:
    """Write one odd case: many revisions, an owner with many proposals, or many requirements."""
    with _quickly(), transaction.atomic():
        place = found_place(plan, people or _everybody())
        writer = Writer(place, Bulk(), now)
        if plan.owner:
            writer.draw(plan.proposals, "ready")
        elif plan.proposals:
            writer.draw(1, "ready", odd.revisions)
        writer.write()
    if not plan.owner and not plan.proposals:
        _requirements(place, odd.requirements)
    return plan.number


def _requirements(place: Place, count: int) -> None:
    """Write many requirements by one import, as the AMOA would import them today."""
    amoa = place.seats["AMOA"].holder
    lines = [HEAD, *(ROW.format(n=n, lot=n % 5) for n in range(1, count + 1))]
    upload = Upload("requirements.csv", "text/csv", "\n".join(lines).encode())
    table = open_table("requirements.csv", upload.content)
    job = receive(actor=amoa, job=build_import(place.project, "requirements"), upload=upload, table=table)
    choose_columns(actor=amoa, job=job, mapping=job.mapping)
    start(actor=amoa, job=job, leave_out=False)
    run(job.pk)


def _mandates(count: int, person: User, now: datetime) -> None:
    """Write mandates of one person as a recipient, most of them over, on as many projects as there are."""
    projects = list(Project.objects.filter(code__in=[code_of(n) for n in range(1, 301)]).order_by("code"))
    for number in range(count):
        project, turn = projects[number % len(projects)], number // len(projects)
        begins = now - timedelta(days=40) + timedelta(days=5 * turn)
        owner = project.mandates.active(begins).deciding().get().holder
        with transaction.atomic(), past_act(now - timedelta(days=40)):
            appoint(
                actor=owner,
                project=project,
                role=role_on(project, "DEST"),
                holder=person,
                starts_at=begins,
                ends_at=begins + timedelta(days=5 if turn % 2 else 4),
                group="Partout",
            )


class _quickly:
    """Commit without waiting for the disk: after a crash the data is populated again.

    Wait for locks without a limit: a project is one long transaction that locks the parent of others, too.
    """

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off; SET lock_timeout = 0")

    def __exit__(self, *_: object) -> None:
        """Do nothing: the connection belongs to the population."""
