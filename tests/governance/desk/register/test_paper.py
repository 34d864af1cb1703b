"""Test the decision register as PDF and DOCX: what it holds, and its state on top and in each footer."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import docx
import pytest
from django.urls import reverse
from django.utils.translation import override

from core.acts import acting_as
from governance.desk.register import paper
from governance.enums import Outcome
from governance.life.decision_reviews.enums import ReviewAnswer
from governance.life.decision_reviews.services import review_decision
from governance.models import Decision
from projects.models import Document
from tests import acts, pdf
from tests.database import fire_deferred_triggers

pytestmark = pytest.mark.django_db
ENGLISH, FRENCH = {"accept-language": "en"}, {"accept-language": "fr"}


@pytest.fixture
def decision(owner: Any, proposal: Any) -> Decision:
    return acts.decide(owner, proposal("ready_for_decision"), Outcome.APPROVED_WITH_CONDITIONS)


def reading(person: Any, language: str) -> None:
    """Have a person read in a language."""
    with acting_as(person):
        person.language = language
        person.save()


def fetch(client: Any, kind: str, query: str = "", headers: Any = ENGLISH) -> Any:
    return client.get(f"{reverse('governance:register:register', args=['ONE'])}?export={kind}{query}", headers=headers)


def read_rows(content: bytes) -> list[list[str]]:
    [table] = docx.Document(BytesIO(content)).tables
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_both_files_hold_each_decision_with_where_it_stands(
    decision: Decision, owner: Any, project_one: Any, client_of: Any
) -> None:
    client = client_of(owner)
    drawn = pdf.text(fetch(client, "pdf").content)
    rows = read_rows(fetch(client, "docx").content)
    assert len(rows) == project_one.decisions.count() + 1
    told = {row[0].split()[0]: row for row in rows[1:]}
    for each in project_one.decisions.select_related("project", "revision", "proposal"):
        assert pdf.squeezed(each.reference) in drawn
        assert pdf.squeezed(each.revision.title) in drawn
        assert each.signature.split()[-1] in " ".join(told[each.reference])
        if each.successor:
            assert each.successor.reference in told[each.reference][-1]


@pytest.mark.parametrize(
    ("headers", "words", "numbered"),
    [(ENGLISH, "The last one is", "Page{}of{}"), (FRENCH, "La dernière est", "Page{}sur{}")],
)
def test_the_state_stands_on_top_and_in_each_footer(
    headers: Any, words: str, numbered: str, decision: Decision, recipient: Any, client_of: Any
) -> None:
    language = headers["accept-language"]
    reading(recipient, language)
    client = client_of(recipient)
    content = fetch(client, "pdf", headers=headers).content
    drawn, pages = pdf.text(content), pdf.pages(content)
    said = pdf.squeezed(f"{words} {decision.reference}")
    assert drawn.count(said) == pages + 1
    assert drawn.count(pdf.squeezed(recipient.name)) >= pages + 1
    for number in range(1, pages + 1):
        assert numbered.format(number, pages) in drawn
    document = docx.Document(BytesIO(fetch(client, "docx", headers=headers).content))
    assert said in pdf.squeezed(document.sections[0].footer.paragraphs[0].text)
    assert any(said in pdf.squeezed(paragraph.text) for paragraph in document.paragraphs)


def test_an_extract_says_that_it_is_one(decision: Decision, owner: Any, project_one: Any, client_of: Any) -> None:
    reading(owner, "en")
    count = project_one.decisions.count()
    chosen = project_one.decisions.filter(outcome=decision.outcome).count()
    assert chosen < count
    drawn = pdf.text(fetch(client_of(owner), "pdf", f"&outcome={decision.outcome}").content)
    assert pdf.squeezed(f"Extract: {chosen} of the {count} decisions") in drawn
    assert len(read_rows(fetch(client_of(owner), "docx", f"&outcome={decision.outcome}").content)) == chosen + 1


def test_the_register_of_all_projects_holds_only_those_of_its_reader(
    decision: Decision, owner: Any, outsider: Any, client_of: Any
) -> None:
    address = f"{reverse('governance:register:register_everywhere')}?export=pdf"
    assert pdf.squeezed(decision.reference) in pdf.text(client_of(owner).get(address).content)
    assert pdf.squeezed(decision.reference) not in pdf.text(client_of(outsider).get(address).content)
    assert fetch(client_of(outsider), "pdf").status_code == 404


def test_the_page_offers_both_files_and_other_lists_do_not(decision: Decision, owner: Any, client_of: Any) -> None:
    page = client_of(owner).get(reverse("governance:register:register", args=["ONE"])).content.decode()
    assert "export=pdf" in page
    assert "export=docx" in page
    proposals = client_of(owner).get(reverse("governance:proposals:proposal_list", args=["ONE"])).content.decode()
    assert "export=pdf" not in proposals
    assert "export=csv" in proposals


def test_a_paper_that_cannot_hold_all_says_that_it_is_an_extract(
    decision: Decision, owner: Any, project_one: Any, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading(owner, "en")
    monkeypatch.setattr(paper, "MOST", 2)
    rows = read_rows(fetch(client_of(owner), "docx").content)
    assert rows[1][0].split()[0] == decision.reference
    assert len(rows) == 3
    drawn = pdf.text(fetch(client_of(owner), "pdf").content)
    assert pdf.squeezed(f"Extract: 2 of the {project_one.decisions.count()} decisions") in drawn


def test_a_decision_needs_review_as_of_the_day_of_the_list(owner: Any, amoa: Any, proposal: Any) -> None:
    acts.replace(amoa, Document.objects.get(name="Requirements of the harbour office"))
    fire_deferred_triggers()
    decided = Decision.objects.get(proposal=proposal("decided"))
    [change] = decided.changes
    moment = timedelta(microseconds=1)
    with override("en"):
        told = [paper._describe_row(decided, change.acted_at + step) for step in (-moment, moment)]
        assert told[0] == "In force"
        assert told[1].startswith("Needs review since ")
        review = review_decision(
            actor=owner, decision=decided, answer=ReviewAnswer.HOLDS, change=change.pk, reasons="Only the layout."
        )
        decided = Decision.objects.get(pk=decided.pk)
        assert paper._describe_row(decided, review.acted_at - moment).startswith("Needs review since ")
        assert paper._describe_row(decided, review.acted_at) == "In force"
