"""Run the shortest life of a project on an empty database, as a script in a process with its own settings.

Create it, appoint, propose, advise, decide, verify; with the workspaces that the environment names.
"""

import os
from datetime import timedelta
from io import StringIO

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


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


def live() -> None:
    """Take one proposal from draft to decision, request every page on the way, and verify the ledger."""
    from django.core.management import call_command
    from django.test import Client
    from django.urls import reverse
    from django.utils import timezone

    from core.acts import acting_as
    from governance.decisions.fingerprint import read_parts
    from governance.decisions.services import decide
    from governance.enums import Outcome, Position
    from governance.opinions.services import advise
    from governance.proposals.services import draft, submit
    from projects.administrators.services import invite_operator
    from projects.mandates.services import appoint, found_project, role_on
    from roles.enums import DecisionKind
    from roles.models import User

    today = timezone.localdate()
    admin = invite_operator(actor=User.objects.installation(), email="admin@example.org", name="Ada Admin")
    with acting_as(User.objects.installation()):
        owner, pmo, amoa = (
            User.objects.create_user(email=f"{name}@example.org", name=name.title())
            for name in ("owner", "pmo", "amoa")
        )
    fields = {
        "code": "BARE",
        "prefix": "B",
        "title_fr": "Projet",
        "title_en": "Project",
        "starts_on": today,
        "ends_on": today + timedelta(days=90),
    }
    project = found_project(actor=admin, owner=owner, fields=fields)
    for holder, code in ((pmo, "PMO"), (amoa, "AMOA")):
        appoint(actor=owner, project=project, role=role_on(project, code), holder=holder)
    content = {
        "title": "End later",
        "question": "May the project end later?",
        "context": "Thirty days later.",
        "options": [{"title": "As today", "description": ""}, {"title": "Later", "description": ""}],
        "recommended": "B",
        "recommendation": "Later.",
        "impact_schedule": "Thirty days.",
        "risks": "None.",
        "evidence": "Schedule",
        "decide_by": today + timedelta(days=10),
        "impact_recipients": "None.",
        "terms": {"scope": "Harbour only.", "ends_on": (today + timedelta(days=120)).isoformat()},
    }
    proposal = draft(actor=pmo, project=project, kind=DecisionKind.SCOPE, content=content)
    revision = submit(actor=pmo, proposal=proposal, version=proposal.draft.version)
    assert revision.asked_roles == ["AMOA"], revision.asked_roles
    proposal.refresh_from_db()
    advise(
        actor=amoa,
        proposal=proposal,
        fingerprint=revision.hash,
        position=Position.FAVOURABLE,
        reasons="It is realistic.",
    )
    proposal.refresh_from_db()
    decision = decide(
        actor=owner,
        proposal=proposal,
        fingerprint=revision.hash,
        seen=read_parts(proposal),
        outcome=Outcome.APPROVED,
        reasons="Agreed.",
    )
    project.refresh_from_db()
    assert project.ends_on == today + timedelta(days=120), project.ends_on
    client = Client(headers={"host": "localhost"})
    client.force_login(owner)
    pages = ["/", "/projects/", "/projects/BARE/", proposal.get_absolute_url(), decision.get_absolute_url()]
    pages += [
        f"/projects/BARE/{part}/" for part in ("register", "proposals", "roles", "mandates", "documents", "launch")
    ]
    for path in pages:
        answer = client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
    pdf = reverse("governance:records:decision_record_pdf", args=[decision.pk])
    assert client.get(pdf).content.startswith(b"%PDF")
    call_command("ledger_verify", project="BARE", anchor=[], json=False)
    call_command("check_database")


if __name__ == "__main__":
    django.setup()
    prepare()
    serve()
    live()
