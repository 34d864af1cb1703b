"""Registry of the rows of workspaces that a verification reads; each workspace adds its own from its workspace.py."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models

from core.sealing import SealedModel

#: Pairs of what a row and the event that seals it say, by name: (row, actor of the event, facts of the event) → pairs.
Pairs = Callable[[Any, int, dict[str, Any]], dict[str, tuple[Any, Any]]]


@dataclass(frozen=True)
class Sealed:
    """Rows that one event each seals: the lookup of their project, and what else row and event both say."""

    model: type[SealedModel]
    project: str
    pairs: Pairs


@dataclass(frozen=True)
class Frozen:
    """Rows that are frozen: the fingerprint each should have, and the fact of its event that tells it, if any does."""

    model: Any
    fingerprint: Callable[[Any], str]
    fact: str = "hash"


SEALED: dict[str, Sealed] = {}
FROZEN: list[Frozen] = []
#: Rows whose history ends with the row as it is, by the lookup of their project.
CHANGING: dict[type[models.Model], str] = {}


def add_sealed(model: type[SealedModel], project: str, pairs: Pairs) -> None:
    """Let each row of `model` be compared with the one event that seals it."""
    SEALED[model._meta.label_lower] = Sealed(model, project, pairs)


def add_frozen(model: type[models.Model], fingerprint: Callable[[Any], str], fact: str = "hash") -> None:
    """Let each row of `model` be compared with its fingerprint, and with the `fact` of its event unless that is ""."""
    FROZEN.append(Frozen(model, fingerprint, fact))


def add_changing(*changing: type[models.Model], project: str = "project") -> None:
    """Let the rows of these models be compared with their histories."""
    CHANGING.update(dict.fromkeys(changing, project))
