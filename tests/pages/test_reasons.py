"""Test that a form which is sent back without a reason is sent back with one of dots too, and records nothing."""

import re
from copy import deepcopy
from typing import Any

import pytest

from tests.acts import count_evidence
from tests.conftest import StrictClient
from tests.pages.visits import Visit, visits

pytestmark = pytest.mark.django_db

REASON = re.compile(r"reasons?|because|why|why_not|words|tie|correction|finding|comment|proof")
DOTS = (".", " … ", "a)")


def _asks(visit: Visit) -> list[str]:
    """List the fields of a form for the reason of an act."""
    return [name for name in visit.fields if REASON.fullmatch(name)]


def test_no_form_takes_a_reason_of_dots(cast: Any, proposal: Any, client_of: Any) -> None:
    signed_in = {member: client_of(person).cookies for member, person in cast.items()}
    tried = set()
    for place, (name, visit) in enumerate(visits(proposal)):
        asked = _asks(visit)
        if (
            visit.method != "POST"
            or visit.status != 422
            or not asked
            or any(visit.fields[ask].strip() for ask in asked)
        ):
            continue
        client = StrictClient()
        client.cookies = deepcopy(signed_in[visit.member])
        kept, text = count_evidence(), DOTS[place % len(DOTS)]
        sent = Visit(visit.member, visit.path, "POST", visit.fields | dict.fromkeys(asked, text))
        assert (name, sent.by(client).status_code) == (name, 422)
        assert (name, count_evidence()) == (name, kept)
        tried.add(name)
    assert len(tried) >= 12, tried
