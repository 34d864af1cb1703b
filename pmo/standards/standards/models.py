"""Standards library (référentiel): versioned standards with checkpoints, owned by a node of the project tree.

The library of a portfolio, programme or project holds for that node and everything below it.
"""

from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.access import Person, Text
from core.history import GovernedQuerySet, History, never_deleted, protect_history
from core.words.language import in_reader_language
from pmo.standards.standards.enums import Computed, EntryKind, Family, StandardState
from pmo.standards.standards.guards import (
    DECIDED_BY_THE_OWNER,
    DOCUMENT_OF_ITS_LIBRARY,
    OF_THE_STANDARD,
    OF_THE_VERSION,
    STAYS_AS_ADOPTED,
    SWITCHES_ON_WHAT_IT_REQUIRES,
    TELLS_WHAT_WAIVED_IT,
    TEMPLATE_OF_ITS_LIBRARY,
    WRITTEN_IN_A_DRAFT,
    leaves_an_event_of_its_library,
)
from projects.enums import Level, Workspace
from projects.event_guards import leaves_an_event_of_its_project
from projects.models import DocumentVersion, Project
from projects.organisation_settings.queries import today
from projects.project.rows import ProjectRow, stays_on_its_project
from roles.enums import Gate

#: Levels that a standard may apply to.
LEVELS = [Level.PROJECT, Level.PROGRAMME, Level.PORTFOLIO]


def libraries_of(project: Project) -> models.QuerySet[Project]:
    """Return the projects whose library holds for `project`: itself and its parents, at most two levels up."""
    return Project.objects.filter(Q(pk=project.pk) | Q(children=project) | Q(children__children=project))


class LibraryRowQuerySet[M: models.Model](GovernedQuerySet[M]):
    """Rows of a library; visible to readers of its project, or of a project below it."""

    def visible_to(self, user: Person) -> Self:
        """Filter to the libraries that hold for a project visible to `user`."""
        seen = Project.objects.visible_to(user)
        return self.filter(
            Q(project__in=seen) | Q(project__in=seen.values("parent")) | Q(project__in=seen.values("parent__parent"))
        )

    def that_hold_for(self, project: Project) -> Self:
        """Filter to the libraries of `project` and its parents, at most two levels up."""
        return self.filter(project__in=libraries_of(project).values("pk"))


class StandardQuerySet(LibraryRowQuerySet["Standard"]):
    """Standards of libraries."""

    def mandatory_above(self, project: Project) -> Self:
        """Filter to standards that a parent library makes mandatory today."""
        versions = StandardVersion.objects.in_force(today()).filter(mandatory=True, levels__contains=[project.level])
        return self.that_hold_for(project).exclude(project=project).filter(versions__in=versions)


class Standard(ProjectRow):
    """Standard of the library of `project`, under its code; versions hold the content."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="standards", verbose_name=_("library of"))
    code = models.CharField(_("code"), max_length=20)
    family = models.CharField(_("family"), max_length=12, choices=Family)

    objects = StandardQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("standard")
        verbose_name_plural = _("standards")
        constraints = (
            models.UniqueConstraint(
                fields=["project", "code"],
                name="one_standard_per_code_and_library",
                violation_error_message=_("This code is already used. Enter another code."),
            ),
            models.CheckConstraint(condition=Q(family__in=Family.values), name="a_standard_has_a_known_family"),
            models.CheckConstraint(condition=Q(code__regex="^[A-Z0-9][A-Z0-9-]*$"), name="a_standard_has_a_code"),
        )
        triggers = [
            *never_deleted("A standard"),
            stays_on_its_project("code", "family"),
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        """Return the URL of the standard."""
        return reverse("pmo:standards:standard", args=[self.pk])


class StandardVersionQuerySet(GovernedQuerySet["StandardVersion"]):
    def in_force(self, on: date) -> Self:
        """Filter to versions in effect on that day."""
        begun = self.exclude(state=StandardState.DRAFT).filter(effective_from__lte=on)
        return begun.filter(Q(effective_to__isnull=True) | Q(effective_to__gt=on))


class StandardVersion(models.Model):
    """Version of a standard: written as a draft, adopted by decision, never rewritten after.

    In effect over the days `[effective_from, effective_to)`. Applies to the `levels`, from `from_gate` on. `source`
    names its origin. A mandatory one may require workspaces of the projects below its library. `hash` seals the content
    of an adopted version.
    """

    standard = models.ForeignKey(Standard, models.PROTECT, related_name="versions", verbose_name=_("standard"))
    number = models.PositiveIntegerField(_("version"))
    title_fr = models.CharField(_("title in French"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200)
    purpose_fr = models.TextField(_("purpose in French"), blank=True)
    purpose_en = models.TextField(_("purpose in English"), blank=True)
    source = models.CharField(_("where it comes from"), max_length=300, blank=True)
    mandatory = models.BooleanField(_("mandatory"), default=True)
    levels = ArrayField(models.CharField(max_length=12, choices=Level), verbose_name=_("levels"))
    from_gate = models.CharField(_("due from gate"), max_length=2, choices=Gate)
    template = models.ForeignKey(
        DocumentVersion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("document template")
    )
    requires = ArrayField(
        models.CharField(max_length=12, choices=Workspace),
        default=list,
        db_default=Value([], ArrayField(models.CharField(max_length=12))),
        blank=True,
        verbose_name=_("workspaces required below"),
    )
    state = models.CharField(_("state"), max_length=8, choices=StandardState, default=StandardState.DRAFT)
    effective_from = models.DateField(_("in effect from"), null=True, blank=True)
    effective_to = models.DateField(_("in effect until"), null=True, blank=True)
    hash = models.CharField(_("fingerprint"), max_length=64, blank=True)

    objects = StandardVersionQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("version of a standard")
        verbose_name_plural = _("versions of standards")
        constraints = (
            models.UniqueConstraint(fields=["standard", "number"], name="one_version_of_a_standard_per_number"),
            models.UniqueConstraint(
                fields=["standard"], condition=Q(state=StandardState.ADOPTED), name="one_adopted_version_per_standard"
            ),
            models.CheckConstraint(condition=Q(from_gate__in=Gate.values), name="a_standard_is_due_from_a_known_gate"),
            models.CheckConstraint(
                condition=Q(levels__len__gt=0, levels__contained_by=LEVELS), name="a_standard_is_for_known_levels"
            ),
            models.CheckConstraint(condition=~Q(title_fr="") & ~Q(title_en=""), name="a_standard_has_its_titles"),
            models.CheckConstraint(
                condition=Q(state=StandardState.DRAFT, effective_from=None, effective_to=None, hash="")
                | Q(state=StandardState.ADOPTED, effective_from__isnull=False, effective_to=None)
                | Q(state=StandardState.RETIRED, effective_from__isnull=False, effective_to__gte=F("effective_from")),
                name="a_version_is_in_effect_once_adopted_until_retired",
            ),
            models.CheckConstraint(
                condition=Q(requires__contained_by=Workspace.values), name="a_standard_requires_known_workspaces"
            ),
            models.CheckConstraint(
                condition=Q(requires=[]) | Q(mandatory=True), name="only_a_mandatory_standard_requires_workspaces"
            ),
        )
        triggers = [
            *never_deleted("A version of a standard"),
            STAYS_AS_ADOPTED,
            TEMPLATE_OF_ITS_LIBRARY,
            SWITCHES_ON_WHAT_IT_REQUIRES,
            DECIDED_BY_THE_OWNER,
            TELLS_WHAT_WAIVED_IT,
            leaves_an_event_of_its_library("pmo.standardversion", OF_THE_STANDARD),
        ]

    def __str__(self) -> str:
        return f"{self.standard.code} v{self.number}"

    def get_absolute_url(self) -> str:
        """Return the URL of this version."""
        return f"{reverse('pmo:standards:standard', args=[self.standard_id])}?version={self.number}"

    @property
    def moved_on(self) -> tuple[Text, Text, Text]:
        """Return why it is no draft (core.pages.refusals.exceptions)."""
        text = _("An adopted version stays as it is. Begin the next one to change the standard.")
        return _("This version was adopted"), text, _("Read the version")

    def locked(self) -> Self:
        """Lock the library until the act ends; return the version, which the act reads again."""
        self.standard.project = Project.objects.locked(self.standard.project_id)
        return self

    @property
    def is_draft(self) -> bool:
        """Tell whether it may still be edited."""
        return self.state == StandardState.DRAFT

    @property
    def is_adopted(self) -> bool:
        """Tell whether it is in force."""
        return self.state == StandardState.ADOPTED

    @property
    def level_names(self) -> list[str]:
        """Return the names of its levels."""
        return [str(Level(level).label) for level in self.levels]

    @property
    def required_names(self) -> list[str]:
        """Return the names of the workspaces that it requires."""
        return [str(Workspace(workspace).label) for workspace in self.requires]

    @property
    def template_address(self) -> str:
        """Return the download URL of its document template; empty without one."""
        return reverse("pmo:standards:standard_template", args=[self.pk]) if self.template_id else ""

    @property
    def title(self) -> str:
        """Return the title in the reader's language."""
        return in_reader_language(self.title_fr, self.title_en)

    @property
    def purpose(self) -> str:
        """Return the purpose in the reader's language."""
        return in_reader_language(self.purpose_fr, self.purpose_en)


class StandardCheckpoint(models.Model):
    """Requirement of a version, answered by a conformity check. `number` starts at 1.

    `computed` names the automatic check (pmo/standards/conformity/automatic_checks.py), or is empty. No waiver covers a
    checkpoint that is not `waivable` (domain.md §6).
    """

    version = models.ForeignKey(StandardVersion, models.PROTECT, related_name="checkpoints", verbose_name=_("version"))
    number = models.PositiveIntegerField(_("number"))
    text_fr = models.TextField(_("text in French"))
    text_en = models.TextField(_("text in English"))
    computed = models.CharField(_("computed from"), max_length=40, choices=Computed, blank=True)
    waivable = models.BooleanField(_("waivable"), default=True)

    objects = GovernedQuerySet["StandardCheckpoint"].as_manager()
    history = History()

    class Meta:
        verbose_name = _("checkpoint of a standard")
        verbose_name_plural = _("checkpoints of a standard")
        constraints = (
            models.UniqueConstraint(fields=["version", "number"], name="one_checkpoint_per_number"),
            models.CheckConstraint(condition=~Q(text_fr="") & ~Q(text_en=""), name="a_checkpoint_says_what_it_asks"),
            models.CheckConstraint(
                condition=Q(computed="") | Q(computed__in=Computed.values), name="a_checkpoint_is_computed_as_we_know"
            ),
        )
        triggers = [
            never_deleted("A checkpoint")[1],
            WRITTEN_IN_A_DRAFT,
            leaves_an_event_of_its_library("pmo.standardcheckpoint", OF_THE_VERSION),
        ]

    def __str__(self) -> str:
        return f"{self.version} · {self.number}"

    @property
    def text(self) -> str:
        """Return the text in the reader's language."""
        return in_reader_language(self.text_fr, self.text_en)


class LibraryEntryQuerySet(LibraryRowQuerySet["LibraryEntry"]):
    def in_use(self) -> Self:
        """Exclude retired entries."""
        return self.filter(retired=False)


class LibraryEntry(models.Model):
    """Method or tool of the office: guide, template or checklist, as text, link or document.

    Entries are not binding, so the office writes and retires them without a decision.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="library_entries", verbose_name=_("library of"))
    kind = models.CharField(_("kind"), max_length=10, choices=EntryKind)
    family = models.CharField(_("family"), max_length=12, choices=Family)
    title_fr = models.CharField(_("title in French"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200)
    text_fr = models.TextField(_("text in French"), blank=True)
    text_en = models.TextField(_("text in English"), blank=True)
    link = models.URLField(_("link"), max_length=500, blank=True)
    document = models.ForeignKey(
        DocumentVersion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("document")
    )
    retired = models.BooleanField(_("retired"), default=False)

    objects = LibraryEntryQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("entry of the library")
        verbose_name_plural = _("entries of the library")
        constraints = (
            models.UniqueConstraint(fields=["project", "title_en"], name="one_entry_per_title_and_library"),
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="an_entry_is_of_a_known_kind"),
            models.CheckConstraint(condition=Q(family__in=Family.values), name="an_entry_has_a_known_family"),
            models.CheckConstraint(condition=~Q(title_fr="") & ~Q(title_en=""), name="an_entry_has_its_titles"),
            models.CheckConstraint(
                condition=(~Q(text_fr="") & ~Q(text_en="")) | ~Q(link="") | Q(document__isnull=False),
                name="an_entry_holds_something",
            ),
        )
        triggers = [
            *never_deleted("An entry of the library"),
            stays_on_its_project(),
            DOCUMENT_OF_ITS_LIBRARY,
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """Return the title in the reader's language."""
        return in_reader_language(self.title_fr, self.title_en)

    @property
    def text(self) -> str:
        """Return the text in the reader's language."""
        return in_reader_language(self.text_fr, self.text_en)

    @property
    def document_address(self) -> str:
        """Return the download URL of its document; empty without one."""
        return reverse("pmo:standards:library_document", args=[self.pk]) if self.document_id else ""


protect_history(Standard, StandardVersion, StandardCheckpoint, LibraryEntry)
