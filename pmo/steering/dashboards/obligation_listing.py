"""List of the open obligations of a dashboard: columns, order, filters, and the reminder of each."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from operator import itemgetter

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.access import reader
from core.pages.lists.columns import NOTHING, Column, Control, link, show
from core.pages.lists.filters import Asked, Filter, read_filters
from core.pages.lists.pages import ComputedListing
from core.record.erasure import display_name, display_text
from core.templatetags.ui import day, icon, role_badge
from core.words.dates import long_day
from governance.decide.obligations.enums import Standing
from pmo.steering.dashboards.filter_labels import scope_labels
from pmo.steering.dashboards.obligations import Obligation, list_last_reminders, list_obligations, list_people
from pmo.steering.dashboards.scope import Scope


@dataclass(frozen=True)
class Owed:
    """An obligation, name and key of each person who holds its role, day and sender of its last reminder."""

    obligation: Obligation
    people: list[tuple[str, str]]
    reminder: tuple[date, str] | None
    is_late: bool

    @property
    def pk(self) -> str:
        """Return its key."""
        return self.obligation.key

    @property
    def role(self) -> str:
        """Return the code of the role that owes it."""
        return self.obligation.role

    @property
    def project(self) -> str:
        """Return the code of its project."""
        return self.obligation.project

    @property
    def kind(self) -> str:
        """Return its kind in words."""
        return self.obligation.kind

    @property
    def names(self) -> str:
        """Return the names of those who hold its role."""
        return ", ".join(str(display_name(name)) for name, _key in self.people)

    @property
    def status(self) -> str:
        """Return how it stands, in words."""
        return _("Evidence to check") if self.obligation.is_proved else str(Standing.TO_DO.label)

    @property
    def words(self) -> str:
        """Return the text to search."""
        row = self.obligation
        return f"{row.source} {row.text} {row.kind} {row.project} {row.role} {self.names} {row.evidence}"


def list_owed(scope: Scope) -> list[Owed]:
    """List the obligations of the scope with their people, by due date. Four queries.

    An action has one person; once they have left, it falls to those who hold its role.
    """
    people, reminders = list_people(scope), list_last_reminders(scope)
    there = {(code, person) for (code, _role), found in people.items() for person in found}
    return [
        Owed(
            row,
            [row.person] if (row.project, row.person) in there else people.get((row.project, row.role), []),
            reminders.get((row.project, row.key)),
            row.is_late(scope.today),
        )
        for row in list_obligations(scope)
    ]


def build_obligation_listing(
    request: HttpRequest, scope: Scope, reminds_on: Collection[str]
) -> tuple[ComputedListing, Asked]:
    """Build the list of obligations that the query string asks for, by due date, and what it asks for.

    `reminds_on` are the codes of the projects on which the reader may remind others.
    """
    owed = list_owed(scope)
    shared = {"own": str(reader(request).key), "back": request.get_full_path(), "csrf_token": get_token(request)}
    asked = read_filters(request.GET, _list_filters(owed))
    reminds = Control(_("Reminder"), lambda row: _render_reminder(row, scope.today, shared, reminds_on))
    listing = ComputedListing(
        rows=asked.select(owed, lambda row: row.words),
        columns=_list_columns(several=scope.is_group),
        query=request.GET,
        sort="due",
        chips=[*scope_labels(scope, period=False), *asked.chips],
        kept=tuple(scope.query),
        after=[reminds] if reminds_on else [],
    )
    return listing, asked


def _list_filters(owed: list[Owed]) -> list[Filter]:
    """Offer the roles, people, projects and kinds that have obligations."""
    people = {key: str(display_name(name)) for row in owed for name, key in row.people}
    kinds, roles, codes = ({getattr(row, name) for row in owed} for name in ("kind", "role", "project"))

    def holds(row: Owed, key: str) -> bool:
        return any(key == known for _name, known in row.people)

    projects = Filter("project", _("All projects"), [(code, code) for code in sorted(codes)])
    return [
        Filter("role", _("All roles"), [(role, role) for role in sorted(roles)]),
        Filter("person", _("All people"), sorted(people.items(), key=itemgetter(1)), keeps=holds),
        *([projects] if len(codes) > 1 else []),
        Filter("kind", pgettext_lazy("obligation", "All kinds"), [(kind, kind) for kind in sorted(kinds)]),
        Filter(
            "routine",
            _("Routine or not"),
            [("0", _("Conditions and actions")), ("1", _("Routine"))],
            keeps=lambda row, value: row.obligation.is_routine == (value == "1"),
        ),
        Filter("late", _("Late or not"), [("1", _("Late"))], keeps=lambda row, _value: row.is_late),
    ]


def _list_columns(*, several: bool) -> list[Column]:
    return [
        Column(
            "text",
            gettext_lazy("What is to be done"),
            lambda row: display_text(row.obligation.text),
            html=lambda row: link(row.obligation.href, row.obligation.text, code=row.obligation.source),
            head=True,
            card=True,
        ),
        Column(
            "from",
            pgettext_lazy("obligation", "From"),
            lambda row: row.obligation.source,
            usual=False,
            css="mono nowrap",
        ),
        Column("kind", gettext_lazy("Kind"), lambda row: capfirst(row.kind), card=True),
        Column(
            "project",
            gettext_lazy("Project"),
            lambda row: row.project,
            html=_render_project,
            usual=several,
            card=several,
        ),
        Column(
            "role",
            gettext_lazy("Role"),
            lambda row: row.role,
            html=lambda row: role_badge(row.role) or NOTHING,
            card=True,
        ),
        Column("person", gettext_lazy("Person"), lambda row: row.names or None, html=_render_people, card=True),
        Column(
            "due",
            gettext_lazy("Due"),
            lambda row: row.obligation.due_on,
            html=_render_due,
            numeric=True,
            card=True,
        ),
        Column("status", gettext_lazy("State"), lambda row: row.status, css="nowrap", spare=True),
        Column(
            "evidence",
            gettext_lazy("Expected evidence"),
            lambda row: display_text(row.obligation.evidence),
            spare=True,
        ),
        Column(
            "reminder",
            gettext_lazy("Last reminder"),
            lambda row: f"{long_day(row.reminder[0])}, {display_name(row.reminder[1])}" if row.reminder else None,
            lambda row: row.reminder[0] if row.reminder else None,
            spare=True,
        ),
    ]


def _render_project(row: Owed) -> SafeString:
    address = reverse("governance:home:project_home", args=[row.project])
    return format_html('<a class="mono" href="{}">{}</a>', address, row.project)


def _render_people(row: Owed) -> SafeString:
    return show(row.names) if row.people else format_html('<span class="bad strong">{}</span>', _("Vacant"))


def _render_due(row: Owed) -> SafeString:
    due = row.obligation.due_on
    if due is None or not row.is_late:
        return show(due)
    return format_html(
        '<span class="bad strong">{} {}<span class="vh">, {}</span></span>', icon("alarm-clock"), day(due), _("late")
    )


def _render_reminder(row: Owed, today: date, shared: dict[str, str], reminds_on: Collection[str]) -> str:
    """Render the button that reminds the holders of the role; nothing when only the reader holds it."""
    others = [key for _name, key in row.people if key != shared["own"]]
    if not others or row.project not in reminds_on:
        return ""
    is_sent = row.reminder is not None and row.reminder[0] == today
    context = {"project": row.project, "key": row.pk, "row": row.pk, "of": row.obligation.source, "is_sent": is_sent}
    return render_to_string("pmo/steering/reminders/_remind.html", {**context, **shared})
