"""Enter the demonstration scenarios in a copy of the test database, and read their files and answers as tables."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils import timezone

from amoa.models import TestRun
from amoa.requirements.lint import Draft, list_findings
from config.grants import grant
from demo.scenarios import days, loader
from governance.models import Decision, Proposal
from projects.models import Project
from roles.models import User
from tests.database import another_database, owning
from tools.servers.demo import SCENARIOS

PARIS = ZoneInfo("Europe/Paris")
#: The weeks by which the stories are moved today: a day of a test is that of the file and these.
MOVED = days.weeks_in(days.years_since(timezone.localdate()))
Table = dict[str, tuple[str, ...]]


@contextmanager
def demo_database() -> Iterator[str]:
    """Enter every scenario of the demo in a copy of the test database; yield its name, and drop it at the end."""
    tested = connection.settings_dict["NAME"]
    name = f"{tested}_demo"
    connection.close()  # a database is copied while nobody is connected to it
    with another_database(name, template=tested):
        with connected_to(name), transaction.atomic(), owning():
            grant()  # rights on the database itself are not copied
            for scenario in SCENARIOS:
                deque(loader.load(scenario), maxlen=0)
                loader.close_accounts(scenario)
        yield name


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """Connect to this database instead of that of the tests until the block ends."""
    tested = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = tested


def files(*codes: str) -> Table:
    """Map reference → role of the author, kind and state, of every file of these projects."""
    found = Proposal.objects.filter(project__code__in=codes).select_related("project")
    return {file.reference: (file.author_role, file.kind, file.state) for file in found}


def answers(*codes: str) -> Table:
    """Map reference → file, outcome, day in the file and signer, of every decision of these projects."""
    found = Decision.objects.filter(project__code__in=codes).select_related("project", "proposal__project")
    return {
        answer.reference: (
            answer.proposal.reference,
            answer.outcome,
            str(answer.acted_at.astimezone(PARIS).date() - MOVED),
            answer.decided_by.name.split(maxsplit=1)[1],
        )
        for answer in found.select_related("decided_by")
    }


def proposal_of(reference: str) -> Proposal:
    """Return the file with this reference."""
    prefix, number = reference.split("P-")
    return Proposal.objects.select_related("project", "current", "draft").get(
        project__prefix=prefix, project__in=Project.objects.exclude(code__in=["ONE", "TWO", "THREE"]), number=number
    )


def requirements(project: Project) -> Table:
    """Map code → kind, priority, state and criterion, of every requirement of the project, without needs."""
    rows = project.requirements.requirements()
    return {row.code: (row.kind, row.priority, row.state, row.criteria[0]["text"]) for row in rows}


def groups(project: Project) -> Table:
    """Map name → size, interest and influence, of every recipient group."""
    return {g.name: (str(g.size), g.interest, g.influence) for g in project.recipient_groups.all()}


def communications(project: Project) -> Table:
    """Map title → group, channel, sender, planned or actual day in the file, and whether it was sent."""
    rows = project.communications.select_related("group")
    return {r.title: (r.group.name, r.channel, r.sender, str((r.done_on or r.due_on) - MOVED), r.state) for r in rows}


def results(project: Project) -> dict[str, dict[str, str]]:
    """Map title of a campaign → test → its last result there."""
    runs = TestRun.objects.filter(project=project).order_by("pk").select_related("campaign", "test")
    told: dict[str, dict[str, str]] = {}
    for run in runs:
        told.setdefault(run.campaign.title, {})[run.test.code] = run.result
    return told


def defects(project: Project) -> Table:
    """Map title → severity and state, of every defect."""
    return {defect.title: (defect.severity, defect.state) for defect in project.defects.all()}


def poorly_written(project: Project) -> list[str]:
    """List the findings of the writing advice on the project's requirements (STD-REQ)."""
    return [
        f"{row.code}: {found.sentence}"
        for row in project.requirements.all()
        for found in list_findings(
            Draft(row.title, row.statement, [c["text"] for c in row.criteria], row.kind, project.language)
        )
    ]


def untested(project: Project) -> set[str]:
    """List the requirements with an untested criterion."""
    tested = set(project.tests.in_use().values_list("requirement", "criterion"))
    rows = project.requirements.requirements()
    return {row.code for row in rows if any((row.pk, criterion["number"]) not in tested for criterion in row.criteria)}


def person(name: str) -> User:
    """Return the person with this surname in the e-mail address."""
    return User.objects.get(email__contains=f".{name}@")


def incompatible(*codes: str) -> list[str]:
    """List the people with two incompatible roles, past or present, on one of these projects (R8)."""
    found = []
    for project in Project.objects.filter(code__in=codes):
        roles = {role.code: set(role.incompatible) for role in project.roles()}
        held: dict[User, set[str]] = {}
        for mandate in project.mandates.select_related("holder", "role"):
            held.setdefault(mandate.holder, set()).add(mandate.role.code)
        found += [f"{who} on {project.code}" for who, has in held.items() if any(roles[role] & has for role in has)]
    return found
