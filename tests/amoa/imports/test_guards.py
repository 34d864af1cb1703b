"""Attack the triggers and constraints on imports."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from amoa.models import ImportJob
from projects.models import LedgerEvent, Notification
from tests.amoa.imports.factories import receive_file
from tests.attacks import Attacks, Declared
from tests.database import copy_of

pytestmark = pytest.mark.django_db

Attempt = Callable[[Any], Any]


def _changed(**fields: Any) -> Attempt:
    """Change an import past the services."""

    def attack(world: Any) -> None:
        job = receive_file(world.cast["amoa"], world.proposal("draft").project)
        assert ImportJob.objects.filter(pk=job.pk).update(**fields)

    return attack


def _copied(**fields: Any) -> Attempt:
    """Add another import like the first, with these fields."""

    def attack(world: Any) -> None:
        receive_file(world.cast["amoa"], world.proposal("draft").project)
        copy_of(ImportJob, **fields)

    return attack


def _with_event(world: Any) -> None:
    _changed(event=LedgerEvent.objects.latest("pk"))(world)


def _told_of_nothing(world: Any) -> None:
    Notification.objects.create(
        recipient=world.cast["amoa"], reason="decided", about="ONE", link="/", created_at=timezone.now()
    )


BEGINS = "An import begins with its file, its size and its fingerprint"
STEPS = "This step of an import does not follow from the one before"
KEPT = "A row keeps its project and what names it"
TRIGGERS: list[Declared] = [
    ("importjob.begins_with_its_file", "born checked", _copied(state="checked"), BEGINS),
    ("importjob.begins_with_its_file", "another fingerprint", _copied(sha256="0" * 64), BEGINS),
    ("importjob.begins_with_its_file", "another size", _copied(size=1), BEGINS),
    ("importjob.follows_its_steps", "from a file to the worker", _changed(state="waiting"), STEPS),
    ("importjob.keeps_its_file", "another file", _changed(content=b"Title\nOther"), "emptied when it ends"),
    ("importjob.stays_on_its_project", "another name", _changed(file_name="other.csv"), KEPT),
    ("importjob.stays_on_its_project", "another fingerprint", _changed(sha256="0" * 64), KEPT),
]
CONSTRAINTS: dict[str, Attempt] = {
    "an_import_has_a_state": _changed(state="lost"),
    "an_import_that_ended_keeps_no_file": _changed(state="cancelled", finished_at=timezone.now()),
    "an_import_that_is_done_has_its_event": _with_event,
    "a_running_import_is_alive": _changed(state="running"),
    "no_import_writes_more_than_all": _changed(done=1),
    "a_notice_tells_of_an_event": _told_of_nothing,
}
#: constraint → the trigger that would refuse first.
BEHIND = {
    "an_import_has_a_state": "importjob.follows_its_steps",
    "a_running_import_is_alive": "importjob.follows_its_steps",
}


@pytest.fixture
def world(cast: dict[str, Any], proposal: Any) -> SimpleNamespace:
    """Build the cast and its files."""
    return SimpleNamespace(cast=cast, proposal=proposal)


ATTACKS = Attacks(TRIGGERS, CONSTRAINTS, BEHIND)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: Any) -> None:
    ATTACKS.prove(guard, world)
