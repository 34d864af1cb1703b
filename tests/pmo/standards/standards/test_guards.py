"""Attack the triggers and constraints on the standards library: only drafts are editable, only decisions adopt."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from pmo.models import LibraryEntry, Standard, StandardCheckpoint, StandardVersion
from pmo.standards.standards.content import fingerprint_of, with_content
from projects.models import DocumentVersion, Project
from tests.attacks import Attacks, Declared, leaves
from tests.database import refusal

pytestmark = pytest.mark.django_db


class World:
    """The library of project one, written past the services: STD-LOG in force, its next version a draft."""

    def __init__(self, cast: dict[str, Any], project: Project, other: Project) -> None:
        self.cast, self.project, self.other = cast, project, other
        self.today = timezone.localdate()
        self.standard = Standard.objects.get(project=project, code="STD-LOG")
        self.adopted = self.standard.versions.get(state="adopted")
        self.draft = self.standard.versions.get(state="draft")
        self.entry = LibraryEntry.objects.filter(project=project).earliest("pk")

    def add(self, model: Any, **fields: Any) -> Any:
        """Write a row."""
        return model.objects.bulk_create([model(**fields)])[0]

    def change(self, row: Any, **fields: Any) -> None:
        """Change a row."""
        assert type(row).objects.filter(pk=row.pk).update(**fields)

    def new(self, **fields: Any) -> Any:
        """Write a standard."""
        return self.add(Standard, **{"project": self.project, "code": "STD-9", "family": "risk"} | fields)

    def version(self, **fields: Any) -> Any:
        """Write a version."""
        given = {"standard": self.standard, "number": 9, "title_fr": "T", "title_en": "T", "levels": ["project"]}
        return self.add(StandardVersion, **given | {"from_gate": "G1"} | fields)

    def checkpoint(self, **fields: Any) -> Any:
        """Write a checkpoint of the draft."""
        given = {"version": self.draft, "number": 9, "text_fr": "A", "text_en": "A"}
        return self.add(StandardCheckpoint, **given | fields)

    def tool(self, **fields: Any) -> Any:
        """Write a tool."""
        given = {"project": self.project, "kind": "guide", "family": "risk", "title_fr": "T", "title_en": "T"}
        return self.add(LibraryEntry, **given | {"text_fr": "A", "text_en": "A"} | fields)

    def adopt(self, version: Any = None, **fields: Any) -> None:
        """Adopt the draft as a decision would, except for the changes."""
        version = version or self.draft
        if version.pk == self.draft.pk:
            self.retire()
        found = with_content(StandardVersion.objects.all()).get(pk=version.pk)
        given = {"state": "adopted", "hash": fingerprint_of(found), "effective_from": self.today}
        self.change(version, **given | fields)

    def retire(self, **fields: Any) -> None:
        """Retire the version in force, valid except for the changes."""
        self.change(self.adopted, **{"state": "retired", "effective_to": self.today} | fields)

    @property
    def foreign(self) -> Any:
        """Return a document of another project."""
        return DocumentVersion.objects.exclude(document__project=self.project).earliest("pk")


Attempt = Callable[[World], Any]
KEEPS = "A row keeps its project and what names it"
BORN = "A version of a standard is a draft before it is adopted"
SAME = "A version keeps its standard and its number"
STAYS = "A version that was adopted stays as it is; another version changes the standard"
END = "A version is adopted, then retired, and that is its end"
HASHED = "An adopted version carries the hash of its content"
ASKS = "An adopted version has a checkpoint"
DAYS = "A version is in effect from the day it is adopted to the day it is retired"
OURS = "The template of a standard is a document of the library"
ITS_OWN = "The document of an entry is one of the library"
DECIDED = "Only a decision of the owner adopts or retires a standard (R1)"
DRAFTS = "Checkpoints change while their version is a draft"
ITS_PLACE = "A checkpoint keeps its version and its number"


def _of(version: Any) -> Any:
    return version.checkpoints.earliest("number")


def _delete(row: Any) -> None:
    type(row).objects.filter(pk=row.pk)._raw_delete("default")


def _retired(world: World) -> Any:
    world.retire()
    return world.adopted


TRIGGERS: list[Declared] = [
    ("standard.stays_on_its_project", "another code", lambda w: w.change(w.standard, code="STD-8"), KEEPS),
    ("standard.stays_on_its_project", "another family", lambda w: w.change(w.standard, family="risk"), KEEPS),
    ("standard.stays_on_its_project", "moved", lambda w: w.change(w.standard, project=w.other), KEEPS),
    (
        "libraryentry.stays_on_its_project",
        "moved",
        lambda w: w.change(w.entry, project=w.other, document=None),
        KEEPS,
    ),
    (
        "standardversion.stays_as_adopted",
        "born adopted",
        lambda w: w.version(state="adopted", effective_from=w.today, hash="0" * 64),
        BORN,
    ),
    ("standardversion.stays_as_adopted", "another number", lambda w: w.change(w.draft, number=8), SAME),
    ("standardversion.stays_as_adopted", "of another standard", lambda w: w.change(w.draft, standard=w.new()), SAME),
    *(
        ("standardversion.stays_as_adopted", f"adopted, another {column}", attack, STAYS)
        for column, value in {
            "title_fr": "X",
            "title_en": "X",
            "purpose_fr": "X",
            "purpose_en": "X",
            "source": "X",
            "mandatory": False,
            "levels": ["portfolio"],
            "from_gate": "G5",
            "template": None,
            "hash": "0" * 64,
        }.items()
        for attack in [lambda w, c=column, v=value: w.change(w.adopted, **{c: v})]
    ),
    (
        "standardversion.stays_as_adopted",
        "in effect earlier",
        lambda w: w.change(w.adopted, effective_from=w.today - timedelta(days=90)),
        STAYS,
    ),
    (
        "standardversion.stays_as_adopted",
        "adopted, a draft again",
        lambda w: w.change(w.adopted, state="draft"),
        END,
    ),
    (
        "standardversion.stays_as_adopted",
        "a draft retired",
        lambda w: w.change(w.draft, state="retired", effective_to=w.today),
        END,
    ),
    (
        "standardversion.stays_as_adopted",
        "retired, adopted again",
        lambda w: w.change(_retired(w), state="adopted", effective_to=None),
        END,
    ),
    (
        "standardversion.stays_as_adopted",
        "retired, until later",
        lambda w: w.change(_retired(w), effective_to=w.today + timedelta(days=9)),
        END,
    ),
    ("standardversion.stays_as_adopted", "adopted with another hash", lambda w: w.adopt(hash="0" * 64), HASHED),
    ("standardversion.stays_as_adopted", "adopted with other words", lambda w: w.adopt(title_en="Other"), HASHED),
    (
        "standardversion.stays_as_adopted",
        "adopted without a checkpoint",
        lambda w: w.adopt(w.version(standard=w.new())),
        ASKS,
    ),
    (
        "standardversion.stays_as_adopted",
        "adopted from tomorrow on",
        lambda w: w.adopt(effective_from=w.today + timedelta(days=1)),
        DAYS,
    ),
    (
        "standardversion.stays_as_adopted",
        "adopted since last week",
        lambda w: w.adopt(effective_from=w.today - timedelta(days=7)),
        DAYS,
    ),
    (
        "standardversion.stays_as_adopted",
        "retired tomorrow",
        lambda w: w.retire(effective_to=w.today + timedelta(days=1)),
        DAYS,
    ),
    (
        "standardversion.has_a_template_of_its_library",
        "a foreign template",
        lambda w: w.change(w.draft, template=w.foreign),
        OURS,
    ),
    (
        "standardversion.has_a_template_of_its_library",
        "written with a foreign template",
        lambda w: w.version(template=w.foreign),
        OURS,
    ),
    ("standardversion.is_decided_by_the_owner", "adopted by nobody", lambda w: w.adopt(), DECIDED),
    ("standardversion.is_decided_by_the_owner", "retired by nobody", lambda w: w.retire(), DECIDED),
    (
        "libraryentry.has_a_document_of_its_library",
        "a foreign document",
        lambda w: w.change(w.entry, document=w.foreign),
        ITS_OWN,
    ),
    (
        "libraryentry.has_a_document_of_its_library",
        "written with a foreign document",
        lambda w: w.tool(document=w.foreign),
        ITS_OWN,
    ),
    (
        "standardcheckpoint.is_written_in_a_draft",
        "another number",
        lambda w: w.change(_of(w.draft), number=8),
        ITS_PLACE,
    ),
    (
        "standardcheckpoint.is_written_in_a_draft",
        "moved to what is adopted",
        lambda w: w.change(_of(w.draft), version=w.adopted),
        ITS_PLACE,
    ),
    (
        "standardcheckpoint.is_written_in_a_draft",
        "added once adopted",
        lambda w: w.checkpoint(version=w.adopted),
        DRAFTS,
    ),
    (
        "standardcheckpoint.is_written_in_a_draft",
        "changed once adopted",
        lambda w: w.change(_of(w.adopted), text_en="Less"),
        DRAFTS,
    ),
    ("standardcheckpoint.is_written_in_a_draft", "removed once adopted", lambda w: _delete(_of(w.adopted)), DRAFTS),
    *(
        (f"{model._meta.model_name}.leaves_an_event", "written without an event", attack, leaves(model))
        for model, attack in (
            (Standard, lambda w: w.new()),
            (StandardVersion, lambda w: w.version()),
            (StandardCheckpoint, lambda w: w.checkpoint()),
            (LibraryEntry, lambda w: w.tool()),
        )
    ),
    (
        "standardversion.leaves_an_event",
        "changed without an event",
        lambda w: w.change(w.draft, title_en="Other"),
        leaves(StandardVersion),
    ),
    (
        "standardcheckpoint.leaves_an_event",
        "changed without an event",
        lambda w: w.change(_of(w.draft), text_en="Other"),
        leaves(StandardCheckpoint),
    ),
]

#: constraint → a row it refuses.
CONSTRAINTS: dict[str, Attempt] = {
    "one_standard_per_code_and_library": lambda w: w.new(code="STD-LOG"),
    "a_standard_has_a_known_family": lambda w: w.new(family="whim"),
    "a_standard_has_a_code": lambda w: w.new(code="std log"),
    "one_version_of_a_standard_per_number": lambda w: w.version(number=1),
    "one_adopted_version_per_standard": lambda w: w.change(
        w.draft,
        state="adopted",
        effective_from=w.today,
        hash=fingerprint_of(with_content(StandardVersion.objects.all()).get(pk=w.draft.pk)),
    ),
    "a_standard_is_due_from_a_known_gate": lambda w: w.version(from_gate="G9"),
    "a_standard_is_for_known_levels": lambda w: w.version(levels=["galaxy"]),
    "a_standard_has_its_titles": lambda w: w.version(title_fr=""),
    "a_version_is_in_effect_once_adopted_until_retired": lambda w: w.change(w.draft, state="lost"),
    "one_checkpoint_per_number": lambda w: w.checkpoint(number=1),
    "a_checkpoint_says_what_it_asks": lambda w: w.checkpoint(text_fr=""),
    "a_checkpoint_is_computed_as_we_know": lambda w: w.checkpoint(computed="magic"),
    "one_entry_per_title_and_library": lambda w: w.tool(title_en=w.entry.title_en),
    "an_entry_is_of_a_known_kind": lambda w: w.tool(kind="spell"),
    "an_entry_has_a_known_family": lambda w: w.tool(family="whim"),
    "an_entry_has_its_titles": lambda w: w.tool(title_fr=""),
    "an_entry_holds_something": lambda w: w.tool(text_fr=""),
}


@pytest.fixture
def world(cast: dict[str, Any], project_one: Any, project_two: Any) -> World:
    """Build the world of these attacks."""
    from tests import acts

    acts.add_document(cast["other_pmo"], project_two, "Theirs")
    return World(cast, project_one, project_two)


ATTACKS = Attacks(TRIGGERS, CONSTRAINTS)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)


def test_a_checkpoint_leaves_a_draft_and_nothing_else(world: World) -> None:
    assert "An event of its act names each row" in refusal(lambda: _delete(_of(world.draft)))
