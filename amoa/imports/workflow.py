"""What may follow what in the life of an import: one table for Python and for the trigger."""

from amoa.imports.enums import ImportState as S

MOVES: dict[S, frozenset[S]] = {
    S.UPLOADED: frozenset({S.CHECKED, S.CANCELLED}),
    S.MAPPED: frozenset({S.UPLOADED, S.CHECKED, S.CANCELLED}),
    S.CHECKED: frozenset({S.UPLOADED, S.MAPPED, S.WAITING, S.CANCELLED}),
    S.WAITING: frozenset({S.RUNNING, S.FAILED, S.CANCELLED}),
    S.RUNNING: frozenset({S.WAITING, S.MAPPED, S.DONE, S.FAILED, S.CANCELLED}),
    S.DONE: frozenset(),
    S.FAILED: frozenset(),
    S.CANCELLED: frozenset(),
}
#: States in which its author still chooses.
OPEN = frozenset({S.UPLOADED, S.MAPPED, S.CHECKED})
#: States in which the worker has it, or will.
LIVE = frozenset({S.WAITING, S.RUNNING})
#: States that nothing follows: the file is no longer kept.
ENDED = frozenset({S.DONE, S.FAILED, S.CANCELLED})


def allows(state: str, target: str) -> bool:
    """Whether an import may go from `state` to `target`; staying is no move."""
    return state == target or S(target) in MOVES[S(state)]


def sources(target: S) -> list[str]:
    """The states that lead to `target`."""
    return [origin.value for origin, targets in MOVES.items() if target in targets]
