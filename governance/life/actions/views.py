"""Pages of actions: list, grid, paste, one action, its form, and what became of it."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import resolve, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from core.access import can
from core.pages.form_views import Text, post_data
from core.pages.grid.paste import PasteView
from core.pages.grid.rows import RowChange, RowsWritten
from core.pages.lists.exports import export, is_export
from core.pages.lists.neighbours import find_neighbours
from core.pages.lists.pages import build_page
from core.pages.lists.undo import BulkResult
from core.pages.refusals.exceptions import MovedOn
from core.tables.columns import Column, Words
from governance.life.actions import services
from governance.life.actions.enums import ActionState
from governance.life.actions.forms import ActionCellsForm, ActionForm, SettleActionForm, list_seats
from governance.life.actions.importer import ActionsImporter
from governance.life.actions.models import Action
from governance.life.actions.register import ACTIONS
from governance.life.actions.sources import Origin, find_origin
from governance.subject_names import name_subjects
from governance.workspace_registry import EVENT_SUBJECTS
from projects.form_views import ProjectFormView, ProjectGridView, RowActView, RowFormView, get_row_or_404
from projects.imports.choices import read_choices
from projects.shortcuts import get_project_or_404
from projects.undo import Change, Limits
from projects.workspaces import is_on


@require_GET
def action_list(request: HttpRequest, code: str) -> HttpResponse:
    """List the actions that the query string asks for, the first due first."""
    project = get_project_or_404(request, code)
    may_give = can(request.user, "governance.give_action", project)
    listing, asked = ACTIONS.build(project, request.GET, changes=may_give)
    if is_export(listing):
        return export(listing, title=str(ACTIONS.title), of=f"{project.code} · {project.title}", stem=project.code)
    context = {
        "project": project,
        "may_give": may_give,
        "asked": asked,
        "page": build_page(listing),
        "undo": ActionGridView.find_undo_for(request, project) if may_give else None,
    }
    return render(request, "governance/life/actions/action_list.html", context)


@require_GET
def action(request: HttpRequest, action_id: int) -> HttpResponse:
    """Show an action, what it came from and its versions."""
    action = get_row_or_404(request, Action, action_id, "holder", "given_by", "settled_by", "document__document")
    context = {
        "project": action.project,
        "action": action,
        "source_url": find_page(action),
        "may_give": can(request.user, "governance.give_action", action) and action.is_open,
        "may_settle": can(request.user, "governance.settle_action", action),
        "neighbours": find_neighbours(
            request,
            lambda query: ACTIONS.build(action.project, query)[0],
            action.pk,
            reverse(ACTIONS.list_url, args=[action.project.code]),
            lambda pk: reverse(ACTIONS.row_url, args=[pk]),
        ),
        "history": list(action.history.select_related("history_user").order_by("-history_date", "-history_id")[:20]),
    }
    return render(request, "governance/life/actions/action.html", context)


def find_page(action: Action) -> str:
    """Return the address of what an action came from; empty without one, or while its workspace is switched off."""
    if not action.source:
        return ""
    key, subject = (action.source, action.source_id or 0), EVENT_SUBJECTS[action.source]
    _code, _title, target = name_subjects([key])[key]
    url = subject.link(target, action.project.code) if subject.link else ""
    return url if url and is_on(resolve(urlsplit(url).path).view_name, action.project) else ""


class ActionFormView(RowFormView):
    """Give an action, which may come from a row that the address names, or change it."""

    model = Action
    select_related = ("holder",)
    pk_url_kwarg = "action_id"
    permission = "governance.give_action"
    back_label = ACTIONS.title
    back_url_name = ACTIONS.list_url
    form_class = ActionForm
    new_title = _("Assign an action")
    title = _("Edit an assigned action")
    lede = _("An action has one person and a day. It decides nothing.")
    button = _("Save the action")
    done = _("The action is saved.")
    shows_result = True

    @cached_property
    def origin(self) -> Origin | None:
        """Return what the action comes from, which the address names."""
        return None if self.row else find_origin(self.project, self.request.GET.get("from", ""), self.actor)

    def check(self) -> None:
        if self.row and not self.row.is_open:
            raise MovedOn(self.row)

    def get_quote(self) -> Text:
        code = self.row.source_code if self.row else self.origin.code if self.origin else ""
        return _("It comes from %(code)s.") % {"code": code} if code else ""

    def act(self, data: dict[str, Any]) -> Action:
        seen = data.pop("seen")
        return services.write_action(
            actor=self.actor, project=self.project, fields=data, row=self.row, seen=seen, origin=self.origin
        )


class ActionSettleView(RowActView):
    """Say that an action is done or dropped, or take it up again."""

    model = Action
    select_related = ("holder", "given_by")
    pk_url_kwarg = "action_id"
    permission = "governance.settle_action"
    back_label = ACTIONS.title
    form_class = SettleActionForm
    lede = _("Its person and who gave it are notified. What is done or dropped can be taken up again.")
    button = _("Save the state")
    done = _("The state of the action is saved.")

    def get_title(self) -> Text:
        return _("State of action %(code)s") % {"code": self.row.reference}

    def get_quote(self) -> Text:
        what: str = self.row.what
        return what

    def get_form_kwargs(self) -> dict[str, Any]:
        return {"data": post_data(self.request), "action": self.row}

    def act(self, data: dict[str, Any]) -> Action:
        given = {"outcome": "", "document": None} | data
        given["state"] = ActionState(given["state"])
        return services.settle_action(actor=self.actor, action=self.row, **given)


class ActionGridView(ProjectGridView):
    """Edit a page of actions at once."""

    register = ACTIONS
    form_class = ActionCellsForm
    title = _("Edit actions in a grid")
    lede = _("Only the rows that you change are saved. What is done or dropped stays as it is.")
    button = _("Save the actions")
    caption = _("Actions as cells")
    back_label = ACTIONS.title
    own = ("text",)

    def load(self, rows: Any) -> Any:
        return rows.select_related("holder")

    def get_form_kwargs(self, data: QueryDict | None, rows: Sequence[Any]) -> dict[str, Any]:
        """Return the project, and its people once for all rows."""
        return {"project": self.project, "seats": list_seats(self.project)}

    def write(self, changes: Mapping[int, RowChange]) -> RowsWritten[Action]:
        return services.edit_actions(actor=self.actor, project=self.project, changes=changes)

    def read_limits(self, change: Change) -> Limits:
        return services.read_limits(self.project, change)

    def undo(self, seq: int) -> BulkResult:
        return services.undo_actions(actor=self.actor, project=self.project, seq=seq)

    def get_done(self, count: int) -> str:
        return ngettext("%(n)s action is saved.", "%(n)s actions are saved.", count) % {"n": count}


class PastedActionForm(ActionForm):
    """A pasted action, which has no version yet."""

    def __init__(self, data: Any = None, **given: Any) -> None:
        super().__init__(data, **given)
        del self.fields["seen"]


class ActionsPasteView(PasteView, ProjectFormView):
    """Give the actions of a spreadsheet."""

    permission = "governance.give_action"
    row_form_class: type[forms.Form] = PastedActionForm
    title = _("Paste actions")
    caption = _("Actions to add")
    add_button = _("Add these actions")
    back_label = ACTIONS.title
    back_url_name = ACTIONS.list_url

    def get_columns(self) -> Sequence[Column]:
        return ActionsImporter.columns

    def get_words(self) -> Mapping[str, Words]:
        return read_choices(ActionsImporter(), self.project).telling

    def get_row_kwargs(self) -> dict[str, Any]:
        """Return the project, and its people once for all rows."""
        return {"project": self.project, "seats": list_seats(self.project)}

    def write(self, rows: Mapping[int, Mapping[str, Any]]) -> RowsWritten[Action]:
        return services.give_actions(actor=self.actor, project=self.project, rows=rows)

    def get_done(self, result: list[Action]) -> Text:
        words = ngettext("%(n)s action is in the register.", "%(n)s actions are in the register.", len(result))
        return words % {"n": len(result)}
