"""Rhythms of a responsibility, and the window between gates in which its periods count, in words."""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.text import get_text_list
from django.utils.translation import gettext, ngettext, pgettext

from roles.enums import PERIODIC, Recurrence


class Window(NamedTuple):
    """Gates between which periods count, or a gate and for how many months from it; empty without a bound."""

    from_gate: str = ""
    until_gate: str = ""
    months: str = ""


#: The window without a bound.
ALWAYS = Window()


def list_rhythms(first: str, also: Iterable[str]) -> tuple[str, ...]:
    """List the rhythms of a responsibility, each once, the first one first."""
    return tuple(dict.fromkeys((first, *also)))


def name_rhythms(rhythms: Iterable[str], days: str, window: Window) -> str:
    """Return the rhythms in words: periods with their window, events last, with the working days after an event."""
    names = [_name(rhythm, window) for rhythm in sorted(rhythms, key=lambda one: one == Recurrence.EVENT)]
    label = get_text_list(names, pgettext("rhythms", "and"))
    if not days:
        return label
    within = ngettext("%(rhythm)s, within %(n)s working day", "%(rhythm)s, within %(n)s working days", int(days))
    return within % {"rhythm": label, "n": days}


def _name(rhythm: str, window: Window) -> str:
    label = str(Recurrence(rhythm).label)
    if rhythm not in PERIODIC or not any(window):
        return label
    if window.months:
        words = ngettext(
            "%(rhythm)s from %(first)s for %(n)s month",
            "%(rhythm)s from %(first)s for %(n)s months",
            int(window.months),
        )
    elif window.from_gate and window.until_gate:
        words = gettext("%(rhythm)s from %(first)s to %(last)s")
    else:
        words = gettext("%(rhythm)s from %(first)s") if window.from_gate else gettext("%(rhythm)s until %(last)s")
    return words % {"rhythm": label, "first": window.from_gate, "last": window.until_gate, "n": window.months}
