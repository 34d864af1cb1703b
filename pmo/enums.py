"""Acts and reasons of notices of the office workspace."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from projects.ledger.enums import LedgerAct, register_acts
from projects.notices.enums import SUBJECTS, NoticeReason, register_reasons


@register_acts
class Act(LedgerAct):
    """Acts of the office workspace."""

    FOLLOW_INDICATORS = "follow_indicators", _("Indicators followed")
    PUBLISH_WEATHER = "publish_weather", _("Project weather published")
    PLAN_SCHEDULE = "plan_schedule", _("Schedule updated")
    CONFIRM_DEPENDENCIES = "confirm_dependencies", _("Dependencies confirmed")
    PLAN_MEANS = "plan_means", _("Budget updated")
    PROPOSE_CRITERION = "propose_criterion", _("Success criterion proposed")
    PROPOSE_BENEFIT = "propose_benefit", _("Benefit proposed")
    FREEZE_CRITERIA = "freeze_criteria", _("Success criteria frozen")
    MEASURE_CRITERION = "measure_criterion", _("Success criterion measured")
    NOTE_LESSON = "note_lesson", _("Lesson learned added")
    RAISE_RISK = "raise_risk", _("Risk raised")
    EDIT_RISK = "edit_risk", _("Risk described")
    ASSESS_RISK = "assess_risk", _("Risk assessed")
    TREAT_RISK = "treat_risk", _("Action on a risk written")
    REVIEW_RISKS = "review_risks", _("Risks reviewed")
    MATERIALISE_RISK = "materialise_risk", _("Risk happened")
    RAISE_ISSUE = "raise_issue", _("Issue raised")
    SETTLE_ISSUE = "settle_issue", _("Issue followed")
    ESCALATE_RISK = "escalate_risk", _("Risk escalated")
    EXAMINE_ESCALATION = "examine_escalation", _("Escalated risk rated")
    ANSWER_ESCALATION = "answer_escalation", _("Escalated risk answered")
    SET_RISK_SCALE = "set_risk_scale", _("Risk scale set")
    CHECK_CONFORMITY = "check_conformity", _("Conformity checked")
    REVOKE_WAIVER = "revoke_waiver", _("Waiver revoked")
    CLOSE_WAIVER = "close_waiver", _("Waiver closed")
    REMIND = "remind", _("Reminder of an obligation sent")
    ARCHIVE_REVIEW = "archive_review", _("Monthly review archived")
    KEEP_STANDARDS = "keep_standards", _("Standards library updated")


@register_reasons
class Reason(NoticeReason):
    """Reasons of notices of the office workspace."""

    RISK_REOPENED = "risk_reopened", _("has risen above the level you accepted: select its treatment again")
    RISK_HAPPENED = "risk_happened", _("has happened: it is an issue now")
    RISK_RED = "risk_red", _("is red")
    RISKS_RED = "risks_red", _("need a treatment")
    BENEFIT_NAMED = "benefit_named", _("you are the owner of this benefit: you confirm its measures")
    BENEFIT_CHANGED = "benefit_changed", _("the target or the measure of your benefit has changed")
    BENEFIT_MEASURED = "benefit_measured", _("your benefit is measured")
    RISK_ESCALATED = "risk_escalated", _("is escalated to your level")
    ESCALATION_ANSWERED = "escalation_answered", _("the owner above has answered this escalated risk")
    WAIVER_REVOKED = "waiver_revoked", _("this waiver was revoked by the owner")
    WAIVER_CLOSED = "waiver_closed", _("this waiver was closed: what it covered is conform")
    OBLIGATION_REMINDED = "obligation_reminded", _("you are reminded of this obligation")


SUBJECTS |= {
    Reason.RISK_REOPENED: pgettext_lazy("mail subject", "Risk above the accepted level"),
    Reason.RISK_HAPPENED: pgettext_lazy("mail subject", "Risk turned into an issue"),
    Reason.RISK_RED: pgettext_lazy("mail subject", "Red risk"),
    Reason.RISKS_RED: pgettext_lazy("mail subject", "Risks to treat"),
    Reason.BENEFIT_NAMED: pgettext_lazy("mail subject", "Your benefit"),
    Reason.BENEFIT_CHANGED: pgettext_lazy("mail subject", "Benefit changed"),
    Reason.BENEFIT_MEASURED: pgettext_lazy("mail subject", "Benefit measured"),
    Reason.RISK_ESCALATED: pgettext_lazy("mail subject", "Risk escalated"),
    Reason.ESCALATION_ANSWERED: pgettext_lazy("mail subject", "Escalated risk answered"),
    Reason.WAIVER_REVOKED: pgettext_lazy("mail subject", "Waiver revoked"),
    Reason.WAIVER_CLOSED: pgettext_lazy("mail subject", "Waiver closed"),
    Reason.OBLIGATION_REMINDED: pgettext_lazy("mail subject", "Reminder"),
}
