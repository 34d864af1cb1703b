"""View of a page of requirements as cells."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from amoa.requirements import reversal, services
from amoa.requirements.forms import CellsForm
from amoa.requirements.models import Requirement
from amoa.requirements.register import REQUIREMENTS
from core.pages.grid.rows import RowChange, RowsWritten
from core.pages.lists.undo import BulkResult
from projects.form_views import ProjectGridView
from projects.undo import Change, Limits


class RequirementGridView(ProjectGridView):
    """Edit a page of requirements at once."""

    register = REQUIREMENTS
    form_class = CellsForm
    title = _("Edit requirements in a grid")
    lede = _("A new text of a requirement in force becomes its next version, as proposed.")
    button = _("Save the requirements")
    caption = _("Requirements as cells")
    back_label = REQUIREMENTS.title

    def load(self, rows: Any) -> Any:
        """Add what tells which states may follow."""
        return rows.select_related("in_force")

    def write(self, changes: Mapping[int, RowChange]) -> RowsWritten[Requirement]:
        return services.edit_requirements(
            actor=self.actor, project=self.project, changes=changes, confirmed=self.confirmed
        )

    def read_limits(self, change: Change) -> Limits:
        return reversal.read_limits(self.project, change)

    def undo(self, seq: int) -> BulkResult:
        return services.undo_requirements(actor=self.actor, project=self.project, seq=seq)

    def get_done(self, count: int) -> str:
        words = ngettext("%(count)d requirement is changed.", "%(count)d requirements are changed.", count)
        return words % {"count": count}
