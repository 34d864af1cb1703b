"""Test how a person is picked by name: the field, the search as one types, the choice without a script."""

import html
import re
from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.utils import translation

from core.acts import acting_as
from core.pages.form_views import typed_texts
from governance.models import Proposal
from projects.models import Mandate
from projects.seats.mandates.fields import MOST_PEOPLE, PersonField
from roles.accounts.queries import find_people
from roles.models import Organisation, User
from tests.pages.visits import act

pytestmark = pytest.mark.django_db

FIND = "/people/find/"
ENGLISH = {"accept-language": "en"}
NAMERS = ("owner", "pmo", "amoa", "moe", "other_owner", "staff_admin", "superuser")


class NameForm(forms.Form):
    person = PersonField(label="Person")


@pytest.fixture
def helene(staff_admin: Any) -> User:
    """Create a person whose name has accents."""
    with acting_as(staff_admin):
        home = Organisation.objects.create(name="Régie des Eaux")
    return User.objects.create_user("hroux@example.org", name="Hélène Roux", title="Directrice", organisation=home)


def fill(text: str, key: str = "") -> NameForm:
    """Return the form as a browser posts it."""
    data = QueryDict(mutable=True)
    data.update({"person": text, "person_key": key})
    return NameForm(data)


@pytest.mark.parametrize("text", ["helene roux", "Roux", "directrice regie", "ROUX eaux", "hé"])
def test_people_are_found_by_words_of_name_title_and_organisation(text: str, helene: User) -> None:
    assert helene in find_people(text)


@pytest.mark.parametrize("text", ["", " ", "h", "hroux@example.org", "hroux", "Roux Dupont"])
def test_an_address_or_too_little_finds_nobody(text: str, helene: User) -> None:
    assert helene not in find_people(text)


def test_a_closed_account_is_not_found(helene: User) -> None:
    with acting_as(helene):
        helene.is_active = False
        helene.save()
    assert helene not in find_people("Hélène Roux")
    assert list(find_people("Ouvrage")) == []


def test_the_full_name_of_one_person_is_enough(helene: User) -> None:
    for text in ("Hélène Roux", "hélène roux", "HROUX@example.org", str(helene.key)):
        form = fill(text)
        assert form.is_valid(), form.errors
        assert form.cleaned_data["person"] == helene


def test_a_part_of_a_name_is_answered_with_the_people_to_choose_from(helene: User) -> None:
    twin = User.objects.create_user("h2@example.org", name="Hélène Rouxel", title="Juriste")
    form = fill("roux")
    with translation.override("en"):
        assert form.errors == {"person": ["Select the person."]}
    shown = str(form["person"])
    for person in (helene, twin):
        assert str(person.key) in shown
        assert person.position in html.unescape(shown)
        assert person.email not in shown
    chosen = fill("roux", str(twin.key))
    assert chosen.is_valid()
    assert chosen.cleaned_data["person"] == twin


def test_two_people_of_one_name_are_told_apart(helene: User) -> None:
    twin = User.objects.create_user("h2@example.org", name="Hélène Roux", title="Juriste")
    assert not fill("Hélène Roux").is_valid()
    chosen = fill("Hélène Roux", str(twin.key))
    assert chosen.is_valid()
    assert chosen.cleaned_data["person"] == twin


def test_many_matches_are_cut_and_said_so() -> None:
    for number in range(MOST_PEOPLE + 3):
        User.objects.create_user(f"k{number}@example.org", name=f"Kim Duchemin {number}")
    form = fill("duchemin")
    assert "person" in form.errors
    assert str(form["person"]).count('type="radio"') == MOST_PEOPLE


def test_a_choice_counts_only_while_the_text_names_its_person(helene: User, pmo: User) -> None:
    form = fill(pmo.name, str(helene.key))
    assert not form.is_valid() or form.cleaned_data["person"] == pmo
    form = fill(pmo.email, str(helene.key))
    assert form.is_valid()
    assert form.cleaned_data["person"] == pmo
    assert not fill("", str(helene.key)).is_valid()


@pytest.mark.parametrize("key", ["x", "' OR 1=1", "00000000-0000-0000-0000-000000000000", "\x00"])
def test_a_made_up_key_chooses_nobody(key: str, helene: User) -> None:
    assert not fill("roux directrice", key).is_valid()


def test_a_key_of_a_closed_account_is_refused(helene: User) -> None:
    with acting_as(helene):
        helene.is_active = False
        helene.save()
    assert not fill(str(helene.key)).is_valid()
    assert not fill("Hélène Roux", str(helene.key)).is_valid()


def test_the_chosen_person_is_shown_by_name_and_kept_by_key(helene: User) -> None:
    form = fill("roux", str(helene.key))
    assert form.is_valid()
    shown = str(form["person"])
    assert 'value="Hélène Roux"' in html.unescape(shown)
    assert re.search(rf'name="person_key"\s+value="{helene.key}"', shown)
    assert f'value="{helene.key}"' in form["person"].as_hidden()
    assert typed_texts(form) == [("Person", "Hélène Roux")]


# — the search —


@pytest.mark.parametrize("member", NAMERS)
def test_who_names_people_searches_them_and_sees_no_address(
    member: str, cast: dict[str, Any], helene: User, client_of: Any
) -> None:
    answer = client_of(cast[member]).get(FIND, {"q": "roux"}, headers=ENGLISH)
    assert answer.json() == {
        "people": [{"key": str(helene.key), "name": "Hélène Roux", "about": "Directrice, Régie des Eaux"}],
        "status": "1 person matches.",
    }
    assert "@" not in answer.text
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("member", ["delegate", "recipient", "future_owner", "former_owner", "outsider"])
def test_nobody_else_searches_people(member: str, cast: dict[str, Any], client_of: Any) -> None:
    assert client_of(cast[member]).get(FIND, {"q": "roux"}).status_code == 403


def test_a_search_costs_the_same_whatever_it_finds(
    owner: Any, client_of: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(MOST_PEOPLE + 3):
        User.objects.create_user(f"k{number}@example.org", name=f"Kim Duchemin {number}")
    client = client_of(owner)
    with django_assert_max_num_queries(6):
        answer = client.get(FIND, {"q": "duchemin"}, headers=ENGLISH).json()
    assert len(answer["people"]) == MOST_PEOPLE
    assert answer["status"] == "The first 8 people are listed. Enter more of the name."


# — the acts —


def test_an_owner_appoints_a_person_by_name(owner: Any, helene: User, client_of: Any) -> None:
    path, fields = act("appoint", email="Hélène Roux")
    assert client_of(owner).post(path, fields).status_code == 302
    assert Mandate.objects.filter(holder=helene).exists()


def test_a_review_keeps_the_person_who_was_chosen(owner: Any, helene: User, client_of: Any) -> None:
    User.objects.create_user("h2@example.org", name="Hélène Roux", title="Juriste")
    path, fields = act("name_owner", then=False, email="Hélène Roux", email_key=str(helene.key))
    review = client_of(owner).post(path, fields).text
    assert f'name="email" value="{helene.key}"' in " ".join(review.split())
    assert helene.email not in review
    assert client_of(owner).post(path, fields | {"email": str(helene.key), "step": "record"}).status_code == 302
    assert Mandate.objects.get(holder=helene).decides


def test_a_proposal_names_a_person_by_name(amoa: Any, helene: User, client_of: Any) -> None:
    path, fields = act("draft")
    terms = {"terms-role": "MOE", "terms-holder": "Hélène Roux"}
    answer = client_of(amoa).post(path, fields | {"kind": "appointment"} | terms)
    assert answer.status_code == 302, answer.text
    assert Proposal.objects.latest("pk").draft.terms["holder"] == str(helene.key)
