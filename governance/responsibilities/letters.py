"""The letters of a responsibility matrix: the one table of the natures, in our words and as RASCI.

A letter never stands without its word: the same letter means different things in different books.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from roles.enums import Nature


class View(models.TextChoices):
    """How the cells are written."""

    LETTERS = "letters", _("Our letters")
    RASCI = "rasci", "RASCI"


@dataclass(frozen=True)
class Sign:
    """A letter with its word. `look` names its drawing in the style sheet, the same in each view."""

    look: str
    letter: str
    word: str | Promise


#: Nature → letter and word, in the order of the legend; both languages use the same letters.
LETTERS: dict[str, Sign] = {
    Nature.DECIDE: Sign("D", "D", pgettext_lazy("letter", "decides")),
    Nature.PROPOSE: Sign("P", "P", pgettext_lazy("letter", "proposes")),
    Nature.ADVISE: Sign("A", "A", pgettext_lazy("letter", "advises")),
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
    """The letters of a cell, each once, in the order of the legend."""
    found = set(natures)
    return tuple(dict.fromkeys(sign for nature, sign in TABLES[view].items() if nature in found))


def legend(view: View) -> tuple[Sign, ...]:
    """Every letter of the view, once."""
    return signs(Nature.values, view)
