"""Test that a session proves its person anew before an act by their own hand, and that nothing typed is lost."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override

from core.access import all_permissions
from governance.models import Decision
from projects.models import Project
from projects.seats.mandates import services
from roles.models import User
from roles.reauthentication import proofs
from tests import acts
from tests.conftest import StrictClient
from tests.pages.visits import act
from tests.projects.people.opening.test_opening import typed

pytestmark = pytest.mark.django_db

PASSWORD, FIELD = "ouvrage-cast", "reauthenticate-password"
ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet() -> None:
    cache.clear()


def grow_old(client: Any, minutes: float = 15.1) -> Any:
    """Let the session of the client have proved its person so long ago."""
    session = client.session
    session[proofs.NOTE] = (timezone.now() - timedelta(minutes=minutes)).isoformat()
    session.save()
    return client


def typed_on(answer: Any) -> dict[str, str]:
    """Return the hidden fields of the page, as a browser sends them, without the token."""
    form = answer.content.decode().partition('class="card step"')[2].partition("</form>")[0]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


def is_page(answer: Any) -> bool:
    """Return whether the answer asks who the reader is."""
    return answer.status_code == 403 and f'name="{FIELD}"' in answer.content.decode()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_decision_in_an_old_session_is_asked_who_decides_and_then_recorded_as_typed(
    language: str, owner: Any, proposal: Any
) -> None:
    client = Client()  # it leaves line breaks where they are
    client.force_login(owner)
    file, client = proposal("ready_for_decision"), grow_old(client)
    path, fields = act("decide", file, reasons='Because of <b>this</b> & "that"\r\n\r\nand more.')
    before = acts.count_evidence()
    answer = client.post(path, fields, headers={"accept-language": language})
    assert is_page(answer)
    with override(language):
        assert gettext("Confirm that it is you") in html.unescape(answer.content.decode())
    assert acts.count_evidence() == before
    assert typed_on(answer) == {name: str(value) for name, value in fields.items()}
    assert client.post(path, typed_on(answer) | {FIELD: PASSWORD}).status_code == 302
    decision = Decision.objects.get(proposal=file)
    assert decision.reasons == 'Because of <b>this</b> & "that"\n\nand more.'
    assert client.post(path, typed_on(answer) | {FIELD: PASSWORD}).status_code == 302, "the one that is recorded"
    assert Decision.objects.filter(proposal=file).count() == 1


def test_a_confirmed_session_counts_for_the_next_act_and_a_fresh_one_is_not_asked(
    owner: Any, proposal: Any, client_of: Any
) -> None:
    fresh = grow_old(client_of(owner), minutes=14.9)
    path, fields = act("decide", proposal("ready_for_decision"))
    assert fresh.post(path, fields).status_code == 302
    old = grow_old(client_of(owner))
    path, fields = act("decide", proposal("ready_minor"))
    assert is_page(old.post(path, fields))
    old.post(reverse("roles:preferences"), {"theme": "dark", FIELD: PASSWORD})
    assert old.post(path, fields).status_code == 302


def test_a_session_from_before_this_was_asked_is_asked(owner: Any, proposal: Any, client_of: Any) -> None:
    client = client_of(owner)
    session = client.session
    del session[proofs.NOTE]
    session.save()
    assert is_page(client.post(*act("decide", proposal("ready_for_decision"))))


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper(), "superuser"])
def test_a_wrong_password_gives_the_same_page_with_the_same_fields(
    password: str, owner: Any, proposal: Any, client_of: Any
) -> None:
    file, client = proposal("ready_for_decision"), grow_old(client_of(owner))
    path, fields = act("decide", file)
    before = acts.count_evidence()
    answer = client.post(path, fields | {FIELD: password})
    assert is_page(answer)
    assert "aria-invalid" in answer.content.decode()
    assert typed_on(answer) == {name: str(value) for name, value in fields.items()}
    assert password not in typed_on(answer).values() or not password
    assert acts.count_evidence() == before
    assert client.post(path, typed_on(answer) | {FIELD: PASSWORD}).status_code == 302


def test_guesses_are_counted_and_signing_in_again_is_the_way_out(owner: Any, proposal: Any, client_of: Any) -> None:
    client = grow_old(client_of(owner))
    path, fields = act("decide", proposal("ready_for_decision"))
    for guess in range(10):
        client.post(path, fields | {FIELD: str(guess)})
    answer = client.post(path, fields | {FIELD: PASSWORD}, headers=ENGLISH)
    assert is_page(answer)
    assert "Too many attempts. Wait five minutes" in answer.content.decode()
    assert typed_on(answer) == {name: str(value) for name, value in fields.items()}
    again = StrictClient()
    assert again.post("/sign-in/", {"login": owner.email, "password": PASSWORD}).status_code == 302
    assert again.post(path, fields).status_code == 302


def test_the_token_of_the_form_is_checked_before_the_password(owner: Any, proposal: Any) -> None:
    client = StrictClient(enforce_csrf_checks=True)
    client.force_login(owner)
    path, fields = act("decide", proposal("ready_for_decision"))
    assert not is_page(grow_old(client).post(path, fields | {FIELD: PASSWORD}))
    assert not proofs._is_recent(client.session[proofs.NOTE])


def test_a_password_in_the_address_confirms_nobody(owner: Any, client_of: Any) -> None:
    client = grow_old(client_of(owner))
    assert client.get("/", {FIELD: PASSWORD}).status_code == 200
    assert not proofs._is_recent(client.session[proofs.NOTE])


def test_who_may_not_decide_is_told_so_and_not_asked(moe: Any, proposal: Any, client_of: Any) -> None:
    answer = grow_old(client_of(moe)).post(*act("decide", proposal("ready_for_decision")))
    assert (answer.status_code, is_page(answer)) == (403, False)


@pytest.mark.parametrize("name", ["lift", "waive", "delegate", "appoint"])
def test_each_act_by_ones_own_hand_is_asked(name: str, owner: Any, proposal: Any, client_of: Any) -> None:
    path, fields = act(name, proposal("conditions_open"))
    before = acts.count_evidence()
    assert is_page(grow_old(client_of(owner)).post(path, fields))
    assert acts.count_evidence() == before


def test_an_administrator_opens_a_project_with_a_newcomer_as_a_whole_or_not_at_all(
    staff_admin: Any, client_of: Any
) -> None:
    client = grow_old(client_of(staff_admin))
    fields = typed(owner="nina.neuf@example.org", newcomer="Nina Neuf", step="record")
    path = reverse("projects:opening:project_open")
    answer = client.post(path, fields)
    assert is_page(answer)
    assert not User.objects.filter(email="nina.neuf@example.org").exists()
    assert client.post(path, typed_on(answer) | {FIELD: PASSWORD}).status_code == 302
    assert User.objects.get(email="nina.neuf@example.org").name == "Nina Neuf"
    assert Project.objects.filter(code="QUAI-3").count() == 1


def test_the_permissions_by_ones_own_hand_leave_out_what_is_never_delayed() -> None:
    flagged = {name for name, permission in all_permissions().items() if permission.own_hand}
    assert "governance.decide" in flagged
    assert not flagged & {"projects.revoke", "governance.advise", "projects.accept"}


def test_commands_and_tasks_have_no_session_and_are_not_asked(owner: Any, cast: Any, project_one: Any) -> None:
    role = services.role_on(project_one, "MOE")
    assert services.appoint(actor=owner, project=project_one, role=role, holder=cast["outsider"])


def test_a_part_of_a_page_gets_the_whole_page(owner: Any, proposal: Any, client_of: Any) -> None:
    path, fields = act("decide", proposal("ready_for_decision"))
    answer = grow_old(client_of(owner)).post(path, fields, headers={"hx-request": "true"})
    assert (answer.status_code, answer["HX-Retarget"], answer["HX-Reselect"]) == (422, "#main", "#main")
    assert typed_on(answer) == {name: str(value) for name, value in fields.items()}
