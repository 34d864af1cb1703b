"""End the rights of administrators and make old ones, as tests need them."""

from datetime import timedelta

from django.utils import timezone

from core.acts import back_entry
from projects.people.administrators.enums import HOURS
from projects.people.administrators.services import end_administrator
from projects.people.administrators.tasks import settle_rights
from roles.models import User
from tests.database import fire_deferred_triggers, owning

YEAR = timedelta(days=365)


def make_administrator(email: str, name: str) -> User:
    """Open the account of an administrator whose rights are a year old."""
    with owning(), back_entry(timezone.now() - YEAR):
        person = User.objects.create_user(email, "x", name=name, is_staff=True)
    fire_deferred_triggers()
    return person


def end_rights(actor: User, person: User) -> None:
    """End the rights of an administrator who did not object in time."""
    with owning(), back_entry(timezone.now() - timedelta(hours=HOURS + 1)):
        end_administrator(actor=actor, person=person)
    settle_rights()
    fire_deferred_triggers()
