"""Model of an import of requirements."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from amoa.imports import workflow
from amoa.imports.enums import Failure, ImportState
from amoa.imports.guards import FOLLOWS_ITS_STEPS
from core.access import Person
from core.history import never_deleted
from core.tables.received import BEGINS_WITH_ITS_FILE, KEEPS_ITS_FILE, LET_GO, ReceivedTable
from projects.ledger.models import LedgerEvent
from projects.models import Project
from projects.project.rows import stays_on_its_project
from roles.models import User

#: Fields reset when an import ends that wrote nothing.
NOTHING_KEPT: dict[str, Any] = LET_GO | {"problems": [], "summary": {}, "done": 0}
#: Large fields that pages defer; only the worker and a new reading need them.
HEAVY = ("content",)


class ImportQuerySet(models.QuerySet["ImportJob"]):
    def visible_to(self, user: Person) -> Self:
        """Filter the imports that `user` started, on projects they see; nobody else sees them."""
        return self.filter(by=user.pk or 0, project__in=Project.objects.visible_to(user))

    def light(self) -> Self:
        """Defer the bytes of the file."""
        return self.defer(*HEAVY)


class ImportJob(ReceivedTable):
    """An import of requirements from a file; `content` is emptied once it ends.

    `problems` holds the first ones, `errors` counts the
    lines in error. `fingerprint` covers the requirements that the check compared with. `runs` counts the attempts of
    workers; only the latest may finish.
    """

    REPEATS = (*ReceivedTable.REPEATS, "problems", "summary")
    IS_SEALED = False

    project = models.ForeignKey(Project, models.PROTECT, related_name="imports", verbose_name=_("project"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("started by"))
    state = models.CharField(_("state"), max_length=10, choices=ImportState, default=ImportState.UPLOADED)
    problems = models.JSONField(_("problems"), default=list, blank=True)
    errors = models.PositiveIntegerField(_("lines in error"), default=0)
    warnings = models.PositiveIntegerField(_("warnings"), default=0)
    summary = models.JSONField(_("summary"), default=dict, blank=True)
    fingerprint = models.CharField(_("fingerprint of what is there"), max_length=64, blank=True)
    leave_out = models.BooleanField(_("leaves out the lines in error"), default=False)
    total = models.PositiveIntegerField(_("requirements to write"), default=0)
    done = models.PositiveIntegerField(_("requirements written"), default=0)
    runs = models.PositiveSmallIntegerField(_("times taken up"), default=0)
    failure = models.CharField(_("why not"), max_length=10, choices=Failure, blank=True)
    event = models.OneToOneField(
        LedgerEvent, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("event")
    )
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    heartbeat = models.DateTimeField(_("last sign of the worker"), null=True, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of requirements")
        verbose_name_plural = _("imports of requirements")
        indexes = (
            models.Index(fields=["id"], condition=Q(finished_at__isnull=True), name="import_under_way"),
            models.Index(fields=["project", "by"], name="import_by_person"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="an_import_has_a_state"),
            models.CheckConstraint(
                condition=Q(state__in=sorted(workflow.ENDED), content=b"", finished_at__isnull=False)
                | (~Q(state__in=sorted(workflow.ENDED)) & ~Q(content=b"") & Q(finished_at__isnull=True)),
                name="an_import_that_ended_keeps_no_file",
            ),
            models.CheckConstraint(
                condition=Q(state=ImportState.DONE, event__isnull=False)
                | (~Q(state=ImportState.DONE) & Q(event__isnull=True)),
                name="an_import_that_is_done_has_its_event",
            ),
            models.CheckConstraint(
                condition=~Q(state=ImportState.RUNNING) | Q(heartbeat__isnull=False), name="a_running_import_is_alive"
            ),
            models.CheckConstraint(condition=Q(done__lte=models.F("total")), name="no_import_writes_more_than_all"),
        )
        triggers = [
            *never_deleted("An import"),
            stays_on_its_project("by_id", "file_name", "size", "sha256", "created_at"),
            BEGINS_WITH_ITS_FILE,
            FOLLOWS_ITS_STEPS,
            KEEPS_ITS_FILE,
        ]

    def __str__(self) -> str:
        return f"{self.project.code} · {self.file_name}"

    def get_absolute_url(self) -> str:
        """Return the address of the import."""
        return reverse("amoa:imports:import_job", args=[self.pk])

    @property
    def reference(self) -> str:
        """Return the code of the project, for notices."""
        return self.project.code

    @property
    def title(self) -> str:
        """Return the file name, for notices."""
        return self.file_name

    @property
    def is_open(self) -> bool:
        """Return whether the author still chooses."""
        return self.state in workflow.OPEN

    @property
    def can_start(self) -> bool:
        """Return whether the file is checked and changes something."""
        return self.state == ImportState.CHECKED and self.total > 0

    @property
    def is_outdated(self) -> bool:
        """Return whether the file must be checked again: the project has changed since."""
        return self.state == ImportState.MAPPED

    @property
    def is_live(self) -> bool:
        """Return whether the import is queued or running."""
        return self.state in workflow.LIVE
