"""`make release`: give the version of the newest heading its day, and write what is published beside the code.

Writes below FOLDER the notes of the version, from CHANGELOG.md, and its packages with hashes and licences in the
format CycloneDX 1.6.
"""

import json
import re
import sys
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var/release"
HEADING = re.compile(r"^## (\d+\.\d+\.\d+), ([^\n]+)\n(.*?)(?=^## |\Z)", flags=re.DOTALL | re.MULTILINE)
UNDER_WAY = "not yet released"
PACKAGE = re.compile(r"^([a-z0-9-]+)==([^ ;\\]+)([^\n]*\\\n(?: +--hash=[^\n]+\n)+)", flags=re.MULTILINE)


class NotReady(Exception):
    """Raised when the version cannot be released, with the reason."""


def prepare(changelog: str, version: str, today: date) -> tuple[str, str]:
    """Return the changelog with the day of its newest version, and the notes of that version. Raises NotReady."""
    newest = HEADING.search(changelog)
    if newest is None or newest[1] != version:
        raise NotReady(f"pyproject.toml says {version}, the newest heading of CHANGELOG.md does not")
    if newest[2] != UNDER_WAY:
        raise NotReady(f"{version} was released on {newest[2]}: begin the next version first")
    dated = changelog.replace(f"## {version}, {UNDER_WAY}\n", f"## {version}, {today.isoformat()}\n", 1)
    return dated, f"# Ouvrage {version}\n{newest[3]}"


def list_packages(requirements: str) -> list[dict[str, Any]]:
    """List the packages of a file of hashed requirements as components."""
    return [
        {
            "type": "library",
            "bom-ref": f"pkg:pypi/{name}@{version}",
            "name": name,
            "version": version,
            "purl": f"pkg:pypi/{name}@{version}",
            "hashes": [{"alg": "SHA-256", "content": digest} for digest in re.findall(r"sha256:([0-9a-f]{64})", rest)],
            "licenses": [{"license": {"name": licence}} for licence in find_licences(name)],
        }
        for name, version, rest in PACKAGE.findall(requirements)
    ]


def find_licences(name: str) -> list[str]:
    """List the licences that the installed package names; none for one of another system."""
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return []
    classes = [words.rpartition(" :: ")[2] for words in told.get_all("Classifier") or [] if words.startswith("License")]
    said = told.get("License-Expression") or told.get("License") or ""
    return classes or [said.splitlines()[0]] if classes or said else []


def describe(version: str, requirements: str, at: datetime) -> dict[str, Any]:
    """Return the bill of materials of the version."""
    ouvrage = {"type": "application", "bom-ref": "ouvrage", "name": "ouvrage", "version": version}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"timestamp": at.isoformat(timespec="seconds"), "component": ouvrage},
        "components": list_packages(requirements),
    }


def main() -> str:
    """Prepare the version that pyproject.toml names; return the sentence that says what follows."""
    [version] = re.findall(r'^version = "([^"]+)"$', (ROOT / "pyproject.toml").read_text(), flags=re.MULTILINE)
    now = datetime.now(UTC)
    changelog = ROOT / "CHANGELOG.md"
    dated, notes = prepare(changelog.read_text(), version, now.date())
    materials = describe(version, (ROOT / "requirements/prod.txt").read_text(), now)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"ouvrage-{version}.md").write_text(notes)
    (FOLDER / f"ouvrage-{version}.cdx.json").write_text(json.dumps(materials, indent=1) + "\n")
    changelog.write_text(dated)
    return (
        f"CHANGELOG.md has the day of {version}; notes and packages are in {FOLDER}. docs/release.md says what follows."
    )


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{main()}\n")
    except NotReady as reason:
        sys.exit(str(reason))
