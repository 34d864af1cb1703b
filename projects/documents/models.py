"""Documents of a project and their insert-only versions with bytes and hash."""

from typing import Any, Self

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.access import Person
from core.files.checks import LONGEST_NAME
from core.history import GovernedQuerySet, insert_only
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from core.record.meaning import says_something
from core.record.sealing import SealedModel
from projects.documents.guards import (
    ADDED_BY_A_SEAT,
    CARRIES_ITS_BYTES,
    FOLLOWS_THE_VERSION_BEFORE,
    HAS_ITS_BYTES,
)
from projects.impartiality.guards import refused_to_the_tied
from projects.project.models import Project
from projects.project.rows import FixedProjectRow
from roles.models import User


class DocumentQuerySet(GovernedQuerySet["Document"]):
    def visible_to(self, user: Person) -> Self:
        """Filter documents of the projects `user` may read."""
        return self.filter(project__in=Project.objects.visible_to(user))


class Document(FixedProjectRow):
    """A named document; its content is in its versions, and the newest is in use."""

    ERASABLE = ("name",)

    project = models.ForeignKey(Project, models.PROTECT, related_name="documents", verbose_name=_("project"))
    name = models.CharField(_("name"), max_length=LONGEST_NAME)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = (models.UniqueConstraint(fields=["project", "name"], name="one_document_per_name_and_project"),)
        triggers = [*insert_only("A document"), HAS_ITS_BYTES]

    def __str__(self) -> str:
        return self.name

    @property
    def item(self) -> str:
        """Return the identifier used in the sealed file of a decision."""
        return f"document:{self.pk}"


class DocumentVersionQuerySet(GovernedQuerySet["DocumentVersion"]):
    def visible_to(self, user: Person) -> Self:
        """Filter versions of the documents `user` may read."""
        return self.filter(document__project__in=Project.objects.visible_to(user))

    def with_newest(self) -> Self:
        """Annotate with `newest`, the number of the newest version of the same document."""
        later = DocumentVersion.objects.filter(document=OuterRef("document")).order_by("-number")
        return self.annotate(newest=Subquery(later.values("number")[:1]))

    def newest(self) -> Self:
        """Filter the newest version of each document."""
        return self.with_newest().filter(number=F("newest"))


class DocumentVersionManager(models.Manager.from_queryset(DocumentVersionQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> DocumentVersionQuerySet:
        """Defer the bytes; only the download view reads them."""
        return super().get_queryset().defer("content")  # type: ignore[no-any-return]


class DocumentVersion(SealedModel, ActModel):
    """One immutable version of a document.

    `sha256` (hexadecimal) and `size` (bytes) are those of `content`.
    """

    ERASABLE = ("file_name", "content", "why")

    document = models.ForeignKey(Document, models.PROTECT, related_name="versions", verbose_name=_("document"))
    number = models.PositiveIntegerField(_("version"))
    file_name = models.CharField(_("name of the file"), max_length=LONGEST_NAME)
    media_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    content = models.BinaryField(_("content"))
    why = models.TextField(_("why it was replaced"), blank=True)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("added by"))

    objects = DocumentVersionManager()

    class Meta:
        verbose_name = _("version of a document")
        verbose_name_plural = _("versions of documents")
        constraints = (
            models.UniqueConstraint(fields=["document", "number"], name="one_version_per_number"),
            models.CheckConstraint(condition=Q(size__gt=0), name="a_version_is_not_empty"),
            models.CheckConstraint(
                condition=Q(number=1, why="") | (Q(number__gt=1) & ~Q(why="")), name="a_replacement_says_why"
            ),
        )
        triggers = [
            *insert_only("A version of a document"),
            DATED_BY_THE_DATABASE,
            CARRIES_ITS_BYTES,
            FOLLOWS_THE_VERSION_BEFORE,
            says_something("why"),
            ADDED_BY_A_SEAT,
            refused_to_the_tied(
                "NEW.added_by_id", "(SELECT project_id FROM public.projects_document WHERE id = NEW.document_id)"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document} ({self.number})"

    def get_absolute_url(self) -> str:
        """Return the download address of this version."""
        return reverse("governance:evidence:document_version", args=[self.document_id, self.number])

    def sealed_content(self) -> dict[str, Any]:
        """Return names, reason and hash for the seal."""
        return {"name": self.document.name, "file_name": self.file_name, "why": self.why, "sha256": self.sha256}

    @property
    def is_text(self) -> bool:
        """Return whether the content is plain text and can be shown."""
        return self.media_type.startswith("text/")

    def attachment(self) -> dict[str, str]:
        """Return the reference to this version in the content of a proposal."""
        return {
            "document": str(self.document_id),
            "version": str(self.number),
            "name": self.document.name,
            "sha256": self.sha256,
        }
