"""Mandates and signature delegations: a person's role on a project over a period (R11)."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Self

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from core.acts import act_time
from core.history import GovernedQuerySet, History, insert_only, never_deleted, protect_history
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from core.record.meaning import says_something
from core.record.sealing import SealedModel
from core.sql.compiled_sql import Instant, Reader
from projects.event_guards import leaves_an_event
from projects.impartiality.guards import refused_to_the_tied
from projects.project.models import Project
from projects.project.rows import FixedProjectRow, ProjectRow, points_within_its_project
from projects.seats.mandates.guards import (
    DELEGATION_COMES_FROM_THE_OWNER,
    DELEGATION_ONLY_ENDS,
    ENDED_BY_THE_OWNER,
    ENDS_AS_ITS_EVENT_TELLS,
    GIVEN_BY_THE_OWNER,
    GIVEN_WITHIN_ITS_ROLE,
    MANDATE_ONLY_ENDS,
    NOT_OF_THE_PROVIDER_BELOW,
    STATED_BY_ITS_HOLDER,
)
from projects.seats.matrix.models import Matrix
from projects.seats.recipient_groups.models import RecipientGroup
from roles.enums import DELEGABLE_KINDS, Authority, DecisionKind
from roles.models import RoleTemplate, User

#: Length of a seat taken back before it began: the shortest non-empty period of PostgreSQL.
INSTANT = timedelta(microseconds=1)


def _duties(matrix: models.OuterRef) -> models.Subquery:
    """Build the text of the responsibilities of the role of the outer mandate in the matrix with this key."""
    code = models.Func(models.OuterRef("role__code"), template="jsonb_build_object('code', %(expressions)s)")
    found = models.Func(
        F("content"),
        code,
        template="jsonb_path_query_first(%(expressions)s)::text",
        arg_joiner=", '$.roles[*] ? (@.code == $code).duties'::jsonpath, ",
        output_field=models.TextField(),
    )
    return models.Subquery(Matrix.objects.filter(pk=matrix).order_by().values_list(found))


def is_pending(mandate: str = "") -> Q:
    """Return the condition that an owner follows another one and has not accepted; the SQL twin is NOT_ACCEPTED.

    `mandate` is the lookup of the mandate.
    """
    before = Mandate.objects.deciding().filter(project=models.OuterRef(f"{mandate}project"), taken_back=False)
    earlier = before.filter(period__startswith__lt=models.OuterRef(f"{mandate}period__startswith"))
    names = {f"{mandate}authority": Authority.DECIDES, f"{mandate}accepted_at": None}
    return Q(models.Exists(earlier), **names)


class MandateQuerySet(GovernedQuerySet["Mandate"]):
    def active(self, at: Instant | None = None) -> Self:
        """Filter mandates in force at `at` (default: the time of the act) of active accounts."""
        return self.during(at or act_time()).filter(holder__is_active=True)

    def during(self, instant: Instant) -> Self:
        """Filter mandates in force at `instant`, whatever the state of the account; not those taken back.

        It compares the bounds: for a generic plan, PostgreSQL estimates `@>` as rare and reads every seat of the day.
        """
        return self.not_over(instant).filter(period__startswith__lte=instant)

    def over(self, at: datetime) -> Self:
        """Filter mandates ended at `at`, or taken back before they began."""
        return self.filter(Q(period__endswith__lte=at) | Q(taken_back=True))

    def not_over(self, at: Instant) -> Self:
        """Filter mandates in force at `at` or later."""
        return self.filter(Q(period__endswith__isnull=True) | Q(period__endswith__gt=at), taken_back=False)

    def remarked(self, condition: models.Exists) -> Self:
        """Annotate `is_remarked` by this condition."""
        return self.annotate(is_remarked=condition)

    def with_renewal(self) -> Self:
        """Annotate `must_renew`: the role has other responsibilities than when its holder accepted them.

        The SQL twin is `changed_duties_sql`. The matrices are read only where another version is in force since.
        """
        history: Any = Project.history
        then = history.filter(id=models.OuterRef("project_id"), history_date__lte=models.OuterRef("accepted_at"))
        known = self.alias(
            matrix_then=models.Subquery(then.order_by("-history_date", "-history_id").values("matrix_id")[:1])
        )
        before, now = _duties(models.OuterRef("matrix_then")), _duties(models.OuterRef("project__matrix"))
        same = Q(matrix_then=None) | Q(matrix_then=F("project__matrix"))
        return known.annotate(
            must_renew=models.Case(
                models.When(same, then=Value(False)), default=~Exact(before, now), output_field=models.BooleanField()
            )
        )

    def to_renew(self) -> Self:
        """Filter mandates to accept again."""
        return self.with_renewal().filter(must_renew=True)

    def awaiting_acceptance_of(self, user: Reader, at: Instant | None = None) -> Self:
        """Filter mandates of `user`, also later ones, to accept; once more when the responsibilities have changed."""
        held = self.not_over(at or act_time()).filter(holder=user.pk)
        return held.with_renewal().filter(Q(accepted_at=None) | Q(must_renew=True))

    def deciding(self) -> Self:
        """Filter mandates of project owners."""
        return self.filter(authority=Authority.DECIDES)

    def signing(self) -> Self:
        """Filter mandates of project owners who sign: whoever follows another one has accepted (R1)."""
        return self.deciding().exclude(is_pending())

    def advising(self) -> Self:
        """Filter mandates of advisers (PMO, AMOA)."""
        return self.filter(authority=Authority.ADVISES)


class Mandate(ActModel, ProjectRow):
    """A person holds a role on a project over a period `[start, end)`.

    It counts from its start, accepted or not (R11). Once the responsibilities of the role have changed it is accepted
    again; `accepted_at` is the last time. One taken back before it began keeps a period of one microsecond
    (`INSTANT`). `ended_by` is who gave it its end afterwards; its holder, who declines it
    before accepting. Recipients hold it for a group, as representative or
    champion; `group` is its name at that time.

    `replacement`: the request of two hands by which an owner follows another one, not named by them.
    `independence_waived`: an organisation on the same side holds an incompatible role (R8), and the decision that gave
    this one says why.
    """

    LOCKED_WITH = ("role",)

    ERASABLE = ("ended_because",)

    project = models.ForeignKey(Project, models.PROTECT, related_name="mandates", verbose_name=_("project"))
    role = models.ForeignKey(RoleTemplate, models.PROTECT, related_name="mandates", verbose_name=_("role"))
    authority = models.CharField(_("authority"), max_length=10, choices=Authority)
    holder = models.ForeignKey(User, models.PROTECT, related_name="mandates", verbose_name=_("holder"))
    period = DateTimeRangeField(_("period"))
    group = models.CharField(_("name of the recipient group"), max_length=100, blank=True)
    recipient_group = models.ForeignKey(
        RecipientGroup,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="mandates",
        verbose_name=_("recipient group"),
    )
    champion = models.BooleanField(_("champion of the group"), default=False)
    appointed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("appointed by"))
    taken_back = models.BooleanField(_("taken back before it began"), default=False)
    ended_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )
    ended_because = models.CharField(_("reason of the end"), max_length=300, blank=True)
    independence_waived = models.BooleanField(_("independence waived by decision"), default=False, db_default=False)
    replacement = models.OneToOneField(
        "projects.Replacement", models.PROTECT, null=True, blank=True, verbose_name=_("in place of another owner")
    )
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)

    #: Set by `with_renewal()`.
    must_renew: bool = False
    #: Set by `lines.with_remarks`.
    is_remarked: bool = False

    objects = MandateQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        indexes = (models.Index(fields=["holder", "project"], name="mandate_by_holder"),)
        constraints = (
            ExclusionConstraint(
                name="one_owner_per_project_at_any_instant",
                expressions=[("project", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=Q(authority=Authority.DECIDES, taken_back=False),
                violation_error_message=_("This project already has an owner during that period."),
            ),
            ExclusionConstraint(
                name="one_role_per_person_and_project_at_any_instant",
                expressions=[
                    ("project", RangeOperators.EQUAL),
                    ("holder", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(taken_back=False),
                violation_error_message=_("This person already has a role on this project during that period."),
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__startswith__isnull=False),
                name="a_mandate_has_a_start_and_some_length",
                violation_error_message=_("Enter an end date after the start date."),
            ),
            models.CheckConstraint(condition=Q(authority__in=Authority.values), name="a_mandate_has_a_known_authority"),
            models.CheckConstraint(
                condition=Q(group="", recipient_group__isnull=True, champion=False)
                | (~Q(group="") & Q(recipient_group__isnull=False)),
                name="a_mandate_for_a_group_points_to_it",
            ),
        )
        triggers = [
            *never_deleted("A mandate"),
            DATED_BY_THE_DATABASE,
            GIVEN_WITHIN_ITS_ROLE,
            NOT_OF_THE_PROVIDER_BELOW,
            GIVEN_BY_THE_OWNER,
            MANDATE_ONLY_ENDS,
            ENDED_BY_THE_OWNER,
            ENDS_AS_ITS_EVENT_TELLS,
            says_something("ended_because", operation=pgtrigger.Insert | pgtrigger.Update),
            points_within_its_project(recipient_group_id="projects_recipientgroup"),
            refused_to_the_tied("NEW.appointed_by_id", unless="NEW.authority = 'decides'"),
            leaves_an_event(pgtrigger.Insert | pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return f"{self.role.code} {self.holder}"

    @property
    def person(self) -> User:
        """Return the holder of the seat; the same attribute exists on mandates and delegations."""
        return self.holder

    @property
    def decides(self) -> bool:
        """Return whether this is the mandate of a project owner."""
        return self.authority == Authority.DECIDES

    @property
    def advises(self) -> bool:
        """Return whether this is the mandate of an adviser."""
        return self.authority == Authority.ADVISES

    @property
    def bars_signing(self) -> bool:
        """Return whether the holder may not sign, even by delegation: advisers and provider (R2)."""
        return self.authority in {Authority.ADVISES, Authority.DELIVERS}

    @property
    def is_declined(self) -> bool:
        """Return whether its holder ended it and never accepted it."""
        return self.accepted_at is None and self.ended_by_id == self.holder_id

    @property
    def starts_at(self) -> datetime:
        """Return the first instant of the mandate."""
        return self.period.lower  # type: ignore[no-any-return]

    @property
    def ends_at(self) -> datetime | None:
        """Return the first instant after the mandate, or None without an end."""
        return self.period.upper  # type: ignore[no-any-return]


class Competence(SealedModel, ActModel, FixedProjectRow):
    """Competence that the holder of a mandate states, in words and by a document of the project. Insert-only.

    A second statement adds to the first one.
    """

    ERASABLE = ("text",)

    project = models.ForeignKey(Project, models.PROTECT, related_name="+", verbose_name=_("project"))
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="competences", verbose_name=_("mandate"))
    stated_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("stated by"))
    text = models.TextField(_("competence"))
    document = models.ForeignKey(
        "projects.DocumentVersion",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("document"),
    )

    class Meta:
        ordering = ("pk",)
        verbose_name = _("competence")
        verbose_name_plural = _("competences")
        constraints = (models.CheckConstraint(condition=~Q(text=""), name="a_competence_says_something"),)
        triggers = [
            *insert_only("A competence"),
            DATED_BY_THE_DATABASE,
            STATED_BY_ITS_HOLDER,
            says_something("text"),
            leaves_an_event(),
        ]

    def __str__(self) -> str:
        return f"{self.mandate}: {self.text}"

    def sealed_content(self) -> dict[str, str]:
        """Return the statement for the seal."""
        return {"mandate": str(self.mandate_id), "text": self.text, "document": str(self.document_id or "")}


class DelegationQuerySet(GovernedQuerySet["Delegation"]):
    def active(self, at: Instant | None = None) -> Self:
        """Filter delegations in force at `at`, with the owner's mandate in force and both accounts active."""
        instant = at or act_time()
        return self.during(instant).filter(
            Q(mandate__period__endswith__isnull=True) | Q(mandate__period__endswith__gt=instant),
            delegate__is_active=True,
            mandate__period__startswith__lte=instant,
            mandate__taken_back=False,
            mandate__holder__is_active=True,
        )

    def during(self, instant: Instant) -> Self:
        """Filter delegations whose own period contains `instant`, whatever the state of the owner's mandate."""
        return self.filter(period__contains=instant)

    def effective(self) -> Self:
        """Filter delegations in force at any time, past or future.

        Excludes those taken back, and those that start after the end of the owner's mandate.
        """
        begun = self.exclude(period__endswith=F("period__startswith") + Value(INSTANT))
        return begun.filter(
            Q(mandate__period__endswith__isnull=True) | Q(mandate__period__endswith__gt=F("period__startswith"))
        )

    def not_over(self, at: Instant) -> Self:
        """Filter delegations in force at `at` or later, by their own period and that of the owner's mandate."""
        return self.filter(
            Q(mandate__period__endswith__isnull=True) | Q(mandate__period__endswith__gt=at),
            period__endswith__gt=at,
            mandate__taken_back=False,
        )

    def covering(self, kind: str, amount: Decimal | None) -> Self:
        """Filter delegations that cover a decision of this kind and amount (EUR); an unknown one is within no cap."""
        within = Q(cap__isnull=True) if amount is None else Q(cap__isnull=True) | Q(cap__gte=amount)
        return self.filter(within, kinds__contains=[kind])


class Delegation(ActModel):
    """The owner lets a person sign some kinds of decision, up to a cap, over a period. Not transferable."""

    ERASABLE = ("document",)

    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="delegations", verbose_name=_("owner's mandate"))
    delegate = models.ForeignKey(User, models.PROTECT, related_name="delegations", verbose_name=_("delegate"))
    kinds = ArrayField(models.CharField(max_length=30, choices=DecisionKind), verbose_name=_("kinds of decision"))
    cap = models.DecimalField(_("cap (€)"), max_digits=14, decimal_places=2, null=True, blank=True)
    period = DateTimeRangeField(_("period"))
    document = models.CharField(_("act document"), max_length=200)

    objects = DelegationQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("signature delegation")
        verbose_name_plural = _("signature delegations")
        constraints = (
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__startswith__isnull=False, period__endswith__isnull=False),
                name="a_delegation_has_a_start_and_an_end",
                violation_error_message=_("Enter an end date after the start date."),
            ),
            models.CheckConstraint(
                condition=Q(kinds__contained_by=sorted(DELEGABLE_KINDS)) & Q(kinds__len__gt=0),
                name="a_delegation_covers_only_delegable_kinds",
                violation_error_message=_("Some of these kinds of decision stay with the owner in person."),
            ),
            models.CheckConstraint(condition=Q(cap__isnull=True) | Q(cap__gte=0), name="a_cap_is_not_negative"),
        )
        triggers = [
            *never_deleted("A delegation"),
            DATED_BY_THE_DATABASE,
            DELEGATION_COMES_FROM_THE_OWNER,
            DELEGATION_ONLY_ENDS,
            refused_to_the_tied(
                "(SELECT holder_id FROM public.projects_mandate WHERE id = NEW.mandate_id)",
                "(SELECT project_id FROM public.projects_mandate WHERE id = NEW.mandate_id)",
            ),
            leaves_an_event(pgtrigger.Insert | pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return f"{self.delegate} ← {self.mandate}"

    @property
    def person(self) -> User:
        """Return the holder of the seat; the same attribute exists on mandates and delegations."""
        return self.delegate

    @property
    def project(self) -> Project:
        """Return the project of the owner's mandate."""
        return self.mandate.project

    def locked(self) -> "Delegation":
        """Return a fresh copy of the delegation, locked until the act ends; the project is locked first."""
        project = Project.objects.locked(self.mandate.project_id)
        rows = Delegation.objects.select_for_update(of=("self",)).select_related("mandate__role")
        fresh = rows.get(pk=self.pk)
        fresh.mandate.project = project
        return fresh

    @property
    def starts_at(self) -> datetime:
        """Return the first instant of the delegation."""
        return self.period.lower  # type: ignore[no-any-return]

    @property
    def ends_at(self) -> datetime:
        """Return the first instant after the delegation: its own end, or that of the owner's mandate."""
        own: datetime = self.period.upper
        return min(own, self.mandate.ends_at or own)

    @property
    def taken_back(self) -> bool:
        """Return whether it was ended before it began; see Mandate."""
        return self.period.upper - self.period.lower == INSTANT  # type: ignore[no-any-return]

    @property
    def kind_labels(self) -> list[str]:
        """List the labels of its kinds in the reader's language."""
        return [str(DecisionKind(kind).label) for kind in self.kinds]

    @property
    def role(self) -> RoleTemplate:
        """Return the owner's role, in whose name the delegate signs."""
        return self.mandate.role


protect_history(Mandate, Delegation)
