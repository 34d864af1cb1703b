"""Approved baselines whose requirements are rewritten afterwards: the mark on the decision, and the differences."""

from typing import Any

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext as _

from amoa.requirements.guards import rewritten_sql
from amoa.requirements.models import BaselineEntry, RequirementBaseline
from core.acts import act_time
from core.record.sealing import parse_term
from governance.decide.decisions.seal_breaks import break_seal, find_sealing_decision
from governance.decide.decisions.watches import ChangedItem, ChangedPart
from projects.models import Project
from roles.models import User

#: Rewritten requirements that a page lists.
MOST = 20


def mark_rewritten(actor: User, project: Project, *, is_undo: bool = False) -> None:
    """Mark the decision on the approved baseline when a requirement of it has another text now."""
    decision = find_sealing_decision(project, "baseline")
    if decision is None:
        return
    number, fingerprint = parse_term(decision.content.terms["baseline"])
    baseline = project.baselines.filter(number=number, hash=fingerprint).first()
    if baseline and (after := _fingerprint_rewritten(baseline)):
        entries = BaselineEntry.objects.filter(baseline=baseline, version__requirement__changed_at=act_time())
        rewritten = entries.exclude(version__number=F("version__requirement__version"))
        codes = rewritten.order_by("version__requirement__code").values_list("version__requirement__code", flat=True)
        break_seal(decision, f"baseline:{baseline.pk}", baseline.hash, after, list(codes), is_undo=is_undo)


def _fingerprint_rewritten(baseline: RequirementBaseline) -> str:
    """Return a fingerprint of the present texts that differ from those of the baseline; empty without one."""
    with connection.cursor() as cursor:
        cursor.execute(rewritten_sql("%s"), [baseline.pk])
        row = cursor.fetchone()
    return str(row[0] or "") if row else ""


def compare_baseline(change: Any) -> ChangedItem:
    """Describe the requirements of a sealed baseline that have another text today."""
    baseline = RequirementBaseline.objects.select_related("project").get(pk=change.key)
    entries = BaselineEntry.objects.filter(baseline=baseline).select_related("version__requirement")
    rewritten = [
        (entry.version.requirement, entry.version.number)
        for entry in entries.order_by("version__requirement__code")
        if entry.version.requirement.version != entry.version.number
    ]
    version = _("version %(number)s")
    parts = [
        ChangedPart(str(requirement), version % {"number": sealed}, version % {"number": requirement.version})
        for requirement, sealed in rewritten[:MOST]
    ]
    name = _("Requirements of baseline %(number)s") % {"number": baseline.number}
    return ChangedItem(name, baseline.get_absolute_url(), parts)
