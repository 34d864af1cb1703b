"""README.md and docs/ name files and classes that exist, and link to pages that exist."""

import re
from functools import cache
from pathlib import Path

import pytest

from tests.sources import ROOT

APPS = ("core", "roles", "projects", "governance", "amoa", "pmo")
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md"))]
GLOSSARY = ROOT / "docs/glossary.md"
QUOTED = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
#: A rate such as 30/m is none.
PATH = re.compile(r"(?!\d+/)[\w.*-]+(/[\w.*-]*)+|[\w-]+\.(css|html|json|md|py|toml|typ|ya?ml)")


def paths_in(text: str) -> set[str]:
    """Return the paths that `text` quotes; `var/` is made by running, and `/…` is an address."""
    quoted = {word for word in QUOTED.findall(text) if PATH.fullmatch(word)}
    return {word.rstrip("/") for word in quoted if not word.startswith("var/")}


@cache
def files() -> dict[str, Path]:
    """Return the files of the tree by their name."""
    tops = [top for top in ROOT.iterdir() if not top.name.startswith(".") and top.name != "var"]
    below = [file for top in tops if top.is_dir() for file in top.rglob("*")]
    return {file.name: file for file in [*tops, *below]}


@cache
def names() -> set[str]:
    """Return the names of the product's classes, and of what stands inside classes."""
    sources = [file.read_text(encoding="utf-8") for app in APPS for file in (ROOT / app).rglob("*.py")]
    return set(re.findall(r"^(?:class | {4}(?:def )?)(\w+)", "\n".join(sources), flags=re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_files_that_a_page_names_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = paths_in(text)
    missing = {path for path in named if "/" in path and not any(ROOT.glob(path))}
    missing |= {path for path in named if "/" not in path and path not in files()}
    missing |= {link for link in LINK.findall(text) if not (page.parent / link).exists()}
    assert missing == set()


def test_the_names_in_the_glossary_exist() -> None:
    rows = [line.split("|")[3] for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    named = {word for row in rows for word in QUOTED.findall(row) if re.fullmatch(r"[A-Z][a-z]\w+(\.\w+)?", word)}
    assert named
    assert {word for word in named if not names().issuperset(word.split("."))} == set()
