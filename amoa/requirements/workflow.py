"""State machine of a requirement: one table for Python, the templates and the trigger.

`BY_HAND` lists the transitions people make; `BY_DECISION` those that only a decision of the owner makes (R1).
"""

from amoa.requirements.enums import RequirementState as S

#: States of a version approved by the owner.
IN_FORCE = frozenset({S.APPROVED, S.IMPLEMENTED, S.VERIFIED, S.ACCEPTED})
#: States of requirements that the next baseline includes.
CANDIDATES = frozenset({S.PROPOSED, S.IN_REVIEW}) | IN_FORCE
#: States that only a decision of the owner sets.
DECIDED = frozenset({S.APPROVED, S.ACCEPTED, S.REJECTED})
#: States that a writer of requirements may set, on one or on many.
WRITTEN = frozenset({S.DRAFT, S.PROPOSED, S.IN_REVIEW, S.DEFERRED, S.WITHDRAWN})
#: Initial states; none of them is decided.
INITIAL = frozenset({S.DRAFT, S.PROPOSED, S.DEFERRED})

BY_HAND: dict[S, frozenset[S]] = {
    S.DRAFT: frozenset({S.PROPOSED, S.DEFERRED, S.WITHDRAWN}),
    S.PROPOSED: frozenset({S.DRAFT, S.IN_REVIEW, S.DEFERRED, S.WITHDRAWN}),
    S.IN_REVIEW: frozenset({S.DRAFT, S.PROPOSED, S.DEFERRED, S.WITHDRAWN}),
    S.APPROVED: frozenset({S.PROPOSED, S.IMPLEMENTED, S.DEFERRED, S.WITHDRAWN}),
    S.IMPLEMENTED: frozenset({S.PROPOSED, S.VERIFIED, S.DEFERRED, S.WITHDRAWN}),
    S.VERIFIED: frozenset({S.PROPOSED, S.IMPLEMENTED, S.DEFERRED, S.WITHDRAWN}),
    S.ACCEPTED: frozenset({S.PROPOSED, S.DEFERRED, S.WITHDRAWN}),
    S.REJECTED: frozenset({S.DRAFT, S.PROPOSED, S.WITHDRAWN}),
    S.DEFERRED: frozenset({S.DRAFT, S.PROPOSED, S.WITHDRAWN}),
    S.WITHDRAWN: frozenset({S.DRAFT, S.PROPOSED}),
}
#: A baseline in force approves its requirements from any state. Superseding a decision may revert them.
BY_DECISION: dict[S, frozenset[S]] = {
    S.DRAFT: frozenset({S.APPROVED, S.REJECTED}),
    S.PROPOSED: frozenset({S.APPROVED, S.REJECTED}),
    S.IN_REVIEW: frozenset({S.APPROVED, S.REJECTED}),
    S.VERIFIED: frozenset({S.ACCEPTED, S.APPROVED}),
    S.ACCEPTED: frozenset({S.VERIFIED, S.APPROVED}),
    S.REJECTED: frozenset({S.APPROVED}),
    S.DEFERRED: frozenset({S.APPROVED}),
    S.WITHDRAWN: frozenset({S.APPROVED}),
}


def is_allowed(state: str, target: str) -> bool:
    """Return whether a person may move a requirement from `state` to `target` without a decision."""
    return S(target) in BY_HAND[S(state)]


def list_transitions(table: dict[S, frozenset[S]]) -> list[tuple[str, str]]:
    """List every (origin, target) of a table, sorted, for the trigger."""
    return sorted({(origin.value, target.value) for origin, targets in table.items() for target in targets})
