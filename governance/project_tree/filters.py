"""Filters and order of the list of projects, kept in the query string. Invalid values are ignored."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.language import in_reader_language
from projects.enums import PARENTS, ProjectState
from projects.models import Project

LONGEST_WORDS, MOST_WORDS, LAST_PAGE = 100, 5, 9_999
#: Values of the filter `mine`: a role held by the reader, a task that waits for the reader.
HELD, WAITING = "held", "waiting"
MINE = {HELD: _("Where I hold a role"), WAITING: _("With tasks for me")}
#: Value of the filter `state` that shows the archive, which is left out otherwise.
ARCHIVED = "archived"
#: Orders; the empty one is the tree.
SORTS = ("title", "state", "end")


@dataclass(frozen=True)
class Filter:
    """The filter, order and page asked for; the default is the first page of the whole tree."""

    q: str = ""
    level: str = ""
    state: str = ""
    mine: str = ""
    sort: str = ""
    page: int = 1

    @classmethod
    def from_query(cls, address: QueryDict) -> "Filter":
        """Build a Filter from the query string. Invalid values are ignored."""

        def among(name: str, known: Any) -> str:
            value = address.get(name, "")
            return value if value in known else ""

        page = address.get("page", "")
        return cls(
            q=" ".join(address.get("q", "").replace("\x00", " ").split())[:LONGEST_WORDS],
            level=among("level", PARENTS),
            state=among("state", [*ProjectState.values, ARCHIVED]),
            mine=among("mine", MINE),
            sort=among("sort", SORTS),
            page=min(max(int(page), 1), LAST_PAGE) if page.isascii() and page.isdecimal() and len(page) < 9 else 1,
        )

    @property
    def is_narrow(self) -> bool:
        """Return whether any filter is set."""
        return any((self.q, self.level, self.state, self.mine))

    @property
    def is_tree(self) -> bool:
        """Return whether the rows are shown as a tree: the whole of it, in its own order."""
        return not (self.is_narrow or self.sort)

    def condition(self, held: Any, waiting: list[int]) -> Q:
        """Return the condition of the filter; `held` is that of a role of the reader, `waiting` are project ids."""
        found = Q()
        for word in self.q.split()[:MOST_WORDS]:
            found &= Q(code__icontains=word) | Q(title_fr__icontains=word) | Q(title_en__icontains=word)
        if self.level:
            found &= Q(level=self.level)
        found &= Q(archived=self.state == ARCHIVED)
        if self.state and self.state != ARCHIVED:
            found &= Q(state=self.state)
        if self.mine == HELD:
            found &= Q(held)
        if self.mine == WAITING:
            found &= Q(pk__in=waiting)
        return found

    def ordered(self, projects: QuerySet[Project]) -> QuerySet[Project]:
        """Sort rows that have the places of the tree (`queries.with_places`)."""
        tree = ("first", "second", "third", "pk")
        by_title = Lower(in_reader_language("title_fr", "title_en"))
        orders: dict[str, Any] = {
            "": tree,
            "title": (by_title, "pk"),
            "state": ("state", *tree),
            "end": ("ends_on", "pk"),
        }
        return projects.order_by(*orders[self.sort])
