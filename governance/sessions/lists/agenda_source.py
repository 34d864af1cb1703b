"""The first item of a session: the settled decision list of the one before, which nobody heard yet."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from governance.sessions.agenda.sources import AgendaSource, register
from governance.sessions.sittings.enums import ItemOutcome, SessionState
from governance.sessions.sittings.models import Session, SessionItem

LISTS = "list"


def _list_to_approve(session: Any) -> QuerySet[Session]:
    """Filter the sessions of the body whose settled list no closed session heard or withdrew."""
    heard = SessionItem.objects.filter(source=LISTS, session__state=SessionState.CLOSED)
    held = Session.objects.filter(body=session.body, lists__isnull=False).exclude(pk=session.pk)
    return held.exclude(pk__in=heard.exclude(outcome=ItemOutcome.DEFERRED).values("subject_id")).distinct()


def _read_list(session: Session) -> bytes:
    """Return the newest list of a session as it was stored."""
    last = session.lists.order_by("-number").first()
    return bytes(last.pdf) if last else b""


register(
    AgendaSource(
        LISTS,
        _("Decision list to approve"),
        Session,
        _list_to_approve,
        lambda session: f"{session.reference} · {session.title}",
        lambda session: reverse("governance:lists:decision_list", args=[session.pk]),
        ("body", "project"),
        _read_list,
    ),
    is_first=True,
)
