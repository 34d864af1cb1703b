"""Links of a requirement: proposals, decisions, documents, and rows of other workspaces by code."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from django.urls import reverse

from core.access import Person
from governance.models import Decision, Proposal
from projects.models import Document, Project

REFERENCE = re.compile(r"([PD])-(\d{1,6})")


class Addressable(Protocol):
    """Protocol of a row with a title and an address."""

    title: str

    def get_absolute_url(self) -> str:
        """Return its address."""


@dataclass(frozen=True)
class CodeLookup:
    """Lookup of another workspace's rows by code; `form` recognises a code that has no row yet."""

    form: re.Pattern[str]
    find: Callable[[Project, list[str]], Mapping[str, Addressable]]


#: Registry of lookups; each workspace appends its own.
LOOKUPS: list[CodeLookup] = []


@dataclass(frozen=True)
class Link:
    """One link as written, its address and label; no address when it leads nowhere."""

    text: str
    address: str = ""
    label: str = ""
    is_known: bool = True


def resolve_links(project: Project, texts: Sequence[str], reader: Person) -> list[Link]:
    """Resolve these links in order; a proposal hidden from `reader` gets no address."""
    numbers = {text: _parse_reference(project, text) for text in texts}
    proposals = _find_proposals(project, [n for kind, n in numbers.values() if kind == "P"], reader)
    decisions = _find_decisions(project, [n for kind, n in numbers.values() if kind == "D"])
    others = [text for text, (kind, _n) in numbers.items() if not kind]
    documents, rows = _find_documents(project, others), find_by_code(project, others)
    shelf = reverse("governance:evidence:project_documents", args=[project.code])
    known_links: dict[tuple[str, int], Link] = {}
    for number, proposal in proposals.items():
        known_links["P", number] = Link("", proposal.get_absolute_url(), proposal.title)
    for number, decision in decisions.items():
        known_links["D", number] = Link("", decision.get_absolute_url(), decision.revision.title)
    links = []
    for text in texts:
        if known := known_links.get(numbers[text]):
            links.append(replace(known, text=text))
        elif row := rows.get(text):
            links.append(Link(text, row.get_absolute_url(), row.title))
        elif text in documents:
            links.append(Link(text, shelf))
        else:
            links.append(Link(text, is_known=_is_code(text) and not numbers[text][0]))
    return links


def list_unknown(project: Project, texts: Sequence[str], reader: Person) -> list[str]:
    """List the links that match nothing visible to `reader` on `project`."""
    return [link.text for link in resolve_links(project, texts, reader) if not link.is_known]


def _parse_reference(project: Project, text: str) -> tuple[str, int]:
    """Return the letter (P or D) and number of a reference of this project, else "" and 0."""
    match = REFERENCE.fullmatch(text.removeprefix(project.prefix)) if text.startswith(project.prefix) else None
    return (match[1], int(match[2])) if match else ("", 0)


def _find_proposals(project: Project, numbers: Iterable[int], reader: Person) -> dict[int, Proposal]:
    if not (wanted := list(numbers)):
        return {}
    seen = Proposal.objects.visible_to(reader).filter(project=project, number__in=wanted)
    return {proposal.number: proposal for proposal in seen.select_related("project", "current", "draft")}


def _find_decisions(project: Project, numbers: Iterable[int]) -> dict[int, Decision]:
    if not (wanted := list(numbers)):
        return {}
    decisions = project.decisions.filter(number__in=wanted).select_related("project", "revision")
    return {decision.number: decision for decision in decisions}


def find_by_code(project: Project, codes: Iterable[str]) -> dict[str, Addressable]:
    """Return the rows of other workspaces by code. No query when no code has a known form."""
    rows: dict[str, Addressable] = {}
    codes = list(codes)
    for known in LOOKUPS:
        if wanted := [code for code in codes if known.form.fullmatch(code)]:
            rows |= known.find(project, wanted)
    return rows


def _is_code(text: str) -> bool:
    return any(known.form.fullmatch(text) for known in LOOKUPS)


def _find_documents(project: Project, names: list[str]) -> set[str]:
    if not names:
        return set()
    return set(Document.objects.filter(project=project, name__in=names).values_list("name", flat=True))
