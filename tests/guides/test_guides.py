"""Both languages of a guide give the same commands, in blocks that the tests run, and name what is there."""

import re
import subprocess

import pytest

from tests.guides.guide import read_blocks
from tests.guides.machine import has_program
from tools.servers.embedded import ROOT

#: The scripts that are called by themselves; deploy/ouvrage reads the others.
CALLED = {"ouvrage", "roles", "settings"}
GUIDES = [f"docs/{name}.md" for name in ("install", "operate", "upgrade")]


@pytest.mark.parametrize("guide", GUIDES)
def test_both_languages_give_the_same_commands(guide: str) -> None:
    english, french = guide, guide.replace("docs/", "docs/fr/")
    assert [commands_of(block.lines) for block in read_blocks(english) if block.word != "yaml"] == [
        commands_of(block.lines) for block in read_blocks(french) if block.word != "yaml"
    ]
    texts = [(ROOT / file).read_text() for file in (english, french)]
    heads = [len(re.findall(r"^#+ ", text, flags=re.MULTILINE)) for text in texts]
    assert heads[0] == heads[1]
    named = [re.findall(r"`((?:deploy/|make |apart/)[^`]+)`", text) for text in texts]
    assert {without_names(words) for words in named[0]} == {without_names(words) for words in named[1]}


def commands_of(lines: list[str]) -> list[str]:
    """Return the lines without the words that stand for an address."""
    return [re.sub(r"<[^>]+>", "<address>", line) for line in lines]


def without_names(words: str) -> str:
    """Return a command without the name of a file or an address that its reader chooses."""
    return re.sub(r"\S+@example\.org|<\w+\.yaml|…|ADRESSE|EMAIL", "", words).strip()


def test_the_scripts_are_what_a_shell_of_any_server_takes() -> None:
    scripts = [ROOT / "deploy/ouvrage", *sorted((ROOT / "deploy").glob("*.sh"))]
    for script in scripts:
        subprocess.run(["/bin/sh", "-n", script], check=True)
        assert bool(script.stat().st_mode & 0o111) is (script.stem in CALLED), script.name
    if not has_program("shellcheck"):
        pytest.skip("no shellcheck here")
    done = subprocess.run(["shellcheck", *scripts], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_samples_of_caddy_are_read_by_it() -> None:
    if not has_program("caddy"):
        pytest.skip("no Caddy here")
    words = ["caddy", "adapt", "--config", "deploy/Caddyfile", "--adapter", "caddyfile"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, "127.0.0.1:8000" in done.stdout) == (0, True), done.stderr
