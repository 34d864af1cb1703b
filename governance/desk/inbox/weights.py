"""Weight of each kind of task, which orders the tasks of a person: weight, then days late, then due date.

Being late never changes a weight. A task of some kinds weighs more while a day is near: that of `RowTasks.presses`, by
default its last day.
"""

from datetime import date
from typing import Any, NamedTuple, Self

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.templatetags.ui import day as write_day
from governance.decide.obligations.working_days import read_calendar


class Weight(NamedTuple):
    """How much a task matters, and why."""

    number: int
    why: Any

    @property
    def is_routine(self) -> bool:
        """Return whether it is routine: nobody is held up by it."""
        return self.number <= ROUTINE


class Rule(NamedTuple):
    """The usual weight of a kind, and the one so many working days before the day that presses."""

    usual: Weight
    pressing: Weight | None = None
    days: int = 0


#: The least weight of what cannot wait, and the greatest of routine.
URGENT, ROUTINE = 70, 30
DECISION = Weight(100, gettext_lazy("Only you can decide"))
OTHERS_DECIDE = Weight(100, gettext_lazy("The date to decide has passed"))
BLOCKS = Weight(90, gettext_lazy("A decision depends on it"))
RED = Weight(85, gettext_lazy("The risk is red and not accepted"))
GATE = Weight(80, gettext_lazy("The gate is near"))
LAUNCH = Weight(80, gettext_lazy("The launch depends on it"))
EFFECT = Weight(75, gettext_lazy("The effect of a decision depends on it"))
ACCESS = Weight(70, gettext_lazy("A person or a role cannot act without it"))
NOT_URGENT = Weight(65, gettext_lazy("The decision is not near yet"))
RULING = Weight(65, gettext_lazy("A role depends on it"))
UNSURE = Weight(65, gettext_lazy("What the decision relies on has changed"))
ACCEPTANCE = Weight(55, gettext_lazy("The acceptance depends on it"))
PROMISED = Weight(50, gettext_lazy("It was promised"))
PLANNED = Weight(45, gettext_lazy("It is to be planned"))
AWAITED = Weight(40, gettext_lazy("A person needs the answer"))
REGULAR = Weight(30, gettext_lazy("Routine"))
CONTROL = Weight(20, gettext_lazy("To check"))
INFORMATION = Weight(10, gettext_lazy("For information"))

#: Kind of task → its rule.
RULES = {
    "decide": Rule(NOT_URGENT, DECISION, 2),
    "advise": Rule(NOT_URGENT, BLOCKS, 5),
    "rework": Rule(BLOCKS),
    "checks": Rule(PLANNED, GATE, 10),
    "launches": Rule(LAUNCH),
    "launch_proposals": Rule(LAUNCH),
    **dict.fromkeys(("withdrawals", "overruns"), Rule(DECISION)),
    "escalation_answers": Rule(NOT_URGENT, DECISION, 2),
    "conditions": Rule(PROMISED, EFFECT, 3),
    "proofs": Rule(EFFECT),
    **dict.fromkeys(("vacancies", "blocked_roles", "acceptances", "delegations", "moves"), Rule(ACCESS)),
    **dict.fromkeys(("vouches", "address_vouches", "replacements", "closings", "successions"), Rule(ACCESS)),
    **dict.fromkeys(("objections", "rights_endings"), Rule(ACCESS)),
    "interests": Rule(RULING),
    **dict.fromkeys(("reviews", "requests"), Rule(UNSURE)),
    **dict.fromkeys(("corrections", "tests"), Rule(ACCEPTANCE)),
    "defects": Rule(AWAITED, ACCEPTANCE),
    **dict.fromkeys(
        ("actions", "risk_actions", "check_actions", "carry_overs", "taken_over", "corrections_asked"), Rule(PROMISED)
    ),
    "escalations": Rule(PROMISED),
    **dict.fromkeys(("risks", "risk_reviews", "risk_acceptances", "waivers"), Rule(PLANNED)),
    **dict.fromkeys(("second_looks", "prepared_roles", "benefits", "dependencies"), Rule(PLANNED)),
    **dict.fromkeys(("questions", "feedback"), Rule(AWAITED)),
    **dict.fromkeys(("weather", "obligations"), Rule(REGULAR)),
    "evidence": Rule(CONTROL),
    "readings": Rule(INFORMATION),
}


class Scale(NamedTuple):
    """What weighs tasks on one day: for each number of working days ahead, the last day that is so near."""

    day: date
    limits: dict[int, date]

    @classmethod
    def of(cls, day: date) -> Self:
        """Build the scale of a day, by the working days of the organisation."""
        calendar = read_calendar()
        ahead = {rule.days for rule in RULES.values() if rule.pressing}
        return cls(day, {days: calendar.add_working_days(day, days) for days in ahead})

    def weigh(self, kind: str, presses: date | None) -> Weight:
        """Return the weight of a task of this kind; `presses` is the day that makes it weigh more when it is near."""
        rule = RULES[kind]
        return rule.pressing if rule.pressing and presses and presses <= self.limits[rule.days] else rule.usual


def describe_due(due: date | None, day: date) -> str:
    """Return in words when something is due; empty without a date."""
    if due is None:
        return ""
    left = (due - day).days
    if left < 0:
        return ngettext("%(n)s day late", "%(n)s days late", -left) % {"n": -left}
    if left < 2:
        return _("due tomorrow") if left else _("due today")
    return _("due %(day)s") % {"day": write_day(due)}


def explain(weight: Weight, due: date | None, day: date) -> str:
    """Return why something is listed, and when it is due."""
    return ", ".join(filter(None, (str(weight.why), describe_due(due, day))))
