"""Test that the search index says what the rows say, whatever writes them, and nothing once they are erased."""

from typing import Any

import pytest
from django.core.management import call_command

from core.history import version_of
from core.models import SearchText
from core.record.erasure import is_erased
from core.search_index.sources import SOURCES, list_differences, rebuild
from governance.models import Proposal
from governance.record.erasure.services import erase_person, erase_text
from pmo.models import LessonLearned
from pmo.registers.lessons.services import note_lesson
from projects.models import Project
from roles.models import User
from tests import acts
from tests.database import owning, run
from tests.sources import ROOT

pytestmark = pytest.mark.django_db

FIELDS = {
    "title": "Quay first",
    "context": "Cranes",
    "lesson": "Measure twice",
    "recommendation": "",
    "family": "other",
}


def text_of(source: str, row: int) -> SearchText:
    """Return the row of the index."""
    return SearchText.objects.get(source=source, row=row)


def test_the_index_is_as_the_rows_of_the_whole_world_of_the_tests(project_one: Project) -> None:
    assert list_differences() == []
    assert SearchText.objects.filter(project=project_one.pk).exists()


def test_a_row_is_indexed_as_it_is_written_and_changed(pmo: Any, project_one: Project) -> None:
    lesson: LessonLearned = note_lesson(actor=pmo, project=project_one, fields=FIELDS)
    found = text_of("lesson", lesson.pk)
    assert (found.title, found.body, found.project) == ("Quay first", "Cranes\nMeasure twice", project_one.pk)
    changed = FIELDS | {"title": "Quay second"}
    note_lesson(actor=pmo, project=project_one, fields=changed, row=lesson, seen=version_of(lesson))
    assert text_of("lesson", lesson.pk).title == "Quay second"
    assert list_differences() == []


def test_a_proposal_is_indexed_as_its_working_text_then_as_its_revision(owner: Any, proposal: Any) -> None:
    draft: Proposal = proposal("draft")
    assert text_of("proposal", draft.pk).role == draft.author_role
    assert text_of("proposal", draft.pk).title == draft.draft.title
    submitted: Proposal = proposal("submitted")
    assert text_of("proposal", submitted.pk).role == ""
    assert text_of("proposal", submitted.pk).title == submitted.current.title  # type: ignore[union-attr]


def test_a_document_is_found_by_the_text_of_its_newest_version(amoa: Any, project_one: Project) -> None:
    version = acts.add_document(amoa, project_one, "Tide table", text="High water at noon, rare ospreys.\n")
    assert "rare ospreys" in text_of("document", version.document_id).body
    assert "Tide table" in text_of("document", version.document_id).title


@pytest.mark.parametrize(
    ("content", "text"), [(b"\xef\xbb\xbfOsprey", "Osprey"), (b"\xff\xfe\x00", ""), (b"a\x00b", ""), (b"", "")]
)
def test_bytes_that_are_no_text_are_read_as_none(content: bytes, text: str) -> None:
    assert run("SELECT public.ouvrage_text_of(%s)", [content]) == [(text,)]


def test_an_erasure_reaches_the_index(owner: Any, proposal: Any) -> None:
    decision = proposal("decided").decisions.get()
    words = decision.reasons
    assert SearchText.objects.filter(body__contains=words).exists()
    with owning():
        erase_text(actor=User.objects.installation(), row=decision, fields=["reasons"], because="Names a third person")
    assert not SearchText.objects.filter(body__contains=words).exists()
    assert is_erased(text_of("decision", decision.pk).body.splitlines()[1])
    assert list_differences() == []


def test_a_person_who_is_erased_is_not_found_by_name(outsider: User) -> None:
    name = outsider.name
    assert text_of("person", outsider.pk).title == name
    with owning():
        erase_person(actor=User.objects.installation(), person=outsider, because="They asked for it")
    assert not SearchText.objects.filter(title__contains=name).exists()
    assert list_differences() == []


def test_what_differs_is_named_and_rebuilt(owner: Any, project_one: Project) -> None:
    SearchText.objects.filter(source="decision").delete()
    SearchText.objects.filter(source="project").update(title="Altered")
    SearchText.objects.create(source="lesson", row=-1, page=-1, title="Of no row")
    SearchText.objects.create(source="gone", row=1, page=1, title="Of no register")
    assert {line.partition(":")[0] for line in list_differences()} == {"decision", "project", "lesson"}
    assert rebuild() > 3
    assert list_differences() == []
    assert not SearchText.objects.filter(source="gone").exists()
    assert rebuild() == 0


def test_the_command_rebuilds_it(project_one: Project, capsys: Any) -> None:
    SearchText.objects.all().delete()
    call_command("search_rebuild")
    assert "Texts indexed for the search: " in capsys.readouterr().out
    assert list_differences() == []


def test_every_register_of_the_documentation_is_declared() -> None:
    words = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert "search" in words
    assert {"project", "proposal", "decision", "requirement", "risk", "person", "document"} <= SOURCES.keys()
