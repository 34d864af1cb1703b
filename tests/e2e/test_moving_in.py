"""Test the way from an empty instance to sealed decisions, with the browser and the mails alone."""

import email
import email.policy
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from config.processes import Progress
from tests.e2e.conftest import PATIENCE
from tests.e2e.test_journey import advise, decide
from tests.e2e.test_journey import fill as write_proposal
from tools.servers import embedded, instance
from tools.servers.embedded import ROOT
from tools.servers.instance import Instance
from tools.servers.start import set_up_line

FOLDER = ROOT / f"var/test-empty{os.environ.get('PYTEST_XDIST_WORKER', '')}"
ORGANISATION = "Ville de Brillance"
#: key → (name, organisation, role)
PEOPLE = {
    "nadia": ("Nadia Perrault", ORGANISATION, "MOA"),
    "paul": ("Paul Sénéchal", "Cabinet Levant", "PMO"),
    "claire": ("Claire Fontanel", "Cabinet Ponant", "AMOA"),
    "marc": ("Marc Ozanne", "Travaux Ozanne", "MOE"),
    "rose": ("Rose Hamel", "Les pêcheurs", "DEST"),
    "victor": ("Victor Lemoine", ORGANISATION, "MOA"),
}


@pytest.fixture
def empty() -> Iterator[Instance]:
    """Start an instance without accounts, as `make start` does."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    try:
        yield instance.start(FOLDER, (), None, Progress(instance.steps(())), {}, {"WEB_CONCURRENCY": "1"})
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
    """Return the link in the newest invitation of this person, which the worker sends beside the page."""
    limit = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < limit:
        for file in sorted((FOLDER / "mail").iterdir(), key=lambda path: path.stat().st_mtime, reverse=True):
            for text in file.read_text(encoding="utf-8").split("-" * 79):
                mail = email.message_from_string(text.strip(), policy=email.policy.default)
                if mail["To"] == address and (
                    links := re.findall(r"https?://\S+/invitation/\S+\n", mail.get_content())
                ):
                    return str(links[0].strip())
        time.sleep(0.1)
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


def join(admin: Page, page: Page, key: str, language: str) -> None:
    """Invite a person, who follows the link of the mail and chooses a password."""
    name, organisation, _role = PEOPLE[key]
    admin.goto("/administration/people/invite/")
    fill(admin, email=f"{key}@example.org", name=name, organisation=organisation, language=language)
    send(admin)
    page.goto(invitation_of(f"{key}@example.org"))
    fill(page, password=f"{key}-has-a-long-word")
    send(page)
    expect(page).to_have_url(re.compile(r"^http://[^/]+/$"))


def open_project(admin: Page, owner: str, **facts: str) -> None:
    """Open a project through the form and its review."""
    today = date.today()
    days = {"starts_on": str(today), "ends_on": str(today + timedelta(400))}
    admin.goto("/projects/new/")
    fill(admin, **facts, **days, language="fr", owner=f"{owner}@example.org")
    send(admin, "review")
    expect(admin.locator("main")).to_contain_text(PEOPLE[owner][0])
    send(admin, "record")
    expect(admin.locator("tr", has_text=facts["code"])).to_contain_text(PEOPLE[owner][0])


def accept(page: Page) -> None:
    """Accept one's role on the project."""
    page.goto("/projects/QUAI-3/mandates/")
    with page.expect_navigation():
        page.locator('main a[href$="/accept/"]').click()
    send(page)
    expect(page.locator('main a[href$="/accept/"]')).to_have_count(0)


def put_to_owner(page: Page, kind: str, title: str) -> str:
    """Follow the link of the launch page to a proposal of that kind, write and submit it; return its address."""
    page.goto("/projects/QUAI-3/launch/")
    page.locator(f'main a[href*="kind={kind}"]').first.click()
    return write_proposal(page, title, amount="")


def bring_in_risks(page: Page, count: int) -> None:
    """Bring the former list of risks in from a file, through its columns and its check."""
    head = "N°;Risque;Cause;Description;Conséquences;Catégorie;Probabilité;Gravité;Pilote"
    rows = [
        f"R{number};Risque {number};La houle monte.;La digue cède.;Un mois perdu.;externe;{1 + number % 5};3;PMO"
        for number in range(1, count + 1)
    ]
    table = "\n".join([head, *rows])
    page.goto("/projects/QUAI-3/risks/")
    page.locator("main .others > summary").click()  # on a telephone
    page.locator("main summary", has_text="Ajouter plusieurs risques").click()
    page.locator('main a[href$="/import/risks/"]').click()
    bring_in(page, "risques.csv", table)
    page.goto("/projects/QUAI-3/risks/")
    expect(page.locator("main")).to_contain_text(f"Risque {count}")


def change_risks(page: Page, count: int) -> None:
    """Give the first risks of the list one value from the bar of the selection, and take it back."""
    page.goto("/projects/QUAI-3/risks/")
    for box in page.locator('main [name="one"]').all()[:count]:
        box.check()
    with page.expect_navigation():
        page.locator("#bulk button[formaction]").click()
    fill(page, proximity="near")
    send(page)
    expect(page.get_by_role("status").filter(has_text=f"{count} risques sont enregistrés")).to_be_visible()
    with page.expect_navigation():
        page.locator('main form[action*="/undo/"] button').click()
    expect(page.locator(".messages")).to_contain_text(f"{count} lignes sont revenues à leur état précédent")


def bring_in(page: Page, name: str, table: str) -> None:
    """Send a file, keep its columns and write its lines."""
    file = {"name": name, "mimeType": "text/csv", "buffer": table.encode()}
    page.locator('main input[type="file"]').set_input_files([file])  # type: ignore[list-item]
    for _step in ("read", "columns", "write"):
        send(page)


def bring_in_register(page: Page) -> str:
    """Bring the former register in from a file, and put its take-over to the owner; return the proposal's address."""
    table = (
        "N°;Date;Objet;Type;Sens;Motifs;Signataire;Pièce\n"
        "2021-07;03/03/2021;Machine à glace;Budget;Approuvée;Le budget le permet.;Paule Kerné, capitaine;Armoire 3\n"
        "2022-01;10/01/2022;Horaires de la criée;Périmètre;Rejetée;;Paule Kerné, capitaine;\n"
    )
    page.goto("/projects/QUAI-3/register/")
    page.locator('main a[href$="/earlier-decisions/"]').click()
    page.locator('main a[href$="/import/earlier-decisions/"]').first.click()
    bring_in(page, "registre.csv", table)
    page.goto("/projects/QUAI-3/earlier-decisions/")
    expect(page.locator("main")).to_contain_text("À reprendre")
    page.locator('main a[href*="kind=take_over"]').click()
    return write_proposal(page, "The former register", amount="")


def test_an_empty_instance_comes_to_sealed_decisions_of_two_owners(
    empty: Instance, opened: Callable[..., Page], tmp_path: Path
) -> None:
    admin, address = opened(locale="fr"), set_up_line(empty).rpartition(" ")[2]
    admin.goto(address)
    fill(admin, organisation=ORGANISATION, name="Alix Mercadier", email="alix@example.org", password="a-long-secret")
    send(admin)
    expect(admin).to_have_url(re.compile("/administration/settings/email/$"))
    send(admin)
    expect(admin.locator(".messages")).to_contain_text("alix@example.org")
    second = opened(locale="en")
    second.goto(address)
    expect(second.locator("h1")).to_have_text("This link has expired")
    assert set_up_line(empty) == "It is set up: sign in."
    pages = {}
    for key in PEOPLE:
        language = "en" if key == "nadia" else "fr"
        pages[key] = opened(locale=language, viewport={"width": 390, "height": 844})
        join(admin, pages[key], key, language)
    open_project(admin, "nadia", level="portfolio", title_fr="Le port", code="PORT", prefix="PF")
    open_project(admin, "nadia", parent="PORT", title_fr="Réfection du quai 3", code="QUAI-3", prefix="Q")
    owner = pages["nadia"]
    for key in ("paul", "claire", "marc", "rose"):
        owner.goto("/projects/QUAI-3/mandates/appoint/")
        group = {"group": "Les pêcheurs"} if key == "rose" else {}
        fill(owner, role=PEOPLE[key][2], email=f"{key}@example.org", **group)
        send(owner)
    for key in ("nadia", "paul", "claire", "marc", "rose"):
        accept(pages[key])
    answer = admin.goto("/projects/QUAI-3/")
    assert answer is not None
    assert answer.status == 404, "an administrator reads no contents"

    for kind, title in (("appointment", "The roles of the quay"), ("gate", "The launch of the quay")):
        dossier = put_to_owner(pages["paul"], kind, title)
        advise(pages["claire"], title)
        owner.goto(dossier)
        decide(owner, "approved")
    owner.goto("/projects/QUAI-3/launch/")
    expect(owner.locator("main .lede")).to_contain_text("QD-02")

    bring_in_risks(pages["paul"], 40)
    change_risks(pages["paul"], 3)
    dossier = bring_in_register(pages["paul"])
    advise(pages["claire"], "The former register")
    owner.goto(dossier)
    decide(owner, "approved")
    pages["claire"].goto("/projects/QUAI-3/proposals/new/?kind=change")
    dossier = write_proposal(
        pages["claire"], "The order of the works", replaces="remplace 2021-07", rests_on="antérieure 2022-01"
    )
    advise(pages["paul"], "The order of the works")
    owner.goto("/projects/QUAI-3/mandates/name-owner/")
    fill(owner, email="victor@example.org", starts_on=str(date.today()))
    send(owner, "review")
    send(owner, "record")
    owner = pages["victor"]
    accept(owner)
    owner.goto(dossier)
    decide(owner, "approved")
    owner.goto("/projects/QUAI-3/register/")
    for name in ("Nadia Perrault", "Victor Lemoine", "QD-04"):
        expect(owner.locator("main")).to_contain_text(name)
    owner.goto("/projects/QUAI-3/earlier-decisions/")
    expect(owner.locator("tr", has_text="2021-07")).to_contain_text("Remplacée par QD-04")
    expect(owner.locator("tr", has_text="2022-01")).to_contain_text("Antérieure à Ouvrage")
    owner.goto("/projects/QUAI-3/register/")
    owner.locator('main h3 a[href^="/decisions/"]').first.click()
    with owner.expect_download() as proof:
        owner.locator('main a[href$="/proof.zip"]').first.click()
    verified = subprocess.run(
        [sys.executable, "tools/verify_ledger.py", proof.value.path()], cwd=ROOT, capture_output=True, text=True
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr
