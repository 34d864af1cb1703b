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
from governance.decide.obligations.queries import Obligation, load_obligations
from governance.models import Condition, Decision, Opinion, Proposal
from pmo.models import ConformityCheck, Risk, RiskAction, StandardCheckpoint, Waiver, WaiverEnd
from pmo.standards.conformity import automatic_checks
from pmo.standards.conformity.check_inputs import load_inputs
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
        return [project for project in Project.objects.select_related("parent__parent") if project.code in self.codes]


def _follow(row: Any, path: str) -> Any:
    for name in path.split("."):
        row = getattr(row, name)
    return row


def _today() -> date:
    return timezone.localdate()


def pending(part: Part, said: Said) -> int:
    late, age, role = said.pop("late", ""), said.pop("age", ""), said.pop("for", "")
    rows = [proposal for proposal in part.of(Proposal, "current") if proposal.state in WAITING]
    if late:
        rows = [row for row in rows if row.current.decide_by < _today()]
    if age:
        bounds = [(0, 5), (5, 10), (10, 20), (20, 10**6)][int(age)]
        waited = {row.pk: (timezone.now() - row.current.acted_at) / timedelta(days=1) for row in rows}
        rows = [row for row in rows if bounds[0] <= waited[row.pk] < bounds[1]]
    if role == "owner":
        rows = [row for row in rows if row.state == "ready_for_decision"]
    elif role:
        rows = [row for row in rows if row.state != "ready_for_decision" and role in row.awaited_roles]
    return len(rows)


def decided(part: Part, said: Said) -> int:
    month, rows = said.pop("month", ""), part.of(Decision)
    if said.pop("without", ""):
        rows = [row for row in rows if any(word["fate"] == "without" for word in row.settled)]
    if month:
        return sum(timezone.localtime(row.acted_at).strftime("%Y-%m") == month for row in rows)
    return sum(timezone.localdate(row.acted_at) >= part.since for row in rows)


def opinions(part: Part, said: Said) -> int:
    role, followed, heard = said.pop("role", ""), said.pop("followed", ""), said.pop("heard", "")
    count = 0
    answers = {
        decision.revision_id: decision
        for decision in part.of(Decision)
        if timezone.localdate(decision.acted_at) >= part.since
    }
    for opinion in part.once(Opinion, lambda: list(Opinion.objects.all())):
        answer = answers.get(opinion.revision_id)
        if answer and heard:
            count += role in {"", opinion.role}
            continue
        if not answer or opinion.position == "no_opinion" or answer.outcome in {"rework", "deferred", "merged"}:
            continue
        went = (
            (opinion.position != "favourable") if answer.outcome == "rejected" else (opinion.position != "unfavourable")
        )
        count += role in {"", opinion.role} and followed in {"", "yes" if went else "no"}
    return count


def unheard(part: Part, said: Said) -> int:
    role, case, short = said.pop("role", ""), said.pop("case", ""), said.pop("short", "")
    count = 0
    for answer in part.of(Decision):
        if timezone.localdate(answer.acted_at) < part.since:
            continue
        for missing in answer.waived:
            facts = answer.impossible.get(missing)
            new = facts and facts["reason"] != "tied"
            new = new and answer.acted_at - datetime.fromisoformat(facts["since"]) < timedelta(days=7)
            fits = case in {"", "impossible" if facts else "waived"} and (not short or bool(new))
            count += role in {"", missing} and fits
    return count


def asked(part: Part, said: Said) -> int:
    return opinions(part, {"heard": "1", **said}) + unheard(part, {"role": said.pop("role", "")})


def overdue(part: Part, said: Said) -> int:
    rows = part.of(Condition, path="decision.project")
    return sum(row.state == "open" and row.due_on < _today() for row in rows)


#: Duties at an event that is a task of its own: a question, a defect, feedback.
WITH_A_TASK = {"AMOA-05", "AMOA-10", "MOE-08"}


def has_its_task(row: Obligation) -> bool:
    return row.rhythm == "event" and row.duty.code in WITH_A_TASK


def obligations(part: Part, said: Said) -> int:
    role, late, routine = said.pop("role", ""), said.pop("late", ""), said.pop("routine", "")
    found = [
        (condition.role, condition.due_on)
        for condition in part.of(Condition, path="decision.project")
        if condition.state == "open"
    ]
    actions = [action for action in part.of(RiskAction, "risk") if action.risk.status in OPEN_RISKS]
    found += [(action.role, action.due_on) for action in actions if action.done_on is None]
    newest: dict[Any, ConformityCheck] = {}
    for check in sorted(part.of(ConformityCheck), key=lambda one: one.pk):
        newest[check.project_id, check.checkpoint_id] = check
    found += [
        (check.action_role, check.action_due) for check in newest.values() if check.action and check.result in GAPS
    ]
    found = [] if routine == "1" else found
    for project in part.projects if routine != "0" else ():
        if project.state == "active":
            rows = part.once(("duties", project.pk), partial(load_obligations, project))
            soon = _today() + timedelta(days=30)
            asked = [row for row in rows if row.is_open and row.due_on and row.due_on <= soon]
            asked = [row for row in asked if not row.key.startswith("P-") and not has_its_task(row)]
            found += [(row.role, row.due_on) for row in asked]
    return sum(role in {"", by} and (not late or bool(due and due < _today())) for by, due in found)


def roles(part: Part, said: Said) -> int:
    state, now = said.pop("state", ""), timezone.now()
    wanted = {"": {"held", "ending", "vacant"}, "held": {"held", "ending"}}.get(state, {state})
    return sum(seat in wanted for project in part.projects for seat in _seats(project, now))


def _seats(project: Project, now: datetime) -> Iterable[str]:
    given = [
        mandate
        for mandate in Mandate.objects.select_related("role", "holder").filter(project=project)
        if mandate.holder.is_active and not mandate.taken_back
    ]
    for role in project.roles():
        if not role.mandatory or (project.level != "project" and role.authority not in {"decides", "advises"}):
            continue
        periods = [(mandate.starts_at, mandate.ends_at) for mandate in given if mandate.role.code == role.code]

        def held(at: datetime, periods: Any = periods) -> bool:
            return any(start <= at and (end is None or at < end) for start, end in periods)

        ends = [end for _start, end in periods if end and now < end <= now + timedelta(days=60)]
        yield "vacant" if not held(now) else "held" if all(held(end) for end in ends) else "ending"


def musts(part: Part, said: Said) -> int:
    covered, uncovered = said.pop("covered", ""), said.pop("uncovered", "")
    tested = {test.requirement_id for test in part.of(AcceptanceTest) if not test.retired}
    rows = [
        requirement
        for requirement in part.of(Requirement)
        if requirement.priority == "must"
        and requirement.kind != "need"
        and requirement.state not in {"draft", "rejected", "deferred", "withdrawn"}
    ]
    return sum((row.pk in tested or not covered) and (row.pk not in tested or not uncovered) for row in rows)


def checkpoints(part: Part, said: Said) -> int:
    code, result = said.pop("standard", ""), said.pop("result", "")
    wanted = {"gaps": GAPS, "unmet": GAPS | {"unanswered"}}.get(result, {result})
    return sum(
        code in {"", one.version.standard.code} and (not result or stands in wanted)
        for project in part.projects
        for one, stands in part.once(project.pk, partial(_due, project))
    )


def _due(project: Project) -> list[tuple[StandardCheckpoint, str]]:
    above = [project, project.parent, project.parent.parent if project.parent else None]
    depth = {one.pk: place for place, one in enumerate(above) if one}
    asked: dict[str, tuple[int, list[StandardCheckpoint]]] = {}
    for checkpoint in StandardCheckpoint.objects.select_related("version__standard"):
        version = checkpoint.version
        place = depth.get(version.standard.project_id)
        begun = version.effective_from is not None and version.effective_from <= _today()
        over = version.effective_to is not None and version.effective_to <= _today()
        if place is None or version.state == "draft" or not begun or over:
            continue
        nearest, found = asked.get(version.standard.code, (9, []))
        if place < nearest:
            asked[version.standard.code] = (place, [checkpoint])
        elif place == nearest:
            found.append(checkpoint)
    gate = project.next_gate
    return [
        (checkpoint, _stands(project, checkpoint))
        for _place, found in asked.values()
        for checkpoint in found
        if project.level in checkpoint.version.levels and (gate is None or checkpoint.version.from_gate <= gate)
    ]


def _stands(project: Project, checkpoint: StandardCheckpoint) -> str:
    begun = [
        waiver
        for waiver in Waiver.objects.filter(project=project)
        if checkpoint.pk in waiver.checkpoints and waiver.starts_on <= _today()
    ]
    if any(_holds(waiver) for waiver in begun):
        return "waived"
    [seen] = load_inputs(Project.objects.filter(pk=project.pk), [checkpoint.computed], timezone.now())
    if itself := automatic_checks.compute(checkpoint.computed, seen, timezone.now()):
        return str(itself.result)
    check = ConformityCheck.objects.filter(project=project, checkpoint=checkpoint).order_by("pk").last()
    lapsed = [waiver for waiver in begun if not WaiverEnd.objects.filter(waiver=waiver, ending="closed").exists()]
    if lapsed and (check is None or check.acted_at < max(waiver.acted_at for waiver in lapsed)):
        return "not_conform"
    return check.result if check else "unanswered"


def _holds(waiver: Waiver) -> bool:
    ended = WaiverEnd.objects.filter(waiver=waiver, ended_on__lte=_today()).exists()
    return waiver.starts_on <= _today() <= waiver.ends_on and not ended


def waivers(part: Part, said: Said) -> int:
    soon = said.pop("ending", "")
    rows = [waiver for waiver in part.of(Waiver) if _holds(waiver)]
    return sum(not soon or row.ends_on <= _today() + timedelta(days=30) for row in rows)


def risks(part: Part, said: Said) -> int:
    red, likelihood, impact, by = (said.pop(name, "") for name in ("red", "likelihood", "impact", "by"))
    rows = open_risks(part)
    if red:
        rows = [threat for threat in threats(part) if threat.residual_band == "red" and not _accepted(threat)]
    if by:
        rows = [threat for threat in threats(part) if _rated_by(threat) == by]
    if likelihood:
        rows = [row for row in rows if row.rating[0] == int(likelihood)]
    if impact:
        rows = [row for row in rows if row.rating[1] == int(impact)]
    return len(rows)


def _rated_by(risk: Risk) -> str:
    residual = [rating for rating in risk.ratings.order_by("acted_at", "pk") if rating.kind == "residual"]
    return (residual[-1].role if residual else "") or risk.raised_by_role


def open_risks(part: Part) -> list[Risk]:
    """List the risks that may still occur."""
    return [risk for risk in part.of(Risk, "scale", "acceptance") if risk.status in OPEN_RISKS]


def threats(part: Part) -> list[Risk]:
    """List those that are threats, not opportunities."""
    return [risk for risk in open_risks(part) if not risk.opportunity]


def _accepted(risk: Risk) -> bool:
    return risk.status == "accepted" and risk.acceptance is not None and risk.acceptance.valid_until >= _today()


COUNTED: dict[str, Callable[[Part, Said], int]] = {
    "pending": pending,
    "decided": decided,
    "opinions": opinions,
    "asked": asked,
    "unheard": unheard,
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
