"""Import of the recipient groups."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from amoa.recipients.forms import GroupForm
from amoa.recipients.register import RECIPIENTS
from amoa.recipients.services import save_group
from projects.imports.registry import Batch, Importer, register
from projects.models import Project, RecipientGroup


@register
class RecipientImporter(Importer[RecipientGroup]):
    """Recipient groups, matched by their name."""

    name = RECIPIENTS.importer
    title = _("Import recipient groups")
    back_label = RECIPIENTS.title
    back_url_name = RECIPIENTS.list_url
    permission = RECIPIENTS.permission
    keys = (("name",),)
    synonyms = RECIPIENTS.list_synonyms()
    note = "practice"
    columns = RECIPIENTS.list_file_columns()

    def build_form(self, project: Project) -> GroupForm:
        return GroupForm(project=project)

    def list_rows(self, project: Project) -> Iterable[RecipientGroup]:
        return project.recipient_groups.order_by("name")

    def create(self, batch: Batch, fields: dict[str, Any]) -> RecipientGroup:
        row = RecipientGroup(project=batch.project)
        save_group(row, fields)
        return row

    def change(self, batch: Batch, row: RecipientGroup, fields: dict[str, Any]) -> None:
        row.project = batch.project
        save_group(row, fields)
