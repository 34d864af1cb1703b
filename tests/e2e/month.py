"""Open a portfolio of three projects with an owner and a PMO of their own, whom no other test counts."""

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from core.acts import acting_as
from projects.models import Project
from projects.seats.mandates.services import appoint, found_project
from roles.models import RoleTemplate, User
from tests import acts
from tests.pmo.registers.risks.factories import create_risk

PMO, PASSWORD = "month.pmo@example.org", "ouvrage-cast"
CODES = ("MONA", "MONB", "MONC")


def open_projects() -> None:
    """Open the portfolio and its projects once, each with its PMO and a risk from which the weather is computed."""
    if User.objects.filter(email=PMO).exists():
        return
    with acting_as(User.objects.installation()):
        owner, pmo = (
            User.objects.create(email=email, name=name, password=make_password(PASSWORD))
            for email, name in (("month.owner@example.org", "Odile Prigent"), (PMO, "Maud Lescop"))
        )
    portfolio = _open("MON", owner, pmo, level="portfolio")
    for code in CODES:
        create_risk(pmo, _open(code, owner, pmo, parent=portfolio))


def _open(code: str, owner: User, pmo: User, **fields: object) -> Project:
    words = {"code": code, "prefix": code, "title_fr": code, "title_en": code, "language": "en"}
    days = {"starts_on": timezone.localdate(), "ends_on": acts.FUTURE}
    founder = User.objects.get(email="staff.admin@example.org")
    project = found_project(actor=founder, owner=owner, fields=words | days | fields)
    role = RoleTemplate.objects.get(pack="fr", code="PMO", state="published")
    appoint(actor=owner, project=project, role=role, holder=pmo)
    acts.accept_mandates(project)
    return project
