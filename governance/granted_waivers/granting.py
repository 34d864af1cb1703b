"""Granting a waiver and replacing one: called by what a decision does to its project, inside its act."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from governance.granted_waivers.enums import WaiverEnding
from governance.granted_waivers.models import Waiver, WaiverEnd
from governance.granted_waivers.naming import named
from projects.models import Project
from roles import acting
from roles.models import User

NOT_OURS = _("One of the checkpoints is not in force for the project any more: name those of today.")
NOT_WAIVABLE = _("%(checkpoint)s cannot be waived: the standard says so.")
ALREADY_OVER = _("The time that was asked for is over: ask for another waiver.")


def today() -> date:
    """The day of the act."""
    return timezone.localdate(acting.at(), timezone.get_default_timezone())


def grant(project: Project, revision: Any) -> Waiver:
    """The waiver that the terms of `revision` (a ProposalRevision) ask for. Raises ValidationError."""
    terms, day = revision.terms, today()
    found = named(project, terms["checkpoints"], day)
    if found is None:
        raise ValidationError(NOT_OURS)
    starts_on, ends_on = max(date.fromisoformat(terms["starts_on"]), day), date.fromisoformat(terms["ends_on"])
    if ends_on <= starts_on:
        raise ValidationError(ALREADY_OVER)
    last = Waiver.objects.filter(project=project).aggregate(last=Max("number"))["last"] or 0
    return Waiver.objects.create(
        project=project, number=last + 1, revision=revision, version=found[0].version,
        checkpoints=[one.pk for one in found], starts_on=starts_on, ends_on=ends_on, acted_at=acting.at(),
    )  # fmt: skip


def end(waiver: Waiver, ending: WaiverEnding, actor: User, because: str = "") -> WaiverEnd:
    """The end of a waiver before its last day, by the act of `actor`."""
    return WaiverEnd.objects.create(
        project=waiver.project, waiver=waiver, ending=ending, because=because, ended_by=actor, ended_on=today(),
        acted_at=acting.at(),
    )  # fmt: skip
