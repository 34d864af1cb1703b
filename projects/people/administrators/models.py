"""Requests to end the rights of an administrator."""

from datetime import date, datetime, timedelta
from typing import Any, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.access import Person
from core.history import GovernedQuerySet, never_deleted
from core.sql.compiled_sql import Reader
from projects.event_guards import leaves_an_event
from projects.people.administrators.enums import DAYS_AFTER_ABSENCE, End
from projects.people.administrators.guards import (
    ASKED_AS_THINGS_STAND,
    ASKED_BY_ANOTHER,
    CHANGED_BY_ANOTHER,
    GOES_ON_AS_IT_WAS_ASKED,
    OPENED_BY_THE_INSTALLATION,
    RIGHTS_END_FIRST,
)
from projects.people.credentials.guards import WAITING_TIME, by_a_proven_hand
from roles.models import INSTALLATION, User


class Administers(models.Func):
    """Whether the rights of an administrator count at an instant."""

    function = "public.ouvrage_administers"
    output_field: Any = models.BooleanField()


class AdministersSince(models.Func):
    """Since when a person has been an administrator, or NULL."""

    function = "public.ouvrage_administers_since"
    output_field: Any = models.DateTimeField()


class WaitingTime(models.Func):
    """How long what is new waits until it counts."""

    template = WAITING_TIME
    output_field: Any = models.DurationField()


def find_rights_since(person: Person) -> datetime | None:
    """Return since when a person has been an administrator; None for nobody who is one."""
    found = User.objects.filter(pk=person.pk).annotate(since=AdministersSince(F("pk")))
    since: datetime | None = found.values_list("since", flat=True).first()
    return since


class AdministratorEndingQuerySet(GovernedQuerySet["AdministratorEnding"]):
    def open(self) -> Self:
        """Filter requests that have not ended."""
        return self.filter(ended_at=None)

    def seconded_by_whom(self, user: Reader) -> Self:
        """Filter those that `user` may confirm: another administrator, with rights older than the waiting time."""
        of_others = self.open().exclude(Q(person=user.pk) | Q(asked_by=user.pk))
        return of_others.alias(since=AdministersSince(user.pk)).filter(since__lte=F("asked_at") - WaitingTime())

    def contested_before(self, user: Reader) -> Self:
        """Filter those to which their person objected, and that `user` may confirm."""
        return self.seconded_by_whom(user).filter(objected_at__isnull=False)


class AdministratorEnding(models.Model):
    """A request of `asked_by` to end the rights of `person`, who is told and can object.

    It is applied at `counts_from` if they did not, or before and after by a second administrator.
    """

    person = models.ForeignKey(User, models.PROTECT, related_name="rights_endings", verbose_name=_("person"))
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"))
    counts_from = models.DateTimeField(_("counts from"))
    objected_at = models.DateTimeField(_("objected"), null=True, blank=True)
    seconded_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("confirmed by")
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    outcome = models.CharField(_("end"), max_length=20, choices=End, blank=True)

    objects = AdministratorEndingQuerySet.as_manager()

    class Meta:
        verbose_name = _("end of the rights of an administrator")
        verbose_name_plural = _("ends of the rights of administrators")
        constraints = (
            models.UniqueConstraint(
                fields=["person"], condition=Q(ended_at=None), name="one_open_end_of_rights_per_administrator"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", ended_at=None) | Q(outcome__in=End.values, ended_at__isnull=False),
                name="an_end_of_rights_ends_in_a_known_way",
            ),
        )
        triggers = [
            *never_deleted("A request to end rights"),
            ASKED_AS_THINGS_STAND,
            ASKED_BY_ANOTHER,
            by_a_proven_hand("NEW.asked_by_id"),
            GOES_ON_AS_IT_WAS_ASKED,
            leaves_an_event(pgtrigger.Insert | pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.asked_at}"

    def is_due(self, at: datetime, today: date) -> bool:
        """Return whether time alone applies it: no objection in time, and no absence of its person lately."""
        person = self.person
        until = person.absent_until and person.absent_until + timedelta(days=DAYS_AFTER_ABSENCE)
        is_away = bool(person.absent_from and until and person.absent_from <= today <= until)
        return self.objected_at is None and self.counts_from <= at and not is_away

    def may_be_seconded_by(self, person: Person) -> bool:
        """Return whether a person may confirm, while it is open."""
        return AdministratorEnding.objects.seconded_by_whom(person).filter(pk=self.pk).exists()

    def may_be_kept_by(self, person: Person) -> bool:
        """Return whether a person may take it back: who asked, or anybody if the installation did."""
        return self.asked_by_id == person.pk or self.asked_by.email == INSTALLATION


pgtrigger.register(CHANGED_BY_ANOTHER, OPENED_BY_THE_INSTALLATION, RIGHTS_END_FIRST)(User)
