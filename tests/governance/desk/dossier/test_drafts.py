"""Test that the page of a draft says what is missing before it is submitted."""

from typing import Any

import pytest

from tests import acts

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


def test_a_draft_lists_what_to_complete_each_with_its_field(amoa: Any, project_one: Any, client_of: Any) -> None:
    file = acts.draft(amoa, project_one, risks="", decide_by=None)
    page = client_of(amoa).get(file.get_absolute_url(), headers=ENGLISH)
    assert "To complete before you submit" in page.text
    assert "Describe the risks, or write “none”." in page.text
    assert "#id_decide_by" in page.text


def test_a_complete_draft_and_a_submitted_one_list_nothing(amoa: Any, project_one: Any, client_of: Any) -> None:
    file = acts.draft(amoa, project_one)
    client = client_of(amoa)
    assert "To complete before you submit" not in client.get(file.get_absolute_url(), headers=ENGLISH).text
    acts.submit(amoa, file)
    assert "To complete before you submit" not in client.get(file.get_absolute_url(), headers=ENGLISH).text
