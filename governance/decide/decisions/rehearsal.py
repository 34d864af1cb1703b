"""What a decision does, announced by the act itself before it is recorded, and compared when it is (ADR 54)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from core.acts import act_time
from core.pages.lists.undo import name_first
from core.record.sealing import content_hash
from governance.decide.decisions.models import Decision, Effect, SealBreak
from governance.decide.obligations.queries import load_obligations
from governance.enums import Reason
from projects.models import Project
from projects.notices.models import Notification

#: Parts whose change begins or ends obligations (governance.decide.kinds.base.Part).
BEGINS_OBLIGATIONS = frozenset({"state", "gate", "matrix", "provider_gate", "holder"})
#: Obligations that a review names.
MOST = 6


@dataclass(frozen=True)
class Happening:
    """What a decision did: changes, other decisions to review, obligations that began and ended, people told.

    The texts are in the language in use. `plain` is the same without language, of which the fingerprint is made.
    """

    effects: list[str]
    to_review: list[str]
    begun: list[str]
    ended: list[str]
    told: list[str]
    plain: dict[str, Any]

    @property
    def begun_first(self) -> str:
        """Return the first obligations that began, in words."""
        return name_first(self.begun, MOST)

    @property
    def ended_first(self) -> str:
        """Return the first obligations that ended, in words."""
        return name_first(self.ended, MOST)

    def fingerprint(self, salt: str) -> str:
        """Return the hexadecimal SHA-256 of what happened, with the salt of the revision."""
        return content_hash({"salt": salt, **self.plain})


def read_open_obligations(project: Project, parts: Iterable[str]) -> dict[str, str]:
    """Map the open obligations of a project to their names; none where changes of these parts begin and end none."""
    if BEGINS_OBLIGATIONS.isdisjoint(parts):
        return {}
    now = Project.objects.get(pk=project.pk)
    return {row.place: f"{row.role} {row}" for row in load_obligations(now, act_time()) if row.is_open}


def describe_happening(
    decision: Decision,
    effects: Sequence[Effect],
    before: dict[str, str],
    after: dict[str, str],
    notices: Iterable[Notification],
) -> Happening:
    """Describe what the act that records `decision` did. One query when it changed something: what it marked."""
    people = {notice.recipient for notice in notices if notice.reason != Reason.NO_LONGER_CURRENT}
    marked = _list_marked(decision) if effects or decision.carried else []
    begun, ended = sorted(set(after) - set(before)), sorted(set(before) - set(after))
    return Happening(
        effects=[effect.description for effect in effects],
        to_review=[other.reference for other in marked],
        begun=[after[place] for place in begun],
        ended=[before[place] for place in ended],
        told=sorted(map(str, people)),
        plain={
            "effects": [[effect.subject, effect.field, effect.before, effect.after] for effect in effects],
            "review": [str(other.pk) for other in marked],
            "begun": begun,
            "ended": ended,
            "told": sorted(str(person.key) for person in people),
        },
    )


def _list_marked(decision: Decision) -> list[Decision]:
    """List the other decisions that the act marked, by number."""
    marks = SealBreak.objects.filter(decision__project=decision.project, acted_at=decision.acted_at)
    others = Decision.objects.filter(pk__in=marks.values("decision")).exclude(pk=decision.pk)
    return list(others.select_related("project").order_by("number"))
