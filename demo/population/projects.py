"""Projects with their seats, founded and launched by the services, each act at its day in the past."""

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
from core.sealing import term_of
from demo.population.people import People
from governance.decisions.services import Terms, decide
from governance.enums import Outcome, Position
from governance.models import Proposal
from governance.opinions.services import advise
from governance.proposals.services import draft, submit
from pmo.models import StandardVersion
from pmo.standards import effects as standards
from pmo.standards.content import with_content
from pmo.standards.services import install_standards
from projects.enums import Level
from projects.mandates.services import appoint, delegate, found_project, name_owner, role_on
from projects.models import Mandate, Project
from roles.enums import DELEGABLE_KINDS
from roles.models import User

PREFIX = "SCALE-"
CODE = PREFIX + "{number:05d}"
#: Of the projects, so many are launched, get a second owner, and let a signature be delegated.
LAUNCHED, HANDED_OVER, DELEGATED = 0.85, 0.2, 0.2
#: The acts of founding lie in the first days of a project; everything else comes after.
FOUNDING = timedelta(days=21)
#: The group a role is given for.
GROUPS = {"DEST": "Exploitants"}
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SUBJECTS_FR = ("Portail des usagers", "Refonte des stocks", "Quai 4", "Archives", "Paie", "Billetterie", "Flotte")
SUBJECTS_EN = ("Users’ portal", "Stock renewal", "Quay 4", "Archives", "Payroll", "Ticketing", "Fleet")
CONTENT: dict[str, Any] = {
    "title": "Roles and launch", "question": "Shall this be approved?", "context": "The roles are given.",
    "options": [
        {"title": "Yes", "description": "The project goes on."}, {"title": "No", "description": "It waits."},
    ],
    "recommended": "A", "recommendation": "Yes: everybody is there.", "impact_scope": "None.", "risks": "None.",
    "evidence": "The letters of appointment.",
}  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What a project is to be: its number, level and parent, when it began, how many proposals it has."""

    number: int
    level: str
    parent: int | None
    began: datetime
    proposals: int
    owner: str = ""

    @property
    def rng(self) -> random.Random:
        """Its own chance, the same each time."""
        return random.Random(f"project {self.number}")  # noqa: S311 — reproducible, not secret


@dataclass(frozen=True)
class Place:
    """A founded project, the seats in office by the code of their role, and from when on its files may begin."""

    project: Project
    seats: dict[str, Mandate]
    since: datetime
    rng: random.Random


@contextmanager
def on(moment: datetime) -> Iterator[None]:
    """One act of the past; what the database checks when a transaction ends, it checks at once."""
    with back_entry(moment):
        yield
        connection.check_constraints()


def found(plan: Plan, people: People) -> Place:
    """Found, appoint, hand over, delegate and launch, as `plan` and its chance say."""
    rng, at = plan.rng, plan.began
    owner = people.waited_for if plan.owner else people.of("MOA", plan.number)
    with on(at):
        project = found_project(actor=people.administrator, owner=owner, fields=_fields(plan, rng))
    for days, role in enumerate(("PMO", "AMOA", "MOE", "DEST"), start=1):
        with on(at + timedelta(days=days)):
            appoint(
                actor=owner, project=project, role=role_on(project, role), holder=people.of(role, plan.number),
                group=GROUPS.get(role, ""),
            )  # fmt: skip
    if not plan.owner and rng.random() < HANDED_OVER:
        with on(at + timedelta(days=8)):
            follower = people.of("MOA", plan.number + 1)
            name_owner(actor=owner, project=project, holder=follower)
            owner = follower
    if rng.random() < DELEGATED:
        with on(at + timedelta(days=9)):
            delegate(
                actor=owner, project=project, to=people.of("delegate", plan.number), kinds=sorted(DELEGABLE_KINDS),
                cap=Decimal(20_000), document=f"Acte {plan.number}", ends_at=timezone.now() + timedelta(days=180),
            )  # fmt: skip
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
        "code": code_of(plan.number), "prefix": _prefix(plan.number), "level": plan.level,
        "title_fr": f"{SUBJECTS_FR[subject]} {plan.number}", "title_en": f"{SUBJECTS_EN[subject]} {plan.number}",
        "language": rng.choice(("fr", "fr", "en")), "starts_on": began, "budget": Decimal(rng.randint(5, 400) * 10_000),
        "ends_on": date(began.year + 3, began.month, 1),
    }  # fmt: skip
    if plan.parent is not None:
        fields["parent"] = Project.objects.get(code=code_of(plan.parent))
    return fields


def code_of(number: int) -> str:
    """The code of the project with that number."""
    return CODE.format(number=number)


def _prefix(number: int) -> str:
    text = ""
    while number or not text:
        number, digit = divmod(number, len(DIGITS))
        text = DIGITS[digit] + text
    return text.rjust(4, "P")


def _launch(project: Project, owner: User, pmo: User, amoa: User, began: datetime) -> None:
    """The roles are approved, then the first gate is passed."""
    assert project.matrix is not None  # noqa: S101 — it was founded with its roles
    matrix = project.matrix
    roles = {"matrix": term_of(matrix.number, matrix.hash)}
    _decided(project, owner, pmo, amoa, began + timedelta(days=12), "appointment", roles)
    _decided(project, owner, pmo, amoa, began + timedelta(days=15), "gate", {"gate": "G0"})


def _adopt(project: Project, owner: User, pmo: User, amoa: User, began: datetime) -> None:
    """The catalogue of standards holds for all that is part of it."""
    with on(began + timedelta(days=10)):
        install_standards(actor=pmo, project=project)
    drafts = with_content(StandardVersion.objects.filter(standard__project=project).order_by("standard__code"))
    terms = {"standards": ",".join(standards.term_of(version) for version in drafts)}
    _decided(project, owner, pmo, amoa, began + timedelta(days=15), "standard_adoption", terms)


def _decided(
    project: Project, owner: User, pmo: User, amoa: User, moment: datetime, kind: str, terms: dict[str, str]
) -> None:
    """A proposal of the PMO on these terms, advised and approved the same day."""
    with on(moment):
        content = {**CONTENT, "terms": terms, "decide_by": (moment + timedelta(days=20)).date()}
        file = draft(actor=pmo, project=project, kind=kind, content=content)
    with on(moment + timedelta(hours=2)):
        submit(actor=pmo, proposal=_fresh(file), version=_fresh(file).draft.version)
    file = _fresh(file)
    assert file.current is not None  # noqa: S101 — it was submitted
    if file.awaited_roles:
        with on(moment + timedelta(hours=5)):
            advise(
                actor=amoa, proposal=file, fingerprint=file.current.hash, position=Position.FAVOURABLE,
                reasons="Everybody is there.",
            )  # fmt: skip
    with on(moment + timedelta(hours=9)):
        decide(
            actor=owner, proposal=_fresh(file), fingerprint=file.current.hash, outcome=Outcome.APPROVED,
            reasons="The roles are clear.", terms=Terms(),
        )  # fmt: skip


def _fresh(file: Proposal) -> Proposal:
    return Proposal.objects.select_related("project", "current", "draft").get(pk=file.pk)
