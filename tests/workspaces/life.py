"""Run the life of a project on an empty database, as a script in a process with its own settings.

Create it, appoint, launch, change its scope, pass every gate, close, verify; with the workspaces that the environment
names, and by services alone.
"""

import os
from datetime import timedelta
from io import StringIO
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

CONTENT: dict[str, Any] = {
    "question": "May the project go on?",
    "context": "Everything that is due is ready.",
    "options": [{"title": "As today", "description": ""}, {"title": "Go on", "description": ""}],
    "recommended": "B",
    "recommendation": "Go on.",
    "impact_scope": "None.",
    "impact_cost": "None.",
    "impact_schedule": "None.",
    "impact_recipients": "None.",
    "risks": "None.",
    "evidence": "Report",
}


def prepare() -> None:
    """Create the tables as the owner role, and load the methods."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("load_catalogue", stdout=StringIO())


def serve() -> None:
    """Switch to the role that serves, as tests/conftest.py does: a second process would load everything again."""
    from django.conf import settings
    from django.db import connection

    connection.close()
    connection.settings_dict["OPTIONS"]["options"] += f" -c role={settings.RUNTIME_ROLE}"


def open_project() -> Any:
    """Open a project and give every mandatory role, which its holder accepts."""
    from django.utils import timezone

    from core.acts import acting_as
    from projects.people.administrators.services import invite_operator
    from projects.seats.mandates.services import accept, appoint, found_project, role_on
    from roles.models import Organisation, User

    admin = invite_operator(actor=User.objects.installation(), email="admin@example.org", name="Ada Admin")
    with acting_as(User.objects.installation()):
        owner, *others = (
            User.objects.create_user(
                email=f"{code}@example.org", name=code.title(), organisation=Organisation.objects.create(name=code)
            )
            for code in ("owner", "pmo", "amoa", "moe", "dest")
        )
    today = timezone.localdate()
    titles = {"title_fr": "Projet", "title_en": "Project"}
    days = {"starts_on": today, "ends_on": today + timedelta(days=90)}
    project = found_project(actor=admin, owner=owner, fields={"code": "BARE", "prefix": "B", **titles, **days})
    for holder, code in zip(others, ("PMO", "AMOA", "MOE", "DEST"), strict=True):
        group = "Crews" if code == "DEST" else ""
        appoint(actor=owner, project=project, role=role_on(project, code), holder=holder, group=group)
    for mandate in project.mandates.active().filter(accepted_at=None):
        accept(actor=mandate.holder, mandate=mandate)
    return project


def decide_on(project: Any, kind: str, **terms: str) -> Any:
    """Take a proposal from draft to approval with every opinion; the owner answers what is open or missing."""
    from django.utils import timezone

    from governance.decide.decisions.fingerprint import read_parts
    from governance.decide.decisions.services import Terms, decide
    from governance.decide.decisions.settlement import Settlement, list_demands
    from governance.decide.opinions.services import advise
    from governance.decide.proposals.services import draft, submit
    from governance.enums import Outcome, Position, Settled
    from projects.seats.mandates.holders import holders, proposers

    project.refresh_from_db()
    author = proposers(project, kind)[0].holder
    owner = project.mandates.active().deciding().get().holder
    content = CONTENT | {"title": f"{kind} {terms}", "terms": terms}
    content["decide_by"] = timezone.localdate() + timedelta(days=10)
    proposal = draft(actor=author, project=project, kind=kind, content=content)
    revision = submit(actor=author, proposal=proposal, version=proposal.draft.version)
    assert revision.asked_roles, "nobody advises"
    for code in revision.asked_roles:
        proposal.refresh_from_db()
        answer = {"position": Position.FAVOURABLE, "reasons": "It is realistic."}
        advise(actor=holders(project, code)[0].holder, proposal=proposal, fingerprint=revision.hash, **answer)
    proposal.refresh_from_db()
    words = {
        demand.key: Settlement("It is left as it is.", demand.fates[0] if demand.fates else Settled.WITHOUT)
        for demand in list_demands(proposal, revision)
    }
    decision = decide(
        actor=owner,
        proposal=proposal,
        fingerprint=revision.hash,
        seen=read_parts(proposal),
        outcome=Outcome.APPROVED,
        reasons="Agreed.",
        terms=Terms(settled=words),
    )
    project.refresh_from_db()
    return decision


def live() -> None:
    """Take a project from its opening to its closing, request every page on the way, and verify the ledger."""
    from django.core.management import call_command

    from core.record.sealing import term_of
    from governance.desk.responsibilities.services import newest
    from roles.enums import DecisionKind, Gate

    project = open_project()
    roles = newest(project)
    decide_on(project, DecisionKind.APPOINTMENT, matrix=term_of(roles.number, roles.hash))
    decide_on(project, DecisionKind.GATE, gate=Gate.G0)
    assert (project.state, project.gate) == ("active", "G0")
    later = project.ends_on + timedelta(days=30)
    decision = decide_on(project, DecisionKind.SCOPE, scope="Harbour only.", ends_on=later.isoformat())
    assert project.ends_on == later
    look_at_pages(project, decision)
    for gate in Gate.values[1:]:
        decision = decide_on(project, DecisionKind.GATE, gate=gate)
        assert project.gate == gate, gate
    assert project.state == "closed"
    look_at_pages(project, decision)
    call_command("ledger_verify", project="BARE", anchor=[], json=False)
    call_command("check_database")


def look_at_pages(project: Any, decision: Any) -> None:
    """Request the pages of the project, as its owner."""
    from django.test import Client
    from django.urls import reverse

    client = Client(headers={"host": "localhost"})
    client.force_login(decision.decided_by)
    pages = ["/", "/projects/", "/projects/BARE/", decision.proposal.get_absolute_url(), decision.get_absolute_url()]
    pages += [
        f"/projects/BARE/{part}/" for part in ("register", "proposals", "roles", "mandates", "documents", "launch")
    ]
    for path in pages:
        answer = client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
    pdf = reverse("governance:records:decision_record_pdf", args=[decision.pk])
    assert client.get(pdf).content.startswith(b"%PDF")


def check_names() -> None:
    """Check that every function of the database names nothing that this installation does not have."""
    from tests.workspaces.sql_names import list_unknown_names

    unknown = list_unknown_names()
    assert not unknown, unknown


if __name__ == "__main__":
    django.setup()
    prepare()
    check_names()
    serve()
    live()
