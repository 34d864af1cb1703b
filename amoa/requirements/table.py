"""List of requirements: columns, order, and rows with their figures."""

from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from amoa.requirements.enums import Priority, RequirementKind, RequirementState, Verification
from amoa.requirements.filters import Filter
from amoa.requirements.models import AcceptanceTest, Requirement
from core.pages.lists.columns import NOTHING, Column, Control, rank, selection, show, text
from core.pages.lists.pages import Listing
from core.record.erasure import display_text
from core.sql.array_lookup import in_array
from core.sql.subqueries import count_rows
from core.templatetags.ui import stamp, state_badge
from core.words.dates import NO_BREAK
from governance.models import Decision
from projects.models import Project, RecipientGroup
from projects.seats.recipient_groups.enums import Degree

_TESTS = count_rows(AcceptanceTest.objects.in_use().filter(requirement=OuterRef("pk")), "requirement")
_SERVED = RecipientGroup.objects.filter(in_array("pk", OuterRef("recipients"))).order_by("name")


class Cells:
    """Cells of one list of requirements: what they show beside the requirement itself."""

    def __init__(self, project: Project, groups: dict[int, str], decision: Decision | None) -> None:
        self.groups, self.decision = groups, decision
        tongue = get_foreign_language(project)
        self.lang = format_html(' lang="{}"', tongue) if tongue else ""

    def title(self, row: Requirement) -> SafeString:
        """Render the title as a link, with the kind of a need."""
        need = format_html(' <span class="tag">{}</span>', row.get_kind_display()) if row.is_need else ""
        title = display_text(row.title)
        return format_html('<a href="{}"{}>{}</a>{}', row.get_absolute_url(), self.lang, title, need)

    def served(self, row: Requirement) -> str:
        """Return the names of the recipient groups."""
        return ", ".join(sorted(self.groups[pk] for pk in row.recipients if pk in self.groups))

    def recipients(self, row: Requirement) -> SafeString:
        """Render the recipient groups, or that there are none."""
        served = self.served(row)
        return format_html("<span{}>{}</span>", self.lang, served) if served else self._missing_link()

    def lot(self, row: Requirement) -> SafeString | str:
        """Render the lot."""
        return format_html("<span{}>{}</span>", self.lang, row.lot) if row.lot and self.lang else show(row.lot)

    def approval(self, row: Requirement) -> str:
        """Return the decision in force, and the version that it approved."""
        if not row.in_force:
            return ""
        version = gettext("version %(number)s") % {"number": row.in_force.number}
        return f"{self.decision.reference}, {version}" if self.decision else version

    def decided(self, row: Requirement) -> SafeString:
        """Render the decision in force, or that there is none."""
        if row.in_force:
            link = (
                format_html(
                    '<a class="mono" href="{}">{}</a><br>', self.decision.get_absolute_url(), self.decision.reference
                )
                if self.decision
                else ""
            )
            return format_html("{}{}", link, self._mark_version(row.in_force.number))
        return NOTHING if row.is_need else self._missing(pgettext("decision", "none"))

    def tests(self, row: Any) -> SafeString | str:
        """Render the number of tests, or that there are none."""
        if n := row.tests_in_use:
            return ngettext("%(n)s test", "%(n)s tests", n) % {"n": n}
        return NOTHING if row.is_need else self._missing_link()

    def state(self, row: Requirement) -> SafeString:
        """Render the state, and the version that is ahead of the one in force."""
        badge = state_badge(row.state, row.get_state_display())
        if not row.is_ahead:
            return badge
        return format_html("{}<br>{}", badge, self._mark_version(row.version))

    @staticmethod
    def _mark_version(number: int) -> SafeString:
        """Render the number of a version, on one line."""
        words = gettext("version %(number)s") % {"number": number}
        return format_html('<span class="small faint">{}</span>', words.replace(" ", NO_BREAK))

    def edit(self, row: Requirement) -> SafeString:
        """Render the button that opens the row as a form."""
        return format_html(
            '<a class="btn" data-edit href="{}" hx-get="{}?edit" aria-label="{}"></a>',
            reverse("amoa:requirements:requirement_edit", args=[row.pk]),
            reverse("amoa:requirements:requirement_row", args=[row.pk]),
            gettext("Edit %(code)s") % {"code": row.code},
        )

    def _missing_link(self) -> SafeString:
        return self._missing(pgettext("link of the chain", "none"))

    @staticmethod
    def _missing(word: str) -> SafeString:
        return format_html('<span class="missing">{}</span>', word)


def build_listing(
    project: Project,
    query: QueryDict,
    groups: dict[int, str],
    decision: Decision | None = None,
    *,
    chosen: Filter | None = None,
    found: int | None = None,
    may: dict[str, bool] | None = None,
) -> Listing:
    """Build the list that the query string asks for. `may` says which controls the rows have."""
    chosen, may = chosen or Filter.from_query(query), may or {}
    cells = Cells(project, groups, decision)
    selects = may.get("write_requirements") or may.get("implement") or may.get("plan_acceptance")
    change = format_html('<span class="vh">{}</span>', pgettext("requirement", "Change"))
    return Listing(
        rows=chosen.rows(project),
        among=project.requirements.all(),
        columns=_list_columns(cells),
        query=query,
        sort="code",
        tie="code",
        load=_load,
        chips=chosen.list_chips(groups),
        found=found,
        before=[selection("bulk")] if selects else [],
        after=[Control(change, cells.edit)] if may.get("write_requirements") else [],
    )


def build_row(listing: Listing, requirement: Requirement) -> SafeString:
    """Render the row of one requirement, read from the database."""
    return listing.render_row(_load(listing.among.filter(pk=requirement.pk)).get())


def get_foreign_language(project: Project) -> str:
    """Return the language of the project's texts; empty when the page has the same."""
    return "" if project.language == get_language() else project.language


def map_groups(project: Project) -> dict[int, str]:
    """Map the recipient groups of `project` to their names, sorted by name."""
    return dict(project.recipient_groups.order_by("name").values_list("pk", "name"))


def _list_columns(cells: Cells) -> list[Column]:
    degrees, methods = dict(Degree.choices), dict(Verification.choices)
    return [
        Column("code", _("Code"), lambda row: row.code, "code", card=True, css="code"),
        Column("title", _("Requirement"), lambda row: row.title, "title", html=cells.title, head=True, card=True),
        Column(
            "kind",
            _("Kind"),
            lambda row: capfirst(row.get_kind_display()),
            rank("kind", RequirementKind.values),
            usual=False,
        ),
        Column("category", _("Category"), lambda row: row.category, text("category"), usual=False),
        Column("parent", _("Answers or refines"), lambda row: row.parent_code, "parent__code", usual=False),
        Column(
            "recipients", _("Recipients"), cells.served, Subquery(_SERVED.values("name")[:1]), html=cells.recipients
        ),
        Column(
            "priority",
            _("Priority"),
            lambda row: capfirst(row.get_priority_display()),
            rank("priority", Priority.values),
            card=True,
        ),
        Column(
            "criticality",
            _("Criticality"),
            lambda row: capfirst(str(degrees.get(row.criticality, ""))),
            rank("criticality", Degree.values),
            usual=False,
        ),
        Column("lot", _("Lot"), lambda row: row.lot, text("lot"), html=cells.lot, css="lot", spare=True),
        Column("deliverable", _("Deliverable"), lambda row: row.deliverable_code, "deliverable__code", usual=False),
        Column(
            "verification",
            _("Verification method"),
            lambda row: capfirst(str(methods.get(row.verification, ""))),
            rank("verification", Verification.values),
            usual=False,
        ),
        Column("decision", _("Decision"), cells.approval, "in_force__number", html=cells.decided),
        Column("tests", _("Acceptance"), lambda row: row.tests_in_use or 0, _TESTS, html=cells.tests),
        Column(
            "state",
            _("State"),
            lambda row: row.get_state_display(),
            rank("state", RequirementState.values),
            html=cells.state,
            card=True,
        ),
        Column("version", _("Version"), lambda row: row.version, "version", usual=False, numeric=True),
        Column(
            "changed",
            _("Changed"),
            lambda row: row.changed_at,
            "changed_at",
            html=_changed,
            numeric=True,
            spare=True,
        ),
    ]


def _changed(row: Requirement) -> SafeString:
    return stamp(timezone.localdate(row.changed_at))


def _load(rows: QuerySet[Requirement]) -> QuerySet[Requirement]:
    """Annotate what the cells show; defer the long texts that they do not."""
    return (
        rows.select_related("in_force")
        .defer("words", "source", "justification", "criteria", "links", "in_force__content", "in_force__salt")
        .annotate(tests_in_use=_TESTS, parent_code=F("parent__code"), deliverable_code=F("deliverable__code"))
    )
