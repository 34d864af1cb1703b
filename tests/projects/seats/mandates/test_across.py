"""Test that the provider of a project has no role above it: service, database, conflict report, both languages."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from projects.models import Mandate, Project
from projects.seats.mandates.services import appoint, role_on
from roles.enums import Authority
from roles.models import RoleTemplate
from roles.role_templates.content import published_matrix
from tests.attacks import Attacks
from tests.database import fire_deferred_triggers
from tests.governance.place.nodes import found, place

pytestmark = pytest.mark.django_db
REFUSED = "The provider of a project has no role on the programme or portfolio above it"
GUARD = "mandate.is_not_of_the_provider_below"


class Family:
    """A portfolio above a programme above project one, whose provider is `moe`, and a programme and a project apart."""

    def __init__(self, cast: dict[str, Any], project: Project) -> None:
        self.cast = cast
        self.portfolio = found(cast, "PFO", "portfolio")
        self.programme = found(cast, "PRG", parent=self.portfolio)
        self.project = place(cast, project, self.programme)

        self.side, self.low = found(cast, "SIDE"), found(cast, "LOW", "project")

    def give(self, node: Project, code: str, member: str) -> None:
        """Insert a mandate past the service."""
        role = RoleTemplate.objects.published().get(pack=node.pack_id, code=code)
        now = timezone.now()
        Mandate.objects.bulk_create(
            [
                Mandate(
                    project=node,
                    role=role,
                    authority=role.authority,
                    holder=self.cast[member],
                    period=(now, None),
                    appointed_by=self.cast["other_owner"],
                    acted_at=now,
                )
            ]
        )

    def appoint(self, node: Project, code: str, member: str) -> None:
        """Appoint as the owner of a node of the other owner."""
        appoint(actor=self.cast["other_owner"], project=node, role=role_on(node, code), holder=self.cast[member])

    def deliver_below(self) -> None:
        """Make somebody with a role on a programme the provider below it, past the service."""
        place(self.cast, self.low, self.side)
        self.appoint(self.side, "DEST", "moe")
        self.give(self.low, "MOE", "moe")


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with override("en"):
        yield


@pytest.fixture
def family(cast: dict[str, Any], project_one: Project) -> Family:
    """Return the three levels."""
    return Family(cast, project_one)


@pytest.mark.parametrize("level", ["programme", "portfolio"])
def test_the_provider_below_gets_no_role_above(level: str, family: Family) -> None:
    node = getattr(family, level)
    for language, words in (("en", "would be the provider of a project"), ("fr", "serait maître d’œuvre d’un projet")):
        with override(language), pytest.raises(ValidationError, match=words):
            family.appoint(node, "DEST", "moe")


def test_whoever_has_a_role_above_does_not_become_the_provider(family: Family, cast: dict[str, Any]) -> None:
    place(cast, family.low, family.side)
    family.appoint(family.side, "DEST", "moe")
    with pytest.raises(ValidationError, match="would be the provider of a project"):
        family.appoint(family.low, "MOE", "moe")


def test_others_have_roles_on_two_levels(family: Family, cast: dict[str, Any]) -> None:
    place(cast, family.low, family.side)
    family.appoint(family.side, "DEST", "moe")
    family.appoint(family.low, "DEST", "moe")
    fire_deferred_triggers()


def test_what_a_move_brings_about_shows_in_the_conflicts_of_both_levels(
    family: Family, cast: dict[str, Any], client_of: Any
) -> None:
    family.appoint(family.side, "DEST", "moe")
    family.appoint(family.low, "MOE", "moe")
    place(cast, family.low, family.side)
    for node in (family.low, family.side):
        for language, words in (("en", "on two levels"), ("fr", "à deux niveaux")):
            page = reverse("governance:responsibilities:responsibilities", args=[node.code])
            assert words in client_of(cast["other_owner"]).get(page, headers={"accept-language": language}).text


@pytest.mark.parametrize("pack", ["fr-portfolio", "fr-programme", "pm2-portfolio", "pm2-programme"])
def test_the_owner_of_a_level_advises_on_nothing_there(pack: str) -> None:
    roles = published_matrix(pack).roles
    [owner] = [role for role in roles if role.decides]
    advisers = [role for role in roles if role.authority == Authority.ADVISES and role.mandatory]
    assert len(advisers) == 2
    assert all(owner.code in role.incompatible or role.code in owner.incompatible for role in advisers)


ATTEMPTS: list[tuple[str, str, Callable[[Family], Any], str]] = [
    (GUARD, "a role on the programme", lambda w: w.give(w.programme, "DEST", "moe"), REFUSED),
    (GUARD, "a role on the portfolio", lambda w: w.give(w.portfolio, "DEST", "moe"), REFUSED),
    (GUARD, "MOE below", Family.deliver_below, REFUSED),
]
ATTACKS = Attacks(ATTEMPTS)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, family: Family) -> None:
    ATTACKS.prove(guard, family)
