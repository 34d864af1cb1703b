"""The demonstration scenarios as the tests read them: entered once, their files and answers as tables."""

from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from zoneinfo import ZoneInfo

from amoa.models import TestRun
from amoa.requirements.lint import Draft, findings
from config.demo import SCENARIOS
from demo.scenarios import loader
from governance.models import Decision, Proposal
from projects.models import Project
from roles.models import User
from tests.database import owning, undone

PARIS = ZoneInfo("Europe/Paris")
Table = dict[str, tuple[str, ...]]


def entered(name: str) -> None:
    """Enter a scenario as the owner role, unless it is there."""
    if not loader.is_loaded(name):
        with owning():
            deque(loader.load(name), maxlen=0)
            loader.close_accounts(name)


@contextmanager
def standing(name: str, django_db_blocker: Any) -> Iterator[None]:
    """Enter a scenario for several tests: each begins with it and undoes only its own acts."""
    with django_db_blocker.unblock(), undone():
        entered(name)
        yield


@contextmanager
def demo_standing(django_db_blocker: Any) -> Iterator[None]:
    """The same for the scenarios of the demo side by side."""
    with ExitStack() as stack:
        for name in SCENARIOS:
            stack.enter_context(standing(name, django_db_blocker))
        yield


def files(*codes: str) -> Table:
    """Reference → role of the author, kind and state, of every file of these projects."""
    found = Proposal.objects.filter(project__code__in=codes).select_related("project")
    return {file.reference: (file.author_role, file.kind, file.state) for file in found}


def answers(*codes: str) -> Table:
    """Reference → file, outcome, day and who signed, of every decision of these projects."""
    found = Decision.objects.filter(project__code__in=codes).select_related("project", "proposal__project")
    return {
        answer.reference: (
            answer.proposal.reference,
            answer.outcome,
            str(answer.acted_at.astimezone(PARIS).date()),
            answer.decided_by.name.split(maxsplit=1)[1],
        )
        for answer in found.select_related("decided_by")
    }


def proposal_of(reference: str) -> Proposal:
    """The file with this reference."""
    prefix, number = reference.split("P-")
    return Proposal.objects.select_related("project", "current", "draft").get(
        project__prefix=prefix, project__in=Project.objects.exclude(code__in=["ONE", "TWO", "THREE"]), number=number
    )


def requirements(project: Project) -> Table:
    """Code → kind, priority, state and criterion, of every requirement of the project; needs are left out."""
    rows = project.requirements.requirements()
    return {row.code: (row.kind, row.priority, row.state, row.criteria[0]["text"]) for row in rows}


def groups(project: Project) -> Table:
    """Name → size, interest and influence, of every recipient group."""
    return {g.name: (str(g.size), g.interest, g.influence) for g in project.recipient_groups.all()}


def communications(project: Project) -> Table:
    """Title → group, channel, who sends it, the day it was or is to be sent, and whether it was."""
    rows = project.communications.select_related("group")
    return {r.title: (r.group.name, r.channel, r.sender, str(r.done_on or r.due_on), r.state) for r in rows}


def results(project: Project) -> dict[str, dict[str, str]]:
    """Title of a campaign → test → its last result there."""
    runs = TestRun.objects.filter(project=project).order_by("pk").select_related("campaign", "test")
    told: dict[str, dict[str, str]] = {}
    for run in runs:
        told.setdefault(run.campaign.title, {})[run.test.code] = run.result
    return told


def defects(project: Project) -> Table:
    """Title → severity and state, of every defect."""
    return {defect.title: (defect.severity, defect.state) for defect in project.defects.all()}


def poorly_written(project: Project) -> list[str]:
    """What the advice on writing finds in the requirements of the project (STD-REQ)."""
    return [
        f"{row.code}: {found.sentence}"
        for row in project.requirements.all()
        for found in findings(
            Draft(row.title, row.statement, [c["text"] for c in row.criteria], row.kind, project.language)
        )
    ]


def untested(project: Project) -> set[str]:
    """The requirements of which some criterion has no test."""
    tested = set(project.tests.in_use().values_list("requirement", "criterion"))
    rows = project.requirements.requirements()
    return {row.code for row in rows if any((row.pk, one["number"]) not in tested for one in row.criteria)}


def person(name: str) -> User:
    """The person with this surname, in their address."""
    return User.objects.get(email__contains=f".{name}@")


def incompatible(*codes: str) -> list[str]:
    """Who holds or held, on one of these projects, two roles of which one excludes the other (R8)."""
    found = []
    for project in Project.objects.filter(code__in=codes):
        roles = {role.code: set(role.incompatible) for role in project.roles()}
        held: dict[User, set[str]] = {}
        for mandate in project.mandates.select_related("holder", "role"):
            held.setdefault(mandate.holder, set()).add(mandate.role.code)
        found += [f"{who} on {project.code}" for who, has in held.items() if any(roles[role] & has for role in has)]
    return found
