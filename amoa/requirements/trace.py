"""Traceability chain of one requirement, from the need to the test; missing links are marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from amoa.requirements.enums import RequirementKind
from amoa.requirements.models import AcceptanceTest, Requirement
from governance.models import Decision

MOST_TESTS, HIGHEST = 50, 10


@dataclass(frozen=True)
class Link:
    """One link of the chain: what it names, its address and the responsible role. `missing` when empty."""

    kind: str
    title: str
    text: str = ""
    address: str = ""
    role: str = ""
    missing: bool = False


@dataclass(frozen=True)
class TestStatus:
    """A test in use and its last run; None before the first run."""

    test: AcceptanceTest
    last: Any


def list_tests_with_last_run(requirement: Requirement) -> list[TestStatus]:
    """List the tests in use of a requirement by code, each with its last run. Two queries."""
    tests = list(requirement.tests.in_use().order_by("code")[:MOST_TESTS])
    if not tests:
        return []
    runs = requirement.project.runs.filter(test__in=tests).latest_of_each_test()
    last = {run.test_id: run for run in runs}
    return [TestStatus(test, last.get(test.pk)) for test in tests]


def list_ancestors(requirement: Requirement) -> list[Requirement]:
    """List the ancestors of a requirement, the farthest first."""
    ancestors: list[Requirement] = []
    parent = requirement.parent
    while parent and len(ancestors) < HIGHEST:
        ancestors.insert(0, parent)
        parent = parent.parent
    return ancestors


def build_chain(
    requirement: Requirement,
    ancestors: Sequence[Requirement],
    decision: Decision | None,
    tested: Sequence[TestStatus],
    add_test: str = "",
) -> list[Link]:
    """Build the five links of the chain, in order; `add_test` is the address that adds a missing test."""
    version = _("version %(number)d") % {"number": requirement.version}
    itself = Link(_("Requirement"), f"{requirement.code}, {version}", requirement.title)
    roles = requirement.project.roles()
    owner = next((role.code for role in roles if role.decides), "")
    provider = next((role.code for role in roles if role.delivers), "")
    return [
        _build_need(ancestors),
        itself,
        _build_decision(requirement, decision, owner),
        _build_delivery(requirement, provider),
        _build_test(tested, add_test),
    ]


def _build_need(ancestors: Sequence[Requirement]) -> Link:
    need = next((ancestor for ancestor in reversed(ancestors) if ancestor.kind == RequirementKind.NEED), None)
    if need is None:
        return Link(_("Need"), _("No need yet"), _("Name the need that it answers."), missing=True)
    return Link(_("Need"), need.code, need.title, need.get_absolute_url())


def _build_decision(requirement: Requirement, decision: Decision | None, owner: str) -> Link:
    if decision is None or requirement.in_force is None:
        text = _("It comes into force with a set that the project owner approves.")
        return Link(_("Decision"), _("No decision yet"), text, missing=True)
    text = _("version %(number)d in force") % {"number": requirement.in_force.number}
    return Link(_("Decision"), decision.reference, text, decision.get_absolute_url(), owner)


def _build_delivery(requirement: Requirement, provider: str) -> Link:
    if deliverable := requirement.deliverable:
        return Link(_("Deliverable"), deliverable.code, deliverable.name, "", provider)
    if requirement.lot:
        return Link(_("Deliverable"), requirement.lot, _("No deliverable is named in this lot yet."), "", provider)
    return Link(_("Deliverable"), _("No deliverable yet"), _("Name the lot or the deliverable."), missing=True)


def _build_test(tested: Sequence[TestStatus], add: str) -> Link:
    if not tested:
        return Link(_("Acceptance"), _("No test yet"), _("No acceptance test proves it."), add, missing=True)
    codes = ", ".join(status.test.code for status in tested[:3])
    runs = [status.last for status in tested if status.last]
    passed = sum(run.result == "passed" for run in runs)
    label = ngettext("%(passed)d of %(total)d passed", "%(passed)d of %(total)d passed", passed)
    text = label % {"passed": passed, "total": len(tested)}
    return Link(_("Acceptance"), codes, text, tested[0].test.get_absolute_url())
