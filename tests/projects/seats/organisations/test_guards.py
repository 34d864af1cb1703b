"""Attack the triggers and constraints on links between organisations and on waived independence (R8)."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.acts import acting_as
from projects.ledger.enums import Act
from projects.ledger.services import record
from projects.models import Mandate, OrganisationLink, Project
from roles.models import Organisation, RoleTemplate, User
from tests.attacks import Attacks, leaves
from tests.database import refusal

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BY_AN_ADMINISTRATOR = "A link between organisations is recorded by an administrator"
NOT_REWRITTEN = "A link between organisations is not rewritten: end it and record another"
ENDED_ONCE = "The end of a link between organisations is recorded once"
INDEPENDENT = "Incompatible roles are held by independent organisations, unless the owner waives it (R8)"
WORDS = "A reason, a proof or a text for the owner has at least three letters or digits"
WAIVED = "Independence is waived by a decision of the owner that says why (R8)"


class World:
    """The link of the cast, and raw writes of links and mandates."""

    def __init__(self, cast: dict[str, Any], project: Project) -> None:
        self.cast, self.project, self.known = cast, project, OrganisationLink.objects.get()

    def link(self, by: str = "staff_admin", **changes: Any) -> None:
        """Write a link past the services."""
        fields = {
            "organisation": self.cast["moe"].organisation,
            "kind": "member",
            "other": self.cast["other_owner"].organisation,
            "starts_on": timezone.localdate(),
            "source": "Register",
            "recorded_by": self.cast[by],
            "acted_at": timezone.now(),
        }
        OrganisationLink.objects.bulk_create([OrganisationLink(**fields | changes)])

    def change(self, **fields: Any) -> None:
        """Change the link of the cast past the services."""
        assert OrganisationLink.objects.filter(pk=self.known.pk).update(**fields)

    def give(self, organisation: Organisation, code: str = "MOE", **changes: Any) -> Mandate:
        """Write a mandate of somebody who works for this organisation past the services."""
        person, now = self.cast["outsider"], timezone.now()
        with acting_as(self.cast["staff_admin"]):
            person.organisation = organisation
            person.save()
        fields = {
            "project": self.project,
            "role": RoleTemplate.objects.published().get(pack="fr", code=code),
            "authority": "delivers",
            "holder": person,
            "period": (now, None),
            "appointed_by": self.cast["owner"],
            "acted_at": now,
        }
        return Mandate.objects.bulk_create([Mandate(**fields | changes)])[0]

    def give_linked(self, kind: str) -> None:
        """Give the provider's role to an organisation linked to the AMOA's."""
        with acting_as(User.objects.installation()):
            theirs = Organisation.objects.create(name="Theirs")
        self.link(organisation=theirs, kind=kind, other=self.cast["amoa"].organisation)
        self.give(theirs)

    def waive(self) -> None:
        """Waive independence without a decision, with the event of the appointment."""
        given = self.give(self.cast["amoa"].organisation, independence_waived=True)
        record(act=Act.APPOINT, actor=self.cast["owner"], project=self.project, subject=given)


def _ended_twice(world: World) -> None:
    world.change(ends_on=timezone.localdate())
    world.change(ends_on=timezone.localdate() + DAY)


ATTACKS = Attacks(
    triggers=[
        *(
            (
                "organisationlink.is_recorded_by_an_administrator",
                f"by the {member}",
                lambda w, member=member: w.link(by=member),
                BY_AN_ADMINISTRATOR,
            )
            for member in ("owner", "pmo", "outsider")
        ),
        *(
            (
                "organisationlink.only_ever_ends",
                f"another {name}",
                lambda w, name=name, value=value: w.change(**{name: value(w)}),
                NOT_REWRITTEN,
            )
            for name, value in {
                "organisation": lambda w: w.cast["amoa"].organisation,
                "other": lambda w: w.cast["amoa"].organisation,
                "kind": lambda w: "member",
                "starts_on": lambda w: timezone.localdate(),
                "source": lambda w: "Another",
                "recorded_by": lambda w: w.cast["superuser"],
                "acted_at": lambda w: timezone.now(),
                "recorded_at": lambda w: timezone.now(),
                "entered_afterwards": lambda w: False,
            }.items()
        ),
        ("organisationlink.only_ever_ends", "ended twice", _ended_twice, ENDED_ONCE),
        ("organisationlink.says_something", "a source of dots", lambda w: w.link(source="..."), WORDS),
        ("organisationlink.leaves_an_event", "without its event", lambda w: w.link(), leaves(OrganisationLink)),
        (
            "organisationlink.leaves_an_event",
            "ended without its event",
            lambda w: w.change(ends_on=timezone.localdate()),
            leaves(OrganisationLink),
        ),
        (
            "mandate.is_given_within_its_role",
            "MOE to the organisation of the AMOA",
            lambda w: w.give(w.cast["amoa"].organisation),
            INDEPENDENT,
        ),
        (
            "mandate.is_given_within_its_role",
            "MOE to the organisation of the owner",
            lambda w: w.give(w.cast["owner"].organisation),
            INDEPENDENT,
        ),
        *(
            (
                "mandate.is_given_within_its_role",
                f"MOE to a {kind} of the AMOA's",
                lambda w, kind=kind: w.give_linked(kind),
                INDEPENDENT,
            )
            for kind in ("member", "subcontractor")
        ),
        ("mandate.waives_independence_by_decision", "without a decision", lambda w: w.waive(), WAIVED),
    ],
    constraints={
        "an_organisation_is_not_linked_to_itself": lambda w: w.link(other=w.cast["moe"].organisation),
        "a_link_ends_after_it_starts": lambda w: w.link(ends_on=timezone.localdate() - DAY),
        "a_link_has_a_known_kind": lambda w: w.link(kind="friend"),
        "one_open_link_of_a_kind_between_two": lambda w: [w.link(), w.link()],
    },
)


@pytest.fixture
def world(cast: dict[str, Any], project_one: Project) -> World:
    """Build the world of these attacks."""
    return World(cast, project_one)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)


def test_the_honest_rows_pass(world: World) -> None:
    """Each raw row is valid except for the attack's change and the missing event."""
    assert leaves(OrganisationLink) in refusal(lambda: world.link())
    assert leaves(OrganisationLink) in refusal(lambda: world.change(ends_on=timezone.localdate()))
