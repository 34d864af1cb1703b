"""Test lessons: noted by every role, reworded by the same role, visible from the projects one may read."""

from typing import Any

import pytest
from django.urls import reverse

from core.access import Refused
from core.history import Outdated, version_of
from pmo.enums import Act
from pmo.models import LessonLearned
from pmo.registers.lessons.services import note_lesson
from projects.models import LedgerEvent
from tests.conftest import CAST
from tests.database import run

pytestmark = pytest.mark.django_db
SEATED = {"owner", "pmo", "amoa", "moe", "recipient"}
LESSON = {"title": "Marées", "family": "schedule", "lesson": "Les travaux suivent les marées équinoxiales."}


def noted(actor: Any, project: Any, **more: Any) -> LessonLearned:
    row = note_lesson(actor=actor, project=project, **{"fields": LESSON} | more)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET CONSTRAINTS ALL DEFERRED")
    return row


@pytest.mark.parametrize("member", CAST)
def test_every_role_notes_lessons_and_leaves_one_event(member: str, cast: dict[str, Any], project_one: Any) -> None:
    events = LedgerEvent.objects.count()
    if member not in SEATED:
        with pytest.raises(Refused):
            noted(cast[member], project_one)
        assert LedgerEvent.objects.count() == events
        return
    row = noted(cast[member], project_one)
    event = LedgerEvent.objects.latest("pk")
    assert LedgerEvent.objects.count() == events + 1
    assert (event.act, event.subject_id, row.number, row.raised_by) == (Act.NOTE_LESSON, row.pk, 2, cast[member])
    assert row.raised_by_role == event.role


@pytest.mark.parametrize("member", CAST)
def test_the_role_that_noted_a_lesson_rewords_it(member: str, cast: dict[str, Any], project_one: Any) -> None:
    row = project_one.lessons.get()  # of the MOE
    change = {"row": row, "seen": version_of(row), "fields": {"title": "Order lamps early"}}
    if member != "moe":
        with pytest.raises(Refused):
            noted(cast[member], project_one, **change)
        return
    noted(cast[member], project_one, **change)
    with pytest.raises(Outdated):
        noted(cast[member], project_one, **change | {"fields": {"title": "Again"}})


@pytest.mark.parametrize("words", ["maree", "MARÉES", "travail marée", "equinoxiale"])
def test_words_are_found_without_their_accents_and_endings(words: str, pmo: Any, project_one: Any) -> None:
    row = noted(pmo, project_one)
    found = set(LessonLearned.objects.matching(words))
    assert (row in found) == (words != "travail marée")
    assert project_one.lessons.get(number=1) not in found


def test_english_words_are_found_too(project_one: Any) -> None:
    assert list(LessonLearned.objects.matching("ordering lamp")) == [project_one.lessons.get()]


def test_the_search_finds_on_the_projects_one_sees_only(cast: dict[str, Any], project_one: Any, client_of: Any) -> None:
    address = reverse("pmo:lessons:lesson_list")
    for member, seen in (("recipient", True), ("former_owner", False), ("outsider", False), ("superuser", False)):
        text = client_of(cast[member]).get(address, {"q": "lamps"}).content.decode()
        assert ("Order the lamps with the piles" in text) == seen, member


@pytest.mark.parametrize("query", [{"q": "\x00' OR 1"}, {"family": "whim"}, {"before": "abc"}, {"q": "x" * 500}])
def test_an_unreadable_search_is_answered(query: dict[str, str], owner: Any, client_of: Any) -> None:
    assert client_of(owner).get(reverse("pmo:lessons:lesson_list"), query).status_code == 200
