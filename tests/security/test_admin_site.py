"""Test the admin site: only superusers read there, and nobody changes anything (R1, R6)."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.urls import NoReverseMatch, reverse

from governance.models import Condition, Decision, Opinion, Proposal, ProposalRevision
from projects.models import Delegation, LedgerEvent, Mandate, OrganisationLink, Project
from roles.models import Organisation, User
from tests import acts

pytestmark = pytest.mark.django_db

SHOWN = (
    User,
    Organisation,
    OrganisationLink,
    Project,
    Mandate,
    Delegation,
    Proposal,
    ProposalRevision,
    Opinion,
    Decision,
    Condition,
    LedgerEvent,
)
EACH = pytest.mark.parametrize("model", SHOWN, ids=lambda model: model.__name__)


def address(model: Any, page: str, *args: Any) -> str:
    """Return the address of a model's admin page."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def everything() -> dict[str, list[Any]]:
    """Dump every row of every governed table."""
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in SHOWN}


def test_nothing_else_is_registered() -> None:
    assert set(admin.site._registry) == set(SHOWN)


@EACH
def test_a_superuser_reads_a_governed_record(model: Any, superuser: Any, client_of: Any) -> None:
    client, row = client_of(superuser), model.objects.order_by("pk").first()
    for path in (address(model, "changelist"), address(model, "change", row.pk), address(model, "history", row.pk)):
        assert client.get(path).status_code == 200, path
    assert client.get(address(model, "changelist"), {"q": "x", "o": "1"}).status_code == 200


@EACH
def test_a_superuser_changes_adds_and_deletes_none(model: Any, superuser: Any, client_of: Any) -> None:
    client, row = client_of(superuser), model.objects.order_by("pk").first()
    before = everything()
    fields = {field.name: "1" for field in model._meta.fields} | {"_save": "1"}
    bulk = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes", "index": "0"}
    assert client.post(address(model, "change", row.pk), fields).status_code == 403
    assert client.post(address(model, "add"), fields).status_code == 403
    assert client.get(address(model, "add")).status_code == 403
    assert client.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert client.get(address(model, "delete", row.pk)).status_code == 403
    client.post(address(model, "changelist"), bulk)
    client.post(address(model, "changelist"), {"form-TOTAL_FORMS": "1", "form-0-id": row.pk, "_save": "1", **fields})
    assert everything() == before
    assert "<form" not in content_of(client.get(address(model, "change", row.pk)), "submit-row")


def content_of(answer: Any, part: str) -> str:
    """Return the page from the first mention of `part` on, or ""."""
    return answer.content.decode().partition(part)[2]


def paths() -> Iterator[str]:
    """List the changelists of the admin site."""
    for model in SHOWN:
        try:
            yield address(model, "changelist")
        except NoReverseMatch:
            continue


@pytest.mark.parametrize("member", ["owner", "pmo", "outsider", "inactive_owner", "staff_admin", "anonymous"])
def test_nobody_but_superusers_gets_in(member: str, cast: Any, client_of: Any) -> None:
    client = client_of(cast[member])
    for path in ("/admin/", "/admin/jsi18n/", *paths()):
        answer = client.get(path)
        assert answer.status_code == 302, path
        assert answer["Location"].startswith(("/admin/login/", "/sign-in/")), path


def test_no_page_shows_or_changes_a_password(superuser: Any, owner: Any, client_of: Any) -> None:
    client = client_of(superuser)
    assert owner.password not in client.get(address(User, "change", owner.pk)).text
    assert 'type="password"' not in client.get(f"/admin/roles/user/{owner.pk}/password/", follow=True).text
    fields = {"password1": "a-new-passphrase-9", "password2": "a-new-passphrase-9", "usable_password": "true"}
    client.post(f"/admin/roles/user/{owner.pk}/password/", fields)
    assert User.objects.get(pk=owner.pk).password == owner.password


@pytest.mark.parametrize("member", ["staff_admin", "superuser"])
def test_an_administrator_has_no_page_of_a_project(member: str, cast: Any, proposal: Any, client_of: Any) -> None:
    client, file = client_of(cast[member]), proposal("ready_for_decision")
    for path in ("/projects/ONE/", "/projects/ONE/register/", "/projects/ONE/proposals/", file.get_absolute_url()):
        assert client.get(path).status_code == 404, path
    before = acts.count_evidence()
    assert client.post(f"{file.get_absolute_url()}decide/", {"step": "seal", "outcome": "approved"}).status_code == 404
    assert acts.count_evidence() == before
