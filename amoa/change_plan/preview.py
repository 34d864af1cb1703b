"""Preview of the next version of the change plan."""

from dataclasses import dataclass
from typing import Any

from amoa.change_plan.content import PART_TITLES, FrozenRow, build_content, build_frozen_rows, load_rows
from amoa.change_plan.enums import Aspect
from amoa.change_plan.queries import build_impact_matrix
from core.record.sealing import content_hash
from projects.models import Project


@dataclass(frozen=True)
class PlanPreview:
    """What the next version would freeze, by part, and the aspects of each group that are not assessed.

    `seen` is the hash of the content.
    """

    parts: list[tuple[str, Any, list[FrozenRow]]]
    unassessed: list[tuple[str, list[Aspect]]]
    seen: str


def build_plan_preview(project: Project) -> PlanPreview:
    """Build the preview of freezing the plan now."""
    rows = load_rows(project)
    content = build_content(rows)
    matrix = build_impact_matrix(project, rows["impacts"])
    open_aspects = [(row.group.name, [aspect for aspect, impact in row.cells if impact is None]) for row in matrix]
    return PlanPreview(
        [(part, title, build_frozen_rows(part, content[part], project.prefix)) for part, title in PART_TITLES.items()],
        [(group, aspects) for group, aspects in open_aspects if aspects],
        content_hash(content),
    )
