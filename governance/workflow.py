"""State machine of a proposal: one table for Python, the templates and the database guard."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.access import Text
from core.pages.refusals import exceptions
from governance.enums import Act, Outcome, ProposalState
from projects.enums import ProjectState

S = ProposalState

#: What a project at rest still decides, by its state.
STILL_DECIDED: dict[str, Text] = {
    ProjectState.SUSPENDED: _(
        "The project is suspended. Only its resumption, its abandonment and appointments can be decided."
    ),
    ProjectState.CLOSED: _("The project is closed. Only its reopening can be decided."),
    ProjectState.ABANDONED: _("The project is abandoned. Only its reopening can be decided."),
}

#: Act → state it is allowed in → states it may lead to.
TRANSITIONS: dict[Act, dict[ProposalState, frozenset[ProposalState]]] = {
    Act.EDIT: {
        state: frozenset({state})
        for state in (S.DRAFT, S.SUBMITTED, S.UNDER_REVIEW, S.READY_FOR_DECISION, S.RETURNED, S.DEFERRED)
    },
    Act.SUBMIT: {
        state: frozenset({S.SUBMITTED, S.READY_FOR_DECISION})
        for state in (S.DRAFT, S.SUBMITTED, S.UNDER_REVIEW, S.READY_FOR_DECISION, S.RETURNED, S.DEFERRED)
    },
    Act.TAKE_UP: {S.SUBMITTED: frozenset({S.UNDER_REVIEW})},
    Act.ADVISE: {
        S.SUBMITTED: frozenset({S.UNDER_REVIEW, S.READY_FOR_DECISION}),
        S.UNDER_REVIEW: frozenset({S.UNDER_REVIEW, S.READY_FOR_DECISION}),
        # Of a role whose opinion is optional, until the last day for opinions (Proposal.allows).
        S.READY_FOR_DECISION: frozenset({S.READY_FOR_DECISION}),
    },
    Act.WITHDRAW: {
        state: frozenset({S.WITHDRAWN})
        for state in (S.DRAFT, S.SUBMITTED, S.UNDER_REVIEW, S.READY_FOR_DECISION, S.RETURNED, S.DEFERRED)
    },
    Act.NOTE_BINDING: {state: frozenset({state}) for state in (S.SUBMITTED, S.UNDER_REVIEW, S.READY_FOR_DECISION)},
    Act.DECIDE: {
        state: frozenset({S.DECIDED, S.CONDITIONS_OPEN, S.RETURNED, S.DEFERRED, S.MERGED})
        for state in (S.SUBMITTED, S.UNDER_REVIEW, S.READY_FOR_DECISION)
    },
    # An open proposal that names the replaced decision goes back to its authors, or is withdrawn, as the owner chose.
    Act.SUPERSEDE: {
        **{state: frozenset({S.SUPERSEDED}) for state in (S.DECIDED, S.CONDITIONS_OPEN, S.CLOSED, S.LAPSED)},
        **{
            state: frozenset({S.RETURNED, S.WITHDRAWN}) for state in (S.SUBMITTED, S.UNDER_REVIEW, S.READY_FOR_DECISION)
        },
        **{state: frozenset({state, S.WITHDRAWN}) for state in (S.RETURNED, S.DEFERRED)},
    },
    # The new decision may keep open conditions of the replaced one.
    Act.PROVE: {state: frozenset({state}) for state in (S.CONDITIONS_OPEN, S.SUPERSEDED)},
    Act.LIFT: {S.CONDITIONS_OPEN: frozenset({S.CONDITIONS_OPEN, S.CLOSED}), S.SUPERSEDED: frozenset({S.SUPERSEDED})},
    Act.WAIVE: {S.CONDITIONS_OPEN: frozenset({S.CONDITIONS_OPEN, S.CLOSED}), S.SUPERSEDED: frozenset({S.SUPERSEDED})},
    # Nobody's act: what the owner chose with the decision for a condition that is not met in time.
    Act.LAPSE: {S.CONDITIONS_OPEN: frozenset({S.LAPSED})},
}

#: Outcome → state after the decision.
AFTER_OUTCOME = {
    Outcome.APPROVED: S.DECIDED,
    Outcome.APPROVED_WITH_CONDITIONS: S.CONDITIONS_OPEN,
    Outcome.ACCEPTED: S.DECIDED,
    Outcome.ACCEPTED_WITH_RESERVATIONS: S.CONDITIONS_OPEN,
    Outcome.ACCEPTED_WITH_PRICE_REDUCTION: S.DECIDED,
    Outcome.REWORK: S.RETURNED,
    Outcome.DEFERRED: S.DEFERRED,
    Outcome.MERGED: S.MERGED,
    Outcome.REJECTED: S.DECIDED,
}

#: States reached only by a recorded decision.
AFTER_DECISION = frozenset(AFTER_OUTCOME.values())

#: States in which the owner may decide, once every opinion is given or waived.
BEFORE_THE_OWNER = frozenset(TRANSITIONS[Act.DECIDE])

#: States of a possible merge target: submitted and not decided.
MERGEABLE = BEFORE_THE_OWNER | {S.RETURNED, S.DEFERRED}

#: States in which opinions are expected.
BEING_ADVISED = frozenset({S.SUBMITTED, S.UNDER_REVIEW})


class WrongState(exceptions.WrongState):
    """The act is not allowed in the current state of the proposal."""

    title = _("The proposal has changed")
    link_label = _("Back to the proposal")

    def __init__(self, act: Act, state: str) -> None:
        super().__init__(f"{act} does not follow from {state}")
        self.act, self.state = act, ProposalState(state)

    @property
    def text(self) -> str:
        """Return a sentence on the state of the proposal."""
        return gettext("The proposal is now “%(state)s”. This action is no longer possible.") % {
            "state": self.state.label
        }

    def link(self, arguments: Mapping[str, Any]) -> str:
        """Return the address of the dossier, or the first page."""
        proposal = arguments.get("proposal_id")
        return reverse("governance:dossier:dossier", args=[proposal]) if proposal else super().link(arguments)


class ProjectAtRest(WrongState):
    """The project is suspended, closed or abandoned: it decides only what leads out of that state."""

    title = _("The project does not decide this now")

    def __init__(self, act: Act, state: str, project_state: str) -> None:
        super().__init__(act, state)
        self.project_state = project_state

    @property
    def text(self) -> str:
        return str(STILL_DECIDED[self.project_state])


#: Acts that wait until a project at rest goes on.
WHEN_OPEN = frozenset({Act.SUBMIT, Act.DECIDE, Act.LAPSE})


def allows(state: str, act: Act) -> bool:
    """Return whether `act` is possible on a proposal in `state`."""
    return state in TRANSITIONS[act]


def follow(state: str, act: Act, target: ProposalState) -> ProposalState:
    """Return `target` when `act` may lead there from `state`. Raises WrongState otherwise."""
    if target not in TRANSITIONS[act].get(ProposalState(state), frozenset()):
        raise WrongState(act, state)
    return target


def moves() -> list[tuple[ProposalState, ProposalState]]:
    """List every change of state that an act may make, sorted. The database allows no other."""
    pairs = {
        (origin, target)
        for table in TRANSITIONS.values()
        for origin, targets in table.items()
        for target in targets
        if origin != target
    }
    return sorted(pairs)
