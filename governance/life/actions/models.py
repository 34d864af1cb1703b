"""What is somebody's to do on a project, programme or portfolio: a person, a day, a state, and what it came from."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.access import Text
from core.history import History, never_deleted, protect_history
from core.record.erasure import display_text
from core.sql.array_lookup import in_array
from core.sql.compiled_sql import Instant, Reader
from governance.life.actions.enums import ActionState
from governance.life.actions.guards import (
    COMES_FROM_ITS_PROJECT,
    GIVEN_TO_SOMEBODY_THERE,
    SETTLED_BY_ITS_PERSON,
)
from projects.event_guards import leaves_an_event_of_its_project
from projects.models import DocumentVersion, Mandate, Project
from projects.organisation_settings.queries import today
from projects.project.rows import ProjectRow, ProjectRowQuerySet, stays_on_its_project
from roles.models import User


class ActionQuerySet(ProjectRowQuerySet["Action"]):
    def open(self) -> Self:
        """Filter what is to be done."""
        return self.filter(state=ActionState.OPEN)

    def due_from(self, user: Reader, role: Q, at: Instant | None = None) -> Self:
        """Filter what `user` has to do: as its person, or in the place of one who left; `role` says they hold it.

        Whoever holds the role now inherits it, and the owner while nobody does.
        """
        seats = Mandate.objects.active(at).filter(project=OuterRef("project"))
        stays = Exists(seats.filter(holder=OuterRef("holder")))
        is_held = Exists(seats.filter(role__code=OuterRef("role")))
        owned = Mandate.objects.active(at).deciding().filter(holder=user.pk).values("project")
        inherits = ~stays & (role | (~is_held & Q(in_array("project", owned))))
        return self.open().filter((Q(holder=user.pk) & stays) | inherits)


class Action(ProjectRow):
    """Something that `holder`, in their role, does by a day; `given_by` gave it to them.

    `source`, `source_id` and `source_code` name the row that it came from, empty without one. `outcome` and `document`
    say how it was done, or why it was dropped.
    """

    LOCKED_WITH = ("holder", "given_by")

    ERASABLE = ("text", "outcome")
    REPEATS = ("source_code",)

    project = models.ForeignKey(Project, models.PROTECT, related_name="actions", verbose_name=_("project"))
    number = models.PositiveIntegerField(_("number"))
    text = models.TextField(_("what is to be done"))
    holder = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=30)
    due_on = models.DateField(_("due"))
    state = models.CharField(_("state"), max_length=8, choices=ActionState, default=ActionState.OPEN)
    outcome = models.TextField(_("what was done"), blank=True)
    document = models.ForeignKey(
        DocumentVersion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("evidence")
    )
    source = models.CharField(_("kind of what it came from"), max_length=60, blank=True)
    source_id = models.BigIntegerField(_("what it came from"), null=True, blank=True)
    source_code = models.CharField(_("code of what it came from"), max_length=60, blank=True)
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("given by"))
    given_at = models.DateTimeField(_("given on"))
    settled_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("done or dropped by")
    )
    settled_at = models.DateTimeField(_("done or dropped on"), null=True, blank=True)

    objects = ActionQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        indexes = (
            models.Index(fields=["project", "due_on"], name="open_action_by_day", condition=Q(state="open")),
            models.Index(fields=["source", "source_id"], name="action_by_source", condition=~Q(source="")),
        )
        constraints = (
            models.UniqueConstraint(fields=["project", "number"], name="one_action_per_number"),
            models.CheckConstraint(condition=~Q(text="") & ~Q(role=""), name="an_action_says_what_and_in_which_role"),
            models.CheckConstraint(
                condition=Q(state=ActionState.OPEN, settled_by=None, settled_at=None, document=None, outcome="")
                | Q(
                    state__in=[ActionState.DONE, ActionState.DROPPED],
                    settled_by__isnull=False,
                    settled_at__isnull=False,
                ),
                name="an_action_is_done_or_dropped_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(source="", source_id=None, source_code="") | Q(~Q(source=""), source_id__isnull=False),
                name="an_action_names_what_it_came_from",
            ),
        )
        triggers = [
            *never_deleted("An action"),
            stays_on_its_project("number", "given_by_id", "given_at", "source", "source_id", "source_code"),
            GIVEN_TO_SOMEBODY_THERE,
            SETTLED_BY_ITS_PERSON,
            COMES_FROM_ITS_PROJECT,
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return f"{self.reference} · {self.what}"

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("governance:actions:action", args=[self.pk])

    @property
    def moved_on(self) -> tuple[Text, Text, Text]:
        """Return its present state (core.pages.refusals.exceptions)."""
        text = _("It is “%(state)s” now.") % {"state": self.get_state_display()}
        return _("The action has changed"), text, _("Read the action as it is now")

    @property
    def reference(self) -> str:
        """Return the reference, such as ACT-03."""
        return f"ACT-{self.number:02d}"

    @property
    def title(self) -> str:
        """Return the title of its project: what notices quote stays when the text is erased."""
        return str(self.project.title)

    @property
    def what(self) -> str:
        """Return what is to be done, also where it is erased."""
        return display_text(self.text)

    @property
    def seat(self) -> str:
        """Return its person and their role, as forms offer them."""
        return f"{self.role}-{self.holder_id}"

    @property
    def is_open(self) -> bool:
        """Return whether it is to be done."""
        return self.state == ActionState.OPEN

    @property
    def is_late(self) -> bool:
        """Return whether it is overdue."""
        return self.is_open and self.due_on < today()


protect_history(Action)
