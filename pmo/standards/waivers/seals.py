"""Waivers of a version of a standard that is retired: the mark on their decisions, and the difference."""

from typing import Any

from django.utils.translation import gettext as _

from governance.decide.decisions.models import Decision
from governance.decide.decisions.seal_breaks import break_seal
from governance.decide.decisions.watches import ChangedItem, ChangedPart
from pmo.standards.conformity.models import Waiver, WaiverEnd
from pmo.standards.standards.effects import get_adopted
from pmo.standards.standards.enums import StandardState
from pmo.standards.standards.models import StandardVersion
from projects.models import Project
from projects.organisation_settings.queries import today
from roles.models import User


def mark_waivers(version: StandardVersion, actor: User) -> None:
    """Mark the decisions whose waivers in force, on any project, name the version just retired.

    Locks their projects in the order of their keys, after that of the act.
    """
    waivers = Waiver.objects.filter(version=version, ends_on__gte=today())
    waivers = waivers.exclude(pk__in=WaiverEnd.objects.filter(waiver__version=version).values("waiver"))
    list(Project.objects.lock().filter(waivers__in=waivers).order_by("pk"))
    decisions = Decision.objects.filter(revision__waiver__in=waivers)
    related = ("project", "revision", "proposal__project", "proposal__current", "proposal__draft")
    reference = f"{version.standard.code}.{version.number}"
    for decision in decisions.select_related(*related).order_by("pk"):
        item, code = f"standard:{version.pk}", version.standard.code
        break_seal(decision, item, reference, StandardState.RETIRED, [code])


def compare_version(change: Any) -> ChangedItem:
    """Describe the version in force today beside the one that the decision names."""
    version = StandardVersion.objects.select_related("standard").get(pk=change.key)
    adopted = get_adopted(version)
    now = adopted or version
    after = _("version %(number)s") % {"number": adopted.number} if adopted else str(StandardState.RETIRED.label)
    parts = [ChangedPart(version.title, _("version %(number)s") % {"number": version.number}, after)]
    return ChangedItem(version.standard.code, now.get_absolute_url(), parts)
