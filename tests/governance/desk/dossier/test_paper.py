"""Test the decision file as PDF and DOCX: its state and decision on top and in each footer, and what a reader sees."""

from io import BytesIO
from typing import Any

import docx
import pytest
from django.urls import reverse
from django.utils import timezone, translation

from core.files.papers.files import write_paper
from governance.desk.dossier.dossier import build_dossier
from governance.desk.dossier.paper import build_paper
from governance.enums import Outcome
from governance.models import Proposal
from tests import acts, pdf

pytestmark = pytest.mark.django_db
STATES = ("draft", "under_review", "ready_for_decision", "decided", "conditions_open", "superseded")


def url(proposal: Any, kind: str) -> str:
    return reverse("governance:dossier:dossier_file", args=[proposal.pk, kind])


def build(person: Any, proposal: Any, language: str = "en") -> Any:
    with translation.override(language):
        return build_paper(build_dossier(person, acts.reread(proposal)), person, timezone.now())


def read_docx(content: bytes) -> tuple[str, str, Any]:
    """Return the squeezed text of the body and of the footer, and the document."""
    document = docx.Document(BytesIO(content))
    [part] = document.sections
    body = "".join(paragraph.text for paragraph in document.paragraphs)
    return pdf.squeezed(body), pdf.squeezed(part.footer.paragraphs[0].text), document


def test_a_decided_file_names_its_decision_its_day_and_its_signatory(owner: Any, pmo: Any, proposal: Any) -> None:
    decision = acts.decide(owner, proposal("ready_for_decision"), Outcome.APPROVED_WITH_CONDITIONS)
    paper = build(pmo, decision.proposal)
    assert paper.state.startswith(f"Approved with conditions. Decision {decision.reference} of ")
    assert paper.state.endswith(f", signed by {decision.signature}.")
    assert paper.mark == ""
    french = build(pmo, decision.proposal, "fr")
    assert french.state.startswith(f"Approuvée sous conditions. Décision {decision.reference} du ")
    assert french.state.endswith(f", signée par {decision.signature}.")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("kind", ["ready_for_decision", "decided"])
def test_state_print_and_page_stand_in_each_footer(kind: str, language: str, pmo: Any, proposal: Any) -> None:
    paper = build(pmo, proposal(kind), language)
    with translation.override(language):
        content = write_paper(paper, "pdf", timezone.now())
        written = write_paper(paper, "docx", timezone.now())
    drawn, pages = pdf.text(content), pdf.pages(content)
    assert drawn.count(pdf.squeezed(paper.state)) == pages + 1, "on top, and in the footer of each page"
    assert drawn.count(pdf.squeezed(paper.printed)) == pages + 1
    assert str(pmo) in paper.printed
    words = {"en": "Page{}of{}", "fr": "Page{}sur{}"}[language]
    for page in range(1, pages + 1):
        assert words.format(page, pages) in drawn
    body, foot, document = read_docx(written)
    for said in (paper.state, paper.printed):
        assert pdf.squeezed(said) in body
        assert pdf.squeezed(said) in foot
    fields = [code.text for code in document.sections[0].footer._element.iter() if code.tag.endswith("}instrText")]
    assert fields == ["PAGE", "NUMPAGES"]
    assert document.core_properties.language == language


@pytest.mark.parametrize("state", STATES)
def test_both_files_hold_every_word_of_the_paper(state: str, pmo: Any, amoa: Any, proposal: Any) -> None:
    file = proposal(state)
    paper = build(amoa if state == "draft" else pmo, file)
    drawn = pdf.text(write_paper(paper, "pdf", timezone.now()))
    body, _foot, document = read_docx(write_paper(paper, "docx", timezone.now()))
    words = [paper.title, *(part.heading for part in paper.parts)]
    lines = [line for part in paper.parts for line in part.lines]
    for line in lines:
        words += [line.label, line.text, *(line.words.replace("\n- ", "\n").removeprefix("- ").split("\n"))]
    for word in filter(None, map(pdf.squeezed, words)):
        assert word in drawn
        assert word in body
    assert [p.text for p in document.paragraphs if p.style.name == "Heading 1"] == [
        part.heading for part in paper.parts if part.heading
    ]
    assert file.title in "".join(line.words for line in lines) + paper.title


def test_a_text_that_nobody_submitted_is_marked_on_each_page(amoa: Any, proposal: Any) -> None:
    paper = build(amoa, proposal("draft"))
    assert (paper.state, paper.mark) == ("Draft. No decision has been recorded on this text.", "DRAFT")
    content = write_paper(paper, "pdf", timezone.now())
    assert pdf.text(content).count("DRAFT") >= pdf.pages(content)
    assert build(amoa, proposal("under_review")).mark == ""


def test_a_replaced_decision_and_one_to_be_reviewed_say_so(owner: Any, proposal: Any) -> None:
    old = proposal("superseded")
    paper = build(owner, old)
    assert " Replaced by " in paper.state


def test_what_was_entered_afterwards_says_so(pmo: Any, proposal: Any) -> None:
    file = proposal("decided")
    paper = build(pmo, file)
    assert acts.reread(file).current.entered_afterwards
    told = {line.label: line.text for part in paper.parts for line in part.lines}
    assert "Entered afterwards, " in told["Submitted on"]
    assert "Entered afterwards, " in told["Decided on"]


def test_a_decision_without_an_opinion_says_why(owner: Any, pmo: Any, proposal: Any) -> None:
    why = "The season begins on Monday."
    decision = acts.decide(owner, proposal("under_review"), waived={"PMO": why})
    lines = [line for part in build(pmo, decision.proposal).parts for line in part.lines]
    [line] = [line for line in lines if line.words == why]
    assert (line.label, line.text) == ("Opinion of the PMO", "Opinion not received")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_proposal_of_the_cast_can_be_printed(language: str, cast: dict[str, Any]) -> None:
    files = list(Proposal.objects.exclude(current=None).select_related("project"))
    assert len({file.kind for file in files}) > 5
    for file in files:
        reader = next(person for person in cast.values() if Proposal.objects.visible_to(person).filter(pk=file.pk))
        paper = build(reader, file, language)
        assert paper.state
        assert all(line.text or line.words or line.label for part in paper.parts for line in part.lines)


def test_no_text_breaks_a_file(amoa: Any, project_one: Any) -> None:
    hostile = "#panic() <b>&amp; \U0001f6a2 " + "x" * 90
    file = acts.draft(amoa, project_one, title=hostile, question=hostile)
    paper = build(amoa, file)
    assert write_paper(paper, "pdf", timezone.now()).startswith(b"%PDF")
    body, _foot, _document = read_docx(write_paper(paper, "docx", timezone.now()))
    assert pdf.squeezed("#panic() <b>&amp;") in body


def test_only_readers_of_the_project_get_the_file(pmo: Any, outsider: Any, proposal: Any, client_of: Any) -> None:
    file = proposal("decided")
    for kind, media in (("pdf", "application/pdf"), ("docx", "application/vnd.openxmlformats")):
        answer = client_of(pmo).get(url(file, kind))
        assert answer["Content-Type"].startswith(media)
        assert client_of(outsider).get(url(file, kind)).status_code == 404
        assert url(file, kind) in client_of(pmo).get(file.get_absolute_url()).content.decode()
    assert client_of(pmo).get(url(file, "exe")).status_code == 404
