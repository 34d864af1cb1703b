"""Register of the actions of a project, programme or portfolio."""

from typing import Any

from django import forms
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.pages.lists.columns import NOTHING, link, show, text
from core.pages.lists.filters import Asked
from core.pages.register.fields import Choice, Day, Field, Filtered, Listed, Prose
from core.pages.register.registers import Register, Searched, declare
from core.record.erasure import display_name
from core.sql.references import plain_reference
from core.templatetags.ui import day, icon, role_badge
from governance.life.actions.enums import ActionState
from governance.life.actions.models import Action
from projects.organisation_settings.queries import today

#: Value of the filter by state that is none.
LATE = "late"
HEADERS = "action|what|description|tache|task|mesure|a faire|to do|intitule|libelle|objet"


def _has_state(state: str) -> Q:
    return Q(state=ActionState.OPEN, due_on__lt=today()) if state == LATE else Q(state=state)


def _render_due(action: Action, _lang: str) -> SafeString:
    if not action.is_late:
        return show(action.due_on)
    return format_html('<span class="bad strong">{} {}</span>', icon("alarm-clock"), day(action.due_on))


class Seat(Field):
    """A person in a role; the form sets the choices."""

    def build(self) -> forms.Field:
        return forms.ChoiceField(**self.say())

    def value(self, row: Any) -> Any:
        return f"{display_name(row.holder.name)} · {row.role}"

    @property
    def html(self) -> Any:
        return lambda row, _lang: format_html("{} {}", display_name(row.holder.name), role_badge(row.role))


class Actions(Register):
    """Actions, the first due first."""

    name = "project-actions"
    title = _("Actions")
    permission = "governance.give_action"
    list_url = "governance:actions:action_list"
    row_url = "governance:actions:action"
    grid_url = "governance:actions:actions_grid"
    change_url = "governance:actions:actions_change"
    undo_url = "governance:actions:actions_undo"
    paste_url = "governance:actions:actions_paste"
    importer = "project-actions"
    leads_on = True
    sort = "due"
    searched = Searched(code="code", title="text", texts=("outcome",), others=("holder__name", "role", "source_code"))
    typed = ("text", "seat", "due_on")
    fields = (
        Field("number", _("Number"), listed=Listed(value=lambda action: action.reference, usual=False)),
        Prose(
            "text",
            _("Action"),
            rows=2,
            missing=_("Describe the action."),
            listed=Listed(
                html=lambda row, lang: link(row.get_absolute_url(), row.what, code=row.reference, lang=lang),
                head=True,
                card=True,
            ),
            headers=HEADERS,
        ),
        Seat(
            "seat",
            _("Person"),
            missing=_("Select the person."),
            listed=Listed(name="person", sort=lambda: "holder__name", card=True),
            headers="person|personne|who|qui|responsable|pilote|porteur|owner|holder|acteur|assigne a|assigned to",
        ),
        Day(
            "due_on",
            _("Due"),
            missing=_("Enter the due date."),
            listed=Listed(name="due", html=_render_due, card=True),
            headers="due|due date|deadline|echeance|date limite|delai|pour le|date",
        ),
        Choice(
            "state",
            _("State"),
            of=ActionState,
            listed=Listed(
                html=lambda row, _lang: render_to_string("governance/life/actions/_action_state.html", {"action": row})
            ),
            filtered=Filtered(
                _("All states"), (*ActionState.choices, (LATE, pgettext_lazy("action", "late"))), _has_state
            ),
        ),
        Field(
            "source",
            _("Comes from"),
            listed=Listed(
                value=lambda row: row.source_code,
                sort=lambda: text("source_code"),
                html=lambda row, _lang: (
                    format_html('<span class="mono">{}</span>', row.source_code) if row.source else NOTHING
                ),
            ),
        ),
        Prose("outcome", _("What was done"), optional=True, listed=Listed(usual=False)),
        Field("given_by", _("Given by"), listed=Listed(sort=lambda: "given_by__name", usual=False)),
        Day("given_at", _("Given on"), listed=Listed(name="given", usual=False)),
    )

    def list_of(self, project: Any) -> Any:
        return project.actions.all()

    def narrow(self, rows: Any, asked: Asked) -> Any:
        """Return the actions that match; their reference is searched as well."""
        return super().narrow(rows.alias(code=plain_reference("ACT-")), asked)

    def load(self, rows: Any) -> Any:
        return rows.select_related("holder", "given_by")

    def get_name(self, row: Action) -> str:
        return row.reference


ACTIONS = declare(Actions())
