"""Sessions of a body and the items of their agenda; decisions are those of the ledger."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.history import History, never_deleted, protect_history
from core.templatetags.ui import day
from core.words.labels import label_of
from governance.sessions.bodies.models import Body
from governance.sessions.sittings.enums import ItemOutcome, SessionState
from governance.sessions.sittings.guards import (
    BEGINS_IN_PREPARATION,
    FOLLOWS_ITS_STATES,
    IS_NOTED_WHILE_OPEN,
    IS_ON_THE_AGENDA,
)
from projects.event_guards import leaves_an_event_of_its_project
from projects.models import Project
from projects.organisation_settings.queries import zone
from projects.project.rows import (
    ProjectRow,
    ProjectRowQuerySet,
    points_within_its_project,
    stays_on_its_project,
)
from roles.models import User


class Session(ProjectRow):
    """A session of a body, on a day at an hour of the organisation.

    `arranged` is the order, the time and the free items of its draft agenda; `agenda_hash` the fingerprint of the
    agenda at its notice, whose items are rows from then on.
    """

    ERASABLE = ("place", "arranged")
    LOCKED_WITH: ClassVar[tuple[str, ...]] = ("body",)

    project = models.ForeignKey(Project, models.PROTECT, related_name="sessions", verbose_name=_("project"))
    body = models.ForeignKey(Body, models.PROTECT, related_name="sessions", verbose_name=_("body"))
    number = models.PositiveIntegerField(_("number"))
    day = models.DateField(_("day"))
    begins = models.TimeField(_("begins at"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=90)
    place = models.CharField(_("place or link"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=SessionState, default=SessionState.PREPARED)
    arranged = models.JSONField(_("draft agenda"), default=list, blank=True)
    agenda_hash = models.CharField(_("fingerprint of the agenda"), max_length=64, blank=True)
    convened_at = models.DateTimeField(_("convened"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = ProjectRowQuerySet["Session"].as_manager()
    history = History()
    get_state_display = label_of(SessionState, "state")

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        constraints = (
            models.UniqueConstraint(fields=["body", "number"], name="one_session_per_number"),
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=1440), name="a_session_lasts_some_minutes"),
            models.CheckConstraint(
                condition=Q(state__in=[SessionState.OPEN, SessionState.CLOSED], opened_at__isnull=False)
                | Q(~Q(state__in=[SessionState.OPEN, SessionState.CLOSED]), opened_at=None),
                name="a_session_is_opened_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state=SessionState.CLOSED, closed_at__isnull=False)
                | Q(~Q(state=SessionState.CLOSED), closed_at=None),
                name="a_session_is_closed_at_a_time",
            ),
        )
        triggers = [
            *never_deleted("A session"),
            stays_on_its_project("body_id", "number"),
            points_within_its_project(body_id="governance_body"),
            BEGINS_IN_PREPARATION,
            FOLLOWS_ITS_STATES,
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("governance:sittings:session", args=[self.pk])

    #: It was convened, opened, closed or cancelled meanwhile (core.pages.refusals.exceptions).
    moved_on = _("The session has changed"), _("Nothing was recorded."), _("Read the session")

    @property
    def reference(self) -> str:
        """Return the name of its body with its number."""
        return f"{self.body.name} {self.number}"

    @property
    def title(self) -> str:
        """Return its day."""
        return day(self.day)

    @property
    def starts_at(self) -> datetime:
        """Return the instant at which it begins, in the time zone of the organisation."""
        return datetime.combine(self.day, self.begins, zone())


class SessionItem(ProjectRow):
    """An item of an agenda: the row `subject_id` of a source, or a free one with a `title`.

    - `added_by`, `because`: who added it after the notice, and why.
    - `note`: what the secretary noted; `presence`: the presence of each person by their number.
    - `outcome`: deferred to the day `deferred_to`, or withdrawn; decisions are read from the ledger.
    """

    ERASABLE = ("title", "because", "note")
    LOCKED_WITH: ClassVar[tuple[str, ...]] = ("session__body",)

    project = models.ForeignKey(Project, models.PROTECT, related_name="session_items", verbose_name=_("project"))
    session = models.ForeignKey(Session, models.PROTECT, related_name="items", verbose_name=_("session"))
    place = models.PositiveSmallIntegerField(_("place on the agenda"))
    source = models.CharField(_("source"), max_length=20, blank=True)
    subject_id = models.BigIntegerField(_("row"), null=True, blank=True)
    title = models.TextField(_("title"), blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=10)
    added_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("added by")
    )
    because = models.TextField(_("why it was added"), blank=True)
    note = models.TextField(_("information noted"), blank=True)
    presence = models.JSONField(_("attendance"), default=dict, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=ItemOutcome, blank=True)
    deferred_to = models.DateField(_("deferred to"), null=True, blank=True)

    objects = ProjectRowQuerySet["SessionItem"].as_manager()
    history = History()
    get_outcome_display = label_of(ItemOutcome, "outcome")

    class Meta:
        verbose_name = _("item of a session")
        verbose_name_plural = _("items of sessions")
        constraints = (
            models.UniqueConstraint(fields=["session", "place"], name="one_item_per_place"),
            models.UniqueConstraint(
                fields=["session", "source", "subject_id"], name="a_row_is_heard_once_in_a_session"
            ),
            models.CheckConstraint(
                condition=Q(source="", subject_id=None) & ~Q(title="")
                | Q(~Q(source=""), subject_id__isnull=False, title=""),
                name="an_item_is_a_row_or_has_a_title",
            ),
            models.CheckConstraint(
                condition=Q(outcome=ItemOutcome.DEFERRED, deferred_to__isnull=False)
                | Q(outcome__in=["", ItemOutcome.WITHDRAWN], deferred_to=None),
                name="a_deferred_item_has_a_day",
            ),
        )
        triggers = [
            *never_deleted("An item of a session"),
            stays_on_its_project(
                "session_id", "place", "source", "subject_id", "title", "minutes", "added_by_id", "because"
            ),
            IS_ON_THE_AGENDA,
            IS_NOTED_WHILE_OPEN,
            leaves_an_event_of_its_project(),
        ]

    def __str__(self) -> str:
        return f"{self.session} · {self.place}"

    def get_absolute_url(self) -> str:
        """Return its place on the page of its session."""
        return f"{self.session.get_absolute_url()}#item-{self.place}"

    moved_on = Session.moved_on

    @property
    def key(self) -> str:
        """Return what names its row among all sources."""
        return f"{self.source}:{self.subject_id}" if self.source else ""


protect_history(Session, SessionItem)
