"""Test where a project stands on its home: kept by its state, and read again when anything has happened."""

from typing import Any

import pytest
from django.test import Client

from pmo.standards.conformity.enums import Result, Standing
from pmo.standards.conformity.queries import list_due_standings
from pmo.standards.conformity.services import record_check
from projects.models import Project
from roles.models import User
from tests import acts
from tests.database import statements
from tests.pmo.standards.conformity.checked_standards import adopted, checkpoint, nested
from tests.projects.seats.mandates.test_authority import close_account

pytestmark = pytest.mark.django_db
CHECKPOINTS = "pmo_standardcheckpoint"


def read_gaps(client: Client, project: Project) -> tuple[int, bool]:
    """Return the gaps that the home of a project shows, and whether the checkpoints were read for it."""
    with statements() as sent:
        home = client.get(project.get_absolute_url())
    note = home.context["leading"][0].note
    return int(note.split()[0]) if "gap" in note else 0, any(f'FROM "{CHECKPOINTS}"' in sql for sql in sent)


@pytest.fixture
def client(owner: User, client_of: Any) -> Client:
    """Return the client of the owner, who reads English."""
    owner.language = "en"
    owner.save()
    return client_of(owner)  # type: ignore[no-any-return]


def test_the_gaps_are_read_once_and_again_after_a_check(pmo: User, project_one: Project, client: Client) -> None:
    before, _is_read = read_gaps(client, project_one)
    version = adopted(project_one, "STD-H", "Read", "Heard")
    acts.leave_event(project_one)
    assert read_gaps(client, project_one) == (before + 2, True)
    assert read_gaps(client, project_one) == (before + 2, False)
    record_check(actor=pmo, project=project_one, checkpoint=checkpoint(version), result=Result.CONFORM)
    assert read_gaps(client, project_one) == (before + 1, True)


def test_a_standard_of_the_programme_above_counts_at_once(staff_admin: User, owner: User, client: Client) -> None:
    programme, project = nested(staff_admin, owner)
    assert read_gaps(client, project) == (0, True)
    adopted(programme, "STD-P", "Read")
    acts.leave_event(programme)
    assert read_gaps(client, project) == (1, True)


def test_a_role_that_falls_vacant_without_an_event_counts_at_once(
    cast: dict[str, Any], project_one: Project, client: Client
) -> None:
    acts.accept_mandates(project_one)
    version = adopted(project_one, "STD-R", "Roles", computed=("roles_defined",))
    acts.leave_event(project_one)
    [row] = [row for row in list_due_standings(project_one) if row.checkpoint.version == version]
    assert row.standing == Standing.CONFORM
    before, _is_read = read_gaps(client, project_one)
    close_account(cast["amoa"], cast["staff_admin"])
    assert read_gaps(client, project_one) == (before + 1, True)
