"""Build files of requirements as people send them, and bring an import to a given state."""

from typing import Any, Self

from amoa.imports import runner
from amoa.imports.models import ImportJob
from amoa.imports.services import start
from core.files.checks import Upload
from core.tables.reader import open_table
from core.tables.tables import Table
from projects.imports.choices import guess_fields
from projects.imports.registry import find_importer
from projects.imports.services import build_import, choose_columns, receive
from projects.models import Project

#: An English file of two new requirements.
HEAD = ("Code", "Kind", "Title", "Priority", "Acceptance criteria")
ROWS = (
    ("", "functional", "Crews see the berth plan", "must", "The plan appears within 2 s"),
    ("", "constraint", "The plan works without a network", "later", ""),
)


class Still:
    """A watch without a thread: other connections cannot see the transaction of the tests."""

    def __init__(self, pk: int, run: int) -> None:
        self.told: list[int] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:
        return None

    def tell(self, done: int) -> None:
        """Remember the progress."""
        self.told.append(done)


def csv_of(*rows: tuple[str, ...], head: tuple[str, ...] = HEAD) -> bytes:
    """Build a CSV with semicolons and every cell quoted."""
    quoted = [";".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in (head, *rows)]
    return "\n".join(quoted).encode()


def receive_file(actor: Any, project: Any, content: bytes = csv_of(*ROWS), name: str = "needs.csv") -> ImportJob:
    """Receive a file."""
    table = open_table(name, content)
    job: ImportJob = build_import(project, "requirements")
    return receive(actor=actor, job=job, upload=Upload(name, "text/csv", content), table=table)


def check_file(
    actor: Any, project: Any, content: bytes = csv_of(*ROWS), name: str = "needs.csv", mapping: Any = None
) -> ImportJob:
    """Receive a file and check its lines; columns are guessed unless given."""
    job = receive_file(actor, project, content, name)
    choose_columns(actor=actor, job=job, mapping=mapping or job.mapping)
    return ImportJob.objects.get(pk=job.pk)


def import_file(
    actor: Any, project: Any, content: bytes, name: str = "needs.csv", leave_out: bool = False
) -> ImportJob:
    """Run an import to its end, whatever it is."""
    job = check_file(actor, project, content, name)
    start(actor=actor, job=job, leave_out=leave_out)
    runner.run(job.pk, Still)
    return ImportJob.objects.get(pk=job.pk)


def list_problems(job: ImportJob) -> list[tuple[int, str, str]]:
    """List line, field and code of each problem."""
    return [(problem["line"], problem["field"], problem["code"]) for problem in job.problems]


def guess_mapping(header: list[str], rows: list[list[str]]) -> list[str]:
    """Guess the fields of the columns of a file."""
    table = Table("csv", header, rows, list(range(2, len(rows) + 2)))
    importer: Any = find_importer("requirements")
    return guess_fields(importer, Project(), table)
