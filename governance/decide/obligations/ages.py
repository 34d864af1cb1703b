"""Age of the evidence of a responsibility: how recent its last sign of life is, for its rhythm. Pure functions.

It follows from the obligations and the acts themselves; a suspension stops their clock.

- periods: to renew with one period missing since the last evidence, no recent evidence with two. For a year it is one,
  90 days after it was due;
- at each event: to renew while one waits beyond its days, no recent evidence beyond three times as many;
- at a gate, at a proposal, once: to renew while one is late;
- throughout the project, a rhythm of the past: to renew after a quarter without evidence, no recent evidence after two.

A responsibility with several rhythms is as old as in the worst of them. Its evidence also fades in silences.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from types import MappingProxyType

from core.acts import act_time
from governance.decide.obligations.enums import OPEN, Age, Standing
from governance.decide.obligations.facts import Facts, load_facts
from governance.decide.obligations.occasions import HeldDuty, Life
from governance.decide.obligations.proofs import PROOFS
from governance.decide.obligations.queries import Obligation, derive_obligations
from governance.decide.obligations.silences import FROM_BEST, States, count_days, judge_silence, load_states
from projects.models import Project
from roles.enums import PERIODIC, Recurrence

#: Missing periods after which there is no recent evidence.
MISSING = 2
#: Days after the due day of a year, times the days after an event, and days of a quarter.
AFTER_A_YEAR, TIMES, QUARTER = timedelta(days=90), 3, timedelta(days=92)


@dataclass(frozen=True)
class Freshness:
    """Age of the evidence of a responsibility, and the day of the last one."""

    age: Age
    last_on: date | None


def judge(
    facts: Facts, obligations: Iterable[Obligation], states: States = MappingProxyType({})
) -> dict[tuple[str, str], Freshness]:
    """Map role and code of each responsibility to the age of its evidence; its obligations stand together.

    `states` are those of the project (`load_states`).
    """
    found = {}
    for held, rows in groupby(obligations, lambda row: row.held):
        own = list(rows)
        last_on = _find_last(held, own, facts)
        found[held.role, held.duty.code] = Freshness(_judge_each(held, own, last_on, facts.life, states), last_on)
    return found


def load_ages(project: Project) -> dict[tuple[str, str], Freshness]:
    """Map the responsibilities of a project to the age of their evidence at the time of the act. Two queries."""
    at = act_time()
    [facts] = load_facts(Project.objects.filter(pk=project.pk), at)
    return judge(facts, derive_obligations(facts), load_states(project))


def _find_last(held: HeldDuty, rows: Sequence[Obligation], facts: Facts) -> date | None:
    """Return the day of the last evidence, also of one given in an earlier rhythm."""
    life, code = facts.life, held.duty.code
    acts = [proof.on for act in PROOFS.get(code, ()) for proof in life.acts.get((act, held.role), ())]
    settled = [row.settled_on for row in rows if row.standing == Standing.DONE and row.settled_on]
    given = [
        answer.on
        for (role, duty, _key), answers in facts.discharged.items()
        for answer in answers
        if (role, duty) == (held.role, code) and answer.counts(life.today)
    ]
    return max([*acts, *settled, *given], default=None)


def _judge_each(held: HeldDuty, rows: Sequence[Obligation], last_on: date | None, life: Life, states: States) -> Age:
    """Return the worst age of a responsibility in its rhythms and its silence."""
    ages = [
        _judge(one, [row for row in rows if row.rhythm == one.duty.recurrence], last_on, life)
        for one in held.in_each_rhythm
    ]
    begun = [row for row in rows if row.standing != Standing.IDLE]
    if begun and all(row.standing == Standing.EXCUSED for row in begun):
        return max(ages, key=FROM_BEST.index)
    silence = judge_silence(held, last_on, bool(begun), life, states)
    return max([*ages, *([] if silence == Age.UP_TO_DATE else [silence])], key=FROM_BEST.index)


def _judge(held: HeldDuty, rows: Sequence[Obligation], last_on: date | None, life: Life) -> Age:
    rhythm = held.duty.recurrence
    if rhythm == Recurrence.CONTINUOUS:
        return _judge_throughout(rows, last_on, life)
    late = [row for row in rows if row.standing == Standing.LATE]
    if not late:
        has_begun = any(row.standing not in {*OPEN, Standing.IDLE} for row in rows)
        return Age.UP_TO_DATE if has_begun or last_on else Age.NO_OCCASION
    if rhythm in PERIODIC:
        return _judge_periods(rhythm, rows, life)
    if rhythm == Recurrence.EVENT:
        opened = min(row.occasion.opens_on for row in late if row.occasion.opens_on)
        last_day = life.calendar.add_working_days(opened, TIMES * int(held.duty.days or 1))
        return Age.NO_RECENT if last_day < life.today else Age.TO_RENEW
    return Age.TO_RENEW


def _judge_periods(rhythm: str, rows: Sequence[Obligation], life: Life) -> Age:
    """Count the periods that are missing since the last one with evidence."""
    missing: list[date] = []
    for row in sorted(rows, key=lambda row: row.due_on or date.max):
        if row.standing == Standing.LATE and row.due_on:
            missing.append(row.due_on)
        elif row.standing != Standing.TO_DO:
            missing = []
    if not missing:
        return Age.UP_TO_DATE
    if rhythm == Recurrence.YEARLY:
        return Age.NO_RECENT if missing[0] + AFTER_A_YEAR < life.today else Age.TO_RENEW
    return Age.NO_RECENT if len(missing) >= MISSING else Age.TO_RENEW


def _judge_throughout(rows: Sequence[Obligation], last_on: date | None, life: Life) -> Age:
    if any(row.standing == Standing.EXCUSED for row in rows):
        return Age.UP_TO_DATE
    opened = [row.occasion.opens_on for row in rows if row.occasion.opens_on]
    if life.launched_at is None or not opened:
        return Age.NO_OCCASION
    since = max(last_on or min(opened), life.calendar.day_of(life.launched_at))
    silent = count_days(since, life)
    if silent > 2 * QUARTER:
        return Age.NO_RECENT
    if silent > QUARTER:
        return Age.TO_RENEW
    return Age.UP_TO_DATE if last_on else Age.NO_OCCASION
