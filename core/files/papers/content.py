"""A document on paper: what it says, the same in every file. Its state stands on top and in each footer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from core.templatetags.ui import when


@dataclass(frozen=True)
class Line:
    """One fact: its name, our text, and the `words` of a person in the `language` of the paper; parts may be empty."""

    label: str
    text: str = ""
    words: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of text under their heads; `widths` are shares of the line."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float] = ()

    @property
    def shares(self) -> list[float]:
        """Return a share for each column."""
        return [self.widths[place] if place < len(self.widths) else 1.0 for place in range(len(self.head))]


@dataclass(frozen=True)
class Part:
    """Facts, and perhaps a table, under one heading; without a heading at the beginning."""

    heading: str
    lines: Sequence[Line] = ()
    table: Table | None = None


@dataclass(frozen=True)
class Paper:
    """A document: `language` is that of titles and quotes. `mark` stands across the pages of what nobody submitted."""

    heading: str
    title: str
    code: str
    language: str
    state: str
    printed: str
    parts: Sequence[Part]
    mark: str = ""
    is_wide: bool = field(default=False, kw_only=True)

    @property
    def name(self) -> str:
        """Return its name in the properties of a file."""
        return f"{self.heading} {self.title}"

    @property
    def foot(self) -> str:
        """Return the words of each footer, before the number of the page."""
        return " · ".join((self.code, self.state, self.printed, "Ouvrage"))


def say_printed(at: datetime, who: object) -> str:
    """Return when a paper was printed, and who printed it."""
    return _("Printed on %(day)s by %(who)s") % {"day": when(at), "who": who}
