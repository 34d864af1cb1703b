"""Model of an import of requirements."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from amoa.imports.enums import ENDED, LIVE, OPEN, TRANSITIONS, Failure, ImportState
from amoa.imports.guards import FOLLOWS_ITS_STEPS
from core.history import never_deleted
from projects.imports.guards import BEGINS_WITH_ITS_FILE, KEEPS_ITS_FILE
from projects.imports.models import LET_GO, Import, ImportQuerySet
from projects.models import Project
from projects.project.rows import stays_on_its_project

#: Fields reset when an import ends that wrote nothing.
NOTHING_KEPT: dict[str, Any] = LET_GO | {"problems": [], "summary": {}, "done": 0}


class ImportJob(Import):
    """A file of requirements, which a worker writes.

    `problems` holds the first ones, `errors` counts the lines in error. `fingerprint` covers the requirements that the
    check compared with. `runs` counts the attempts of workers; only the latest may finish.
    """

    REPEATS = (*Import.REPEATS, "problems")
    MOVES, OPEN_STATES, FORGOTTEN = TRANSITIONS, OPEN, NOTHING_KEPT
    PAGES, WRITE = "amoa:imports:import", "start"
    list_name = "requirements"

    project = models.ForeignKey(Project, models.PROTECT, related_name="imports", verbose_name=_("project"))
    state = models.CharField(_("state"), max_length=10, choices=ImportState, default=ImportState.UPLOADED)
    problems = models.JSONField(_("problems"), default=list, blank=True)
    errors = models.PositiveIntegerField(_("lines in error"), default=0)
    warnings = models.PositiveIntegerField(_("warnings"), default=0)
    fingerprint = models.CharField(_("fingerprint of what is there"), max_length=64, blank=True)
    leave_out = models.BooleanField(_("leaves out the lines in error"), default=False)
    total = models.PositiveIntegerField(_("requirements to write"), default=0)
    done = models.PositiveIntegerField(_("requirements written"), default=0)
    runs = models.PositiveSmallIntegerField(_("times taken up"), default=0)
    failure = models.CharField(_("why not"), max_length=10, choices=Failure, blank=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    heartbeat = models.DateTimeField(_("last sign of the worker"), null=True, blank=True)

    objects = ImportQuerySet["ImportJob"].as_manager()

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
                condition=Q(state__in=sorted(ENDED), content=b"", finished_at__isnull=False)
                | (~Q(state__in=sorted(ENDED)) & ~Q(content=b"") & Q(finished_at__isnull=True)),
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

    def get_absolute_url(self) -> str:
        """Return the address of the import."""
        return self.get_page_url("job")

    @property
    def reference(self) -> str:
        """Return the code of the project, for notices."""
        return self.project.code

    @property
    def title(self) -> str:
        """Return the file name, for notices."""
        return self.file_name

    @property
    def is_outdated(self) -> bool:
        return self.state == ImportState.MAPPED

    @property
    def is_live(self) -> bool:
        return self.state in LIVE
