"""Follow the guides: their commands are run in their order, on a database of their own."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from config.database import with_parts
from config.embedded import ROOT
from config.postgres import program
from tests.database import another_database
from tests.effort import EFFORT

NAMES = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_NOTARY_URL")
GUIDES = [f"docs/{name}.md" for name in ("install", "operate", "upgrade")]


def blocks(guide: str, title: str) -> list[list[str]]:
    """List the commands of each block below a heading of the guide; set-up of Python packages is left out."""
    section = (ROOT / guide).read_text().partition(f"## {title}\n")[2].partition("\n## ")[0]
    found = re.findall(r"```\n(.*?)```", section, flags=re.DOTALL)
    return [[line for line in block.splitlines() if "venv" not in line] for block in found]


class Server:
    """Databases beside that of the tests, and a shell whose environment names one of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = ""
        self.databases = ExitStack()

    def create(self, name: str) -> None:
        """Create an empty database of the owner role; later commands work on it."""
        self.databases.enter_context(another_database(name))
        self.name = name

    def run(self, command: str) -> str:
        """Run a line of a guide in a shell and return its output. Asserts that it succeeds."""
        urls = {name: with_parts(os.environ[name], name=self.name) for name in NAMES if name in os.environ}
        environment = {**os.environ, **urls, "OUVRAGE_DB_ROLE": "runtime", "STATIC_ROOT": str(self.folder / "static")}
        environment["PATH"] = f"{Path(sys.executable).parent}:{program('pg_dump').parent}:{os.environ['PATH']}"
        line = command.replace("ouvrage.dump", str(self.folder / "ouvrage.dump"))
        done = subprocess.run(
            ["/bin/sh", "-c", line], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}{done.stderr[-4000:]}"
        return done.stdout


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Return a server for the commands of the guides."""
    made = Server(tmp_path)
    with made.databases:
        yield made


def test_what_the_guides_say_works_from_the_empty_database_to_the_restored_one(server: Server) -> None:
    server.create("ouvrage_by_the_guide")
    [commands] = blocks("docs/install.md", "One server, without containers")
    said = [server.run(command) for command in commands]
    assert re.search(r"http\S+/set-up/\S+", said[-1])
    [[save], restore] = [blocks("docs/operate.md", title)[0] for title in ("Save", "Restore")]
    server.run(save)
    server.create("ouvrage_restored")
    said = [server.run(command) for command in restore]
    assert "INTACT" in said[-1]
    [upgrade] = re.findall(r"```\n(.*?)```", (ROOT / "docs/upgrade.md").read_text(), flags=re.DOTALL)
    for command in upgrade.splitlines():
        if EFFORT > 1 or command not in commands + restore:
            server.run(command)


@pytest.mark.parametrize("guide", GUIDES)
def test_both_languages_give_the_same_commands(guide: str) -> None:
    english, french = ((ROOT / path).read_text() for path in (guide, guide.replace("docs/", "docs/fr/")))
    pattern = r"^(?:[A-Z_]+=\w+ )?(?:python|pg_\w+|docker|make|cp) .*$"

    def commands(text: str) -> list[str]:
        lines = re.findall(pattern, text, flags=re.MULTILINE)
        return [line.partition("#")[0].rstrip() for line in lines]

    assert commands(english) == commands(french)
    assert len(re.findall(r"^#+ ", english, flags=re.MULTILINE)) == len(re.findall(r"^#+ ", french, flags=re.MULTILINE))
