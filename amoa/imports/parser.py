"""What an import says of itself: which fields it changes, how often, and the first changes word by word."""

from dataclasses import dataclass

from amoa.imports.columns import BY_NAME
from amoa.imports.models import ImportJob
from core.diff import Line, text_runs

#: Requirements written in a second, cautiously; `make bench` measures it.
PER_SECOND = 500


@dataclass(frozen=True)
class Changed:
    """One requirement that the file changes, field by field."""

    line: int
    code: str
    fields: list[Line]


def fields(job: ImportJob) -> list[tuple[str, int]]:
    """The fields that change, by name, with how many requirements each changes on."""
    return [(str(BY_NAME[name].label), number) for name, number in job.summary.get("fields", {}).items()]


def changes(job: ImportJob) -> list[Changed]:
    """The first requirements that change, with the words that come and go."""
    return [
        Changed(line, code, [Line(str(BY_NAME[name].label), "", text_runs(old, new)) for name, old, new in told])
        for line, code, told in job.summary.get("first_changed", [])
    ]


def seconds(rows: int) -> int:
    """About how long writing so many rows takes."""
    return max(1, -(-rows // PER_SECOND))
