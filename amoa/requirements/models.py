"""Models of requirements: versions, baselines and acceptance tests."""

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.contrib.postgres.search import SearchQuery, SearchVectorField, TrigramDistance
from django.db import models
from django.db.models import Func, Q, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from amoa.requirements.enums import Priority, RequirementKind, RequirementState, Verification
from amoa.requirements.guards import (
    ADDED_WITH_ITS_BASELINE,
    BORN_UNDECIDED,
    CARRIES_ITS_HASH,
    CARRIES_THE_HASH_OF_ITS_VERSIONS,
    CHANGES_BY_DECISION,
    CONTENT,
    DECIDED_BY_THE_OWNER,
    FOLLOWS_ITS_LIFE,
    FOLLOWS_THE_BASELINE_BEFORE,
    IS_OF_ITS_PROJECT,
    SERVES_ITS_PROJECT,
    TELLS_WHAT_APPROVED_IT,
)
from core.history import History, insert_only, never_deleted, protect_history
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from core.record.meaning import says_something
from core.record.sealing import SealedModel, content_hash
from core.words.labels import label_of
from projects.event_guards import leaves_an_event_of_its_project
from projects.impartiality.guards import refused_to_the_tied
from projects.project.models import Project
from projects.project.rows import ProjectRow, ProjectRowQuerySet, points_within_its_project, stays_on_its_project
from projects.seats.recipient_groups.enums import Degree
from roles.models import User

LONGEST_CODE, LONGEST_LINK = 30, 150
#: Columns of a version that hold lists.
LISTS = ("criteria", "recipients")
#: Trigram similarity from which two requirements are probable duplicates; only the start of a long text is compared.
ALIKE, LONGEST_COMPARED = 0.45, 2_000
SEARCHED_TEXT = Concat("title", Value(" "), "statement", output_field=models.TextField())


class RequirementQuerySet(ProjectRowQuerySet["Requirement"]):
    def needs(self) -> Self:
        """Filter the needs."""
        return self.filter(kind=RequirementKind.NEED)

    def requirements(self) -> Self:
        """Filter everything but needs."""
        return self.exclude(kind=RequirementKind.NEED)

    def in_force(self) -> Self:
        """Filter requirements with a version approved by the owner."""
        return self.filter(in_force__isnull=False)

    def serving(self, group: int) -> Self:
        """Filter requirements that serve this recipient group."""
        return self.filter(recipients__contains=[group])

    def saying(self, words: str) -> Self:
        """Filter by a code prefix or by full text, in French or in English."""
        condition = Q(code__istartswith=words)
        for config in ("public.ouvrage_fr", "public.ouvrage_en"):
            condition |= Q(words=SearchQuery(words, config=config, search_type="websearch"))
        return self.filter(condition)

    def like(self, text: str) -> Self:
        """Filter near duplicates of `text` by trigrams of title and statement, most similar first."""
        text = text[:LONGEST_COMPARED]
        # The GiST index returns this order without comparing every text.
        distance = TrigramDistance(SEARCHED_TEXT, text)
        near = self.alias(said=SEARCHED_TEXT, distance=distance).filter(said__trigram_similar=text)
        return near.filter(distance__lte=1 - ALIKE).order_by("distance")


class Requirement(ProjectRow):
    """A need or a requirement, in its working version.

    `version` numbers the working version and `state` is its state. `in_force` is the version the owner last approved;
    it stays in force while a later one is proposed. `criteria` is a list of {"number", "text"}; numbers are never
    reused. `recipients` are primary keys of recipient groups. `links` are references of proposals and decisions,
    codes of risks and names of documents.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="requirements", verbose_name=_("project"))
    code = models.CharField(_("code"), max_length=LONGEST_CODE)
    kind = models.CharField(_("kind"), max_length=14, choices=RequirementKind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("answers or refines")
    )
    title = models.CharField(_("title"), max_length=200)
    statement = models.TextField(_("statement"), blank=True)
    category = models.CharField(_("category"), max_length=60, blank=True)
    priority = models.CharField(_("priority"), max_length=6, choices=Priority, default=Priority.SHOULD)
    criticality = models.CharField(_("criticality"), max_length=6, choices=Degree, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    justification = models.TextField(_("justification"), blank=True)
    verification = models.CharField(_("verification method"), max_length=13, choices=Verification, blank=True)
    lot = models.CharField(_("lot"), max_length=40, blank=True)
    criteria = models.JSONField(_("acceptance criteria"), default=list, blank=True)
    recipients = ArrayField(models.BigIntegerField(), default=list, blank=True, verbose_name=_("recipients"))
    links = ArrayField(models.CharField(max_length=LONGEST_LINK), default=list, blank=True, verbose_name=_("links"))
    deliverable = models.ForeignKey(
        "amoa.Deliverable",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="requirements",
        verbose_name=_("deliverable"),
    )
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("author"))
    version = models.PositiveIntegerField(_("version"), default=1)
    state = models.CharField(_("state"), max_length=12, choices=RequirementState, default=RequirementState.DRAFT)
    in_force = models.ForeignKey(
        "amoa.RequirementVersion",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("version in force"),
    )
    changed_at = models.DateTimeField(_("changed"))
    words = models.GeneratedField(
        expression=Func(
            "code",
            "title",
            "statement",
            "source",
            "justification",
            "criteria",
            function="public.ouvrage_words",
            output_field=SearchVectorField(),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = RequirementQuerySet.as_manager()
    history = History(excluded_fields=["words"])
    get_kind_display = label_of(RequirementKind, "kind")
    get_priority_display = label_of(Priority, "priority")
    get_criticality_display = label_of(Degree, "criticality")
    get_verification_display = label_of(Verification, "verification")
    get_state_display = label_of(RequirementState, "state")

    class Meta:
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        indexes = (
            GinIndex(fields=["words"], name="requirement_words"),
            GinIndex(fields=["recipients"], name="requirement_recipients"),
            GistIndex(OpClass(SEARCHED_TEXT, name="gist_trgm_ops(siglen=256)"), name="requirement_text_trigrams"),
            models.Index(fields=["project", "state"], name="requirement_by_state"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["project", "code"],
                name="one_requirement_per_code_and_project",
                violation_error_message=_("This code is already used. Enter another code."),
            ),
            models.CheckConstraint(condition=~Q(title="") & ~Q(code=""), name="a_requirement_has_a_code_and_a_title"),
            models.CheckConstraint(
                condition=Q(kind__in=RequirementKind.values, priority__in=Priority.values),
                name="kind_and_priority_of_a_requirement_are_known",
            ),
            models.CheckConstraint(condition=Q(state__in=RequirementState.values), name="a_requirement_has_a_state"),
        )
        triggers = [
            *never_deleted("A requirement"),
            stays_on_its_project("code"),
            points_within_its_project(deliverable_id="amoa_deliverable", in_force_id="amoa_requirementversion"),
            BORN_UNDECIDED,
            FOLLOWS_ITS_LIFE,
            SERVES_ITS_PROJECT,
            refused_to_the_tied("NEW.author_id"),
            leaves_an_event_of_its_project(),
            DECIDED_BY_THE_OWNER,
            TELLS_WHAT_APPROVED_IT,
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.title}"

    def get_absolute_url(self) -> str:
        """Return the address of the requirement."""
        return reverse("amoa:requirements:requirement", args=[self.pk])

    @property
    def is_need(self) -> bool:
        """Return whether it is a need, not yet a requirement on the result."""
        return self.kind == RequirementKind.NEED

    @property
    def is_ahead(self) -> bool:
        """Return whether the working version differs from the one in force."""
        return self.in_force is not None and self.in_force.number != self.version

    def content(self) -> dict[str, Any]:
        """Return the content of the working version: strings, and lists of criteria and recipients."""
        plain: dict[str, Any] = {name: str(getattr(self, name)) for name in CONTENT if name not in LISTS}
        groups = [str(pk) for pk in sorted(self.recipients)]
        return {"code": self.code, **plain, "criteria": self.criteria, "recipients": groups}


class RequirementVersion(SealedModel, models.Model):
    """A version frozen with a baseline. `content` is `Requirement.content()`."""

    REPEATS = ("*",)

    project = models.ForeignKey(Project, models.PROTECT, related_name="+", verbose_name=_("project"))
    requirement = models.ForeignKey(Requirement, models.PROTECT, related_name="versions", verbose_name=_("requirement"))
    number = models.PositiveIntegerField(_("version"))
    content = models.JSONField(_("content"))
    hash = models.CharField(_("fingerprint"), max_length=64)

    objects = ProjectRowQuerySet["RequirementVersion"].as_manager()

    class Meta:
        verbose_name = _("version of a requirement")
        verbose_name_plural = _("versions of requirements")
        constraints = (models.UniqueConstraint(fields=["requirement", "number"], name="one_frozen_version_per_number"),)
        triggers = [
            *insert_only("A version of a requirement"),
            points_within_its_project(requirement_id="amoa_requirement"),
            CARRIES_ITS_HASH,
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return f"{self.requirement.code} ({self.number})"

    def sealed_content(self) -> dict[str, Any]:
        """Return the content it was frozen with."""
        content: dict[str, Any] = self.content
        return content


class RequirementBaseline(ActModel):
    """A frozen set of exact versions; a decision of the owner puts it in force (BaselineInForce)."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="baselines", verbose_name=_("project"))
    number = models.PositiveIntegerField(_("number"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    versions = models.ManyToManyField(
        RequirementVersion, through="BaselineEntry", related_name="baselines", verbose_name=_("versions")
    )
    hash = models.CharField(_("fingerprint"), max_length=64)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("frozen by"))

    objects = ProjectRowQuerySet["RequirementBaseline"].as_manager()

    class Meta:
        verbose_name = _("requirement baseline")
        verbose_name_plural = _("requirement baselines")
        constraints = (models.UniqueConstraint(fields=["project", "number"], name="one_baseline_per_number"),)
        triggers = [
            *insert_only("A baseline"),
            DATED_BY_THE_DATABASE,
            FOLLOWS_THE_BASELINE_BEFORE,
            CARRIES_THE_HASH_OF_ITS_VERSIONS,
            says_something("reason"),
            refused_to_the_tied("NEW.made_by_id"),
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return f"{self.project.code} {self.number}"

    def get_absolute_url(self) -> str:
        """Return the address of the baseline."""
        return reverse("amoa:requirements:baseline", args=[self.project.code, self.number])


class BaselineEntry(models.Model):
    """Membership of a version in a baseline."""

    baseline = models.ForeignKey(
        RequirementBaseline, models.PROTECT, related_name="entries", verbose_name=_("baseline")
    )
    version = models.ForeignKey(RequirementVersion, models.PROTECT, related_name="entries", verbose_name=_("version"))

    class Meta:
        verbose_name = _("entry of a baseline")
        verbose_name_plural = _("entries of baselines")
        constraints = (
            models.UniqueConstraint(fields=["baseline", "version"], name="one_entry_per_baseline_and_version"),
        )
        triggers = [*insert_only("An entry of a baseline"), ADDED_WITH_ITS_BASELINE]

    def __str__(self) -> str:
        return f"{self.baseline_id}: {self.version_id}"


class BaselineInForce(models.Model):
    """The baseline the owner last approved; null once that approval is undone."""

    project = models.OneToOneField(
        Project,
        models.PROTECT,
        related_name="baseline_in_force",
        verbose_name=_("project"),
    )
    baseline = models.ForeignKey(
        RequirementBaseline,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("requirement baseline in force"),
    )

    objects = ProjectRowQuerySet["BaselineInForce"].as_manager()
    history = History()

    class Meta:
        verbose_name = _("baseline in force")
        verbose_name_plural = _("baselines in force")
        triggers = [
            *never_deleted("The baseline in force"),
            stays_on_its_project(),
            IS_OF_ITS_PROJECT,
            CHANGES_BY_DECISION,
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.baseline_id}"


class AcceptanceTestQuerySet(ProjectRowQuerySet["AcceptanceTest"]):
    def in_use(self) -> Self:
        """Filter tests that are not retired."""
        return self.filter(retired=False)


class AcceptanceTest(models.Model):
    """A test of a requirement. `criterion` is the number of one criterion; empty means all of them."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="tests", verbose_name=_("project"))
    code = models.CharField(_("code"), max_length=30)
    requirement = models.ForeignKey(
        Requirement, models.PROTECT, null=True, blank=True, related_name="tests", verbose_name=_("requirement")
    )
    criterion = models.CharField(_("criterion"), max_length=4, blank=True)
    title = models.CharField(_("title"), max_length=200)
    steps = models.TextField(_("steps"), blank=True)
    expected = models.TextField(_("expected result"), blank=True)
    retired = models.BooleanField(_("retired"), default=False)

    objects = AcceptanceTestQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("acceptance test")
        verbose_name_plural = _("acceptance tests")
        constraints = (
            models.UniqueConstraint(
                fields=["project", "code"],
                name="one_test_per_code_and_project",
                violation_error_message=_("This code is already used. Enter another code."),
            ),
            models.CheckConstraint(condition=~Q(title="") & ~Q(code=""), name="a_test_has_a_code_and_a_title"),
        )
        triggers = [
            *never_deleted("An acceptance test"),
            stays_on_its_project("code"),
            points_within_its_project(requirement_id="amoa_requirement"),
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.title}"

    def get_absolute_url(self) -> str:
        """Return the address of the test."""
        return reverse("amoa:acceptance:acceptance_test", args=[self.pk])


protect_history(Requirement, AcceptanceTest, BaselineInForce)


def get_baseline_in_force(project: Project) -> RequirementBaseline | None:
    """Return the baseline in force. No query on a project read with select_related("baseline_in_force__baseline")."""
    row: BaselineInForce | None = getattr(project, "baseline_in_force", None)
    return row.baseline if row else None


def hash_baseline(number: int, versions: list[tuple[str, int, str]]) -> str:
    """Return the fingerprint of a baseline: its number and each (code, version, hash), by code."""
    listed = [[code, str(version), fingerprint] for code, version, fingerprint in sorted(versions)]
    return content_hash({"number": str(number), "versions": listed})
