"""Test the pages that the footer links: help, accessibility, legal notice, privacy, and the version."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from core.history import version_of
from projects.models import OrganisationSettings
from projects.organisation_settings.services import edit_settings
from projects.public_pages.help_texts import ROLES

pytestmark = pytest.mark.django_db
PAGES = ("/help/", "/accessibility/", "/legal-notice/", "/privacy/")


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_everyone_reads_the_pages_from_the_footer_of_every_page(path: str, language: str) -> None:
    headers = {"accept-language": language}
    assert f'href="{path}"' in Client().get("/sign-in/", headers=headers).text
    answer = Client().get(path, headers=headers)
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text


def test_the_footer_says_the_version(owner: Any, client_of: Any) -> None:
    assert f"Ouvrage {settings.VERSION}" in client_of(owner).get("/projects/").text


def test_each_role_has_a_few_lines_of_help_in_both_languages() -> None:
    for role in ROLES:
        said = []
        for language in ("fr", "en"):
            with translation.override(language):
                said.append([str(line) for line in role.lines])
        assert len(said[0]) == len(said[1]) in {5, 6}
        assert not set(said[0]) & set(said[1])


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "Portefeuille et programme"),
        ("en", "Portfolio and programme"),
        ("fr", "Séances"),
        ("en", "Sessions"),
    ],
)
def test_the_help_says_what_each_level_decides_and_what_a_session_does(language: str, said: str) -> None:
    help_page = Client().get("/help/", headers={"accept-language": language}).text
    section = help_page.partition(f"{said}</h2>")[2].partition("</section>")[0]
    assert section.count("<li>") == 6


def test_the_legal_notice_says_who_publishes_and_whom_to_ask(staff_admin: Any) -> None:
    fields = {"publisher": "City of Brillance\n1 quay", "host": "Hosts & sons", "legal_contact": "dpo@example.org"}
    edit_settings(actor=staff_admin, fields=fields, seen=version_of(OrganisationSettings.objects.get()))
    notice = Client().get("/legal-notice/").text
    assert "City of Brillance<br>1 quay" in notice
    assert "Hosts &amp; sons" in notice
    for path in PAGES[1:]:
        assert 'href="mailto:dpo@example.org"' in Client().get(path).text
