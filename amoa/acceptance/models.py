"""Models of acceptance (recette): deliverables, campaigns, test runs and defects."""

from typing import Any, Self

import pgtrigger
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from amoa.acceptance.enums import MOST_UNAVAILABLE, DefectState, Result, Severity, Stage
from amoa.acceptance.guards import CLOSED_ONCE, DEFECT_FOLLOWS_ITS_LIFE, RUN_WHILE_OPEN
from amoa.requirements.models import AcceptanceTest
from core.access import Text
from core.history import History, insert_only, never_deleted, protect_history
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from core.record.meaning import says_something
from projects.event_guards import leaves_an_event_of_its_project
from projects.project.models import Project
from projects.project.rows import ProjectRow, ProjectRowQuerySet, points_within_its_project, stays_on_its_project
from roles.models import User


class Deliverable(models.Model):
    """A delivery of the provider, with its lot and dates."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="deliverables", verbose_name=_("project"))
    code = models.CharField(_("code"), max_length=30)
    name = models.CharField(_("name"), max_length=200)
    lot = models.CharField(_("lot"), max_length=40, blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    delivered_on = models.DateField(_("delivered"), null=True, blank=True)

    objects = ProjectRowQuerySet["Deliverable"].as_manager()
    history = History()

    class Meta:
        verbose_name = _("deliverable")
        verbose_name_plural = _("deliverables")
        constraints = (
            models.UniqueConstraint(
                fields=["project", "code"],
                name="one_deliverable_per_code_and_project",
                violation_error_message=_("This code is already used. Enter another code."),
            ),
        )
        triggers = [
            *never_deleted("A deliverable"),
            stays_on_its_project("code"),
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.name}"


class AcceptanceCampaign(ProjectRow):
    """A series of test runs.

    Closing it freezes its `report` with its hash; the owner decides on that report. `report` holds the last result of
    each test and the unsettled defects, as plain strings. `unavailability` is in per cent of the observed time of a
    regular-service check.
    """

    REPEATS = ("report",)

    project = models.ForeignKey(Project, models.PROTECT, related_name="campaigns", verbose_name=_("project"))
    number = models.PositiveIntegerField(_("number"))
    stage = models.CharField(_("stage"), max_length=15, choices=Stage)
    title = models.CharField(_("title"), max_length=200)
    deliverable = models.ForeignKey(
        Deliverable, models.PROTECT, null=True, blank=True, related_name="campaigns", verbose_name=_("deliverable")
    )
    starts_on = models.DateField(_("start"))
    ends_on = models.DateField(_("end"))
    unavailability = models.DecimalField(_("unavailability (%)"), max_digits=5, decimal_places=2, null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("closed by")
    )
    report = models.JSONField(_("report"), null=True, blank=True)
    hash = models.CharField(_("fingerprint"), max_length=64, blank=True)

    objects = ProjectRowQuerySet["AcceptanceCampaign"].as_manager()
    history = History()

    class Meta:
        verbose_name = _("acceptance campaign")
        verbose_name_plural = _("acceptance campaigns")
        constraints = (
            models.UniqueConstraint(fields=["project", "number"], name="one_campaign_per_number"),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="a_campaign_has_a_known_stage"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="a_campaign_ends_after_it_starts",
                violation_error_message=_("Enter an end date after the start date."),
            ),
            models.CheckConstraint(
                condition=Q(unavailability__isnull=True) | Q(unavailability__gte=0, unavailability__lte=100),
                name="unavailability_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, report__isnull=True, hash="")
                | Q(closed_at__isnull=False, closed_by__isnull=False, report__isnull=False),
                name="a_closed_campaign_has_its_report",
            ),
        )
        triggers = [
            *never_deleted("An acceptance campaign"),
            stays_on_its_project("number"),
            points_within_its_project(deliverable_id="amoa_deliverable"),
            CLOSED_ONCE,
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the address of the campaign."""
        return reverse("amoa:acceptance:campaign", args=[self.pk])

    @property
    def moved_on(self) -> tuple[Text, Text, Text]:
        """Return why it takes no more results (core.pages.refusals.exceptions)."""
        text = _("Nothing is added to a closed campaign. Open another one.")
        return _("The campaign is closed"), text, _("Read the campaign")

    @property
    def is_closed(self) -> bool:
        """Return whether the campaign takes no more results."""
        return self.closed_at is not None

    @property
    def measures_service(self) -> bool:
        """Return whether the campaign measures the unavailability of the service."""
        return self.stage == Stage.REGULAR_SERVICE or self.unavailability is not None

    @property
    def is_regular(self) -> bool | None:
        """Return whether the service was available enough; None when it was not measured."""
        return None if self.unavailability is None else self.unavailability <= MOST_UNAVAILABLE


class TestRunQuerySet(ProjectRowQuerySet["TestRun"]):
    def latest_of_each_test(self) -> Self:
        """Keep the last run of each test."""
        return self.order_by("test", "-pk").distinct("test")


class TestRun(ActModel):
    """One run of a test in a campaign, on one version of its requirement. Insert-only."""

    __test__ = False  # keeps pytest from collecting it
    ERASABLE = ("note",)

    project = models.ForeignKey(Project, models.PROTECT, related_name="runs", verbose_name=_("project"))
    campaign = models.ForeignKey(AcceptanceCampaign, models.PROTECT, related_name="runs", verbose_name=_("campaign"))
    test = models.ForeignKey(AcceptanceTest, models.PROTECT, related_name="runs", verbose_name=_("test"))
    version = models.PositiveIntegerField(_("version of the requirement"), null=True, blank=True)
    result = models.CharField(_("result"), max_length=7, choices=Result)
    note = models.TextField(_("what was seen"), blank=True)
    run_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("run by"))

    objects = TestRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("test run")
        verbose_name_plural = _("test runs")
        indexes = (models.Index(fields=["test", "-id"], name="run_by_test"),)
        constraints = (
            models.CheckConstraint(condition=Q(result__in=Result.values), name="a_run_has_a_known_result"),
            models.CheckConstraint(
                condition=Q(result=Result.PASSED) | ~Q(note=""), name="a_run_that_did_not_pass_says_what_was_seen"
            ),
        )
        triggers = [
            *insert_only("A test run"),
            DATED_BY_THE_DATABASE,
            points_within_its_project(campaign_id="amoa_acceptancecampaign", test_id="amoa_acceptancetest"),
            RUN_WHILE_OPEN,
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return f"{self.test_id}: {self.result}"


class DefectQuerySet(ProjectRowQuerySet["Defect"]):
    def unsettled(self) -> Self:
        """Filter open and corrected defects."""
        return self.exclude(state=DefectState.CLOSED)

    def worst_first(self) -> Self:
        """Order by severity, then by number."""
        ranks = [When(severity=severity, then=Value(rank)) for rank, severity in enumerate(Severity)]
        return self.order_by(Case(*ranks), "number")


class Defect(ProjectRow):
    """A defect found by a test or otherwise: reported and closed by testers, corrected by the provider."""

    ERASABLE = ("description", "correction")

    project = models.ForeignKey(Project, models.PROTECT, related_name="defects", verbose_name=_("project"))
    number = models.PositiveIntegerField(_("number"))
    campaign = models.ForeignKey(AcceptanceCampaign, models.PROTECT, related_name="defects", verbose_name=_("campaign"))
    test = models.ForeignKey(
        AcceptanceTest, models.PROTECT, null=True, blank=True, related_name="defects", verbose_name=_("test")
    )
    severity = models.CharField(_("severity"), max_length=8, choices=Severity)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    state = models.CharField(_("state"), max_length=9, choices=DefectState, default=DefectState.OPEN)
    reported_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("reported by"))
    reported_at = models.DateTimeField(_("reported"))
    correction = models.TextField(_("correction"), blank=True)
    corrected_at = models.DateTimeField(_("corrected"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = DefectQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("defect")
        verbose_name_plural = _("defects")
        constraints = (
            models.UniqueConstraint(fields=["project", "number"], name="one_defect_per_number"),
            models.CheckConstraint(condition=Q(severity__in=Severity.values), name="a_defect_has_a_known_severity"),
            models.CheckConstraint(condition=~Q(title=""), name="a_defect_has_a_title"),
            models.CheckConstraint(
                condition=~Q(state=DefectState.CORRECTED) | ~Q(correction=""), name="a_correction_says_what_was_done"
            ),
        )
        triggers = [
            *never_deleted("A defect"),
            stays_on_its_project("number", "campaign_id", "reported_by_id", "reported_at"),
            points_within_its_project(campaign_id="amoa_acceptancecampaign", test_id="amoa_acceptancetest"),
            DEFECT_FOLLOWS_ITS_LIFE,
            says_something("correction", operation=pgtrigger.Insert | pgtrigger.Update),
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return f"{self.reference} · {self.title}"

    def get_absolute_url(self) -> str:
        """Return the address of the defect."""
        return reverse("amoa:acceptance:defect", args=[self.pk])

    @property
    def moved_on(self) -> tuple[Text, Text, Text]:
        """Return its present state (core.pages.refusals.exceptions)."""
        text = _("It is “%(state)s” now.") % {"state": self.get_state_display()}
        return _("The defect has changed"), text, _("Read the defect as it is now")

    @property
    def reference(self) -> str:
        """Return the readable reference, such as DEF-03."""
        return f"DEF-{self.number:02d}"

    def to_report_row(self) -> list[str]:
        """Return the columns of the defect in a report."""
        return [self.reference, str(self.severity), str(self.state), self.title]


def list_campaign_tests(campaign: AcceptanceCampaign) -> models.QuerySet[AcceptanceTest]:
    """Return the tests of a campaign: those run in it and, while it is open, those in use.

    A campaign on a deliverable takes only the tests of its requirements, once any requirement names it.
    """
    tests = campaign.project.tests.all()
    run = Q(pk__in=campaign.runs.values("test"))
    if campaign.is_closed:
        return tests.filter(run)
    meant = Q(retired=False)
    if campaign.deliverable_id and campaign.project.requirements.filter(deliverable=campaign.deliverable_id).exists():
        meant &= Q(requirement__deliverable=campaign.deliverable_id)
    return tests.filter(meant | run)


def list_tests_not_run(campaign: AcceptanceCampaign) -> models.QuerySet[AcceptanceTest]:
    """Return the tests of an open campaign that have no result in it."""
    return list_campaign_tests(campaign).exclude(pk__in=campaign.runs.values("test"))


def build_report_content(campaign: AcceptanceCampaign) -> dict[str, Any]:
    """Build the report of an open campaign: last results, tests not run, unsettled defects."""
    runs = campaign.runs.latest_of_each_test().select_related("test__requirement")
    results = [
        [
            run.test.code,
            run.test.requirement.code if run.test.requirement else "",
            str(run.version or ""),
            str(run.result),
        ]
        for run in runs
    ]
    defects = campaign.defects.unsettled().order_by("number")
    return {
        "number": str(campaign.number),
        "stage": str(campaign.stage),
        "unavailability": str(campaign.unavailability if campaign.unavailability is not None else ""),
        "results": sorted(results),
        "not_run": [
            [test.code, test.requirement.code if test.requirement else ""]
            for test in list_tests_not_run(campaign).select_related("requirement").order_by("code")
        ],
        "defects": [defect.to_report_row() for defect in defects],
    }


protect_history(Deliverable, AcceptanceCampaign, Defect)
