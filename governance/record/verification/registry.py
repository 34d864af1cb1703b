"""Registry of workspace rows whose text an event seals; each workspace adds its own from its workspace.py."""

from core.record.sealing import SealedModel

#: Model → lookup of its project.
SEALED: dict[type[SealedModel], str] = {}


def add_sealed(model: type[SealedModel], project: str) -> None:
    """Compare the text of each row of `model` with the event that seals it; `project` is the lookup of its project."""
    SEALED[model] = project
