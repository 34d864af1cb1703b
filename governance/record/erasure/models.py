"""Records of erased personal data: fields, row, reason and actor; never the text itself."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.history import insert_only
from core.record.guards import DATED_BY_THE_DATABASE, ActModel
from core.record.meaning import says_something
from governance.record.erasure.guards import LEAVES_ITS_EVENT, WRITTEN_WHILE_ERASING
from projects.models import Project
from roles.models import User


class Erasure(ActModel):
    """One row of which text was erased, on one project; without a project, an account that had none.

    `subject` and `subject_id` name the row as the ledger does, an account by its key. A row whose seal covers an erased
    text is recorded too, with the covered part. `because` never repeats the erased text.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="erasures", verbose_name=_("project")
    )
    subject = models.CharField(_("subject"), max_length=40)
    subject_id = models.CharField(_("subject number"), max_length=40)
    fields = ArrayField(models.CharField(max_length=30), verbose_name=_("what was erased"))
    because = models.TextField(_("why it was erased"))
    erased_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("erased by"))

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        indexes = (models.Index(fields=["subject", "subject_id"], name="erasure_by_subject"),)
        constraints = (
            models.CheckConstraint(condition=~Q(because=""), name="an_erasure_says_why"),
            models.CheckConstraint(condition=Q(fields__len__gt=0), name="an_erasure_says_what"),
        )
        triggers = [
            *insert_only("An erasure"),
            DATED_BY_THE_DATABASE,
            WRITTEN_WHILE_ERASING,
            says_something("because"),
            LEAVES_ITS_EVENT,
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.subject_id}: {', '.join(self.fields)}"
