"""Automatic checks on the business side; loaded only when `amoa` is installed."""

from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, Min, OuterRef, Prefetch, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from amoa.acceptance.coverage import filter_musts, filter_uncovered
from amoa.acceptance.models import AcceptanceCampaign
from amoa.change_plan.enums import ActionState
from amoa.change_plan.models import CommunicationAction
from amoa.requirements.enums import RequirementState
from amoa.requirements.lint import Draft, list_findings
from amoa.requirements.models import AcceptanceTest, BaselineInForce, Requirement, RequirementBaseline
from core.sql.subqueries import count_rows
from pmo.standards.conformity.automatic_checks import CHECKS, Computed, Fact, partial_result
from pmo.standards.conformity.check_inputs import INPUTS, PREFETCHES, PROJECT, Inputs
from pmo.standards.conformity.enums import Result
from projects.organisation_settings.queries import day_of
from projects.seats.recipient_groups.models import RecipientGroup

#: States of requirements that will not be built.
GIVEN_UP = (RequirementState.REJECTED, RequirementState.WITHDRAWN, RequirementState.DEFERRED)
#: Share of well-written requirements from which the result is partially conform.
MOSTLY = 0.8


def requirements_linted(project: Any, at: datetime) -> Computed | None:
    """Check requirements by the writing rules; None without requirements."""
    rows = project.texts_
    if not rows:
        return None
    drafts = [
        Draft(row.title, row.statement, [criterion["text"] for criterion in row.criteria], row.kind, project.language)
        for row in rows
    ]
    wrong = sum(bool(list_findings(draft)) for draft in drafts)
    link = reverse("amoa:requirements:requirement_list", args=[project.code])
    facts = (
        Fact(_("Needs and requirements"), len(rows), link),
        Fact(_("With something to look at again"), wrong, link),
    )
    sentence = ngettext(
        "%(n)s requirement of %(total)s does not follow the writing rules.",
        "%(n)s requirements of %(total)s do not follow the writing rules.",
        wrong,
    ) % {"n": wrong, "total": len(rows)}
    if not wrong:
        return Computed(Result.CONFORM, _("All requirements follow the writing rules."), facts)
    return Computed(partial_result(wrong <= len(rows) * (1 - MOSTLY)), sentence, facts)


def baseline_in_force(project: Any, at: datetime) -> Computed:
    """Check that the owner approved a baseline of requirements."""
    link = reverse("amoa:requirements:baseline_list", args=[project.code])
    facts = (Fact(_("Baselines frozen"), project.baselines_, link),)
    if project.in_force_ is None:
        return Computed(Result.NOT_CONFORM, _("No baseline of the requirements is in force."), facts)
    sentence = _("Baseline %(number)s is in force.") % {"number": project.in_force_}
    return Computed(Result.CONFORM, sentence, facts)


def acceptance_planned_before(project: Any, at: datetime) -> Computed:
    """Check that each campaign had tests on its first day; before the first campaign, that tests exist."""
    begun, first = project.campaigns_, project.first_test_
    planned = sum(first is not None and day_of(first) <= day for day in begun)
    link = reverse("amoa:acceptance:acceptance", args=[project.code])
    facts = (
        Fact(_("Tests written"), project.tests_, link),
        Fact(_("Campaigns begun"), len(begun), link),
        Fact(_("Begun without a test"), len(begun) - planned, link),
    )
    if not begun:
        result = (Result.CONFORM, _("Tests are written, and no campaign has begun."))
        return Computed(*(result if project.tests_ else (Result.NOT_CONFORM, _("No test is written yet."))), facts)
    if planned == len(begun):
        return Computed(Result.CONFORM, _("Each campaign began once tests were written."), facts)
    sentence = ngettext(
        "%(n)s campaign began before any test was written.",
        "%(n)s campaigns began before any test was written.",
        len(begun) - planned,
    ) % {"n": len(begun) - planned}
    return Computed(partial_result(bool(planned)), sentence, facts)


def communication_planned(project: Any, at: datetime) -> Computed | None:
    """Check that each recipient group has a planned communication; None without groups."""
    groups, missing = project.groups_, project.groups_ - project.told_
    if not groups:
        return None
    link = reverse("amoa:change_plan:change_communications", args=[project.code])
    facts = (Fact(_("Recipient groups"), groups, link), Fact(_("Without a communication"), missing, link))
    if not missing:
        return Computed(Result.CONFORM, _("A communication is planned for each recipient group."), facts)
    sentence = ngettext(
        "No communication is planned for %(n)s recipient group.",
        "No communication is planned for %(n)s recipient groups.",
        missing,
    ) % {"n": missing}
    return Computed(partial_result(missing < groups), sentence, facts)


def must_requirements_covered(project: Any, at: datetime) -> Computed | None:
    """Check that each must-have requirement has a test in use; None without must-have requirements."""
    musts, missing = project.musts_, project.uncovered_
    if not musts:
        return None
    link = f"{reverse('amoa:traceability:traceability', args=[project.code])}?alert=must_not_covered"
    facts = (Fact(_("Must-have requirements"), musts, link), Fact(_("Without a test"), missing, link))
    if not missing:
        return Computed(Result.CONFORM, _("Each must-have requirement has a test."), facts)
    sentence = ngettext(
        "%(n)s must-have requirement has no test.", "%(n)s must-have requirements have no test.", missing
    ) % {"n": missing}
    return Computed(partial_result(missing < musts), sentence, facts)


def _prefetch_texts(_at: datetime) -> "Prefetch[Any]":
    """Build the Prefetch of the requirements that may be built, as they are written now, into `texts_`."""
    texts = Requirement.objects.exclude(state__in=GIVEN_UP).order_by()
    return Prefetch("requirements", texts.only("project", "title", "statement", "criteria", "kind"), "texts_")


def _read_baselines(at: datetime, day: date) -> Inputs:
    held = BaselineInForce.objects.filter(project=PROJECT).values("baseline__number")
    return {
        "baselines_": count_rows(RequirementBaseline.objects.filter(project=PROJECT)),
        "in_force_": Subquery(held),
    }


def _read_tests(at: datetime, day: date) -> Inputs:
    tests = AcceptanceTest.history.filter(project=PROJECT, history_type="+")
    first = tests.order_by().values("project").annotate(first=Min("history_date")).values("first")
    campaigns = AcceptanceCampaign.objects.filter(project=PROJECT, starts_on__lte=day)
    return {
        "tests_": count_rows(tests),
        "first_test_": Subquery(first),
        "campaigns_": ArraySubquery(campaigns.order_by().values("starts_on")),
    }


def _read_groups(at: datetime, day: date) -> Inputs:
    groups = RecipientGroup.objects.filter(project=PROJECT)
    planned = CommunicationAction.objects.filter(group=OuterRef("pk")).exclude(state=ActionState.CANCELLED)
    return {"groups_": count_rows(groups), "told_": count_rows(groups.filter(Exists(planned)))}


def _read_musts(at: datetime, day: date) -> Inputs:
    required = Requirement.objects.filter(project=PROJECT)
    return {"musts_": count_rows(filter_musts(required)), "uncovered_": count_rows(filter_uncovered(required))}


CHECKS.update(
    {
        check.__name__: check
        for check in (
            requirements_linted,
            baseline_in_force,
            acceptance_planned_before,
            communication_planned,
            must_requirements_covered,
        )
    }
)
PREFETCHES["requirements_linted"] = _prefetch_texts
INPUTS.update(
    {
        "baseline_in_force": _read_baselines,
        "acceptance_planned_before": _read_tests,
        "communication_planned": _read_groups,
        "must_requirements_covered": _read_musts,
    }
)
