"""Read and resolve what a proposal rests on."""

import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from governance.decide.grounds.registry import GROUNDS, REPLACED, Ground, GroundRows
from projects.models import Project

#: Most rows that one proposal names.
MOST = 50
FINGERPRINT = re.compile("[0-9a-f]{64}")
SEPARATORS = re.compile(r"[,;\n]+")


@dataclass(frozen=True)
class GroundLine:
    """A ground as a page shows it: kind, reference, version, and address if its workspace is installed.

    `heading` says what the proposal does with it, beyond resting on it.
    """

    label: str
    name: str
    version: str
    link: str
    heading: str

    @property
    def digits(self) -> str:
        """Return the fingerprint; empty when the version is a rating."""
        return self.version if FINGERPRINT.fullmatch(self.version) else ""


def split_references(text: str) -> list[str]:
    """Return the references in a typed text, each once, in their order."""
    references = (" ".join(part.split()) for part in SEPARATORS.split(text))
    return [*dict.fromkeys(reference for reference in references if reference)][:MOST]


def join_references(grounds: list[dict[str, str]]) -> str:
    """Return the text that `split_references` reads."""
    return ", ".join(ground["name"] for ground in grounds)


def resolve_grounds(project: Project, references: list[str]) -> tuple[list[Ground], list[str]]:
    """Return the rows with these references in their present version, and the references that name none."""
    grounds: dict[str, Ground] = {}
    for rows in GROUNDS:
        if wanted := [reference for reference in references if rows.form.fullmatch(reference)]:
            grounds |= rows.find(project, wanted)
    known = [grounds[reference] for reference in references if reference in grounds]
    return known, [reference for reference in references if reference not in grounds]


def renew_grounds(project: Project, grounds: list[dict[str, str]]) -> tuple[list[dict[str, str]], list[str]]:
    """Return the same rows in their present version, and the references that name none any more."""
    known, unknown = resolve_grounds(project, [ground["name"] for ground in grounds])
    return [ground.plain() for ground in known], unknown


def describe_unknown(references: list[str]) -> str:
    """Return the message on references that name nothing, nothing frozen, or a decision that is replaced."""
    sentence = _("%(names)s: no decision, requirement, risk or campaign of this project, not frozen yet, or replaced.")
    return sentence % {"names": ", ".join(references)}


def list_grounds(content: Any) -> list[GroundLine]:
    """List what a text or a revision rests on."""
    lines = []
    for ground in content.rests_on:
        rows, number = _read_item(ground)
        if rows:
            name, heading = rows.show(ground["name"]), str(rows.heading)
            lines.append(GroundLine(str(rows.label), name, ground["version"], rows.link(number), heading))
        else:
            kind = ground["item"].partition(":")[0]
            lines.append(GroundLine(kind, ground["name"], ground["version"], "", ""))
    return lines


def find_obstacles(content: Any) -> list[str]:
    """List why an approval cannot name some of the rows any more; empty when it can."""
    found = []
    for ground in content.rests_on:
        rows, number = _read_item(ground)
        if rows and rows.find_obstacle:
            found.append(rows.find_obstacle(number))
    return [sentence for sentence in found if sentence]


def offer_to_replace(project: Project) -> list[tuple[str, str]]:
    """List the reference and the label of rows that a proposal may replace."""
    return [choice for rows in GROUNDS if rows.offer for choice in rows.offer(project)]


def is_replaced(ground: dict[str, str]) -> bool:
    """Return whether a proposal replaces the row, beyond resting on it."""
    return ground["item"].startswith(f"{REPLACED}:")


def _read_item(ground: dict[str, str]) -> tuple[GroundRows | None, int]:
    """Return the registration and the primary key of a ground; None when its workspace is not installed."""
    name, _sign, number = ground["item"].partition(":")
    return next((rows for rows in GROUNDS if rows.name == name), None), int(number)


def find_addresses(project: Project, references: list[str]) -> dict[str, str]:
    """Map the references that name rows of a project to the addresses of the rows."""
    known, _unknown = resolve_grounds(project, references)
    items = [(ground.name, _read_item(ground.plain())) for ground in known]
    return {name: rows.link(number) for name, (rows, number) in items if rows}
