"""Sources of an agenda: rows of a project that wait for a word; each app registers its own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.acts import act_time
from core.pages.form_views import Text
from core.record.erasure import display_text
from governance import workflow
from governance.decide.decisions.models import Condition, Decision
from governance.decide.proposals.models import Proposal
from governance.enums import ProposalState
from governance.life.actions.models import Action
from projects.seats.mandates.holders import owners

#: Source whose items are settled by a decision of the ledger alone (governance/sessions/sittings/guards.py).
PROPOSALS = "proposal"


@dataclass(frozen=True)
class AgendaSource:
    """Rows of one model: `find` returns those that a session hears, `name` and `link` tell them.

    `related` is loaded with them. A reader is shown those that `visible_to` of the model leaves. `paper` returns the
    stored PDF of a row, if its rows have one.
    """

    code: str
    label: Text
    model: type[Model]
    find: Callable[[Any], QuerySet[Any]]
    name: Callable[[Any], str]
    link: Callable[[Any], str]
    related: tuple[str, ...] = ()
    paper: Callable[[Any], bytes] | None = None

    def read(self, keys: Iterable[int], reader: Any) -> dict[int, Any]:
        """Return the rows with these keys that `reader` may see, by key."""
        rows: Any = self.model._default_manager
        return {row.pk: row for row in rows.visible_to(reader).filter(pk__in=keys).select_related(*self.related)}


SOURCES: dict[str, AgendaSource] = {}


def register(source: AgendaSource, *, is_first: bool = False) -> None:
    """Register a source under its code, after those before it or first. Raises ValueError when the code is taken."""
    if source.code in SOURCES:
        raise ValueError(f"The source {source.code!r} is registered twice.")
    others = dict(SOURCES)
    SOURCES.clear()
    SOURCES.update({source.code: source} | others if is_first else others | {source.code: source})


def _to_decide(session: Any) -> QuerySet[Proposal]:
    """Filter the files that have their opinions, or whose day for opinions has passed: the owner may waive those."""
    has_opinions = Q(state=ProposalState.READY_FOR_DECISION)
    is_late = Q(state__in=workflow.BEING_ADVISED, current__advise_by__lt=session.day)
    rows: QuerySet[Proposal] = session.project.proposals.filter(has_opinions | is_late)
    return rows


def _to_review(session: Any) -> QuerySet[Decision]:
    found, project = Decision.objects.none(), session.project
    for seat in owners(project):
        found = found | Decision.objects.awaiting_review_of(seat.holder, act_time()).filter(project=project)
    return found


register(
    AgendaSource(
        PROPOSALS,
        _("For decision"),
        Proposal,
        _to_decide,
        lambda row: f"{row.reference} · {row.title}",
        lambda row: str(row.get_absolute_url()),
        ("project", "current"),
    )
)
register(
    AgendaSource(
        "condition",
        _("Condition overdue"),
        Condition,
        lambda session: Condition.objects.filter(decision__project=session.project).overdue(session.day),
        lambda row: f"{row.decision.reference} · {display_text(row.text)}",
        lambda row: f"{reverse('governance:dossier:dossier', args=[row.decision.proposal_id])}#condition-{row.pk}",
        ("decision__project",),
    )
)
register(
    AgendaSource(
        "review",
        _("Decision to review"),
        Decision,
        _to_review,
        lambda row: f"{row.reference} · {display_text(row.revision.title)}",
        lambda row: str(row.get_absolute_url()),
        ("project", "revision", "proposal"),
    )
)
register(
    AgendaSource(
        "action",
        _("Action late"),
        Action,
        lambda session: session.project.actions.open().filter(due_on__lt=session.day),
        lambda row: f"{row.reference} · {row.what}",
        lambda row: str(row.get_absolute_url()),
        ("project",),
    )
)
