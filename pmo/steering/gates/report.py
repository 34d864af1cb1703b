"""Conformity report of a gate (PMO-07): standing and finding of each checkpoint."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.record.erasure import display_text
from core.words.dates import long_day
from pmo.standards.conformity.enums import Standing
from pmo.standards.conformity.queries import CheckpointStanding, map_versions
from pmo.steering.dashboards.exports import render_pdf
from pmo.steering.gates.criteria import Criterion, evaluate_gate
from projects.models import Project
from roles.enums import Gate


def render_report(project: Project, gate: Gate, at: datetime) -> bytes:
    """Return the report as of `at`, in the working language of the project and the time zone of the product."""
    with translation.override(project.language), timezone.override(None):
        rows, criteria = evaluate_gate(project, gate, at)
        return render_pdf(_build_content(project, gate, rows, criteria, at), at)


def _build_content(
    project: Project, gate: Gate, rows: Sequence[CheckpointStanding], criteria: Sequence[Criterion], at: datetime
) -> dict[str, Any]:
    return {
        "language": project.language,
        "heading": _("Conformity report, %(gate)s") % {"gate": project.name_gate(gate).label},
        "title": project.title,
        "code": project.code,
        "as_of": _("As of %(day)s") % {"day": long_day(at)},
        "numbers": [
            {"name": str(standing.label), "value": str(sum(row.standing == standing for row in rows)), "beside": ""}
            for standing in Standing
        ],
        "questions_heading": "",
        "questions": [],
        "pictures": [
            {
                "question": f"{version.standard.code} · {version.title}",
                "conclusion": _("Version %(number)s") % {"number": version.number},
                "head": [_("Checkpoint"), _("Result"), _("Finding"), _("Checked by"), _("Action")],
                "rows": [_list_cells(row) for row in rows if row.checkpoint.version_id == version.pk],
                "drawing": None,
            }
            for version in map_versions(rows).values()
        ],
        "projects_heading": _("Entry criteria"),
        "head": [_("Criterion"), _("State"), _("Source")],
        "rows": [
            [criterion.label, _("met") if criterion.met else _("not met"), criterion.sentence] for criterion in criteria
        ],
    }


def _list_cells(row: CheckpointStanding) -> list[str]:
    check, computed = row.check, row.computed
    finding = computed.sentence if computed else display_text(check.finding) if check else ""
    who = _("computed") if computed else f"{check.checker}, {long_day(check.acted_at)}" if check else ""
    waived = row.waiver.reference if row.is_waived and row.waiver else ""
    action = display_text(check.action) if check else ""
    return [row.checkpoint.text, str(row.standing.label), finding, who, action or waived]
