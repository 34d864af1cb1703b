"""“Why is this here?”: paths from an item up to the decision behind it, or to the missing link."""

from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from amoa.acceptance.models import AcceptanceCampaign, Defect, Deliverable
from amoa.requirements.models import AcceptanceTest, Requirement
from amoa.traceability.coverage import Trace, list_traces
from amoa.traceability.decisions import get_acceptance
from governance.models import Decision

#: Models that a path may start from, by their name in the address.
STARTS: dict[str, Any] = {
    "requirement": Requirement,
    "deliverable": Deliverable,
    "test": AcceptanceTest,
    "campaign": AcceptanceCampaign,
    "defect": Defect,
}


@dataclass(frozen=True)
class Step:
    """One step of a path: kind, name, address and note."""

    what: str
    name: str
    link: str = ""
    note: str = ""
    is_missing: bool = False


@dataclass(frozen=True)
class Path:
    """Steps from an item to its decision; `decision` is None when a link is missing."""

    steps: tuple[Step, ...]
    decision: Decision | None


def list_paths(item: Any) -> list[Path]:
    """List one path per requirement of the item; one broken path when it has none."""
    steps, requirements = _find_requirements(item)
    paths = [_build_path(steps, trace) for trace in list_traces(requirements)]
    if paths:
        return paths
    if isinstance(item, AcceptanceCampaign) and (decision := get_acceptance(item)):
        return [Path((*steps, _build_decision_step(decision)), decision)]
    missing = Step(_("Requirement"), _("It is tied to no requirement."), is_missing=True)
    return [Path((*steps, missing), None)]


def _find_requirements(item: Any) -> tuple[list[Step], Any]:
    """Return the steps up to a requirement, and the requirements they lead to."""
    every = Requirement.objects.filter(project=item.project_id)
    if isinstance(item, Requirement):
        return [], every.filter(pk=item.pk)
    if isinstance(item, Deliverable):
        return [Step(_("Deliverable"), str(item))], every.filter(deliverable=item).order_by("code")[:50]
    if isinstance(item, AcceptanceTest):
        return [Step(_("Acceptance test"), str(item), item.get_absolute_url())], every.filter(tests=item)
    if isinstance(item, AcceptanceCampaign):
        tested = item.runs.values("test__requirement")
        step = Step(_("Campaign"), item.title, item.get_absolute_url(), str(item.get_stage_display()))
        return [step], every.filter(pk__in=tested).order_by("code")[:50]
    step = Step(_("Defect"), str(item), item.get_absolute_url(), str(item.get_severity_display()))
    test = item.test
    above = [Step(_("Acceptance test"), str(test), test.get_absolute_url())] if test else []
    return [step, *above], every.filter(tests=test) if test else every.none()


def _build_path(steps: list[Step], trace: Trace) -> Path:
    """Complete the path from the requirement to its need and its decision."""
    requirement = trace.requirement
    version = _("version %(number)s") % {"number": requirement.version}
    note = f"{version}, {str(requirement.get_state_display()).lower()}"
    above = [Step(capfirst(requirement.get_kind_display()), str(requirement), requirement.get_absolute_url(), note)]
    if trace.need:
        above.append(Step(_("Need"), str(trace.need), trace.need.get_absolute_url(), trace.need.source))
    elif not requirement.is_need:
        above.append(Step(_("Need"), _("No need is named."), is_missing=True))
    if trace.approval:
        return Path((*steps, *above, _build_decision_step(trace.approval)), trace.approval)
    return Path(
        (*steps, *above, Step(_("Decision"), _("No decision of the owner covers it yet."), is_missing=True)), None
    )


def _build_decision_step(decision: Decision) -> Step:
    return Step(_("Decision"), decision.reference, decision.get_absolute_url(), str(decision.get_outcome_display()))
