"""The PDF of a decision record, stored when it is first made. Insert-only."""

import re
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.history import insert_only
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from core.record.sealing import ERASED, SealedModel
from governance.decide.decisions.models import Decision
from governance.record.records.guards import CARRIES_ITS_BYTES
from projects.event_guards import leaves_an_event
from roles.models import User

#: An invisible character, as a record writes it.
REVEALED = re.compile(r"\[U\+[0-9A-F]{4,6}\]")


def squeeze(text: str) -> str:
    """Return the letters and digits of `text` in one string, in lower case: the same for a text and for its record."""
    return "".join(filter(str.isalnum, REVEALED.sub("", text).casefold()))


class RecordFileQuerySet(models.QuerySet["RecordFile"]):
    def kept(self) -> Self:
        """Filter files that no erasure has emptied."""
        return self.exclude(salt=ERASED)

    def showing(self, *texts: str) -> Self:
        """Filter kept files whose record shows one of these texts."""
        shown = Q(pk__in=[])
        for squeezed in filter(None, map(squeeze, texts)):
            shown |= Q(letters__contains=squeezed)
        return self.kept().filter(shown)


class RecordFileManager(models.Manager.from_queryset(RecordFileQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> RecordFileQuerySet:
        """Defer the bytes and the letters; only the download and an erasure need them."""
        return super().get_queryset().defer("content", "letters")  # type: ignore[no-any-return]


class RecordFile(SealedModel, ActModel):
    """The PDF of the record of one decision in one language, as first made (ADR 19).

    `sha256` (hexadecimal) and `size` (bytes) are those of `content`. `letters` are the letters and digits of the
    record, in which an erasure finds its text. Emptied when a text of the record is erased; the next file replaces it.
    Once the signatory disputes the decision a second file `tells_dispute`; the first one stays.
    """

    ERASABLE = ("content", "sha256", "letters")

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="record_files", verbose_name=_("decision"))
    tells_dispute = models.BooleanField(_("tells the dispute"), default=False, db_default=False, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=User.Language)
    content = models.BinaryField(_("content"))
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    letters = models.TextField(_("letters of its text"))

    objects = RecordFileManager()

    class Meta:
        verbose_name = _("stored record")
        verbose_name_plural = _("stored records")
        constraints = (
            models.UniqueConstraint(
                fields=["decision", "language", "tells_dispute"],
                condition=~Q(salt=ERASED),
                name="one_stored_record_per_language",
            ),
            models.CheckConstraint(
                condition=Q(language__in=User.Language.values), name="a_stored_record_has_a_known_language"
            ),
        )
        triggers = [*insert_only("A stored record"), DATED_BY_THE_DATABASE, CARRIES_ITS_BYTES, leaves_an_event()]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.language}"

    def sealed_content(self) -> dict[str, Any]:
        told = {"tells_dispute": "true"} if self.tells_dispute else {}
        return {"decision": str(self.decision_id), "language": self.language, "sha256": self.sha256, **told}
