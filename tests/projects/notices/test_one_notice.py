"""Test that an act tells each person of a fact once, and leaves its author nothing unread. Acts are those of pages."""

from collections import Counter
from typing import Any

import pytest

from amoa.enums import Reason
from projects.models import Notification
from projects.notices.enums import Reason as ProjectReason
from tests.database import fire_deferred_triggers
from tests.pages.test_access_matrix import LINES, VISITORS, Line, act, address
from tests.pmo.standards.conformity.checked_standards import of_the_cast
from tests.projects.notices.test_one_fact import OF_THEIR_OWN, tell

pytestmark = pytest.mark.django_db

#: Each act that a page posts, with the members of the cast who may do it.
ACTS = {
    f"{name}-{line.on or '-'}": (
        name,
        line,
        [member for member, pair in line.expected().items() if pair[1] == 302 and member not in VISITORS],
    )
    for name, lines in LINES.items()
    for line in lines
    if line.act
}


@pytest.fixture(scope="module")
def _standard_of_the_cast(kept_database: None) -> None:
    """Put the standard of the cast in place, once for this file."""
    of_the_cast()
    fire_deferred_triggers()  # what the cast decided is not judged by what the act changes


@pytest.mark.parametrize("key", [key for key, (_name, _line, members) in ACTS.items() if members])
@pytest.mark.usefixtures("_standard_of_the_cast")
def test_an_act_tells_each_person_of_a_fact_once(key: str, cast: dict[str, Any], proposal: Any, client_of: Any) -> None:
    name, line, members = ACTS[key]
    author = cast[members[0]]
    known = set(Notification.objects.values_list("pk", flat=True))
    answer = client_of(author).post(*_build_post(name, line, proposal))
    assert answer.status_code == 302
    told = [notice for notice in Notification.objects.select_related("event") if notice.pk not in known]
    facts = Counter((notice.recipient_id, notice.reason, notice.link, _find_mandate(notice)) for notice in told)
    assert [fact for fact, count in facts.items() if count > 1] == []
    for notice in told:
        if notice.recipient_id == author.pk and notice.reason != Reason.IMPORT_DONE:
            assert notice.read_at, f"{notice.reason} is unread for the one who did it"
    again = [notice for notice in told if not (notice.is_on_hand_or_seat or notice.reason in OF_THEIR_OWN)]
    for notice in again:
        tell(
            actor=cast["staff_admin"],
            person=notice.recipient,
            reason=notice.reason,
            about=Told(notice),
            detail=notice.detail,
        )
    standing = Notification.objects.standing().exclude(pk__in=known)
    facts = Counter(standing.values_list("recipient", "reason", "about", "detail"))
    for notice in again:
        assert facts[notice.recipient_id, notice.reason, notice.about, notice.detail] == 1, "told twice, one notice"


class Told:
    """The subject of a notice that is told again."""

    def __init__(self, notice: Notification) -> None:
        self.reference, _dot, self.title = notice.about.rpartition(" · ")
        self.link = notice.link

    def get_absolute_url(self) -> str:
        return self.link


def _find_mandate(notice: Notification) -> int | None:
    """Return the mandate that ended: several of a role may end in one act, and have one page."""
    return notice.event.subject_id if notice.event and notice.reason == ProjectReason.ROLE_ENDED else None


def _build_post(name: str, line: Line, proposal: Any) -> tuple[str, dict[str, Any]]:
    fields = act(line.act, proposal(line.on) if line.on else None)[1]
    return address(name, line, proposal), fields


def test_most_acts_are_looked_at() -> None:
    assert len([key for key, (_name, _line, members) in ACTS.items() if members]) > 100
