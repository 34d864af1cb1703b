"""Test opening projects from a file, by an administrator with a shell on the server."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command

from projects.models import Project
from tests.projects.people.opening.test_opening import typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def open_from(tmp_path: Path, outsider: Any, staff_admin: Any) -> Any:
    """Return a function that opens projects from a file with these entries, and returns what was said."""

    def run(*entries: Any, by: str = staff_admin.email) -> str:
        file, said = tmp_path / "projects.yaml", StringIO()
        whole = [typed(owner=outsider.email) | entry if isinstance(entry, dict) else entry for entry in entries]
        file.write_text(yaml.safe_dump(whole))
        call_command("open_project", file, by=by, stdout=said)
        return said.getvalue()

    return run


PORTFOLIO = {"level": "portfolio", "code": "QUAIS", "prefix": "QU"}


def test_projects_are_opened_in_their_order_with_their_owner(open_from: Any, outsider: Any, staff_admin: Any) -> None:
    assert open_from(PORTFOLIO, {"parent": "QUAIS"}).splitlines()[1].startswith("QUAI-3: ")
    project = Project.objects.get(code="QUAI-3")
    assert project.parent == Project.objects.get(code="QUAIS")
    assert project.mandates.get().holder == outsider
    assert project.events.get(act="found").actor == staff_admin


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"owner": "nobody@example.org"}, "Project 2: owner: "),
        ({"code": "QUAIS"}, "Project 2: code: "),
        ({"prefix": "QU"}, "Project 2: prefix: "),
        ({"parent": "NOWHERE"}, "Project 2: parent: "),
        ({"ends_on": "yesterday"}, "Project 2: ends_on: "),
        ({"pack": "none"}, "Project 2: pack: "),
        ({"colour": "blue"}, "Project 2: the fields are "),
        ("QUAI-3", "Project 2: the fields are "),
    ],
)
def test_a_wrong_entry_is_told_and_nothing_is_opened(entry: Any, words: str, open_from: Any) -> None:
    kept = Project.objects.count()
    with pytest.raises(CommandError, match=f"^{words}"):
        open_from(PORTFOLIO, entry)
    assert Project.objects.count() == kept


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"a: [", b"\xff\xfe", b"[]", b"- !!python/object:os.system x", b" " * 1_000_001]
)
def test_a_file_that_is_no_list_of_projects_is_refused(content: bytes, tmp_path: Path, staff_admin: Any) -> None:
    file = tmp_path / "projects.yaml"
    file.write_bytes(content)
    with pytest.raises(CommandError, match=r"projects\.yaml"):
        call_command("open_project", file, by=staff_admin.email)


def test_a_file_that_is_not_there_is_told(tmp_path: Path, staff_admin: Any) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("open_project", tmp_path / "none.yaml", by=staff_admin.email)


@pytest.mark.parametrize("by", ["owner@example.org", "nobody@example.org"])
def test_only_an_administrator_opens_projects_from_a_file(by: str, open_from: Any) -> None:
    with pytest.raises(CommandError, match="administrator"):
        open_from(PORTFOLIO, by=by)
    assert not Project.objects.filter(code="QUAIS").exists()
