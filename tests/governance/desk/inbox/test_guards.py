"""Attack the constraints of snoozed tasks."""

from datetime import date
from typing import Any

import pytest

from governance.desk.inbox.models import Snooze
from tests.attacks import Attacks

pytestmark = pytest.mark.django_db


def _put_off_twice(person: Any) -> None:
    for day in (date(2030, 1, 7), date(2030, 1, 8)):
        Snooze.objects.create(person=person, task="advise:1", until=day)


ATTACKS = Attacks(constraints={"one_snooze_per_person_and_task": _put_off_twice})


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_a_constraint_refuses_the_attack(guard: str, pmo: Any) -> None:
    ATTACKS.prove(guard, pmo)
