"""Test that every way to change an organisation leaves a dated employment, and that a bad one is refused."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.access import Refused
from core.acts import acting_as
from projects.independence.models import EVER
from projects.independence.queries import employers_on, list_employments
from projects.models import Employment
from projects.people.accounts.employers import change_employer
from projects.people.provisioning.fields import Fields
from projects.people.provisioning.services import change_provisioned, make_token
from roles.models import User
from tests.projects.imports.factories import bring_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def rows_of(person: User) -> list[tuple[str, date]]:
    """Return the employments of a person: name and first day."""
    rows = Employment.objects.filter(person=person).in_order()
    return [(row.organisation.name if row.organisation else "", row.starts_on) for row in rows]


def test_the_first_employment_keeps_what_the_account_said(outsider: User, staff_admin: User) -> None:
    before, today = str(outsider.organisation), timezone.localdate()
    change_employer(actor=staff_admin, person=outsider, organisation="Next", starts_on=today)
    assert rows_of(outsider) == [(before, EVER), ("Next", today)]
    change_employer(actor=outsider, person=outsider, organisation="Other", starts_on=today)
    assert [str(row.organisation) for row in list_employments(outsider)] == ["Other", before]
    found = employers_on([outsider], today - DAY)[outsider.pk], employers_on([outsider], today)[outsider.pk]
    assert [str(organisation) for organisation in found] == [before, "Other"]


def test_a_fact_of_the_past_leaves_the_account_as_it_is_today(outsider: User, staff_admin: User) -> None:
    today = timezone.localdate()
    change_employer(actor=staff_admin, person=outsider, organisation="Now", starts_on=today - 9 * DAY)
    changed = change_employer(actor=staff_admin, person=outsider, organisation="Then", starts_on=today - 30 * DAY)
    assert str(changed.organisation) == "Now"


def test_nobody_changes_it_for_somebody_else_nor_twice_to_the_same(
    outsider: User, owner: User, staff_admin: User
) -> None:
    today = timezone.localdate()
    with pytest.raises(Refused):
        change_employer(actor=owner, person=outsider, organisation="Next", starts_on=today)
    with pytest.raises(ValidationError):
        change_employer(actor=outsider, person=outsider, organisation="", starts_on=today)
    change_employer(actor=outsider, person=outsider, organisation="Next", starts_on=today)
    with pytest.raises(ValidationError):
        change_employer(actor=outsider, person=outsider, organisation="next", starts_on=today)


def test_a_closed_account_keeps_its_employer(inactive_owner: Any, staff_admin: User) -> None:
    with pytest.raises(ValidationError):
        change_employer(actor=staff_admin, person=inactive_owner, organisation="Next", starts_on=timezone.localdate())


def test_a_file_and_the_directory_leave_an_employment_from_today(
    outsider: User, staff_admin: User, project_one: Any
) -> None:
    today = timezone.localdate()
    token, _secret = make_token(actor=staff_admin, name="directory")
    fields = Fields(outsider.email, outsider.name, "", "en", "Directory Ltd", "", is_active=True)
    change_provisioned(actor=User.objects.installation(), token=token, person=outsider, fields=fields)
    assert rows_of(outsider)[-1] == ("Directory Ltd", today)
    chain = type(project_one).objects.get(level="organisation")
    lines = f"email,name,organisation\n{outsider.email},{outsider.name},File Ltd\n"
    bring_in(staff_admin, chain, lines.encode(), "people")
    assert rows_of(outsider)[-1] == ("File Ltd", today)
    with acting_as(staff_admin):
        outsider.refresh_from_db()
    assert str(outsider.organisation) == "File Ltd"
