"""Versions of requirements: revise one, write many with history, freeze, put in force, reject.

Every function runs inside an act of a service, which checks the permission, holds the lock and records the event.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from amoa.requirements import workflow
from amoa.requirements.enums import RequirementKind, RequirementState
from amoa.requirements.guards import CONTENT
from amoa.requirements.models import (
    BaselineEntry,
    BaselineInForce,
    Requirement,
    RequirementBaseline,
    RequirementVersion,
    hash_baseline,
)
from core.acts import act_time
from core.history import BATCH, save_many
from core.record.sealing import content_hash, new_salt
from projects.project.models import Project
from roles.models import User


def next_code(project: Project, kind: str, taken: Iterable[str] | None = None) -> str:
    """Return the next code of a need, such as VIG-N04, or of a requirement, such as VIG-013."""
    letter = "N" if kind == RequirementKind.NEED else ""
    stem = f"{project.code[:3]}-{letter}"
    codes = project.requirements.values_list("code", flat=True) if taken is None else taken
    pattern = re.compile(re.escape(stem) + "([0-9]{1,6})")
    numbers = [int(match[1]) for code in codes if (match := pattern.fullmatch(code))]
    width = 2 if letter else 3
    return f"{stem}{max(numbers, default=0) + 1:0{width}d}"


def find_text(requirement: Requirement, seen: str) -> Requirement | None:
    """Return the requirement as it was when its form was opened at `seen`; None for an unknown version."""
    try:
        at = datetime.fromisoformat(seen)
    except ValueError:
        return None
    if at.tzinfo is None:
        return None
    version = requirement.history.filter(changed_at=at).order_by("-history_id").first()
    opened: Requirement | None = version.instance if version else None
    return opened


def revise(requirement: Requirement, fields: Mapping[str, Any], *, frozen: bool) -> list[str]:
    """Set these fields on `requirement` without saving; return the names of those that changed.

    A new text on a frozen version, or on one in force, starts the next version as proposed. The version in force
    stays in force.
    """
    changed = [name for name, value in fields.items() if getattr(requirement, name) != value]
    for name in changed:
        setattr(requirement, name, fields[name])
    if set(changed) & set(CONTENT):
        in_force = requirement.state in workflow.IN_FORCE
        if frozen or in_force:
            requirement.version += 1
        if in_force:
            requirement.state = RequirementState.PROPOSED
    if changed:
        requirement.changed_at = act_time()
    return changed


def list_frozen(requirements: Sequence[Requirement]) -> set[int]:
    """Return the primary keys of requirements whose working version is frozen. One query."""
    pks = [requirement.pk for requirement in requirements]
    written = set(RequirementVersion.objects.filter(requirement__in=pks).values_list("requirement", "number"))
    return {requirement.pk for requirement in requirements if (requirement.pk, requirement.version) in written}


def number_criteria(texts: Sequence[str], before: Sequence[Mapping[str, str]] = ()) -> list[dict[str, str]]:
    """Number acceptance criteria: an unchanged text keeps its number, numbers are never reused."""
    known = {criterion["text"]: criterion["number"] for criterion in before}
    last = max((int(criterion["number"]) for criterion in before), default=0)
    numbered = []
    for text in texts:
        number = known.pop(text, "")
        if not number:
            last += 1
            number = str(last)
        numbered.append({"number": number, "text": text})
    return numbered


def fingerprint_candidates(project: Project) -> str:
    """Return a fingerprint of the candidates that `freeze` would take.

    It changes with any candidate and with any new baseline.
    """
    candidates = project.requirements.filter(state__in=workflow.CANDIDATES).order_by("code")
    rows = candidates.values_list("code", "version", "changed_at")
    listed = [[code, str(version), changed_at.isoformat()] for code, version, changed_at in rows]
    return content_hash({"baselines": str(project.baselines.count()), "candidates": listed})


def freeze(project: Project, actor: User, reason: str) -> RequirementBaseline:
    """Freeze the working version of every candidate of `project` as its next baseline."""
    candidates = list(project.requirements.filter(state__in=workflow.CANDIDATES).order_by("code"))
    known = {
        (version.requirement_id, version.number): version
        for version in RequirementVersion.objects.filter(requirement__in=candidates)
    }
    versions, new = [], []
    for requirement in candidates:
        version = known.get((requirement.pk, requirement.version))
        if version is None:
            version = RequirementVersion(
                project=project,
                requirement=requirement,
                number=requirement.version,
                content=requirement.content(),
                salt=new_salt(),
            )
            version.hash = version.seal()
            new.append(version)
        versions.append(version)
    RequirementVersion.objects.bulk_create(new, batch_size=BATCH)
    number = project.baselines.count() + 1
    listed = [
        (requirement.code, version.number, version.hash)
        for requirement, version in zip(candidates, versions, strict=True)
    ]
    baseline = RequirementBaseline.objects.create(
        project=project,
        number=number,
        reason=reason,
        hash=hash_baseline(number, listed),
        made_by=actor,
        acted_at=act_time(),
    )
    entries = [BaselineEntry(baseline=baseline, version=version) for version in versions]
    BaselineEntry.objects.bulk_create(entries, batch_size=BATCH)
    return baseline


def put_in_force(project: Project, baseline: RequirementBaseline | None) -> None:
    """Put exactly the versions of `baseline` in force; the caller records the effect of the decision.

    A requirement becomes approved when its working version is the approved one, unless it is further already. One
    edited since stays proposed. One that is no longer in the baseline loses its version in force.
    """
    row = BaselineInForce.objects.filter(project=project).first() or BaselineInForce()
    row.project, row.baseline = project, baseline
    row.save()
    entries = baseline.versions.all() if baseline else RequirementVersion.objects.none()
    approved = {version.requirement_id: version for version in entries.only("requirement_id", "number")}
    changed = []
    for requirement in project.requirements.select_for_update(of=("self",)).order_by("pk"):
        version = approved.get(requirement.pk)
        state = _get_next_state(requirement, version)
        if (version.pk if version else None, state) != (requirement.in_force_id, requirement.state):
            requirement.in_force, requirement.state = version, state
            changed.append(requirement)
    save_many(changed, ("in_force", "state"))


def _get_next_state(requirement: Requirement, version: RequirementVersion | None) -> str:
    """Return the state of `requirement` once `version`, or none, is in force."""
    as_before = version is not None and version.pk == requirement.in_force_id
    if version and version.number == requirement.version:
        stays = as_before and requirement.state in workflow.IN_FORCE
        return requirement.state if stays else RequirementState.APPROVED
    return RequirementState.PROPOSED if requirement.state in workflow.IN_FORCE else requirement.state


def reject(project: Project, baseline: RequirementBaseline) -> None:
    """Mark the refused requirements of `baseline` as rejected: not in force and not edited since."""
    same = baseline.versions.filter(requirement=OuterRef("pk"), number=OuterRef("version"))
    refused = project.requirements.filter(
        Exists(same),
        in_force=None,
        state__in=(RequirementState.PROPOSED, RequirementState.IN_REVIEW),
    ).order_by("pk")
    rows = list(refused.select_for_update(of=("self",)))
    for requirement in rows:
        requirement.state = RequirementState.REJECTED
    save_many(rows, ("state",))
