"""Open a project of a programme with two risks in a running instance; called in its shell."""

from datetime import date, timedelta
from typing import Any

from pmo.registers.risks.services import raise_risk
from projects.models import Project
from projects.seats.mandates.services import appoint, found_project, role_on
from roles.models import User
from tests.acts import accept_mandates
from tests.pmo.registers.risks.factories import FIELDS


def open_below_a_programme(code: str, below: str) -> None:
    """Open a programme of the other owner, and a project of the owner below it, each with its office."""
    node = _open(code, "programme", "other.owner", "other.pmo")
    project = _open(below, "project", "owner", "pmo", parent=node)
    pmo = User.objects.get(email="pmo@example.org")
    for _risk in range(2):
        raise_risk(actor=pmo, project=project, fields=FIELDS)


def _open(code: str, level: str, owner: str, office: str, **more: Any) -> Project:
    admin, owning, holder = (User.objects.get(email=f"{name}@example.org") for name in ("staff.admin", owner, office))
    words = {"code": code, "prefix": code, "title_fr": f"Le {code}", "title_en": f"The {code}", "level": level}
    dates = {"starts_on": date.today(), "ends_on": date.today() + timedelta(days=700), "language": "en"}
    project = found_project(actor=admin, owner=owning, fields=words | dates | more)
    appoint(actor=owning, project=project, role=role_on(project, "PMO"), holder=holder)
    accept_mandates(project)
    return project
