"""The world that the attacks on the triggers of governance share."""

from collections.abc import Callable
from typing import Any

import pytest

from governance.models import Proposal
from tests.governance.world import World


@pytest.fixture
def world(cast: dict[str, Any], proposal: Callable[[str], Proposal]) -> World:
    """Build the world of these attacks."""
    return World(cast, proposal)


@pytest.fixture(scope="module")
def kept_world(kept_cast: dict[str, Any], kept_proposal: Callable[[str], Proposal]) -> World:
    """Build the world for what a file builds once for its attacks."""
    return World(kept_cast, kept_proposal)
