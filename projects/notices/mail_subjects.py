"""Subjects of the mails of notices: the act and its day, then the project, the reference and the title."""

import re
from datetime import date
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from core.dates import short_day
from core.erasure import display_text
from projects.enums import Level
from projects.notices.models import Notification, Reason

#: Acts in a few words, by reason.
ACTS: dict[str, Any] = {
    Reason.OPINION_ASKED: pgettext_lazy("mail subject", "Opinion asked"),
    Reason.DECISION_ASKED: pgettext_lazy("mail subject", "Decision asked"),
    Reason.DECIDED: pgettext_lazy("mail subject", "Decision recorded"),
    Reason.SIGNATURE_DISPUTED: pgettext_lazy("mail subject", "Signature disputed"),
    Reason.WITHDRAWN: pgettext_lazy("mail subject", "Proposal withdrawn"),
    Reason.GROUND_REPLACED: pgettext_lazy("mail subject", "Proposal back with its authors"),
    Reason.GROUND_DROPPED: pgettext_lazy("mail subject", "Proposal withdrawn"),
    Reason.PROOF_GIVEN: pgettext_lazy("mail subject", "Evidence to review"),
    Reason.CONDITION_LIFTED: pgettext_lazy("mail subject", "Condition met"),
    Reason.CONDITION_WAIVED: pgettext_lazy("mail subject", "Condition waived"),
    Reason.CONDITION_LAPSED: pgettext_lazy("mail subject", "Decision lapsed"),
    Reason.LAPSE_PREVENTED: pgettext_lazy("mail subject", "Condition not met in time"),
    Reason.RESERVATION_PROVED: pgettext_lazy("mail subject", "Evidence to review"),
    Reason.RESERVATION_LIFTED: pgettext_lazy("mail subject", "Reservation cleared"),
    Reason.RESERVATION_WAIVED: pgettext_lazy("mail subject", "Reservation waived"),
    Reason.NO_LONGER_CURRENT: pgettext_lazy("mail subject", "Decision to review"),
    Reason.STILL_HOLDS: pgettext_lazy("mail subject", "Decision confirmed"),
    Reason.SECOND_LOOK: pgettext_lazy("mail subject", "Second look due"),
    Reason.LOOKED_BACK: pgettext_lazy("mail subject", "Second look recorded"),
    Reason.PROPOSE_AGAIN: pgettext_lazy("mail subject", "Proposal to write again"),
    Reason.TIE_WAITS: pgettext_lazy("mail subject", "Declared interest to rule on"),
    Reason.TIE_BLOCKS: pgettext_lazy("mail subject", "Role blocked by a declared interest"),
    Reason.TIE_SETTLED: pgettext_lazy("mail subject", "Ruling on a declared interest"),
    Reason.IMPORT_DONE: pgettext_lazy("mail subject", "Import done"),
    Reason.IMPORT_FAILED: pgettext_lazy("mail subject", "Import not written"),
    Reason.QUESTION_ASKED: pgettext_lazy("mail subject", "Question to answer"),
    Reason.QUESTION_ANSWERED: pgettext_lazy("mail subject", "Question answered"),
    Reason.RISK_REOPENED: pgettext_lazy("mail subject", "Risk above the accepted level"),
    Reason.RISK_HAPPENED: pgettext_lazy("mail subject", "Risk turned into an issue"),
    Reason.RISK_RED: pgettext_lazy("mail subject", "Red risk"),
    Reason.RISKS_RED: pgettext_lazy("mail subject", "Risks to treat"),
    Reason.WAIVER_REVOKED: pgettext_lazy("mail subject", "Waiver revoked"),
    Reason.WAIVER_CLOSED: pgettext_lazy("mail subject", "Waiver closed"),
    Reason.WAIVER_ENDING: pgettext_lazy("mail subject", "Waiver ending within 30 days"),
    Reason.WAIVER_EXPIRED: pgettext_lazy("mail subject", "Waiver expired"),
    Reason.EVIDENCE_REFUSED: pgettext_lazy("mail subject", "Evidence not received"),
    Reason.EVIDENCE_TO_RULE: pgettext_lazy("mail subject", "Evidence to rule on"),
    Reason.EVIDENCE_RECEIVED: pgettext_lazy("mail subject", "Evidence received"),
    Reason.OBLIGATION_REMINDED: pgettext_lazy("mail subject", "Reminder"),
    Reason.OBLIGATION_DUE: pgettext_lazy("mail subject", "Obligation due within seven days"),
    Reason.OBLIGATION_LATE: pgettext_lazy("mail subject", "Obligation late"),
    Reason.ROLE_GIVEN: pgettext_lazy("mail subject", "Role given"),
    Reason.ROLE_ACCEPTED: pgettext_lazy("mail subject", "Role accepted"),
    Reason.ROLE_DECLINED: pgettext_lazy("mail subject", "Role declined"),
    Reason.ROLE_ENDED: pgettext_lazy("mail subject", "Role ended"),
    Reason.ROLE_ENDING: pgettext_lazy("mail subject", "Role ending within 30 days"),
    Reason.ROLE_OVER: pgettext_lazy("mail subject", "Role over"),
    Reason.ROLE_VACANT: pgettext_lazy("mail subject", "Vacant role"),
    Reason.ROLE_LEAVING: pgettext_lazy("mail subject", "Role soon vacant"),
    Reason.ROLE_LEFT: pgettext_lazy("mail subject", "Vacant role"),
    Reason.OWNER_NAMED: pgettext_lazy("mail subject", "Project owner named"),
    Reason.SIGNING_CHANGED: pgettext_lazy("mail subject", "Signature of decisions"),
    Reason.SIGNATURE_DELEGATED: pgettext_lazy("mail subject", "Signature delegated"),
    Reason.DELEGATION_ENDED: pgettext_lazy("mail subject", "Delegation ended"),
    Reason.DELEGATION_OVER: pgettext_lazy("mail subject", "Delegation over"),
    Reason.MOVE_ASKED: pgettext_lazy("mail subject", "Move asked"),
    Reason.MOVE_SETTLED: pgettext_lazy("mail subject", "Move decided"),
    Reason.CARRIED_OVER: pgettext_lazy("mail subject", "Item carried over"),
    Reason.CARRY_ANSWERED: pgettext_lazy("mail subject", "Item carried over answered"),
    Reason.WORKSPACES_REQUIRED: pgettext_lazy("mail subject", "Workspace switched on"),
}
#: Acts that have a last day, by reason.
ACTS_BY_DAY: dict[str, Any] = {
    Reason.OPINION_ASKED: pgettext_lazy("mail subject", "Opinion due %(day)s"),
    Reason.DECISION_ASKED: pgettext_lazy("mail subject", "Decision due %(day)s"),
}


def build_subject(notice: Notification, act: Any = "", due: date | None = None) -> str:
    """Return the subject of its mail, in the language in use; `act` replaces the act of its reason."""
    act = act or ACTS.get(notice.reason) or capfirst(notice.get_reason_display())
    if due:
        act = ACTS_BY_DAY[notice.reason] % {"day": short_day(due)}
    subject = _("%(act)s: %(what)s") % {"act": act, "what": _describe_subject(notice)}
    return re.sub(r" {2,}", " ", re.sub(r"\s*[\r\n\t]\s*", " ", subject)).strip()


def _describe_subject(notice: Notification) -> str:
    """Return the code of the project, the reference and the title."""
    about, project = str(display_text(notice.about)), notice.event.project if notice.event else None
    if project is None or project.level == Level.ORGANISATION:
        return about
    reference, _dot, title = about.removeprefix(f"{project.code} · ").partition(" · ")
    return f"{project.code}, {reference} {title}".strip()
