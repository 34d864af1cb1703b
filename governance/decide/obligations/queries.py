"""Obligations of projects with their standing, progress by role, and who holds each role since when, after whom."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Self

from django.utils import formats
from django.utils.translation import gettext as _

from core.acts import act_time
from core.words.dates import long_day
from governance.decide.obligations.enums import ONCE, OPEN, THROUGHOUT, Standing
from governance.decide.obligations.evidence import DAYS_TO_GIVE_AGAIN, Discharged
from governance.decide.obligations.facts import Facts, load_facts
from governance.decide.obligations.nothing import MAY_REPORT_NOTHING
from governance.decide.obligations.occasions import (
    HeldDuty,
    Life,
    Occasion,
    Proof,
    find_proof,
    is_proven_by_an_act,
    is_waived_by,
    list_occasions,
)
from governance.decide.obligations.proofs import can_arise
from governance.decide.proposals.models import proposal_reference
from projects.models import Mandate, Project
from projects.organisation_settings.queries import day_of
from roles.enums import PERIODIC, Gate, Nature
from roles.role_templates.content import Duty


@dataclass(frozen=True)
class Obligation:
    """A responsibility on one occasion: what is due, by when, and how it stands.

    `proof` is the event of the ledger that settled it, `answer` the last one that the role or the owner gave instead.
    `is_by_act` tells that an act of the product is still to prove it. `is_routine` tells of a period without evidence
    of a responsibility that has some (list_left_at_closing). `reopened_until` is by when evidence that was not received
    is given again.
    """

    project: Project
    held: HeldDuty
    occasion: Occasion
    standing: Standing
    proof: Proof | None = None
    answer: Discharged | None = None
    is_by_act: bool = False
    is_routine: bool = False
    reopened_until: date | None = None

    @property
    def role(self) -> str:
        """Return the code of the role that answers."""
        return self.held.role

    @property
    def duty(self) -> Duty:
        """Return the responsibility."""
        return self.held.duty

    @property
    def rhythm(self) -> str:
        """Return the rhythm that it arises in; the first one of its responsibility without an occasion."""
        return self.occasion.rhythm or self.duty.recurrence

    @property
    def key(self) -> str:
        """Return the key of the occasion; empty without one."""
        return self.occasion.key

    @cached_property
    def place(self) -> str:
        """Return what tells it from the others of its project."""
        return f"{self.role}.{self.duty.code}.{self.key}"

    @property
    def due_on(self) -> date | None:
        """Return the due date; None without an occasion."""
        if self.occasion.due_on and self.reopened_until:
            return max(self.occasion.due_on, self.reopened_until)
        return self.occasion.due_on

    @property
    def is_uncounted(self) -> bool:
        """Return whether it waits for nobody: its role was never filled, and the level may not have it."""
        return self.held.is_uncounted and self.standing == Standing.IDLE and bool(self.key)

    @property
    def is_open(self) -> bool:
        """Return whether something is still to be done."""
        return self.standing in OPEN

    @property
    def settled_on(self) -> date | None:
        """Return the day it was fulfilled or excused."""
        settled = None if self.is_open or self.standing == Standing.GIVEN else self.proof or self.answer
        return settled.on if settled else None

    @property
    def was_late(self) -> bool:
        """Return whether it was fulfilled after its due date."""
        day, due_on = self.settled_on, self.due_on
        return self.standing == Standing.DONE and day is not None and due_on is not None and day > due_on

    @property
    def occasion_label(self) -> str:
        """Return the occasion in words."""
        return label_occasion(self.project, self.key)

    def __str__(self) -> str:
        return f"{self.duty.code} · {self.duty.label}"


def label_occasion(project: Project, key: str) -> str:
    """Return the occasion of this key in words."""
    if key in {"", ONCE}:
        return _("once") if key else _("no occasion yet")
    if key == THROUGHOUT:
        return _("throughout the project")
    place, _sign, number = key.partition("-")
    if place in Gate.values:
        gate = project.name_gate(place)
        return str(gate.label).replace(gate.code, gate.code + number, 1)
    if key.startswith("P-"):
        return proposal_reference(project, int(key.removeprefix("P-")))
    if key.startswith("E-"):
        return _("event of %(day)s") % {"day": long_day(date.fromisoformat(key.removeprefix("E-")))}
    year, _sign, period = key.partition("-")
    if period == "Y":
        return _("year to %(year)s") % {"year": year}
    if period.startswith("W"):
        return _("week %(week)s of %(year)s") % {"week": int(period[1:]), "year": year}
    if period.startswith("Q"):
        return _("Q%(quarter)s %(year)s") % {"quarter": period[1:], "year": year}
    return formats.date_format(date(int(year), int(period), 1), "F Y")


def load_obligations(project: Project, at: datetime | None = None) -> list[Obligation]:
    """List the obligations of a project at an instant, by default at the time of the act. One query."""
    instant = at or act_time()
    [facts] = load_facts(Project.objects.filter(pk=project.pk), instant)
    return derive_obligations(facts)


def due_by_gate(facts: Facts, gate: Gate) -> list[Obligation]:
    """List the obligations that are due up to the day of a gate."""
    day = facts.life.gate_day(gate)
    return [row for row in derive_obligations(facts) if row.due_on is not None and row.due_on <= day]


def list_left_at_closing(project: Project, number: int, at: datetime) -> list[Obligation]:
    """List the obligations that would be open if the approval of proposal `number` closed the project. One query.

    Left out are those that this decision fulfils itself, and those that arise by it.
    """
    [facts] = load_facts(Project.objects.filter(pk=project.pk), at)
    rows = derive_obligations(replace(facts, life=facts.life.closed_by(number, at)))
    given = {(row.role, row.duty.code) for row in rows if row.standing == Standing.DONE}
    return [
        replace(row, is_routine=row.rhythm in PERIODIC and (row.role, row.duty.code) in given)
        for row in rows
        if row.is_open and not (row.duty.nature == Nature.INFORMED and row.key == f"P-{number}")
    ]


def derive_obligations(facts: Facts) -> list[Obligation]:
    """List the obligations that follow from these facts, in the order of the matrix."""
    return [
        _build_obligation(facts.project, held, occasion, facts)
        for held in facts.duties
        if can_arise(held.duty.code, facts.project.workspaces)
        for occasion in list_occasions(held, facts.life)
    ]


def _build_obligation(project: Project, held: HeldDuty, occasion: Occasion, facts: Facts) -> Obligation:
    proof = find_proof(held, occasion, facts.life)
    answer = _find_answer(facts, held, occasion.key)
    today = facts.life.today
    by_act = is_proven_by_an_act(held, occasion, facts.life)
    if proof or (answer and answer.counts(today)):
        return Obligation(project, held, occasion, Standing.DONE, proof, None if proof else answer, by_act)
    waived = is_waived_by(held, occasion)
    if (answer and answer.is_excuse) or waived:
        excuse = answer if answer and answer.is_excuse else None
        return Obligation(project, held, occasion, Standing.EXCUSED, None if excuse else waived, excuse, by_act)
    if answer and answer.is_given(today):
        return Obligation(project, held, occasion, Standing.GIVEN, None, answer, by_act)
    if occasion.due_on is None or held.is_uncounted:
        return Obligation(project, held, occasion, Standing.IDLE)
    reopened = _reopened_until(answer, facts.life)
    row = Obligation(project, held, occasion, Standing.TO_DO, None, answer, by_act, reopened_until=reopened)
    return replace(row, standing=Standing.LATE) if row.due_on and facts.life.is_late(row.due_on) else row


def _find_answer(facts: Facts, held: HeldDuty, key: str) -> Discharged | None:
    """Return the last answer; a role excused throughout the project stays excused in another rhythm."""
    answers = facts.discharged.get((held.role, held.duty.code, key), ())
    throughout = facts.discharged.get((held.role, held.duty.code, THROUGHOUT), ()) if key else ()
    return next(iter((*reversed(answers), *(one for one in throughout if one.is_excuse))), None)


def _reopened_until(answer: Discharged | None, life: Life) -> date | None:
    """Return the last day to give evidence again that was not received."""
    if answer is None or answer.refused_on is None:
        return None
    return life.after_pauses(life.calendar.add_working_days(answer.refused_on, DAYS_TO_GIVE_AGAIN))


def find_obligation(project: Project, role: str, duty: str, key: str) -> Obligation | None:
    """Return the obligation of these codes that has an occasion, or None. One query."""
    wanted = (role, duty, key)
    found = (row for row in load_obligations(project) if key and (row.role, row.duty.code, row.key) == wanted)
    return next(found, None)


def may_report_nothing(obligation: Obligation) -> bool:
    """Return whether “nothing to report” is evidence of it."""
    return obligation.duty.code in MAY_REPORT_NOTHING and obligation.occasion.period is not None


def sort_by_date(obligations: Iterable[Obligation]) -> list[Obligation]:
    """Sort by due date; those without an occasion last."""
    return sorted(obligations, key=lambda row: (row.due_on or date.max, row.role, row.duty.code, row.key))


@dataclass(frozen=True)
class Progress:
    """Number of obligations of a role by standing."""

    role: str
    counts: Counter[Standing]

    @classmethod
    def of(cls, role: str, obligations: Iterable[Obligation]) -> Self:
        """Count these obligations."""
        return cls(role, Counter(row.standing for row in obligations))

    @property
    def settled(self) -> int:
        """Return how many are done or excused."""
        return self.counts[Standing.DONE] + self.counts[Standing.EXCUSED]

    @property
    def whole(self) -> int:
        """Return how many have arisen."""
        return self.counts.total() - self.counts[Standing.IDLE]

    @property
    def idle(self) -> int:
        """Return how many have had no occasion."""
        return self.counts[Standing.IDLE]

    @property
    def late(self) -> int:
        """Return how many are late."""
        return self.counts[Standing.LATE]

    @property
    def to_do(self) -> int:
        """Return how many are open and not late."""
        return self.counts[Standing.TO_DO]

    @property
    def given(self) -> int:
        """Return how many have evidence that waits for its receiver."""
        return self.counts[Standing.GIVEN]


def count_by_role(obligations: Iterable[Obligation]) -> list[Progress]:
    """Return the progress of each role, in the order of the obligations."""
    by_role: dict[str, list[Obligation]] = {}
    for row in obligations:
        by_role.setdefault(row.role, []).append(row)
    return [Progress.of(role, rows) for role, rows in by_role.items()]


@dataclass(frozen=True)
class Tenure:
    """A holder of a role, and the holder before, from whom open obligations are handed over."""

    mandate: Mandate
    before: Mandate | None

    @cached_property
    def since(self) -> date:
        """Return the first day of the mandate."""
        return day_of(self.mandate.starts_at)

    def takes_over(self, obligation: Obligation) -> bool:
        """Return whether an open obligation arose under the holder before."""
        opens_on = obligation.occasion.opens_on
        return self.before is not None and obligation.is_open and opens_on is not None and opens_on < self.since


def list_tenures(project: Project, at: datetime) -> dict[str, list[Tenure]]:
    """Map each role held at an instant to its holders, with the holder before of the same role and group. One query."""
    past: dict[tuple[str, int | None], Mandate] = {}
    found: dict[str, list[Tenure]] = {}
    mandates = project.mandates.filter(taken_back=False, period__startswith__lte=at).select_related("holder", "role")
    for mandate in mandates.order_by("period__startswith", "pk"):
        seat = (mandate.role.code, mandate.recipient_group_id)
        if mandate.ends_at and mandate.ends_at <= at:
            past[seat] = mandate
        elif mandate.holder.is_active:
            found.setdefault(mandate.role.code, []).append(Tenure(mandate, past.get(seat)))
    return found
