"""Models of the risk register: scales, risks, ratings, actions, reviews, acceptances, issues."""

from datetime import date
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.access import Text
from core.history import History, insert_only, never_deleted, protect_history
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from core.sql.compiled_sql import Day
from pmo.registers.risks.enums import (
    DEFAULT,
    OPEN,
    TO_OPPORTUNITIES,
    TO_THREATS,
    UNSETTLED,
    Band,
    Category,
    Degree,
    Grades,
    IssueState,
    Proximity,
    Rated,
    Response,
    RiskStatus,
    Size,
)
from pmo.registers.risks.guards import (
    ACCEPTED_BY_THE_OWNER,
    DECIDED_BY_THE_OWNER,
    ENDS_AFTER_IT_BEGINS,
    FOLLOWS_ITS_LIFE,
    HAPPENED_AS_AN_ISSUE,
    ISSUE_FOLLOWS_ITS_LIFE,
    KEEPS_EVERY_RATING,
    STAYS_AT_WHAT_WAS_ACCEPTED,
    TELLS_WHAT_ACCEPTED_IT,
    rated_on_its_scale,
)
from projects.event_guards import leaves_an_event_of_its_project
from projects.project.models import Project
from projects.project.rows import ProjectRow, ProjectRowQuerySet, points_within_its_project, stays_on_its_project
from roles.models import User


class RiskScaleQuerySet(ProjectRowQuerySet["RiskScale"]):
    def in_force_for(self, project: Project) -> "RiskScale | None":
        """Return the newest scale of `project`, else of the nearest parent; None means the default."""
        near = {"project": 0, "project__children": 1, "project__children__children": 2}
        at = Case(*(When(**{name: project.pk}, then=Value(step)) for name, step in near.items()), default=Value(3))
        mine = Q(*((name, project.pk) for name in near), _connector=Q.OR)
        return self.filter(mine).annotate(step=at).order_by("step", "-number").first()


class RiskScale(ActModel):
    """Grades of likelihood and impact for a project and everything below it; levels are products.

    Versions never change: existing ratings keep the version they were given on.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="risk_scales", verbose_name=_("project"))
    number = models.PositiveIntegerField(_("version"))
    size = models.PositiveSmallIntegerField(_("number of grades"))
    likelihood_fr = ArrayField(models.CharField(max_length=40), verbose_name=_("grades of likelihood in French"))
    likelihood_en = ArrayField(models.CharField(max_length=40), verbose_name=_("grades of likelihood in English"))
    impact_fr = ArrayField(models.CharField(max_length=40), verbose_name=_("grades of impact in French"))
    impact_en = ArrayField(models.CharField(max_length=40), verbose_name=_("grades of impact in English"))
    amber_from = models.PositiveSmallIntegerField(_("amber from"))
    red_from = models.PositiveSmallIntegerField(_("red from"))
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("set by"))

    objects = RiskScaleQuerySet.as_manager()

    class Meta:
        verbose_name = _("risk scale")
        verbose_name_plural = _("risk scales")
        constraints = (
            models.UniqueConstraint(fields=["project", "number"], name="one_risk_scale_per_number"),
            models.CheckConstraint(condition=Q(size__in=[4, 5]), name="a_risk_scale_has_four_or_five_grades"),
            models.CheckConstraint(
                condition=Q(amber_from__gt=1, amber_from__lt=F("red_from"), red_from__lte=F("size") * F("size")),
                name="green_amber_and_red_follow_each_other",
            ),
            models.CheckConstraint(
                condition=Q(
                    likelihood_fr__len=F("size"),
                    likelihood_en__len=F("size"),
                    impact_fr__len=F("size"),
                    impact_en__len=F("size"),
                ),
                name="each_grade_of_risk_has_its_words",
            ),
        )
        triggers = [
            *insert_only("A risk scale"),
            DATED_BY_THE_DATABASE,
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return f"{self.size} × {self.size}, {self.number}"

    @property
    def grades(self) -> Grades:
        """Return the scale as plain values."""
        return Grades(
            size=self.size,
            likelihood_fr=tuple(self.likelihood_fr),
            likelihood_en=tuple(self.likelihood_en),
            impact_fr=tuple(self.impact_fr),
            impact_en=tuple(self.impact_en),
            amber_from=self.amber_from,
            red_from=self.red_from,
        )


def band_of(level: int, grades: Grades) -> Band:
    """Return the band of a level."""
    if level >= grades.red_from:
        return Band.RED
    return Band.AMBER if level >= grades.amber_from else Band.GREEN


def accepted_on(day: Day) -> Q:
    """Build the condition that an acceptance covers the risk on that day. The only definition for queries."""
    return Q(status=RiskStatus.ACCEPTED, acceptance__valid_until__gte=day)


def overdue_on(day: date) -> Q:
    """Build the condition that a review was due before that day and is still missing."""
    return Q(review_on__lt=day) & (Q(reviewed_on=None) | Q(reviewed_on__lt=F("review_on")))


LEVEL = F("likelihood") * F("impact")
RESIDUAL = F("residual_likelihood") * F("residual_impact")
AMBER_FROM = Coalesce(F("scale__amber_from"), Value(DEFAULT.amber_from))
RED_FROM = Coalesce(F("scale__red_from"), Value(DEFAULT.red_from))


def unaccepted_on(day: Day) -> Q:
    """Build the condition: threat, not green by its residual level, not accepted on that day.

    Needs `with_levels()`; apply it to open risks.
    """
    return Q(opportunity=False) & ~Q(band_now=Band.GREEN) & ~accepted_on(day)


def red_and_unaccepted(on: Day) -> Q:
    """Build the condition: threat, red by its residual level, not accepted on that day.

    Needs `with_levels()`; apply it to open risks.
    """
    # By its level: PostgreSQL takes one row in 200 for equal to a band, and then reads all scales for each.
    return Q(level_now__gte=RED_FROM) & unaccepted_on(on)


class RiskQuerySet(ProjectRowQuerySet["Risk"]):
    def open(self) -> Self:
        """Filter to risks that may still happen."""
        return self.filter(status__in=OPEN)

    def threats(self) -> Self:
        """Exclude opportunities: their levels are no exposure of the owner."""
        return self.filter(opportunity=False)

    def with_levels(self) -> Self:
        """Annotate `level_initial`, `level_now` (residual, else initial) and `band_now`."""
        return self.annotate(level_initial=LEVEL, level_now=Coalesce(RESIDUAL, LEVEL)).annotate(
            band_now=Case(
                When(level_now__gte=RED_FROM, then=Value(Band.RED)),
                When(level_now__gte=AMBER_FROM, then=Value(Band.AMBER)),
                default=Value(Band.GREEN),
            )
        )

    def in_band(self, band: str, level: str) -> Self:
        """Filter by the band of the annotated `level`, each on its own scale."""
        rows = self
        if band != Band.RED:
            rows = rows.filter(**{f"{level}__lt": AMBER_FROM if band == Band.GREEN else RED_FROM})
        if band != Band.GREEN:
            rows = rows.filter(**{f"{level}__gte": AMBER_FROM if band == Band.AMBER else RED_FROM})
        return rows

    def red_and_unaccepted(self, on: Day) -> Self:
        """Filter to open threats that are red by their residual level and not accepted on that day."""
        return self.open().with_levels().filter(red_and_unaccepted(on))

    def unaccepted(self, on: date) -> Self:
        """Filter to open threats above green by their residual level and not accepted on that day."""
        return self.open().with_levels().filter(unaccepted_on(on))

    def overdue(self, on: date) -> Self:
        """Filter to open risks whose review was due before that day and is missing."""
        return self.open().filter(overdue_on(on))


class Risk(ProjectRow):
    """Risk: cause → event → effect, with initial and residual ratings.

    `scale` is the one it is rated on; None means the default. `acceptance` is the owner's acceptance in force.
    `requirements` holds codes. Opportunities are graded likewise, with responses of their own.
    """

    LOCKED_WITH = ("scale", "acceptance")

    ERASABLE = ("cause", "event", "effect")

    project = models.ForeignKey(Project, models.PROTECT, related_name="risks", verbose_name=_("project"))
    code = models.CharField(_("code"), max_length=30)
    title = models.CharField(_("title"), max_length=200)
    opportunity = models.BooleanField(_("opportunity"), default=False)
    cause = models.TextField(_("cause"))
    event = models.TextField(_("event"))
    effect = models.TextField(_("effect"))
    category = models.CharField(_("category"), max_length=8, choices=Category)
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("raised by"))
    raised_by_role = models.CharField(_("role that raised it"), max_length=30)
    raised_at = models.DateTimeField(_("raised"))
    owner_role = models.CharField(_("role that answers for it"), max_length=30, blank=True)
    scale = models.ForeignKey(
        RiskScale, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("scale")
    )
    likelihood = models.PositiveSmallIntegerField(_("likelihood"))
    impact = models.PositiveSmallIntegerField(_("impact"))
    residual_likelihood = models.PositiveSmallIntegerField(_("residual likelihood"), null=True, blank=True)
    residual_impact = models.PositiveSmallIntegerField(_("residual impact"), null=True, blank=True)
    response = models.CharField(_("response"), max_length=8, choices=Response, blank=True)
    proximity = models.CharField(_("proximity"), max_length=8, choices=Proximity, blank=True)
    requirements = ArrayField(models.CharField(max_length=30), default=list, blank=True, verbose_name=_("requirements"))
    status = models.CharField(_("status"), max_length=12, choices=RiskStatus, default=RiskStatus.PROPOSED)
    acceptance = models.ForeignKey(
        "RiskAcceptance", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("acceptance")
    )
    review_on = models.DateField(_("next review"), null=True, blank=True)
    reviewed_on = models.DateField(_("last review"), null=True, blank=True)

    objects = RiskQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("risk")
        verbose_name_plural = _("risks")
        constraints = (
            models.UniqueConstraint(
                fields=["project", "code"],
                name="one_risk_per_code_and_project",
                violation_error_message=_("This code is already used. Enter another code."),
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(cause="") & ~Q(event="") & ~Q(effect=""),
                name="a_risk_says_cause_event_and_effect",
            ),
            models.CheckConstraint(condition=Q(category__in=Category.values), name="a_risk_has_a_known_category"),
            models.CheckConstraint(condition=Q(status__in=RiskStatus.values), name="a_risk_has_a_known_status"),
            models.CheckConstraint(
                condition=Q(proximity__in=["", *Proximity.values]), name="a_risk_has_a_known_proximity"
            ),
            models.CheckConstraint(
                condition=Q(response="")
                | Q(opportunity=False, response__in=TO_THREATS)
                | Q(opportunity=True, response__in=TO_OPPORTUNITIES),
                name="a_risk_is_answered_as_what_it_is",
            ),
            models.CheckConstraint(
                condition=Q(likelihood__gte=1, impact__gte=1)
                & (
                    Q(residual_likelihood__isnull=True, residual_impact__isnull=True)
                    | Q(
                        residual_likelihood__isnull=False,
                        residual_likelihood__gte=1,
                        residual_impact__isnull=False,
                        residual_impact__gte=1,
                    )
                ),
                name="a_risk_is_rated_in_both_ways",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[RiskStatus.TREATED, RiskStatus.ACCEPTED]) | ~Q(response=""),
                name="a_risk_is_treated_by_a_response",
            ),
        )
        triggers = [
            *never_deleted("A risk"),
            stays_on_its_project("code", "raised_by_id", "raised_by_role", "raised_at"),
            points_within_its_project(acceptance_id="pmo_riskacceptance"),
            rated_on_its_scale("likelihood", "impact", "residual_likelihood", "residual_impact"),
            FOLLOWS_ITS_LIFE,
            STAYS_AT_WHAT_WAS_ACCEPTED,
            KEEPS_EVERY_RATING,
            HAPPENED_AS_AN_ISSUE,
            leaves_an_event_of_its_project(),
            ACCEPTED_BY_THE_OWNER,
            TELLS_WHAT_ACCEPTED_IT,
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.title}"

    def get_absolute_url(self) -> str:
        """Return the URL of the risk."""
        return reverse("pmo:risks:risk", args=[self.pk])

    @property
    def moved_on(self) -> tuple[Text, Text, Text]:
        """Return its present status (core.pages.refusals.exceptions)."""
        text = _("It is “%(status)s” now.") % {"status": self.get_status_display()}
        return _("The risk has changed"), text, _("Read the risk as it is now")

    @property
    def reference(self) -> str:
        """Return its code, the reference of a risk."""
        return self.code

    @property
    def grades(self) -> Grades:
        """Return the scale it is rated on."""
        return self.scale.grades if self.scale else DEFAULT

    @property
    def level(self) -> int:
        """Return the initial level."""
        return self.likelihood * self.impact

    @property
    def rating(self) -> tuple[int, int]:
        """Return the current likelihood and impact: residual, else initial."""
        if self.residual_likelihood is None or self.residual_impact is None:
            return self.likelihood, self.impact
        return self.residual_likelihood, self.residual_impact

    @property
    def residual_level(self) -> int:
        """Return the current level: residual, else initial."""
        likelihood, impact = self.rating
        return likelihood * impact

    @property
    def band(self) -> Band:
        """Return the band of the initial level."""
        return band_of(self.level, self.grades)

    @property
    def residual_band(self) -> Band:
        """Return the band of the current level."""
        return band_of(self.residual_level, self.grades)

    @property
    def needs_owner(self) -> bool:
        """Tell whether only the owner may accept it; the keeper of the register may accept green ones."""
        return self.residual_band != Band.GREEN

    @property
    def is_open(self) -> bool:
        """Tell whether it may still happen."""
        return self.status in OPEN

    @property
    def is_overdue(self) -> bool:
        """Tell whether its review was due before today and is missing."""
        if not self.is_open or self.review_on is None or self.review_on >= timezone.localdate():
            return False
        return self.reviewed_on is None or self.reviewed_on < self.review_on

    @property
    def is_expired(self) -> bool:
        """Tell whether its acceptance has expired; it counts as unaccepted again."""
        return self.acceptance is not None and self.acceptance.valid_until < timezone.localdate()


class RiskRating(ActModel):
    """Rating of a risk, insert-only: exposure over time is computed from these rows."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="risk_ratings", verbose_name=_("project"))
    risk = models.ForeignKey(Risk, models.PROTECT, related_name="ratings", verbose_name=_("risk"))
    kind = models.CharField(_("kind"), max_length=8, choices=Rated)
    likelihood = models.PositiveSmallIntegerField(_("likelihood"))
    impact = models.PositiveSmallIntegerField(_("impact"))
    scale = models.ForeignKey(
        RiskScale, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("scale")
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    role = models.CharField(_("role"), max_length=30, blank=True)

    objects = ProjectRowQuerySet["RiskRating"].as_manager()

    class Meta:
        verbose_name = _("rating of a risk")
        verbose_name_plural = _("ratings of risks")
        indexes = (models.Index(fields=["risk", "kind", "-id"], name="rating_by_risk"),)
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=Rated.values), name="a_rating_is_initial_or_residual"),
            models.CheckConstraint(condition=Q(likelihood__gte=1, impact__gte=1), name="a_rating_starts_at_one"),
        )
        triggers = [
            *insert_only("A rating"),
            DATED_BY_THE_DATABASE,
            points_within_its_project(risk_id="pmo_risk"),
            rated_on_its_scale("likelihood", "impact"),
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return f"{self.likelihood} × {self.impact}"

    @property
    def level(self) -> int:
        """Return likelihood × impact."""
        return self.likelihood * self.impact

    @property
    def band(self) -> Band:
        """Return the band on the scale of this rating."""
        return band_of(self.level, self.scale.grades if self.scale else DEFAULT)


class RiskAction(models.Model):
    """Action on a risk, with role and due date."""

    ERASABLE = ("text",)

    project = models.ForeignKey(Project, models.PROTECT, related_name="risk_actions", verbose_name=_("project"))
    risk = models.ForeignKey(Risk, models.PROTECT, related_name="actions", verbose_name=_("risk"))
    text = models.TextField(_("what is done"))
    role = models.CharField(_("role"), max_length=30)
    due_on = models.DateField(_("due"))
    done_on = models.DateField(_("done"), null=True, blank=True)

    objects = ProjectRowQuerySet["RiskAction"].as_manager()
    history = History()

    class Meta:
        verbose_name = _("action on a risk")
        verbose_name_plural = _("actions on risks")
        constraints = (
            models.CheckConstraint(condition=~Q(text="") & ~Q(role=""), name="an_action_on_a_risk_says_what_and_who"),
        )
        triggers = [
            *never_deleted("An action on a risk"),
            stays_on_its_project("risk_id"),
            points_within_its_project(risk_id="pmo_risk"),
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_late(self) -> bool:
        """Tell whether it is overdue."""
        return self.done_on is None and self.due_on < timezone.localdate()


class RiskReview(ActModel):
    """Review of a risk; the monthly review of the register adds one per open risk."""

    ERASABLE = ("note",)

    project = models.ForeignKey(Project, models.PROTECT, related_name="risk_reviews", verbose_name=_("project"))
    risk = models.ForeignKey(Risk, models.PROTECT, related_name="reviews", verbose_name=_("risk"))
    note = models.TextField(_("note"), blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    role = models.CharField(_("role"), max_length=30, blank=True)

    objects = ProjectRowQuerySet["RiskReview"].as_manager()

    class Meta:
        verbose_name = _("review of a risk")
        verbose_name_plural = _("reviews of risks")
        indexes = (models.Index(fields=["risk", "-id"], name="review_by_risk"),)
        triggers = [
            *insert_only("A review"),
            DATED_BY_THE_DATABASE,
            points_within_its_project(risk_id="pmo_risk"),
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return f"{self.risk_id}: {self.acted_at:%Y-%m-%d}"


class RiskAcceptance(ActModel):
    """Acceptance of a risk by decision (R9): exactly this rating, until a day (inclusive).

    `indicator` is watched meanwhile, `trigger` reopens the question. It never renews itself.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="risk_acceptances", verbose_name=_("project"))
    risk = models.ForeignKey(Risk, models.PROTECT, related_name="acceptances", verbose_name=_("risk"))
    likelihood = models.PositiveSmallIntegerField(_("likelihood"))
    impact = models.PositiveSmallIntegerField(_("impact"))
    scale = models.ForeignKey(
        RiskScale, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("scale")
    )
    valid_until = models.DateField(_("valid until"))
    indicator = models.TextField(_("watch indicator"))
    trigger = models.TextField(_("what reopens it"))

    objects = ProjectRowQuerySet["RiskAcceptance"].as_manager()

    class Meta:
        verbose_name = _("risk acceptance")
        verbose_name_plural = _("risk acceptances")
        constraints = (
            models.CheckConstraint(
                condition=~Q(indicator="") & ~Q(trigger=""), name="an_acceptance_says_what_is_watched"
            ),
        )
        triggers = [
            *insert_only("A risk acceptance"),
            DATED_BY_THE_DATABASE,
            points_within_its_project(risk_id="pmo_risk"),
            rated_on_its_scale("likelihood", "impact"),
            ENDS_AFTER_IT_BEGINS,
            leaves_an_event_of_its_project(),
            DECIDED_BY_THE_OWNER,
        ]

    def __str__(self) -> str:
        return f"{self.likelihood} × {self.impact} → {self.valid_until}"

    @property
    def level(self) -> int:
        """Return the accepted level."""
        return self.likelihood * self.impact

    @property
    def band(self) -> Band:
        """Return the band of the accepted level."""
        return band_of(self.level, self.scale.grades if self.scale else DEFAULT)


class IssueQuerySet(ProjectRowQuerySet["Issue"]):
    def unsettled(self) -> Self:
        """Filter to open or postponed issues."""
        return self.filter(state__in=UNSETTLED)


class Issue(ProjectRow):
    """Issue: a risk that materialised, or an unforeseen event."""

    ERASABLE = ("problem", "resolution")

    project = models.ForeignKey(Project, models.PROTECT, related_name="issues", verbose_name=_("project"))
    number = models.PositiveIntegerField(_("number"))
    risk = models.ForeignKey(Risk, models.PROTECT, null=True, blank=True, related_name="issues", verbose_name=_("risk"))
    title = models.CharField(_("title"), max_length=200)
    problem = models.TextField(_("problem"), blank=True)
    urgency = models.CharField(_("urgency"), max_length=6, choices=Degree)
    impact = models.CharField(_("impact"), max_length=6, choices=Degree)
    size = models.CharField(_("size"), max_length=6, choices=Size)
    owner_role = models.CharField(_("role that answers for it"), max_length=30, blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=IssueState, default=IssueState.OPEN)
    resolution = models.TextField(_("resolution"), blank=True)
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("raised by"))
    raised_by_role = models.CharField(_("role that raised it"), max_length=30)
    raised_at = models.DateTimeField(_("raised"))

    objects = IssueQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        constraints = (
            models.UniqueConstraint(fields=["project", "number"], name="one_issue_per_number"),
            models.CheckConstraint(condition=~Q(title=""), name="an_issue_has_a_title"),
            models.CheckConstraint(
                condition=Q(urgency__in=Degree.values, impact__in=Degree.values, size__in=Size.values),
                name="an_issue_has_known_degrees",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[IssueState.RESOLVED, IssueState.CLOSED]) | ~Q(resolution=""),
                name="a_settled_issue_says_how",
            ),
        )
        triggers = [
            *never_deleted("An issue"),
            stays_on_its_project("number", "risk_id", "raised_by_id", "raised_by_role", "raised_at"),
            points_within_its_project(risk_id="pmo_risk"),
            ISSUE_FOLLOWS_ITS_LIFE,
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return f"{self.reference} · {self.title}"

    def get_absolute_url(self) -> str:
        """Return the URL of the issue."""
        return reverse("pmo:risks:issue", args=[self.pk])

    @property
    def moved_on(self) -> tuple[Text, Text, Text]:
        """Return its present state (core.pages.refusals.exceptions)."""
        text = _("It is “%(state)s” now.") % {"state": self.get_state_display()}
        return _("The issue has changed"), text, _("Read the issue as it is now")

    @property
    def reference(self) -> str:
        """Return the reference, such as ISS-03."""
        return f"ISS-{self.number:02d}"

    @property
    def is_closed(self) -> bool:
        """Tell whether it is closed."""
        return self.state == IssueState.CLOSED

    @property
    def is_late(self) -> bool:
        """Tell whether it is overdue."""
        return self.state in UNSETTLED and self.due_on is not None and self.due_on < timezone.localdate()


def grades_in_force(scale: RiskScale | None) -> Grades:
    """Return the scale as plain values, or the default."""
    return scale.grades if scale else DEFAULT


def rating_facts(risk: Risk) -> dict[str, Any]:
    """Return the current ratings for a ledger event: codes and numbers only."""
    likelihood, impact = risk.rating
    return {"rating": f"{risk.likelihood}x{risk.impact}", "residual": f"{likelihood}x{impact}"}


protect_history(Risk, RiskAction, Issue)
