"""Import of actions: a file gives them to the people of the project, named as they are there."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.tables.columns import fold
from governance.life.actions.forms import ActionForm
from governance.life.actions.models import Action
from governance.life.actions.register import ACTIONS
from governance.life.actions.services import announce, save_action
from projects.imports.registry import Batch, Importer, register
from projects.ledger.models import LedgerEvent
from projects.models import Project
from roles.models import User


@register
class ActionsImporter(Importer[Action]):
    """Actions, matched by their text."""

    name = ACTIONS.importer
    title = _("Import actions")
    back_label = ACTIONS.title
    back_url_name = ACTIONS.list_url
    permission = ACTIONS.permission
    keys = (("text",),)
    fixed = frozenset(("text",))
    shown = ("text", "seat", "due_on")
    columns = ACTIONS.list_file_columns()

    def build_form(self, project: Project) -> ActionForm:
        return ActionForm(project=project)

    def list_rows(self, project: Project) -> Iterable[Action]:
        return project.actions.select_related("holder").order_by("number")

    def list_words(self, project: Project) -> Mapping[str, Mapping[str, str]]:
        """Return the address of each person, and the code of each role that one person holds."""
        seats = project.mandates.active().values_list("role__code", "holder", "holder__email")
        held: dict[str, list[str]] = {}
        words: dict[str, str] = {}
        for role, key, address in seats:
            held.setdefault(fold(role), []).append(f"{role}-{key}")
            words.setdefault(fold(address), f"{role}-{key}")
        return {"seat": words | {role: found[0] for role, found in held.items() if len(found) == 1}}

    def ensure_line(self, actor: User, project: Project, fields: Mapping[str, Any], row: Action | None) -> None:
        """Refuse a change of what is done or dropped."""
        if row and not row.is_open:
            raise ValidationError(gettext("It is “%(state)s” now.") % {"state": row.get_state_display()})

    def create(self, batch: Batch, fields: dict[str, Any]) -> Action:
        row = Action(project=batch.project)
        save_action(batch.actor, row, fields)
        batch.told.append(row)
        return row

    def change(self, batch: Batch, row: Action, fields: dict[str, Any]) -> None:
        row.project, before = batch.project, row.holder_id
        save_action(batch.actor, row, fields)
        if row.holder_id != before:
            batch.told.append(row)

    def conclude(self, batch: Batch, event: LedgerEvent, created: list[Action]) -> None:
        announce([(event, row) for row in batch.told])
