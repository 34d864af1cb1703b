"""Import of the milestones: the first plan stays, a day that moves is kept with its reason."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.tables.columns import Column, fold, fold_header
from core.tables.words import NO, YES
from pmo.registers.schedule.forms import ImportedMilestoneForm
from pmo.registers.schedule.models import Milestone
from pmo.registers.schedule.register import MILESTONES
from pmo.registers.schedule.seals import mark_expected_after_the_end
from pmo.registers.schedule.services import ensure_movable, ensure_past, move_milestone, save_milestone
from projects.imports.registry import Batch, Importer, LineSkipped, Note, register
from projects.models import Project
from roles.models import User

#: Folded headers by which Microsoft Project tells milestones, in both languages.
IS_MILESTONE, DURATION = frozenset(("milestone", "jalon")), frozenset(("duration", "duree"))
#: Folded duration of a milestone: "0 jour", "0 days", "0j".
NO_TIME = re.compile(r"0(?: 0+)?(?: ?[a-z]+)?")
NO_MILESTONE = _("This task is no milestone: it is skipped.")
FIRST_PLAN = _("The forecast date is used as the initial date.")


@register
class MilestoneImporter(Importer[Milestone]):
    """Milestones, matched by their code."""

    name = MILESTONES.importer
    title = _("Import milestones")
    back_label = _("Schedule")
    back_url_name = MILESTONES.list_url
    permission = MILESTONES.permission
    keys = (("code",),)
    fixed = frozenset(("code", "baseline_on"))
    notes = frozenset(("reason",))
    shown = ("code", "name", "baseline_on")
    limits = _(
        "Excel (.xlsx), OpenDocument (.ods), CSV or the XML of Microsoft Project, {most} MiB and {lines} lines at most."
    )
    made = frozenset(("baseline_on",))
    columns = MILESTONES.list_file_columns()
    extra = (
        Column("milestone", _("It is a milestone (yes or no)")),
        Column("duration", _("Duration, zero for a milestone")),
    )

    def preset_columns(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Mapping[int, str]:
        """Tell milestones from tasks as Microsoft Project does: by a column of yes and no, else by no duration."""
        found: dict[int, str] = {}
        for place, title in enumerate(header):
            cells = [row[place] for row in rows if row[place]]
            words = {fold(cell) for cell in cells}
            if fold_header(title) in IS_MILESTONE and words and words <= YES | NO:
                found[place] = "milestone"
            elif fold_header(title) in DURATION and any(NO_TIME.fullmatch(fold(cell)) for cell in cells):
                found[place] = "duration"
        if "milestone" in found.values():
            return {place: name for place, name in found.items() if name == "milestone"}
        return found

    def prepare(self, cells: dict[str, str]) -> Iterable[Note]:
        """Skip the tasks that are no milestones."""
        flag, duration = cells.pop("milestone", ""), cells.pop("duration", "")
        if (flag and fold(flag) in NO) or (duration and not NO_TIME.fullmatch(fold(duration))):
            raise LineSkipped("milestone" if flag else "duration", NO_MILESTONE)
        return ()

    def complete(self, cells: dict[str, str]) -> Iterable[Note]:
        if not cells.get("baseline_on") and cells.get("forecast_on"):
            cells["baseline_on"] = cells["forecast_on"]
            yield "baseline_on", FIRST_PLAN

    def build_form(self, project: Project) -> ImportedMilestoneForm:
        return ImportedMilestoneForm(project=project)

    def list_rows(self, project: Project) -> Iterable[Milestone]:
        """List the milestones by their first plan."""
        return project.milestones.order_by("baseline_on", "pk")

    def get_value(self, row: Milestone, name: str) -> Any:
        """Return the value of a field; the reasons of earlier moves stay with them."""
        return "" if name == "reason" else getattr(row, name)

    def ensure_line(self, actor: User, project: Project, fields: Mapping[str, Any], row: Milestone | None) -> None:
        """Refuse a day of reaching that has not come, and a move without a reason."""
        ensure_past(fields.get("actual_on"))
        now = row.forecast_on if row else fields["baseline_on"]
        if (fields.get("forecast_on") or now) != now:
            ensure_movable(row.actual_on if row else None, fields.get("reason", ""))

    def create(self, batch: Batch, fields: dict[str, Any]) -> Milestone:
        """Write the milestone with its first plan, then its move."""
        row = Milestone(project=batch.project)
        self._write(batch, row, fields)
        return row

    def change(self, batch: Batch, row: Milestone, fields: dict[str, Any]) -> None:
        """Write the move, then what else changed."""
        row.project = batch.project
        self._write(batch, row, fields)

    def _write(self, batch: Batch, row: Milestone, fields: dict[str, Any]) -> None:
        is_new, expected_on, reason = not row.pk, fields.pop("forecast_on", None), fields.pop("reason", "")
        reached = {name: fields.pop(name) for name in ("actual_on",) if name in fields}
        save_milestone(batch.actor, row, fields)
        moves = bool(expected_on) and expected_on != row.forecast_on
        if moves:
            move_milestone(batch.actor, row, expected_on, reason)
        if reached:
            save_milestone(batch.actor, row, reached)
        if is_new or moves:
            batch.afterwards.append(lambda _event: mark_expected_after_the_end(batch.actor, row))
