"""Occasions of a responsibility: when each obligation arises, its due date, and the act that fulfils it.

Pure functions over `Life`, without the database. Each rhythm of a responsibility gives occasions:

- once: one, due at the first gate after framing begins that is ahead (G1 or later);
- throughout the project, a rhythm of the past: one, due at the closing;
- at a gate, at each gate: one for each, due when the gate is passed; of the gates ahead the next one; of a repeated
  gate one for each stage;
- weekly, monthly, quarterly, yearly: one for each period since the launch. Its last day is a working day, and it is due
  so many working days later (AFTER); a year begins at the launch, and is due 30 days after its end. A window between
  gates leaves out the periods that end before the passage of the one, or after that of the other;
- at each event: one for each day with an act after which the responsibility is due, so many working days later;
- at each proposal: one for each submitted proposal of the kinds that the responsibility covers.

Where a version of the roles gives a responsibility another rhythm or window, its first period is the first that begins
after it.

While the project is suspended the clock stands still: a period that ends then asks for nothing, and what would fall due
then is due as many days after the resumption.

A responsibility counts from the day it came into force. Without an occasion so far it has one idle obligation.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from governance.decide.obligations.enums import ONCE, THROUGHOUT
from governance.decide.obligations.nothing import MAY_REPORT_NOTHING
from governance.decide.obligations.periods import add_months, iterate_periods
from governance.decide.obligations.proofs import AFTERWARDS, DECIDED, DECISIONS, EVENTS, PROOFS, PROPOSED, SUBMISSIONS
from governance.decide.obligations.working_days import Calendar
from governance.enums import Act
from roles.enums import DecisionKind, Gate, Nature, Recurrence
from roles.role_templates.content import Duty

#: Working days to act on a proposal when neither the decision nor the opinions give the date.
DAYS_TO_ACT = 10
#: Working days after the end of a period until what it asks for is due.
AFTER = {Recurrence.WEEKLY: 0, Recurrence.MONTHLY: 5, Recurrence.QUARTERLY: 20}
#: Days after the end of a year.
AFTER_A_YEAR = timedelta(days=30)
GATES = list(Gate)
DAY = timedelta(days=1)


class Pause(NamedTuple):
    """Days of a suspension: the clock of the obligations stops from the first to the last; None while it lasts."""

    first: date
    last: date | None

    def holds(self, day: date) -> bool:
        """Return whether that day falls in it."""
        return self.first <= day and (self.last is None or day <= self.last)


class Stage(NamedTuple):
    """A stage of a programme: the day on which it ends, and the day of the decision that ended it."""

    due_on: date
    ended_on: date | None


class Proof(NamedTuple):
    """Event of the ledger that fulfils an obligation: day, sequence and act."""

    on: date
    seq: int
    act: str


@dataclass(frozen=True)
class File:
    """A submitted proposal: who wrote it, when it was to be decided, and what happened to it.

    `advised` and `read` map the roles that gave an opinion, and those that read the decision.
    """

    number: int
    kind: str
    author_role: str
    submitted: Proof
    decide_by: date
    opinions_due_on: date
    decided: Proof | None = None
    withdrawn: bool = False
    advised: Mapping[str, Proof] = field(default_factory=dict)
    read: Mapping[str, Proof] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Return the key of its obligations."""
        return f"P-{self.number}"


@dataclass(frozen=True)
class HeldDuty:
    """A responsibility in force: its role, the kinds of decision it covers, and since when it has its rhythm.

    `receivers` look at evidence given by hand; `from_full` tells that it had another rhythm before. `further` are the
    same responsibility in each further rhythm, since it has that one. `is_uncounted` is of a portfolio or a programme
    with the rules of a project, and of a role that nobody ever held there.
    """

    role: str
    duty: Duty
    kinds: frozenset[str]
    since: datetime
    from_full: bool = False
    receivers: tuple[str, ...] = ()
    further: tuple["HeldDuty", ...] = ()
    is_uncounted: bool = False

    @property
    def in_each_rhythm(self) -> tuple["HeldDuty", ...]:
        """Return the responsibility once for each of its rhythms."""
        return (self, *self.further)


@dataclass(frozen=True)
class Life:
    """Facts of a project on a day that its obligations depend on.

    `gates` are those of its level, of which one is `repeated` for each of the `stages`. `passed` maps gates to the time
    of their passage, `planned` to their planned day. `acts` maps act and role to the proofs in the ledger, by day.
    `events` maps codes of responsibilities to days that follow from rows of workspaces.
    """

    today: date
    starts_on: date
    ends_on: date
    launched_at: datetime | None = None
    closed_at: datetime | None = None
    pauses: Sequence[Pause] = ()
    passed: Mapping[Gate, datetime] = field(default_factory=dict)
    planned: Mapping[Gate, date] = field(default_factory=dict)
    files: Sequence[File] = ()
    acts: Mapping[tuple[str, str], Sequence[Proof]] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=Calendar)
    events: Mapping[str, frozenset[date]] = field(default_factory=dict)
    gates: Sequence[Gate] = tuple(GATES)
    repeated: Gate | None = None
    stages: Sequence[Stage] = ()

    def gate_day(self, gate: Gate) -> date:
        """Return the day of a gate: passed, planned, or the end of the project (G0: its start)."""
        if gate in self.passed:
            return self.calendar.day_of(self.passed[gate])
        planned = self.planned.get(gate) or (self.starts_on if gate == Gate.G0 else self.ends_on)
        return self.calendar.working_day_until(planned)

    def closed_by(self, number: int, at: datetime) -> "Life":
        """Return the facts as they are once the approval of proposal `number` closes the project at `at`."""
        decided = Proof(self.calendar.day_of(at), 0, Act.DECIDE)
        files = [replace(file, decided=decided) if file.number == number else file for file in self.files]
        by_a_gate = any(file.number == number and file.kind == DecisionKind.GATE for file in files)
        passed = {gate: self.passed.get(gate, at) for gate in GATES} if by_a_gate else self.passed
        return replace(self, files=files, closed_at=at, passed=passed)

    def find_window(self, duty: Duty) -> tuple[date, date] | None:
        """Return the first and last day on which a period of a responsibility may end; None while its gate is ahead."""
        first, last = date.min, self.calendar.day_of(self.closed_at) if self.closed_at else date.max
        if duty.from_gate and duty.from_gate not in self.passed:
            return None
        if duty.from_gate:
            first = self.calendar.day_of(self.passed[Gate(duty.from_gate)])
        if duty.from_gate and duty.months:
            last = min(last, add_months(first, int(duty.months)) - DAY)
        if duty.until_gate in self.passed:
            last = min(last, self.calendar.day_of(self.passed[Gate(duty.until_gate)]))
        return first, last

    def is_paused_on(self, day: date) -> bool:
        """Return whether that day falls in a suspension."""
        return any(pause.holds(day) for pause in self.pauses)

    def after_pauses(self, due_on: date) -> date:
        """Return a due date with the days of the suspension it falls in added; the same while that one lasts."""
        for pause in self.pauses:
            if pause.last and pause.holds(due_on):
                due_on = self.calendar.working_day_until(pause.last + (due_on - pause.first) + DAY)
        return due_on

    def is_late(self, due_on: date) -> bool:
        """Return whether a due date has passed; none passes before the launch, or while the project is suspended."""
        is_paused = any(pause.last is None and pause.holds(due_on) for pause in self.pauses)
        return self.launched_at is not None and due_on < self.today and not is_paused

    def next_gate(self, at: datetime) -> Gate:
        """Return the first gate after the launch that was ahead at `at`, else the last one."""
        ahead = (gate for gate in self.gates[1:] if gate not in self.passed or self.passed[gate] > at)
        return next(ahead, self.gates[-1])


@dataclass(frozen=True)
class Occasion:
    """One occasion: its key, the day it arises, the due date, its proposal, and the first and last day of its period.

    `key` is empty and `due_on` None for a responsibility without an occasion so far. Without a period, only acts since
    `acts_since` fulfil it. `rhythm` is the one that it arises in.
    """

    key: str = ""
    opens_on: date | None = None
    due_on: date | None = None
    file: File | None = None
    period: tuple[date, date] | None = None
    acts_since: date = date.min
    rhythm: str = ""


def list_occasions(held: HeldDuty, life: Life) -> list[Occasion]:
    """List the occasions of a responsibility up to today, one idle without any."""
    found = [
        replace(occasion, rhythm=one.duty.recurrence)
        for one in held.in_each_rhythm
        for occasion in _iterate_occasions(one, life)
        if not _is_left_out(occasion, life)
    ]
    if life.pauses:
        found = [replace(one, due_on=life.after_pauses(one.due_on)) if one.due_on else one for one in found]
    return found or [Occasion()]


def _is_left_out(occasion: Occasion, life: Life) -> bool:
    """Return whether a period ends in a suspension: it asks for nothing."""
    return occasion.period is not None and life.is_paused_on(life.calendar.working_day_until(occasion.period[1]))


def _iterate_occasions(held: HeldDuty, life: Life) -> Iterator[Occasion]:
    since = life.calendar.day_of(held.since)
    match held.duty.recurrence:
        case Recurrence.ONCE:
            yield Occasion(ONCE, since, life.gate_day(life.next_gate(held.since)))
        case Recurrence.CONTINUOUS:
            yield Occasion(THROUGHOUT, since, life.gate_day(Gate.G5))
        case Recurrence.WEEKLY | Recurrence.MONTHLY | Recurrence.QUARTERLY | Recurrence.YEARLY:
            yield from _list_periods(held, life)
        case Recurrence.EVENT:
            for day in _list_event_days(held, life, since):
                due_on = life.calendar.add_working_days(day, int(held.duty.days or DAYS_TO_ACT))
                yield Occasion(f"E-{day}", day, due_on, acts_since=day)
        case Recurrence.EACH_GATE:
            yield from _list_gates(held, life, since)
        case Recurrence.EACH_PROPOSAL:
            for file in life.files:
                if file.kind in held.kinds and not file.withdrawn and _concerns(held, file, since):
                    due_on = _due_on(held.duty.nature, file, life.calendar)
                    yield Occasion(file.key, file.submitted.on, due_on, file)
        case gate_recurrence:
            gate = Gate(gate_recurrence.removeprefix("at_").upper())
            if gate not in life.passed or life.passed[gate] >= held.since:
                yield Occasion(gate.value, since, life.gate_day(gate))


def _list_gates(held: HeldDuty, life: Life, since: date) -> Iterator[Occasion]:
    """Yield the gates passed since it is in force, and the next one; acts after the one before count."""
    before = since
    for gate in life.gates[1:]:
        if gate == life.repeated and life.stages:
            for number, stage in enumerate(life.stages, 1):
                if stage.ended_on is None or stage.ended_on >= since:
                    due_on = life.calendar.working_day_until(stage.due_on)
                    yield Occasion(f"{gate.value}-{number}", before, due_on, acts_since=before)
                if stage.ended_on is None:
                    return
                before = max(since, stage.ended_on + DAY)
            continue
        passed = life.passed.get(gate)
        if passed is None or passed >= held.since:
            yield Occasion(gate.value, before, life.gate_day(gate), acts_since=before)
        if passed is None:
            return
        before = max(since, life.calendar.day_of(passed) + DAY)


def _list_event_days(held: HeldDuty, life: Life, since: date) -> list[date]:
    """List the days of the events after which the responsibility is due."""
    code = held.duty.code
    found = {proof.on for (act, _role), proofs in life.acts.items() if act in EVENTS.get(code, ()) for proof in proofs}
    found |= life.events.get(code, frozenset())
    for file in life.files:
        if file.kind in SUBMISSIONS.get(code, ()) and not file.withdrawn:
            found.add(file.submitted.on)
        if file.kind in DECISIONS.get(code, ()) and file.decided:
            found.add(file.decided.on)
    return sorted(day for day in found if day >= since)


def _list_periods(held: HeldDuty, life: Life) -> Iterator[Occasion]:
    """Yield the periods that end after the launch and in their window; the period of the closing is left out."""
    window = life.find_window(held.duty)
    if life.launched_at is None or window is None:
        return
    days, rhythm = life.calendar, held.duty.recurrence
    launched = days.day_of(life.launched_at)
    in_force = days.day_of(held.since)
    since = max(in_force, launched, window[0])
    for key, first, last in iterate_periods(rhythm, launched, since, min(window[1], life.today)):
        ends_on = days.working_day_until(last)
        if ends_on < since or ends_on > window[1] or (held.from_full and first < in_force):
            continue
        due_on = (
            ends_on + AFTER_A_YEAR
            if rhythm == Recurrence.YEARLY
            else days.add_working_days(ends_on, AFTER[Recurrence(rhythm)])
        )
        yield Occasion(key, max(first, since), due_on, None, (first, last))


def _concerns(held: HeldDuty, file: File, since: date) -> bool:
    """Return whether a proposal is an occasion for the role, whose responsibility is in force since that day.

    A role proposes by its own proposals, and gives no opinion on them. Who is informed waits for the decision.
    """
    nature = held.duty.nature
    if file.submitted.on < since:
        return False
    if nature == Nature.PROPOSE:
        return file.author_role == held.role
    if nature == Nature.ADVISE:
        return file.author_role != held.role
    return nature != Nature.INFORMED or file.decided is not None


def _due_on(nature: str, file: File, calendar: Calendar) -> date:
    if nature == Nature.DECIDE:
        return file.decide_by
    if nature == Nature.ADVISE:
        return file.opinions_due_on
    if nature == Nature.PROPOSE:
        return file.submitted.on
    arises = file.decided if nature == Nature.INFORMED and file.decided else file.submitted
    return calendar.add_working_days(arises.on, DAYS_TO_ACT)


def find_proof(held: HeldDuty, occasion: Occasion, life: Life) -> Proof | None:
    """Return the first act that fulfils the obligation, or None.

    The owner's decisions of the kinds covered count for a responsibility to decide, readings for one to be informed.
    """
    nature, file = held.duty.nature, occasion.file
    if file and nature == Nature.DECIDE:
        return file.decided
    if file and nature == Nature.PROPOSE:
        return file.submitted
    if file and nature in {Nature.ADVISE, Nature.INFORMED}:
        return (file.advised if nature == Nature.ADVISE else file.read).get(held.role)
    if not occasion.key or file:
        return None
    found = [proof for act in PROOFS.get(held.duty.code, ()) for proof in life.acts.get((act, held.role), ())]
    if nature == Nature.INFORMED:
        found += life.acts.get((Act.ACKNOWLEDGE, held.role), ())
    if nature == Nature.DECIDE:
        kinds = DECIDED.get(held.duty.code, held.kinds)
        found += [other.decided for other in life.files if other.decided and other.kind in kinds]
    proposed = PROPOSED.get(held.duty.code, ())
    found += [other.submitted for other in life.files if other.kind in proposed and other.author_role == held.role]
    first, last = _find_days(held, occasion)
    return min((proof for proof in found if first <= proof.on <= last), default=None)


def _find_days(held: HeldDuty, occasion: Occasion) -> tuple[date, date]:
    """Return the first and last day of the acts that count for an occasion."""
    if occasion.period is None:
        return occasion.acts_since, date.max
    first, last = occasion.period
    return (last + DAY, last + (last - first) + DAY) if held.duty.code in AFTERWARDS else (first, last)


def is_waived_by(held: HeldDuty, occasion: Occasion) -> Proof | None:
    """Return the decision that did not wait for the opinion of the role, or None."""
    file = occasion.file
    if file and held.duty.nature == Nature.ADVISE and held.role not in file.advised:
        return file.decided
    return None


def is_proven_by_an_act(held: HeldDuty, occasion: Occasion, life: Life) -> bool:
    """Return whether an act can still prove it, so that nobody confirms it by hand."""
    if occasion.file:
        return held.duty.nature in {Nature.DECIDE, Nature.ADVISE, Nature.PROPOSE}
    over = _find_days(held, occasion)[1] < life.today
    code = held.duty.code  # one that may have nothing to report is confirmed by hand as well
    return (code in PROOFS or code in PROPOSED) and code not in MAY_REPORT_NOTHING and not over
