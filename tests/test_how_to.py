"""Follow the recipes of docs/how-to.md word for word, in a copy of the repository."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from config.database import create_database, with_parts

ROOT: Path = settings.ROOT
PAGE = ROOT / "docs/how-to.md"
BLOCK = re.compile(r"^```(diff|sh)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: Database of the copy.
DATABASE = "followed"
#: What the copy leaves behind: data of this checkout. What is compiled stays: files keep their times.
LEFT_BEHIND = (".git", ".venv", "var", ".*_cache", "node_modules")
#: Files that are written for a kind of decision in `pmo`: class, panel, French.
MOST_FILES_OF_A_KIND = 3


def _blocks(kind: str, recipe: str = "") -> list[str]:
    """Return the blocks of a kind in the page, or in the recipe with this heading."""
    text = PAGE.read_text(encoding="utf-8")
    part = text.partition(f"## {recipe}\n")[2].partition("\n## ")[0] if recipe else text
    return [body for name, body in BLOCK.findall(part) if name == kind]


def _changes(block: str) -> Iterator[tuple[str, str, str]]:
    """Yield the file of each hunk, the lines that are there, and the lines after it."""
    for part in re.split(r"^\+\+\+ ", block, flags=re.MULTILINE)[1:]:
        path, _newline, body = part.partition("\n")
        for hunk in re.split(r"^@@\n", body, flags=re.MULTILINE):
            lines = hunk.splitlines(keepends=True)
            yield path, *("".join(line[1:] for line in lines if line[0] in signs) for signs in (" -", " +"))


def apply(folder: Path, block: str) -> None:
    """Apply a block; what it says is there must be there exactly once."""
    for path, before, after in _changes(block):
        file = folder / path
        if not before:
            assert not file.exists(), f"{path} is there already"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(after, encoding="utf-8")
            continue
        text = file.read_text(encoding="utf-8")
        assert text.count(before) == 1, f"{path} has {text.count(before)} times:\n{before}"
        file.write_text(text.replace(before, after), encoding="utf-8")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the repository, with the tools of this one, and follow every recipe in the order of the page."""
    folder = tmp_path_factory.mktemp("followed") / "ouvrage"
    shutil.copytree(ROOT, folder, symlinks=True, ignore=shutil.ignore_patterns(*LEFT_BEHIND))
    (folder / ".venv").symlink_to((ROOT / ".venv").resolve())
    for block in _blocks("diff"):
        apply(folder, block)
    create_database(os.environ["DATABASE_OWNER_URL"], DATABASE)
    return folder


def test_a_kind_of_decision_is_written_in_three_files() -> None:
    written = {path for block in _blocks("diff", "A kind of decision") for path, _before, _after in _changes(block)}

    assert len([path for path in written if not path.startswith("tests/")]) == MOST_FILES_OF_A_KIND
    assert all(path.startswith(("pmo/", "templates/pmo/", "locale/", "tests/pmo/")) for path in written)


def test_a_field_of_a_risk_is_written_in_four_files_and_the_verifier() -> None:
    written = {path for block in _blocks("diff", "A field") for path, _before, _after in _changes(block)}

    assert {path for path in written if not path.startswith("tests/")} == {
        "pmo/registers/risks/models.py",  # and its migration
        "pmo/registers/risks/register.py",
        "tools/verify_ledger.py",
        "locale/fr/LC_MESSAGES/django.po",
    }


@pytest.mark.parametrize("recipe", ["A kind of decision", "An act", "A field", "A register", "A workspace"])
def test_each_recipe_has_its_test_and_its_french(recipe: str) -> None:
    written = [path for block in _blocks("diff", recipe) for path, _before, _after in _changes(block)]

    assert any(path.startswith("tests/") for path in written)
    assert "locale/fr/LC_MESSAGES/django.po" in written


def _environment(folder: Path) -> dict[str, str]:
    """Return the environment of the copy: the servers of this run, with a database of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    urls = {name: with_parts(kept[name], name=DATABASE) for name in kept if re.fullmatch(r"DATABASE_\w*URL", name)}
    return kept | urls | {"PATH": f"{folder / '.venv/bin'}:{kept['PATH']}"}


def test_the_recipes_do_what_they_say(copy: Path) -> None:
    [commands] = _blocks("sh")
    for command in commands.splitlines():
        done = subprocess.run(
            command.split(), cwd=copy, env=_environment(copy), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
