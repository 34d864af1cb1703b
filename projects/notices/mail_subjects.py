"""Subjects of the mails of notices: the act and its day, then the project, the reference and the title."""

import re
from datetime import date
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from core.record.erasure import display_text
from core.words.dates import short_day
from projects.enums import Level
from projects.notices.enums import SUBJECTS, Reason
from projects.notices.models import Notification

#: Acts that have a last day, by reason.
ACTS_BY_DAY: dict[str, Any] = {
    Reason.OPINION_ASKED: pgettext_lazy("mail subject", "Opinion due %(day)s"),
    Reason.DECISION_ASKED: pgettext_lazy("mail subject", "Decision due %(day)s"),
}


def build_subject(notice: Notification, act: Any = "", due: date | None = None) -> str:
    """Return the subject of its mail, in the language in use; `act` replaces the act of its reason."""
    act = act or SUBJECTS.get(notice.reason) or capfirst(notice.get_reason_display())
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
