"""Test the admin site: it configures, and shows governed records read-only (R1, R6)."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.urls import NoReverseMatch, reverse

from core.acts import acting_as
from governance.models import Condition, Decision, Opinion, Proposal, ProposalRevision
from projects.models import Delegation, LedgerEvent, Mandate, OrganisationLink, Project
from roles.models import Organisation, User
from tests import acts

pytestmark = pytest.mark.django_db

GOVERNED = (
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
CONFIGURED = (User, Organisation, OrganisationLink)
EACH_GOVERNED = pytest.mark.parametrize("model", GOVERNED, ids=lambda model: model.__name__)


def address(model: Any, page: str, *args: Any) -> str:
    """Return the address of a model's admin page."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def everything() -> dict[str, list[Any]]:
    """Dump every row of every governed table."""
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in GOVERNED}


def test_nothing_else_is_registered() -> None:
    assert set(admin.site._registry) == {*GOVERNED, *CONFIGURED}


@EACH_GOVERNED
def test_a_superuser_reads_a_governed_record(model: Any, superuser: Any, client_of: Any) -> None:
    client, row = client_of(superuser), model.objects.order_by("pk").first()
    for path in (address(model, "changelist"), address(model, "change", row.pk), address(model, "history", row.pk)):
        assert client.get(path).status_code == 200, path
    assert client.get(address(model, "changelist"), {"q": "x", "o": "1"}).status_code == 200


@EACH_GOVERNED
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


@pytest.mark.parametrize("model", CONFIGURED, ids=lambda model: model.__name__)
def test_nothing_that_is_configured_is_ever_deleted(model: Any, superuser: Any, client_of: Any) -> None:
    client, row, before = client_of(superuser), model.objects.order_by("pk").first(), model.objects.count()
    assert client.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    client.post(
        address(model, "changelist"), {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    )
    assert model.objects.count() == before


def test_an_account_opened_in_the_admin_signs_in_and_its_history_names_the_administrator(
    superuser: Any, client_of: Any
) -> None:
    fields = {
        "email": "new@example.org",
        "name": "Noé Le Gall",
        "usable_password": "true",
        "password1": "quays-and-locks-7",
        "password2": "quays-and-locks-7",
    }
    answer = client_of(superuser).post(address(User, "add"), fields)
    assert answer.status_code == 302
    account = User.objects.get(email="new@example.org")
    assert account.history.get().history_user == superuser
    assert not account.is_staff


def test_an_account_closed_there_keeps_its_decisions(superuser: Any, owner: Any, client_of: Any) -> None:
    client = client_of(superuser)
    path = address(User, "change", owner.pk)
    form = client.get(path).context["adminform"].form
    fields = {name: "" if form.initial.get(name) is None else form.initial[name] for name in form.fields}
    fields = {name: value for name, value in fields.items() if name not in {"password", "is_active"}}
    assert client.post(path, fields).status_code == 302
    owner.refresh_from_db()
    assert not owner.is_active
    assert owner.history.first().history_user == superuser
    assert Decision.objects.filter(decided_by=owner).exists()


def paths() -> Iterator[str]:
    """List the changelists of the admin site."""
    for model in (*GOVERNED, *CONFIGURED):
        try:
            yield address(model, "changelist")
        except NoReverseMatch:
            continue


@pytest.mark.parametrize("member", ["owner", "pmo", "outsider", "inactive_owner", "anonymous"])
def test_nobody_but_administrators_gets_in(member: str, cast: Any, client_of: Any) -> None:
    client = client_of(cast[member])
    for path in ("/admin/", "/admin/jsi18n/", *paths()):
        answer = client.get(path)
        assert answer.status_code == 302, path
        assert answer["Location"].startswith(("/admin/login/", "/sign-in/")), path


def test_an_administrator_configures_and_reads_no_governed_record(staff_admin: Any, client_of: Any) -> None:
    client = client_of(staff_admin)
    assert client.get("/admin/").status_code == 200
    for model in CONFIGURED:
        row = model.objects.order_by("pk").first()
        assert client.get(address(model, "changelist")).status_code == 200
        assert client.get(address(model, "change", row.pk)).status_code == 200
        assert client.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert {client.get(address(model, "changelist")).status_code for model in GOVERNED} == {403}


def test_an_administrator_renames_an_organisation_and_the_history_names_them(staff_admin: Any, client_of: Any) -> None:
    with acting_as(User.objects.installation()):
        row = Organisation.objects.create(name="Quay works")
    answer = client_of(staff_admin).post(address(Organisation, "change", row.pk), {"name": "Quay works Ltd"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.name == "Quay works Ltd"
    assert row.history.latest().history_user == staff_admin


def test_an_administrator_makes_nobody_an_administrator(staff_admin: Any, outsider: Any, client_of: Any) -> None:
    fields = {"email": outsider.email, "name": outsider.name, "time_zone": outsider.time_zone, "is_active": "on"}
    answer = client_of(staff_admin).post(
        address(User, "change", outsider.pk), {**fields, "is_staff": "on", "is_superuser": "on"}
    )
    assert answer.status_code == 302
    outsider.refresh_from_db()
    assert (outsider.is_staff, outsider.is_superuser) == (False, False)


def test_an_administrator_does_not_touch_a_superuser(staff_admin: Any, superuser: Any, client_of: Any) -> None:
    client, kept = client_of(staff_admin), superuser.password
    fields = {"password1": "a-new-passphrase-9", "password2": "a-new-passphrase-9", "usable_password": "true"}
    assert client.post(f"/admin/roles/user/{superuser.pk}/password/", fields).status_code == 403
    assert client.post(address(User, "change", superuser.pk), {"email": "x@example.org"}).status_code == 403
    superuser.refresh_from_db()
    assert superuser.password == kept


@pytest.mark.parametrize("member", ["staff_admin", "superuser"])
def test_an_administrator_has_no_page_of_a_project(member: str, cast: Any, proposal: Any, client_of: Any) -> None:
    client, file = client_of(cast[member]), proposal("ready_for_decision")
    for path in ("/projects/ONE/", "/projects/ONE/register/", "/projects/ONE/proposals/", file.get_absolute_url()):
        assert client.get(path).status_code == 404, path
    before = acts.count_evidence()
    assert client.post(f"{file.get_absolute_url()}decide/", {"step": "seal", "outcome": "approved"}).status_code == 404
    assert acts.count_evidence() == before
