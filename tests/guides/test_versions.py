"""Package, footer, changelog and guides say the same version; each release is dated and has left its dump."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests.sources import ROOT
from tools import release

RELEASE = re.compile(r"^## (\d+\.\d+\.\d+), ([^\n]+)\n(.*?)(?=^## |\Z)", flags=re.DOTALL | re.MULTILINE)
UNDER_WAY = "not yet released"


def releases() -> list[tuple[str, str, str]]:
    """List version, day and text of each heading of the changelog, the newest first."""
    text = (ROOT / "CHANGELOG.md").read_text()
    found = RELEASE.findall(text)
    assert len(found) == len(re.findall(r"^## ", text, flags=re.MULTILINE)), "each heading is a version with its day"
    return found


def number(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def test_the_changelog_has_a_heading_for_each_version_with_its_day_and_what_to_do_before() -> None:
    (_newest, newest_day, _text), *earlier = found = releases()
    versions = [number(version) for version, _day, _text in found]
    assert versions == sorted(versions, reverse=True)
    days = [date.fromisoformat(day) for _version, day, _text in (earlier if newest_day == UNDER_WAY else found)]
    assert days == sorted(days, reverse=True)
    for version, _day, text in found:
        assert re.match(r"\nBefore you upgrade\b", text), version


def test_each_release_has_left_its_dump() -> None:
    released = {version.rpartition(".")[0] for version, day, _text in releases() if day != UNDER_WAY}
    assert {dump.name.removesuffix(".sql.xz") for dump in ROOT.glob("tests/releases/*.sql.xz")} == released


@pytest.mark.parametrize("guide", [f"docs/{lang}{name}.md" for lang in ("", "fr/") for name in ("install", "upgrade")])
def test_the_guides_check_out_the_tag_of_the_newest_heading(guide: str) -> None:
    assert set(re.findall(r"\bv(\d+\.\d+\.\d+)\b", (ROOT / guide).read_text())) == {releases()[0][0]}


@pytest.mark.django_db
def test_package_and_footer_say_the_version_of_the_newest_heading(owner: Any) -> None:
    newest = releases()[0][0]
    assert newest == settings.VERSION
    client = Client()
    client.force_login(owner)
    assert f"<span>Ouvrage {newest}</span>" in client.get("/account/").text


def test_a_release_gives_the_newest_heading_its_day_and_its_text_to_the_notes() -> None:
    text = "# Changelog\n\n## 1.2.0, not yet released\n\nNew.\n\n## 1.1.0, 2027-01-04\n\nOld.\n"
    dated, notes = release.prepare(text, "1.2.0", date(2027, 3, 1))
    assert dated == text.replace("not yet released", "2027-03-01")
    assert notes == "# Ouvrage 1.2.0\n\nNew.\n\n"
    for version, changelog in (("1.3.0", text), ("1.2.0", dated)):
        with pytest.raises(release.NotReady):
            release.prepare(changelog, version, date(2027, 3, 1))


def test_the_packages_of_a_release_are_told_with_hashes_and_licences() -> None:
    pinned = (ROOT / "requirements/prod.txt").read_text()
    told = release.describe("1.2.0", pinned, datetime(2027, 3, 1, tzinfo=UTC))
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    assert len(told["components"]) == len(re.findall(r"^\S+==", pinned, flags=re.MULTILINE))
    assert [part["name"] for part in told["components"] if not part["hashes"]] == []
    of_windows = {"colorama"}
    assert {part["name"] for part in told["components"] if not part["licenses"]} <= of_windows
