"""State machine of an import: one table for Python and the trigger."""

from amoa.imports.enums import ImportState as S

TRANSITIONS: dict[S, frozenset[S]] = {
    S.UPLOADED: frozenset({S.CHECKED, S.CANCELLED}),
    S.MAPPED: frozenset({S.UPLOADED, S.CHECKED, S.CANCELLED}),
    S.CHECKED: frozenset({S.UPLOADED, S.MAPPED, S.WAITING, S.CANCELLED}),
    S.WAITING: frozenset({S.RUNNING, S.FAILED, S.CANCELLED}),
    S.RUNNING: frozenset({S.WAITING, S.MAPPED, S.DONE, S.FAILED, S.CANCELLED}),
    S.DONE: frozenset(),
    S.FAILED: frozenset(),
    S.CANCELLED: frozenset(),
}
#: States in which the author still chooses.
OPEN = frozenset({S.UPLOADED, S.MAPPED, S.CHECKED})
#: States in which the import is queued or running.
LIVE = frozenset({S.WAITING, S.RUNNING})
#: Final states; the file is no longer stored.
ENDED = frozenset({S.DONE, S.FAILED, S.CANCELLED})


def is_allowed(state: str, target: str) -> bool:
    """Return whether an import may go from `state` to `target`; staying is allowed."""
    return state == target or S(target) in TRANSITIONS[S(state)]


def list_sources(target: S) -> list[str]:
    """List the states that lead to `target`."""
    return [origin.value for origin, targets in TRANSITIONS.items() if target in targets]
