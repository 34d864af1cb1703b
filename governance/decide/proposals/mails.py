"""Mails that ask for an opinion or a decision: they name its last day."""

from django.core.mail import EmailMessage

from governance.decide.proposals.models import ProposalRevision
from projects.notices.enums import Reason
from projects.notices.models import MAILS, Notification
from projects.notices.tasks import build_mail


def _build_request(notice: Notification) -> EmailMessage:
    """Build the mail on a proposal that needs the opinion or the decision of the reader."""
    file = notice.event.proposal if notice.event else None
    revision: ProposalRevision | None = file.current if file else None
    if revision is None:
        return build_mail(notice)
    is_opinion = notice.reason == Reason.OPINION_ASKED
    return build_mail(notice, due=revision.opinions_due_on if is_opinion else revision.decide_by)


MAILS[Reason.OPINION_ASKED] = MAILS[Reason.DECISION_ASKED] = _build_request
