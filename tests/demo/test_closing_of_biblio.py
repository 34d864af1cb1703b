"""Test that the demo shows a project that was closed by groups, what it carried over, and evidence that was refused."""

import pytest
from django.utils.translation import override

from governance.decide.kinds.items import label_item
from governance.decide.obligations.enums import Verdict
from governance.desk.inbox.queries import read_tasks
from governance.life.carry_overs.models import CarryOver
from governance.models import Decision, EvidenceCheck
from governance.record.verification.verifier import verify
from projects.models import Project
from tests.demo.scenarios import person

pytestmark = pytest.mark.django_db


def test_biblio_was_closed_with_a_word_for_each_group_and_one_item_apart(demo: None, db: None) -> None:
    biblio = Project.objects.get(code="BIBLIO")
    closing = Decision.objects.get(project=biblio, number=3)
    assert (biblio.state, verify(biblio).faults) == ("closed", [])
    said = {(word["group"], word["fate"]) for word in closing.settled if "group" in word}
    assert {("never_given", "excused"), ("risks", "carried"), ("conditions", "carried")} < said
    assert ("conditions", "waived") in said, "one condition is taken out, and waived with a word of its own"
    assert len([word for word in closing.settled_words if len(word.items) > 1]) <= 8


def test_what_biblio_carried_over_is_accepted_done_or_waits(demo: None, db: None) -> None:
    rows = CarryOver.objects.filter(project__code="BIBLIO").select_related("target", "holder")
    assert {row.target.code for row in rows} == {"GUICHET"}
    assert {row.holder.name.split()[-1]: row.state for row in rows} == {
        "Castaing": "accepted",
        "Marchetti": "done",
        "Tallec": "asked",
    }
    tasks = {
        name: [
            task.kind.name for task in read_tasks(person(name)).tasks if task.kind.name in {"carry_overs", "taken_over"}
        ]
        for name in ("castaing", "marchetti", "le-tallec", "perrault")
    }
    assert tasks == {"castaing": ["taken_over"], "marchetti": [], "le-tallec": [], "perrault": ["carry_overs"]}


def test_the_demo_shows_evidence_that_was_not_received(demo: None, db: None) -> None:
    [check] = EvidenceCheck.objects.filter(verdict=Verdict.NOT_RECEIVED, discharge__project__code="VIGIE")
    assert check.reason


def test_each_reader_sees_the_kinds_of_items_in_their_language(demo: None, db: None) -> None:
    closing = Decision.objects.get(project__code="BIBLIO", number=3)
    frozen = {word["label"] for word in closing.settled}
    assert "Obligation of PMO" in frozen, "it is frozen in the language of the project"
    for language, label in (("fr", "Obligation du rôle PMO"), ("en", "Obligation of PMO")):
        with override(language):
            said = [item.label for word in closing.settled_words for item in word.items]
        assert label in said
    assert label_item("kind-of-another-time", "As it was written") == "As it was written"
