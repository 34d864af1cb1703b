"""What a change of many requirements does to those in force, and which of them an undo gives back."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from amoa.requirements import workflow
from amoa.requirements.guards import CONTENT
from amoa.requirements.models import Requirement
from amoa.requirements.versions import list_frozen
from core.acts import act_time
from core.pages.lists.undo import Effects
from governance.decide.decisions.seal_breaks import list_marked
from projects.models import Project
from projects.undo import Change, Limits, find_steps


def describe_effects(project: Project, before: Mapping[int, Any], rows: Sequence[Requirement]) -> Effects | None:
    """Return what a change that the running act has written does to requirements in force or frozen; None if nothing.

    `before` maps `rows` to state and version before it.
    """
    again = [row for row in rows if row.version != before[row.pk].version]
    in_force = [row for row in again if before[row.pk].state in workflow.IN_FORCE]
    left = [row for row in rows if row not in again and find_way_back(row.state, before[row.pk].state) is None]
    marked = list_marked(project, act_time())
    ahead = [row for row in rows if marked and row not in again + left and _is_rewritten(before[row.pk], row)]
    touched = again + left + ahead
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
    if ahead:
        words = ngettext(
            "%(n)s of %(count)s has a version in force: its proposed text changes.",
            "%(n)s of %(count)s have a version in force: their proposed text changes.",
            len(ahead),
        )
        sentences.append(words % {"n": len(ahead), "count": count})
    return Effects(" ".join(sentences), count, tuple(sorted(row.pk for row in touched)), marked)


def _is_rewritten(former: Any, row: Requirement) -> bool:
    """Return whether a requirement that was approved in another version has a text that differs from the former."""
    return row.in_force_id is not None and any(getattr(row, name) != getattr(former, name) for name in CONTENT)


def read_limits(project: Project, change: Change) -> Limits:
    """Return why an undo cannot give back a requirement. Two queries."""
    frozen, marked = list_frozen(change.rows), list_marked(project, change.at)

    def why_kept(former: Any, row: Any) -> str:
        if row.version != former.version:
            return _("The new text is a version of its own.")
        if row.pk in frozen and any(getattr(row, name) != getattr(former, name) for name in CONTENT):
            return _("The new text is in a baseline.")
        if marked and _is_rewritten(former, row):
            return _("The project owner has been notified of the new text.")
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
