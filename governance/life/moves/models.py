"""Moves of a project under another parent."""

from typing import Any, ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.access import Person
from core.history import never_deleted
from core.sql.array_lookup import in_array
from core.sql.compiled_sql import Instant, Reader
from governance.life.moves.enums import MoveState
from governance.life.moves.guards import ANSWERED_BY_THE_OWNERS, ASKED_BY_ITS_OWNER, MOVES_BY_AN_ACCEPTED_MOVE
from projects.enums import OVER
from projects.event_guards import leaves_an_event
from projects.models import Mandate, Project
from projects.project.rows import ProjectRow
from roles.models import User


class MoveQuerySet(models.QuerySet["Move"]):
    def visible_to(self, user: Person) -> Self:
        """Filter the moves of projects that `user` sees, and those that an owner of a node above is asked about."""
        seen = Project.objects.visible_to(user).values("pk")
        owned = Mandate.objects.active().deciding().filter(holder=user.pk).values("project")
        return self.filter(Q(in_array("project", seen)) | Q(parent__in=owned) | Q(target__in=owned))

    def awaiting(self, user: Reader, at: Instant | None = None) -> Self:
        """Filter the moves that `user` has to accept or refuse, as the owner of a node above."""
        owned = Mandate.objects.active(at).deciding().filter(holder=user.pk).values("project")
        leaves = Q(in_array("parent", owned), left_by=None)
        waiting = self.filter(leaves | Q(in_array("target", owned), joined_by=None), state=MoveState.ASKED)
        return waiting.exclude(project__state__in=OVER)


class Move(ProjectRow):
    """A move of `project` from `parent`, or from the top, under `target`. Each change is sealed with its event.

    - `left_by`, `joined_by`: the owners of `parent` and `target` who accepted it.
    - `ended_by`, `because`: who accepted it last, refused it or took it back; the reason of a refusal.
    """

    ERASABLE = ("because",)
    LOCKED_WITH: ClassVar[tuple[str, ...]] = ("target",)

    project = models.ForeignKey(Project, models.PROTECT, related_name="moves", verbose_name=_("project"))
    parent = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="moves_away", verbose_name=_("leaves")
    )
    target = models.ForeignKey(Project, models.PROTECT, related_name="moves_here", verbose_name=_("comes under"))
    state = models.CharField(_("state"), max_length=10, choices=MoveState, default=MoveState.ASKED)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"))
    left_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("accepted by the owner it leaves")
    )
    joined_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("accepted by the owner it joins")
    )
    ended_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )
    because = models.TextField(_("reason"), blank=True)

    objects = MoveQuerySet.as_manager()

    class Meta:
        verbose_name = _("move under another parent")
        verbose_name_plural = _("moves under another parent")
        constraints = (
            models.UniqueConstraint(fields=["project"], condition=Q(state="asked"), name="one_open_move_per_project"),
            models.CheckConstraint(condition=Q(state__in=MoveState.values), name="a_move_has_a_known_state"),
            models.CheckConstraint(condition=~Q(target=F("project")), name="a_move_leads_elsewhere"),
            models.CheckConstraint(
                condition=Q(state=MoveState.ASKED, ended_by=None) | (~Q(state=MoveState.ASKED) & ~Q(ended_by=None)),
                name="a_move_is_ended_by_somebody",
            ),
        )
        triggers = [
            *never_deleted("A move"),
            ASKED_BY_ITS_OWNER,
            ANSWERED_BY_THE_OWNERS,
            leaves_an_event(pgtrigger.Insert | pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return f"{self.project.code} → {self.target.code}"

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("governance:moves:move", args=[self.pk])

    #: It was done, refused or taken back meanwhile, or the actor has accepted it (core.pages.refusals.exceptions).
    moved_on = _("This move is no longer pending"), _("Nothing was recorded."), _("Read the move")

    @property
    def reference(self) -> str:
        """Return the codes of the project and of its next parent."""
        return str(self)

    @property
    def title(self) -> str:
        """Return the title of the project."""
        return self.project.title

    @property
    def is_open(self) -> bool:
        """Return whether it waits for an owner."""
        return self.state == MoveState.ASKED

    def sides(self) -> list[tuple[str, Project]]:
        """List the nodes whose owners accept it, each with the field of its acceptance."""
        left = [("left_by", self.parent)] if self.parent else []
        return [*left, ("joined_by", self.target)]

    def open_sides(self) -> list[tuple[str, Any]]:
        """List the nodes whose owners have not accepted it."""
        return [(name, node) for name, node in self.sides() if getattr(self, f"{name}_id") is None]


pgtrigger.register(MOVES_BY_AN_ACCEPTED_MOVE)(Project)
