"""Trigger of imports of requirements: states follow their table."""

from amoa.imports.enums import TRANSITIONS
from projects.imports.guards import follows_its_steps

FOLLOWS_ITS_STEPS = follows_its_steps(TRANSITIONS)
