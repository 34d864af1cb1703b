"""Rhythms of a responsibility in words."""

from collections.abc import Iterable

from django.utils.text import get_text_list
from django.utils.translation import ngettext, pgettext

from roles.enums import Recurrence


def list_rhythms(first: str, also: Iterable[str]) -> tuple[str, ...]:
    """List the rhythms of a responsibility, each once, the first one first."""
    return tuple(dict.fromkeys((first, *also)))


def name_rhythms(rhythms: Iterable[str], days: str) -> str:
    """Return the rhythms in words, that of events last, with the working days after an event."""
    names = [str(Recurrence(rhythm).label) for rhythm in sorted(rhythms, key=lambda one: one == Recurrence.EVENT)]
    label = get_text_list(names, pgettext("rhythms", "and"))
    if not days:
        return label
    within = ngettext("%(rhythm)s, within %(n)s working day", "%(rhythm)s, within %(n)s working days", int(days))
    return within % {"rhythm": label, "n": days}
