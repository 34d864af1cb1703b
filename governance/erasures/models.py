"""What was erased as personal data: which fields of which row, why, and by whom; never the text itself."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.decisions.models import Condition, Decision, Effect
from governance.erasures.guards import LEAVES_ITS_EVENT, WRITTEN_WHILE_ERASING, erased_on_record
from governance.opinions.models import BindingOpinion, Opinion
from governance.proposals.models import Proposal, ProposalDraft, ProposalRevision
from projects.models import (
    Defect,
    Delegation,
    Document,
    DocumentVersion,
    Estimate,
    FeedbackItem,
    Interest,
    Issue,
    Mandate,
    Project,
    Question,
    Risk,
    RiskAction,
    RiskReview,
    TestRun,
)
from roles.guards import DATED_BY_THE_DATABASE, ActModel
from roles.history import insert_only
from roles.models import User


class Erasure(ActModel):
    """One row of which something was erased, on one project; without a project, an account that had none.

    `subject` and `subject_id` name the row as the ledger does, an account by its key. A row whose text stays but whose
    seal covers an erased one is named too, with the part of it that is gone. `because` repeats nothing of the text.
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
            LEAVES_ITS_EVENT,
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.subject_id}: {', '.join(self.fields)}"


#: Rows of which a text may be erased, each on a project.
type Erasable = (
    Mandate | Delegation | Document | DocumentVersion | Proposal | ProposalDraft | ProposalRevision | Opinion
    | BindingOpinion | Decision | Condition | Effect | Interest | Question | Estimate | TestRun | Defect | FeedbackItem
    | Risk | RiskAction | RiskReview | Issue
)  # fmt: skip
#: The same by the word of the ledger for them.
ERASABLE: dict[str, type[Erasable]] = {
    model._meta.label_lower: model
    for model in (
        Mandate, Delegation, Document, DocumentVersion, Proposal, ProposalDraft, ProposalRevision, Opinion,
        BindingOpinion, Decision, Condition, Effect, Interest, Question, Estimate, TestRun, Defect, FeedbackItem,
        Risk, RiskAction, RiskReview, Issue,
    )
}  # fmt: skip

for model in (User, *ERASABLE.values()):
    for table in (model, *([model.history.model] if hasattr(model, "history") else [])):
        pgtrigger.register(erased_on_record(table))(table)
