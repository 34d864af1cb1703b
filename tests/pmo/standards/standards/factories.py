"""Create standards: a draft with two checkpoints, adopted by a decision."""

from typing import Any

from core.history import version_of
from pmo.models import StandardVersion
from pmo.standards.standards.content import with_content
from pmo.standards.standards.effects import term_of
from pmo.standards.standards.services import new_standard, write_version
from projects.models import Project
from tests import acts

FIELDS: dict[str, Any] = {
    "title_fr": "Risques revus",
    "title_en": "Risks are reviewed",
    "purpose_fr": "",
    "purpose_en": "",
    "source": "ISO 31000",
    "mandatory": True,
    "levels": ["project"],
    "from_gate": "G1",
    "template": None,
}
CHECKPOINTS: tuple[dict[str, Any], ...] = (
    {"text_fr": "Un registre est tenu.", "text_en": "A register is kept.", "computed": "", "waivable": True},
    {
        "text_fr": "Il est revu.",
        "text_en": "It is reviewed.",
        "computed": "risks_reviewed_monthly",
        "waivable": False,
    },
)


def write_draft(
    actor: Any, project: Project, code: str = "STD-X", checkpoints: Any = CHECKPOINTS, **fields: Any
) -> StandardVersion:
    """Write the first version of a standard, not adopted."""
    return reread(
        new_standard(
            actor=actor, project=project, code=code, family="risk", fields=FIELDS | fields, checkpoints=checkpoints
        )
    )


def reread(version: StandardVersion) -> StandardVersion:
    """Return the current version with its checkpoints."""
    return with_content(StandardVersion.objects.all()).get(pk=version.pk)


def rewrite_draft(
    actor: Any, version: StandardVersion, checkpoints: Any = CHECKPOINTS, **fields: Any
) -> StandardVersion:
    """Rewrite the current draft."""
    seen = version_of(version)
    return reread(
        write_version(actor=actor, version=version, fields=FIELDS | fields, checkpoints=checkpoints, seen=seen)
    )


def adopt(owner: Any, version: StandardVersion) -> StandardVersion:
    """Put a draft to the owner, who adopts it."""
    project = version.standard.project
    acts.decide(
        owner, acts.submit_to_owner(project, "standard_adoption", terms={"standards": term_of(reread(version))})
    )
    return reread(version)
