"""Replacements: two people close the account of an owner, or name another owner in their place (ADR 49)."""

from datetime import datetime
from typing import Any, ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.access import Person
from core.acts import act_time
from core.history import GovernedQuerySet, never_deleted
from core.sql.array_lookup import in_array
from core.sql.compiled_sql import Instant, Reader
from projects.event_guards import leaves_an_event
from projects.people.replacements.enums import PERIOD, Capacity, Kind, Outcome
from projects.people.replacements.guards import (
    ASKED_AS_THINGS_STAND,
    BY_ITS_HANDS,
    CLOSED_BY_TWO_HANDS,
    DOES_WHAT_IT_SAYS,
    GOES_ON_AS_IT_WAS_ASKED,
)
from projects.project.models import Project
from projects.project.rows import ProjectRow
from roles.models import INSTALLATION, User


class MaySecond(models.Func):
    """The capacity in which a person may second a replacement at an instant, or NULL; arguments as in SQL."""

    function = "public.ouvrage_may_second"
    output_field: Any = models.CharField()


#: The columns of a replacement by which the database tells who may second it.
WHO_SECONDS = ("kind", "project", "former", "successor", "proposed_by", "proposed_at")


class ReplacementQuerySet(GovernedQuerySet["Replacement"]):
    def open(self) -> Self:
        """Filter those that have not ended."""
        return self.filter(ended_at=None)

    def seconded_by_whom(self, user: Reader, at: Instant | None = None) -> Self:
        """Filter those that `user` may second, and annotate their `capacity_of`."""
        waiting = self.open().exclude(proposed_by__email=INSTALLATION).filter(seconded_by=None)
        capacity = MaySecond(user.pk, *(F(name) for name in WHO_SECONDS), at or act_time())
        return waiting.annotate(capacity_of=capacity).filter(capacity_of__isnull=False)

    def to_take_by(self, user: Reader) -> Self:
        """Filter the seats that `user` is to accept: seconded, and not contested."""
        return self.open().filter(successor=user.pk, seconded_by__isnull=False).exclude(self._contested())

    def to_confirm_by(self, user: Reader) -> Self:
        """Filter what the former owner objects to, and `user` has not confirmed anew."""
        proposed = Q(proposed_by=user.pk, reproposed_at=None, proposed_at__lt=F("objected_at"))
        seconded = Q(seconded_by=user.pk, reseconded_at=None, seconded_at__lt=F("objected_at"))
        return self.exclude(outcome=Outcome.WITHDRAWN).filter(proposed | seconded, objected_at__isnull=False)

    def asked_of(self, user: Reader) -> Self:
        """Filter the closings that the directory or a last day asks of `user`, an administrator."""
        administrators = User.objects.filter(pk=user.pk, is_staff=True, is_active=True)
        return self.open().filter(models.Exists(administrators), proposed_by__email=INSTALLATION)

    def recent(self, at: datetime) -> Self:
        """Filter what the former owner can object to: open, or done within 30 days."""
        done = Q(outcome=Outcome.DONE, ended_at__gt=at - PERIOD)
        return self.filter(Q(ended_at=None) | done, objected_at=None)

    def visible_to(self, user: Person) -> Self:
        """Filter those that `user` reads: administrators all; readers of the project, and everybody it concerns."""
        if getattr(user, "is_staff", False):
            return self.all()
        seen = Project.objects.visible_to(user).values("pk")
        mine = Q(successor=user.pk) | Q(former=user.pk) | Q(proposed_by=user.pk) | Q(seconded_by=user.pk)
        may = self.seconded_by_whom(user).values("pk")
        return self.filter(mine | Q(in_array("project", seen), kind=Kind.OWNER) | Q(pk__in=may))

    @staticmethod
    def _contested() -> Q:
        return Q(objected_at__isnull=False) & ~(
            (Q(reproposed_at__isnull=False) | Q(proposed_at__gt=F("objected_at")))
            & (Q(reseconded_at__isnull=False) | Q(seconded_at__gt=F("objected_at")))
        )


class Replacement(ProjectRow):
    """A request of two hands about the owner `former`: to close their account, or to name `successor` in their place.

    It is proposed by an administrator, seconded by somebody else, and done by the one who accepts the seat, or at once
    when an account is closed. The former owner may object. What the directory or a last day asks for is a closing that
    the installation proposes: it waits for somebody to propose it again. `project` is the chain of its events: the
    organisation's for a closing.

    - `alone`: nobody can second it; it counts after 30 days by one hand.
    - `reproposed_at`, `reseconded_at`: when the two confirmed it anew after an objection.
    """

    ERASABLE = ("because", "seconded_because", "reproposed_because", "reseconded_because")
    LOCKED_WITH: ClassVar[tuple[str, ...]] = ("former", "successor", "proposed_by", "seconded_by")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    project = models.ForeignKey(Project, models.PROTECT, related_name="replacements", verbose_name=_("project"))
    former = models.ForeignKey(User, models.PROTECT, related_name="replaced", verbose_name=_("former owner"))
    successor = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("new owner")
    )
    last_day = models.DateField(_("last day"), null=True, blank=True)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed"))
    because = models.TextField(_("why the former owner is no longer there"), blank=True)
    alone = models.BooleanField(_("nobody can second it"), default=False)
    seconded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("seconded by")
    )
    seconded_at = models.DateTimeField(_("seconded"), null=True, blank=True)
    capacity = models.CharField(_("capacity"), max_length=20, choices=Capacity, blank=True)
    seconded_because = models.TextField(_("words of the person who seconds"), blank=True)
    objected_at = models.DateTimeField(_("objected"), null=True, blank=True)
    reproposed_at = models.DateTimeField(_("proposed anew"), null=True, blank=True)
    reproposed_because = models.TextField(_("words with which it was proposed anew"), blank=True)
    reseconded_at = models.DateTimeField(_("seconded anew"), null=True, blank=True)
    reseconded_because = models.TextField(_("words with which it was seconded anew"), blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    outcome = models.CharField(_("end"), max_length=10, choices=Outcome, blank=True)

    #: Set by `seconded_by_whom()`.
    capacity_of: str | None = None

    objects = ReplacementQuerySet.as_manager()

    class Meta:
        verbose_name = _("replacement of an owner")
        verbose_name_plural = _("replacements of owners")
        constraints = (
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(ended_at=None, kind=Kind.OWNER),
                name="one_open_replacement_per_project",
            ),
            models.UniqueConstraint(
                fields=["former"], condition=Q(ended_at=None, kind=Kind.CLOSING), name="one_open_closing_per_person"
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.OWNER, successor__isnull=False, last_day=None)
                | Q(kind=Kind.CLOSING, successor=None),
                name="a_replacement_is_of_a_known_kind",
            ),
            models.CheckConstraint(
                condition=Q(successor=None) | ~Q(successor=F("former")), name="an_owner_is_replaced_by_another"
            ),
            models.CheckConstraint(
                condition=Q(seconded_by=None, seconded_at=None, capacity="", seconded_because="")
                | Q(seconded_by__isnull=False, seconded_at__isnull=False, capacity__in=Capacity.values),
                name="a_second_hand_is_whole",
            ),
            models.CheckConstraint(
                condition=(Q(reproposed_at=None, reproposed_because="") | Q(reproposed_at__isnull=False))
                & (Q(reseconded_at=None, reseconded_because="") | Q(reseconded_at__isnull=False)),
                name="words_that_confirm_anew_have_their_date",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", ended_at=None) | Q(outcome__in=Outcome.values, ended_at__isnull=False),
                name="a_replacement_ends_in_a_known_way",
            ),
        )
        triggers = [
            *never_deleted("A replacement"),
            ASKED_AS_THINGS_STAND,
            GOES_ON_AS_IT_WAS_ASKED,
            BY_ITS_HANDS,
            DOES_WHAT_IT_SAYS,
            leaves_an_event(pgtrigger.Insert | pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.former_id}"

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("projects:replacements:replacement", args=[self.pk])

    @property
    def reference(self) -> str:
        """Return what a notice names it by; a closing concerns no project."""
        return self.project.code if self.is_of_owner else "Ouvrage"

    @property
    def title(self) -> str:
        """Return the title of the project, or of a closing: it names no one, as notices are kept."""
        return self.project.title if self.is_of_owner else _now("Account of a project owner")

    @property
    def is_asked(self) -> bool:
        """Return whether the directory or a last day asks for it, and nobody has proposed it yet."""
        return self.proposed_by.email == INSTALLATION

    @property
    def is_of_owner(self) -> bool:
        """Return whether it names another owner."""
        return self.kind == Kind.OWNER

    @property
    def is_contested(self) -> bool:
        """Return whether the former owner objected, and those who asked have not confirmed it since."""
        if self.objected_at is None:
            return False
        if (self.reproposed_at or self.proposed_at) <= self.objected_at:
            return True
        if self.seconded_by_id is None:
            return not self.alone or self.reproposed_at is None or self.reproposed_at > act_time() - PERIOD
        seconded = self.reseconded_at or self.seconded_at
        return seconded is None or seconded <= self.objected_at

    @property
    def counts_alone_from(self) -> datetime | None:
        """Return when one hand alone counts; None while two are asked for."""
        if not self.alone or self.seconded_by_id:
            return None
        return (self.reproposed_at or self.proposed_at) + PERIOD

    @property
    def objects_until(self) -> datetime | None:
        """Return until when the former owner can object; None while it is open."""
        return self.ended_at and self.ended_at + PERIOD


pgtrigger.register(CLOSED_BY_TWO_HANDS)(User)
