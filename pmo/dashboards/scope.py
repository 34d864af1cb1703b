"""What a dashboard is about: a project, or a programme or portfolio with all that is part of it, as one sees it."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from operator import itemgetter
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone

from core.access import Visitor
from core.array_lookup import among
from core.language import in_reader_language
from projects.enums import Level
from projects.models import Mandate, Project

#: Periods one may look back over, in days.
PERIODS = (30, 90, 365)
PERIOD = 365
CODE = re.compile("[A-Z0-9-]{1,20}")
KEY = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def part_of(root: Project, user: Visitor) -> QuerySet[Project]:
    """`root`, which `user` may read, and what is part of it, at most two levels down, as far as `user` may read it."""
    if not root.has_parts:
        return Project.objects.filter(pk=root.pk)
    below = Q(pk=root.pk) | Q(parent=root.pk) | Q(parent__parent=root.pk)
    return Project.objects.filter(among("pk", Project.objects.visible_to(user).filter(below).values("pk")))


@dataclass(frozen=True)
class Scope:
    """The projects looked at, and the filters of the address that chose them.

    `within` is the code of a programme, `owner` the key of a person in office, `only` the code of the one project a
    list is narrowed to; `period` is in days back from `today`.
    """

    root: Project
    all: QuerySet[Project]
    today: date
    period: int = PERIOD
    within: str = ""
    owner: str = ""
    only: str = ""

    @classmethod
    def of(cls, request: HttpRequest, root: Project) -> "Scope":
        """What the address asks for; what it does not say readably, or asks of one project alone, is as if unsaid."""
        said: QueryDict = request.GET
        narrows = root.has_parts
        period, within, owner = (said.get(name, "") for name in ("period", "within", "owner"))
        return cls(
            root, part_of(root, request.user), timezone.localdate(),
            int(period) if period in {str(days) for days in PERIODS} else PERIOD,
            within if narrows and CODE.fullmatch(within) else "", owner if narrows and KEY.fullmatch(owner) else "",
        )  # fmt: skip

    def of_one(self, code: str) -> "Scope":
        """Narrowed to the project of this code, as it stands in an address; not at all by what is no code."""
        return replace(self, only=code if CODE.fullmatch(code) else "")

    @property
    def since(self) -> date:
        """The first day of the period."""
        return self.today - timedelta(days=self.period)

    @property
    def projects(self) -> QuerySet[Project]:
        """Those that the filters leave."""
        found = self.all
        if self.within:
            found = found.filter(Q(code=self.within) | Q(parent__code=self.within))
        if self.owner:
            held = Mandate.objects.active().deciding().filter(holder__key=self.owner)
            found = found.filter(pk__in=held.values("project"))
        return found.filter(code=self.only) if self.only else found

    @property
    def is_group(self) -> bool:
        """Whether it can hold more than one project."""
        return self.root.has_parts

    @property
    def query(self) -> dict[str, Any]:
        """The filters that are set, as the address writes them."""
        said = {"within": self.within, "owner": self.owner, "period": self.period if self.period != PERIOD else ""}
        return {name: value for name, value in said.items() if value}

    @property
    def suffix(self) -> str:
        """The filters as the end of an address, empty without any."""
        return f"?{urlencode(self.query)}" if self.query else ""

    def choices(self) -> dict[str, dict[str, str]]:
        """What one may narrow it to, as name → what the address says → words: the programmes of a portfolio as
        `within`, and who decides on these projects today as `owner`, each by name. One query; none for a project.
        """
        found: dict[str, dict[str, str]] = {"within": {}, "owner": {}}
        if not self.is_group:
            return found
        programmes = self.all.filter(level=Level.PROGRAMME).annotate(filter=Value("within"))
        held = Mandate.objects.active().deciding().filter(project__in=self.all)
        owners = held.annotate(filter=Value("owner"), text=Cast("holder__key", TextField()))
        rows = owners.values_list("filter", "holder__name", "holder__name", "text")
        if self.root.level == Level.PORTFOLIO:
            rows = rows.union(programmes.values_list("filter", "title_fr", "title_en", "code"))
        for name, in_french, in_english, said in rows:
            found[name][said] = in_reader_language(in_french, in_english)
        return {name: dict(sorted(words.items(), key=itemgetter(1))) for name, words in found.items()}


def behind(scope: Scope, name: str, **said: Any) -> str:
    """Address of the list behind a number, with the filters of the dashboard and its own."""
    address = reverse("pmo:dashboards:dashboard_list", args=[scope.root.code, name])
    query = urlencode({**scope.query, **said})
    return f"{address}?{query}" if query else address
