"""Replace an owner by two hands: propose, second, accept, object, confirm anew."""

import pytest
from django.core.exceptions import ValidationError

from core.access import can
from projects.models import LedgerEvent, Project
from projects.people.services import close_account
from projects.replacements.queries import find_last_owner
from projects.replacements.services import (
    second,
)
from roles.models import User
from tests.projects.replacements.factories import SECONDED, closing, taken

pytestmark = pytest.mark.django_db


@pytest.fixture
def adviser(db: None) -> User:
    """Return the PMO of projects two and three."""
    return User.objects.get(email="other.pmo@example.org")


def test_two_hands_and_an_acceptance_make_an_owner(
    project_three: Project, staff_admin: User, outsider: User, adviser: User, inactive_owner: User
) -> None:
    row, mandate = taken(project_three, staff_admin, outsider, adviser)
    mandate.refresh_from_db()
    assert (mandate.holder, mandate.appointed_by, mandate.replacement) == (outsider, staff_admin, row)
    assert mandate.accepted_at
    assert row.capacity == "adviser"
    assert row.outcome == "done"
    assert find_last_owner(project_three) is None
    assert can(outsider, "projects.appoint", project_three)
    acts = LedgerEvent.objects.filter(project=project_three, pk__gt=0).order_by("seq").values_list("act", flat=True)
    assert list(acts)[-6:] == [
        "propose_replacement",
        "second_replacement",
        "end_mandate",
        "name_owner",
        "accept",
        "take_replacement",
    ]


def test_closing_an_owner_takes_a_second_person(owner: User, staff_admin: User, pmo: User) -> None:
    with pytest.raises(ValidationError):
        close_account(actor=staff_admin, person=owner)
    row = closing(owner, staff_admin)
    owner.refresh_from_db()
    assert owner.is_active
    second(actor=pmo, replacement=row, because=SECONDED)
    owner.refresh_from_db()
    assert not owner.is_active
