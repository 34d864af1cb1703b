"""Contradictions below a node: needed before it is forecast, forecast above the share, benefit claimed twice."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from core.templatetags.ui import euros
from pmo.registers.schedule.kinds import describe_late
from pmo.registers.success_criteria.benefits import group_claims
from pmo.steering.levels.figures import Group
from projects.enums import Workspace


class Contradiction(NamedTuple):
    """A sentence on a project, the page that settles it, and a note; `language` is set where people wrote the text."""

    project: Any
    page: str
    text: str
    note: str = ""
    language: str = ""


def find_late_needs(group: Group) -> Iterator[Contradiction]:
    """Yield what one needs of another before it is forecast there."""
    seen = {row.pk: row for row in (group.root, *group.parts)}
    for need in group.open_needs:
        if need.is_late and need.needs_id in seen:
            project = seen[need.project_id]
            yield Contradiction(project, "pmo:schedule:schedule", need.what, describe_late(need), project.language)


def find_beyond_shares(group: Group) -> Iterator[Contradiction]:
    """Yield the parts directly below whose forecast, with what is below them, exceeds the share given here."""
    for part in group.parts:
        if part.parent_id != group.root.pk or part.share is None:
            continue
        rows = [row for row in group.parts if part.pk in (row.pk, row.parent_id) and row.has(Workspace.STEERING)]
        forecast = sum((row.lines_forecast or Decimal(0) for row in rows), Decimal(0))
        if forecast > part.share:
            words = _("%(project)s forecasts %(forecast)s. Its share is %(share)s.")
            values = {"project": part.code, "forecast": euros(forecast), "share": euros(part.share)}
            note = _("for two months: raise the share, or confirm it with reasons") if part.overrun else ""
            yield Contradiction(part, "governance:place:place", words % values, note)


def find_double_claims(group: Group) -> Iterator[Contradiction]:
    """Yield the approved benefits that two projects claim."""
    seen = {row.pk: row for row in (group.root, *group.parts)}
    for claims in group_claims(group.benefits):
        by = {claim.project_id: claim for claim in claims}
        if len(by) > 1:
            first, note = seen[claims[0].project_id], _("claimed by %(codes)s")
            codes = ", ".join(seen[pk].code for pk in by)
            text, language = claims[0].text, first.language
            yield Contradiction(first, "pmo:success_criteria:success", text, note % {"codes": codes}, language)


def list_contradictions(group: Group) -> list[Contradiction]:
    """List the contradictions between the parts, and between these and what they are given."""
    return [*find_late_needs(group), *find_beyond_shares(group), *find_double_claims(group)]
