"""Entry criteria that the gates of a programme and of a portfolio ask for, beyond those of every gate.

The conditions of UNMET say the same to the database (guards.py).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from pmo.registers.schedule.enums import DependencyState
from pmo.registers.schedule.models import Dependency
from pmo.registers.success_criteria.enums import CriterionKind, CriterionState
from pmo.registers.success_criteria.models import SuccessCriterion
from pmo.steering.gates.stages import REPEATED, list_open_stages, list_stages
from pmo.steering.strategy.queries import STRATEGY_IN_FORCE, find_strategy
from projects.enums import OVER, Level, Workspace
from projects.models import Project
from projects.project.gates import OF_A_PROJECT, level_gates_sql
from roles.enums import Gate

#: Rows of a project and of those directly below it, in SQL.
BELOW = "(here.id = {id} OR {id} IN (SELECT b.id FROM public.projects_project b WHERE b.parent_id = here.id))"
OF_BENEFITS = f"""SELECT FROM public.pmo_successcriterion c
      WHERE {BELOW.format(id="c.project_id")} AND c.kind = '{CriterionKind.BENEFIT}'"""
STAGES = f"SELECT FROM public.pmo_milestone m WHERE m.project_id = here.id AND m.gate = '{REPEATED}'"
ENDED = """SELECT FROM public.governance_effect e
        WHERE e.subject = 'pmo.milestone' AND e.subject_id = m.id AND e.field LIKE 'stage%'
          AND e.id = (SELECT max(o.id) FROM public.governance_effect o
                      WHERE o.subject = e.subject AND o.subject_id = e.subject_id AND o.field = e.field)
          AND e.after <> ''"""


@dataclass(frozen=True)
class LevelCriterion:
    """Criterion of some gates of a level: `find` lists what it finds missing, `unmet` is its SQL twin.

    One that is `strict` is refused: no word of the owner passes it.
    """

    name: str
    level: Level
    gates: tuple[Gate, ...]
    label: str | Promise
    met: str | Promise
    missing: str | Promise
    page: str
    find: Callable[[Project, date], list[str]]
    unmet: str
    strict: bool = False
    #: Whether it reads rows of the steering.
    steered: bool = True

    def link(self, project: Project) -> str:
        """Return the address of the page that settles it."""
        return reverse(self.page, args=[project.code])

    def explain(self, lacking: list[str]) -> str:
        """Return the sentence about what is missing, or that nothing is."""
        return str(self.missing) % {"items": ", ".join(filter(None, lacking))} if lacking else str(self.met)

    @property
    def unmet_sql(self) -> str:
        """Return the condition that it is not met at the gate `passing` of the project `here`."""
        gates = ", ".join(f"'{gate}'" for gate in self.gates)
        asked = f"here.level = '{self.level}' AND passing IN ({gates}) AND {level_gates_sql('here')}"
        steered = f" AND '{Workspace.STEERING}' = ANY (here.workspaces)" if self.steered else ""
        return f"{asked}{steered} AND {self.unmet}"


def list_benefits(project: Project) -> QuerySet[SuccessCriterion]:
    """List the benefits of a programme and of its projects, without those that were dropped."""
    rows = SuccessCriterion.objects.filter(Q(project=project) | Q(project__parent=project), kind=CriterionKind.BENEFIT)
    return rows.exclude(state=CriterionState.DROPPED).select_related("project").order_by("project__code", "number")


def _find_unmeasured(project: Project, _day: date) -> list[str]:
    rows = list_benefits(project).filter(state=CriterionState.APPROVED, measures=None)
    return [f"{row.project.code} {row.reference}" for row in rows]


def _find_active(project: Project, _day: date) -> list[str]:
    return list(project.children.exclude(state__in=OVER).order_by("code").values_list("code", flat=True))


def _find_late_dependencies(project: Project, day: date) -> list[str]:
    rows = Dependency.objects.filter(Q(project=project) | Q(project__parent=project), state=DependencyState.OPEN)
    late = rows.filter(needed_on__lt=day).select_related("project", "needs").order_by("needed_on", "pk")
    return [f"{row.project.code} → {row.needs.code}" for row in late]


def _lack(is_there: object) -> list[str]:
    """Return one nameless thing that is missing, unless it is there."""
    return [] if is_there else [""]


LEVEL_CRITERIA = (
    LevelCriterion(
        "strategy",
        Level.PORTFOLIO,
        (Gate.G0,),
        gettext_lazy("Strategy and selection criteria"),
        gettext_lazy("A strategy with its selection criteria is approved and valid."),
        gettext_lazy("No strategy is approved and valid today."),
        "governance:register:register",
        lambda project, day: _lack(find_strategy(project, day)),
        f"coalesce(({STRATEGY_IN_FORCE.format(project='here.id')}) < today::text, true)",
        steered=False,
    ),
    LevelCriterion(
        "budget",
        Level.PORTFOLIO,
        (Gate.G0,),
        gettext_lazy("Common budget"),
        gettext_lazy("The budget is set."),
        gettext_lazy("No budget is set. Without a common budget, say so."),
        "governance:home:project_home",
        lambda project, _day: _lack(project.budget is not None),
        "here.budget IS NULL",
        steered=False,
    ),
    LevelCriterion(
        "vision",
        Level.PROGRAMME,
        (Gate.G0, Gate.G1),
        gettext_lazy("Vision and scope"),
        gettext_lazy("The scope is decided."),
        gettext_lazy("The scope is empty."),
        "governance:home:project_home",
        lambda project, _day: _lack(project.scope),
        "here.scope = ''",
        steered=False,
    ),
    LevelCriterion(
        "first_benefits",
        Level.PROGRAMME,
        (Gate.G0,),
        gettext_lazy("First benefits"),
        gettext_lazy("A benefit is proposed."),
        gettext_lazy("No benefit is proposed, here or in a project below."),
        "pmo:success_criteria:success",
        lambda project, _day: _lack(list_benefits(project).exists()),
        f"NOT EXISTS ({OF_BENEFITS} AND c.state <> '{CriterionState.DROPPED}')",
    ),
    LevelCriterion(
        "benefits",
        Level.PROGRAMME,
        (Gate.G1,),
        gettext_lazy("Benefits with their measure"),
        gettext_lazy("A benefit has its measure and its target."),
        gettext_lazy("No benefit has a measure and a target, here or in a project below."),
        "pmo:success_criteria:success",
        lambda project, _day: _lack(list_benefits(project).exists()),
        f"NOT EXISTS ({OF_BENEFITS} AND c.state <> '{CriterionState.DROPPED}')",
        strict=True,
    ),
    LevelCriterion(
        "projects",
        Level.PROGRAMME,
        (Gate.G1,),
        gettext_lazy("Projects of the programme"),
        gettext_lazy("The programme has projects."),
        gettext_lazy("The programme has no project yet."),
        "governance:home:project_home",
        lambda project, _day: _lack(project.children.exists()),
        "NOT EXISTS (SELECT FROM public.projects_project p WHERE p.parent_id = here.id)",
        steered=False,
    ),
    LevelCriterion(
        "stages",
        Level.PROGRAMME,
        (Gate.G1,),
        gettext_lazy("Dated stages"),
        gettext_lazy("The stages have their dates."),
        gettext_lazy("No stage has a date. Add a milestone at the gate PT for the end of each stage."),
        "pmo:schedule:schedule",
        lambda project, _day: _lack(list_stages(project)),
        f"NOT EXISTS ({STAGES})",
    ),
    LevelCriterion(
        "measured",
        Level.PROGRAMME,
        (REPEATED, Gate.G5),
        gettext_lazy("Benefits measured"),
        gettext_lazy("Every approved benefit is measured."),
        gettext_lazy("Not measured: %(items)s."),
        "pmo:success_criteria:success",
        _find_unmeasured,
        f"""EXISTS ({OF_BENEFITS} AND c.state = '{CriterionState.APPROVED}' AND NOT EXISTS (
          SELECT FROM public.pmo_criterionmeasure k WHERE k.criterion_id = c.id))""",
    ),
    LevelCriterion(
        "dependencies",
        Level.PROGRAMME,
        (REPEATED,),
        gettext_lazy("Dependencies kept"),
        gettext_lazy("No dependency is past its day."),
        gettext_lazy("Past their day: %(items)s."),
        "pmo:schedule:schedule",
        _find_late_dependencies,
        f"""EXISTS (SELECT FROM public.pmo_dependency d WHERE {BELOW.format(id="d.project_id")}
          AND d.state = '{DependencyState.OPEN}' AND d.needed_on < today)""",
    ),
    LevelCriterion(
        "stages_ended",
        Level.PROGRAMME,
        (Gate.G5,),
        gettext_lazy("Stages ended"),
        gettext_lazy("Every stage has ended by a decision."),
        gettext_lazy("Not ended: %(items)s."),
        "pmo:gates:gates",
        lambda project, _day: [stage.code for stage in list_open_stages(project)],
        f"EXISTS ({STAGES} AND NOT EXISTS ({ENDED}))",
    ),
    LevelCriterion(
        "lessons",
        Level.PROGRAMME,
        (Gate.G5,),
        gettext_lazy("Lessons learned"),
        gettext_lazy("Lessons are added."),
        gettext_lazy("No lesson is added."),
        "pmo:lessons:lessons",
        lambda project, _day: _lack(project.lessons.exists()),
        "NOT EXISTS (SELECT FROM public.pmo_lessonlearned l WHERE l.project_id = here.id)",
    ),
    *(
        LevelCriterion(
            "below",
            level,
            (Gate.G5,),
            gettext_lazy("Projects below ended"),
            gettext_lazy("Every project below has ended."),
            gettext_lazy("Not ended: %(items)s. End them or move them first."),
            "governance:home:project_home",
            _find_active,
            "EXISTS (SELECT FROM public.projects_project p "
            "WHERE p.parent_id = here.id AND p.state NOT IN ('closed', 'abandoned'))",
            strict=True,
            steered=False,
        )
        for level in (Level.PROGRAMME, Level.PORTFOLIO)
    ),
)


def list_level_criteria(project: Project, gate: Gate) -> Iterator[LevelCriterion]:
    """Yield the criteria that a gate of this level asks for; none of a project."""
    if project.gates is not OF_A_PROJECT:
        for criterion in LEVEL_CRITERIA:
            is_on = not criterion.steered or project.has(Workspace.STEERING)
            if criterion.level == project.level and gate in criterion.gates and is_on:
                yield criterion
