"""Bring the import of a list to a given state, and read what it would do."""

from collections.abc import Sequence
from typing import Any

from core.files.checks import Upload
from core.tables.reader import open_table
from core.tables.writer import as_csv
from projects.imports import services
from projects.imports.plan import Plan
from projects.models import ListImport

#: A register of two risks, as a French team keeps it.
HEAD = ("N°", "Risque", "Cause", "Description", "Conséquences", "Catégorie", "Probabilité", "Gravité", "Pilote")
ROWS = (
    (
        "R1",
        "La grue s’arrête",
        "La grue a quarante ans.",
        "Son moteur lâche.",
        "Trois semaines perdues.",
        "externe",
        "4",
        "élevé",
        "PMO",
    ),
    (
        "R2",
        "Le quai s’affaisse",
        "Le sol est mou.",
        "Le quai descend.",
        "Le chantier s’arrête.",
        "informatique",
        "2 · Faible",
        "5",
        "",
    ),
)


def table_of(*rows: Sequence[str], head: Sequence[str] = HEAD) -> bytes:
    """Build a CSV."""
    return as_csv(head, rows)


def receive(
    actor: Any, project: Any, content: bytes | None = None, name: str = "risks", file: str = "list.csv"
) -> ListImport:
    """Receive a file of a list, two risks by default."""
    content = table_of(*ROWS) if content is None else content
    job = services.build_import(project, name)
    upload = Upload(file, "text/csv", content)
    return services.receive(actor=actor, job=job, upload=upload, table=open_table(file, content))


def check(
    actor: Any, project: Any, content: bytes | None = None, name: str = "risks", file: str = "list.csv"
) -> tuple[ListImport, Plan]:
    """Receive a file, keep the guessed columns, and return what it would do."""
    job = receive(actor, project, content, name, file)
    services.choose_columns(actor=actor, job=job, mapping=job.mapping)
    return job, services.plan_import(actor, job)


def bring_in(
    actor: Any,
    project: Any,
    content: bytes | None = None,
    name: str = "risks",
    leave_out: bool = False,
    way: str = "",
    file: str = "list.csv",
) -> ListImport:
    """Write a file of a list; people are invited now unless another `way` is given."""
    job, plan = check(actor, project, content, name, file)
    assert leave_out or not plan.wrong, problems(plan)
    ways = services.get_importer(job).list_ways(len(plan.new), len(plan.writes))
    way = way or (ways[-1][0] if ways else "")
    services.import_list(actor=actor, job=job, seen=plan.fingerprint, leave_out=leave_out, way=way)
    return ListImport.objects.get(pk=job.pk)


def problems(plan: Plan) -> list[tuple[int, str, str]]:
    """List line, column and text of each problem."""
    return [(problem.line, problem.column, problem.text) for problem in plan.problems]
