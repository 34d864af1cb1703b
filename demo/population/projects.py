"""Found and launch projects with their seats through the services, each act at its past date."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from core.acts import back_entry
from core.record.sealing import term_of
from demo.population.people import People
from governance.decide.decisions.fingerprint import read_parts
from governance.decide.decisions.services import Terms, decide
from governance.decide.opinions.services import advise
from governance.decide.proposals.services import draft, submit
from governance.enums import Outcome, Position
from governance.models import Proposal
from pmo.models import StandardVersion
from pmo.standards.standards import effects as standards
from pmo.standards.standards.content import with_content
from pmo.standards.standards.services import install_standards
from projects.enums import Level
from projects.models import Mandate, Project
from projects.seats.mandates.services import accept, appoint, delegate, found_project, name_owner, role_on
from roles.enums import DELEGABLE_KINDS
from roles.models import User

PREFIX = "SCALE-"
CODE = PREFIX + "{number:05d}"
#: Share of projects that are launched, get a second owner, and delegate a signature.
LAUNCHED, HANDED_OVER, DELEGATED = 0.85, 0.2, 0.2
#: Founding acts happen in the first days of a project; everything else comes after.
FOUNDING = timedelta(days=21)
#: Recipient group of a role.
GROUPS = {"DEST": "Exploitants"}
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SUBJECTS_FR = ("Portail des usagers", "Refonte des stocks", "Quai 4", "Archives", "Paie", "Billetterie", "Flotte")
SUBJECTS_EN = ("Users’ portal", "Stock renewal", "Quay 4", "Archives", "Payroll", "Ticketing", "Fleet")
CONTENT: dict[str, Any] = {
    "title": "Roles and launch",
    "question": "Shall this be approved?",
    "context": "The roles are given.",
    "options": [
        {"title": "Yes", "description": "The project goes on."},
        {"title": "Not now", "description": "It waits."},
    ],
    "recommended": "A",
    "recommendation": "Yes: everybody is there.",
    "impact_scope": "None.",
    "risks": "None.",
    "evidence": "The letters of appointment.",
}


@dataclass(frozen=True)
class Plan:
    """Plan of a project: its number, level, parent, start and number of proposals."""

    number: int
    level: str
    parent: int | None
    began: datetime
    proposals: int
    owner: str = ""

    @property
    def rng(self) -> random.Random:
        """Return the random generator of this project, the same each time."""
        return random.Random(f"project {self.number}")  # noqa: S311 — reproducible, not secret


@dataclass(frozen=True)
class Place:
    """A founded project, its mandates in force by role code, and the earliest start of its proposals."""

    project: Project
    seats: dict[str, Mandate]
    since: datetime
    rng: random.Random


@contextmanager
def past_act(moment: datetime) -> Iterator[None]:
    """Run one act in the past; deferred constraints are checked at once."""
    with back_entry(moment):
        yield
        connection.check_constraints()


def found_place(plan: Plan, people: People) -> Place:
    """Found, appoint, hand over, delegate and launch a project, by `plan` and its random generator."""
    rng, at = plan.rng, plan.began
    owner = people.waited_for if plan.owner else people.of("MOA", plan.number)
    with past_act(at):
        project = found_project(actor=people.administrator, owner=owner, fields=_fields(plan, rng))
        accept(actor=owner, mandate=project.mandates.get())
    for days, role in enumerate(("PMO", "AMOA", "MOE", "DEST"), start=1):
        with past_act(at + timedelta(days=days)):
            mandate = appoint(
                actor=owner,
                project=project,
                role=role_on(project, role),
                holder=people.of(role, plan.number),
                group=GROUPS.get(role, ""),
            )
            accept(actor=mandate.holder, mandate=mandate)
    if not plan.owner and rng.random() < HANDED_OVER:
        with past_act(at + timedelta(days=8)):
            follower = people.of("MOA", plan.number + 1)
            accept(actor=follower, mandate=name_owner(actor=owner, project=project, holder=follower))
            owner = follower
    if rng.random() < DELEGATED:
        with past_act(at + timedelta(days=9)):
            delegate(
                actor=owner,
                project=project,
                to=people.of("delegate", plan.number),
                kinds=sorted(DELEGABLE_KINDS),
                cap=Decimal(20_000),
                document=f"Acte {plan.number}",
                ends_at=timezone.now() + timedelta(days=180),
            )
    advisers = people.of("PMO", plan.number), people.of("AMOA", plan.number)
    if plan.level == Level.PORTFOLIO:
        _adopt(project, owner, *advisers, at)
    if plan.level == Level.PROJECT and rng.random() < LAUNCHED:
        _launch(project, owner, *advisers, at)
    seats = Mandate.objects.active().filter(project=project).select_related("role", "holder")
    return Place(project, {seat.role.code: seat for seat in seats}, at + FOUNDING, rng)


def _fields(plan: Plan, rng: random.Random) -> dict[str, Any]:
    began, subject = plan.began.date(), rng.randrange(len(SUBJECTS_FR))
    fields: dict[str, Any] = {
        "code": code_of(plan.number),
        "prefix": prefix_of(plan.number),
        "level": plan.level,
        "title_fr": f"{SUBJECTS_FR[subject]} {plan.number}",
        "title_en": f"{SUBJECTS_EN[subject]} {plan.number}",
        "language": rng.choice(("fr", "fr", "en")),
        "starts_on": began,
        "budget": Decimal(rng.randint(5, 400) * 10_000),
        "ends_on": date(began.year + 3, began.month, 1),
    }
    if plan.parent is not None:
        fields["parent"] = Project.objects.get(code=code_of(plan.parent))
    return fields


def code_of(number: int) -> str:
    """Return the code of the project with this number."""
    return CODE.format(number=number)


def prefix_of(number: int) -> str:
    """Return the prefix of the project with this number: P and three digits of base 36, or four for an odd one."""
    text = ""
    while number:
        number, digit = divmod(number, len(DIGITS))
        text = DIGITS[digit] + text
    return text.rjust(3, "0").rjust(4, "P")


def _launch(project: Project, owner: User, pmo: User, amoa: User, began: datetime) -> None:
    """Approve the roles, then pass the first gate."""
    assert project.matrix is not None  # noqa: S101 — it was founded with its roles
    matrix = project.matrix
    roles = {"matrix": term_of(matrix.number, matrix.hash)}
    _decide(project, owner, pmo, amoa, began + timedelta(days=12), "appointment", roles)
    _decide(project, owner, pmo, amoa, began + timedelta(days=15), "gate", {"gate": "G0"})


def _adopt(project: Project, owner: User, pmo: User, amoa: User, began: datetime) -> None:
    """Adopt the catalogue of standards for the project and its parts."""
    with past_act(began + timedelta(days=10)):
        install_standards(actor=pmo, project=project)
    drafts = with_content(StandardVersion.objects.filter(standard__project=project).order_by("standard__code"))
    terms = {"standards": ",".join(standards.term_of(version) for version in drafts)}
    _decide(project, owner, pmo, amoa, began + timedelta(days=15), "standard_adoption", terms)


def _decide(
    project: Project, owner: User, pmo: User, amoa: User, moment: datetime, kind: str, terms: dict[str, str]
) -> None:
    """Write a proposal of the PMO on these terms, with opinion and approval on the same day."""
    with past_act(moment):
        content = {**CONTENT, "terms": terms, "decide_by": (moment + timedelta(days=20)).date()}
        file = draft(actor=pmo, project=project, kind=kind, content=content)
    with past_act(moment + timedelta(hours=2)):
        submit(actor=pmo, proposal=_fresh(file), version=_fresh(file).draft.version)
    file = _fresh(file)
    assert file.current is not None  # noqa: S101 — it was submitted
    if file.awaited_roles:
        with past_act(moment + timedelta(hours=5)):
            advise(
                actor=amoa,
                proposal=file,
                fingerprint=file.current.hash,
                position=Position.FAVOURABLE,
                reasons="Everybody is there.",
            )
    with past_act(moment + timedelta(hours=9)):
        decide(
            actor=owner,
            proposal=_fresh(file),
            fingerprint=file.current.hash,
            seen=read_parts(_fresh(file)),
            outcome=Outcome.APPROVED,
            reasons="The roles are clear.",
            terms=Terms(),
        )


def _fresh(file: Proposal) -> Proposal:
    return Proposal.objects.select_related("project", "current", "draft").get(pk=file.pk)
