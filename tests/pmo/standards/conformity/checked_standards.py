"""Write standards in force with their checks, past the services and their guards, on any day.

Adoption itself is tested with tests/pmo/standards/standards.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from core.acts import acting_as
from pmo.models import Standard, StandardCheckpoint, StandardVersion, Waiver
from pmo.standards.conformity.enums import Result
from pmo.standards.conformity.queries import (
    CheckpointStanding,
    StandardShare,
    count_by_standard,
    list_due_standings,
    list_project_standings,
)
from pmo.standards.conformity.services import record_check
from projects.models import Project
from projects.seats.mandates.services import found_project
from roles.enums import Gate
from roles.models import User
from tests import acts
from tests.database import enable_seals, owning, run

#: The code of the cast's own standard: the tests count without it.
OF_THE_CAST = "STD-LOG"


def list_statuses(project: Any, at: Any = None) -> list[CheckpointStanding]:
    """Map the checkpoints due on `project` to their status, without those of the cast's own standard."""
    return [row for row in list_due_standings(project, at) if row.checkpoint.version.standard.code != OF_THE_CAST]


def adopted(
    project: Any,
    code: str = "STD-A",
    *texts: str,
    gate: str = Gate.G0,
    number: int = 1,
    family: str = "quality",
    mandatory: bool = True,
    levels: Sequence[str] = ("project",),
    since: date | None = None,
    until: date | None = None,
    computed: Sequence[str] = (),
    barred: Sequence[int] = (),
) -> StandardVersion:
    """Write a version in force in the library of `project`, with a checkpoint for each of `texts`.

    `computed` names the checks of the first checkpoints, `barred` the numbers of those that cannot be waived.
    """
    with disable_guards(), acting_as(User.objects.installation()):
        standard, _new = Standard.objects.get_or_create(project=project, code=code, defaults={"family": family})
        version = StandardVersion.objects.create(
            standard=standard,
            number=number,
            title_fr=f"Norme {code}",
            title_en=f"Standard {code}",
            mandatory=mandatory,
            levels=list(levels),
            from_gate=gate,
            state="retired" if until else "adopted",
            effective_from=since or timezone.localdate() - timedelta(days=400),
            effective_to=until,
            hash="0" * 64,
        )
        for place, text in enumerate(texts or ("One", "Two"), start=1):
            StandardCheckpoint.objects.create(
                version=version,
                number=place,
                text_fr=f"{text} (fr)",
                text_en=text,
                computed=computed[place - 1] if place <= len(computed) else "",
                waivable=place not in barred,
            )
    return version


@contextmanager
def disable_guards() -> Iterator[None]:
    """Disable the guards on the tables of the library, and what asks for an event of each row; keep the seals."""
    tables = [f"pmo_{name}" for name in ("standard", "standardversion", "standardcheckpoint")]
    with owning():
        _switch("DISABLE", [*tables, "projects_rowseal"])
        enable_seals(*tables)
        yield
        _switch("ENABLE", [*tables, "projects_rowseal"])


def _switch(how: str, tables: Sequence[str]) -> None:
    run("SET CONSTRAINTS ALL IMMEDIATE")  # a table with pending deferred checks cannot be altered
    for table in tables:
        run(f"ALTER TABLE {table} {how} TRIGGER USER")
    run("SET CONSTRAINTS ALL DEFERRED")


def checkpoint(version: StandardVersion, number: int = 1) -> StandardCheckpoint:
    """Return a checkpoint of a version, with both prefetched."""
    return StandardCheckpoint.objects.select_related("version__standard__project").get(version=version, number=number)


def nested(founder: Any, owner: Any) -> tuple[Any, Any]:
    """Create a programme of `owner`, and a project in it."""
    days = {"starts_on": timezone.localdate(), "ends_on": timezone.localdate() + timedelta(days=90)}
    made: list[Any] = []
    for code, level in (("LIB", "programme"), ("SUB", "project")):
        words = {"code": code, "prefix": code, "title_fr": code, "title_en": code, "language": "en", "level": level}
        above = {"parent": made[0]} if made else {}
        made.append(found_project(actor=founder, owner=owner, fields=words | days | above))
    return made[0], made[1]


def of_the_cast() -> dict[str, int]:
    """Write on project one a failed checkpoint that may be waived, and a waiver in force; return their ids."""
    project = Project.objects.get(code="ONE")
    version = StandardVersion.objects.filter(standard__project=project, standard__code="STD-CAST").first()
    if version is None:
        owner, pmo = (User.objects.get(email=f"{name}@example.org") for name in ("owner", "pmo"))
        version = adopted(project, "STD-CAST", "A list beside the map", "Lamps", "The owner decides", barred=[3])
        found = {"actor": pmo, "project": project, "finding": "Seen on the quay."}
        record_check(**found, checkpoint=checkpoint(version, 1), result=Result.NOT_CONFORM)
        record_check(**found, checkpoint=checkpoint(version, 2), result=Result.NOT_CONFORM)
        first, last = str(timezone.localdate()), str(timezone.localdate() + timedelta(days=20))
        terms = {
            "checkpoints": "STD-CAST.1#2",
            "scope": "The lamps.",
            "reason": "Spring.",
            "impact": "Few boats at night.",
            "measure": "A lamp of the crew.",
            "return_plan": "In spring.",
            "affects_recipients": "no",
            "starts_on": first,
            "ends_on": last,
        }
        acts.decide(owner, acts.submit_to_owner(project, "waiver", terms=terms))
        record_check(**found, checkpoint=checkpoint(version, 2), result=Result.CONFORM)
    waiver = Waiver.objects.get(version=version)
    return {"checkpoint": checkpoint(version, 1).pk, "waiver": waiver.pk}


def by_standard(projects: QuerySet[Project], at: datetime | None = None) -> list[StandardShare]:
    """Return the shares of the standards over these projects, as dashboards count them."""
    return count_by_standard(row for _project, row in list_project_standings(projects, at))
