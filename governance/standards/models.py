"""The standards library (référentiel): versioned standards with their checkpoints, kept at one node of the tree.

The library of a portfolio, a programme or a project holds for it and for everything below it.
"""

from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.standards.enums import Family, StandardState
from projects.enums import Level
from projects.models import DocumentVersion, Project
from projects.project.rows import ProjectRowQuerySet
from roles.enums import Gate
from roles.history import History
from roles.models import in_reader_language


class StandardQuerySet(ProjectRowQuerySet["Standard"]):
    def that_hold_for(self, project: Project) -> Self:
        """Those of the libraries of `project` and of what it is part of, at most two levels up."""
        above = Project.objects.filter(Q(pk=project.pk) | Q(children=project) | Q(children__children=project))
        return self.filter(project__in=above.values("pk"))


class Standard(models.Model):
    """One standard under its code, in the library of `project`; what it asks stands in its versions."""

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
                fields=["project", "code"], name="one_standard_per_code_and_library",
                violation_error_message=_("The library already has a standard of this code."),
            ),
            models.CheckConstraint(condition=Q(family__in=Family.values), name="a_standard_has_a_known_family"),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.code


class StandardVersionQuerySet(models.QuerySet["StandardVersion"]):
    def in_force(self, on: date) -> Self:
        """Adopted and in effect on that day."""
        begun = self.exclude(state=StandardState.DRAFT).filter(effective_from__lte=on)
        return begun.filter(Q(effective_to__isnull=True) | Q(effective_to__gt=on))


class StandardVersion(models.Model):
    """What a standard asks, in one version: written as a draft, adopted by a decision, then never rewritten.

    In effect over the days `[effective_from, effective_to)`. `levels` are the levels it is meant for; it is due from
    `from_gate` on. `source` says where it comes from. `hash` seals the content of an adopted version.
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
        )

    def __str__(self) -> str:
        return f"{self.standard.code} v{self.number}"

    @property
    def title(self) -> str:
        """Title in the reader's language."""
        return in_reader_language(self.title_fr, self.title_en)

    @property
    def purpose(self) -> str:
        """Purpose in the reader's language."""
        return in_reader_language(self.purpose_fr, self.purpose_en)


class StandardCheckpoint(models.Model):
    """One thing a version asks, answered by a conformity check. `number` is its place, from 1.

    `computed` names the check the system makes itself (governance/conformity/computed.py), or is empty. A checkpoint
    that is not `waivable` takes no waiver (domain.md §6).
    """

    version = models.ForeignKey(StandardVersion, models.PROTECT, related_name="checkpoints", verbose_name=_("version"))
    number = models.PositiveIntegerField(_("number"))
    text_fr = models.TextField(_("text in French"))
    text_en = models.TextField(_("text in English"))
    computed = models.CharField(_("computed from"), max_length=40, blank=True)
    waivable = models.BooleanField(_("waivable"), default=True)

    history = History()

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        constraints = (
            models.UniqueConstraint(fields=["version", "number"], name="one_checkpoint_per_number"),
            models.CheckConstraint(condition=~Q(text_fr="") & ~Q(text_en=""), name="a_checkpoint_says_what_it_asks"),
        )

    def __str__(self) -> str:
        return f"{self.version} · {self.number}"

    @property
    def text(self) -> str:
        """What it asks, in the reader's language."""
        return in_reader_language(self.text_fr, self.text_en)
