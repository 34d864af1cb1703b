"""Test the feed of a project: every kind of row that an event is about can be named, and leads to its page."""

from typing import Any

import pytest
from django.utils.html import strip_tags

from governance.subject_names import _select
from governance.workspace_registry import EVENT_SUBJECTS
from pmo.registers.risks.services import raise_issue

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("label", sorted(EVENT_SUBJECTS))
def test_the_rows_of_every_kind_of_subject_can_be_read(label: str) -> None:
    assert list(_select(label, [0])) == []


def test_the_home_names_an_issue_that_was_raised_and_leads_to_it(pmo: Any, project_one: Any, client_of: Any) -> None:
    fields = {"title": "The crane is stuck", "urgency": "medium", "impact": "medium", "size": "medium"}
    issue = raise_issue(actor=pmo, project=project_one, fields=fields)
    page = client_of(pmo).get(project_one.get_absolute_url(), headers={"accept-language": "en"})
    assert page.status_code == 200
    assert f'href="{issue.get_absolute_url()}"' in page.text
    assert f"{issue.reference} The crane is stuck" in " ".join(strip_tags(page.text).split())
