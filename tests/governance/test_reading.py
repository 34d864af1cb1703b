"""Test who may read a project: people with a seat there or above it; past signatories read their records alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from governance.models import Decision
from projects.models import Project
from projects.seats.mandates.services import appoint, end_mandate, found_project, name_owner, revoke
from projects.seats.mandates.services import delegate as lend
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
        given = appoint(actor=other_owner, project=project_two, role=role("DEST"), holder=outsider, starts_at=start)
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


def test_a_former_owner_of_a_programme_reads_neither_it_nor_its_projects(
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
    assert read_by(other_owner) & {"PG", "PG1"} == set()
    founded("PG2", owner, parent=programme)
    assert {"PG", "PG1", "PG2"} <= read_by(owner)
    assert "PG2" not in read_by(other_owner)


def addresses(decision: Decision) -> dict[str, str]:
    """Return addresses of a decision by name: what its signatory keeps reading, then what they do not."""
    project = decision.project
    return {
        "record": decision.get_absolute_url(),
        "pdf": reverse("governance:records:decision_record_pdf", args=[decision.pk]),
        "proof": reverse("governance:verification:decision_proof", args=[decision.pk]),
        "archive": reverse("governance:verification:decision_proof_archive", args=[decision.pk]),
        "project": project.get_absolute_url(),
        "dossier": decision.proposal.get_absolute_url(),
        "register": reverse("governance:register:register", args=[project.code]),
        "documents": reverse("governance:evidence:project_documents", args=[project.code]),
        "roles": reverse("projects:mandates:mandate_list", args=[project.code]),
    }


def read_at(client: Any, decision: Decision) -> set[str]:
    """List the names of the addresses that answer."""
    return {name for name, address in addresses(decision).items() if client.get(address).status_code == 200}


OWN_RECORD = {"record", "pdf", "proof", "archive"}


def test_a_former_owner_reads_the_records_they_answer_for_and_nothing_else(
    owner: Any, delegate: Any, outsider: Any, project_one: Any, proposal: Any, client_of: Any
) -> None:
    signed = acts.decide(owner, proposal("ready_for_decision"))
    in_their_name = acts.decide(delegate, proposal("ready_minor"))
    by_another = proposal("decided").decisions.get()
    name_owner(actor=owner, project=project_one, holder=outsider)
    client = client_of(owner)
    assert read_at(client, signed) == read_at(client, in_their_name) == OWN_RECORD
    assert read_at(client, by_another) == set()
    page = client.get(signed.get_absolute_url()).text
    links = set(addresses(signed).values()) - {addresses(signed)[name] for name in OWN_RECORD}
    assert not [link for link in links if f'href="{link}' in page]
    assert read_at(client_of(outsider), signed) == set(addresses(signed))


def test_a_former_delegate_reads_what_they_signed_and_one_who_signed_nothing_reads_nothing(
    owner: Any,
    delegate: Any,
    moe: Any,
    project_one: Any,
    project_two: Any,
    other_owner: Any,
    proposal: Any,
    client_of: Any,
) -> None:
    signed = acts.decide(delegate, proposal("ready_minor"))
    revoke(actor=owner, delegation=signed.delegation)
    assert read_by(delegate) == set()
    assert read_at(client_of(delegate), signed) == OWN_RECORD
    given = lend(
        actor=other_owner,
        project=project_two,
        to=moe,
        kinds=["minor_change"],
        cap=None,
        document="Act 9",
        ends_at=timezone.now() + DAY,
    )
    assert "TWO" in read_by(moe)
    revoke(actor=other_owner, delegation=given)
    assert "TWO" not in read_by(moe)


def test_a_closed_account_reads_no_record(owner: Any, proposal: Any) -> None:
    signed = acts.decide(owner, proposal("ready_for_decision"))
    owner.is_active = False
    assert not Decision.objects.readable_by(owner).filter(pk=signed.pk).exists()
