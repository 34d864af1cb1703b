"""A project that is ready to close, and the one that takes over what is left of it, with people of their own."""

from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.utils import timezone
from django.utils.translation import override

from core.acts import acting_as
from core.record.sealing import term_of
from governance.desk.responsibilities.services import newest
from governance.enums import Outcome
from pmo.registers.risks.services import write_action
from projects.models import Project
from projects.seats.mandates.services import appoint, found_project, role_on
from roles.models import Organisation, User
from tests import acts
from tests.pmo.registers.risks import factories as risks

PASSWORD = "ouvrage-cast"
NAMES = {
    "owner": "Ludivine Carrel",
    "pmo": "Thibaut Renou",
    "amoa": "Maëlle Sorin",
    "moe": "Quentin Abgrall",
    "crew": "Jeanne Tallec",
    "heir": "Hervé Lagadec",
}
#: What people call the project that ends and the one that goes on, by language.
TITLES = {
    "fr": ("Réfection de la criée", "Exploitation de la criée"),
    "en": ("Fish market repair", "Fish market running"),
}
ACTIONS = {
    "fr": ("Surveiller la pompe chaque printemps", "Former le second éclusier"),
    "en": ("Inspect the pump each spring", "Train the second lock keeper"),
}
RISK = {"fr": "La pompe s’arrête en cas de gel", "en": "The pump stops in frost"}
CONDITION = {"fr": "Les tarifs sont affichés sur le quai.", "en": "The fees are displayed on the quay."}


def address_of(person: str) -> str:
    """Return the address of a person of these projects."""
    return f"market.{person}@example.org"


def open_projects(language: str) -> None:
    """Open both projects, and bring the first one to gate G4 with a condition, an accepted risk and two actions."""
    with override(language):
        people = {name: _person(name) for name in NAMES}
        ending, going_on = (
            _found(f"{code}-{language.upper()}", title, language, people["owner"])
            for code, title in zip(("HALLE", "AFTER"), TITLES[language], strict=True)
        )
        _give(ending, people, PMO="pmo", AMOA="amoa", MOE="moe", DEST="crew")
        _give(going_on, people, AMOA="heir")
        latest = newest(ending)
        terms = {"matrix": term_of(latest.number, latest.hash)}
        acts.decide(people["owner"], acts.submit_to_owner(ending, "appointment", terms=terms))
        acts.pass_gates(people["owner"], ending, "G0", "G1", "G2", "G3")
        fees = acts.submit_to_owner(acts.fresh(ending))
        condition = acts.NewCondition(CONDITION[language], "AMOA", acts.FUTURE)
        acts.decide(people["owner"], fees, Outcome.APPROVED_WITH_CONDITIONS, [condition])
        risk = risks.create_unaccepted_risk(people["amoa"], acts.fresh(ending), title=RISK[language])
        for text in ACTIONS[language]:
            fields = {"text": text, "role": "AMOA", "due_on": timezone.localdate() + timedelta(60)}
            write_action(actor=people["amoa"], risk=risks.reread(risk), fields=fields)
        risks.accept(people["owner"], risks.reread(risk))
        acts.pass_gates(people["owner"], ending, "G4")


def _person(name: str) -> User:
    address = address_of(name)
    with acting_as(User.objects.installation()):
        return User.objects.filter(email=address).first() or User.objects.create(
            email=address,
            name=NAMES[name],
            password=make_password(PASSWORD),
            organisation=Organisation.objects.create(name=f"Fish market, {name}"),
        )


def _found(code: str, title: str, language: str, owner: User) -> Project:
    words = {"code": code, "prefix": f"{code[0]}{language[0].upper()}", "title_fr": title, "title_en": title}
    days = {"starts_on": timezone.localdate(), "ends_on": acts.FUTURE}
    founder = User.objects.get(email="staff.admin@example.org")
    return found_project(actor=founder, owner=owner, fields=words | days | {"language": language})


def _give(project: Project, people: dict[str, User], **roles: str) -> None:
    for role, name in roles.items():
        group = {"group": "crews"} if role == "DEST" else {}
        appoint(actor=people["owner"], project=project, role=role_on(project, role), holder=people[name], **group)
    acts.accept_mandates(project)
