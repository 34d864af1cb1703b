"""Test how administrators name each other, and that nobody becomes one otherwise (R1)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import override

from core.access import Refused
from projects.administrators.services import end_administrator, name_administrator
from projects.ledger.enums import Act
from projects.ledger.services import record
from projects.models import LedgerEvent, Project
from roles.models import User
from tests.attacks import Attacks
from tests.database import fire_deferred_triggers

pytestmark = pytest.mark.django_db
BY_ANOTHER = "Another administrator gives and ends the rights of an administrator"


def page(name: str, person: User) -> str:
    """Return the address of the page that names an administrator, or ends their rights."""
    return reverse(f"projects:administrators:{name}", args=[person.pk])


def test_an_administrator_names_another_who_ends_their_rights(
    staff_admin: Any, outsider: Any, client_of: Callable[..., Any]
) -> None:
    account = reverse("projects:people:person", args=[outsider.pk])
    assert page("administrator_name", outsider) in client_of(staff_admin).get(account).text
    answer = client_of(staff_admin).post(page("administrator_name", outsider))
    assert (answer.status_code, answer["Location"]) == (302, account)
    fire_deferred_triggers()
    outsider.refresh_from_db()
    assert (outsider.is_staff, outsider.is_superuser) == (True, False)
    theirs = reverse("projects:people:person", args=[staff_admin.pk])
    assert page("administrator_end", staff_admin) in client_of(outsider).get(theirs).text
    assert client_of(outsider).post(page("administrator_end", staff_admin)).status_code == 302
    assert not User.objects.get(pk=staff_admin.pk).is_staff
    events = LedgerEvent.objects.filter(act__in=["name_administrator", "end_administrator"]).order_by("seq")
    assert [(event.act, event.actor, event.subject_id) for event in events] == [
        ("name_administrator", staff_admin, outsider.pk),
        ("end_administrator", outsider, staff_admin.pk),
    ]


def test_nobody_changes_their_own_rights(staff_admin: Any, client_of: Callable[..., Any]) -> None:
    answer = client_of(staff_admin).post(page("administrator_end", staff_admin), headers={"accept-language": "en"})
    assert answer.status_code == 409
    assert "Another administrator ends your rights." in answer.text
    assert User.objects.get(pk=staff_admin.pk).is_staff


@pytest.mark.parametrize("member", ["owner", "pmo", "amoa", "moe", "outsider"])
def test_nobody_else_names_administrators(member: str, cast: dict[str, Any], client_of: Callable[..., Any]) -> None:
    for name in ("administrator_name", "administrator_end"):
        assert client_of(cast[member]).get(page(name, cast["recipient"])).status_code == 403
    for service in (name_administrator, end_administrator):
        with pytest.raises(Refused):
            service(actor=cast[member], person=cast["recipient"])


def test_a_closed_account_and_a_second_time_are_refused(staff_admin: Any, inactive_owner: Any, outsider: Any) -> None:
    with override("en"):
        with pytest.raises(ValidationError, match="This account is closed"):
            name_administrator(actor=staff_admin, person=inactive_owner)
        name_administrator(actor=staff_admin, person=outsider)
        with pytest.raises(ValidationError, match="Another administrator has just done this"):
            name_administrator(actor=staff_admin, person=outsider)


def seize(cast: dict[str, Any], act: Act | None, by: str) -> None:
    """Make the outsider an administrator, with an event of this act in the name of a member of the cast."""
    User.objects.filter(pk=cast["outsider"].pk).update(is_staff=True)
    if act:
        chain = Project.objects.get(level="organisation")
        record(act=act, actor=cast[by], project=chain, subject=cast["outsider"])
    fire_deferred_triggers()


ATTACKS = Attacks(
    triggers=[
        ("user.is_administrator_by_another", what, attempt, BY_ANOTHER)
        for what, attempt in {
            "without an act": lambda cast: seize(cast, None, "staff_admin"),
            "by another act": lambda cast: seize(cast, Act.INVITE, "staff_admin"),
            "by oneself": lambda cast: seize(cast, Act.NAME_ADMINISTRATOR, "outsider"),
            "by a person who is none": lambda cast: seize(cast, Act.NAME_ADMINISTRATOR, "owner"),
        }.items()
    ],
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, cast: dict[str, Any]) -> None:
    ATTACKS.prove(guard, cast)
