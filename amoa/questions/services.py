"""Acts between writers and builders: a question, its answer, an estimate.

Nothing is withdrawn: a question is answered once, and a later estimate is a new row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from amoa.enums import Act, Reason
from amoa.questions.queries import liaison_roles
from amoa.requirements.models import Requirement
from amoa.requirements.question_models import Estimate, Question
from core.acts import act, act_time
from core.history import Outdated
from projects.ledger.services import record
from projects.models import DocumentVersion, Project
from projects.notices.services import notify
from projects.seats.mandates.events import record_in_role
from projects.seats.mandates.holders import holders
from roles.models import User


class AlreadyAnswered(Exception):
    """Raised when the question has its answer."""

    def __init__(self, question: Question) -> None:
        super().__init__(str(question))
        self.question = question


@dataclass(frozen=True)
class _NoticeSubject:
    """Subject of the notices of a question: the requirement it is about."""

    requirement: Requirement

    @property
    def reference(self) -> str:
        return self.requirement.code

    @property
    def title(self) -> str:
        return self.requirement.title

    def get_absolute_url(self) -> str:
        return f"{self.requirement.get_absolute_url()}#liaison"


@act("amoa.ask", on="requirement")
def ask(*, actor: User, requirement: Requirement, text: str) -> Question:
    """Ask the other side about a requirement: builders ask writers, and the reverse.

    Raises ValidationError without a text, and while the project has no role to ask ("text").
    """
    project = requirement.project
    asking, asked_role = liaison_roles(actor, project)
    if not text.strip():
        raise ValidationError({"text": _("Write the question.")})
    if not asked_role:
        raise ValidationError({"text": _("The project has no role to ask yet: apply its roles first.")})
    question = Question.objects.create(
        project=project,
        requirement=requirement,
        number=requirement.questions.count() + 1,
        text=text,
        asked_by=actor,
        asked_role=asking,
        asked_of=asked_role,
        asked_at=act_time(),
    )
    event = record(Act.ASK, question, role=asking, detail=asked_role, requirement=requirement.pk)
    people = [mandate.holder for mandate in holders(project, asked_role)]
    notify(event=event, reason=Reason.QUESTION_ASKED, about=_NoticeSubject(requirement), people=people)
    return question


@act("amoa.answer", on="question")
def answer(*, actor: User, question: Question, text: str) -> Question:
    """Answer a question once. Raises AlreadyAnswered, and ValidationError without a text ("text")."""
    project = question.project
    if question.answered_at:
        raise AlreadyAnswered(question)
    if not text.strip():
        raise ValidationError({"text": _("Write the answer.")})
    question.answer, question.answered_by, question.answered_at = text, actor, act_time()
    question.save()
    event = record(Act.ANSWER, question, role=question.asked_of, requirement=question.requirement_id)
    people = [mandate.holder for mandate in holders(project, question.asked_role)]
    notify(event=event, reason=Reason.QUESTION_ANSWERED, about=_NoticeSubject(question.requirement), people=people)
    return question


@act("amoa.estimate", on="requirement")
def estimate(
    *,
    actor: User,
    requirement: Requirement,
    days: Decimal | None = None,
    cost: Decimal | None = None,
    note: str = "",
    document: DocumentVersion | None = None,
) -> Estimate:
    """Record the provider's estimate of the working version of a requirement.

    Raises ValidationError when it is empty ("days"), or names a document of another project ("document").
    """
    if days is None and cost is None and not note.strip() and document is None:
        raise ValidationError({"days": _("Enter a workload, a cost, a design note or a document.")})
    if document and document.document.project_id != requirement.project_id:
        raise ValidationError({"document": _("Choose a document of this project.")})
    return _write_estimate(actor, requirement, days=days, cost=cost, note=note, document=document)


@act("amoa.estimate", on="project")
def estimate_many(
    *, actor: User, project: Project, estimates: Mapping[int, Mapping[str, Any]], seen: Mapping[int, int]
) -> list[Estimate]:
    """Record an estimate for each of these requirements, by primary key: one event each, all or none.

    `seen` holds the version of each requirement that the actor has read. Raises Outdated, with the primary keys of the
    requirements that changed since or are not of the project.
    """
    rows = {row.pk: row for row in project.requirements.filter(pk__in=estimates).order_by("code")}
    if changed := [pk for pk in estimates if pk not in rows or rows[pk].version != seen.get(pk)]:
        raise Outdated(changed)
    for row in rows.values():
        row.project = project
    return [_write_estimate(actor, row, **estimates[pk]) for pk, row in rows.items()]


def _write_estimate(actor: User, requirement: Requirement, **fields: Any) -> Estimate:
    """Write an estimate of the working version, and its event."""
    project = requirement.project
    given = Estimate.objects.create(
        project=project,
        requirement=requirement,
        version=requirement.version,
        **fields,
        given_by=actor,
        acted_at=act_time(),
    )
    record_in_role(Act.ESTIMATE, given, requirement=requirement.pk, version=requirement.version)
    return given
