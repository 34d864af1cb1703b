"""Attack the constraint on notices."""

from typing import Any

import pytest
from django.utils import timezone

from projects.models import LedgerEvent, Notification
from tests.attacks import Attacks

pytestmark = pytest.mark.django_db


def _notify_twice(cast: dict[str, Any]) -> None:
    event = LedgerEvent.objects.latest("pk")
    about = {"event": event, "recipient": cast["owner"], "reason": "decided", "created_at": timezone.now()}
    Notification.objects.bulk_create([Notification(**about), Notification(**about)])


ATTACKS = Attacks(constraints={"one_notice_per_event_and_person": _notify_twice})


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, cast: dict[str, Any]) -> None:
    ATTACKS.prove(guard, cast)
