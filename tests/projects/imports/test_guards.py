"""Attack the triggers and constraints on the imports of lists."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from projects.models import LedgerEvent, ListImport, WordMeaning
from tests.attacks import Attacks, Declared
from tests.database import copy_of
from tests.projects.imports.factories import receive

pytestmark = pytest.mark.django_db

Attempt = Callable[[Any], Any]


def _changed(**fields: Any) -> Attempt:
    """Change an import past the services."""

    def attack(world: Any) -> None:
        job = receive(world.cast["pmo"], world.project)
        assert ListImport.objects.filter(pk=job.pk).update(**fields)

    return attack


def _copied(**fields: Any) -> Attempt:
    """Add another import like the first, with these fields."""

    def attack(world: Any) -> None:
        receive(world.cast["pmo"], world.project)
        copy_of(ListImport, **fields)

    return attack


def _of_another_event(world: Any) -> None:
    job = receive(world.cast["pmo"], world.project)
    ListImport.objects.filter(pk=job.pk).update(state="checked")
    event = LedgerEvent.objects.filter(project=world.project).latest("pk")
    ended = {"state": "done", "content": b"", "finished_at": timezone.now()}
    ListImport.objects.filter(pk=job.pk).update(event=event, **ended)


def _done_without_event(world: Any) -> None:
    job = receive(world.cast["pmo"], world.project)
    ListImport.objects.filter(pk=job.pk).update(state="checked")
    ListImport.objects.filter(pk=job.pk).update(state="done", content=b"", finished_at=timezone.now())


def _meant_twice(world: Any) -> None:
    for value in ("it", "legal"):
        WordMeaning.objects.create(
            project=world.project, list_name="risks", field="category", word="0" * 64, value=value
        )


BEGINS = "An import begins with its file, its size and its fingerprint"
STEPS = "This step of an import does not follow from the one before"
KEPT = "A row keeps its project and what names it"
TRIGGERS: list[Declared] = [
    ("listimport.begins_with_its_file", "born checked", _copied(state="checked"), BEGINS),
    ("listimport.begins_with_its_file", "another fingerprint", _copied(sha256="0" * 64), BEGINS),
    ("listimport.begins_with_its_file", "another size", _copied(size=1), BEGINS),
    ("listimport.follows_its_steps", "unknown", _changed(state="lost"), STEPS),
    ("listimport.keeps_its_file", "another file", _changed(content=b"Title\nOther"), "emptied when it ends"),
    ("listimport.stays_on_its_project", "another name", _changed(file_name="other.csv"), KEPT),
    ("listimport.stays_on_its_project", "another list", _changed(list_name="milestones"), KEPT),
    ("listimport.event_is_its_own", "an event of another act", _of_another_event, "that of its own act"),
]
CONSTRAINTS: dict[str, Attempt] = {
    "a_list_import_has_a_state": _changed(state="lost"),
    "a_list_import_that_ended_keeps_no_file": _changed(state="cancelled", finished_at=timezone.now()),
    "a_list_import_that_is_done_has_its_event": _done_without_event,
    "one_meaning_per_word_of_a_field": _meant_twice,
}
#: constraint → the trigger that would refuse first.
BEHIND = {"a_list_import_has_a_state": "listimport.follows_its_steps"}


@pytest.fixture
def world(cast: dict[str, Any], project_one: Any) -> SimpleNamespace:
    """Build the cast and its project."""
    return SimpleNamespace(cast=cast, project=project_one)


ATTACKS = Attacks(TRIGGERS, CONSTRAINTS, BEHIND)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: Any) -> None:
    ATTACKS.prove(guard, world)
