"""Test that no account is taken for that of somebody else: by its address, or by a name in other letters."""

import html
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.acts import acting_as, cached_reads
from projects.enums import Level
from projects.models import Project
from projects.people.accounts.services import edit_account, invite
from projects.people.addresses.services import ask_address
from projects.people.provisioning.services import make_token
from projects.people.sign_in_provider.claims import Identity
from projects.people.sign_in_provider.services import open_account
from roles.accounts.addresses import address_skeleton, validate_address
from roles.accounts.look_alikes import list_alike, skeleton
from roles.models import User
from tests.database import refusal, run
from tests.projects.imports.factories import check
from tests.projects.people.provisioning.test_scim import Caller, replace

pytestmark = pytest.mark.django_db

INVITE, ACCOUNT, ENGLISH = "/administration/people/invite/", "/account/", {"accept-language": "en"}
#: Addresses that look like owner@example.org.
LIKE_THE_OWNER = ("0wner@example.org", "ovvner@example.org", "Owner@examp1e.org", "owner@exam\u0440le.org")
HIDDEN = ("ow\u200bner@example.org", "owner@ex\u00adample.org", "owner\u200e@example.org", "owner@example\u200d.org")
ACCENTED = ("\u043ewner@example.org", "ïvan@example.org", "a@é.example", '"a b"@example.org')
#: Names that look like “Karim Delattre”.
OTHER_LETTERS = (
    "\u041aarim Delattre",
    "Kar\u0456m Delattre",
    "KARlM DELATTRE",
    "Karim De1attre",
    "Kari\u043c Delattre",
)


def person(email: str = "rose.petit@example.org", name: str = "Rose Petit", **more: Any) -> dict[str, Any]:
    return {"email": email, "name": name, "title": "", "organisation": "Port", "language": "en", **more}


def words(answer: Any) -> str:
    return html.unescape(answer.content.decode())


@pytest.fixture
def karim(owner: User) -> User:
    """Return the owner, named for these tests."""
    with acting_as(owner):
        owner.name, owner.title = "Karim Delattre", ""
        owner.save()
    return owner


@pytest.fixture
def call(staff_admin: User) -> Caller:
    return Caller(make_token(actor=staff_admin, name="directory")[1])


# — addresses —


@pytest.mark.parametrize("email", [*LIKE_THE_OWNER, *HIDDEN, *ACCENTED], ids=ascii)
def test_an_address_that_is_taken_for_another_is_refused_on_every_way_in(
    email: str, staff_admin: User, pmo: User, owner: User, client_of: Any, call: Caller
) -> None:
    count = User.objects.count()
    answer = client_of(staff_admin).post(INVITE, person(email), headers=ENGLISH)
    assert (answer.status_code, "error-summary" in words(answer)) == (422, True)
    with pytest.raises(ValidationError) as refused:
        invite(actor=staff_admin, **person(email))
    assert set(refused.value.message_dict) == {"email"}
    with pytest.raises(ValidationError):
        ask_address(actor=pmo, email=email)
    with pytest.raises(CommandError):
        call_command("createsuperuser", email=email, name="Ada Roux", stdout=StringIO())
    identity = Identity("https://id.example", "7", email, True, "Rose Petit")
    with pytest.raises(ValidationError):
        open_account(actor=User.objects.installation(), identity=identity, provider="Sésame", language="fr")
    assert call("POST", "/Users", {"userName": email, "displayName": "Rose Petit"})[0] in {400, 409}
    chain = Project.objects.get(level=Level.ORGANISATION)
    _job, plan = check(staff_admin, chain, f'Nom;Courriel\nRose;"{email.replace('"', '""')}"\n'.encode(), "people")
    assert plan.wrong or [entry.row for entry in plan.planned] == [owner], "what a program pasted is dropped"
    change = "UPDATE roles_user SET email = %s WHERE id = %s"
    assert "An address" in refusal(lambda: run(change, [email, pmo.pk]))
    assert User.objects.count() == count


def test_two_lines_of_a_file_do_not_look_alike(staff_admin: User) -> None:
    chain = Project.objects.get(level=Level.ORGANISATION)
    lines = "Nom;Courriel\nRose;rose@example.org\nRose;r0se@example.org\n"
    with cached_reads():
        _job, plan = check(staff_admin, chain, lines.encode(), "people")
    assert plan.wrong == {3}


@pytest.mark.parametrize("email", ["o'neil+x@example.org", "a_b-c.d@xn--e1afmkfd.example", "owners@example.org"])
def test_an_honest_address_is_taken(email: str, staff_admin: User, owner: User) -> None:
    assert invite(actor=staff_admin, **person(email)).email == email


def test_an_account_from_before_keeps_its_address_and_changes_in_the_rest(staff_admin: User, pmo: User) -> None:
    edit_account(actor=pmo, name=pmo.name, title="Dr", language="fr", time_zone="Europe/Paris")
    validate_address("pmo@example.org")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20))
def test_python_and_the_database_agree_on_what_an_address_looks_like(email: str) -> None:
    assert run("SELECT public.ouvrage_skeleton(%s)", [email]) == [(address_skeleton(email),)]


# — names —


@pytest.mark.parametrize("name", [*OTHER_LETTERS, "Karim  Delattre", "karim delattre"], ids=ascii)
def test_a_name_that_looks_like_anothers_is_shown_beside_it_and_taken_once_confirmed(
    name: str, staff_admin: User, karim: User, client_of: Any
) -> None:
    administrator = client_of(staff_admin)
    assert "is_another" not in words(administrator.get(INVITE))
    answer = administrator.post(INVITE, person(name=name), headers=ENGLISH)
    assert answer.status_code == 422
    assert "looks like that of Karim Delattre (owner@example.org). Tick the box" in words(answer)
    assert 'name="is_another"' in words(answer)
    with pytest.raises(ValidationError) as refused:
        invite(actor=staff_admin, **person(name=name))
    assert set(refused.value.message_dict) == {"name"}
    assert administrator.post(INVITE, person(name=name, is_another="on")).status_code == 302
    assert User.objects.filter(email="rose.petit@example.org").exists()


def test_a_name_like_no_other_is_asked_nothing(staff_admin: User, karim: User, client_of: Any) -> None:
    assert client_of(staff_admin).post(INVITE, person(name="Karima Delattre", is_another="on")).status_code == 302
    assert client_of(staff_admin).post(INVITE, person("a@example.org", "Zoé Ahn")).status_code == 302


def test_a_person_who_takes_the_name_of_another_says_that_they_are_another(
    pmo: User, karim: User, client_of: Any
) -> None:
    fields = {"name": "\u041aarim Delattre", "title": "", "language": "en", "time_zone": "Europe/Paris"}
    answer = client_of(pmo).post(ACCOUNT, fields, headers=ENGLISH)
    assert answer.status_code == 422
    assert "looks like that of Karim Delattre" in words(answer)
    assert "owner@example.org" not in words(answer).partition("error-summary")[2].partition("</form>")[0]
    assert client_of(pmo).post(ACCOUNT, fields | {"is_another": "on"}).status_code == 302
    assert client_of(karim).post(ACCOUNT, fields | {"name": karim.name}).status_code == 302, "it is theirs"


def test_nobody_takes_the_name_of_the_installation_unasked(pmo: User, client_of: Any) -> None:
    fields = {"name": "0uvrage", "title": "", "language": "en", "time_zone": "Europe/Paris"}
    assert client_of(pmo).post(ACCOUNT, fields).status_code == 422


@pytest.mark.parametrize("name", OTHER_LETTERS, ids=ascii)
def test_where_nobody_can_say_so_other_letters_are_refused_and_a_namesake_is_not(
    name: str, staff_admin: User, karim: User, outsider: User, call: Caller
) -> None:
    rose = {"userName": "rose.petit@example.org", "displayName": name, "active": True}
    assert call("POST", "/Users", rose)[0] == 409
    assert call.patch(outsider, replace("displayName", name))[0] == 409
    assert call.patch(outsider, replace("displayName", karim.name))[0] == 200
    chain = Project.objects.get(level=Level.ORGANISATION)
    lines = f"Nom;Courriel\n{name};rose@example.org\nKarim Delattre;karim.d@example.org\n"
    _job, plan = check(staff_admin, chain, lines.encode(), "people")
    assert plan.wrong == {2}


def test_a_provider_opens_no_account_under_the_name_of_another(karim: User) -> None:
    identity = Identity("https://id.example", "7", "rose.petit@example.org", True, "\u041aarim\u202e Delattre")
    person = open_account(actor=User.objects.installation(), identity=identity, provider="Sésame", language="fr")
    assert person.name == "\u041aarim[U+202E] Delattre"
    identity = Identity("https://id.example", "8", "rosa.petit@example.org", True, "\u041aarim Delattre")
    person = open_account(actor=User.objects.installation(), identity=identity, provider="Sésame", language="fr")
    assert person.name == "rosa.petit@example.org"


def test_the_command_says_that_it_is_another(karim: User) -> None:
    words = {"email": "ada.roux@example.org", "name": "\u041aarim Delattre", "stdout": StringIO()}
    with pytest.raises(CommandError, match="Karim Delattre"):
        call_command("createsuperuser", **words)
    call_command("createsuperuser", another_person=True, **words)
    assert User.objects.filter(email="ada.roux@example.org").exists()


def test_an_erased_name_is_nobodys(karim: User) -> None:
    assert list_alike("Karim Delattre") == [karim]
    assert list_alike("Karim Delattre", karim) == []
    assert skeleton("Karím Delattre") != skeleton("Karim Delattre"), "an accent is seen"
    assert skeleton("\U0001d40aarim") == skeleton("Karim")
