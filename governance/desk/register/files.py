"""The register on paper, as a file of the decisions that a query string asks for. The worker writes a large one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from core.files.papers.content import Line
from core.files.papers.files import MEDIA, write_paper
from core.files.prepared import Tell, Wanted, Work
from core.pages.lists.pages import Listing
from core.record.erasure import display_name
from governance.decide.decisions.models import Decision, DecisionQuerySet
from governance.desk.register.listing import build_listing, get_day
from governance.desk.register.paper import MOST, build_paper
from projects.models import LedgerEvent, Project
from roles.models import User

#: Decisions above which a paper is written by the worker.
LARGE = 1_000


@dataclass(frozen=True, kw_only=True)
class RegisterFile(Wanted):
    """A paper of the register: code of the project, empty for all, and the query string of the list."""

    code: str
    query: str

    name: ClassVar[str] = "register"
    untold: ClassVar[frozenset[str]] = frozenset(MEDIA)

    def open(self, person: User) -> Work | None:
        project = Project.objects.visible_to(person).filter(code=self.code).first() if self.code else None
        if self.code and project is None:
            return None
        decisions = project.decisions.all() if project else Decision.objects.visible_to(person)
        query = QueryDict(self.query)
        listing, asked = build_listing(decisions, query, list_signatories(decisions), everywhere=project is None)
        total = min(listing.rows.count(), MOST)
        return Work(total, partial(self._write, listing, project, person, get_day(asked)))

    def describe(self, done: int, total: int) -> str:
        return _("About %(done)s of %(total)s decisions") % {"done": done, "total": total}

    def _write(self, listing: Listing, project: Project | None, reader: User, until: datetime, _tell: Tell) -> bytes:
        at = timezone.now()
        paper = build_paper(listing, project, reader, at, until=until, facts=_list_facts(project))
        return write_paper(paper, self.kind, at)


def list_signatories(decisions: DecisionQuerySet) -> list[tuple[int, str]]:
    """List (primary key, name) of those who signed these decisions, by name."""
    signed = decisions.order_by("decided_by__name", "decided_by").values_list("decided_by", "decided_by__name")
    return [(pk, str(display_name(name))) for pk, name in signed.distinct()]


def _list_facts(project: Project | None) -> Sequence[Line]:
    """List the facts that a paper of one project begins with: where its ledger stands."""
    last: Any = LedgerEvent.objects.filter(project=project).order_by("-seq").first() if project else None
    return [Line(_("Last entry of the ledger"), f"#{last.seq} {bytes(last.hash).hex()}")] if last else []
