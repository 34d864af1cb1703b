"""Test that ordinary office files go in: at most one row in twenty refused, and none by a column that is missing."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from core.files.checks import Upload
from core.tables.reader import open_table
from core.tables.words import Meanings, UnknownWord, digest
from projects.enums import Level
from projects.imports import services
from projects.imports.plan import NO_COLUMN
from projects.models import Project
from roles.models import User
from tests.corpus.build import OfficeFile
from tests.corpus.kept import KEPT
from tests.corpus.late import LATE
from tests.corpus.worked import WORKED

pytestmark = pytest.mark.django_db

#: Share of the rows that may be refused.
MOST_REFUSED = 0.05
#: Who brings in each list.
BY = {"people": "staff_admin", "requirements": "amoa"}


def choose(file: OfficeFile, unknown: Mapping[str, list[UnknownWord]]) -> Meanings:
    """Return the value that the person of the file gives each word that Ouvrage asks for."""
    answers = {name: {digest(word): value for word, value in words.items()} for name, words in file.answers.items()}
    return {
        name: {word.key: answers[name][word.key] for word in words if word.key in answers.get(name, {})}
        for name, words in unknown.items()
    }


def bring_in(file: OfficeFile, actor: User, project: Project) -> tuple[int, list[str], Any]:
    """Bring a file in as its person does; return the lines written, the problems and the plan or the job."""
    upload = Upload(file.name, "application/octet-stream", file.content)
    table = open_table(file.name, file.content)
    job = services.build_import(project, file.list_name)
    services.receive(actor=actor, job=job, upload=upload, table=table)
    assert set(file.all_rows) <= set(services.get_importer(job).constant)
    services.choose_columns(actor=actor, job=job, mapping=job.mapping, all_rows=file.all_rows)
    services.choose_meanings(actor=actor, job=job, meanings=choose(file, services.list_unknown_words(job)[0]))
    if file.list_name == "requirements":
        found = [f"{row['line']} {row['field']} {row['code']}" for row in job.problems if row["error"]]
        return job.summary["new"], found, job
    plan = services.plan_import(actor, job)
    found = [f"{row.line} {row.reason}" for row in plan.problems]
    assert [row for row in plan.problems if row.kind == NO_COLUMN] == []
    way = (services.get_importer(job).list_ways(len(plan.new), len(plan.writes)) or [("", "")])[0][0]
    services.import_list(actor=actor, job=job, seen=plan.fingerprint, leave_out=True, way=way)
    return plan.counts["new"], found, plan


def place_of(file: OfficeFile, cast: Any, project: Project) -> tuple[User, Project]:
    """Return who brings the file in, and where."""
    person = cast[BY.get(file.list_name, "pmo")]
    return person, Project.objects.get(level=Level.ORGANISATION) if file.list_name == "people" else project


@pytest.mark.parametrize("build", [*WORKED, *KEPT, *LATE], ids=lambda build: f"{build.__module__}-{build.__name__}")
def test_an_office_file_goes_in(build: Callable[[], OfficeFile], cast: Any, project_one: Project) -> None:
    cast["pmo"].name = "Agnès Blanchard"
    cast["pmo"].save()
    file = build()
    written, found, _plan = bring_in(file, *place_of(file, cast, project_one))
    assert file.lines * (1 - MOST_REFUSED) <= written <= file.lines, found
    assert len({line.partition(" ")[0] for line in found}) <= file.lines * MOST_REFUSED, found
