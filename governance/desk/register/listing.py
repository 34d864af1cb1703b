"""List of decisions, of one project or of all that the reader sees: columns, order and filters."""

from collections.abc import Container
from datetime import date, datetime, time
from functools import partial
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.pages.lists.columns import Column, link, rank
from core.pages.lists.filters import Asked, DayFilter, Filter, read_filters
from core.pages.lists.pages import Listing
from core.record.erasure import display_name, display_text
from core.sql.references import reference
from core.sql.subqueries import count_rows
from core.templatetags.ui import icon, outcome_badge
from governance.decide.decisions.contradictions import CONTRADICTED
from governance.decide.decisions.models import NEW_OWNER, DecisionQuerySet, SealBreak
from governance.decide.independence.queries import is_marked
from governance.decide.kinds.registry import kind_of, kinds
from governance.decide.opinions.models import Opinion
from governance.enums import Outcome, ProposalState
from governance.life.second_look.enums import LookAnswer
from projects.organisation_settings.queries import today

#: Columns an entry shows; the rows hold long texts, which are not loaded.
SHOWN = (
    "number",
    "project_id",
    "proposal__kind",
    "proposal__state",
    "outcome",
    "option",
    "why_not",
    "changes_nothing",
    "reasons",
    "return_on",
    "waived",
    "impossible",
    "signature",
    "decided_by",
    "factors",
    "factor_since",
    "passkey",
    "acted_at",
    "recorded_at",
    "entered_afterwards",
    "merged_into",
    "revision__title",
    "revision__recommended",
    "mandate__role__name_fr",
    "mandate__role__name_en",
    "mandate__holder__name",
    "mandate__holder__title",
    "mandate__period",
    "mandate__replacement_id",
    "delegation__mandate",
    "supersedes__number",
    "superseded_by__number",
    "superseded_by__acted_at",
    "superseded_by__supersedes",
    "supersedes__project_id",
    "superseded_by__project_id",
    "disputed__decision",
    "disputed__acted_at",
    "second_look_on",
    "second_look__decision",
    "second_look__answer",
)
SHOWN_OF_PROJECT = (
    "project__code",
    "project__prefix",
    "project__state",
    "project__language",
    "project__title_fr",
    "project__title_en",
)
_OPINIONS = count_rows(Opinion.objects.filter(revision=OuterRef("revision")), "revision")
_SEARCHED = ("code", "revision__title", "reasons", "signature")


def build_listing(
    decisions: DecisionQuerySet,
    query: QueryDict,
    signatories: list[tuple[int, str]],
    decided: Container[str] | None = None,
    *,
    everywhere: bool = False,
) -> tuple[Listing, Asked]:
    """Build the list of these decisions that the query string asks for, the newest first, and what it asks for.

    `decided` are the kinds that are offered as a filter; None offers all.
    """
    asked = read_filters(
        query,
        [
            Filter("outcome", _("Every outcome"), Outcome.choices),
            Filter(
                "kind",
                _("Every kind"),
                [(kind.code, kind.label) for kind in kinds() if decided is None or kind.code in decided],
                lambda value: Q(proposal__kind=value),
            ),
            Filter("decided_by", _("Every signatory"), signatories),
            Filter("against", _("Opinions: followed or not"), [("yes", _("Against an opinion"))], _is_against),
            Filter("option", _("Every option"), [("other", _("Not as recommended"))], _is_not_as_recommended),
            Filter(
                "second_look",
                _("Second looks: all"),
                [("due", _("Second look due")), *((answer.value, answer.label) for answer in LookAnswer)],
                _has_second_look,
            ),
            Filter("independence", _("Opinions: independent or not"), [("marked", _("Not independent"))], _is_marked),
            DayFilter("from", _("From"), where=lambda value: Q(acted_at__date__gte=value)),
            DayFilter("to", _("Until"), where=lambda value: Q(acted_at__date__lte=value)),
            DayFilter("as_of", _("As it was on"), where=_stood_on),
        ],
    )
    listing = Listing(
        rows=asked.narrow(decisions.alias(code=reference("D", "number")), _SEARCHED),
        among=decisions,
        columns=_list_columns(get_day(asked), everywhere=everywhere),
        query=query,
        sort="-date",
        load=partial(_load, everywhere=everywhere),
        build=_share_projects,
        chips=asked.chips,
        is_on_paper=True,
    )
    return listing, asked


def get_day(asked: Asked) -> datetime:
    """Return the end of the day that the register is read as of; now without one."""
    value = asked.values.get("as_of")
    if not value:
        return timezone.now()
    return timezone.make_aware(datetime.combine(date.fromisoformat(value), time.max))


def _is_against(value: str) -> Q:
    """Return the condition that it contradicts an opinion."""
    return Q(Exists(Opinion.objects.filter(CONTRADICTED, revision=OuterRef("revision"))))


def _is_marked(value: str) -> Q:
    """Return the condition that an opinion on it is marked as not independent."""
    return Q(is_marked("revision"))


def _is_not_as_recommended(value: str) -> Q:
    """Return the condition that it takes another option than the recommended one."""
    return ~Q(option="") & ~Q(option=F("revision__recommended"))


def _has_second_look(value: str) -> Q:
    """Return the condition that the owner said this when they looked back, or is to look back today."""
    if value != "due":
        return Q(second_look__answer=value)
    due = Q(second_look_on__lte=today(), second_look=None, superseded_by=None)
    return due & ~Q(proposal__state=ProposalState.LAPSED)


def _stood_on(value: str) -> Q:
    return Q(acted_at__date__lte=value)


def _load(decisions: Any, *, everywhere: bool) -> Any:
    """Load what an entry shows: title, capacity, opinions, conditions, ledger event, later changes, reviews.

    The decisions of one project know it already.
    """
    breaks = Prefetch("breaks", SealBreak.objects.select_related("review"))
    return (
        decisions.with_event()
        .with_positions()
        .annotate(has_marked_opinion=is_marked("revision"))
        .select_related(
            *(["project"] if everywhere else []),
            "proposal",
            "revision",
            "mandate__role",
            "mandate__holder",
            "delegation",
            "supersedes",
            "superseded_by",
            "disputed",
            "second_look",
        )
        .only(*SHOWN, *(SHOWN_OF_PROJECT if everywhere else ()))
        .prefetch_related("conditions", breaks, *NEW_OWNER)
    )


def _share_projects(decisions: Any) -> Any:
    """Give what a decision replaces, and what replaced it, its project, which is theirs: it saves two joins."""
    for decision in decisions:
        for other in filter(None, (decision.supersedes, decision.successor)):
            other.project = decision.project
    return decisions


def name_successor(decision: Any, until: datetime) -> str:
    """Return the reference of the decision that replaced it by this instant; empty while it stands."""
    later = decision.successor
    return later.reference if later and later.acted_at <= until else ""


def _list_columns(until: datetime, *, everywhere: bool) -> list[Column]:
    project = Column(
        "project",
        _("Project"),
        lambda decision: decision.project.code,
        "project__code",
        html=_render_project,
        card=True,
    )
    return [
        Column(
            "title",
            _("Decision"),
            lambda decision: f"{decision.reference} {display_text(decision.revision.title)}",
            "revision__title",
            html=partial(_render_title, until=until),
            head=True,
            card=True,
        ),
        *([project] if everywhere else []),
        Column("date", _("Date"), lambda decision: decision.acted_at, "acted_at", numeric=True, card=True),
        Column("number", _("Number"), lambda decision: decision.number, "number", numeric=True, usual=False),
        Column(
            "kind",
            _("Kind"),
            lambda decision: capfirst(str(kind_of(decision.proposal.kind).label)),
            "proposal__kind",
            spare=True,
        ),
        Column(
            "outcome",
            _("Outcome"),
            lambda decision: decision.get_outcome_display(),
            rank("outcome", Outcome.values),
            html=lambda decision: outcome_badge(decision.outcome, decision.get_outcome_display()),
            card=True,
        ),
        Column(
            "option",
            _("Option"),
            lambda decision: decision.option or None,
            "option",
            html=_render_option,
            usual=not everywhere,
        ),
        Column(
            "second_look_on",
            _("Second look on"),
            lambda decision: decision.second_look_on,
            "second_look_on",
            usual=False,
            numeric=True,
        ),
        Column(
            "second_look",
            _("Second look"),
            lambda decision: decision.look.get_answer_display() if decision.look else None,
            "second_look__answer",
            usual=False,
        ),
        Column("why_not", _("Why not the recommended option"), _write_why_not, "why_not", usual=False),
        Column("signatory", _("Signed by"), lambda decision: display_name(decision.signature), "signature"),
        Column("opinions", _("Opinions"), _write_opinions, _OPINIONS, usual=not everywhere),
        Column(
            "successor",
            _("Replaced by"),
            lambda decision: name_successor(decision, until) or None,
            "superseded_by__number",
            usual=False,
        ),
        Column("reasons", _("Reasons"), lambda decision: display_text(decision.reasons), "reasons", usual=False),
    ]


def _render_title(decision: Any, until: datetime) -> SafeString:
    title, lang = decision.revision.title, decision.project.language
    named = link(decision.get_absolute_url(), title, code=decision.reference, lang=lang)
    if not (reference := name_successor(decision, until)):
        return named
    words = gettext("Replaced by %(reference)s") % {"reference": reference}
    return format_html('{} <span class="tag">{}{}</span>', named, icon("replace"), words)


def _render_option(decision: Any) -> SafeString | str:
    if decision.is_as_recommended:
        return str(decision.option)
    words = gettext("%(letter)s was recommended") % {"letter": decision.revision.recommended}
    return format_html('{} <span class="tag">{}{}</span>', decision.option, icon("git-compare"), words)


def _write_why_not(decision: Any) -> str | None:
    return display_text(decision.why_not) or None


def _render_project(decision: Any) -> SafeString:
    project = decision.project
    return format_html(
        '<a class="mono" href="{}" title="{}">{}</a>', project.get_absolute_url(), project.title, project.code
    )


def _write_opinions(decision: Any) -> str:
    return ", ".join(f"{role} {position.label.lower()}" for role, position in decision.opinions_given)
