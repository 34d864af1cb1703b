"""Registry of workspace rows to verify; each workspace adds its own from its workspace.py."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models

from core.sealing import SealedModel

#: (row, actor of the event, facts of the event) → the values of row and event to compare, by name.
Pairs = Callable[[Any, int, dict[str, Any]], dict[str, tuple[Any, Any]]]


@dataclass(frozen=True)
class Sealed:
    """Rows sealed by one event each: the lookup of their project, and the values row and event share."""

    model: type[SealedModel]
    project: str
    pairs: Pairs


@dataclass(frozen=True)
class Frozen:
    """Frozen rows: their expected fingerprint, and the fact of the event that holds it, if any."""

    model: Any
    fingerprint: Callable[[Any], str]
    fact: str = "hash"


SEALED: dict[str, Sealed] = {}
FROZEN: list[Frozen] = []
#: Models whose rows equal the end of their history → lookup of their project.
CHANGING: dict[type[models.Model], str] = {}


def add_sealed(model: type[SealedModel], project: str, pairs: Pairs) -> None:
    """Compare each row of `model` with the event that seals it."""
    SEALED[model._meta.label_lower] = Sealed(model, project, pairs)


def add_frozen(model: type[models.Model], fingerprint: Callable[[Any], str], fact: str = "hash") -> None:
    """Compare each row of `model` with its fingerprint, and with `fact` of its event unless empty."""
    FROZEN.append(Frozen(model, fingerprint, fact))


def add_changing(*changing: type[models.Model], project: str = "project") -> None:
    """Compare the rows of these models with their histories."""
    CHANGING.update(dict.fromkeys(changing, project))
