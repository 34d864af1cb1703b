"""Import of success criteria and benefits: they are proposed, the owner approves them by a decision."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from core.forms import RowForm
from core.tables.columns import Column
from pmo.registers.success_criteria.enums import CriterionKind
from pmo.registers.success_criteria.forms import BenefitForm, CriterionForm
from pmo.registers.success_criteria.models import SuccessCriterion
from pmo.registers.success_criteria.register import BENEFITS
from pmo.registers.success_criteria.services import ensure_proposed, save_criterion
from projects.imports.registry import Batch, Importer, column, register
from projects.models import Project
from roles.enums import Gate
from roles.models import User


@register
class CriterionImporter(Importer[SuccessCriterion]):
    """Success criteria, matched by their text."""

    kind: ClassVar[CriterionKind] = CriterionKind.CRITERION
    name = "success-criteria"
    title = _("Import success criteria")
    back_label = _("Success criteria")
    back_url_name = "pmo:success_criteria:success"
    permission = "pmo.propose_criterion"
    keys = (("text",),)
    fixed = frozenset(("text",))
    columns: ClassVar[tuple[Column, ...]] = (
        column("text", _("Criterion"), "criterion|success criterion|critere|critere de succes|benefit|benefice|titre"),
        column("measure", _("How it is measured"), "measure|measurement|mesure|mode de mesure|methode|indicateur"),
        column("target", _("Target"), "target|cible|objectif|valeur cible|seuil"),
        column("unit", _("Unit"), "unit|unite"),
        column("due_gate", _("Due at gate"), "gate|due gate|passage|jalon|echeance"),
        column("months_after", _("Months after the gate"), "months|months after|mois|mois apres"),
    )

    def build_form(self, project: Project) -> RowForm:
        return CriterionForm(project=project, due_gate=Gate.G5)

    def list_rows(self, project: Project) -> Iterable[SuccessCriterion]:
        return project.success_criteria.filter(kind=self.kind).order_by("number")

    def ensure_line(
        self, actor: User, project: Project, fields: Mapping[str, Any], row: SuccessCriterion | None
    ) -> None:
        """Refuse to change what was approved or dropped."""
        if row:
            ensure_proposed(self.kind, row)

    def create(self, batch: Batch, fields: dict[str, Any]) -> SuccessCriterion:
        row = SuccessCriterion(project=batch.project)
        save_criterion(self.kind, batch.role, row, fields)
        return row

    def change(self, batch: Batch, row: SuccessCriterion, fields: dict[str, Any]) -> None:
        """Reword a proposed row."""
        row.project = batch.project
        save_criterion(self.kind, batch.role, row, fields)


@register
class BenefitImporter(CriterionImporter):
    """Benefits, which another role proposes."""

    kind = CriterionKind.BENEFIT
    name = "benefits"
    title = _("Import benefits")
    back_label = BENEFITS.title
    back_url_name = BENEFITS.list_url
    permission = "pmo.propose_benefit"
    columns = BENEFITS.list_file_columns()

    def build_form(self, project: Project) -> RowForm:
        return BenefitForm(project=project, due_gate=Gate.G5)
