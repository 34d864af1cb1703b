"""Writes shared by the risk acts: codes and ratings."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from core.acts import act_time
from pmo.registers.risks.enums import Rated, RiskStatus
from pmo.registers.risks.models import Risk, RiskRating, RiskScale
from projects.models import Project
from roles.models import User

RATED_BY = {
    Rated.INITIAL: ("likelihood", "impact"),
    Rated.RESIDUAL: ("residual_likelihood", "residual_impact"),
}


def next_code(project: Project) -> str:
    """Return the next free code: VR-1, VR-2, …"""
    given = re.compile(rf"{re.escape(project.prefix)}R-(\d{{1,6}})")
    codes = project.risks.values_list("code", flat=True)
    used = [int(match[1]) for code in codes if (match := given.fullmatch(code))]
    return f"{project.prefix}R-{max(used, default=0) + 1}"


def rate(risk: Risk, fields: Mapping[str, Any], scale: RiskScale | None, actor: User, role: str) -> None:
    """Set and record the ratings in `fields` that are new, on `scale`. The caller saves an existing risk.

    On another scale every rating counts as new: all are grades of one scale.
    """
    is_new = risk._state.adding
    moved = not is_new and (scale.pk if scale else None) != risk.scale_id
    changed = {name for name in fields if getattr(risk, name) != fields[name]}
    if not (changed or moved or is_new):
        return
    for name in changed:
        setattr(risk, name, fields[name])
    risk.scale = scale
    if is_new:
        risk.save()
        changed |= set(RATED_BY[Rated.INITIAL])
    everything = {name for names in RATED_BY.values() for name in names}
    record_ratings(risk, everything if moved else changed, actor, role)


def record_ratings(risk: Risk, changed: Collection[str], actor: User, role: str) -> None:
    """Record the ratings of a risk of which a grade is `changed`."""
    for kind, (likelihood, impact) in RATED_BY.items():
        pair = getattr(risk, likelihood), getattr(risk, impact)
        if pair[0] is not None and {likelihood, impact} & set(changed):
            RiskRating.objects.create(
                project=risk.project,
                risk=risk,
                kind=kind,
                likelihood=pair[0],
                impact=pair[1],
                scale=risk.scale,
                by=actor,
                role=role,
                acted_at=act_time(),
            )


def exceeds_acceptance(risk: Risk) -> bool:
    """Tell whether the unsaved risk exceeds its acceptance, or is on another scale."""
    accepted = risk.acceptance
    return accepted is not None and (accepted.scale_id != risk.scale_id or risk.residual_level > accepted.level)


def reopen(risk: Risk) -> None:
    """Undo the acceptance: the risk must be answered again. The caller saves the risk."""
    risk.status, risk.acceptance = RiskStatus.ASSESSED, None
