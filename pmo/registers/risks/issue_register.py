"""Register of the issues of a project."""

from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.pages.lists.columns import NOTHING
from core.pages.lists.filters import Asked
from core.pages.register.fields import Choice, Day, Field, Filtered, Line, Listed, Prose, Role
from core.pages.register.registers import Register, Searched
from core.sql.references import plain_reference
from pmo.registers.risks.cells import render_due, render_name
from pmo.registers.risks.enums import Degree, IssueState, Size
from pmo.registers.risks.models import Issue


def _render_state(issue: Issue, _lang: str) -> str:
    return render_to_string("pmo/registers/risks/_issue_state.html", {"issue": issue})


def _render_risk(issue: Issue, _lang: str) -> SafeString:
    if not issue.risk:
        return NOTHING
    return format_html('<a class="mono" href="{}">{}</a>', issue.risk.get_absolute_url(), issue.risk.code)


class Issues(Register):
    """Issues, the newest first."""

    name = "issues"
    title = _("Issues")
    permission = "pmo.settle_issue"
    list_url = "pmo:risks:issue_list"
    row_url = "pmo:risks:issue"
    grid_url = "pmo:risks:issues_grid"
    change_url = "pmo:risks:issues_change"
    undo_url = "pmo:risks:issues_undo"
    leads_on = True
    sort, tie = "-number", "number"
    searched = Searched(
        code="code", title="title", texts=("problem", "resolution"), others=("risk__code", "owner_role")
    )
    typed = ("title", "problem", "urgency", "impact", "size", "owner_role", "due_on")
    columns = ("number", "title", "state", "urgency", "impact", "size", "owner", "risk", "raised", "due")
    fields = (
        Field("number", _("Number"), listed=Listed(value=lambda issue: issue.reference, usual=False)),
        Line(
            "title",
            _("Title"),
            missing=_("Enter a title."),
            listed=Listed(label=_("Issue"), html=render_name, head=True, card=True),
        ),
        Prose("problem", _("What happened"), optional=True),
        Choice(
            "urgency",
            _("Urgency"),
            of=Degree,
            initial=Degree.MEDIUM,
            listed=Listed(card=True),
            filtered=Filtered(_("All urgencies")),
        ),
        Choice("impact", pgettext_lazy("risk", "Impact"), of=Degree, initial=Degree.MEDIUM, listed=Listed()),
        Choice("size", _("Work it takes"), of=Size, initial=Size.MEDIUM, listed=Listed(usual=False)),
        Role("owner_role", _("Responsible role"), optional=True, listed=Listed(name="owner")),
        Day(
            "due_on",
            _("To be resolved by"),
            optional=True,
            listed=Listed(name="due", html=lambda issue, _lang: render_due(issue.due_on, is_late=issue.is_late)),
        ),
        Choice(
            "state",
            _("State"),
            of=IssueState,
            missing=_("Select what happens to it."),
            listed=Listed(html=_render_state, card=True),
            filtered=Filtered(_("All states")),
        ),
        Field(
            "risk",
            _("Risk"),
            listed=Listed(
                value=lambda issue: issue.risk.code if issue.risk else None,
                sort=lambda: "risk__code",
                html=_render_risk,
            ),
        ),
        Role("raised_by_role", _("Raised by"), listed=Listed(name="raised", usual=False)),
    )

    def list_of(self, project: Any) -> Any:
        return project.issues.all()

    def narrow(self, rows: Any, asked: Asked) -> Any:
        """Return the issues that match; their reference is searched as well."""
        return super().narrow(rows.alias(code=plain_reference("ISS-")), asked)

    def load(self, rows: Any) -> Any:
        return rows.select_related("risk")

    def get_name(self, row: Issue) -> str:
        return row.reference
