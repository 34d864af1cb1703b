"""Test the way from an empty instance to a project with its roles, with the browser and the mails alone."""

import email
import email.policy
import os
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from config import embedded, instance
from config.embedded import ROOT
from config.instance import Instance
from config.processes import Progress
from config.start import set_up_line

FOLDER = ROOT / f"var/test-empty{os.environ.get('PYTEST_XDIST_WORKER', '')}"
ORGANISATION = "Ville de Brillance"
#: key → (name, organisation, role)
PEOPLE = {
    "nadia": ("Nadia Perrault", ORGANISATION, "MOA"),
    "paul": ("Paul Sénéchal", "Cabinet Levant", "PMO"),
    "claire": ("Claire Fontanel", "Cabinet Ponant", "AMOA"),
}


@pytest.fixture
def empty() -> Iterator[Instance]:
    """Start an instance without accounts, as `make start` does."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    try:
        yield instance.start(FOLDER, (), None, Progress(instance.steps(())), {})
    finally:
        instance.end(FOLDER)
        embedded.remove(FOLDER)
        shutil.rmtree(FOLDER, ignore_errors=True)


@pytest.fixture
def opened(browser: Browser, empty: Instance) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a page in a browser of its own."""
    contexts: list[Any] = []

    def open_page(**options: Any) -> Page:
        contexts.append(browser.new_context(base_url=empty.base_url, **options))
        page: Page = contexts[-1].new_page()
        return page

    yield open_page
    for context in contexts:
        context.close()


def invitation_of(address: str) -> str:
    """Return the link in the newest invitation of this person."""
    for file in sorted((FOLDER / "mail").iterdir(), key=lambda path: path.stat().st_mtime, reverse=True):
        for text in file.read_text(encoding="utf-8").split("-" * 79):
            mail = email.message_from_string(text.strip(), policy=email.policy.default)
            if mail["To"] == address:
                return re.findall(r"https?://\S+/invitation/\S+", mail.get_content())[0]
    raise AssertionError(f"no invitation of {address}")


def fill(page: Page, **fields: str) -> None:
    """Fill the fields of the form of a page."""
    for name, text in fields.items():
        field = page.locator(f'main [name="{name}"]')
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(text)
        else:
            field.fill(text)


def send(page: Page, step: str = "") -> None:
    """Press the button of the form, and wait for the next page."""
    with page.expect_navigation():
        page.locator(f'main button[value="{step}"]' if step else 'main button[data-kind="primary"]').last.click()


def test_an_empty_instance_gets_its_people_a_project_and_its_roles(
    empty: Instance, opened: Callable[..., Page]
) -> None:
    admin, address = opened(locale="fr"), set_up_line(empty).rpartition(" ")[2]
    admin.goto(address)
    fill(admin, organisation=ORGANISATION, name="Alix Mercadier", email="alix@example.org", password="a-long-secret")
    send(admin)
    expect(admin).to_have_url(re.compile("/administration/projects/$"))
    pages = {}
    second = opened(locale="en")
    second.goto(address)
    expect(second.locator("h1")).to_have_text("This link has expired")
    assert set_up_line(empty) == "It is set up: sign in."
    for key, (name, organisation, _role) in PEOPLE.items():
        language = "en" if key == "nadia" else "fr"
        admin.goto("/administration/people/invite/")
        fill(admin, email=f"{key}@example.org", name=name, organisation=organisation, language=language)
        send(admin)
        pages[key] = opened(locale=language, viewport={"width": 390, "height": 844})
        pages[key].goto(invitation_of(f"{key}@example.org"))
        fill(pages[key], password=f"{key}-has-a-long-word")
        send(pages[key])
        expect(pages[key]).to_have_url(f"{empty.base_url}/")
    admin.goto("/projects/new/")
    facts = {"title_fr": "Réfection du quai 3", "title_en": "Quay 3 renewal", "code": "QUAI-3", "prefix": "Q"}
    days = {"starts_on": str(date.today()), "ends_on": str(date.today().replace(year=date.today().year + 1, day=1))}
    fill(admin, **facts, **days, language="fr", owner="nadia@example.org")
    send(admin, "review")
    expect(admin.locator("main")).to_contain_text("Nadia Perrault")
    send(admin, "record")
    expect(admin.locator("tr", has_text="QUAI-3")).to_contain_text("Nadia Perrault")
    owner = pages["nadia"]
    for key in ("paul", "claire"):
        owner.goto("/projects/QUAI-3/mandates/appoint/")
        fill(owner, role=PEOPLE[key][2], email=f"{key}@example.org")
        send(owner)
    for key, (_name, _organisation, role) in PEOPLE.items():
        page = pages[key]
        page.goto("/projects/QUAI-3/mandates/")
        with page.expect_navigation():
            page.locator('main a[href$="/accept/"]').click()
        expect(page.locator("main")).to_contain_text(role)
        send(page)
        expect(page.locator('main a[href$="/accept/"]')).to_have_count(0)
    admin.goto("/administration/projects/")
    row = admin.locator("tr", has_text="QUAI-3")
    expect(row).not_to_contain_text("PMO")
    expect(row).to_contain_text("MOE")
    answer = admin.goto("/projects/QUAI-3/")
    assert answer is not None
    assert answer.status == 404, "an administrator reads no contents"
