"""What a change of many requirements does to those in force, and which of them an undo gives back."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from amoa.requirements import workflow
from amoa.requirements.guards import CONTENT
from amoa.requirements.models import Requirement
from amoa.requirements.versions import list_frozen
from core.lists.undo import Effects
from governance.decisions.seal_breaks import list_marked
from projects.models import Project
from projects.undo import Limits, find_steps


def describe_effects(project: Project, before: Mapping[int, Any], rows: Sequence[Requirement]) -> Effects | None:
    """Return what a change that the running act has written does to requirements in force or frozen; None if nothing.

    `before` maps `rows` to state and version before it.
    """
    again = [row for row in rows if row.version != before[row.pk].version]
    in_force = [row for row in again if before[row.pk].state in workflow.IN_FORCE]
    left = [row for row in rows if row not in again and find_way_back(row.state, before[row.pk].state) is None]
    touched = again + left
    if not touched:
        return None
    count, sentences = len(rows), []
    if in_force:
        words = ngettext(
            "%(n)s of %(count)s is in force: its text becomes a proposed version.",
            "%(n)s of %(count)s are in force: their text becomes a proposed version.",
            len(in_force),
        )
        sentences.append(words % {"n": len(in_force), "count": count})
    if frozen := len(again) - len(in_force):
        words = ngettext(
            "%(n)s of %(count)s is in a baseline: its text becomes another version.",
            "%(n)s of %(count)s are in a baseline: their text becomes another version.",
            frozen,
        )
        sentences.append(words % {"n": frozen, "count": count})
    if left:
        words = ngettext(
            "The state of %(n)s of %(count)s was decided: only a decision gives it back.",
            "The states of %(n)s of %(count)s were decided: only a decision gives them back.",
            len(left),
        )
        sentences.append(words % {"n": len(left), "count": count})
    return Effects(" ".join(sentences), tuple(sorted(row.pk for row in touched)), list_marked(project))


def read_limits(_project: Project, rows: Sequence[Requirement]) -> Limits:
    """Return why an undo cannot give back a requirement. One query."""
    frozen = list_frozen(rows)

    def why_kept(former: Any, row: Any) -> str:
        if row.version != former.version:
            return _("The new text is a version of its own.")
        if row.pk in frozen and any(getattr(row, name) != getattr(former, name) for name in CONTENT):
            return _("The new text is in a baseline.")
        if find_way_back(row.state, former.state) is None:
            return _("Only a decision gives back this state.")
        return ""

    return why_kept


def find_way_back(state: str, former: str) -> list[str] | None:
    """List the states by which a writer gives a requirement its former state; None if only a decision does."""
    if state != former and former not in workflow.WRITTEN:
        return None
    follows = {str(start): {str(end) for end in ends & workflow.WRITTEN} for start, ends in workflow.BY_HAND.items()}
    return find_steps(follows, state, former)
