"""Test that the requests of administrators in the contract do what they are named after."""

from datetime import date, timedelta
from typing import Any

import pgtrigger
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from demo.scenarios import contract, loader
from projects.models import LedgerEvent, ListImport
from roles.models import MethodPack, Organisation, User
from tests.authenticator import Authenticator
from tests.e2e.visitor import filled_in
from tests.requests.contract import acts

pytestmark = pytest.mark.django_db


@pytest.fixture
def perform(cast: Any, client_of: Any, outsider: User) -> Any:
    """Return a function that sends a request of the contract, about the outsider or project one."""
    requests = acts(loader.read("cast"))

    def send(name: str) -> Any:
        asked = requests[name]
        values = {"person": outsider.pk, "project": "ONE"}
        fields = {key: filled_in(text, values) for key, text in {**asked["fields"], **asked.get("then", {})}.items()}
        files = {key: SimpleUploadedFile(file, text.encode()) for key, (file, text) in asked.get("files", {}).items()}
        return client_of(cast[asked["by"]]).post(filled_in(asked["url"], values), {**fields, **files})

    return send


@pytest.mark.parametrize(
    ("name", "recorded"),
    [
        ("name_administrator", "name_administrator"),
        ("plan_departure", "plan_departure"),
        ("send_reset", "send_reset"),
        ("propose_address", "propose_address"),
        ("close_account", "close_account"),
        ("add_organisation", "keep_organisation"),
        ("copy_method", "install_pack"),
    ],
)
def test_an_act_of_an_administrator_is_recorded(name: str, recorded: str, perform: Any) -> None:
    assert perform(name).status_code == 302
    assert LedgerEvent.objects.latest("pk").act == recorded


def test_the_rights_of_an_administrator_end(perform: Any) -> None:
    for name in ("name_administrator", "end_administrator"):
        assert perform(name).status_code == 302
    assert LedgerEvent.objects.latest("pk").act == "end_administrator"


def test_every_table_with_events_is_described() -> None:
    told = {model for model, trigger in pgtrigger.registered() if trigger.name == "leaves_an_event"}
    assert sorted(model.__name__ for model in told - {*contract.TABLES.values()}) == []


def test_what_administrators_did_is_there(perform: Any, outsider: User) -> None:
    for name in ("name_administrator", "plan_departure", "add_organisation", "copy_method"):
        perform(name)
    outsider.refresh_from_db()
    assert (outsider.is_staff, outsider.last_day) == (True, date.today() + timedelta(20))
    assert Organisation.objects.filter(name="Harbour pilots").exists()
    assert MethodPack.objects.get(code="house").name_en == "Method of the harbour"


@pytest.mark.parametrize(("name", "listed"), [("import_people", "people"), ("import_risks", "risks")])
def test_a_file_is_received_with_its_columns_recognised(name: str, listed: str, perform: Any) -> None:
    assert perform(name).status_code == 302
    assert ListImport.objects.latest("pk").list_name == listed


def test_passkeys_of_the_contract_are_added_sign_in_and_are_removed(
    cast: Any, client_of: Any, settings: Any, owner: User
) -> None:
    settings.BASE_URL = "http://localhost:8000"
    requests, key = acts(loader.read("cast")), Authenticator(counter=1)

    def send(browser: Any, name: str, answer: Any = None) -> Any:
        asked = requests[name]
        passkey = owner.credentials.living().filter(kind="passkey").values_list("pk", flat=True).first()
        values = {"credential": answer(browser.post(asked["options"]).json()) if answer else "", "passkey": passkey}
        fields = {name: filled_in(text, values) for name, text in asked["fields"].items()}
        return browser.post(filled_in(asked["url"], values), fields)

    browser, stranger = client_of(owner), Client()
    assert send(browser, "passkey_add", key.make).status_code == 200
    assert send(stranger, "passkey_sign_in", key.answer).status_code == 302
    assert "_auth_user_id" in stranger.session
    assert send(browser, "passkey_remove").status_code == 302
    assert not owner.credentials.living().filter(kind="passkey").exists()
