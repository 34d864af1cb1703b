"""View that adds the requirements of a spreadsheet as cells."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from amoa.imports.columns import BY_NAME
from amoa.imports.importer import RequirementImporter
from amoa.requirements.forms import NewCellsForm
from amoa.requirements.models import Requirement
from amoa.requirements.register import REQUIREMENTS
from amoa.requirements.services import write_requirements
from core.pages.form_views import Text
from core.pages.grid.paste import PasteView
from core.pages.grid.rows import RowsWritten
from core.tables.columns import Column, Words
from projects.form_views import ProjectFormView
from projects.imports.choices import read_choices


class RequirementsPasteView(PasteView, ProjectFormView):
    """Add the requirements of a spreadsheet."""

    permission = "amoa.write_requirements"
    row_form_class = NewCellsForm
    title = _("Paste requirements")
    caption = _("Requirements to add")
    add_button = _("Add these requirements")
    back_label = REQUIREMENTS.title
    back_url_name = REQUIREMENTS.list_url

    def get_columns(self) -> list[Column]:
        """Return the columns of an import that the cells have, in their order."""
        return [BY_NAME[name] for name in NewCellsForm.base_fields]

    def get_words(self) -> Mapping[str, Words]:
        return read_choices(RequirementImporter(), self.project).words

    def get_row_kwargs(self) -> dict[str, Any]:
        return {"project": self.project}

    def write(self, rows: Mapping[int, Mapping[str, Any]]) -> RowsWritten[Requirement]:
        return write_requirements(actor=self.actor, project=self.project, rows=rows)

    def get_done(self, result: list[Requirement]) -> Text:
        """Say how many requirements were added."""
        words = ngettext("%(n)s requirement is added.", "%(n)s requirements are added.", len(result))
        return words % {"n": len(result)}
