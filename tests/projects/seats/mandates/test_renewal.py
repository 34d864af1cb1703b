"""Test that a mandate is accepted again once its responsibilities have changed: inbox, page with the difference."""

from typing import Any

import pytest
from django.urls import reverse

from core.record.sealing import term_of
from governance.desk.responsibilities.services import adapt_roles, newest, without_duty
from projects.models import LedgerEvent, Mandate, Project
from projects.seats.mandates.holders import proposers
from projects.seats.mandates.services import accept, accepted_role, needs_renewal
from tests import acts
from tests.database import fire_deferred_triggers, statements

pytestmark = pytest.mark.django_db
ENGLISH, FRENCH = {"accept-language": "en"}, {"accept-language": "fr"}


@pytest.fixture
def mandate(project_one: Project, moe: Any) -> Mandate:
    """Return the provider's mandate, accepted before one of its responsibilities is left out."""
    return accept(actor=moe, mandate=Mandate.objects.get(holder=moe))


def drop_duty(project: Project, owner: Any, role: str, code: str) -> None:
    """Approve roles without one responsibility of `role`."""
    latest = newest(project)
    content = without_duty(latest.read(), role, code, "Done by the port.")
    author = proposers(project, "appointment")[0].holder
    adapt_roles(actor=author, project=acts.fresh(project), base=latest.number, content=content, reason="Ours.")
    latest = newest(project)
    terms = {"matrix": term_of(latest.number, latest.hash)}
    acts.decide(owner, acts.submit_to_owner(acts.fresh(project), "appointment", terms=terms))


def test_only_a_change_of_its_own_responsibilities_concerns_a_mandate(
    mandate: Mandate, project_one: Project, owner: Any, moe: Any
) -> None:
    assert not needs_renewal(mandate)
    drop_duty(project_one, owner, "PMO", "PMO-13")
    assert not needs_renewal(mandate)
    drop_duty(project_one, owner, "MOE", "MOE-09")
    assert needs_renewal(mandate)
    assert list(Mandate.objects.awaiting_acceptance_of(moe)) == [mandate]
    before = mandate.accepted_at
    accept(actor=moe, mandate=mandate)
    fire_deferred_triggers()
    mandate.refresh_from_db()
    assert before is not None
    assert mandate.accepted_at is not None
    assert mandate.accepted_at > before
    assert not needs_renewal(mandate)
    assert LedgerEvent.objects.filter(act="accept", subject_id=mandate.pk).count() == 2
    role = accepted_role(mandate)
    assert role is not None
    assert "MOE-09" not in {duty.code for duty in role.duties}


def test_the_holder_finds_it_in_the_inbox_and_reads_what_has_changed(
    mandate: Mandate, project_one: Project, owner: Any, moe: Any, client_of: Any
) -> None:
    client = client_of(moe)
    inbox, page = reverse("governance:inbox:inbox"), reverse("projects:mandates:mandate_accept", args=[mandate.pk])
    assert client.get(page).status_code == 409
    drop_duty(project_one, owner, "MOE", "MOE-09")
    assert page in client.get(inbox, headers=ENGLISH).text
    assert "Accepter le mandat" in client.get(inbox, headers=FRENCH).text
    listed = client.get(reverse("projects:mandates:mandate_list", args=["ONE"]), headers=ENGLISH).text
    assert "Responsibilities changed since" in listed
    shown = client.get(page, headers=ENGLISH).text
    assert "What has changed" in shown
    assert "<del>" in shown
    assert "MOE-09" in shown[shown.index("What has changed") : shown.index("Responsibilities</h2>")]
    assert client.post(page).status_code == 302
    assert page not in client.get(inbox, headers=ENGLISH).text
    assert client.get(page).status_code == 409


def test_the_list_of_mandates_asks_no_more_queries_for_it(
    mandate: Mandate, project_one: Project, owner: Any, client_of: Any
) -> None:
    client, address = client_of(owner), reverse("projects:mandates:mandate_list", args=["ONE"])
    client.get(address)
    with statements() as before:
        client.get(address)
    drop_duty(project_one, owner, "MOE", "MOE-09")
    client.get(address)
    with statements() as after:
        client.get(address)
    assert after.total() == before.total()
