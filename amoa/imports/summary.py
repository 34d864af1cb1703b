"""Summary of an import for display: changed fields, their number, and the first changes word by word."""

from dataclasses import dataclass

from amoa.imports.columns import BY_NAME
from amoa.imports.models import ImportJob
from core.diff import Line, text_runs

#: Requirements written per second, a cautious estimate; `make bench` measures it.
PER_SECOND = 500


@dataclass(frozen=True)
class RequirementChange:
    """A requirement that the file changes, field by field."""

    line: int
    code: str
    fields: list[Line]


def list_fields(job: ImportJob) -> list[tuple[str, int]]:
    """List the labels of the changed fields with the number of requirements."""
    return [(str(BY_NAME[name].label), number) for name, number in job.summary.get("fields", {}).items()]


def list_changes(job: ImportJob) -> list[RequirementChange]:
    """List the first changed requirements with their differences."""
    return [
        RequirementChange(
            line, code, [Line(str(BY_NAME[name].label), "", text_runs(old, new)) for name, old, new in differences]
        )
        for line, code, differences in job.summary.get("first_changed", [])
    ]


def estimate_seconds(rows: int) -> int:
    """Estimate the duration of writing this many rows, in seconds."""
    return max(1, -(-rows // PER_SECOND))
