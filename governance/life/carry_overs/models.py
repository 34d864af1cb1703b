"""What the closing of a project carried over to another one: a task of a named holder, who accepts it."""

from datetime import date, timedelta
from typing import ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.access import Person
from core.acts import act_time
from core.history import never_deleted
from core.record.erasure import display_text
from core.sql.array_lookup import in_array
from core.sql.compiled_sql import Day, Instant, Reader
from governance.decide.decisions.models import Decision
from governance.decide.kinds.items import label_item
from governance.life.carry_overs.enums import CarryOverState
from governance.life.carry_overs.guards import (
    ANSWERED_IN_THE_TARGET,
    DONE_IN_THE_TARGET,
    NAMED_BY_THE_CLOSING,
    REFUSED_IN_THE_TARGET,
)
from projects.enums import OVER
from projects.event_guards import leaves_an_event
from projects.models import Mandate, Project
from projects.organisation_settings.queries import today
from projects.project.rows import ProjectRow
from roles.models import User

#: Working days in which the holder answers; then it returns to the owner of the project it goes to.
DAYS_TO_ANSWER = 10
#: Working days in which the owner of the project it goes to says that it is not done.
DAYS_TO_REFUSE = 10
#: Days from the acceptance that its form proposes for the end of the work.
DAYS_TO_FINISH = 90


class CarryOverQuerySet(models.QuerySet["CarryOver"]):
    def visible_to(self, user: Person) -> Self:
        """Filter what is carried over from and to projects that `user` sees, and to `user`."""
        seen = Project.objects.visible_to(user).values("pk")
        return self.filter(Q(in_array("project", seen)) | Q(in_array("target", seen)) | Q(holder=user.pk))

    def awaiting(self, user: Reader, at: Instant | None = None, day: Day | None = None) -> Self:
        """Filter what `user` has to answer: as its holder in time, else as the owner of the project it goes to."""
        on = today() if day is None else day
        owned = Mandate.objects.active(at).deciding().filter(holder=user.pk).values("project")
        returned = Q(state=CarryOverState.DECLINED) | Q(state=CarryOverState.ASKED, due_on__lt=on)
        in_time = Q(state=CarryOverState.ASKED, due_on__gte=on, holder=user.pk)
        return self.filter(in_time | (returned & Q(in_array("target", owned)))).exclude(target__state__in=OVER)

    def awaiting_end(self, user: Reader, at: Instant | None = None) -> Self:
        """Filter what `user` follows until it is done: accepted by them, or by a person without a role there now."""
        seats = Mandate.objects.active(at)
        follows = Exists(seats.filter(project=OuterRef("target"), holder=OuterRef("answered_by")))
        mine = Q(in_array("target", seats.filter(holder=user.pk).values("project")), answered_by=user.pk)
        owned = Q(in_array("target", seats.deciding().filter(holder=user.pk).values("project"))) & ~follows
        return self.filter(mine | owned, state=CarryOverState.ACCEPTED).exclude(target__state__in=OVER)


class CarryOver(ProjectRow):
    """An item that the closing of `project` carried over to `target`. Each change is sealed with its event.

    - `item` is its key in `Decision.settled`, `group` that of its cause; `label` and `text` say what it is.
    - `holder` accepts or declines it until `due_on`; then the owner of `target` accepts it.
    - `answered_by`, `answered_at`: who declined or accepted it last; who accepted it follows it until `finish_on`.
    - `outcome`, `done_by`, `done_at`: what was done with it in the end, or why nothing is left to do.
    - `refuse_by`: last day on which the owner of `target` says that it is not done; empty in rows of earlier releases.
    - `refused_outcome`, `refused_because`, `refused_by`, `refused_at`: both words, once it was not done.
    """

    ERASABLE = ("text", "declined_because", "outcome", "refused_outcome", "refused_because")
    REPEATS = ("text",)
    LOCKED_WITH: ClassVar[tuple[str, ...]] = ("target", "decision", "holder")

    project = models.ForeignKey(Project, models.PROTECT, related_name="carried_over", verbose_name=_("project"))
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="carry_overs", verbose_name=_("decision"))
    item = models.CharField(_("item"), max_length=80)
    group = models.CharField(_("group of items"), max_length=20)
    label = models.CharField(_("kind of item"), max_length=100)
    text = models.TextField(_("item in words"))
    target = models.ForeignKey(Project, models.PROTECT, related_name="taken_over", verbose_name=_("goes to"))
    holder = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("holder"))
    due_on = models.DateField(_("to be answered by"))
    asked_at = models.DateTimeField(_("carried over on"))
    state = models.CharField(_("state"), max_length=10, choices=CarryOverState, default=CarryOverState.ASKED)
    declined_because = models.TextField(_("reason for declining"), blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered on"), null=True, blank=True)
    finish_on = models.DateField(_("to be done by"), null=True, blank=True)
    outcome = models.TextField(_("what was done"), blank=True, default="", db_default="")
    done_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("done according to")
    )
    done_at = models.DateTimeField(_("done on"), null=True, blank=True)
    refuse_by = models.DateField(_("to be checked by"), null=True, blank=True)
    refused_outcome = models.TextField(_("what was said to be done"), blank=True, default="", db_default="")
    refused_because = models.TextField(_("why it is not done"), blank=True, default="", db_default="")
    refused_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("not done according to")
    )
    refused_at = models.DateTimeField(_("not done on"), null=True, blank=True)

    objects = CarryOverQuerySet.as_manager()

    class Meta:
        verbose_name = _("item carried over")
        verbose_name_plural = _("items carried over")
        constraints = (
            models.UniqueConstraint(fields=["decision", "item"], name="an_item_is_carried_over_once"),
            models.CheckConstraint(condition=~Q(target=F("project")), name="an_item_is_carried_to_another_project"),
            models.CheckConstraint(
                condition=Q(state=CarryOverState.ASKED, answered_by=None, answered_at=None, declined_because="")
                | Q(
                    state__in=[CarryOverState.DECLINED, CarryOverState.ACCEPTED, CarryOverState.DONE],
                    answered_by__isnull=False,
                    answered_at__isnull=False,
                ),
                name="an_item_carried_over_is_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state=CarryOverState.DONE, done_by__isnull=False, done_at__isnull=False)
                | Q(~Q(state=CarryOverState.DONE), done_by=None, done_at=None, outcome=""),
                name="an_item_carried_over_is_done_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(refused_by__isnull=False, refused_at__isnull=False)
                | Q(refused_by=None, refused_at=None, refused_outcome="", refused_because=""),
                name="an_item_carried_over_is_refused_by_somebody",
            ),
        )
        triggers = [
            *never_deleted("An item carried over"),
            NAMED_BY_THE_CLOSING,
            ANSWERED_IN_THE_TARGET,
            DONE_IN_THE_TARGET,
            REFUSED_IN_THE_TARGET,
            leaves_an_event(pgtrigger.Insert | pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return f"{self.project.code} → {self.target.code}"

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("governance:carry_overs:carry_over", args=[self.pk])

    #: It was answered or done meanwhile, or has returned to the owner (core.pages.refusals.exceptions).
    moved_on = _("This item is answered already"), _("Nothing was recorded."), _("Read the item")

    @property
    def reference(self) -> str:
        """Return the codes of the project and of the one it goes to."""
        return str(self)

    @property
    def title(self) -> str:
        """Return what is carried over."""
        return display_text(self.text)

    @property
    def item_label(self) -> str:
        """Return what kind of item it is, in the reader's language."""
        return label_item(self.item, self.label)

    @property
    def because(self) -> str:
        """Return the word of the decision that closed the project."""
        words: dict[str, str] = {word["item"]: word["because"] for word in self.decision.settled}
        return words.get(self.item, "")

    @property
    def is_accepted(self) -> bool:
        """Return whether somebody has accepted it."""
        return self.state in {CarryOverState.ACCEPTED, CarryOverState.DONE}

    @property
    def is_done(self) -> bool:
        """Return whether it has come to its end."""
        return self.state == CarryOverState.DONE

    @property
    def can_be_refused(self) -> bool:
        """Return whether it is time to say that it is not done, for the first time."""
        if not self.is_done or self.refused_by_id or self.refuse_by is None:
            return False
        return _find_tomorrow() <= self.refuse_by or today() <= self.refuse_by

    @property
    def has_returned(self) -> bool:
        """Return whether it waits for the owner of the project it goes to: declined, or not answered in time."""
        if self.state != CarryOverState.ASKED:
            return self.state == CarryOverState.DECLINED
        return self.due_on <= _find_tomorrow() and self.due_on < today()


def _find_tomorrow() -> date:
    """Return a day that is today or ahead in any time zone, without a query: a day after it need not be compared."""
    return timezone.localdate(act_time()) + timedelta(days=1)
