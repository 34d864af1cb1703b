"""What a notice on a decision to be reviewed says: the rows that have changed since it was written."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.mail import EmailMessage
from django.utils.translation import ngettext

from core.acts import act_time
from core.pages.lists.undo import name_first
from core.record.erasure import display_text
from governance.decide.decisions.models import Decision, SealBreak
from governance.enums import Act, Reason
from projects.models import Document, LedgerEvent, Project
from projects.notices.models import MAILS, SENTENCES, Notification
from projects.notices.tasks import build_mail

#: Most rows that a notice names.
MOST = 5


def describe_changes(notices: Sequence[Notification]) -> dict[int, str]:
    """Name the rows whose changes a notice tells of: from its event until the next notice on the same decision.

    Three queries.
    """
    told = [notice for notice in notices if notice.event]
    breaks = LedgerEvent.objects.filter(act=Act.BREAK_SEAL, proposal__in={notice.event.proposal_id for notice in told})  # type: ignore[union-attr]
    facts: dict[str, list[tuple[int, Mapping[str, str]]]] = defaultdict(list)
    for event in breaks.order_by("seq"):
        said = _read_facts(event)
        facts[said["decision"]] = _leave_out_undone([*facts[said["decision"]], (event.seq, said)])
    starts = Notification.objects.standing().filter(
        reason=Reason.NO_LONGER_CURRENT,
        recipient__in={notice.recipient_id for notice in told},
        about__in={notice.about for notice in told},
    )
    begun = list(starts.order_by().values_list("recipient", "about", "event__seq"))
    found = {}
    for notice in told:
        seq = notice.event.seq  # type: ignore[union-attr]
        own = (notice.recipient_id, notice.about)
        later = [at for person, about, at in begun if (person, about) == own and at > seq]
        end = min(later, default=None)
        decision = _read_facts(notice.event)["decision"]
        found[notice.pk] = [said for at, said in facts[decision] if seq <= at and (end is None or at < end)]
    titles = _read_titles(said for row in found.values() for said in row)
    named = {pk: [name for said in row for name in _list_names(said, titles)] for pk, row in found.items()}
    return {pk: _say(list(dict.fromkeys(names))) for pk, names in named.items() if names}


def _leave_out_undone(changes: list[tuple[int, Mapping[str, str]]]) -> list[tuple[int, Mapping[str, str]]]:
    """Leave the changes of an item out that the last one has taken back: it is as an earlier change left it."""
    _seq, last = changes[-1]
    same = [place for place, (_at, said) in enumerate(changes) if said["item"] == last["item"]]
    alike = [place for place in same[:-1] if changes[place][1]["after"] == last["after"]]
    undone = set(same[same.index(alike[-1]) + 1 :]) if alike else set()
    return [change for place, change in enumerate(changes) if place not in undone]


def withdraw_undone(project: Project, at: datetime) -> None:
    """Withdraw the notices that the act of that time began, once nothing of what they tell is left."""
    begun = Notification.objects.standing().filter(event__project=project, event__acted_at=at)
    notices = list(begun.filter(reason=Reason.NO_LONGER_CURRENT).select_related("event"))
    left = describe_changes(notices)
    Notification.objects.filter(pk__in=[row.pk for row in notices if row.pk not in left]).update(
        withdrawn_at=act_time()
    )


def _say(names: Sequence[str]) -> str:
    words = ngettext("needs review: %(rows)s has changed", "needs review: %(rows)s have changed", len(names))
    return words % {"rows": name_first(names, MOST)}


def _read_facts(event: Any) -> dict[str, str]:
    facts: dict[str, str] = json.loads(bytes(event.body))["facts"]
    return facts


def _read_titles(changes: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Map the documents of these changes to their titles."""
    keys = {said["document"] for said in changes if "document" in said}
    rows = Document.objects.filter(pk__in=keys).order_by() if keys else ()
    return {str(document.pk): str(display_text(document.name)) for document in rows}


def _list_names(said: Mapping[str, str], titles: Mapping[str, str]) -> list[str]:
    if "document" in said:
        return [titles[said["document"]]] if said["document"] in titles else []
    return [code for code in said.get("codes", "").split(",") if code]


def _build_mail(notice: Notification) -> EmailMessage | None:
    """Build the mail, unless the decision was reviewed or replaced meanwhile."""
    change = SealBreak.objects.filter(pk=notice.event.subject_id).first() if notice.event else None
    if change is None:
        return build_mail(notice)
    decision = Decision.objects.with_conditions().select_related("proposal").get(pk=change.decision_id)
    return build_mail(notice) if decision.needs_review else None


SENTENCES[Reason.NO_LONGER_CURRENT] = describe_changes
MAILS[Reason.NO_LONGER_CURRENT] = _build_mail
