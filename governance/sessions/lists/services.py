"""Acts on decision lists: the owner settles one, and rectifies a line of it."""

import hashlib
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from core.acts import act, act_time
from core.files.papers.pdf_file import write as write_pdf
from core.pages.refusals.exceptions import MovedOn
from core.record.meaning import ensure_meaningful
from governance.decide.proposals.models import Proposal
from governance.enums import Act, Reason
from governance.sessions.agenda.sources import PROPOSALS
from governance.sessions.lists.content import build_content
from governance.sessions.lists.models import DecisionList
from governance.sessions.lists.paper import build_paper
from governance.sessions.sittings.enums import SessionState
from governance.sessions.sittings.models import Session
from governance.sessions.sittings.queries import list_members
from projects.notices.services import notify
from projects.seats.mandates.events import record_in_role
from projects.seats.mandates.holders import holders
from roles.models import User


@act("governance.settle_list", on="session")
def settle_list(*, actor: User, session: Session) -> DecisionList:
    """Settle the decision list of a closed session, as the ledger says it, and send it. Raise MovedOn."""
    if session.state != SessionState.CLOSED or session.lists.exists():
        raise MovedOn(session)
    return _write(Act.SETTLE_LIST, actor, session, 1, build_content(session, actor))


@act("governance.rectify_list", on="session")
def rectify_list(*, actor: User, session: Session, line: str, text: str) -> DecisionList:
    """Rectify a line of a settled list, in a list that repeats it. Raise MovedOn, ValidationError."""
    last = session.lists.order_by("-number").first()
    if last is None:
        raise MovedOn(session)
    ensure_meaningful(text=text)
    if line not in {item["line"] for item in last.content["items"]}:
        raise ValidationError({"line": _("Select a line of the list.")})
    rectified = [*last.content["rectified"], {"line": line, "text": text}]
    return _write(Act.RECTIFY_LIST, actor, session, last.number + 1, last.content | {"rectified": rectified})


def _write(what: Act, actor: User, session: Session, number: int, content: dict[str, Any]) -> DecisionList:
    """Store a list with its file, and tell the members and the authors of the files that it names."""
    project = session.project
    row = DecisionList(project=project, session=session, number=number, content=content, settled_by=actor)
    row.acted_at = act_time()
    row.pdf = render_pdf(row)
    row.hash = hashlib.sha256(row.pdf).hexdigest()
    row.save(force_insert=True)
    event = record_in_role(what, row, detail=str(number), hash=row.hash)
    people = [seat.holder for seat in list_members(session)]
    heard = session.items.filter(source=PROPOSALS).values("subject_id")
    for role in Proposal.objects.filter(pk__in=heard).values_list("author_role", flat=True).distinct():
        people += [seat.holder for seat in holders(project, role)]
    notify(event=event, reason=Reason.LIST_SETTLED, about=session, people=dict.fromkeys(people))
    return row


def render_pdf(row: DecisionList) -> bytes:
    """Return the file of a list in the working language of its project; the same facts give the same bytes."""
    with translation.override(row.project.language):
        return write_pdf(build_paper(row.project, row.content, row), row.acted_at)
