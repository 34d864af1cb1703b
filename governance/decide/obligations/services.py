"""Acts: fulfil an obligation, say whether its evidence was received, or excuse its role. Every word stays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.acts import act, act_time
from core.record.meaning import is_meaningful
from core.words.dates import long_day
from governance.decide.obligations.enums import Answer, Verdict
from governance.decide.obligations.evidence import (
    DAYS_TO_CHECK,
    LEAST_CHARACTERS,
    first_day_of_texts,
    is_repeated,
    is_short,
)
from governance.decide.obligations.models import Discharge, EvidenceCheck
from governance.decide.obligations.nothing import is_nothing, is_too_often
from governance.decide.obligations.queries import Obligation, find_obligation, may_report_nothing
from governance.decide.obligations.working_days import Calendar, read_calendar
from governance.enums import Act, Reason
from projects.ledger.models import LedgerEvent
from projects.models import DocumentVersion, Project
from projects.notices.services import notify
from projects.seats.mandates.events import record_in_role
from projects.seats.mandates.holders import holders, owners
from projects.seats.mandates.predicates import is_owner
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
    """Record evidence of `role` for the obligation, a text or a document; it waits for its receiver.

    Raises Settled, and ValidationError on an obligation that an act of the product proves, or on a period that has
    still to run. Also without evidence ("note") and on a document of another project ("document").
    """
    return give(actor, project, role, duty, key, note, document)


def give(
    actor: User, project: Project, role: str, duty: str, key: str, note: str, document: DocumentVersion | None
) -> Discharge:
    """Record evidence inside an act; the same text on several obligations in one act is no repetition."""
    found = _find_open(project, role, duty, key)
    if found.is_by_act:
        raise ValidationError(_("This obligation is fulfilled by the act itself. You do not confirm it."))
    if (note or document is None) and not is_meaningful(note):
        raise ValidationError({"note": _("Describe the evidence in a sentence, or choose a document.")})
    if document is not None and document.document.project_id != project.pk:
        raise ValidationError({"document": _("Choose a document of this project.")})
    calendar = read_calendar()
    _ensure_has_run(found, calendar)
    receivers = list(found.held.receivers)
    earlier = Discharge.objects.filter(project=project, role=role, duty=duty, answer=Answer.FULFILLED)
    earlier = earlier.filter(acted_at__lt=act_time())
    nothing = document is None and is_nothing(note)
    if nothing:
        _ensure_may_report_nothing(found)
    weak = not nothing and (
        is_short(note, has_document=document is not None) or is_repeated(note, earlier.values_list("note", flat=True))
    )
    if weak and not receivers:
        sentence = _("Describe in at least %(least)s characters what was done and where, in other words than before.")
        raise ValidationError({"note": sentence % {"least": LEAST_CHARACTERS}})
    answer = Discharge(project=project, role=role, duty=duty, key=key, document=document, receivers=receivers)
    if receivers and not weak:
        answer.check_by = calendar.add_working_days(calendar.day_of(act_time()), DAYS_TO_CHECK)
    return _write(Act.FULFIL, actor, answer, note)


def _ensure_may_report_nothing(obligation: Obligation) -> None:
    """Raise ValidationError where “nothing to report” is no evidence, and for a third period running."""
    duty = obligation.duty.code
    if not may_report_nothing(obligation):
        sentence = _("“Nothing to report” is no evidence here. Describe what was done, or choose a document.")
        raise ValidationError({"note": sentence})
    given = Discharge.objects.filter(project=obligation.project, role=obligation.role, duty=duty)
    given = given.filter(answer=Answer.FULFILLED).order_by("attempt")
    last = {row.key: row for row in given.only("key", "note", "document_id")}
    silent = [key for key, row in last.items() if row.document_id is None and is_nothing(row.note)]
    if is_too_often(obligation.key, silent):
        sentence = _("“Nothing to report” is no evidence for three periods running. Describe what you looked at.")
        raise ValidationError({"note": sentence})


def _ensure_has_run(obligation: Obligation, calendar: Calendar) -> None:
    """Raise ValidationError before the last working days of the period of an obligation."""
    period = obligation.occasion.period
    if period and calendar.day_of(act_time()) < (first := first_day_of_texts(calendar, period[1])):
        sentence = _("%(period)s is not over yet. Its evidence is accepted from %(day)s on.")
        raise ValidationError(sentence % {"period": capfirst(obligation.occasion_label), "day": long_day(first)})


@act("governance.check_evidence", on="discharge")
def check_evidence(*, actor: User, discharge: Discharge, is_received: bool, reason: str = "") -> EvidenceCheck:
    """Say that evidence given by hand was received, or why not, as its receiver or the owner.

    What is not received reopens the obligation; a second time its receiver leaves it to the owner, who rules. Raises
    Settled when nothing is left to say, and ValidationError without a reason ("reason") or on one's own evidence.
    """
    project, key = discharge.project, (discharge.role, discharge.duty, discharge.key)
    if project.is_over:
        raise ValidationError(_("The project has ended: its obligations are closed."))
    found = find_obligation(project, *key)
    if found is None:
        raise ValidationError(_("The project has no such obligation."))
    rules = is_owner(actor, project)
    last = found.answer
    if last is None or last.id != discharge.pk or not last.can_be_checked(read_calendar().day_of(act_time())):
        raise Settled(found)
    if not rules and last.waits_for_the_owner:
        raise Settled(found)
    if not rules and discharge.answered_by_id == actor.pk:
        raise ValidationError(_("Another person checks the evidence that you gave."))
    if not is_received and not is_meaningful(reason):
        raise ValidationError({"reason": _("Enter the reasons in a sentence.")})
    word = EvidenceCheck(project=project, discharge=discharge, reason=reason, checked_by=actor, acted_at=act_time())
    word.verdict = _choose_verdict(discharge, is_received=is_received, rules=rules)
    word.save(force_insert=True)
    event = record_in_role(
        Act.CHECK_EVIDENCE,
        word,
        detail=discharge.key,
        of=discharge.role,
        duty=discharge.duty,
        key=discharge.key,
        verdict=word.verdict,
    )
    _tell(event, word, found)
    return word


def _choose_verdict(discharge: Discharge, *, is_received: bool, rules: bool) -> Verdict:
    """Return the word: a second refusal by a receiver goes to the owner."""
    if is_received:
        return Verdict.RECEIVED
    names = ("project", "role", "duty", "key")
    same = {f"discharge__{name}": getattr(discharge, name) for name in names}
    before = EvidenceCheck.objects.filter(verdict=Verdict.NOT_RECEIVED, **same).exclude(discharge=discharge)
    return Verdict.TO_RULE if before.exists() and not rules else Verdict.NOT_RECEIVED


def _tell(event: LedgerEvent, word: EvidenceCheck, obligation: Obligation) -> None:
    """Notify the role of what was not received, the owner of what is to be ruled on, both sides of the ruling."""
    project, discharge = word.project, word.discharge
    role = [seat.holder for seat in holders(project, discharge.role)]
    if word.verdict == Verdict.TO_RULE:
        reason, people = Reason.EVIDENCE_TO_RULE, [seat.holder for seat in owners(project)]
    elif word.verdict == Verdict.NOT_RECEIVED:
        reason, people = Reason.EVIDENCE_REFUSED, role
    elif obligation.answer and obligation.answer.waits_for_the_owner:
        receivers = [seat.holder for code in discharge.receivers for seat in holders(project, code)]
        reason, people = Reason.EVIDENCE_RECEIVED, [*role, *receivers]
    else:
        return
    notify(event=event, reason=reason, about=ObligationNotice(obligation), people=dict.fromkeys(people))


@dataclass(frozen=True)
class ObligationNotice:
    """The subject of a notice on an obligation."""

    obligation: Obligation

    @property
    def reference(self) -> str:
        return self.obligation.duty.code

    @property
    def title(self) -> str:
        return f"{self.obligation.duty.label} ({self.obligation.occasion_label})"

    def get_absolute_url(self) -> str:
        one = self.obligation
        names = [one.project.code, one.role, one.duty.code, one.key]
        return reverse("governance:obligations:obligation_evidence", args=names)


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
    answer.attempt = 1 + _count_attempts(answer)
    answer.save(force_insert=True)
    record_in_role(
        what, answer, detail=answer.key, of=answer.role, duty=answer.duty, key=answer.key, answer=answer.answer
    )
    return answer


def _count_attempts(answer: Discharge) -> int:
    names = ("project", "role", "duty", "key")
    return Discharge.objects.filter(**{name: getattr(answer, name) for name in names}).count()
