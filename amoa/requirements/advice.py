"""Advice to the writer of a requirement: findings of the rules, and near duplicates."""

from dataclasses import dataclass

from amoa.requirements.lint import Draft, Finding, list_findings
from amoa.requirements.models import Requirement
from projects.models import Project

MOST_ALIKE, SHORTEST = 3, 12


@dataclass(frozen=True)
class Advice:
    """Findings of the rules and probable duplicates. Never a refusal."""

    findings: list[Finding]
    alike: list[Requirement]


def build_advice(project: Project, draft: Draft, but: int | None = None) -> Advice:
    """Build the advice on `draft`; `but` is the primary key to leave out of the duplicates."""
    return Advice(list_findings(draft), _list_similar(project, draft, but))


def build_draft(requirement: Requirement, language: str) -> Draft:
    """Build a Draft from a saved requirement."""
    texts = [criterion["text"] for criterion in requirement.criteria]
    return Draft(requirement.title, requirement.statement, texts, requirement.kind, language)


def _list_similar(project: Project, draft: Draft, but: int | None) -> list[Requirement]:
    text = f"{draft.title} {draft.statement}".replace("\x00", "").strip()
    if len(text) < SHORTEST:
        return []
    near = project.requirements.like(text).exclude(pk=but or 0)
    return list(near.only("code", "title", "state", "project_id")[:MOST_ALIKE])
