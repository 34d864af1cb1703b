"""Effects of a waiver decision: grant and end waivers. Called inside the act of the decision."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from core.acts import act_time
from pmo.standards.conformity.enums import WaiverEnding
from pmo.standards.conformity.models import Waiver, WaiverEnd
from pmo.standards.standards.references import resolve_checkpoints
from projects.models import Project
from projects.organisation_settings.queries import today
from roles.models import User

NOT_OURS = _("One of the checkpoints is not in force for the project any more: name those of today.")
NOT_WAIVABLE = _("%(checkpoint)s cannot be waived: the standard says so.")
ALREADY_OVER = _("The time that was asked for is over: ask for another waiver.")


def grant(project: Project, revision: Any) -> Waiver:
    """Grant the waiver described by the terms of `revision` (a ProposalRevision). Raise ValidationError."""
    terms = revision.terms
    checkpoints = resolve_checkpoints(project, terms["checkpoints"], today())
    if checkpoints is None:
        raise ValidationError(NOT_OURS)
    if is_over(terms):
        raise ValidationError(ALREADY_OVER)
    starts_on, ends_on = _get_period(terms)
    last = Waiver.objects.filter(project=project).aggregate(last=Max("number"))["last"] or 0
    return Waiver.objects.create(
        project=project,
        number=last + 1,
        revision=revision,
        version=checkpoints[0].version,
        checkpoints=[checkpoint.pk for checkpoint in checkpoints],
        starts_on=starts_on,
        ends_on=ends_on,
        acted_at=act_time(),
    )


def is_over(terms: Mapping[str, str]) -> bool:
    """Tell whether a waiver with these terms, granted today, would have no day left."""
    starts_on, ends_on = _get_period(terms)
    return ends_on <= starts_on


def _get_period(terms: Mapping[str, str]) -> tuple[date, date]:
    """Return the first and last day of a waiver with these terms, granted today.

    A waiver covers nothing before its grant.
    """
    return max(date.fromisoformat(terms["starts_on"]), today()), date.fromisoformat(terms["ends_on"])


def end(waiver: Waiver, ending: WaiverEnding, actor: User, because: str = "") -> WaiverEnd:
    """End a waiver before its last day."""
    return WaiverEnd.objects.create(
        project=waiver.project,
        waiver=waiver,
        ending=ending,
        because=because,
        ended_by=actor,
        ended_on=today(),
        acted_at=act_time(),
    )
