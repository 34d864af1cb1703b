"""Scope of a dashboard: a project, or a programme or portfolio with its visible parts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from operator import itemgetter
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone

from core.access import Person
from core.acts import cached
from core.sql.array_lookup import in_array, is_one_of
from core.words.language import in_reader_language
from projects.enums import Level, Workspace
from projects.models import Mandate, Project

#: Periods to look back over, in days.
PERIODS = (30, 90, 365)
PERIOD = 365
DAY = re.compile(
    "20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9])|20[0-9]{2}-(0[13-9]|1[0-2])-30|20[0-9]{2}-(0[13578]|1[02])-31"
)
#: Earliest day a period may end on.
FIRST_DAY = date(2000, 1, 1)
CODE = re.compile("[A-Z0-9-]{1,20}")
KEY = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def visible_parts(root: Project, user: Person) -> QuerySet[Project]:
    """Return `root` and the projects below it, at most two levels, that `user` may read; archived ones are left out.

    Does not check `root` itself.
    """
    if not root.has_parts:
        return Project.objects.filter(pk=root.pk)
    below = Q(pk=root.pk) | Q(archived=False) & (Q(parent=root.pk) | Q(parent__parent=root.pk))
    return Project.objects.filter(in_array("pk", Project.objects.visible_to(user).filter(below).values("pk")))


@dataclass(frozen=True)
class Scope:
    """Projects of a dashboard, with the filters of the query string.

    `within` is the code of a programme, `owner` the key of an owner in office, `only` the code of a single project.
    `period` is in days back from `last_day`: today, or the day in `as_of` on pages that count up to any day.
    `found` are the filtered projects by their keys, once these were read.
    """

    root: Project
    all: QuerySet[Project]
    today: date
    period: int = PERIOD
    within: str = ""
    owner: str = ""
    only: str = ""
    as_of: date | None = None
    found: QuerySet[Project] | None = None

    @classmethod
    def of(cls, request: HttpRequest, root: Project) -> "Scope":
        """Build a Scope from the query string. Invalid values are ignored, as are group filters of one project."""
        query: QueryDict = request.GET
        narrows = root.has_parts
        period, within, owner = (query.get(name, "") for name in ("period", "within", "owner"))
        return cls(
            root,
            visible_parts(root, request.user),
            timezone.localdate(),
            int(period) if period in {str(days) for days in PERIODS} else PERIOD,
            within if narrows and CODE.fullmatch(within) else "",
            owner if narrows and KEY.fullmatch(owner) else "",
        )

    def of_one(self, code: str) -> "Scope":
        """Restrict to the project of this code; an invalid code is ignored."""
        return replace(self, only=code if CODE.fullmatch(code) else "")

    def limited_to(self, keys: Sequence[int]) -> "Scope":
        """Restrict to the projects with these keys, as read from it: its queries then need not find them again."""
        known = Value(list(keys), ArrayField(BigIntegerField()))
        return replace(self, found=Project.objects.filter(is_one_of(F("pk"), known, "bigint")))

    def counted_up_to(self, day: str) -> "Scope":
        """Count up to this ISO day instead of today; an invalid day, today and later ones are ignored."""
        try:
            asked = date.fromisoformat(day)
        except ValueError:
            return self
        return replace(self, as_of=asked) if FIRST_DAY <= asked < self.today else self

    @property
    def last_day(self) -> date:
        """Return the last day of the period."""
        return self.as_of or self.today

    @property
    def since(self) -> date:
        """Return the first day of the period."""
        return self.last_day - timedelta(days=self.period)

    @property
    def projects(self) -> QuerySet[Project]:
        """Return the filtered projects."""
        projects = self._filter_all() if self.found is None else self.found
        return projects.filter(code=self.only) if self.only else projects

    def _filter_all(self) -> QuerySet[Project]:
        projects = self.all
        if self.within:
            projects = projects.filter(Q(code=self.within) | Q(parent__code=self.within))
        if self.owner:
            held = Mandate.objects.active().deciding().filter(holder__key=self.owner)
            projects = projects.filter(pk__in=held.values("project"))
        return projects

    def using(self, workspace: Workspace) -> QuerySet[Project]:
        """Return the filtered projects that have this workspace switched on."""
        return self.projects.filter(workspaces__contains=[workspace.value])

    def shows(self, workspace: Workspace) -> bool:
        """Return whether figures of this workspace are shown: on a group always, on a project that has it."""
        return self.is_group or self.root.has(workspace)

    @property
    def is_group(self) -> bool:
        """Tell whether it can hold more than one project."""
        return self.root.has_parts

    @property
    def query(self) -> dict[str, Any]:
        """Return the active filters, by query parameter."""
        period = self.period if self.period != PERIOD else ""
        filters = {"within": self.within, "owner": self.owner, "period": period, "as_of": self.as_of}
        return {name: value for name, value in filters.items() if value}

    @property
    def suffix(self) -> str:
        """Return the active filters as a query string with its `?`; empty without filters."""
        return f"?{urlencode(self.query)}" if self.query else ""

    def choices(self) -> dict[str, dict[str, str]]:
        """Return the choices of each filter as value → label, sorted by label. One query; none for a project.

        `within` offers the programmes of a portfolio, `owner` the owners in office.
        """
        choices: dict[str, dict[str, str]] = {"within": {}, "owner": {}}
        if not self.is_group:
            return choices
        programmes = self.all.filter(level=Level.PROGRAMME).annotate(filter=Value("within"))
        held = Mandate.objects.active().deciding().filter(project__in=self.all)
        owners = held.annotate(filter=Value("owner"), text=Cast("holder__key", TextField()))
        rows = owners.values_list("filter", "holder__name", "holder__name", "text")
        if self.root.level == Level.PORTFOLIO:
            rows = rows.union(programmes.values_list("filter", "title_fr", "title_en", "code"))
        for name, in_french, in_english, value in rows:
            choices[name][value] = in_reader_language(in_french, in_english)
        return sort_choices(choices)


def sort_choices(choices: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Sort the choices of each filter by label."""
    return {name: dict(sorted(words.items(), key=itemgetter(1))) for name, words in choices.items()}


def list_url(scope: Scope, name: str, **filters: Any) -> str:
    """Return the URL of the list behind a figure, with the filters of the dashboard and its own."""
    args = [scope.root.code, name]
    address = cached(("dashboard_list", *args), lambda: reverse("pmo:dashboards:dashboard_list", args=args))
    query = urlencode({**scope.query, **filters})
    return f"{address}?{query}" if query else address
