"""Acts: fulfil an obligation, or excuse its role from it. Each obligation has one answer, which stays."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.acts import act, act_time
from core.meaning import is_meaningful
from governance.obligations.enums import Answer
from governance.obligations.models import Discharge
from governance.obligations.queries import Obligation, find_obligation
from projects.ledger.enums import Act
from projects.ledger.services import record
from projects.mandates.predicates import role_code_of
from projects.models import DocumentVersion, Project
from roles.models import User


class Settled(Exception):
    """Raised when the obligation was fulfilled or excused before."""

    def __init__(self, obligation: Obligation) -> None:
        super().__init__(str(obligation))
        self.obligation = obligation


def _of_its_role(given: Mapping[str, Any]) -> Discharge:
    """Return the unsaved answer that the permission concerns."""
    return Discharge(project=given["project"], role=given["role"])


@act("governance.fulfil", on=_of_its_role, lock="project")
def fulfil(
    *,
    actor: User,
    project: Project,
    role: str,
    duty: str,
    key: str,
    note: str = "",
    document: DocumentVersion | None = None,
) -> Discharge:
    """Record that the obligation of `role` is fulfilled, with a text or a document as evidence.

    Raises Settled, and ValidationError on an obligation that an act of the product proves. Also without evidence
    ("note") and on a document of another project ("document").
    """
    if _find_open(project, role, duty, key).is_by_act:
        raise ValidationError(_("This obligation is fulfilled by the act itself. You do not confirm it."))
    if (note or document is None) and not is_meaningful(note):
        raise ValidationError({"note": _("Describe the evidence in a sentence, or choose a document.")})
    if document is not None and document.document.project_id != project.pk:
        raise ValidationError({"document": _("Choose a document of this project.")})
    return _write(Act.FULFIL, actor, Discharge(project=project, role=role, duty=duty, key=key, document=document), note)


@act("governance.excuse", on="project")
def excuse(*, actor: User, project: Project, role: str, duty: str, key: str, reason: str) -> Discharge:
    """Excuse `role` from the obligation, as the owner. Raises Settled, and ValidationError without a reason."""
    _find_open(project, role, duty, key)
    if not is_meaningful(reason):
        raise ValidationError({"reason": _("Enter the reasons in a sentence.")})
    return _write(Act.EXCUSE, actor, Discharge(project=project, role=role, duty=duty, key=key), reason)


def excuse_at_closing(actor: User, obligation: Obligation, reason: str) -> Discharge:
    """Excuse the role from an open obligation, inside the owner's decision that closes the project."""
    answer = Discharge(project=obligation.project, role=obligation.role, duty=obligation.duty.code, key=obligation.key)
    return _write(Act.EXCUSE, actor, answer, reason)


def _find_open(project: Project, role: str, duty: str, key: str) -> Obligation:
    """Return the open obligation. Raises Settled, and ValidationError without one or on a project that has ended."""
    if project.is_over:
        raise ValidationError(_("The project has ended: its obligations are closed."))
    found = find_obligation(project, role, duty, key)
    if found is None:
        raise ValidationError(_("The project has no such obligation."))
    if not found.is_open:
        raise Settled(found)
    return found


def _write(what: Act, actor: User, answer: Discharge, note: str) -> Discharge:
    answer.answer = Answer.FULFILLED if what == Act.FULFIL else Answer.EXCUSED
    answer.note, answer.answered_by, answer.acted_at = note, actor, act_time()
    answer.save(force_insert=True)
    record(
        act=what,
        actor=actor,
        role=role_code_of(actor, answer.project),
        project=answer.project,
        subject=answer,
        detail=answer.key,
        of=answer.role,
        duty=answer.duty,
        key=answer.key,
        answer=answer.answer,
    )
    return answer
