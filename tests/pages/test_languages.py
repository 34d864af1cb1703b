"""Test the choice of language: browser, cookie of a visitor, account of a reader, in that order.

The language of every page is looked at in test_page_rules.py.
"""

import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils.translation import gettext, override

from core.acts import acting_as

pytestmark = pytest.mark.django_db

#: Text around every page of a signed-in reader, and of a visitor.
SHELL = ("My tasks", "Projects", "Sign out", "Use the dark theme", "As on this device")
EVERYWHERE = ("Skip to content", "The other roles advise. The project owner decides.")


def language_of(answer: Any) -> str:
    """Return the declared language of the page."""
    found = re.search(r'<html lang="(\w+)"', answer.content.decode())
    return found[1] if found else ""


def test_french_words_differ_from_the_english_ones() -> None:
    with override("fr"):
        assert [words for words in (*SHELL, *EVERYWHERE) if gettext(words) == words] == []


@pytest.mark.parametrize(
    ("asked", "given"), [("", "fr"), ("de", "fr"), ("de,en;q=0.5", "en"), ("en-GB,en;q=0.9", "en"), ("fr-CA", "fr")]
)
def test_a_browser_that_asks_for_something_else_gets_the_nearest(asked: str, given: str, client: Any) -> None:
    assert language_of(client.get(reverse("account_login"), headers={"accept-language": asked})) == given


def test_the_choice_of_a_visitor_is_kept_in_a_cookie(client: Any) -> None:
    back = reverse("account_login")
    answer = client.post(
        reverse("roles:preferences"), {"language": "en", "next": back}, headers={"accept-language": "fr"}
    )
    assert answer["Location"] == back
    assert language_of(client.get(back, headers={"accept-language": "fr"})) == "en"


def test_the_choice_of_a_reader_is_kept_on_the_account(owner: Any, client_of: Any) -> None:
    client_of(owner).post(reverse("roles:preferences"), {"language": "en", "next": "/"})
    elsewhere = client_of(owner)
    assert (
        language_of(elsewhere.get(reverse("governance:project_tree:project_list"), headers={"accept-language": "fr"}))
        == "en"
    )


def test_the_account_goes_before_the_browser_and_its_cookie(owner: Any, client_of: Any) -> None:
    owner.language = "fr"
    with acting_as(owner):
        owner.save()
    client = client_of(owner)
    client.cookies["django_language"] = "en"
    for path in (reverse("governance:project_tree:project_list"), "/proposals/999999/", "/nothing/"):
        assert language_of(client.get(path, headers={"accept-language": "en"})) == "fr", path


def test_the_theme_is_kept_too(owner: Any, client: Any, client_of: Any) -> None:
    for browser, again in ((client, client), (client_of(owner), client_of(owner))):
        browser.post(reverse("roles:preferences"), {"theme": "dark"})
        path = reverse("account_login") if browser is client else reverse("governance:project_tree:project_list")
        assert 'data-theme="dark"' in again.get(path).content.decode()
        browser.post(reverse("roles:preferences"), {"theme": "system"})
        assert "data-theme=" not in again.get(path).content.decode()


def test_shortcuts_of_one_key_are_off_until_a_person_switches_them_on(
    owner: Any, amoa: Any, client: Any, client_of: Any
) -> None:
    def is_on(person: Any) -> bool:
        return "data-single-keys" in client_of(person).get(reverse("governance:search:search")).content.decode()

    client.post(reverse("roles:preferences"), {"single_keys": "on"})
    assert not is_on(owner)
    for value, expected in (("on", True), ("perhaps", True), ("off", False)):
        answer = client_of(owner).post(reverse("roles:preferences"), {"single_keys": value})
        assert "single_keys" not in answer.cookies
        assert (is_on(owner), is_on(amoa)) == (expected, False)


def test_texts_of_people_say_in_which_language_they_are(recipient: Any, proposal: Any, client_of: Any) -> None:
    file = proposal("ready_for_decision")
    text = client_of(recipient).get(file.get_absolute_url(), headers={"accept-language": "fr"}).content.decode()
    assert re.search(rf'<h1[^>]*>\s*<span lang="en">{file.title}</span>', text)
