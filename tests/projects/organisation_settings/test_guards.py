"""Attack the triggers and constraints on the settings of the organisation and its logos."""

from typing import Any

import pytest

from projects.enums import Level
from projects.ledger.enums import Act
from projects.ledger.services import record
from projects.models import Logo, OrganisationSettings, Project
from tests.attacks import Attacks

pytestmark = pytest.mark.django_db
CHANGED_BY = "The settings of the organisation are changed by an administrator, with an event in the ledger"
BYTES = "A logo carries the hash of its bytes"


class World:
    """Raw writes of the settings and of logos."""

    def __init__(self, cast: dict[str, Any]) -> None:
        self.cast = cast

    def write(self, by: str = "", **fields: Any) -> None:
        """Change the row past the services, with an event by a member of the cast if one is named."""
        row = OrganisationSettings.objects.get()
        if by:
            chain = Project.objects.get(level=Level.ORGANISATION)
            record(act=Act.EDIT_SETTINGS, actor=self.cast[by], project=chain, subject=row)
        assert OrganisationSettings.objects.filter(pk=row.pk).update(**{"name": "Another"} | fields)

    def add(self) -> None:
        """Write a second row."""
        OrganisationSettings.objects.bulk_create([OrganisationSettings(pk=2)])

    def picture(self, **changes: Any) -> None:
        """Write a logo of no bytes."""
        empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        Logo.objects.bulk_create([Logo(**{"sha256": empty, "media_type": "image/png", "content": b""} | changes)])


ATTACKS = Attacks(
    triggers=[
        (
            "organisationsettings.is_changed_by_an_administrator",
            "without its event",
            lambda w: w.write(),
            CHANGED_BY,
        ),
        *(
            (
                "organisationsettings.is_changed_by_an_administrator",
                f"by the {member}",
                lambda w, member=member: w.write(member),
                CHANGED_BY,
            )
            for member in ("owner", "pmo", "outsider")
        ),
        *(
            (
                "organisationsettings.has_a_known_time_zone",
                zone,
                lambda w, zone=zone: w.write("staff_admin", time_zone=zone),
                "The time zone of the organisation is a known one",
            )
            for zone in ("Europe/Atlantis", "nowhere")
        ),
        ("logo.carries_its_bytes", "another hash", lambda w: w.picture(sha256="0" * 64), BYTES),
    ],
    constraints={
        "there_is_one_row_of_settings": lambda w: w.add(),
        "the_organisation_has_a_known_language": lambda w: w.write("staff_admin", language="de"),
        "a_provider_is_of_a_known_kind": lambda w: w.write("staff_admin", provider_kind="facebook"),
        "holidays_are_of_a_known_calendar": lambda w: w.write("staff_admin", holidays="mars"),
        "own_dates_belong_to_an_own_calendar": lambda w: w.write("staff_admin", own_holidays=["2026-12-26"]),
        "a_deadline_is_at_most_sixty_days": lambda w: w.write("staff_admin", opinion_days=61),
        "a_storm_is_worse_than_clouds": lambda w: w.write("staff_admin", delay_stormy=1),
        "an_alert_is_worse_than_a_watch": lambda w: w.write("staff_admin", storm_alert=9),
        "a_logo_is_a_png_or_a_jpeg": lambda w: w.picture(media_type="image/svg+xml"),
    },
)


@pytest.fixture
def world(cast: dict[str, Any]) -> World:
    """Build the world of the attacks."""
    return World(cast)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)
