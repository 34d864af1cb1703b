"""The documents of a project: each version is kept with its bytes and their hash, and none is ever changed."""

from typing import Any, Self

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.access import Visitor
from core.file_checks import LONGEST_NAME
from core.guards import DATED_BY_THE_DATABASE, ActModel
from core.history import GovernedQuerySet, insert_only
from core.sealing import SealedModel
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
    def visible_to(self, user: Visitor) -> Self:
        """Documents of the projects `user` sees."""
        return self.filter(project__in=Project.objects.visible_to(user))


class Document(FixedProjectRow):
    """A document under one name; its content is that of its versions, the newest being the one in use."""

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
        """What a decision calls it in the file it seals."""
        return f"document:{self.pk}"


class DocumentVersionQuerySet(GovernedQuerySet["DocumentVersion"]):
    def visible_to(self, user: Visitor) -> Self:
        """Versions of the documents of the projects `user` sees."""
        return self.filter(document__project__in=Project.objects.visible_to(user))

    def with_newest(self) -> Self:
        """With the number of the newest version of the same document, as `newest`."""
        later = DocumentVersion.objects.filter(document=OuterRef("document")).order_by("-number")
        return self.annotate(newest=Subquery(later.values("number")[:1]))

    def newest(self) -> Self:
        """The newest version of each document."""
        return self.with_newest().filter(number=F("newest"))


class DocumentVersionManager(models.Manager.from_queryset(DocumentVersionQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> DocumentVersionQuerySet:
        """Without the bytes, which only the view that serves them reads."""
        return super().get_queryset().defer("content")  # type: ignore[no-any-return]


class DocumentVersion(SealedModel, ActModel):
    """The bytes of a document from one act on. `sha256` is theirs (hexadecimal), `size` their number."""

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
            ADDED_BY_A_SEAT,
            refused_to_the_tied(
                "NEW.added_by_id", "(SELECT project_id FROM public.projects_document WHERE id = NEW.document_id)"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document} ({self.number})"

    def get_absolute_url(self) -> str:
        """Address of exactly these bytes."""
        return reverse("governance:evidence:document_version", args=[self.document_id, self.number])

    def sealed_content(self) -> dict[str, Any]:
        """Under which name the bytes were added, and why."""
        return {"name": self.document.name, "file_name": self.file_name, "why": self.why, "sha256": self.sha256}

    @property
    def is_text(self) -> bool:
        """Whether its lines can be read as they are."""
        return self.media_type.startswith("text/")

    def attachment(self) -> dict[str, str]:
        """This version as the content of a proposal names it."""
        return {
            "document": str(self.document_id),
            "version": str(self.number),
            "name": self.document.name,
            "sha256": self.sha256,
        }
