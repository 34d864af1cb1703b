"""Versions as the terms of a proposal name them, and what an approval does to them. Called inside its act."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max, Q

from pmo.standards.content import CHECKPOINT, TEXTS, fingerprint_of, with_content
from pmo.standards.days import today
from pmo.standards.enums import StandardState
from pmo.standards.models import StandardCheckpoint, StandardVersion
from projects.models import Project

#: A version in a term: code, number and the hash of exactly what it says.
TERM = re.compile(r"([A-Z0-9][A-Z0-9-]*)\.([0-9]{1,6}):([0-9a-f]{64})")
#: What the part of an effect on a standard begins with; the code follows.
FIELD = "standard:"


@dataclass(frozen=True)
class Named:
    """What a term names: code and number, and the version of exactly that content, None when there is none (any
    more)."""

    code: str
    number: int
    version: StandardVersion | None

    @property
    def called(self) -> str:
        """As a sentence calls it: STD-RISK.2."""
        return f"{self.code}.{self.number}"


def term_of(version: StandardVersion) -> str:
    """The term that names exactly what this version says now."""
    return f"{version.standard.code}.{version.number}:{fingerprint_of(version)}"


def parts(text: str) -> list[tuple[str, int, str]]:
    """Code, number and hash of each version that a text of terms names; what cannot be read is left out."""
    return [(found[1], int(found[2]), found[3]) for part in text.split(",") if (found := TERM.fullmatch(part))]


def named(project: Project, text: str) -> list[Named]:
    """What `text` names in the library of `project`, in its order. Two queries."""
    asked = parts(text)
    if not asked:
        return []
    wanted = Q()
    for code, number, _hash in asked:
        wanted |= Q(standard__code=code, number=number)
    found = with_content(StandardVersion.objects.filter(wanted, standard__project=project))
    versions = {(one.standard.code, one.number): one for one in found}
    return [
        Named(code, number, one if one and fingerprint_of(one) == sha else None)
        for code, number, sha in asked
        for one in [versions.get((code, number))]
    ]


def adopted_of(version: StandardVersion) -> StandardVersion | None:
    """The version of the same standard that is adopted now."""
    others = StandardVersion.objects.filter(standard=version.standard_id, state=StandardState.ADOPTED)
    return others.select_related("standard").first()


def adopt(version: StandardVersion) -> None:
    """A draft is adopted from the day of the act on, with the hash of what it says."""
    version.hash = fingerprint_of(version)
    version.state, version.effective_from = StandardState.ADOPTED, today()
    version.save()


def retire(version: StandardVersion) -> None:
    """An adopted version ends on the day of the act."""
    version.state, version.effective_to = StandardState.RETIRED, today()
    version.save()


def copied(version: StandardVersion) -> StandardVersion:
    """A draft with the content of `version`, under the next number."""
    last = version.standard.versions.aggregate(last=Max("number"))["last"] or 0
    same: Iterable[str] = (*TEXTS, "mandatory", "levels", "from_gate", "template_id")
    copy = StandardVersion.objects.create(
        standard=version.standard, number=last + 1, **{name: getattr(version, name) for name in same}
    )
    for one in version.checkpoints.order_by("number"):
        StandardCheckpoint.objects.create(
            version=copy, number=one.number, **{name: getattr(one, name) for name in CHECKPOINT}
        )
    return copy
