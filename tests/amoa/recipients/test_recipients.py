"""Test recipient groups: described by two roles, known by name, covered or not."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from amoa.recipients import queries
from amoa.recipients.services import describe_group
from amoa.requirements.services import write_requirement
from core.access import Refused
from core.history import Outdated, version_of
from governance.enums import Act
from projects.models import LedgerEvent, Mandate, RecipientGroup
from projects.seats.mandates.services import appoint, role_on
from tests.conftest import CAST
from tests.database import fire_deferred_triggers

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("member", CAST)
def test_only_who_writes_requirements_or_prepares_the_change_describes_a_group(
    member: str, cast: dict[str, Any], project_one: Any
) -> None:
    def perform() -> RecipientGroup:
        return describe_group(actor=cast[member], project=project_one, fields={"name": "Anglers", "size": 12})

    if member != "amoa":
        with pytest.raises(Refused):
            perform()
        return
    group = perform()
    fire_deferred_triggers()
    event = LedgerEvent.objects.latest("pk")
    assert (event.act, event.actor, event.role, event.subject_id) == (
        Act.DESCRIBE_GROUP,
        cast["amoa"],
        "AMOA",
        group.pk,
    )
    assert group.history.get().history_user == cast["amoa"]


def test_a_group_is_changed_from_the_version_that_was_read(amoa: Any, project_one: Any) -> None:
    group = project_one.recipient_groups.get(name="harbour users")
    seen, events = version_of(group), LedgerEvent.objects.count()
    describe_group(actor=amoa, project=project_one, fields={"size": 90}, group=group, seen=seen)
    with pytest.raises(Outdated):
        describe_group(actor=amoa, project=project_one, fields={"size": 91}, group=group, seen=seen)
    group.refresh_from_db()
    assert (group.size, LedgerEvent.objects.count()) == (90, events + 1)


def test_a_change_that_changes_nothing_leaves_no_event(amoa: Any, project_one: Any) -> None:
    group = project_one.recipient_groups.get(name="harbour users")
    events = LedgerEvent.objects.count()
    describe_group(actor=amoa, project=project_one, fields={"size": 86}, group=group, seen=version_of(group))
    assert LedgerEvent.objects.count() == events


@pytest.mark.parametrize("name", ["", "Harbour Users"])
def test_a_group_has_a_name_of_its_own(name: str, amoa: Any, project_one: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        describe_group(actor=amoa, project=project_one, fields={"name": name})
    assert set(refused.value.message_dict) == {"name"}


def test_a_group_of_another_project_is_not_found(amoa: Any, other_amoa_group: Any, project_one: Any) -> None:
    with pytest.raises(RecipientGroup.DoesNotExist):
        describe_group(actor=amoa, project=project_one, fields={"size": 1}, group=other_amoa_group, seen="")


@pytest.fixture
def other_amoa_group(cast: dict[str, Any], project_two: Any) -> RecipientGroup:
    """Return a group of project two."""
    return describe_group(actor=cast["other_amoa"], project=project_two, fields={"name": "Passengers"})


def test_a_group_lists_its_champions_and_its_requirements(
    cast: dict[str, Any], project_one: Any, client_of: Any
) -> None:
    crews = project_one.recipient_groups.get(name="fishing crews")
    fields = {"kind": "functional", "title": "Ice on quay 4", "recipients": [crews.pk]}
    write_requirement(actor=cast["amoa"], project=project_one, fields=fields)
    bare = write_requirement(actor=cast["amoa"], project=project_one, fields=fields | {"recipients": []})
    appoint(
        actor=cast["owner"],
        project=project_one,
        role=role_on(project_one, "DEST"),
        holder=cast["outsider"],
        group="fishing crews",
        champion=True,
    )
    anglers = describe_group(actor=cast["amoa"], project=project_one, fields={"name": "Anglers"})
    groups = list(queries.prefetch_seats(queries.annotate_groups(project_one)).order_by("name"))
    served = [("Anglers", 0), ("fishing crews", 1), ("harbour users", 2)]
    assert [(group.name, group.served) for group in sorted(groups, key=str)] == served
    found = queries.find_gaps(project_one, groups)
    assert bare in found.requirements
    assert (len(found.requirements), found.more) == (2, False)
    assert found.groups == [anglers]
    lines = {line.group.name: line for line in map(queries.build_line, groups)}
    assert [seat.holder for seat in lines["fishing crews"].champions] == [cast["outsider"]]
    assert [seat.holder for seat in lines["harbour users"].representatives] == [cast["recipient"]]
    page = client_of(cast["pmo"]).get(
        reverse("projects:mandates:mandate_list", args=["ONE"]), headers={"accept-language": "en"}
    )
    assert "Champion of: fishing crews" in page.content.decode()
    assert "Represents: harbour users" in page.content.decode()


def test_the_form_of_an_appointment_offers_the_known_groups_and_takes_a_new_one(
    owner: Any, project_one: Any, client_of: Any
) -> None:
    client, path = client_of(owner), reverse("projects:appointments:mandate_appoint", args=["ONE"])
    page = client.get(path).content.decode()
    assert '<option value="fishing crews">' in page
    given = {"role": "DEST", "email": "outsider@example.org", "champion": "on", "step": "record"}
    assert client.post(path, given).status_code == 422
    assert client.post(path, given | {"group": "Anglers"}).status_code == 302
    mandate = Mandate.objects.latest("pk")
    assert (mandate.champion, mandate.recipient_group) == (True, RecipientGroup.objects.get(name="Anglers"))


def test_nobody_speaking_for_a_group_is_said_in_words(recipient: Any, project_one: Any, client_of: Any) -> None:
    crews = project_one.recipient_groups.get(name="fishing crews")
    page = client_of(recipient).get(crews.get_absolute_url(), headers={"accept-language": "en"}).content.decode()
    assert "No representative and no champion." in page
    assert "No requirement serves this group yet." in page


# — many at once —
