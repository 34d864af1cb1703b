"""Acts and reasons of notices of the business workspace."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from projects.ledger.enums import LedgerAct, register_acts
from projects.notices.enums import SUBJECTS, NoticeReason, register_reasons


@register_acts
class Act(LedgerAct):
    """Acts of the business workspace."""

    WRITE_REQUIREMENTS = "write_requirements", _("Requirements written")
    IMPORT_REQUIREMENTS = "import_requirements", _("Requirements imported")
    FREEZE_BASELINE = "freeze_baseline", _("Requirements frozen")
    IMPLEMENT = "implement", _("Requirements implemented")
    ASK = "ask", _("Question asked")
    ANSWER = "answer", _("Question answered")
    ESTIMATE = "estimate", _("Estimate entered")
    PLAN_ACCEPTANCE = "plan_acceptance", _("Acceptance planned")
    RUN_TEST = "run_test", _("Test run")
    REPORT_DEFECT = "report_defect", _("Defect reported")
    CORRECT_DEFECT = "correct_defect", _("Defect corrected")
    CLOSE_DEFECT = "close_defect", _("Defect closed or reopened")
    CLOSE_CAMPAIGN = "close_campaign", _("Acceptance campaign closed")
    PLAN_CHANGE = "plan_change", _("Change plan written")
    FREEZE_PLAN = "freeze_plan", _("Change plan frozen")
    GIVE_FEEDBACK = "give_feedback", _("Feedback added")
    ANSWER_FEEDBACK = "answer_feedback", _("Feedback answered")


@register_reasons
class Reason(NoticeReason):
    """Reasons of notices of the business workspace."""

    IMPORT_DONE = "import_done", _("your import is done")
    QUESTION_ASKED = "question_asked", _("a question needs the answer of your role")
    QUESTION_ANSWERED = "question_answered", _("the question your role asked is answered")


SUBJECTS |= {
    Reason.IMPORT_DONE: pgettext_lazy("mail subject", "Import done"),
    Reason.QUESTION_ASKED: pgettext_lazy("mail subject", "Question to answer"),
    Reason.QUESTION_ANSWERED: pgettext_lazy("mail subject", "Question answered"),
}
