"""Replace an owner in the browser: two people close the account and name another one, the former owner objects."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.visitor import mails
from tests.effort import in_turn

Person = Callable[..., Page]
WHY = {"fr": "Partie de la capitainerie vendredi.", "en": "They left the harbour office on Friday."}
#: No two people have the same name on the one instance of the journeys.
FIRST = {"fr": "Fanny Aubin", "en": "Grace Aldous"}
NEXT = {"fr": "Noé Marchand", "en": "Hugh Merriman"}
OBJECTS = re.compile("L’ancien maître d’ouvrage s’oppose|The former owner objects")


def find_link(instance: dict[str, Any], address: str, kind: str) -> str:
    """Wait for the newest link of this kind that was mailed to an address, and return its path."""
    limit = time.monotonic() + 30
    while True:
        bodies = [mail.get_content() for mail in mails(instance) if mail["To"] == address]
        if found := [link for body in bodies for link in re.findall(rf"https?://[^/\s]+(/{kind}/\S+)", body)]:
            return found[-1]
        assert time.monotonic() < limit, f"no mail with {kind} to {address}"
        time.sleep(0.2)


def send(page: Page, step: str = "") -> None:
    """Press the button of the form, prove who acts if asked, and wait for the next page."""
    with page.expect_navigation():
        page.locator(f'main button[value="{step}"]' if step else 'main form button[data-kind="primary"]').last.click()


def join(page: Page, link: str, password: str) -> None:
    """Follow an invitation and choose a password."""
    page.goto(link)
    page.locator('[name="password"]').fill(password)
    send(page)


def say_why(page: Page, language: str) -> None:
    """Enter the words that everybody reads."""
    page.locator('main [name="because"]').fill(WHY[language])


def agree(page: Page, language: str) -> None:
    """Find the newest proposal among one's tasks, read it and agree."""
    page.goto("/?kind=replacements")
    page.locator('main a[href^="/replacements/"]').first.click()
    page.locator('main a[href$="/second/"]').click()
    expect(page.locator("main")).to_contain_text(WHY[language])
    say_why(page, language)
    send(page)
    expect(page.locator(".messages")).to_be_visible()


@pytest.mark.parametrize("language", in_turn(1, ["fr", "en"]))
def test_an_owner_is_replaced_by_two_people_and_objects(
    language: str,
    person: Person,
    visitor: Any,
    browser: Browser,
    instance: dict[str, Any],
    query: Any,
    complaints: Any,
) -> None:
    code, first, second = f"SEAT-{language.upper()}", f"first.{language}@example.org", f"next.{language}@example.org"
    words = {"code": code, "prefix": f"S{language[0].upper()}", "owner": first, "newcomer": FIRST[language]}
    assert visitor("staff_admin").act("found_project", changes=words).status == 302
    options: Any = {"base_url": instance["base_url"], "locale": language}
    with browser.new_context(**options) as theirs, browser.new_context(**options) as others:
        former, successor = theirs.new_page(), others.new_page()
        join(former, find_link(instance, first, "invitation"), "fanny-has-a-long-word")
        admin, colleague = person("staff_admin", language=language), person("superuser", language=language)
        [(number,)] = query("SELECT id FROM roles_user WHERE email = %s", first)

        admin.goto(f"/administration/people/{number}/close/")
        expect(admin).to_have_url(re.compile("/close/owner/$"))
        say_why(admin, language)
        send(admin, "review")
        expect(admin.locator("main")).to_contain_text(WHY[language])
        send(admin, "record")
        expect(admin).to_have_url(re.compile(r"/replacements/\d+/$"))
        proposals = [admin.url]
        former.goto("/account/")
        expect(former).to_have_url(re.compile("/account/$"))
        agree(colleague, language)
        former.goto("/account/")
        expect(former).to_have_url(re.compile("/sign-in/"))

        admin.goto("/administration/projects/")
        admin.locator(f'main a[href="/administration/projects/{code}/owner/"]').click()
        admin.locator('main [name="email"]').fill(second)
        say_why(admin, language)
        send(admin, "review")
        admin.locator('main [name="newcomer"]').fill(NEXT[language])
        send(admin, "review")
        expect(admin.locator("main")).to_contain_text(FIRST[language])
        send(admin, "record")
        proposals.append(admin.url)
        agree(colleague, language)

        join(successor, find_link(instance, second, "invitation"), "noe-has-a-long-word-too")
        successor.goto("/")
        successor.locator('main a[href^="/replacements/"]').first.click()
        successor.locator('main a[href$="/accept/"]').click()
        expect(successor.locator("main")).to_contain_text(FIRST[language])
        send(successor)
        expect(successor).to_have_url(re.compile(f"/projects/{code}/mandates/$"))

        former.goto(find_link(instance, first, "objection"))
        expect(former.locator("main")).to_contain_text(NEXT[language])
        send(former)
        former.goto("/")
        expect(former).to_have_url(re.compile("/sign-in/"))
        successor.goto(f"/projects/{code}/mandates/appoint/")
        successor.locator('main [name="role"]').select_option("DEST")
        successor.locator('main [name="email"]').fill("recipient@example.org")
        send(successor)
        expect(successor.locator("h1")).to_have_text(OBJECTS)

        for page in (admin, colleague):
            page.goto("/?kind=objections")
            expect(page.locator('main a[href^="/replacements/"]').first).to_be_visible()
            for address in proposals:
                page.goto(address)
                page.locator('main a[href$="/confirm/"]').click()
                say_why(page, language)
                send(page)
        successor.goto(f"/projects/{code}/mandates/appoint/")
        successor.locator('main [name="role"]').select_option("DEST")
        successor.locator('main [name="email"]').fill("recipient@example.org")
        send(successor)
        expect(successor).to_have_url(re.compile(f"/projects/{code}/mandates/$"))
    assert [complaint for complaint in complaints if not re.search("403|422", complaint)] == []
