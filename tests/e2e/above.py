"""Open levels with projects below them in a running instance; called in its shell."""

from datetime import date, timedelta
from typing import Any

from django.core.management import call_command

from core.record.sealing import term_of
from pmo.registers.risks.services import raise_risk
from projects.models import Project
from projects.seats.mandates.services import appoint, found_project, role_on
from roles.models import User
from tests.acts import accept_mandates
from tests.governance.place.nodes import resolve
from tests.pmo.registers.risks.factories import FIELDS


def open_below_a_programme(code: str, below: str) -> None:
    """Open a programme of the other owner, and a project of the owner below it, each with its office."""
    node = _open(code, "programme", "other_owner", PMO="other_pmo")
    project = _open(below, "project", "owner", PMO="pmo", parent=node)
    pmo = User.objects.get(email="pmo@example.org")
    for _risk in range(2):
        raise_risk(actor=pmo, project=project, fields=FIELDS)


def open_below_a_portfolio(code: str, *below: str) -> None:
    """Open a portfolio of the other owner with a budget of 1,000, and projects of the owner below it."""
    node = _open(code, "portfolio", "other_owner", PFPMO="other_pmo", PFMET="other_amoa", pack="fr-portfolio")
    for project in below:
        _open(project, "project", "owner", PMO="pmo", AMOA="amoa", parent=node)
    resolve(node, "budget", budget="1000.00")


def open_as_a_project(code: str) -> None:
    """Open and launch a programme with the roles of a project, then prepare the rules of its level as an upgrade."""
    node = _open(code, "programme", "other_owner", PMO="other_pmo", AMOA="other_amoa", DEST="outsider")
    roles = node.matrices.get()
    resolve(node, "appointment", matrix=term_of(roles.number, roles.hash))
    resolve(node, "gate", gate="G0")
    call_command("load_catalogue")


def _open(code: str, level: str, owner: str, parent: Project | None = None, pack: str = "fr", **seats: str) -> Project:
    admin, owning = _person("staff_admin"), _person(owner)
    words = {"code": code, "prefix": code, "title_fr": f"Le {code}", "title_en": f"The {code}", "level": level}
    dates: dict[str, Any] = {"starts_on": date.today(), "ends_on": date.today() + timedelta(days=700), "language": "en"}
    project = found_project(actor=admin, owner=owning, fields=words | dates | {"parent": parent, "pack": pack})
    for role, holder in seats.items():
        group = "Crews" if role == "DEST" else ""
        appoint(actor=owning, project=project, role=role_on(project, role), holder=_person(holder), group=group)
    accept_mandates(project)
    return project


def _person(member: str) -> User:
    return User.objects.get(email=f"{member.replace('_', '.')}@example.org")
