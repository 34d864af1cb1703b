"""What may follow what in the life of a requirement: one table for Python, the templates and the trigger.

`BY_HAND` is what the people who write, build and test may do; `BY_DECISION` only a decision of the owner (R1).
"""

from amoa.requirements.enums import RequirementState as S

#: States of a version that the owner has approved.
IN_FORCE = frozenset({S.APPROVED, S.IMPLEMENTED, S.VERIFIED, S.ACCEPTED})
#: States in which a requirement takes part in the next baseline.
CANDIDATES = frozenset({S.PROPOSED, S.IN_REVIEW}) | IN_FORCE
#: States that a decision of the owner alone leads to.
DECIDED = frozenset({S.APPROVED, S.ACCEPTED, S.REJECTED})
#: States somebody who writes requirements may give by themselves, on one or on many.
WRITTEN = frozenset({S.DRAFT, S.PROPOSED, S.IN_REVIEW, S.DEFERRED, S.WITHDRAWN})
#: States a requirement may be born in: nothing is born decided.
BORN = frozenset({S.DRAFT, S.PROPOSED, S.DEFERRED})

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
#: A baseline in force approves whatever stands in it, wherever it stood; replacing a decision may lead back.
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


def allows(state: str, target: str) -> bool:
    """Whether a person may lead a requirement from `state` to `target` without a decision."""
    return S(target) in BY_HAND[S(state)]


def moves(table: dict[S, frozenset[S]]) -> list[tuple[str, str]]:
    """Every change of state in a table, sorted: what the database lets through."""
    return sorted({(origin.value, target.value) for origin, targets in table.items() for target in targets})
