"""Check that the raw rows of the attacks are valid but for the missing event."""

import pytest
from django.utils import timezone

from projects.models import Delegation, DocumentVersion, Mandate, Project
from tests.attacks import leaves
from tests.database import refusal
from tests.projects.world import World

pytestmark = pytest.mark.django_db


def test_the_honest_rows_pass(world: World) -> None:
    """Each raw row is valid except for the attack's change and the missing event."""
    assert leaves(Mandate) in refusal(lambda: world.give())
    assert leaves(Mandate) in refusal(lambda: world.change("moe", accepted_at=timezone.now()))
    assert leaves(Delegation) in refusal(lambda: world.delegate())
    assert leaves(Project) in refusal(lambda: world.found())
    assert leaves(DocumentVersion) in refusal(lambda: world.version())
    assert refusal(lambda: world.move({"budget": "2.00"}, {"state": "active"})) == ""
