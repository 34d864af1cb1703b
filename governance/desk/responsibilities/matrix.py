"""Rows of the matrix page: sections by domain, activities as rows, roles as columns, letters in the cells."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, F, Value, When
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from governance.decide.decisions.models import Effect
from governance.desk.responsibilities.problems import Flaw, Held, Problem, list_problems
from projects.models import Matrix, Project
from projects.seats.mandates.across import is_opposed
from projects.seats.matrix.letters import Sign, View, legend, signs
from projects.seats.organisations.queries import related_organisations
from roles.enums import Domain
from roles.role_templates.content import Duty, Line, Role
from roles.role_templates.content import Matrix as Content
from roles.role_templates.levels import PROJECT


@dataclass(frozen=True)
class Cell:
    """The part of one role in one activity.

    `flaw` is empty, `gap` or `conflict`; `vacant` when nobody holds the role.
    """

    role: str
    signs: tuple[Sign, ...]
    flaw: str
    vacant: bool

    @property
    def words(self) -> str:
        """Return the role's part in words."""
        return capfirst(", ".join(str(sign.word) for sign in self.signs)) or _("Not involved")

    @property
    def mark(self) -> str:
        """Return the sign of the flaw, or an empty string."""
        return {Flaw.GAP: "?", Flaw.CONFLICT: "!"}[Flaw(self.flaw)] if self.flaw else ""

    @property
    def fault(self) -> str:
        """Describe the flaw, or return an empty string."""
        if not self.flaw:
            return ""
        return _("Gap: this role is vacant") if self.is_empty_seat else str(Flaw(self.flaw).label)

    @property
    def is_empty_seat(self) -> bool:
        """Return whether the gap is a vacant role."""
        return self.flaw == Flaw.GAP and self.vacant


@dataclass(frozen=True)
class Row:
    """One activity at its `anchor` on the page: cells in role order, and problems."""

    line: Line
    anchor: str
    cells: tuple[Cell, ...]
    problems: tuple[Problem, ...]

    @property
    def flaw(self) -> Flaw | None:
        """Return the worst flaw; None when the row is complete."""
        return self.problems[0].flaw if self.problems else None


@dataclass(frozen=True)
class Section:
    """The rows of one domain."""

    domain: str
    rows: tuple[Row, ...]

    @property
    def label(self) -> str:
        """Return the name of the domain."""
        return str(Domain(self.domain).label)


@dataclass(frozen=True)
class PlacedProblem:
    """A problem with the anchor of the first row it marks, if any."""

    problem: Problem
    anchor: str


@dataclass(frozen=True)
class Sheet:
    """The whole matrix for display; `vacant` are the codes of roles that nobody holds today."""

    view: View
    roles: tuple[Role, ...]
    vacant: frozenset[str]
    sections: tuple[Section, ...]
    conflicts: tuple[PlacedProblem, ...]
    gaps: tuple[PlacedProblem, ...]

    @property
    def rows(self) -> list[Row]:
        """List every row in order."""
        return [row for section in self.sections for row in section.rows]

    @property
    def complete(self) -> int:
        """Count the rows without a flaw."""
        return sum(not row.problems for row in self.rows)

    @property
    def legend(self) -> tuple[Sign, ...]:
        """List every letter with its word."""
        return legend(self.view)


def build_sheet(
    content: Content,
    held: Iterable[Held],
    view: View,
    *,
    level: str = PROJECT,
    provider_comes: bool = False,
    parts: int = 0,
) -> Sheet:
    """Build the sheet of the matrix `content` with the holders of today; `problems` marks the flaws.

    `parts` is the number of projects below.
    """
    held = list(held)
    vacant = frozenset(role.code for role in content.roles) - {seat.role for seat in held}
    problems = list_problems(content, held, level=level, provider_comes=provider_comes, parts=parts)
    sections = tuple(_build_sections(content, problems, view, vacant))
    anchors = {row.line.code: row.anchor for section in sections for row in section.rows}
    placed = [
        PlacedProblem(problem, next((anchors[code] for code in anchors if code in problem.lines), ""))
        for problem in problems
    ]
    return Sheet(
        view,
        content.roles,
        vacant,
        sections,
        conflicts=tuple(row for row in placed if row.problem.flaw == Flaw.CONFLICT),
        gaps=tuple(row for row in placed if row.problem.flaw == Flaw.GAP),
    )


def list_held_roles(project: Project, now: datetime) -> list[Held]:
    """List each held role with its holder's organisation at `now`, without duplicates. Two queries."""
    seats = project.mandates.active(now).order_by("role__code", "holder__organisation").distinct()
    opposed = Case(When(is_opposed(project, now), then=F("holder__name")), default=Value(""))
    organisation = ("holder__organisation", "holder__organisation__name")
    rows = seats.annotate(opposed=opposed).values_list("role__code", *organisation, "independence_waived", "opposed")
    sides = related_organisations([number for _role, number, *_rest in rows if number], now, now)
    return [
        Held(role, number, name or "", sides.get(number, frozenset()), waived, opposed)
        for role, number, name, waived, opposed in rows
    ]


def _build_sections(content: Content, problems: list[Problem], view: View, vacant: frozenset[str]) -> Iterator[Section]:
    number = 0
    for domain in Domain.values:
        rows = []
        for line in content.lines:
            if line.domain == domain:
                number += 1
                here = tuple(problem for problem in problems if line.code in problem.lines)
                cells = tuple(_build_cell(role, line, here, view, vacant) for role in content.roles)
                rows.append(Row(line, f"row-{number}", cells, here))
        if rows:
            yield Section(domain, tuple(rows))


def _build_cell(role: Role, line: Line, here: tuple[Problem, ...], view: View, vacant: frozenset[str]) -> Cell:
    flaw = next((str(problem.flaw) for problem in here if role.code in problem.roles), "")
    return Cell(role.code, signs(role.natures(line.code), view), flaw, role.code in vacant)


# — duties of a row, and departures from the templates —


@dataclass(frozen=True)
class AnsweringDuty:
    """A responsibility of a role, with its letter."""

    role: Role
    duty: Duty
    sign: Sign

    @property
    def recurrence(self) -> str:
        """Return when it is due, in words."""
        return self.duty.recurrence_label


def list_duties_behind(content: Content, line: str, view: View) -> list[AnsweringDuty]:
    """List the responsibilities behind one activity, role by role."""
    return [
        AnsweringDuty(role, duty, signs([duty.nature], view)[0])
        for role in content.roles
        for duty in role.duties
        if line in duty.activities
    ]


@dataclass(frozen=True)
class Adaptation:
    """A departure from the role templates: a responsibility added, moved or dropped."""

    role: str
    code: str
    label: str
    because: str


def list_adaptations(content: Content) -> list[Adaptation]:
    """List every departure of `content` from the role templates, with reasons.

    `label` is empty for what is dropped.
    """
    own = [
        Adaptation(role.code, duty.code, duty.label, duty.because)
        for role in content.roles
        for duty in role.duties
        if duty.because
    ]
    out = [Adaptation(role.code, code, "", why) for role in content.roles for code, why in role.dropped.items()]
    return [*own, *out]


def find_approving_effect(project: Project, matrix: Matrix) -> Effect | None:
    """Return the latest effect that brought this version into force, or None. One query."""
    about = {"subject": Project._meta.label_lower, "subject_id": project.pk, "field": "matrix"}
    effects = Effect.objects.filter(**about, after=str(matrix.number)).select_related("decision__project")
    return effects.order_by("pk").last()
