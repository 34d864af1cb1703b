"""Method packs, their activities, and role templates with their responsibilities.

An administrator drafts a version of a role, publishes and later retires it; a published version never changes. A
project takes a copy (projects/seats/matrix), which only a decision of its owner changes.
"""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.history import GovernedQuerySet, History, never_deleted, protect_history
from core.words.language import in_reader_language
from roles.enums import (
    MOST_RHYTHMS,
    RHYTHMS,
    Authority,
    DecisionKind,
    Domain,
    Family,
    Gate,
    Nature,
    PublicationState,
    Recurrence,
)
from roles.role_templates.guards import IS_BORN_A_DRAFT, IS_WRITTEN_IN_A_DRAFT, STAYS_AS_PUBLISHED
from roles.role_templates.rhythms import Window, list_rhythms, name_rhythms

CODE = RegexValidator(r"^[A-Z0-9][A-Z0-9-]*$", _("Use capitals, digits and hyphens."))


class MethodPack(models.Model):
    """A method of an organisation: its activities and its roles, one of which decides. `code` is its key.

    `attribution` names the source and licence of adopted texts, empty for the organisation's own.
    """

    code = models.CharField(_("code"), max_length=20, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    name_fr = models.CharField(_("name in French"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120)
    attribution = models.TextField(_("attribution"), blank=True)

    objects = GovernedQuerySet["MethodPack"].as_manager()
    history = History()

    class Meta:
        ordering = ("position", "code")
        verbose_name = _("method")
        verbose_name_plural = _("methods")
        triggers = never_deleted("A method pack")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Return the name in the reader's language."""
        return in_reader_language(self.name_fr, self.name_en)


class Activity(models.Model):
    """A line of the responsibility matrix, with the kinds of decision it covers (R4)."""

    pack = models.ForeignKey(MethodPack, models.PROTECT, to_field="code", db_column="pack", related_name="activities")
    code = models.CharField(_("code"), max_length=20)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    domain = models.CharField(_("domain"), max_length=20, choices=Domain)
    label_fr = models.CharField(_("label in French"), max_length=200)
    label_en = models.CharField(_("label in English"), max_length=200)
    kinds = ArrayField(
        models.CharField(max_length=30, choices=DecisionKind),
        verbose_name=_("kinds of decision"),
        default=list,
        blank=True,
    )

    objects = GovernedQuerySet["Activity"].as_manager()
    history = History()

    class Meta:
        ordering = ("pack", "position", "code")
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        constraints = (
            models.UniqueConstraint(fields=["pack", "code"], name="one_activity_per_code_and_pack"),
            models.CheckConstraint(condition=Q(domain__in=Domain.values), name="an_activity_has_a_known_domain"),
        )
        triggers = never_deleted("An activity")

    def __str__(self) -> str:
        return f"{self.code} · {self.label}"

    @property
    def label(self) -> str:
        """Return the label in the reader's language."""
        return in_reader_language(self.label_fr, self.label_en)


class RoleTemplateQuerySet(GovernedQuerySet["RoleTemplate"]):
    def published(self) -> Self:
        """Return the templates a project may take, in order."""
        return self.filter(state=PublicationState.PUBLISHED).order_by("pack", "position", "code")


class RoleTemplate(models.Model):
    """A role as the organisation defines it, before any project: mission, authority, responsibilities.

    `several` lets more than one person hold it on a project at the same time; recipients always may.
    `incompatible` lists codes of roles of the pack that its holder may not hold on the same project (R8).
    """

    pack = models.ForeignKey(MethodPack, models.PROTECT, to_field="code", db_column="pack", related_name="roles")
    code = models.CharField(_("code"), max_length=10, validators=[CODE])
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    state = models.CharField(_("state"), max_length=10, choices=PublicationState, default=PublicationState.DRAFT)
    authority = models.CharField(_("authority"), max_length=10, choices=Authority)
    mandatory = models.BooleanField(_("mandatory"), default=False)
    several = models.BooleanField(_("several holders"), default=False, db_default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    name_fr = models.CharField(_("name in French"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120)
    mission_fr = models.TextField(_("mission in French"))
    mission_en = models.TextField(_("mission in English"))
    represents_fr = models.CharField(_("represents, in French"), max_length=200, blank=True)
    represents_en = models.CharField(_("represents, in English"), max_length=200, blank=True)
    incompatible = ArrayField(
        models.CharField(max_length=10), verbose_name=_("incompatible roles"), default=list, blank=True
    )

    objects = RoleTemplateQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ("pack", "position", "code", "version")
        verbose_name = _("role template")
        verbose_name_plural = _("role templates")
        constraints = (
            models.UniqueConstraint(fields=["pack", "code", "version"], name="one_role_template_per_code_and_version"),
            models.UniqueConstraint(
                fields=["pack", "code"],
                condition=Q(state=PublicationState.PUBLISHED),
                name="one_published_version_of_a_role",
                violation_error_message=_("Another version of this role is published."),
            ),
            models.UniqueConstraint(
                fields=["pack", "code"],
                condition=Q(state=PublicationState.DRAFT),
                name="one_draft_of_a_role_at_a_time",
                violation_error_message=_("A next version of this role is already being written."),
            ),
            models.UniqueConstraint(
                fields=["pack"],
                condition=Q(authority=Authority.DECIDES, state=PublicationState.PUBLISHED),
                name="one_published_role_decides_in_a_pack",
                violation_error_message=_("Another published role of this method already decides."),
            ),
            models.CheckConstraint(condition=Q(authority__in=Authority.values), name="a_role_has_a_known_authority"),
        )
        triggers = [*never_deleted("A role template"), IS_BORN_A_DRAFT, STAYS_AS_PUBLISHED]

    def __str__(self) -> str:
        return f"{self.code} · {self.name}"

    @property
    def key(self) -> str:
        """Return what names the role in all its versions: the codes of its method and of the role."""
        return f"{self.pack_id}/{self.code}"

    @property
    def is_published(self) -> bool:
        """Return whether projects may take it."""
        return self.state == PublicationState.PUBLISHED

    @property
    def name(self) -> str:
        """Return the name in the reader's language."""
        return in_reader_language(self.name_fr, self.name_en)

    @property
    def decides(self) -> bool:
        """Return whether this is the role of the project owner."""
        return self.authority == Authority.DECIDES

    @property
    def delivers(self) -> bool:
        """Return whether it is the role of the provider."""
        return self.authority == Authority.DELIVERS

    @property
    def takes_several(self) -> bool:
        """Return whether more than one person may hold this role at the same time."""
        return self.several or self.authority == Authority.RECEIVES

    @property
    def mission(self) -> str:
        """Return the mission in the reader's language."""
        return in_reader_language(self.mission_fr, self.mission_en)


class Responsibility(models.Model):
    """One responsibility of a role: its nature in each of `activities` (codes of the pack).

    `receivers` are the roles that look at evidence given by hand; without any it is the deciding role. `also` are its
    rhythms beside `recurrence`. `days` is the time after an event in which a responsibility with that rhythm is due.
    Weeks, months, quarters and years count from the passage of `from_gate` to that of `until_gate`, or for `months`.
    """

    role = models.ForeignKey(RoleTemplate, models.CASCADE, related_name="responsibilities", verbose_name=_("role"))
    code = models.CharField(_("code"), max_length=20, validators=[CODE])
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    label_fr = models.CharField(_("label in French"), max_length=200)
    label_en = models.CharField(_("label in English"), max_length=200)
    nature = models.CharField(_("nature"), max_length=10, choices=Nature)
    domains = ArrayField(models.CharField(max_length=20, choices=Domain), verbose_name=_("domains"))
    activities = ArrayField(models.CharField(max_length=20), verbose_name=_("activities"), default=list, blank=True)
    evidence_fr = models.CharField(_("expected evidence in French"), max_length=200)
    evidence_en = models.CharField(_("expected evidence in English"), max_length=200)
    recurrence = models.CharField(_("recurrence"), max_length=15, choices=Recurrence, default=Recurrence.ONCE)
    days = models.CharField(_("working days after an event"), max_length=2, blank=True, default="", db_default="")
    receivers = ArrayField(
        models.CharField(max_length=10), verbose_name=_("receivers"), default=list, db_default=[], blank=True
    )
    also = ArrayField(
        models.CharField(max_length=15, choices=Recurrence),
        verbose_name=_("further rhythms"),
        default=list,
        db_default=[],
        blank=True,
    )
    from_gate = models.CharField(_("from gate"), max_length=2, choices=Gate, blank=True, default="", db_default="")
    until_gate = models.CharField(_("until gate"), max_length=2, choices=Gate, blank=True, default="", db_default="")
    months = models.CharField(_("months from the gate"), max_length=2, blank=True, default="", db_default="")
    family = models.CharField(_("family"), max_length=12, choices=Family, blank=True, default="", db_default="")

    objects = GovernedQuerySet["Responsibility"].as_manager()
    history = History()

    class Meta:
        ordering = ("role", "position", "code")
        verbose_name = _("responsibility")
        verbose_name_plural = _("responsibilities")
        constraints = (
            models.UniqueConstraint(fields=["role", "code"], name="one_responsibility_per_code_and_role"),
            models.CheckConstraint(condition=Q(nature__in=Nature.values), name="a_responsibility_has_a_known_nature"),
            models.CheckConstraint(
                condition=Q(recurrence__in=Recurrence.values), name="a_responsibility_has_a_known_recurrence"
            ),
            models.CheckConstraint(
                condition=Q(also__contained_by=list(RHYTHMS), also__len__lte=MOST_RHYTHMS - 1),
                name="a_responsibility_has_known_further_rhythms",
            ),
            models.CheckConstraint(
                condition=Q(family__in=["", *Family.values]), name="a_responsibility_has_a_known_family"
            ),
            models.CheckConstraint(
                condition=Q(days="") | Q(days__regex=r"^[1-9][0-9]?$"), name="a_responsibility_has_a_number_of_days"
            ),
            models.CheckConstraint(
                condition=Q(
                    from_gate__in=["", *Gate.values],
                    until_gate__in=["", *Gate.values],
                    months__regex=r"^([1-9][0-9]?)?$",
                ),
                name="a_responsibility_has_a_known_window",
            ),
        )
        triggers = [IS_WRITTEN_IN_A_DRAFT]

    def __str__(self) -> str:
        return f"{self.code} · {self.label}"

    @property
    def label(self) -> str:
        """Return the label in the reader's language."""
        return in_reader_language(self.label_fr, self.label_en)

    @property
    def evidence(self) -> str:
        """Return the expected evidence in the reader's language."""
        return in_reader_language(self.evidence_fr, self.evidence_en)

    @property
    def recurrence_label(self) -> str:
        """Return the rhythms in words."""
        window = Window(self.from_gate, self.until_gate, self.months)
        return name_rhythms(list_rhythms(self.recurrence, self.also), self.days, window)


class ComparisonDimension(models.Model):
    """A comparison of two roles of a pack in words (domain: PMO and AMOA compared).

    `shared` holds common points, `left` and `right` the particularities; any may be empty. `basis` is the source:
    "seed" the article, "source" another page, "inferred" ours.
    """

    pack = models.ForeignKey(MethodPack, models.PROTECT, to_field="code", db_column="pack", related_name="dimensions")
    left_role = models.CharField(_("first role"), max_length=10)
    right_role = models.CharField(_("second role"), max_length=10)
    code = models.CharField(_("code"), max_length=40)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    label_fr = models.CharField(_("label in French"), max_length=120)
    label_en = models.CharField(_("label in English"), max_length=120)
    shared_fr = models.CharField(_("shared, in French"), max_length=300, blank=True)
    shared_en = models.CharField(_("shared, in English"), max_length=300, blank=True)
    left_fr = models.CharField(_("first role, in French"), max_length=300, blank=True)
    left_en = models.CharField(_("first role, in English"), max_length=300, blank=True)
    right_fr = models.CharField(_("second role, in French"), max_length=300, blank=True)
    right_en = models.CharField(_("second role, in English"), max_length=300, blank=True)
    basis = models.CharField(_("basis"), max_length=40)

    objects = GovernedQuerySet["ComparisonDimension"].as_manager()
    history = History()

    class Meta:
        ordering = ("pack", "position")
        verbose_name = _("comparison")
        verbose_name_plural = _("comparisons")
        constraints = (
            models.UniqueConstraint(
                fields=["pack", "left_role", "right_role", "code"], name="one_comparison_per_code_and_pair"
            ),
        )
        triggers = never_deleted("A comparison")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Return the topic of the comparison in the reader's language."""
        return in_reader_language(self.label_fr, self.label_en)

    @property
    def shared(self) -> str:
        """Return the common points."""
        return in_reader_language(self.shared_fr, self.shared_en)

    @property
    def left(self) -> str:
        """Return the particularities of the first role."""
        return in_reader_language(self.left_fr, self.left_en)

    @property
    def right(self) -> str:
        """Return the particularities of the second role."""
        return in_reader_language(self.right_fr, self.right_en)


protect_history(MethodPack, Activity, RoleTemplate, Responsibility, ComparisonDimension)
