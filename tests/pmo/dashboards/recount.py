"""Recount the numbers of the dashboards in Python from all rows, without the tested code.

One function for each list behind a number (`COUNTED`), given the filters of its address. An unknown list or filter is
an error.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from amoa.models import AcceptanceTest, Requirement
from governance.models import Condition, Decision, Opinion, Proposal
from pmo.conformity import automatic_checks
from pmo.conformity.check_inputs import load_inputs
from pmo.models import ConformityCheck, Risk, RiskAction, StandardCheckpoint, Waiver, WaiverEnd
from projects.models import Mandate, Project

WAITING = {"submitted", "under_review", "ready_for_decision"}
GAPS = {"partially_conform", "not_conform"}
OPEN_RISKS = {"proposed", "assessed", "treated", "accepted"}
Said = dict[str, str]


@dataclass(frozen=True)
class Part:
    """The projects in scope, by code, and the first day of the period.

    Automatic checks are recomputed, so the last snapshot has to be that of the test. Rows are read once for all parts
    that share a `memory`.
    """

    codes: frozenset[str]
    since: date
    memory: dict[Any, Any] = field(default_factory=dict, compare=False)

    def of(self, model: Any, *along: str, path: str = "project") -> list[Any]:
        """List every row of these projects."""
        rows = self.once((model, path), lambda: list(model.objects.select_related(path.replace(".", "__"), *along)))
        return [row for row in rows if _follow(row, path).code in self.codes]

    def once(self, key: Any, read: Callable[[], Any]) -> Any:
        """Cache the result of `read`."""
        if key not in self.memory:
            self.memory[key] = read()
        return self.memory[key]

    @property
    def projects(self) -> list[Project]:
        """List these projects."""
        return [one for one in Project.objects.select_related("parent__parent") if one.code in self.codes]


def _follow(row: Any, path: str) -> Any:
    for name in path.split("."):
        row = getattr(row, name)
    return row


def _today() -> date:
    return timezone.localdate()


def pending(part: Part, said: Said) -> int:
    late, age, role = said.pop("late", ""), said.pop("age", ""), said.pop("for", "")
    rows = [one for one in part.of(Proposal, "current") if one.state in WAITING]
    if late:
        rows = [one for one in rows if one.current.decide_by < _today()]
    if age:
        bounds = [(0, 5), (5, 10), (10, 20), (20, 10**6)][int(age)]
        waited = {one.pk: (timezone.now() - one.current.acted_at) / timedelta(days=1) for one in rows}
        rows = [one for one in rows if bounds[0] <= waited[one.pk] < bounds[1]]
    if role == "owner":
        rows = [one for one in rows if one.state == "ready_for_decision"]
    elif role:
        rows = [one for one in rows if one.state != "ready_for_decision" and role in one.awaited_roles]
    return len(rows)


def decided(part: Part, said: Said) -> int:
    month, rows = said.pop("month", ""), part.of(Decision)
    if month:
        return sum(timezone.localtime(one.acted_at).strftime("%Y-%m") == month for one in rows)
    return sum(timezone.localdate(one.acted_at) >= part.since for one in rows)


def opinions(part: Part, said: Said) -> int:
    role, followed = said.pop("role", ""), said.pop("followed", "")
    count = 0
    answers = {one.revision_id: one for one in part.of(Decision) if timezone.localdate(one.acted_at) >= part.since}
    for one in part.once(Opinion, lambda: list(Opinion.objects.all())):
        answer = answers.get(one.revision_id)
        if not answer or one.position == "no_opinion" or answer.outcome in {"rework", "deferred", "merged"}:
            continue
        went = (one.position != "favourable") if answer.outcome == "rejected" else (one.position != "unfavourable")
        count += role in {"", one.role} and followed in {"", "yes" if went else "no"}
    return count


def overdue(part: Part, said: Said) -> int:
    rows = part.of(Condition, path="decision.project")
    return sum(one.state == "open" and one.due_on < _today() for one in rows)


def obligations(part: Part, said: Said) -> int:
    role, late = said.pop("role", ""), said.pop("late", "")
    found = [(one.role, one.due_on) for one in part.of(Condition, path="decision.project") if one.state == "open"]
    actions = [one for one in part.of(RiskAction, "risk") if one.risk.status in OPEN_RISKS]
    found += [(one.role, one.due_on) for one in actions if one.done_on is None]
    newest: dict[Any, ConformityCheck] = {}
    for check in sorted(part.of(ConformityCheck), key=lambda one: one.pk):
        newest[check.project_id, check.checkpoint_id] = check
    found += [(one.action_role, one.action_due) for one in newest.values() if one.action and one.result in GAPS]
    return sum(role in {"", by} and (not late or bool(due and due < _today())) for by, due in found)


def roles(part: Part, said: Said) -> int:
    state, now = said.pop("state", ""), timezone.now()
    wanted = {"": {"held", "ending", "vacant"}, "held": {"held", "ending"}}.get(state, {state})
    return sum(one in wanted for project in part.projects for one in _seats(project, now))


def _seats(project: Project, now: datetime) -> Iterable[str]:
    given = [
        one
        for one in Mandate.objects.select_related("role", "holder").filter(project=project)
        if one.holder.is_active and not one.taken_back
    ]
    for role in project.roles():
        if not role.mandatory or (project.level != "project" and role.authority not in {"decides", "advises"}):
            continue
        periods = [(one.starts_at, one.ends_at) for one in given if one.role.code == role.code]

        def held(at: datetime, periods: Any = periods) -> bool:
            return any(start <= at and (end is None or at < end) for start, end in periods)

        ends = [end for _start, end in periods if end and now < end <= now + timedelta(days=60)]
        yield "vacant" if not held(now) else "held" if all(held(end) for end in ends) else "ending"


def musts(part: Part, said: Said) -> int:
    covered, uncovered = said.pop("covered", ""), said.pop("uncovered", "")
    tested = {one.requirement_id for one in part.of(AcceptanceTest) if not one.retired}
    rows = [
        one
        for one in part.of(Requirement)
        if one.priority == "must"
        and one.kind != "need"
        and one.state not in {"draft", "rejected", "deferred", "withdrawn"}
    ]
    return sum((one.pk in tested or not covered) and (one.pk not in tested or not uncovered) for one in rows)


def checkpoints(part: Part, said: Said) -> int:
    code, result = said.pop("standard", ""), said.pop("result", "")
    wanted = GAPS if result == "gaps" else {result}
    return sum(
        code in {"", one.version.standard.code} and (not result or stands in wanted)
        for project in part.projects
        for one, stands in part.once(project.pk, partial(_due, project))
    )


def _due(project: Project) -> list[tuple[StandardCheckpoint, str]]:
    above = [project, project.parent, project.parent.parent if project.parent else None]
    depth = {one.pk: place for place, one in enumerate(above) if one}
    asked: dict[str, tuple[int, list[StandardCheckpoint]]] = {}
    for one in StandardCheckpoint.objects.select_related("version__standard"):
        version = one.version
        place = depth.get(version.standard.project_id)
        begun = version.effective_from is not None and version.effective_from <= _today()
        over = version.effective_to is not None and version.effective_to <= _today()
        if place is None or version.state == "draft" or not begun or over:
            continue
        nearest, found = asked.get(version.standard.code, (9, []))
        if place < nearest:
            asked[version.standard.code] = (place, [one])
        elif place == nearest:
            found.append(one)
    gate = project.next_gate
    return [
        (one, _stands(project, one))
        for _place, found in asked.values()
        for one in found
        if project.level in one.version.levels and (gate is None or one.version.from_gate <= gate)
    ]


def _stands(project: Project, checkpoint: StandardCheckpoint) -> str:
    begun = [
        one
        for one in Waiver.objects.filter(project=project)
        if checkpoint.pk in one.checkpoints and one.starts_on <= _today()
    ]
    if any(_holds(one) for one in begun):
        return "waived"
    [seen] = load_inputs(Project.objects.filter(pk=project.pk), [checkpoint.computed], timezone.now())
    if itself := automatic_checks.compute(checkpoint.computed, seen, timezone.now()):
        return str(itself.result)
    check = ConformityCheck.objects.filter(project=project, checkpoint=checkpoint).order_by("pk").last()
    lapsed = [one for one in begun if not WaiverEnd.objects.filter(waiver=one, ending="closed").exists()]
    if lapsed and (check is None or check.acted_at < max(one.acted_at for one in lapsed)):
        return "not_conform"
    return check.result if check else "unanswered"


def _holds(waiver: Waiver) -> bool:
    ended = WaiverEnd.objects.filter(waiver=waiver, ended_on__lte=_today()).exists()
    return waiver.starts_on <= _today() <= waiver.ends_on and not ended


def waivers(part: Part, said: Said) -> int:
    soon = said.pop("ending", "")
    rows = [one for one in part.of(Waiver) if _holds(one)]
    return sum(not soon or one.ends_on <= _today() + timedelta(days=30) for one in rows)


def risks(part: Part, said: Said) -> int:
    red, likelihood, impact = (said.pop(name, "") for name in ("red", "likelihood", "impact"))
    rows = open_risks(part)
    if red:
        rows = [one for one in threats(part) if one.residual_band == "red" and not _accepted(one)]
    if likelihood:
        rows = [one for one in rows if one.rating[0] == int(likelihood)]
    if impact:
        rows = [one for one in rows if one.rating[1] == int(impact)]
    return len(rows)


def open_risks(part: Part) -> list[Risk]:
    """List the risks that may still occur."""
    return [one for one in part.of(Risk, "scale", "acceptance") if one.status in OPEN_RISKS]


def threats(part: Part) -> list[Risk]:
    """List those that are threats, not opportunities."""
    return [one for one in open_risks(part) if not one.opportunity]


def _accepted(risk: Risk) -> bool:
    return risk.status == "accepted" and risk.acceptance is not None and risk.acceptance.valid_until >= _today()


COUNTED: dict[str, Callable[[Part, Said], int]] = {
    "pending": pending,
    "decided": decided,
    "opinions": opinions,
    "overdue": overdue,
    "obligations": obligations,
    "roles": roles,
    "musts": musts,
    "checkpoints": checkpoints,
    "waivers": waivers,
    "risks": risks,
}


def count(name: str, part: Part, said: Said) -> int:
    """Count the rows of this list with these filters. Raises KeyError or AssertionError when no function counts it."""
    left = dict(said)
    found = COUNTED[name](part, left)
    assert not left, (name, left)
    return found
