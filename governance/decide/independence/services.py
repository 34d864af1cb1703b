"""Mark seats and opinions that are not independent. Nobody acts: the facts say it, and the owner decides (R8)."""

from collections.abc import Iterable
from typing import Any

from core.acts import act_time, open_act
from governance.decide.independence.models import IndependenceMark
from governance.decide.independence.queries import build_mark, build_missing_marks, list_opinion_dependences
from governance.decide.opinions.models import Opinion
from governance.enums import Act, Reason
from projects.ledger.services import record
from projects.models import LedgerEvent, Mandate, Project
from projects.notices.services import notify
from projects.seats.mandates.holders import owners
from projects.seats.mandates.services import RoleNotice
from roles.models import User


@open_act
def judge_project(*, actor: User, project: Project) -> int:
    """Mark what is not independent on a project and carries no mark yet; return the number of marks. Idempotent."""
    project = Project.objects.locked(project.pk)
    return _write(project, build_missing_marks(act_time(), project.pk))


def mark_opinion(project: Project, opinion: Opinion) -> None:
    """Mark an opinion inside the act that gives it, when its author is not independent."""
    found = list_opinion_dependences([opinion.pk])
    _write(
        project,
        [build_mark(item, opinion.mandate_id, opinion.acted_at, opinion_id=opinion.pk) for item in found],
    )


def _write(project: Project, marks: Iterable[IndependenceMark]) -> int:
    """Record each mark, and tell the owner and the advisers concerned once of each fact."""
    told = {mark.pair for mark in IndependenceMark.objects.filter(mandate__project=project)}
    count = 0
    for mark in marks:
        mark.save(force_insert=True)
        about: dict[str, Any] = {
            "opinion": mark.opinion_id or "",
            "other": mark.other_id or "",
            "bidder": mark.bidder_id or "",
        }
        event = record(
            Act.MARK_INDEPENDENCE,
            mark,
            project=project,
            proposal_id=mark.opinion.revision.proposal_id if mark.opinion else None,
            mandate=mark.mandate_id,
            **about,
            since=mark.since,
        )
        if mark.pair not in told:
            told.add(mark.pair)
            _tell(event, mark)
        count += 1
    return count


def _tell(event: LedgerEvent, mark: IndependenceMark) -> None:
    seats = [seat for seat in (mark.mandate, mark.other) if seat]
    advising = [seat for seat in seats if seat.advises]
    lead: Mandate = (advising or seats)[0]
    is_unknown = mark.other_id is None and mark.bidder_id is None
    notify(
        event=event,
        reason=Reason.EMPLOYER_UNKNOWN if is_unknown else Reason.NOT_INDEPENDENT,
        about=RoleNotice(event.project, lead.role.code, f"#mandate-{lead.pk}"),
        people=[
            *(seat.holder for seat in owners(event.project)),
            *(seat.holder for seat in (seats if is_unknown else advising) if seat.holder.is_active),
        ],
        the_actor_too=True,
    )
