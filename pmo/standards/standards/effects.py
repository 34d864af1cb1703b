"""Effects of decisions on standards, and the terms that name versions. Called inside the act."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Max, Q

from core.words.characters import reveal_in
from governance.life.required_workspaces.effects import require_below
from pmo.standards.standards.content import CHECKPOINT, TEXTS, fingerprint_of, with_content
from pmo.standards.standards.enums import StandardState
from pmo.standards.standards.models import StandardCheckpoint, StandardVersion
from projects.models import Project
from projects.organisation_settings.queries import today
from roles.models import User

#: Version in a term: code, number and hash of its exact content.
TERM = re.compile(r"([A-Z0-9][A-Z0-9-]*)\.([0-9]{1,6}):([0-9a-f]{64})")
#: Prefix of the field of an effect on a standard; the code follows.
FIELD = "standard:"


@dataclass(frozen=True)
class NamedVersion:
    """Version named by a term; `version` is None when no version has that content."""

    code: str
    number: int
    version: StandardVersion | None

    @property
    def reference(self) -> str:
        """Return the name for sentences: STD-RISK.2."""
        return f"{self.code}.{self.number}"


def term_of(version: StandardVersion) -> str:
    """Return the term that names the current content of this version."""
    return f"{version.standard.code}.{version.number}:{fingerprint_of(version)}"


def parse_terms(text: str) -> list[tuple[str, int, str]]:
    """Parse the terms into code, number and hash; unreadable parts are ignored."""
    return [(match[1], int(match[2]), match[3]) for part in text.split(",") if (match := TERM.fullmatch(part))]


def resolve_versions(project: Project, text: str) -> list[NamedVersion]:
    """Resolve the terms `text` in the library of `project`, in order. Two queries."""
    terms = parse_terms(text)
    if not terms:
        return []
    wanted = Q()
    for code, number, _hash in terms:
        wanted |= Q(standard__code=code, number=number)
    named = with_content(StandardVersion.objects.filter(wanted, standard__project=project))
    versions = {(version.standard.code, version.number): version for version in named}
    return [
        NamedVersion(code, number, version if version and fingerprint_of(version) == sha else None)
        for code, number, sha in terms
        for version in [versions.get((code, number))]
    ]


def get_adopted(version: StandardVersion) -> StandardVersion | None:
    """Return the adopted version of the same standard, if any."""
    others = StandardVersion.objects.filter(standard=version.standard_id, state=StandardState.ADOPTED)
    return others.select_related("standard").first()


def adopt(version: StandardVersion, actor: User) -> None:
    """Adopt a draft from the day of the act on, sealed by the hash of its content.

    What it requires of the projects below is switched on there.
    """
    version.hash = fingerprint_of(version)
    version.state, version.effective_from = StandardState.ADOPTED, today()
    version.save()
    if version.requires:
        require_below(version.standard.project, actor)


#: Called inside the act once a version is retired; a capability above adds what rests on the version.
WHEN_RETIRED: list[Callable[[StandardVersion, User], None]] = []


def retire(version: StandardVersion, actor: User) -> None:
    """Retire an adopted version on the day of the act."""
    version.state, version.effective_to = StandardState.RETIRED, today()
    version.save()
    for tell in WHEN_RETIRED:
        tell(version, actor)


def copy_version(version: StandardVersion) -> StandardVersion:
    """Create a draft with the content of `version`, under the next number, and no hidden character from before."""
    last = version.standard.versions.aggregate(last=Max("number"))["last"] or 0
    same: Iterable[str] = (*TEXTS, "mandatory", "levels", "from_gate", "template_id", "requires")
    copy = StandardVersion.objects.create(
        standard=version.standard, number=last + 1, **reveal_in({name: getattr(version, name) for name in same})
    )
    for checkpoint in version.checkpoints.order_by("number"):
        StandardCheckpoint.objects.create(
            version=copy,
            number=checkpoint.number,
            **reveal_in({name: getattr(checkpoint, name) for name in CHECKPOINT}),
        )
    return copy
