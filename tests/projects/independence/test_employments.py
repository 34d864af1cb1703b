"""Attack the triggers of employments (R8)."""

from typing import Any

import pytest
from django.utils import timezone

from projects.models import Employment
from tests.attacks import Attacks, leaves
from tests.database import refusal

pytestmark = pytest.mark.django_db
BY_WHO_MAY = "The organisation of a person is recorded by that person or by an administrator"


def employ(cast: dict[str, Any], by: str = "staff_admin") -> None:
    """Write past the services that the AMOA works for the provider's organisation."""
    row = Employment(
        person=cast["amoa"],
        organisation=cast["moe"].organisation,
        starts_on=timezone.localdate(),
        recorded_by=cast[by],
        acted_at=timezone.now(),
    )
    Employment.objects.bulk_create([row])


ATTACKS = Attacks(
    triggers=[
        *(
            (
                "employment.is_recorded_by_who_may",
                f"by the {member}",
                lambda w, member=member: employ(w, member),
                BY_WHO_MAY,
            )
            for member in ("owner", "pmo", "moe", "outsider")
        ),
        ("employment.leaves_an_event", "without its event", employ, leaves(Employment)),
    ],
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, cast: dict[str, Any]) -> None:
    ATTACKS.prove(guard, cast)


def test_the_honest_row_lacks_its_event_alone(cast: dict[str, Any]) -> None:
    assert leaves(Employment) in refusal(lambda: employ(cast))
    assert leaves(Employment) in refusal(lambda: employ(cast, "amoa"))
