"""The pages of recipients and of the change plan, as people of the project read and fill them."""

from typing import Any

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "name",
    [
        "recipient_list", "change_plan", "change_communications", "change_trainings", "change_feedback",
        "change_adoption", "calendar",
    ],
)  # fmt: skip
def test_pages(name: str, recipient: Any, amoa: Any, client_of: Any) -> None:
    for who in (recipient, amoa):
        answer = client_of(who).get(reverse(f"governance:{name}", args=["ONE"]))
        assert answer.status_code == 200
