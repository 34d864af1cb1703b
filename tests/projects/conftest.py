"""The world that the attacks on the triggers of projects share."""

from typing import Any

import pytest

from projects.models import Project
from tests.projects.world import World


@pytest.fixture
def world(cast: dict[str, Any], project_one: Project, project_two: Project, project_three: Project) -> World:
    """Build the world of these attacks."""
    return World(cast, project_one, project_two, project_three)
