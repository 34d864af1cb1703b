"""Acts of acceptance (recette): prepare tests and campaigns, run tests, handle defects, close a campaign.

Testers record results, the provider records corrections; only a decision of the owner accepts
(governance/decide/kinds).
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from amoa.acceptance import effects
from amoa.acceptance.codes import STEM, iterate_codes, next_code
from amoa.acceptance.coverage import Untested, list_untested
from amoa.acceptance.enums import DefectState, Result, Stage
from amoa.acceptance.models import AcceptanceCampaign, Defect, Deliverable, TestRun, build_report_content
from amoa.enums import Act
from amoa.requirements.models import AcceptanceTest, Requirement
from core.acts import act, act_time
from core.history import Outdated, create_many, save_many
from core.pages.grid.rows import RowChange, RowsWritten, set_fields, write_rows
from core.pages.lists.undo import BulkResult
from core.pages.refusals.exceptions import MovedOn
from core.record.meaning import ensure_meaningful
from core.record.sealing import content_hash
from projects.ledger.services import record_each
from projects.models import Project
from projects.project.rows import get_row_to_write, save_fields
from projects.seats.mandates.events import record_in_role
from projects.seats.mandates.predicates import role_code_of
from projects.undo import give_back
from roles.models import User

#: States from which a defect may be corrected, closed or reopened.
CORRECTABLE = (DefectState.OPEN,)
CLOSABLE = (DefectState.OPEN, DefectState.CORRECTED)
REOPENABLE = (DefectState.CORRECTED,)
#: Tests that one act writes.
MOST_TESTS = 500
LONGEST_TITLE = 200
#: Fields of a test that a copy takes over.
COPIED = ("title", "steps", "expected")


class NothingTested(Exception):
    """Raised when no test was run in the campaign."""


@act("amoa.plan_acceptance", on="project")
def write_deliverable(
    *, actor: User, project: Project, fields: Mapping[str, Any], row: Deliverable | None = None, seen: str = ""
) -> Deliverable:
    """Add or change a deliverable; `seen` is the version read (core.history.version_of).

    Raises ValidationError on a code in use ("code"), and Outdated.
    """
    row = get_row_to_write(Deliverable, project, row, seen)
    _ensure_free(project.deliverables, row, fields, _("This code is already used. Enter another code."))
    return _save(row, fields)


@act("amoa.plan_acceptance", on="project")
def write_test(
    *, actor: User, project: Project, fields: Mapping[str, Any], row: AcceptanceTest | None = None, seen: str = ""
) -> AcceptanceTest:
    """Add, change or retire a test of a requirement or of one criterion.

    An empty `code` takes the next one. Raises ValidationError on a code in use ("code"), a requirement of another
    project ("requirement") and an unknown criterion ("criterion"); and Outdated.
    """
    row = get_row_to_write(AcceptanceTest, project, row, seen)
    fields = dict(fields) | {"code": row.code or fields.get("code") or next_code(project)}
    _ensure_free(project.tests, row, fields, _("This code is already used. Enter another code."))
    _ensure_known(row, fields)
    return _save(row, fields)


def ensure_criterion(criterion: str, known: Collection[str]) -> None:
    """Refuse a criterion that the requirement does not have. Raises ValidationError ("criterion")."""
    if criterion and criterion not in known:
        raise ValidationError({"criterion": _("The requirement has no criterion of this number.")})


@act("amoa.plan_acceptance", on="project")
def write_missing_tests(
    *, actor: User, project: Project, chosen: Collection[tuple[int, str]], stem: str = STEM
) -> list[AcceptanceTest]:
    """Write a draft of a test for each of the chosen criteria that has none (coverage.Untested.key), without steps.

    A criterion that got a test meanwhile is left out. Codes begin with `stem`. At most MOST_TESTS are written.
    """
    gaps = list_untested(project.requirements.filter(pk__in={pk for pk, _number in chosen}))
    wanted = [gap for gap in gaps if gap.key in set(chosen)][:MOST_TESTS]
    codes = iterate_codes(project, stem=stem)
    tests = [_draft_test(project, next(codes), gap) for gap in wanted]
    create_many(tests)
    _record_each(actor, project, tests)
    return tests


@act("amoa.plan_acceptance", on="project")
def write_tests(*, actor: User, project: Project, changes: Mapping[int, RowChange]) -> RowsWritten[AcceptanceTest]:
    """Change many tests, by primary key: each is written or refused alone, and only what differs is written."""
    changed: set[str] = set()

    def write(row: AcceptanceTest, fields: Mapping[str, Any]) -> bool:
        _ensure_known(row, fields)
        differing = set_fields(row, {name: value for name, value in fields.items() if name != "code"})
        changed.update(differing)
        return bool(differing)

    done = write_rows(project.tests.select_related("requirement"), changes, write)
    save_many(done.saved, sorted(changed))
    _record_each(actor, project, done.saved)
    return done


@act("amoa.plan_acceptance", on="project")
def undo_tests(*, actor: User, project: Project, seq: int) -> BulkResult:
    """Undo the change of tests that begins at entry `seq`; see `give_back`."""
    names: set[str] = set()
    rows = project.tests.all()
    done = give_back(
        project=project, actor=actor, rows=rows, seq=seq, restore=lambda _row, differing: names.update(differing)
    )
    save_many(done.changed, sorted(names))
    _record_each(actor, project, done.changed)
    return done


@act("amoa.plan_acceptance", on="project")
def copy_tests(*, actor: User, project: Project, tests: Sequence[AcceptanceTest]) -> list[AcceptanceTest]:
    """Write each of these tests of another project here as a new one, with an event each.

    Neither results nor the requirement come along: another project has other requirements. The caller checks that
    `actor` may read the tests.
    """
    codes = iterate_codes(project)
    fields = [{name: getattr(test, name) for name in COPIED} for test in tests[:MOST_TESTS]]
    copies = [AcceptanceTest(project=project, code=next(codes), **given) for given in fields]
    create_many(copies)
    _record_each(actor, project, copies)
    return copies


@act("amoa.plan_acceptance", on="project")
def open_campaign(
    *, actor: User, project: Project, fields: Mapping[str, Any], row: AcceptanceCampaign | None = None, seen: str = ""
) -> AcceptanceCampaign:
    """Open a campaign, or change one that is open.

    Raises ValidationError on an end before its start ("ends_on") and a deliverable of another project
    ("deliverable"); MovedOn and Outdated.
    """
    row = get_row_to_write(AcceptanceCampaign, project, row, seen)
    if row.is_closed:
        raise MovedOn(row)
    row.number = row.number or project.campaigns.count() + 1
    starts_on, ends_on = (fields.get(name, getattr(row, name)) for name in ("starts_on", "ends_on"))
    if ends_on < starts_on:
        raise ValidationError({"ends_on": _("Enter an end date after the start date.")})
    deliverable = fields.get("deliverable")
    if deliverable and deliverable.project_id != project.pk:
        raise ValidationError({"deliverable": _("Choose a deliverable of this project.")})
    return _save(row, fields)


@act("amoa.run_test", on="campaign")
def run_test(
    *, actor: User, campaign: AcceptanceCampaign, test: AcceptanceTest, result: Result, note: str = ""
) -> TestRun:
    """Record the result of one run, on the current version of the requirement. Runs are insert-only.

    A built requirement becomes verified once all its tests pass, and implemented again on a later failure. Raises
    MovedOn, and ValidationError on: a test that is retired or of another project ("test"); a result other than
    passed without a note ("note").
    """
    _ensure_open(campaign)
    project = campaign.project
    test = AcceptanceTest.objects.select_related("requirement").get(pk=test.pk)
    if test.retired or test.project_id != project.pk:
        raise ValidationError({"test": _("Choose a test of this project that is in use.")})
    if result != Result.PASSED and not note:
        raise ValidationError({"note": _("Describe what was seen.")})
    requirement = test.requirement
    run = TestRun.objects.create(
        project=project,
        campaign=campaign,
        test=test,
        version=requirement.version if requirement else None,
        result=result,
        note=note,
        run_by=actor,
        acted_at=act_time(),
    )
    if requirement:
        effects.update_verification(requirement)
    record_in_role(Act.RUN_TEST, run, detail=result, test=test.pk, campaign=campaign.number)
    return run


@act("amoa.report_defect", on="campaign")
def report_defect(
    *,
    actor: User,
    campaign: AcceptanceCampaign,
    severity: str,
    title: str,
    description: str = "",
    test: AcceptanceTest | None = None,
) -> Defect:
    """Report a defect in an open campaign, found by a test or otherwise.

    Raises ValidationError on a test of another project ("test"), and MovedOn.
    """
    _ensure_open(campaign)
    project = campaign.project
    if test and test.project_id != project.pk:
        raise ValidationError({"test": _("Choose a test of this project that is in use.")})
    defect = Defect.objects.create(
        project=project,
        number=project.defects.count() + 1,
        campaign=campaign,
        test=test,
        severity=severity,
        title=title,
        description=description,
        reported_by=actor,
        reported_at=act_time(),
    )
    record_in_role(Act.REPORT_DEFECT, defect, detail=severity)
    return defect


@act("amoa.correct_defect", on="defect")
def correct_defect(*, actor: User, defect: Defect, correction: str) -> Defect:
    """Record the provider's correction of an open defect; a tester closes or reopens it.

    Raises MovedOn.
    """
    _ensure_state(defect, CORRECTABLE)
    ensure_meaningful(correction=correction)
    defect.state, defect.correction, defect.corrected_at = DefectState.CORRECTED, correction, act_time()
    defect.save()
    record_in_role(Act.CORRECT_DEFECT, defect)
    return defect


@act("amoa.close_defect", on="defect")
def close_defect(*, actor: User, defect: Defect) -> Defect:
    """Close a defect that is gone, or was none. Raises MovedOn when it is closed already."""
    _ensure_state(defect, CLOSABLE)
    defect.state, defect.closed_at = DefectState.CLOSED, act_time()
    defect.save()
    record_in_role(Act.CLOSE_DEFECT, defect, detail=defect.state)
    return defect


@act("amoa.close_defect", on="defect")
def reopen_defect(*, actor: User, defect: Defect) -> Defect:
    """Reopen a corrected defect that still occurs. Raises MovedOn."""
    _ensure_state(defect, REOPENABLE)
    defect.state, defect.corrected_at = DefectState.OPEN, None
    defect.save()
    record_in_role(Act.CLOSE_DEFECT, defect, detail=defect.state)
    return defect


@act("amoa.close_campaign", on="campaign")
def close_campaign(*, actor: User, campaign: AcceptanceCampaign, seen: str = "") -> AcceptanceCampaign:
    """Close the campaign and freeze its report with a hash; the owner decides on that report.

    `seen` is the hash of the report that the actor read, if any. Raises Outdated on another one, NothingTested,
    MovedOn, and ValidationError on a regular-service check without its unavailability
    ("unavailability").
    """
    _ensure_open(campaign)
    if not campaign.runs.exists():
        raise NothingTested
    if campaign.stage == Stage.REGULAR_SERVICE and campaign.unavailability is None:
        raise ValidationError({"unavailability": _("Enter the share of time the service was unavailable.")})
    campaign.report = build_report_content(campaign)
    campaign.hash = content_hash(campaign.report)
    if seen and seen != campaign.hash:
        raise Outdated
    campaign.closed_at, campaign.closed_by = act_time(), actor
    campaign.save()
    record_in_role(Act.CLOSE_CAMPAIGN, campaign, detail=str(campaign.number), hash=campaign.hash)
    return campaign


def _draft_test(project: Project, code: str, gap: Untested) -> AcceptanceTest:
    """Build the test of a criterion: its title is the text of the criterion; a long one is what is expected too."""
    line = " ".join(gap.text.split())
    title = Truncator(line).chars(LONGEST_TITLE)
    expected = "" if title == line else gap.text
    return AcceptanceTest(
        project=project, code=code, title=title, requirement=gap.requirement, criterion=gap.number, expected=expected
    )


def _ensure_known(row: AcceptanceTest, fields: Mapping[str, Any]) -> None:
    """Refuse a requirement of another project, and a criterion that the requirement does not have."""
    requirement: Requirement | None = fields.get("requirement", row.requirement)
    if requirement and requirement.project_id != row.project_id:
        raise ValidationError({"requirement": _("Choose a requirement of this project.")})
    known = {entry["number"] for entry in requirement.criteria} if requirement else set()
    ensure_criterion(fields.get("criterion", row.criterion), known)


def _ensure_open(campaign: AcceptanceCampaign) -> None:
    """Raise MovedOn unless the campaign is open."""
    if campaign.is_closed:
        raise MovedOn(campaign)


def _ensure_state(defect: Defect, states: tuple[DefectState, ...]) -> None:
    """Raise MovedOn unless the defect is in one of these states."""
    if defect.state not in states:
        raise MovedOn(defect)


def _ensure_free(rows: Any, row: models.Model, fields: Mapping[str, Any], message: str) -> None:
    """Refuse a code in use on the project."""
    if not row.pk and rows.filter(code=fields["code"]).exists():
        raise ValidationError({"code": message})


def _save[M: (Deliverable, AcceptanceTest, AcceptanceCampaign)](row: M, fields: Mapping[str, Any]) -> M:
    """Save these fields and record the event, if anything changed."""
    if save_fields(row, {name: value for name, value in fields.items() if name != "code" or not row.pk}):
        record_in_role(Act.PLAN_ACCEPTANCE, row)
    return row


def _record_each(actor: User, project: Project, tests: Sequence[AcceptanceTest]) -> None:
    """Record one event for each test that was written."""
    if tests:
        role = role_code_of(actor, project)
        rows: list[tuple[AcceptanceTest, dict[str, Any]]] = [(test, {}) for test in tests]
        record_each(Act.PLAN_ACCEPTANCE, rows, project=project, role=role)
