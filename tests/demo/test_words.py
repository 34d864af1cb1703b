"""Test the texts of the scenarios: each in English and in French, and a scenario that loads in French."""

import re
from collections import deque
from itertools import islice
from pathlib import Path
from typing import Any

import polib
import pytest

from amoa.requirements.lint import Draft, list_findings
from demo.scenarios import loader, words
from projects.models import Project
from roles.models import User
from tests.database import owning
from tools.servers.demo import SCENARIOS, choose_language

#: Straight quotes, and signs without the narrow space of French typography.
TYPOGRAPHY = re.compile(r"'|[ \u00a0][;:!?»]|[^\u202f][!?»](?=\s|$)|«(?!\u202f)|\d [%€]")


def catalogue(name: str) -> Path:
    return loader.FOLDER / f"{name}.fr.po"


@pytest.mark.parametrize("name", SCENARIOS)
def test_each_text_has_its_french_and_no_other_is_kept(name: str) -> None:
    entries = list(polib.pofile(str(catalogue(name))))
    texts = words.list_texts(loader.read(name))
    assert sorted(entry.msgid for entry in entries) == sorted(texts), "the catalogue holds each text once"
    assert [entry.msgid for entry in entries if not entry.msgstr or entry.fuzzy] == []


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_french_is_written_as_french(name: str) -> None:
    french = words.read_catalogue(catalogue(name)).values()
    assert [text for text in french if TYPOGRAPHY.search(text)] == []


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_requirements_are_well_written_in_french(name: str) -> None:
    acts = loader.read(name, "fr")["acts"]
    findings = [
        f"{content['code']}: {found.sentence}"
        for content in (entry["content"] for entry in acts if entry["act"] == "write_requirement")
        for found in list_findings(
            Draft(content["title"], content["statement"], content.get("criteria", []), content["kind"], "fr")
        )
    ]
    assert findings == []


def test_a_text_without_its_french_is_refused(tmp_path: Path) -> None:
    source: dict[str, Any] = {"sign_ins": [], "projects": [], "people": [], "acts": [{"title": "A new text"}]}
    assert words.in_language(source, tmp_path / "none.fr.po", "fr") == source, "the cast has one form"
    polib.POFile().save(str(tmp_path / "empty.fr.po"))
    assert words.in_language(source, tmp_path / "empty.fr.po", "en")["acts"] == source["acts"]
    with pytest.raises(ValueError, match="A new text"):
        words.in_language(source, tmp_path / "empty.fr.po", "fr")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("title", "Residents", True),
        ("unit", "minutes", True),
        ("unit", "%", False),
        ("category", "legal", False),
        ("requirement", "GUI-N01", False),
        ("checkpoints", "STD-GATE.1#2,STD-GATE.1#3", False),
        ("at", "2026-03-02 09:30", False),
        ("value", "-33", False),
    ],
)
def test_texts_are_told_from_keys_and_codes(name: str, value: str, told: bool) -> None:
    assert words.is_text(name, value) == told


@pytest.mark.django_db
def test_a_scenario_begins_in_french() -> None:  # its first acts only: a whole scenario takes long
    with owning():
        loading = loader.load("orbelle", "fr")
        deque(islice(loading, 40), maxlen=0)
        project = Project.objects.get(code="GUICHET")
        assert project.language == "fr"
        assert User.objects.get(email="nadia.perrault@example.org").language == "fr"
        proposal = project.proposals.select_related("draft").get(number=1)
        assert proposal.draft.title == "Charte et rôles, MOE désigné au passage G2"
        loading.close()


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr_FR.UTF-8", "DEMO_LANGUAGE": "en"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C", "DEMO_LANGUAGE": "fr"}, "fr"),
        ({}, "en"),
    ],
)
def test_the_demo_follows_the_language_of_the_machine(environ: dict[str, str], language: str) -> None:
    assert choose_language(environ) == language
