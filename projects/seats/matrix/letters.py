"""Letters of a responsibility matrix: one table of natures, in our words and as RASCI.

Always show a letter with its word: its meaning differs from book to book.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from roles.enums import Nature


class View(models.TextChoices):
    """Notations of the cells."""

    LETTERS = "letters", _("Our letters")
    RASCI = "rasci", "RASCI"


@dataclass(frozen=True)
class Sign:
    """A letter with its word. `look` names its drawing in the style sheet, the same in each view."""

    look: str
    letter: str
    word: str | Promise


#: Nature → letter and word, in legend order; both languages use the same letters.
LETTERS: dict[str, Sign] = {
    Nature.DECIDE: Sign("D", "D", pgettext_lazy("letter", "decides")),
    Nature.PROPOSE: Sign("P", "P", pgettext_lazy("letter", "proposes")),
    Nature.ADVISE: Sign("A", "A", pgettext_lazy("letter", "gives an opinion")),
    Nature.PRODUCE: Sign("E", "E", pgettext_lazy("letter", "carries out")),
    Nature.SUPPORT: Sign("S", "S", pgettext_lazy("letter", "supports")),
    Nature.INFORMED: Sign("I", "I", pgettext_lazy("letter", "is informed")),
}
RESPONSIBLE = Sign("P", "R", pgettext_lazy("RASCI", "is responsible"))
RASCI: dict[str, Sign] = {
    Nature.PROPOSE: RESPONSIBLE,
    Nature.PRODUCE: RESPONSIBLE,
    Nature.DECIDE: Sign("D", "A", pgettext_lazy("RASCI", "is accountable")),
    Nature.SUPPORT: Sign("S", "S", pgettext_lazy("RASCI", "supports")),
    Nature.ADVISE: Sign("A", "C", pgettext_lazy("RASCI", "is consulted")),
    Nature.INFORMED: Sign("I", "I", pgettext_lazy("RASCI", "is informed")),
}
TABLES = {View.LETTERS: LETTERS, View.RASCI: RASCI}


def signs(natures: Iterable[str], view: View = View.LETTERS) -> tuple[Sign, ...]:
    """List the letters of a cell, without duplicates, in legend order."""
    present = set(natures)
    return tuple(dict.fromkeys(sign for nature, sign in TABLES[view].items() if nature in present))


def legend(view: View) -> tuple[Sign, ...]:
    """List every letter of the view, without duplicates."""
    return signs(Nature.values, view)
