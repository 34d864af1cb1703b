"""Models of an import: what every import of a file has, and that of a list: risks, milestones and others."""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.access import Person
from core.files.checks import LONGEST_NAME
from core.history import never_deleted
from core.tables.columns import Column
from core.tables.layout import Banners, fill_all_rows, place_banners
from core.tables.reader import open_table
from core.tables.tables import Table
from projects.enums import Level
from projects.imports.enums import ENDED, OPEN, TRANSITIONS, ListState
from projects.imports.guards import BEGINS_WITH_ITS_FILE, EVENT_IS_ITS_OWN, FOLLOWS_ITS_STEPS, KEEPS_ITS_FILE
from projects.ledger.models import LedgerEvent
from projects.project.models import Project
from projects.project.rows import ProjectRow, stays_on_its_project
from roles.models import User

#: Reading options that the author may correct.
READING = ("encoding", "separator", "sheet", "header_line")
#: Fields reset when an import ends.
LET_GO: dict[str, Any] = {"content": b"", "preview": []}


class ImportQuerySet[M: models.Model](models.QuerySet[M]):
    def visible_to(self, user: Person) -> Self:
        """Filter the imports that `user` started, on projects they see or of the organisation.

        Nobody else sees them.
        """
        seen = Q(project__in=Project.objects.visible_to(user)) | Q(project__level=Level.ORGANISATION)
        return self.filter(seen, by=user.pk or 0)

    def light(self) -> Self:
        """Defer the bytes of the file."""
        return self.defer("content")


class Import(models.Model):
    """A file of rows for one list; `content` is emptied once it ends.

    `mapping` names the field of each column of `head`, "" for one left out, KEPT for one kept in a text. `meanings`
    holds the chosen values of words that Ouvrage does not know, by field and by digest of the word
    (core.tables.words); `all_rows` the value of a field where a row has none. `banners` counts the lines with one
    filled cell, `banner_use` is what is done with them. `list_name` is that of its importer
    (projects.imports.registry). `summary` holds the counts, once it is done or, where a worker writes, once it is
    checked.
    """

    REPEATS: tuple[str, ...] = ("sheet", "sheets", "head", "preview", "mapping", "meanings", "all_rows", "summary")
    IS_SEALED = False
    #: States that follow each state, and those in which the author still chooses.
    MOVES: ClassVar[Mapping[Any, Collection[Any]]]
    OPEN_STATES: ClassVar[Collection[Any]]
    #: Fields reset when an import ends that wrote nothing.
    FORGOTTEN: ClassVar[Mapping[str, Any]] = LET_GO
    #: Beginning of the names of its pages, and the end of the name of the one that writes.
    PAGES: ClassVar[str]
    WRITE: ClassVar[str] = "write"

    project: Any
    list_name: Any
    state: Any
    file_name = models.CharField(_("file name"), max_length=LONGEST_NAME)
    content = models.BinaryField(_("content"))
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    kind = models.CharField(_("format"), max_length=10)
    encoding = models.CharField(_("encoding"), max_length=20, blank=True)
    separator = models.CharField(_("separator"), max_length=1, blank=True)
    sheet = models.CharField(_("sheet"), max_length=255, blank=True)
    header_line = models.PositiveIntegerField(_("line of the head"), default=0)
    sheets = models.JSONField(_("sheets"), default=list, blank=True)
    head = models.JSONField(_("columns"), default=list)
    preview = models.JSONField(_("first lines"), default=list)
    lines = models.PositiveIntegerField(_("lines"), default=0)
    mapping = models.JSONField(_("fields of the columns"), default=list)
    meanings = models.JSONField(_("meanings of words"), default=dict, db_default={}, blank=True)
    all_rows = models.JSONField(_("values for all rows"), default=dict, db_default={}, blank=True)
    banners = models.PositiveIntegerField(_("lines with one filled cell"), default=0, db_default=0)
    banner_use = models.CharField(
        _("use of these lines"), max_length=10, choices=Banners, default=Banners.LINES, db_default=Banners.LINES
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("started by"))
    created_at = models.DateTimeField(_("sent"))
    changed_at = models.DateTimeField(_("changed"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    summary = models.JSONField(_("summary"), default=dict, blank=True)
    event = models.OneToOneField(
        LedgerEvent, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("event")
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.project.code} · {self.file_name}"

    def reading(self) -> dict[str, Any]:
        """Return the options by which the file is read."""
        return {name: getattr(self, name) for name in READING}

    @cached_property
    def table(self) -> Table:
        """Read the stored file by the chosen options, once. Raises ValidationError."""
        return open_table(self.file_name, bytes(self.content), **self.reading())

    def lay_out(self, columns: Sequence[Column], category: str) -> tuple[Table, list[str]]:
        """Return the lines of the file without banners and with the values for all rows, and their mapping."""
        place = next((column for column in columns if column.name == category), None)
        laid_out, mapping = place_banners(self.table, self.mapping, self.banner_use, place)
        return fill_all_rows(laid_out, mapping, self.all_rows, columns)

    @property
    def is_open(self) -> bool:
        """Return whether the author still chooses."""
        return self.state in self.OPEN_STATES

    @property
    def is_live(self) -> bool:
        """Return whether a worker has it, or will."""
        return False

    @property
    def is_outdated(self) -> bool:
        """Return whether it must be checked again: the project has changed since."""
        return False

    def get_page_url(self, page: str, *args: str) -> str:
        """Return the address of one of its pages."""
        return reverse(f"{self.PAGES}_{page}", args=[self.pk, *args])

    @property
    def page_urls(self) -> dict[str, str]:
        """Return the addresses of its steps."""
        pages = {step: self.get_page_url(step) for step in ("columns", "values", "stop")}
        return pages | {"write": self.get_page_url(self.WRITE)}


class ListImport(ProjectRow, Import):
    """A file whose lines are written while its author waits."""

    MOVES, OPEN_STATES = TRANSITIONS, OPEN
    PAGES = "projects:imports:list_import"

    project = models.ForeignKey(Project, models.PROTECT, related_name="list_imports", verbose_name=_("project"))
    list_name = models.CharField(_("list"), max_length=30)
    state = models.CharField(_("state"), max_length=10, choices=ListState, default=ListState.UPLOADED)

    objects = ImportQuerySet["ListImport"].as_manager()

    class Meta:
        verbose_name = _("import of a list")
        verbose_name_plural = _("imports of lists")
        indexes = (
            models.Index(fields=["id"], condition=Q(finished_at__isnull=True), name="list_import_under_way"),
            models.Index(fields=["project", "by"], name="list_import_by_person"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(state__in=ListState.values), name="a_list_import_has_a_state"),
            models.CheckConstraint(
                condition=Q(state__in=ENDED, content=b"", finished_at__isnull=False)
                | Q(state__in=OPEN, finished_at__isnull=True) & ~Q(content=b""),
                name="a_list_import_that_ended_keeps_no_file",
            ),
            models.CheckConstraint(
                condition=Q(state=ListState.DONE, event__isnull=False)
                | ~Q(state=ListState.DONE) & Q(event__isnull=True),
                name="a_list_import_that_is_done_has_its_event",
            ),
        )
        triggers = [
            *never_deleted("An import"),
            stays_on_its_project("by_id", "list_name", "file_name", "size", "sha256", "created_at"),
            BEGINS_WITH_ITS_FILE,
            FOLLOWS_ITS_STEPS,
            KEEPS_ITS_FILE,
            EVENT_IS_ITS_OWN,
        ]

    def get_absolute_url(self) -> str:
        """Return the address of the import."""
        return reverse(self.PAGES, args=[self.pk])


class WordMeaning(models.Model):
    """Value chosen for a word that Ouvrage does not know, remembered for the next files of the list on the project.

    `word` is its digest: a column of roles may hold names of people. An empty `value` leaves the cell empty.
    """

    IS_SEALED = False

    project = models.ForeignKey(Project, models.PROTECT, related_name="word_meanings", verbose_name=_("project"))
    list_name = models.CharField(_("list"), max_length=30)
    field = models.CharField(_("column"), max_length=40)
    word = models.CharField(_("fingerprint of the word"), max_length=64)
    value = models.CharField(_("value"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("meaning of a word")
        verbose_name_plural = _("meanings of words")
        constraints = (
            models.UniqueConstraint(
                fields=["project", "list_name", "field", "word"], name="one_meaning_per_word_of_a_field"
            ),
        )

    def __str__(self) -> str:
        return f"{self.list_name} · {self.field} → {self.value}"
