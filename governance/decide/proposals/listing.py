"""List of proposals: columns, order and filters."""

from typing import Any

from django.db.models import Case, F, Func, IntegerField, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.access import Person
from core.pages.lists.columns import NOTHING, Column, link, rank
from core.pages.lists.filters import Asked, Filter, read_filters
from core.pages.lists.pages import Listing
from core.sql.references import reference
from core.templatetags.ui import euros, icon, outcome_badge, role_badge, stance, state_badge
from governance.decide.kinds.registry import kinds
from governance.decide.proposals.models import Proposal
from governance.enums import OVER, ProposalState
from projects.models import Project

#: States in which nothing is expected of the proposal itself any more.
SETTLED = (*OVER, ProposalState.CONDITIONS_OPEN)
_AMOUNT = Case(When(current=None, then=F("draft__amount")), default=F("current__amount"))
_DECIDE_BY = Case(
    When(state=ProposalState.DEFERRED, then=F("current__decision__return_on")),
    When(current=None, then=F("draft__decide_by")),
    default=F("current__decide_by"),
)
_SEARCHED = ("code", "current__title", "draft__title", "current__question", "author__name")
#: The number, above all others while the proposal is open.
_OPEN = Case(When(state__in=SETTLED, then=F("number")), default=F("number") + Value(10**9))
_AWAITED = Func(F("awaited_roles"), function="cardinality", output_field=IntegerField())
#: What the cells read; the other columns are long texts.
_SHOWN = ("number", "kind", "state", "state_since", "awaited_roles", "author_role", "project_id")
_SHOWN_OF = {
    "author": ("name", "title"),
    "current": ("title", "amount", "decide_by"),
    "current__decision": ("revision_id", "outcome", "return_on"),
    "draft": ("title", "amount", "decide_by"),
}


def build_listing(project: Project, user: Person, query: QueryDict) -> tuple[Listing, Asked]:
    """Build the list of proposals that the query string asks for, and what it asks for: open ones, newest first."""
    among = project.proposals.visible_on(project, user)
    asked = read_filters(
        query,
        [
            Filter("state", gettext_lazy("Every state"), ProposalState.choices),
            Filter("kind", gettext_lazy("Every kind"), [(kind.code, kind.label) for kind in kinds()]),
        ],
    )
    listing = Listing(
        rows=asked.narrow(among.alias(code=reference("P", "number")), _SEARCHED),
        among=among,
        columns=_list_columns(project),
        query=query,
        sort="-open",
        tie="number",
        load=_load,
        chips=asked.chips,
    )
    return listing, asked


def _load(rows: Any) -> QuerySet[Proposal]:
    columns = [f"{table}__{name}" for table, names in _SHOWN_OF.items() for name in names]
    shown: QuerySet[Proposal] = rows.select_related(*_SHOWN_OF).only(*_SHOWN, *columns).with_positions()
    return shown


def _list_columns(project: Project) -> list[Column]:
    def title(proposal: Proposal) -> SafeString:
        named = link(proposal.get_absolute_url(), proposal.title, code=proposal.reference, lang=project.language)
        return format_html('{}<br><span class="faint">{}</span>', named, capfirst(proposal.get_kind_display()))

    return [
        Column("number", gettext_lazy("Number"), lambda proposal: proposal.reference, "number", usual=False),
        Column(
            "open",
            pgettext_lazy("proposal", "Open"),
            lambda proposal: _("No") if proposal.state in SETTLED else _("Yes"),
            _OPEN,
            usual=False,
        ),
        Column(
            "title",
            gettext_lazy("Proposal"),
            lambda proposal: proposal.title,
            Coalesce("current__title", "draft__title"),
            html=title,
            head=True,
            css="roomy",
            card=True,
        ),
        Column(
            "kind",
            gettext_lazy("Kind"),
            lambda proposal: capfirst(proposal.get_kind_display()),
            "kind",
            usual=False,
        ),
        Column(
            "state",
            gettext_lazy("State"),
            _write_state,
            rank("state", ProposalState.values),
            html=_render_state,
            card=True,
        ),
        Column("opinions", gettext_lazy("Opinions"), _write_opinions, _AWAITED, html=_render_opinions),
        Column(
            "author",
            gettext_lazy("Author"),
            lambda proposal: f"{proposal.author}, {proposal.author_role}",
            "author__name",
            spare=True,
        ),
        Column("amount", gettext_lazy("Amount"), _get_amount, _AMOUNT, html=_render_amount, numeric=True, spare=True),
        Column("decide_by", gettext_lazy("Decide by"), _get_day, _DECIDE_BY, numeric=True, card=True),
        Column(
            "since",
            gettext_lazy("In this state since"),
            lambda proposal: proposal.state_since,
            "state_since",
            numeric=True,
            usual=False,
        ),
    ]


def _write_state(proposal: Any) -> str:
    words = [proposal.answer.get_outcome_display()] if proposal.answer else []
    return ", ".join([*words, *([proposal.get_state_display()] if proposal.is_unsettled else [])])


def _render_state(proposal: Any) -> SafeString:
    answer = proposal.answer
    outcome = outcome_badge(answer.outcome, answer.get_outcome_display()) if answer else ""
    state = state_badge(proposal.state, proposal.get_state_display()) if proposal.is_unsettled else ""
    return format_html('<div class="row">{}{}</div>', outcome, state)


def _write_opinions(proposal: Any) -> str:
    given = [f"{role}: {position.label}" for role, position in proposal.opinions_given]
    return ", ".join([*given, *(f"{role}: {_('Opinion due')}" for role in proposal.awaited_roles)])


def _render_opinions(proposal: Any) -> SafeString:
    given = [(role, stance(position)) for role, position in proposal.opinions_given]
    rows = [*reversed(given), *((role, stance("awaited")) for role in proposal.awaited_roles)]
    if not rows:
        return NOTHING
    marked = '<span class="stances nowrap">{}{}</span>'
    diverging = format_html('<span class="tag">{}{}</span>', icon("git-compare"), _("Dissenting opinions"))
    return format_html(
        '<div class="row">{}{}</div>',
        format_html_join("", marked, ((role_badge(role), position) for role, position in rows)),
        diverging if proposal.dissents else "",
    )


def _get_amount(proposal: Any) -> Any:
    return (proposal.current or proposal.draft).amount


def _render_amount(proposal: Any) -> str:
    return euros(_get_amount(proposal)) or NOTHING


def _get_day(proposal: Any) -> Any:
    return proposal.return_on or (proposal.current or proposal.draft).decide_by
