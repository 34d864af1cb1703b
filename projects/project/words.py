"""The words of a level: what Ouvrage writes of a project is said of the programme or portfolio that it is."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext

from projects.enums import Level

#: Language → the noun where it means the project at hand: not the owner or the management of projects, nor a charter.
NOUNS = {
    "en": re.compile(r"\b([Pp])roject(?!\w|[ -](?:owner|manage|charter))"),
    "fr": re.compile(r"(?<!\bde )(?<!\bmode )\b([Pp])rojet(?!\w)"),
}


def say_of[T](text: T, project: Any) -> T | str:
    """Say of `project` what a message says of a project: the nouns of its levels share one gender in French.

    Only a message as it stands in the code, or a part of a template: another text may hold words of people.
    """
    level = getattr(project, "level", Level.PROJECT)
    if level not in {Level.PROGRAMME, Level.PORTFOLIO} or not isinstance(text, (Promise, SafeString)):
        return text
    noun = str(Level(level).label)
    pattern = NOUNS[(get_language() or "en")[:2]]
    said = pattern.sub(lambda found: capfirst(noun) if found[1] == "P" else noun, str(text))
    return mark_safe(said) if isinstance(text, SafeString) else said  # noqa: S308 — as safe as the text was


def count_levels(levels: Mapping[str, int]) -> list[str]:
    """Return the count of each level that has rows, in words, the highest level first."""
    portfolios, programmes, projects = (levels[level] for level in (Level.PORTFOLIO, Level.PROGRAMME, Level.PROJECT))
    words = (
        (portfolios, ngettext("%(n)s portfolio", "%(n)s portfolios", portfolios)),
        (programmes, ngettext("%(n)s programme", "%(n)s programmes", programmes)),
        (projects, ngettext("%(n)s project", "%(n)s projects", projects)),
    )
    return [text % {"n": n} for n, text in words if n]
