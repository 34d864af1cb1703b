"""Who decides on a proposal, and the form of the answer of a reader who may."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.acts import act_time
from core.record.erasure import display_text
from governance.decide.decisions.forms import NOTES, Answer
from governance.decide.decisions.settlement import list_targets
from governance.decide.grounds.queries import find_obstacles
from governance.decide.kinds.base import Text
from governance.decide.kinds.registry import kind_of
from governance.decide.proposals.models import Proposal, proposal_reference
from governance.enums import Act, Outcome
from projects.models import Delegation, Mandate
from projects.seats.mandates.availability import Unavailable, list_unavailable

LONGEST_CHOICE = 200


@dataclass(frozen=True)
class Answering:
    """The owner and the delegates who may sign, and the form of the reader's answer, if they may decide.

    `missing` are reasons why an approval would not take effect today; `remedy` is the (address, name) of the page that
    removes them. `unavailable` tells why nobody can give the opinion of some awaited roles.
    """

    owner: Mandate | None
    delegations: list[Delegation]
    form: Answer | None
    missing: list[str]
    remedy: tuple[str, Text] | None
    unavailable: Mapping[str, Unavailable]
    notes: Mapping[Outcome, Any]


def read_answering(
    user: Any, proposal: Proposal, seats: list[Mandate], answer: Answer | None, *, may_decide: bool
) -> Answering:
    """Read who decides, with the posted `answer` or an empty one."""
    if answer is None and may_decide:
        answer = build_answer(user, proposal, seats)
    return Answering(
        next((seat for seat in seats if seat.decides), None),
        _list_delegations(proposal) if proposal.allows(Act.DECIDE) and not may_decide else [],
        answer,
        _list_obstacles(proposal) if may_decide else [],
        kind_of(proposal.kind).remedy(proposal.project),
        answer.unavailable if answer else _list_absences(proposal),
        NOTES,
    )


def build_answer(user: Any, proposal: Proposal, seats: list[Mandate], data: Any = None) -> Answer:
    """Build the form of `user`'s answer to `proposal`, empty or bound to `data`."""

    def others() -> list[tuple[str, str]]:
        mergeable = proposal.project.proposals.mergeable(proposal).order_by("-number")
        rows = mergeable.values_list("pk", "number", "current__title")[:LONGEST_CHOICE]
        return [
            (str(pk), f"{proposal_reference(proposal.project, number)} · {display_text(title)}")
            for pk, number, title in rows
        ]

    def targets() -> list[Mandate]:
        return list_targets(proposal.project, user)

    responsible = {seat.role.code: f"{seat.role.code} · {seat.holder}" for seat in seats if not seat.decides}
    return Answer(data, proposal=proposal, roles=list(responsible.items()), others=others, targets=targets)


def _list_absences(proposal: Proposal) -> dict[str, Unavailable]:
    """Return why nobody can give the opinion of some awaited roles, by code. No query when none is awaited."""
    found = list_unavailable(proposal.project, proposal.awaited_roles, act_time())
    return {role: Unavailable.read(facts) for role, facts in found.items()}


def _list_obstacles(proposal: Proposal) -> list[str]:
    """List known reasons why an approval of the current revision could not take effect today."""
    if proposal.current is None:
        return []
    kind = kind_of(proposal.kind)
    return [*find_obstacles(proposal.current), *kind.obstacles(proposal.current, proposal.project)]


def _list_delegations(proposal: Proposal) -> list[Delegation]:
    """List the delegations under which somebody may sign this proposal now, at most five."""
    given = Delegation.objects.filter(mandate__project=proposal.project).active()
    return list(given.covering(proposal.delegable_kind, proposal.amount).select_related("delegate")[:5])
