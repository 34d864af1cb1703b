"""Shares of a budget: what the owner of a portfolio or programme gives to a project or programme below. Insert-only."""

from datetime import date
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from core.history import insert_only
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from core.sql.array_lookup import in_array
from core.sql.compiled_sql import Instant, Reader
from governance.decide.decisions.models import Decision, Effect
from governance.place.shares.guards import (
    GIVEN_BY_ITS_DECISION,
    OF_WHAT_IS_BELOW,
    STAYS_WITHIN_THE_BUDGETS,
    STAYS_WITHIN_THE_SHARE,
)
from projects.models import Mandate, Project
from projects.project.rows import ProjectRowQuerySet


class ShareQuerySet(ProjectRowQuerySet["Share"]):
    def standing(self) -> Self:
        """Leave out what a later decision undid, in the order in which the rows were decided."""
        undone = Effect.objects.filter(subject="governance.share", subject_id=OuterRef("pk"), after="")
        return self.filter(~Exists(undone)).order_by("acted_at", "pk")

    def newest(self, day: date | None = None) -> Self:
        """Keep the newest row of each place, of those whose day has come on `day` when it is given."""
        come = Q() if day is None else Q(starts_on__lte=day)
        later = Share.objects.standing().filter(come, project=OuterRef("project"), part=OuterRef("part"))
        newer = Q(acted_at__gt=OuterRef("acted_at")) | Q(acted_at=OuterRef("acted_at"), pk__gt=OuterRef("pk"))
        return self.standing().filter(come, ~Exists(later.filter(newer).order_by()))

    def held_on(self, day: date) -> Self:
        """Keep the rows whose day has come, the newest first: the first one of a place holds."""
        return self.standing().filter(starts_on__lte=day).order_by("-acted_at", "-pk")

    def awaiting(self, user: Reader, at: Instant | None = None) -> Self:
        """Filter the places withdrawn from a project of `user`, its owner, who has not decided what follows."""
        owned = Mandate.objects.active(at).deciding().filter(holder=user.pk).values("project")
        return self.newest().filter(in_array("part", owned), is_withdrawn=True, part__parent=F("project"))


class Share(ActModel):
    """What `part` has of the budget of `project`, the portfolio or programme above, from `starts_on` on.

    The newest decision whose day has come holds. `part` is `project` itself for its own cost. A withdrawn place has no
    share: the owner of `part` decides what follows by `answer_by`.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="shares", verbose_name=_("budget of"))
    part = models.ForeignKey(Project, models.PROTECT, related_name="places", verbose_name=_("share of"))
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="shares", verbose_name=_("decision"))
    amount = models.DecimalField(_("share (€)"), max_digits=14, decimal_places=2)
    starts_on = models.DateField(_("start"))
    is_withdrawn = models.BooleanField(_("place withdrawn"), default=False)
    answer_by = models.DateField(_("to be decided below by"), null=True, blank=True)

    objects = ShareQuerySet.as_manager()

    class Meta:
        verbose_name = _("share of a budget")
        verbose_name_plural = _("shares of budgets")
        indexes = (models.Index(fields=["project", "part"], name="share_by_place"),)
        constraints = (
            models.CheckConstraint(condition=Q(amount__gte=0), name="a_share_is_not_negative"),
            models.CheckConstraint(
                condition=Q(is_withdrawn=False, answer_by=None)
                | Q(is_withdrawn=True, amount=0, answer_by__isnull=False),
                name="a_withdrawn_place_has_no_share",
            ),
            models.UniqueConstraint(fields=["decision", "part"], name="one_share_per_decision_and_place"),
        )
        triggers = [*insert_only("A share of a budget"), DATED_BY_THE_DATABASE, OF_WHAT_IS_BELOW, GIVEN_BY_ITS_DECISION]

    def __str__(self) -> str:
        return f"{self.project.code} → {self.part.code}"


pgtrigger.register(STAYS_WITHIN_THE_BUDGETS)(Effect)
pgtrigger.register(STAYS_WITHIN_THE_SHARE)(Decision)
