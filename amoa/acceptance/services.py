"""The acts of acceptance (recette): preparing tests and campaigns, running them, following defects, closing a campaign.

Testers say what they saw, the provider how it was corrected; only a decision of the owner accepts (governance/kinds).
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from amoa.acceptance import effects as accepting
from amoa.acceptance.enums import DefectState, Result, Stage
from amoa.acceptance.models import AcceptanceCampaign, Defect, Deliverable, TestRun, report_of
from amoa.acceptance.numbers import next_code
from amoa.requirements.models import AcceptanceTest
from core import acts as acting
from core.acts import act
from core.sealing import content_hash
from projects.ledger.enums import Act
from projects.ledger.services import record
from projects.mandates.predicates import role_held
from projects.models import Project
from projects.project.rows import get_row_to_write, write
from roles.models import User

#: From which states each act on a defect follows.
CORRECTABLE = (DefectState.OPEN,)
CLOSABLE = (DefectState.OPEN, DefectState.CORRECTED)
REOPENABLE = (DefectState.CORRECTED,)


class CampaignClosed(Exception):
    """The campaign is closed: nothing is added to it any more."""

    def __init__(self, campaign: AcceptanceCampaign) -> None:
        super().__init__(str(campaign.pk))
        self.campaign = campaign


class NothingTested(Exception):
    """No test was run in the campaign: there is nothing to report."""


class DefectMovedOn(Exception):
    """The act does not follow from the state the defect is in."""

    def __init__(self, defect: Defect) -> None:
        super().__init__(defect.state)
        self.defect = defect


@act("governance.plan_acceptance", on="project")
def write_deliverable(
    *, actor: User, project: Project, fields: Mapping[str, Any], row: Deliverable | None = None, seen: str = ""
) -> Deliverable:
    """Add or change what the provider hands over; `seen` is the version that was read (core.history.version_of).

    Raises ValidationError on a code that is taken ("code"), and Outdated.
    """
    row = get_row_to_write(Deliverable, project, row, seen)
    _ensure_free(project.deliverables, row, fields, _("The project already has a deliverable of this code."))
    return _written(actor, row, fields)


@act("governance.plan_acceptance", on="project")
def write_test(
    *, actor: User, project: Project, fields: Mapping[str, Any], row: AcceptanceTest | None = None, seen: str = ""
) -> AcceptanceTest:
    """Add, change or retire a test of a requirement, or of one of its criteria; without a `code` it gets the next one.

    Raises ValidationError on a code that is taken ("code"), a requirement of another project ("requirement")
    and a criterion the requirement does not have ("criterion"); and Outdated.
    """
    row = get_row_to_write(AcceptanceTest, project, row, seen)
    fields = dict(fields) | {"code": row.code or fields.get("code") or next_code(project)}
    _ensure_free(project.tests, row, fields, _("The project already has a test of this code."))
    requirement = fields.get("requirement", row.requirement)
    if requirement and requirement.project_id != project.pk:
        raise ValidationError({"requirement": _("Choose a requirement of this project.")})
    criterion = fields.get("criterion", row.criterion)
    if criterion and criterion not in {one["number"] for one in (requirement.criteria if requirement else [])}:
        raise ValidationError({"criterion": _("The requirement has no criterion of this number.")})
    return _written(actor, row, fields)


@act("governance.plan_acceptance", on="project")
def open_campaign(
    *, actor: User, project: Project, fields: Mapping[str, Any], row: AcceptanceCampaign | None = None, seen: str = ""
) -> AcceptanceCampaign:
    """Open a campaign, or change one that is open.

    Raises ValidationError on an end before its start ("ends_on") and a deliverable of another project
    ("deliverable"); CampaignClosed and Outdated.
    """
    row = get_row_to_write(AcceptanceCampaign, project, row, seen)
    if row.is_closed:
        raise CampaignClosed(row)
    row.number = row.number or project.campaigns.count() + 1
    starts_on, ends_on = (fields.get(name, getattr(row, name)) for name in ("starts_on", "ends_on"))
    if ends_on < starts_on:
        raise ValidationError({"ends_on": _("Give an end date after the start date.")})
    deliverable = fields.get("deliverable")
    if deliverable and deliverable.project_id != project.pk:
        raise ValidationError({"deliverable": _("Choose a deliverable of this project.")})
    return _written(actor, row, fields)


@act("governance.run_test", on="campaign")
def run_test(
    *, actor: User, campaign: AcceptanceCampaign, test: AcceptanceTest, result: Result, note: str = ""
) -> TestRun:
    """Record what one run of a test gave, on the version its requirement has now; another run does not change it.

    A requirement that is built becomes verified once all its tests pass, and is led back by a later failure. Raises
    ValidationError on a test of another project or a retired one ("test") and without what was seen when it did
    not pass ("note"); and CampaignClosed.
    """
    _ensure_open(campaign)
    project = campaign.project
    test = AcceptanceTest.objects.select_related("requirement").get(pk=test.pk)
    if test.retired or test.project_id != project.pk:
        raise ValidationError({"test": _("Choose a test of this project that is in use.")})
    if result != Result.PASSED and not note:
        raise ValidationError({"note": _("Say what was seen.")})
    requirement = test.requirement
    run = TestRun.objects.create(
        project=project, campaign=campaign, test=test, version=requirement.version if requirement else None,
        result=result, note=note, run_by=actor, acted_at=acting.act_time(),
    )  # fmt: skip
    if requirement:
        accepting.follow_results(requirement)
    _record(Act.RUN_TEST, actor, run, detail=result, test=test.pk, campaign=campaign.number)
    return run


@act("governance.report_defect", on="campaign")
def report_defect(
    *, actor: User, campaign: AcceptanceCampaign, severity: str, title: str, description: str = "",
    test: AcceptanceTest | None = None,
) -> Defect:  # fmt: skip
    """Report something wrong, found by a test or by itself, in a campaign that is open.

    Raises ValidationError on a test of another project ("test"), and CampaignClosed.
    """
    _ensure_open(campaign)
    project = campaign.project
    if test and test.project_id != project.pk:
        raise ValidationError({"test": _("Choose a test of this project that is in use.")})
    defect = Defect.objects.create(
        project=project, number=project.defects.count() + 1, campaign=campaign, test=test, severity=severity,
        title=title, description=description, reported_by=actor, reported_at=acting.act_time(),
    )  # fmt: skip
    _record(Act.REPORT_DEFECT, actor, defect, detail=severity)
    return defect


@act("governance.correct_defect", on="defect")
def correct_defect(*, actor: User, defect: Defect, correction: str) -> Defect:
    """The provider says how an open defect was corrected; who tests closes or reopens it. Raises DefectMovedOn."""
    _ensure_state(defect, CORRECTABLE)
    defect.state, defect.correction, defect.corrected_at = DefectState.CORRECTED, correction, acting.act_time()
    defect.save()
    _record(Act.CORRECT_DEFECT, actor, defect)
    return defect


@act("governance.close_defect", on="defect")
def close_defect(*, actor: User, defect: Defect) -> Defect:
    """Who tests notes that a defect is gone, or was none. Raises DefectMovedOn when it is closed already."""
    _ensure_state(defect, CLOSABLE)
    defect.state, defect.closed_at = DefectState.CLOSED, acting.act_time()
    defect.save()
    _record(Act.CLOSE_DEFECT, actor, defect, detail=defect.state)
    return defect


@act("governance.close_defect", on="defect")
def reopen_defect(*, actor: User, defect: Defect) -> Defect:
    """Who tests notes that a corrected defect is still there. Raises DefectMovedOn."""
    _ensure_state(defect, REOPENABLE)
    defect.state, defect.corrected_at = DefectState.OPEN, None
    defect.save()
    _record(Act.CLOSE_DEFECT, actor, defect, detail=defect.state)
    return defect


@act("governance.close_campaign", on="campaign")
def close_campaign(*, actor: User, campaign: AcceptanceCampaign) -> AcceptanceCampaign:
    """Freeze what the campaign found, with its hash: that is what the owner pronounces on.

    Raises NothingTested, CampaignClosed, and ValidationError on a regular-service check that does not say how long the
    service was unavailable ("unavailability").
    """
    _ensure_open(campaign)
    if not campaign.runs.exists():
        raise NothingTested
    if campaign.stage == Stage.REGULAR_SERVICE and campaign.unavailability is None:
        raise ValidationError({"unavailability": _("Say for which share of the time the service was unavailable.")})
    campaign.report = report_of(campaign)
    campaign.hash = content_hash(campaign.report)
    campaign.closed_at, campaign.closed_by = acting.act_time(), actor
    campaign.save()
    _record(Act.CLOSE_CAMPAIGN, actor, campaign, detail=str(campaign.number), hash=campaign.hash)
    return campaign


def _ensure_open(campaign: AcceptanceCampaign) -> None:
    """Raise CampaignClosed unless the campaign is open."""
    if campaign.is_closed:
        raise CampaignClosed(campaign)


def _ensure_state(defect: Defect, states: tuple[DefectState, ...]) -> None:
    """Raise DefectMovedOn unless the defect is in one of these states."""
    if defect.state not in states:
        raise DefectMovedOn(defect)


def _ensure_free(rows: Any, row: models.Model, fields: Mapping[str, Any], message: str) -> None:
    """Refuse a code that another row of the project has."""
    if not row.pk and rows.filter(code=fields["code"]).exists():
        raise ValidationError({"code": message})


def _written[M: (Deliverable, AcceptanceTest, AcceptanceCampaign)](actor: User, row: M, fields: Mapping[str, Any]) -> M:
    """Save these fields and leave the event, if anything changed."""
    if write(row, {name: value for name, value in fields.items() if name != "code" or not row.pk}):
        _record(Act.PLAN_ACCEPTANCE, actor, row)
    return row


def _record(what: Act, actor: User, subject: Any, detail: str = "", **facts: Any) -> None:
    project = subject.project
    record(
        act=what, actor=actor, role=role_held(actor, project), project=project, subject=subject, detail=detail, **facts
    )
