"""Who was there at the items of a session."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from governance.sessions.sittings.enums import Presence
from governance.sessions.sittings.models import SessionItem


def list_presence(items: Iterable[SessionItem], number: str) -> list[list[str]]:
    """List the place of each item with the presence of the person of this number, where it was noted."""
    return [[str(item.place), item.presence[number]] for item in items if number in item.presence]


def say_presence(noted: Sequence[Sequence[str]]) -> str:
    """Say each place and presence in words: once if it was the same at each item, else by items that follow."""
    labels = dict(Presence.choices)
    runs = [(was, [place for place, _was in run]) for was, run in groupby(noted, key=lambda pair: pair[1])]
    if len(runs) == 1:
        return str(labels[runs[0][0]])
    return " · ".join(f"{_span(places)}. {labels[was]}" for was, places in runs)


def _span(places: Sequence[str]) -> str:
    return places[0] if len(places) == 1 else f"{places[0]}–{places[-1]}"
