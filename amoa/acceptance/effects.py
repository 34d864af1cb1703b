"""Effects on requirements of test results and of the owner's acceptance. Run inside an act."""

from datetime import datetime

from django.db.models import Q

from amoa.acceptance.enums import DefectState, Result
from amoa.acceptance.models import AcceptanceCampaign, Defect, TestRun
from amoa.requirements.enums import RequirementState
from amoa.requirements.models import Requirement
from core.acts import act_time
from core.history import save_many


def accept_passed(campaign: AcceptanceCampaign) -> None:
    """Accept the verified requirements that passed every test run in `campaign`."""
    _change_state(campaign, RequirementState.VERIFIED, RequirementState.ACCEPTED)


def revert_acceptance(campaign: AcceptanceCampaign) -> None:
    """Return the accepted requirements of `campaign` to verified, once the decision is superseded."""
    _change_state(campaign, RequirementState.ACCEPTED, RequirementState.VERIFIED)


def close_defect(number: int, at: datetime) -> None:
    """Close the defect whose reservation is lifted, by primary key; a closed one stays unchanged."""
    defect = Defect.objects.select_for_update(of=("self",)).get(pk=number)
    if defect.state != DefectState.CLOSED:
        defect.state, defect.closed_at = DefectState.CLOSED, at
        defect.save()


def _change_state(campaign: AcceptanceCampaign, state: RequirementState, target: RequirementState) -> None:
    """Move the requirements that passed all their tests in `campaign` from `state` to `target`."""
    latest = TestRun.objects.filter(campaign=campaign).latest_of_each_test().values("pk")
    runs = TestRun.objects.filter(pk__in=latest)
    failed = runs.filter(~Q(result=Result.PASSED)).values("test__requirement")
    tested = runs.filter(result=Result.PASSED).values("test__requirement")
    rows = Requirement.objects.filter(project=campaign.project_id, state=state, pk__in=tested)
    rows = rows.exclude(pk__in=failed.exclude(test__requirement=None)).order_by("pk")
    changed = list(rows.select_for_update(of=("self",)))
    for requirement in changed:
        requirement.state = target
    save_many(changed, ("state",))


def update_verification(requirement: Requirement) -> None:
    """Update a built requirement: verified once all its tests pass, implemented again when one fails."""
    requirement = Requirement.objects.select_for_update(of=("self",)).get(pk=requirement.pk)
    verified = is_verified(requirement)
    if requirement.state == RequirementState.IMPLEMENTED and verified:
        requirement.state = RequirementState.VERIFIED
    elif requirement.state == RequirementState.VERIFIED and not verified:
        requirement.state = RequirementState.IMPLEMENTED
    else:
        return
    requirement.changed_at = act_time()
    save_many([requirement], ("state", "changed_at"))


def is_verified(requirement: Requirement) -> bool:
    """Return whether the last run of every test in use passed on the current version."""
    tests = requirement.tests.in_use()
    if not tests.exists():
        return False
    latest = TestRun.objects.filter(test__in=tests, version=requirement.version).latest_of_each_test().values("pk")
    return TestRun.objects.filter(pk__in=latest, result=Result.PASSED).count() == tests.count()
