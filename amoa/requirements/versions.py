"""Writing requirements: what a change makes of a version, and the one door through which many are written at once.

Everything here runs inside an act of governance, which asks the permission, holds the lock and leaves the event.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from amoa.requirements import workflow
from amoa.requirements.enums import RequirementKind, RequirementState
from amoa.requirements.guards import CONTENT
from amoa.requirements.models import (
    BaselineEntry,
    BaselineInForce,
    Requirement,
    RequirementBaseline,
    RequirementVersion,
    hash_of,
)
from core import acts as acting
from core.history import bypassing_history
from core.sealing import content_hash, new_salt
from projects.project.models import Project
from roles.models import User

BATCH = 500


def next_code(project: Project, kind: str, taken: Iterable[str] | None = None) -> str:
    """The next readable code of a need, such as VIG-N04, or of a requirement, such as VIG-013."""
    letter = "N" if kind == RequirementKind.NEED else ""
    stem = f"{project.code[:3]}-{letter}"
    codes = project.requirements.values_list("code", flat=True) if taken is None else taken
    pattern = re.compile(re.escape(stem) + "([0-9]{1,6})")
    numbers = [int(found[1]) for code in codes if (found := pattern.fullmatch(code))]
    width = 2 if letter else 3
    return f"{stem}{max(numbers, default=0) + 1:0{width}d}"


def revise(requirement: Requirement, fields: Mapping[str, Any], *, frozen: bool) -> list[str]:
    """Set these fields on `requirement`, unsaved; returns the names of those that changed.

    Another text of a version that is `frozen`, or in force, is the next version, which is proposed; the version in
    force stays in force.
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
        requirement.changed_at = acting.act_time()
    return changed


def frozen_among(requirements: Sequence[Requirement]) -> set[int]:
    """The numbers of those whose working version is frozen."""
    pks = [one.pk for one in requirements]
    found = set(RequirementVersion.objects.filter(requirement__in=pks).values_list("requirement", "number"))
    return {one.pk for one in requirements if (one.pk, one.version) in found}


def with_numbers(texts: Sequence[str], before: Sequence[Mapping[str, str]] = ()) -> list[dict[str, str]]:
    """Acceptance criteria with their numbers: a text that stood there keeps its own, a new one gets one never used."""
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


def create_many(requirements: Sequence[Requirement]) -> None:
    """Insert new requirements, each with one version in the history that names the actor of the act."""
    with bypassing_history():
        bulk_create_with_history(
            list(requirements),
            Requirement,
            batch_size=BATCH,
            default_user=acting.current_actor(),
            default_date=acting.act_time(),
        )


def save_many(requirements: Sequence[Requirement], fields: Iterable[str]) -> None:
    """Save these fields of many requirements, each with one version in the history that names the actor of the act."""
    with bypassing_history():
        bulk_update_with_history(
            list(requirements),
            Requirement,
            list(fields),
            batch_size=BATCH,
            default_user=acting.current_actor(),
            default_date=acting.act_time(),
        )


def seen_before_freezing(project: Project) -> str:
    """Fingerprint of what `freeze` would freeze now: it differs once anything of it, or a baseline, is another one."""
    candidates = project.requirements.filter(state__in=workflow.CANDIDATES).order_by("code")
    rows = candidates.values_list("code", "version", "changed_at")
    listed = [[code, str(version), changed_at.isoformat()] for code, version, changed_at in rows]
    return content_hash({"baselines": str(project.baselines.count()), "candidates": listed})


def freeze(project: Project, actor: User, reason: str) -> RequirementBaseline:
    """Freeze the working version of every candidate requirement of `project` as its next baseline."""
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
                project=project, requirement=requirement, number=requirement.version, content=requirement.content(),
                salt=new_salt(),
            )  # fmt: skip
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
        project=project, number=number, reason=reason, hash=hash_of(number, listed), made_by=actor,
        acted_at=acting.act_time(),
    )  # fmt: skip
    entries = [BaselineEntry(baseline=baseline, version=version) for version in versions]
    BaselineEntry.objects.bulk_create(entries, batch_size=BATCH)
    return baseline


def put_in_force(project: Project, baseline: RequirementBaseline | None) -> None:
    """Let exactly the versions of `baseline` be in force on `project`; the caller notes the decision that says so.

    A requirement whose working version is the approved one is approved, unless it has come further already; one that
    was edited since stays proposed, and one that is no longer in the baseline leaves force.
    """
    held = BaselineInForce.objects.filter(project=project).first() or BaselineInForce()
    held.project, held.baseline = project, baseline
    held.save()
    entries = baseline.versions.all() if baseline else RequirementVersion.objects.none()
    approved = {version.requirement_id: version for version in entries.only("requirement_id", "number")}
    changed = []
    for requirement in project.requirements.select_for_update(of=("self",)).order_by("pk"):
        version = approved.get(requirement.pk)
        state = _state_once_decided(requirement, version)
        if (version.pk if version else None, state) != (requirement.in_force_id, requirement.state):
            requirement.in_force, requirement.state = version, state
            changed.append(requirement)
    save_many(changed, ("in_force", "state"))


def _state_once_decided(requirement: Requirement, version: RequirementVersion | None) -> str:
    """Where `requirement` stands once exactly `version` of it is in force, or none."""
    as_before = version is not None and version.pk == requirement.in_force_id
    if version and version.number == requirement.version:
        stays = as_before and requirement.state in workflow.IN_FORCE
        return requirement.state if stays else RequirementState.APPROVED
    return RequirementState.PROPOSED if requirement.state in workflow.IN_FORCE else requirement.state


def reject(project: Project, baseline: RequirementBaseline) -> None:
    """Mark as rejected what the owner refused: what of `baseline` is not in force, and was not edited since."""
    same = baseline.versions.filter(requirement=OuterRef("pk"), number=OuterRef("version"))
    refused = project.requirements.filter(
        Exists(same), in_force=None, state__in=(RequirementState.PROPOSED, RequirementState.IN_REVIEW),
    ).order_by("pk")  # fmt: skip
    rows = list(refused.select_for_update(of=("self",)))
    for requirement in rows:
        requirement.state = RequirementState.REJECTED
    save_many(rows, ("state",))
