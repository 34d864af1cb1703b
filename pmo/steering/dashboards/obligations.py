"""Open obligations of the projects: role, due date and source.

They are conditions of decisions, actions, actions on risks and of failed conformity checks, and what responsibilities
ask for, as far as it is late or due within a month.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import DateField, F, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _

from core.acts import act_time
from core.sql.references import plain_reference
from governance.decide.decisions.models import Condition, decision_reference
from governance.decide.obligations.queries import Obligation as OfDuty
from governance.desk.inbox.obligations import (
    OBLIGATIONS,
    OpenDuty,
    describe_duty,
    find_code,
    find_key,
    find_line,
    fold_points,
    list_open_duties,
)
from governance.desk.inbox.queries import read_open_obligations
from governance.life.actions.models import Action
from pmo.registers.risks.enums import OPEN
from pmo.registers.risks.models import Risk, RiskAction
from pmo.standards.conformity.enums import FAILED
from pmo.standards.conformity.models import ConformityCheck
from pmo.steering.dashboards.scope import Scope
from pmo.steering.reminder_rows.models import Reminder
from projects.enums import AT_REST, Workspace
from projects.models import Mandate
from projects.organisation_settings.queries import today

#: Sources of an obligation: the kinds of its task (governance.workspace_registry.TASKS).
CONDITION, ACTION, RISK, CHECK, DUTY = "conditions", "actions", "risk_actions", "check_actions", OBLIGATIONS.name
#: Rows of the same query that are no obligations: the worst red risks, at most so many.
RED, MOST_RED = "red risk", 10


class Description(NamedTuple):
    """The URL of the source of an obligation, what is to be done, and the evidence that a responsibility expects."""

    href: str
    text: str
    evidence: str = ""


@dataclass(frozen=True)
class Obligation:
    """Something to do: `kind` in words, its source, responsible role, due date.

    `what` is the kind of its task and `key` the key of it, the same for everybody; `project` is the code of its
    project. `is_proved` tells that evidence is given and the owner has to check it. `describe` puts the rest together:
    a page counts many, and shows few. `others` are the due dates of the later ones of its responsibility, where it
    stands for all of them. `person` is the name and the key of the person of an action, empty of what a role owes.
    """

    key: str
    what: str
    kind: str
    project: str
    source: str
    describe: Callable[[], Description] = field(compare=False)
    role: str
    due_on: date | None
    at_rest: bool
    is_proved: bool = False
    others: tuple[date, ...] = ()
    person: tuple[str, str] = ("", "")

    @cached_property
    def description(self) -> Description:
        """Return its URL, its text and the evidence expected."""
        return self.describe()

    @property
    def href(self) -> str:
        """Return the URL of its source."""
        return self.description.href

    @property
    def text(self) -> str:
        """Return what is to be done."""
        return self.description.text

    @property
    def evidence(self) -> str:
        """Return the evidence that its responsibility expects."""
        return self.description.evidence

    @property
    def is_routine(self) -> bool:
        """Tell whether a responsibility asks for it: nobody else is held up."""
        return self.what == DUTY

    def is_late(self, today: date) -> bool:
        """Tell whether its due date has passed, on a project that goes on."""
        return self.due_on is not None and self.due_on < today and not self.at_rest

    def count_late(self, today: date) -> int:
        """Count it and those that it stands for, as far as they are late."""
        return self.is_late(today) + sum(due < today for due in self.others)


class RedRisk(NamedTuple):
    """A red risk that nobody has accepted; `project` is the code of its project, `role` the one that owns the risk."""

    pk: int
    project: str
    code: str
    title: str
    role: str


def list_obligations(scope: Scope, keys: Iterable[int] | None = None) -> list[Obligation]:
    """List the obligations of the scope by due date, those without one last.

    `keys` are the primary keys of its projects, when they are known. Queries: one, and those of `_read_duties`.
    """
    obligations = [_build_obligation(*row) for row in _read_rows(scope)]
    kind = _("responsibility")  # there may be thousands
    obligations += [build_of_duty(row, kind) for row in _read_duties(scope, keys)]
    return _sort(obligations)


def count_by_role(scope: Scope, keys: Iterable[int] | None = None) -> dict[str, tuple[int, int]]:
    """Count the late and the timely obligations of each role, by code: those of `list_obligations`, none of them built.

    `keys` are the primary keys of the projects of the scope, when they are known. Queries: as there.
    """
    built = (_build_obligation(*row) for row in _read_rows(scope))
    counts = Counter((obligation.role, obligation.is_late(scope.today)) for obligation in built)
    owed = _read_duties(scope, keys)
    counts.update((row.role, row.due_on is not None and row.due_on < scope.today) for row in owed)
    return {role: (counts[role, True], counts[role, False]) for role in sorted({role for role, _late in counts})}


def _read_duties(scope: Scope, keys: Iterable[int] | None = None) -> list[OfDuty]:
    """List what responsibilities ask for in the scope, whose projects have these `keys`.

    One query, one more to find the keys of several, and one for projects on which something has happened
    (`read_open_obligations`).
    """
    if keys is None:
        is_one = not (scope.is_group or scope.only)
        keys = [scope.root.pk] if is_one else scope.projects.order_by().values_list("pk", flat=True)
    return read_open_obligations(keys)


def list_with_red(scope: Scope, projects: Iterable[Any]) -> tuple[list[Obligation], list[RedRisk]]:
    """List the obligations of the scope, one for each responsibility or point, and its worst red risks.

    `projects` are its projects, loaded `with_version`. One query, and one for projects on which something has happened.
    """
    versions = {project.pk: project.version for project in projects}
    rows = _read_rows(scope, _select_red_risks(scope))
    obligations = [_build_obligation(*row) for row in rows if row[0] != RED]
    kind = _("responsibility")
    duties = chain.from_iterable(list_open_duties(versions, act_time(), today()).values())
    obligations += [build_of_duty(duty.oldest, kind, duty.others) for duty in fold_points(duties)]
    worst = sorted((row for row in rows if row[0] == RED), key=lambda row: (-row[6], row[4]))
    return _sort(obligations), [RedRisk(row[4], row[1], row[7], row[8], row[9]) for row in worst]


def _sort(obligations: Iterable[Obligation]) -> list[Obligation]:
    return sorted(
        obligations, key=lambda obligation: (obligation.due_on or date.max, obligation.project, obligation.source)
    )


def _read_rows(scope: Scope, *more: Any) -> list[Any]:
    """Read conditions, actions and `more` rows of the same columns. One query."""
    none: Any = Value("")
    nobody = (none, none)
    conditions = _select_columns(
        _list_conditions(scope),
        Value(CONDITION),
        "decision__project",
        F("pk"),
        F("decision"),
        F("decision__number"),
        none,
        F("text"),
        F("role"),
        F("due_on"),
        F("proof"),
        *nobody,
    )
    own = _select_columns(
        Action.objects.open().filter(project__in=scope.projects),
        Value(ACTION),
        "project",
        F("pk"),
        F("pk"),
        Value(0),
        plain_reference("ACT-"),
        F("text"),
        F("role"),
        F("due_on"),
        none,
        F("holder__name"),
        Cast("holder__key", TextField()),
    )
    actions = _select_columns(
        _list_risk_actions(scope),
        Value(RISK),
        "project",
        F("pk"),
        F("risk"),
        Value(0),
        F("risk__code"),
        F("text"),
        F("role"),
        F("due_on"),
        none,
        *nobody,
    )
    checks = _select_columns(
        _list_check_actions(scope),
        Value(CHECK),
        "project",
        F("pk"),
        F("checkpoint"),
        Value(0),
        F("checkpoint__version__standard__code"),
        F("action"),
        F("action_role"),
        F("action_due"),
        none,
        *nobody,
    )
    return list(conditions.union(own, actions, checks, *more, all=True).order_by())


def _select_red_risks(scope: Scope) -> Any:
    """Select the worst red risks that nobody has accepted, with their level in the place of a number."""
    rows: Any = Risk.objects.filter(project__in=scope.using(Workspace.RISKS)).red_and_unaccepted(scope.today)
    none: Any = Value("")
    return _select_columns(
        rows,
        Value(RED),
        "project",
        F("pk"),
        F("pk"),
        F("level_now"),
        F("code"),
        F("title"),
        F("owner_role"),
        Value(None, DateField()),
        none,
        none,
        none,
    ).order_by("-level_now", "pk")[:MOST_RED]


def _select_columns(rows: QuerySet[Any], what: Any, project: str, *columns: Any) -> Any:
    """Return the arguments of `_build_obligation`: code, prefix and state of the project, then the columns."""
    of = (f"{project}__code", f"{project}__prefix", f"{project}__state")
    return rows.order_by().values_list(what, *of, *columns)


def _build_obligation(
    what: str,
    code: str,
    prefix: str,
    state: str,
    row: int,
    target: int,
    number: int,
    source: str,
    text: str,
    role: str,
    due_on: date | None,
    proof: str,
    *person: str,
) -> Obligation:
    if what == CONDITION:
        kind, source = _("condition"), decision_reference(prefix, number)
        page, args = "governance:records:decision_record", [str(target)]
    elif what == ACTION:
        kind, page, args = _("action"), "governance:actions:action", [str(target)]
    elif what == RISK:
        kind, page, args = _("action on a risk"), "pmo:risks:risk", [str(target)]
    else:
        kind, page, args = _("action after a check"), "pmo:conformity:conformity_checkpoint", [code, str(target)]

    def describe() -> Description:
        return Description(reverse(page, args=args), text)

    at_rest = state in AT_REST
    name, key = person
    return Obligation(
        f"{what}-{row}", what, kind, code, source, describe, role, due_on, at_rest, bool(proof), person=(name, key)
    )


def find_task_key(row: OfDuty) -> str:
    """Return the key of what a responsibility asks for, as a task."""
    return f"{OBLIGATIONS.name}-{find_key(row)}"


def build_of_duty(row: OfDuty, kind: str, more: tuple[OfDuty, ...] = ()) -> Obligation:
    """Build the obligation of a responsibility on one occasion, or on `more`; `kind` is the word for it."""

    def describe() -> Description:
        title = describe_duty(OpenDuty(row, more))[1]
        return Description(find_line(row), title, row.duty.evidence)

    return Obligation(
        find_task_key(row),
        DUTY,
        kind,
        row.project.code,
        find_code(OpenDuty(row, more)),
        describe,
        row.role,
        row.due_on,
        False,
        others=tuple(later.due_on for later in more if later.due_on),
    )


type People = dict[tuple[str, str], list[tuple[str, str]]]


def list_people(scope: Scope) -> People:
    """Map code of project and role to name and key of those who hold the role today. One query."""
    held = Mandate.objects.active().filter(project__in=scope.projects.order_by().values("pk"))
    people: People = {}
    for code, role, name, key in held.order_by("holder__name", "pk").values_list(
        "project__code", "role__code", "holder__name", "holder__key"
    ):
        people.setdefault((code, role), []).append((name, str(key)))
    return people


def list_last_reminders(scope: Scope) -> dict[tuple[str, str], tuple[date, str]]:
    """Map code of project and key to day and sender of the last reminder of an obligation. One query."""
    sent = Reminder.objects.filter(project__in=scope.projects.order_by().values("pk"))
    last = sent.order_by("project", "key", "-day").distinct("project", "key")
    rows = last.values_list("project__code", "key", "day", "reminded_by__name")
    return {(code, key): (day, name) for code, key, day, name in rows}


def _list_conditions(scope: Scope) -> QuerySet[Condition]:
    return Condition.objects.open().filter(decision__project__in=scope.projects)


def _list_risk_actions(scope: Scope) -> QuerySet[RiskAction]:
    """Return the pending actions on open risks; closed risks leave nothing to do."""
    return RiskAction.objects.filter(project__in=scope.using(Workspace.RISKS), done_on=None, risk__status__in=OPEN)


def _list_check_actions(scope: Scope) -> QuerySet[ConformityCheck]:
    """Return the failed last checks that have an action; a later conform check ends it."""
    failed = ConformityCheck.objects.filter(project__in=scope.using(Workspace.STANDARDS), result__in=FAILED)
    return failed.exclude(action="").without_later()
