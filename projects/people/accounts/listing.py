"""List of the people of the organisation: columns, order and filters."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Case, IntegerField, Value, When
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.pages.lists.columns import Column, Control, text
from core.pages.lists.filters import Asked, Filter, read_filters
from core.pages.lists.pages import Listing
from projects.people.accounts.exports import STATE_LABELS, label_account
from projects.people.accounts.queries import BY_ROLES, BY_STATE, HOLDING, IDLE, STATES, list_people
from roles.models import Organisation, User

ROLES = ((HOLDING, _("Holds a role")), (IDLE, _("Holds no role")))
_STATE = Case(
    *(When(BY_STATE[state], then=Value(place)) for place, state in enumerate(STATES)), output_field=IntegerField()
)


def build_people_listing(
    query: QueryDict, now: datetime, render_acts: Callable[[Any], str] | None = None
) -> tuple[Listing, Asked]:
    """Build the list of people that the query string asks for, by name, and what it asks for."""
    organisations = list(Organisation.objects.order_by("name").values_list("pk", "name"))
    asked = read_filters(
        query,
        [
            Filter(
                "state", _("All accounts"), [(state, STATE_LABELS[state]) for state in STATES], BY_STATE.__getitem__
            ),
            Filter("roles", _("With and without a role"), ROLES, BY_ROLES.__getitem__),
            Filter("organisation", _("All organisations"), organisations),
        ],
    )
    listing = Listing(
        rows=asked.narrow(list_people(now), ("name", "email", "organisation__name")),
        among=list_people(now),
        columns=_list_columns(),
        query=query,
        sort="name",
        size=50,
        chips=asked.chips,
        after=[Control(_render_head(), render_acts)] if render_acts else [],
    )
    return listing, asked


def _list_columns() -> list[Column]:
    def name(person: User) -> SafeString:
        url = reverse("projects:people:person", args=[person.pk])
        return format_html('<a href="{}">{}</a> <span class="faint">{}</span>', url, person, person.email)

    return [
        Column("name", _("Person"), lambda row: row.name, "name", html=name, head=True, card=True),
        Column("email", _("Email address"), lambda row: row.email, "email", usual=False),
        Column("title", _("Title or position"), lambda row: row.title, text("title"), usual=False),
        Column(
            "organisation",
            _("Organisation"),
            lambda row: str(row.organisation or ""),
            text("organisation__name"),
            card=True,
        ),
        Column("roles", _("Roles"), lambda row: row.roles_held, "roles_held", numeric=True),
        Column("account", _("Account"), label_account, _STATE, html=_render_account, card=True),
    ]


def _render_account(person: User) -> SafeString:
    label = label_account(person)
    if not person.is_staff:
        return format_html("{}", label)
    return format_html('{} <span class="tag">{}</span>', label, gettext("Administrator"))


def _render_head() -> SafeString:
    return format_html('<span class="vh">{}</span>', gettext("Actions"))
