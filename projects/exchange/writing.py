"""Tables for other tools: CSV, XLSX and ReqIF. No cell is ever a formula; what is read again is the same text."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Item:
    """A requirement on its way out; `parent` is the identifier of another one, `others` are further attributes."""

    identifier: str
    title: str
    text: str = ""
    parent: str = ""
    others: Mapping[str, str] = field(default_factory=dict)


def as_csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Comma-separated, UTF-8 with a byte order mark; what could be taken for a formula begins with an apostrophe."""
    raise NotImplementedError


def as_xlsx(
    title: str, head: Sequence[str], rows: Iterable[Sequence[str]], *,
    widths: Sequence[int] = (), about: Sequence[tuple[str, str]] = (), created: datetime | None = None,
) -> bytes:  # fmt: skip
    """A workbook of one sheet called `title`, and one about it; the head stays in view and filters."""
    raise NotImplementedError


def as_reqif(code: str, title: str, items: Iterable[Item], *, at: datetime) -> bytes:
    """ReqIF 1.2: one specification, parents before what they hold; the same items have the same identifiers."""
    raise NotImplementedError
