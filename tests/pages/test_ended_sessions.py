"""End the session before every form of the product is sent: its text comes back after the sign-in, unsent."""

import html
import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import signing
from django.urls import resolve, reverse
from django.utils import timezone

from amoa.requirements.forms import RowForm
from core.pages.refusals.views import is_prose
from core.pages.sessions.models import AccountSession
from roles.accounts.limits import COOKIE, SALT, digest_account
from tests import acts
from tests.conftest import CAST, StrictClient
from tests.effort import in_turn
from tests.pages.test_access_matrix import LINES, VISITORS, Line, address
from tests.pages.visits import Sent, act

pytestmark = pytest.mark.django_db

SENT = {302, 422}
FORMS = [(name, line) for name, lines in LINES.items() for line in lines]
#: Buttons, which carry nothing that is typed, files, and secrets → why they come back without a form.
NOTHING_TYPED = {
    "amoa:acceptance:campaign_close": "a button",
    "amoa:acceptance:defect_close": "a button",
    "amoa:change_plan:change_plan_freeze": "a button",
    "amoa:requirements:requirements_change": "rows that are ticked",
    "governance:acknowledgements:decision_acknowledge": "a button",
    "pmo:reminders:obligation_remind": "a button",
    "governance:dossier:proposal_submit": "a button",
    "governance:dossier:proposal_take_up": "a button",
    "governance:evidence:evidence_attach": "a document that is chosen",
    "governance:evidence:evidence_detach": "a button",
    "pmo:gates:gate_report_add": "a button",
    "pmo:indicators:steering_catalogue": "a button",
    "pmo:standards:standard_install": "a button",
    "pmo:standards:standard_next": "a button",
    "pmo:success_criteria:criteria_freeze": "a button",
    "projects:mandates:delegation_revoke": "a button",
    "projects:mandates:mandate_accept": "a button",
}
TEXT_FIELD = re.compile(r'<(?:textarea|input type="text")(?![^>]* disabled)[^>]* name="([^"]+)"')
#: The version of a row, without which a table of rows knows none.
ROW_SEEN = re.compile(r'<input type="hidden" name="(r\d+-seen)" value="([^"]*)"')
UNSHOWN: set[str] = set()
#: Fields that are never kept.
SECRET = ("password",)


def sender_of(line: Line) -> str:
    """Return the first member of the cast whose form is not refused; empty when there is none."""
    found = line.expected()
    return next((member for member in CAST if member not in VISITORS and found[member][1] in SENT), "")


def asks_for_sign_in(path: str) -> bool:
    """Return whether the page of this address is for readers who are signed in."""
    return bool(getattr(resolve(urlsplit(path).path).func, "login_required", True))


def known_to(person: Any) -> StrictClient:
    """Return a browser where the person signed in before, and whose session has ended."""
    client = StrictClient(headers={"accept-language": "en"})
    client.cookies[COOKIE] = signing.dumps({"id": "a", "accounts": [digest_account(person.email)]}, salt=SALT)
    return client


def typed(name: str, line: Line, proposal: Any) -> dict[str, Any]:
    """Return the fields of the act of the line, as its review sends them, without files."""
    fields = act(line.act, proposal(line.on) if line.on else None)[1]
    if name == "amoa:requirements:requirement_row":
        fields = {field: fields[field] for field in RowForm.base_fields if field in fields}
    return {field: value for field, value in fields.items() if not isinstance(value, Sent)}


def page(answer: Any) -> str:
    """Return the words of the answer."""
    return html.unescape(answer.content.decode())


def send_and_sign_in(person: Any, path: str, fields: dict[str, Any]) -> str:
    """Post the fields in a session that has ended and sign in; return the page that is shown, in one line."""
    client, before = known_to(person), acts.count_evidence()
    answer = client.post(path, fields)
    door = client.get(answer["Location"])
    assert urlsplit(door["Location"]).path == "/sign-in/"
    if in_turn(len(path), [True, False, False])[0]:  # one page says so for all forms
        assert "what you typed is kept" in page(client.get(door["Location"]))
    client.force_login(person)
    [back] = parse_qs(urlsplit(door["Location"]).query)["next"]
    shown = client.get(back)
    assert shown.status_code in {200, 409, 422}
    assert acts.count_evidence() == before
    text = " ".join(page(shown).split())
    assert "This was not saved" in text
    assert "There is a problem" not in text
    return text


@pytest.mark.parametrize(
    ("name", "line"),
    [
        pytest.param(name, line, id=f"{name}-{line.on or '-'}")
        for name, line in FORMS
        if sender_of(line) and line.act and name != "projects:imports:list_import_new"  # a file alone
    ],
)
def test_what_was_typed_comes_back_after_the_sign_in_and_nothing_is_sent(
    name: str, line: Line, cast: Any, proposal: Any
) -> None:
    path, fields = address(name, line, proposal), typed(name, line, proposal)
    if not asks_for_sign_in(path):
        return
    text = send_and_sign_in(cast[sender_of(line)], path, fields)
    words = [str(value) for field, value in fields.items() if not any(secret in field for secret in SECRET)]
    assert [value for value in words if is_prose(value) and " ".join(value.split()) not in text] == []
    has_form = "<form" in text.partition("<main")[2]
    assert has_form == ("Here is what you typed" in text)
    assert has_form or (name in NOTHING_TYPED and not any(map(is_prose, words)))


@pytest.mark.parametrize(
    ("name", "line"), [pytest.param(name, line, id=name) for name, line in FORMS if sender_of(line) and not line.act]
)
def test_so_do_the_fields_of_the_forms_that_no_contract_describes(
    name: str, line: Line, cast: Any, proposal: Any, client_of: Any
) -> None:
    path, person = address(name, line, proposal), cast[sender_of(line)]
    opened = client_of(person).get(path)
    if opened.status_code != 200 or not asks_for_sign_in(path):
        return
    shown = page(opened).partition("<main")[2]
    fields = {field: f"Words for {field}" for field in TEXT_FIELD.findall(shown)}
    text = send_and_sign_in(person, path, fields | dict(ROW_SEEN.findall(shown)))
    assert [words for field, words in fields.items() if words not in text and field not in UNSHOWN] == []


def test_so_do_the_values_for_ticked_rows_with_the_selection(cast: Any, project_one: Any) -> None:
    row = project_one.milestones.earliest("pk")
    path = reverse("pmo:schedule:milestones_change", args=["ONE"])
    typed = {"one": [row.pk], "fields": "1", "reason": "Storms until the spring.", "forecast_on": "soon"}
    text = send_and_sign_in(cast["pmo"], path, typed)
    assert 'value="Storms until the spring."' in text
    assert f'name="one" value="{row.pk}"' in text


# — whose it is, and for how long —


@pytest.fixture
def kept(cast: Any, proposal: Any) -> Any:
    """Post an opinion of the PMO in a session that has ended; return the browser and the address that shows it."""
    path, fields = act("advise", proposal("submitted"), reasons="These words took me an hour.")
    client = known_to(cast["pmo"])
    return client, client.post(path, fields)["Location"], path, fields


def test_another_person_who_signs_in_sees_nothing_of_it(kept: Any, cast: Any) -> None:
    client, back, *_ = kept
    client.force_login(cast["amoa"])
    assert "These words" not in page(client.get(back, follow=True))
    client.force_login(cast["pmo"])
    assert "These words" not in page(client.get(back, follow=True)), "it is deleted"


def test_it_is_unreadable_in_the_database(kept: Any) -> None:
    [row] = AccountSession.objects.filter(account=None)
    assert "These" not in str(row.get_decoded())


def test_it_is_kept_for_an_hour(kept: Any, cast: Any, time_machine: Any) -> None:
    client, back, *_ = kept
    client.force_login(cast["pmo"])
    assert "These words" in page(client.get(back))
    time_machine.move_to(timezone.now() + timedelta(minutes=61))
    assert "These words" not in page(client.get(back, follow=True))


def test_it_is_deleted_once_it_is_sent(kept: Any, cast: Any) -> None:
    client, back, path, fields = kept
    client.force_login(cast["pmo"])
    assert "These words" in page(client.get(back))
    assert client.post(path, fields).status_code == 302
    assert "unsent_post" not in client.session


def test_a_browser_where_nobody_signed_in_keeps_nothing(client: Any, proposal: Any) -> None:
    path, fields = act("advise", proposal("submitted"))
    assert client.post(path, fields)["Location"] == f"/sign-in/?next={path}"
    assert AccountSession.objects.filter(account=None).count() == 0


def test_a_secret_is_never_kept(cast: Any) -> None:
    client = known_to(cast["owner"])
    client.post("/account/password/", {"current_password": "ouvrage-cast", "password1": "x-secret-x"})
    client.force_login(cast["owner"])
    answer = client.get("/account/password/?unsent=1")
    assert "ouvrage-cast" not in page(answer)
    assert "x-secret-x" not in page(answer)


def test_a_sign_in_without_an_address_leads_to_what_was_typed(kept: Any, client: Any) -> None:
    client, back, *_ = kept
    answer = client.post("/sign-in/", {"login": "pmo@example.org", "password": "ouvrage-cast"})
    assert answer["Location"] == back
    assert "These words" in page(client.get(back))


def test_a_script_whose_session_has_ended_gets_401_and_words(client: Any, proposal: Any) -> None:
    path, fields = act("decide", proposal("ready_for_decision"))
    for headers in ({"hx-request": "true"}, {"sec-fetch-dest": "empty"}):
        answer = client.post(path, fields, headers=headers | {"accept-language": "en"})
        assert answer.status_code == 401
        assert "Your session has ended" in page(answer)


# — a form whose page was opened before another sign-in —


def strict(person: Any) -> StrictClient:
    """Return a browser of the person that checks the tokens of forms, as production does."""
    client = StrictClient(enforce_csrf_checks=True, headers={"accept-language": "en"})
    client.force_login(person)
    return client


def test_a_form_with_an_old_token_comes_back_as_it_was_typed(pmo: Any, proposal: Any) -> None:
    client, before = strict(pmo), acts.count_evidence()
    path, fields = act("advise", proposal("submitted"), reasons="These words took me an hour.")
    stale = {**fields, "csrfmiddlewaretoken": "a" * 64}
    answer = client.post(path, stale, headers={"origin": "http://testserver"})
    assert "These words" in page(client.get(answer["Location"]))
    assert acts.count_evidence() == before


def test_what_another_site_posts_is_never_shown(pmo: Any, proposal: Any) -> None:
    path, fields = act("advise", proposal("submitted"), reasons="These words took me an hour.")
    for headers in ({}, {"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site", "origin": "null"}):
        client = strict(pmo)
        assert client.post(path, fields, headers=headers).status_code == 403
        assert "unsent_post" not in client.session
