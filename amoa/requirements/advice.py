"""What is said beside a requirement to whoever writes it: what it lacks, and what already says nearly the same."""

from dataclasses import dataclass

from amoa.requirements.lint import Draft, Finding, findings
from amoa.requirements.models import Requirement
from projects.models import Project

MOST_ALIKE, SHORTEST = 3, 12


@dataclass(frozen=True)
class Advice:
    """Findings of the rules, and the requirements that probably say the same; never a refusal."""

    findings: list[Finding]
    alike: list[Requirement]


def advice(project: Project, draft: Draft, but: int | None = None) -> Advice:
    """The advice on `draft`; `but` is the number of the requirement it becomes, which is no duplicate of itself."""
    return Advice(findings(draft), _alike(project, draft, but))


def as_drafted(requirement: Requirement, language: str) -> Draft:
    """The texts of a requirement as it stands."""
    texts = [criterion["text"] for criterion in requirement.criteria]
    return Draft(requirement.title, requirement.statement, texts, requirement.kind, language)


def _alike(project: Project, draft: Draft, but: int | None) -> list[Requirement]:
    text = f"{draft.title} {draft.statement}".replace("\x00", "").strip()
    if len(text) < SHORTEST:
        return []
    near = project.requirements.like(text).exclude(pk=but or 0)
    return list(near.only("code", "title", "state", "project_id")[:MOST_ALIKE])
