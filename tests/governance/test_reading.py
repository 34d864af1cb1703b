"""Test who may read a project: people with a seat there, a past decision there, or a seat above it; nobody else."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from projects.mandates.services import appoint, end_mandate, found_project, name_owner, revoke
from projects.mandates.services import delegate as lend
from projects.models import Project
from roles.models import RoleTemplate
from tests import acts

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def read_by(user: Any) -> set[str]:
    """List the codes of the projects that `user` may read."""
    return set(Project.objects.visible_to(user).values_list("code", flat=True))


def role(code: str) -> RoleTemplate:
    """Return the role with this code of the French pack."""
    return RoleTemplate.objects.get(pack="fr", code=code, state="published")


@pytest.mark.parametrize("what", ["owner", "office", "signature"])
def test_a_mandate_revoked_before_its_start_gives_no_reading(
    what: str, owner: Any, other_owner: Any, outsider: Any, project_one: Any, project_two: Any
) -> None:
    start = timezone.now() + 9 * DAY
    assert "TWO" not in read_by(outsider)
    if what == "owner":
        given = name_owner(actor=other_owner, project=project_two, holder=outsider, starts_at=start)
    elif what == "office":
        given = appoint(actor=other_owner, project=project_two, role=role("PMO"), holder=outsider, starts_at=start)
    else:
        given = lend(
            actor=other_owner,
            project=project_two,
            to=outsider,
            kinds=["minor_change"],
            cap=None,
            document="Act 9",
            starts_at=start,
            ends_at=start + DAY,
        )
    assert "TWO" in read_by(outsider)
    with transaction.atomic():
        if what == "owner":  # another owner is named instead
            name_owner(actor=other_owner, project=project_two, holder=owner, starts_at=start - DAY)
        elif what == "office":
            end_mandate(actor=other_owner, mandate=given)
        else:
            revoke(actor=other_owner, delegation=given)
    assert "TWO" not in read_by(outsider)


def test_a_signature_that_the_owner_outlived_before_it_began_gives_no_reading(
    other_owner: Any, outsider: Any, owner: Any, project_two: Any
) -> None:
    lend(
        actor=other_owner,
        project=project_two,
        to=outsider,
        kinds=["minor_change"],
        cap=None,
        document="Act 9",
        starts_at=timezone.now() + 20 * DAY,
        ends_at=timezone.now() + 30 * DAY,
    )
    assert "TWO" in read_by(outsider)
    name_owner(actor=other_owner, project=project_two, holder=owner, starts_at=timezone.now() + 9 * DAY)
    assert "TWO" not in read_by(outsider)


def test_a_former_owner_of_a_programme_reads_its_record_but_none_of_its_projects(
    staff_admin: Any, owner: Any, other_owner: Any
) -> None:
    dates = {"starts_on": timezone.localdate(), "ends_on": acts.FUTURE, "language": "en"}

    def founded(code: str, by: Any, **fields: Any) -> Project:
        words = {"code": code, "prefix": code, "title_fr": code, "title_en": code}
        return found_project(actor=staff_admin, owner=by, fields=words | dates | fields)

    programme = founded("PG", other_owner, level="programme")
    founded("PG1", owner, parent=programme)
    assert {"PG", "PG1"} <= read_by(other_owner)
    name_owner(actor=other_owner, project=programme, holder=owner)
    assert read_by(other_owner) & {"PG", "PG1"} == {"PG"}
    founded("PG2", owner, parent=programme)
    assert {"PG", "PG1", "PG2"} <= read_by(owner)
    assert "PG2" not in read_by(other_owner)
