"""Silences after which evidence fades before the rhythm of its responsibility asks for more. Pure functions.

- a number of days without the act, counted between two gates, or while a decision waits (`Silence`);
- a number of days before a gate without evidence for it (`BeforeGate`);
- the planned day of the next gate, or the end of the project, has passed without evidence or another day (`PAST_GATES`,
  `PAST_THE_END`);
- what the evidence relies on has changed since: the owner, the requirement baseline, a standard, who bids (`BASES`);
- a state of the rows of the product that waits for the role (`FADINGS`), read in one query.

Evidence fades once such a time has passed, and there is no recent one after twice that time. For a state, and before a
gate, it is after three weeks more. Workspaces add theirs from their workspace.py.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import QuerySet

from governance.decide.obligations.enums import Age
from governance.decide.obligations.occasions import HeldDuty, Life, Pause
from projects.ledger.enums import Act, LedgerAct
from projects.models import Project
from roles.enums import DecisionKind, Gate, Recurrence

#: Working days after which there is no recent evidence, once a state or a gate has made it fade.
GONE_AFTER = 15


@dataclass(frozen=True)
class Silence:
    """Days without evidence, nor one of the acts, from the passage of `first` to that of `last`.

    `pending` counts them only while a submitted proposal is not decided, from its submission.
    """

    days: int
    acts: frozenset[LedgerAct] = frozenset()
    first: Gate | None = None
    last: Gate | None = None
    pending: bool = False


@dataclass(frozen=True)
class BeforeGate:
    """Days before the planned day of gates, in working days or not, from which evidence for the gate is expected."""

    gates: tuple[Gate, ...]
    days: int
    working: bool = True


class Basis(StrEnum):
    """What evidence relies on."""

    OWNER = "owner"
    BASELINE = "baseline"
    STANDARD = "standard"
    BIDDERS = "bidders"


@dataclass(frozen=True)
class Fading:
    """Rows of a project with the day `on` since when a state waits for the roles of these responsibilities.

    A row may have the last day `until` which it does. `days` are the working days after which evidence fades, and
    `gone` those after which there is no recent one. Evidence of a later day makes it up to date again.
    """

    duties: tuple[str, ...]
    rows: Callable[[], QuerySet[Any, dict[str, Any]]]
    days: int = 0
    gone: int = GONE_AFTER


#: Code of a responsibility → its silence, and the gates before which its evidence is expected.
SILENCES: dict[str, Silence] = {}
BEFORE_GATES: dict[str, BeforeGate] = {}
#: Codes of responsibilities whose evidence is expected a few working days after the planned day of a gate.
PAST_GATES = frozenset({"MOA-06", "PO-04"})
DAYS_PAST_A_GATE = 10
#: Codes of responsibilities whose evidence is expected once the project is a month late on its end.
PAST_THE_END = frozenset({"MOA-02", "PO-05"})
LATE_ON_THE_END = timedelta(days=30)
#: Code of a responsibility → what its evidence relies on.
BASES: dict[str, frozenset[Basis]] = {}
#: Basis → kinds of decision that change it, and acts that do.
CHANGED_BY: dict[Basis, tuple[frozenset[str], frozenset[LedgerAct]]] = {
    Basis.OWNER: (frozenset(), frozenset({Act.TAKE_REPLACEMENT, Act.NAME_OWNER})),
    Basis.BASELINE: (frozenset({DecisionKind.REQUIREMENT_BASELINE}), frozenset()),
    Basis.STANDARD: (frozenset({DecisionKind.STANDARD_ADOPTION}), frozenset()),
    Basis.BIDDERS: (frozenset(), frozenset({Act.NOTE_BIDDER})),
}
#: States that workspaces read in their rows.
FADINGS: list[Fading] = []

#: Ages from the best to the worst.
FROM_BEST = (Age.NO_OCCASION, Age.UP_TO_DATE, Age.TO_RENEW, Age.NO_RECENT)
#: Code of a responsibility → first and last day of each state that waits for it, with its entry of FADINGS.
type States = Mapping[str, Sequence[tuple[date, date, Fading]]]


def fade_after(silence: Silence, *duties: str) -> None:
    """Let the evidence of the responsibilities of these codes fade in a silence."""
    SILENCES.update(dict.fromkeys(duties, silence))


def end_silence(acts: Iterable[LedgerAct], *duties: str) -> None:
    """Let acts of a workspace end the silence of the responsibilities of these codes, as evidence does."""
    for code in duties:
        SILENCES[code] = replace(SILENCES[code], acts=SILENCES[code].acts.union(acts))


def fade_before(gate: BeforeGate, *duties: str) -> None:
    """Let the evidence of the responsibilities of these codes fade when it is missing before a gate."""
    BEFORE_GATES.update(dict.fromkeys(duties, gate))


def rely_on(basis: Basis, *duties: str) -> None:
    """Let the evidence of the responsibilities of these codes rely on a basis."""
    for code in duties:
        BASES[code] = BASES.get(code, frozenset()) | {basis}


def list_acts() -> frozenset[LedgerAct]:
    """List the acts that end a silence or change a basis."""
    return frozenset().union(*(one.acts for one in SILENCES.values()), *(acts for _kinds, acts in CHANGED_BY.values()))


def load_states(project: Project) -> States:
    """Map codes of responsibilities to the states of a project that wait for them. One query."""
    if not FADINGS:
        return {}
    rows = {f"state_{place}": ArraySubquery(fading.rows()) for place, fading in enumerate(FADINGS)}
    found: dict[str, Any] = dict(Project.objects.filter(pk=project.pk).values(**rows).get())
    states: dict[str, list[tuple[date, date, Fading]]] = {}
    for place, fading in enumerate(FADINGS):
        for row in found[f"state_{place}"]:
            days = date.fromisoformat(row["on"]), date.fromisoformat(row.get("until", date.max.isoformat()))
            for code in fading.duties:
                states.setdefault(code, []).append((*days, fading))
    return states


def judge_silence(held: HeldDuty, last_on: date | None, has_begun: bool, life: Life, states: States) -> Age:
    """Return the age of the evidence of a responsibility by its silence alone; up to date without one.

    `last_on` is the day of the last evidence; `has_begun` tells whether it was ever asked for.
    """
    if life.launched_at is None or life.is_paused_on(life.today) or life.closed_at:
        return Age.UP_TO_DATE
    code, known = held.duty.code, has_begun or last_on is not None
    ages = [
        _judge_days(SILENCES[code], held, last_on, life) if code in SILENCES and known else Age.UP_TO_DATE,
        _judge_gate(BEFORE_GATES[code], last_on, life) if code in BEFORE_GATES else Age.UP_TO_DATE,
        _judge_past_gate(last_on, life) if code in PAST_GATES else Age.UP_TO_DATE,
        _judge_past_end(last_on, life) if code in PAST_THE_END else Age.UP_TO_DATE,
        _judge_basis(held, last_on, life),
        *(_judge_state(on, fading, last_on, life) for on, until, fading in states.get(code, ()) if life.today <= until),
    ]
    return max(ages, key=FROM_BEST.index)


def count_days(since: date, life: Life) -> timedelta:
    """Return how long ago a day was, without the days of suspensions."""
    paused = sum((_overlap(pause, since, life.today) for pause in life.pauses), timedelta())
    return life.today - since - paused


def _overlap(pause: Pause, since: date, today: date) -> timedelta:
    """Return how long a suspension lasted after that day."""
    return max((pause.last or today) - max(pause.first, since), timedelta())


def _judge_days(silence: Silence, held: HeldDuty, last_on: date | None, life: Life) -> Age:
    started = life.passed.get(silence.first) if silence.first else life.launched_at
    if started is None or (silence.last and silence.last in life.passed):
        return Age.UP_TO_DATE
    days = [life.calendar.day_of(started), life.calendar.day_of(held.since), *([last_on] if last_on else [])]
    days += [proof.on for act in silence.acts for proof in life.acts.get((act, held.role), ())]
    if silence.pending:
        waiting = [file.submitted.on for file in life.files if not file.decided and not file.withdrawn]
        if not waiting:
            return Age.UP_TO_DATE
        days.append(min(waiting))
    silent, least = count_days(max(days), life), timedelta(days=silence.days)
    return Age.NO_RECENT if silent > 2 * least else Age.TO_RENEW if silent > least else Age.UP_TO_DATE


def _judge_gate(before: BeforeGate, last_on: date | None, life: Life) -> Age:
    day = _find_next_gate(before.gates, life)
    if day is None:
        return Age.UP_TO_DATE
    begins = life.calendar.add_working_days(day, -before.days) if before.working else day - timedelta(days=before.days)
    passed = max((life.calendar.day_of(at) for at in life.passed.values()), default=date.min)
    if life.today < begins or (last_on and last_on > (passed if before.working else begins)):
        return Age.UP_TO_DATE
    return _age_of_state(begins, 0, GONE_AFTER, life)


def _judge_past_gate(last_on: date | None, life: Life) -> Age:
    day = _find_next_gate(life.gates, life)
    if day is None or (last_on and last_on >= day):
        return Age.UP_TO_DATE
    return _age_of_state(day, DAYS_PAST_A_GATE, DAYS_PAST_A_GATE + GONE_AFTER, life)


def _judge_past_end(last_on: date | None, life: Life) -> Age:
    if last_on and last_on >= life.ends_on:
        return Age.UP_TO_DATE
    return _age_of_state(life.ends_on + LATE_ON_THE_END, 0, GONE_AFTER, life)


def _find_next_gate(gates: Iterable[Gate], life: Life) -> date | None:
    """Return the planned day of the next of these gates that is not passed, if there is one."""
    return min((life.planned[gate] for gate in gates if gate in life.planned and gate not in life.passed), default=None)


def _judge_basis(held: HeldDuty, last_on: date | None, life: Life) -> Age:
    """Return whether what the last evidence relies on has changed since."""
    code, launched = held.duty.code, life.launched_at
    if last_on is None or launched is None or not any(map(_relies, held.duty.rhythms)):
        return Age.UP_TO_DATE
    for basis in BASES.get(code, ()):
        kinds, acts = CHANGED_BY[basis]
        changes = [file.decided.on for file in life.files if file.decided and file.kind in kinds]
        changes += [proof.on for (act, _role), proofs in life.acts.items() if act in acts for proof in proofs]
        if any(change > max(last_on, life.calendar.day_of(launched)) for change in changes):
            return Age.TO_RENEW
    return Age.UP_TO_DATE


def _relies(rhythm: str) -> bool:
    """Return whether evidence of a rhythm stays until its basis changes: once, at a gate, at a proposal."""
    return rhythm in {Recurrence.ONCE, Recurrence.EACH_GATE, Recurrence.EACH_PROPOSAL} or rhythm.startswith("at_")


def _judge_state(on: date, fading: Fading, last_on: date | None, life: Life) -> Age:
    if last_on and last_on >= on:
        return Age.UP_TO_DATE
    return _age_of_state(on, fading.days, fading.gone, life)


def _age_of_state(on: date, days: int, gone: int, life: Life) -> Age:
    add = life.calendar.add_working_days
    if on > life.today or (days and add(on, days) >= life.today):
        return Age.UP_TO_DATE
    return Age.NO_RECENT if add(on, gone) < life.today else Age.TO_RENEW


fade_after(Silence(90), "AMOA-01", "BM-10", "AMOA-13", "MOE-05", "BM-06")
fade_after(Silence(120), "AMOA-10")
fade_after(Silence(100, first=Gate.G2, last=Gate.G4), "MOE-03", "SP-01", "PCT-01")
fade_after(Silence(45, pending=True), "MOA-11", "PO-14")
fade_before(BeforeGate((Gate.G3, Gate.G4), 10), "MOE-10", "SP-05")
fade_before(BeforeGate(tuple(Gate), 15), "PMO-07", "PQA-02")
fade_before(BeforeGate((Gate.G4,), 60, working=False), "MOA-14", "PO-10")
rely_on(Basis.OWNER, "MOA-01", "PO-01", "PMO-10")
rely_on(Basis.BASELINE, "AMOA-08", "BM-08", "AMOA-11")
rely_on(Basis.STANDARD, "PMO-02", "PMO-07", "PQA-02")
rely_on(Basis.BIDDERS, "AMOA-15")
