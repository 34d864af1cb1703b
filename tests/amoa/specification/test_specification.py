"""Test the specification: what it holds, in which order, on the page and in both files."""

import html
from io import BytesIO
from typing import Any

import docx
import pytest
from django.urls import reverse
from django.utils import translation

from amoa.requirements.models import RequirementBaseline, get_baseline_in_force
from amoa.specification.content import Specification, build_specification
from amoa.specification.files import write_docx, write_pdf
from governance.models import Effect
from tests import acts, pdf
from tests.amoa.requirements.factories import approve, freeze, reject, write
from tests.database import statements

pytestmark = pytest.mark.django_db

ENGLISH = {"accept-language": "en"}


def text_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def url(name: str, *args: Any) -> str:
    return reverse(f"amoa:specification:{name}", args=["ONE", *args])


@pytest.fixture
def baseline(amoa: Any, project_one: Any) -> RequirementBaseline:
    """Freeze the requirements of project one with two more, in a lot and in a category of their own."""
    need = write(amoa, project_one, code="L-N1", kind="need", title="Light at night")
    criteria = [{"number": "1", "text": "Lit for 4 hours."}, {"number": "3", "text": "Seen from 30 metres."}]
    write(
        amoa,
        project_one,
        code="L-1",
        title="Lamps",
        statement="The lamp is lit.\n\n- at dusk\n- at dawn",
        justification="Crews come late.",
        criteria=criteria,
        lot="Lot 9",
        category="Light",
        parent=need,
    )
    return freeze(amoa, project_one)


def entries_of(content: Specification) -> dict[str, Any]:
    return {entry.code: entry for section in content.sections for entry in section.entries}


def test_it_holds_each_requirement_as_it_was_frozen_with_its_need_and_criteria(
    baseline: RequirementBaseline, project_one: Any
) -> None:
    with statements() as sent:
        content = build_specification(project_one, baseline, "code")
    assert len(sent) <= 7
    entry = entries_of(content)["L-1"]
    assert entry.criteria == (("1", "Lit for 4 hours."), ("3", "Seen from 30 metres."))
    assert "L-N1 · Light at night" in dict(entry.facts).values()
    assert [section.heading for section in content.sections] == ["Besoins", "Exigences"]
    codes = [entry.code for entry in content.sections[1].entries]
    assert (codes == sorted(codes), len(codes)) == (True, baseline.versions.exclude(content__kind="need").count())
    assert dict(content.figures)["Besoins"] == len(content.sections[0].entries)


@pytest.mark.parametrize(
    ("order", "own", "last"), [("lot", "Lot 9", "Sans lot"), ("category", "Light", "Sans catégorie")]
)
def test_by_lot_or_category_the_rest_comes_last(
    order: str, own: str, last: str, amoa: Any, baseline: RequirementBaseline, project_one: Any
) -> None:
    write(amoa, project_one, code="L-2", title="Without either")
    content = build_specification(project_one, freeze(amoa, project_one), order)
    sections = {section.heading: [entry.code for entry in section.entries] for section in content.sections}
    assert sections[own] == ["L-1"]
    assert (content.sections[-1].heading, "L-2" in sections[last]) == (last, True)


def test_both_files_hold_every_word_of_the_page(baseline: RequirementBaseline, project_one: Any) -> None:
    content = build_specification(project_one, baseline, "code")
    words = [content.title, *(str(part) for pair in (*content.facts, *content.figures) for part in pair)]
    for section in content.sections:
        words.append(section.heading)
        for entry in section.entries:
            words += [entry.code, entry.title, *entry.statement.split("\n"), entry.justification]
            words += [part for pair in (*entry.criteria, *entry.facts) for part in pair]
    told: list[int] = []
    document = docx.Document(BytesIO(write_docx(content, baseline.acted_at, told.append)))
    assert told == list(range(1, sum(len(section.entries) for section in content.sections) + 1))
    written = pdf.squeezed("".join(paragraph.text for paragraph in document.paragraphs))
    drawn = pdf.text(write_pdf(content, baseline.acted_at))
    for word in filter(None, (pdf.squeezed(word.removeprefix("- ")) for word in words)):
        assert word in written
        assert word in drawn
    assert write_pdf(content, baseline.acted_at) == write_pdf(content, baseline.acted_at)
    assert (document.core_properties.author, document.core_properties.language) == ("Ouvrage", project_one.language)
    assert [p.style.name for p in document.paragraphs if p.text == "L-1 Lamps"] == ["Heading 2"]


def test_a_specification_that_no_decision_approved_says_so_on_top_and_in_each_footer(
    baseline: RequirementBaseline, project_one: Any
) -> None:
    content = build_specification(project_one, baseline, "code")
    assert (content.state, content.mark) == (
        "Projet. Aucune décision n’a approuvé cette version de référence.",
        "PROJET",
    )
    drawn = pdf.text(write_pdf(content, baseline.acted_at))
    pages = pdf.pages(write_pdf(content, baseline.acted_at))
    assert drawn.count(pdf.squeezed(content.state)) == pages + 1, "on top, and in the footer of each page"
    assert drawn.count("PROJET") >= pages
    document = docx.Document(BytesIO(write_docx(content, baseline.acted_at)))
    assert content.state in "".join(paragraph.text for paragraph in document.paragraphs)
    [part] = document.sections
    assert content.state in part.footer.paragraphs[0].text
    assert part.header.paragraphs[0].text == "PROJET"


def test_an_approved_one_names_its_decision_its_day_and_its_signatory_until_another_replaces_it(
    amoa: Any, project_one: Any, owner: Any
) -> None:
    first = get_baseline_in_force(project_one)
    assert first
    by = Effect.objects.get(subject_id=project_one.pk, field="baseline", after=str(first.number)).decision
    with translation.override("en"):
        content = build_specification(project_one, first, "code")
        assert content.state.startswith(f"In force. Approved by decision {by.reference} of ")
        assert content.state.endswith(f"signed by {by.signature}.")
        assert content.mark == ""
    write(amoa, project_one, code="L-7", title="Another")
    second = freeze(amoa, project_one)
    approve(owner, project_one, second)
    project = acts.fresh(project_one)
    third = freeze(amoa, project)
    reject(owner, project, third)
    with translation.override("en"):
        assert build_specification(project, third, "code").state.startswith("Refused by decision")
        assert build_specification(project, first, "code").state.startswith("No longer in force. Approved by decision")
        assert build_specification(project, second, "code").state.startswith("In force.")


def test_no_text_breaks_a_file(amoa: Any, project_one: Any) -> None:
    hostile = "#panic() <b>&amp; \U0001f6a2 " + "x" * 90
    write(amoa, project_one, code="L-9", title=hostile, statement=hostile, lot="=1+1")
    baseline = freeze(amoa, project_one)
    content = build_specification(project_one, baseline, "lot")
    assert write_pdf(content, baseline.acted_at).startswith(b"%PDF")
    document = docx.Document(BytesIO(write_docx(content, baseline.acted_at)))
    assert any("#panic() <b>&amp;" in paragraph.text for paragraph in document.paragraphs)


def test_the_page_shows_the_baseline_in_force_and_any_other(
    baseline: RequirementBaseline, recipient: Any, client_of: Any
) -> None:
    client = client_of(recipient)
    in_force = text_of(client.get(url("specification"), headers=ENGLISH))
    assert ", in force, as one document." in in_force
    assert "Lamps" not in in_force
    frozen = client.get(url("baseline_specification", baseline.number) + "?order=lot&part=x", headers=ENGLISH)
    assert "which is not in force" in text_of(frozen)
    assert "Seen from 30 metres." in text_of(frozen)
    for kind, media in (("pdf", "application/pdf"), ("docx", "application/vnd.openxmlformats")):
        file = client.get(url("specification_file", baseline.number, kind))
        assert file["Content-Type"].startswith(media)
    assert client.get(url("specification_file", baseline.number, "exe")).status_code == 404
    assert client.get(url("baseline_specification", 99)).status_code == 404
    of_baseline = text_of(client.get(baseline.get_absolute_url()))
    assert url("baseline_specification", baseline.number) in of_baseline


def test_a_long_one_is_read_in_parts(amoa: Any, project_one: Any, client_of: Any) -> None:
    for n in range(201):
        write(amoa, project_one, code=f"Z-{n:03d}", title=f"Lamp {n}")
    baseline = freeze(amoa, project_one)
    path = url("baseline_specification", baseline.number)
    parts = [client_of(amoa).get(f"{path}?part={part}").context for part in (1, 2, 3)]
    shown = [entry.code for part in parts for section in part["sections"] for entry in section.entries]
    assert sorted(shown) == sorted(baseline.versions.values_list("content__code", flat=True))
    assert [(part["previous"], part["next"]) for part in parts] == [(0, 2), (1, 0), (2, 0)]
