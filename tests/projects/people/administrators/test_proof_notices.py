"""Test that all administrators, and whoever decides, are told of changes of what proves people."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from core.history import version_of
from projects.models import Notification, OrganisationSettings
from projects.notices.enums import Reason
from projects.notices.tasks import relay
from projects.organisation_settings.queries import sender
from projects.organisation_settings.services import edit_settings
from projects.people.provisioning.services import end_token, make_token
from projects.people.sign_in_provider.services import note_check
from roles.models import User
from tests.database import backdate

pytestmark = pytest.mark.django_db
DECIDE = ("owner", "future_owner", "delegate", "other_owner", "inactive_owner")


def save(actor: User, **fields: Any) -> None:
    """Change settings."""
    edit_settings(actor=actor, fields=fields, seen=version_of(OrganisationSettings.objects.get()))


def told(reason: Reason) -> set[User]:
    """Return who was told."""
    return {notice.recipient for notice in Notification.objects.filter(reason=reason).select_related("recipient")}


def sent() -> dict[str, Any]:
    """Send what waits, and return the mails by mailbox."""
    mail.outbox.clear()
    relay()
    return {message.to[0]: message for message in mail.outbox}


@pytest.fixture(autouse=True)
def _english(cast: dict[str, Any]) -> None:
    """Let everybody read English."""
    backdate("roles_user", "language", "en", "true")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"credential_hours": 0}, "Hours before a new credential counts: 0, before: 24. Counts from "),
        ({"credential_hours": 48}, "Hours before a new credential counts: 48, before: 24. Counts at once."),
        ({"second_factor": "everybody"}, "All role holders, and administrators, before: No account. Counts at once."),
        ({"second_factor_roles": ["fr/MOA"]}, "fr/MOA, before: —. Counts at once."),
        ({"signed_decisions": True}, "Decisions signed with a passkey: Yes, before: No. Counts at once."),
        ({"provider_issuer": "https://sso.example.org"}, "Issuer: https://sso.example.org, before: —. Counts at once."),
        ({"provider_own_factor": False}, "before a personal act: No, before: Yes. Counts from "),
        ({"provider_secret": "enciphered"}, "Client secret: •••, before: •••. Counts at once."),
        ({"sender_address": "mine@example.com"}, "Address of the sender: mine@example.com, before: —. Counts from "),
    ],
)
def test_administrators_and_whoever_decides_read_what_changed_and_from_when_it_counts(
    fields: dict[str, Any], words: str, staff_admin: User, superuser: User, cast: dict[str, Any]
) -> None:
    save(staff_admin, **fields)
    assert told(Reason.PROOF_CHANGED) == {staff_admin, superuser, *(cast[member] for member in DECIDE)}
    mails = sent()
    for person in (staff_admin, superuser, cast["owner"], cast["delegate"]):
        assert words in mails[person.email].body
        assert str(staff_admin) in mails[person.email].body
    assert "enciphered" not in "".join(message.body for message in mails.values())
    assert "You receive this email because you decide on a project." in mails[cast["owner"].email].body


def test_other_settings_are_told_to_nobody(staff_admin: User) -> None:
    save(staff_admin, name="Another name", opinion_days=3)
    assert told(Reason.PROOF_CHANGED) == set()


def test_a_shorter_waiting_time_is_said_to_count_a_week_later(staff_admin: User, owner: User) -> None:
    save(staff_admin, credential_hours=0)
    day = timezone.localtime(timezone.now() + timedelta(days=7))
    assert f"Counts from {day.day} {day:%b %Y}" in sent()[owner.email].body


@pytest.mark.parametrize("hours", [24, 0])
def test_another_sender_is_told_by_the_sender_before(hours: int, staff_admin: User, owner: User, settings: Any) -> None:
    save(staff_admin, credential_hours=hours)
    table = "projects_historicalorganisationsettings"
    backdate(table, "history_date", timezone.now() - timedelta(days=9), "true")
    sent()
    save(staff_admin, sender_address="mine@example.com")
    assert sent()[owner.email].from_email == settings.DEFAULT_FROM_EMAIL
    assert ("mine@example.com" in sender()) is (hours == 0)
    backdate(table, "history_date", timezone.now() - timedelta(hours=25), "sender_address <> ''")
    assert "mine@example.com" in sender()


def test_a_provider_that_answers_is_told_of(staff_admin: User, owner: User) -> None:
    save(staff_admin, provider_issuer="https://sso.example.org", provider_client_id="x")
    sent()
    note_check(actor=staff_admin, issuer="https://sso.example.org")
    assert "Identity provider checked: Yes, before: No" in sent()[owner.email].body


def test_all_administrators_are_told_of_a_token(staff_admin: User, superuser: User, owner: User) -> None:
    token, secret = make_token(actor=staff_admin, name="directory")
    mails = sent()
    assert mails.keys() == {staff_admin.email, superuser.email}
    assert "made the token of provisioning “directory”" in mails[superuser.email].body
    assert secret not in mails[superuser.email].body
    end_token(actor=superuser, token=token)
    assert "ended the token of provisioning “directory”" in sent()[staff_admin.email].body
    assert told(Reason.TOKEN_CHANGED) == {staff_admin, superuser}
