"""Test that everybody of the demo may do what My tasks asks, and finds there what waits for them."""

from typing import Any

import pytest

from governance.workflow import BEING_ADVISED
from roles.models import User
from tests.agreement import list_asked, list_disagreements

pytestmark = pytest.mark.django_db


def test_who_is_asked_to_decide_or_advise_may_and_who_may_is_asked(demo: None, db: None) -> None:
    assert list_disagreements(User.objects.filter(is_active=True).exclude(mandates=None).distinct()) == []


def test_each_row_opens_its_file(demo: None, db: None, client_of: Any) -> None:
    opened = set()
    for user in User.objects.filter(is_active=True).exclude(mandates=None).distinct():
        for name, rows in list_asked(user).items():
            for file in rows.values():
                page = client_of(user).get(file.get_absolute_url())
                assert page.status_code == 200, (user, file)
                opened.add((name, file.state in BEING_ADVISED))
    assert {name for name, _state in opened} == {"decide", "advise"}
