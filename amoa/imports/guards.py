"""Trigger of imports: states follow the workflow."""

from amoa.imports import workflow
from core.tables.received import follows_its_steps

MOVES = ", ".join(
    f"('{origin}', '{target}')" for origin, targets in workflow.TRANSITIONS.items() for target in sorted(targets)
)
FOLLOWS_ITS_STEPS = follows_its_steps(MOVES)
