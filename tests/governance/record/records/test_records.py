"""Test the decision record: its content, equal on the page and in the PDF, and stable over time."""

import pickle
import re
import subprocess
import sys
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from html import escape
from time import process_time
from typing import Any

import pytest
import time_machine
import typst
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import capfirst

from core.acts import acting_as, back_entry
from core.history import version_of
from governance.enums import Outcome, Position
from governance.life.facts.services import edit_facts
from governance.models import Decision, Proposal
from governance.record.records.facts import Line, Record, Section, build_record
from governance.record.records.pdf import render_pdf
from projects.models import Delegation, LedgerEvent, Logo, OrganisationSettings
from projects.organisation_settings.services import edit_settings
from projects.seats.mandates.services import end_mandate, revoke
from tests import acts, pdf
from tests.database import fire_deferred_triggers, owning
from tests.projects.organisation_settings.test_settings import png

pytestmark = pytest.mark.django_db

ELSEWHERE = """
import pickle, sys, django
django.setup()
from governance.record.records.pdf import render_pdf
sys.stdout.buffer.write(render_pdf(pickle.load(sys.stdin.buffer)))
"""


def read(decision: Decision) -> Decision:
    """Read the decision afresh, as the pages do."""
    return Decision.objects.with_record().get(pk=decision.pk)


def record(decision: Decision, language: str = "en") -> Record:
    """Return the current record of `decision`."""
    return build_record(read(decision), language)


def answer_of(proposal: Proposal) -> Decision:
    """Return the last decision on `proposal`."""
    return Decision.objects.filter(proposal=proposal).latest("number")


def lines(found: Record) -> dict[str, Line]:
    """Map the lines of a record by their label."""
    return {line.label: line for section in found.sections for line in section.lines}


def written(found: Record) -> list[str]:
    """Yield every text of a record."""
    said = [found.reference, found.title, found.code, found.project, found.outcome_label, found.time_zone]
    for section in found.sections:
        said.append(section.heading)
        for line in section.lines:
            said += [line.label, line.text, *line.words.splitlines(), *line.marks, line.digits]
    return [text.strip().removeprefix("- ") for text in said if text.strip()]


@pytest.fixture(scope="module")
def kept_decision(kept_cast: dict[str, Any], kept_proposal: Any) -> Decision:
    """Approve with two conditions, against the opinion of the PMO, once for the file."""
    file = kept_proposal("submitted")
    acts.advise(kept_cast["pmo"], file, Position.UNFAVOURABLE, "Too early.\n\n- no crew\n- no ice")
    conditions = [acts.CONDITION, replace(acts.CONDITION, text="The ice is paid for.", role="MOE")]
    made = acts.decide(kept_cast["owner"], file, Outcome.APPROVED_WITH_CONDITIONS, conditions)
    fire_deferred_triggers()
    return made


@pytest.fixture
def decision(kept_decision: Decision) -> Decision:
    """Return the decision with two conditions."""
    return deepcopy(kept_decision)


@pytest.fixture
def delegated(delegate: Any, proposal: Any) -> Decision:
    """Decide as the delegate."""
    return acts.decide(delegate, proposal("ready_minor"))


# — what it says —


def test_a_record_says_what_was_asked_answered_advised_and_signed(decision: Decision) -> None:
    revision, event = decision.revision, LedgerEvent.objects.get(act="decide", subject_id=decision.pk)
    found = record(decision)
    said = lines(found)
    assert (found.reference, found.code, found.project) == (decision.reference, "ONE", "Harbour renewal")
    assert (found.title, found.outcome_label) == (revision.title, "Approved with conditions")
    assert said["Proposal"].text.startswith(f"{decision.proposal.reference}, revision {revision.number}, submitted on ")
    assert said["Question"].words == revision.question
    assert said["What is proposed"].words == revision.context
    for name, option in zip(("Option A, recommended", "Option B"), revision.options, strict=False):
        assert said[name].words == "\n\n".join(filter(None, (option["title"], option["description"])))
    assert said["Recommendation"].words == revision.recommendation
    with translation.override("en"):
        impacts = revision.impacts()
    for name, impact in impacts:
        assert (said[capfirst(name)].words if impact else "") == impact
    assert said["Evidence"].words == revision.evidence
    assert said["Reasons"].words == decision.reasons
    assert said["Condition 1"].words == acts.CONDITION.text
    assert said["Condition 2"].text.startswith("responsible role: MOE, due ")
    assert said["PMO"].text.startswith("Unfavourable, by Priya Nair, ")
    assert said["PMO"].words == "Too early.\n\n- no crew\n- no ice"
    assert (said["Signatory"].text, said["Capacity"].text) == ("Camille Vasseur", "Project owner")
    assert said["Mandate"].text.startswith("Camille Vasseur, project owner since ")
    assert said["Fingerprint of the revision"].digits == revision.hash
    assert f"Entry {event.seq} of the ledger of ONE" in said["Receipt"].text
    assert said["Receipt"].digits == bytes(event.hash).hex()


def test_the_receipt_names_the_head_of_the_chain_at_that_time(decision: Decision, owner: Any) -> None:
    acts.lift(owner, decision.proposal)
    event = LedgerEvent.objects.get(act="decide", subject_id=decision.pk)
    following = LedgerEvent.objects.get(project=decision.project, seq=event.seq + 1)
    assert lines(record(decision))["Receipt"].digits == bytes(following.prev).hex()


def test_a_delegate_signs_in_the_name_of_the_owner_and_within_the_act(delegated: Decision) -> None:
    said = lines(record(delegated))
    assert said["Signatory"].text == "Tobias Renner"
    assert said["Capacity"].text == f"By delegation of Camille Vasseur ({delegated.delegation.document})"  # type: ignore[union-attr]
    assert re.fullmatch(r"Since .+, up to €20,000, for: .*minor change.*", said["Delegation"].text)
    assert said["Mandate"].text.startswith("Camille Vasseur, ")


def test_a_delegation_without_a_cap_names_none(delegated: Decision) -> None:
    found = read(delegated)
    assert found.delegation is not None
    found.delegation.cap = None
    assert "up to" not in lines(build_record(found, "en"))["Delegation"].text


def test_a_deferral_says_when_it_is_decided_again(owner: Any, proposal: Any) -> None:
    deferred = acts.decide(owner, proposal("ready_for_decision"), Outcome.DEFERRED)
    assert str(acts.FUTURE.year) in lines(record(deferred))["Decide again on"].text


def test_a_decision_says_which_one_it_replaces(owner: Any, amoa: Any, pmo: Any, proposal: Any) -> None:
    first, second = again(owner, amoa, pmo, proposal("ready_for_decision"))
    assert "Replaces" not in lines(record(first))
    assert lines(record(second))["Replaces"].text == first.reference


def again(owner: Any, amoa: Any, pmo: Any, file: Proposal) -> tuple[Decision, Decision]:
    """A decision that asked for rework comes before the approval."""
    first = acts.decide(owner, file, Outcome.REWORK)
    acts.edit(amoa, file)
    acts.submit(amoa, file)
    acts.advise(pmo, file)
    return first, acts.decide(owner, file)


def test_a_decision_entered_afterwards_shows_both_dates(proposal: Any, decision: Decision) -> None:
    then = answer_of(proposal("decided"))
    said, now = lines(record(then)), lines(record(decision))
    assert said["Entered on"].marks == ("Entered afterwards",)
    assert said["Entered on"].text != said["Decided on"].text
    assert "Entered afterwards" in said["Proposal"].marks
    assert "Entered afterwards" in said["PMO"].marks
    assert now["Entered on"].marks == now["PMO"].marks[1:] == ()


def test_an_opinion_asked_and_not_received_is_named(decision: Decision) -> None:
    found = read(decision)
    found.revision.asked_roles = ["PMO", "DEST"]
    said = lines(build_record(found, "en"))
    assert said["DEST"].text == "Asked, and not received when the decision was recorded"
    assert said["PMO"].text.startswith("Unfavourable")


def test_a_record_on_which_no_opinion_was_asked_says_so(decision: Decision) -> None:
    found = read(decision)
    found.revision.asked_roles = []
    found.revision._prefetched_objects_cache = {"opinions": []}  # type: ignore[attr-defined]
    assert lines(build_record(found, "en"))["Opinions"].text == "None was asked"


def test_a_dissenting_opinion_stays_beside_the_decision_and_is_marked(
    decision: Decision, owner: Any, proposal: Any
) -> None:
    agreed = acts.decide(owner, proposal("ready_for_decision"))
    assert lines(record(decision))["PMO"].marks == ("Dissenting opinion",)
    assert "Dissenting opinion" not in lines(record(agreed))["PMO"].marks


# — in which words —


def test_the_record_is_in_the_language_asked_and_in_the_typography_of_that_language(delegated: Decision) -> None:
    found = read(delegated)
    found.acted_at = datetime(2026, 11, 24, 13, 5, tzinfo=UTC)
    found.recorded_at = datetime(2026, 7, 31, 22, 9, tzinfo=UTC)
    french, english = lines(build_record(found, "fr")), lines(build_record(found, "en"))
    assert french["Décidé le"].text == "24\xa0novembre 2026 à 14\xa0h\xa005"
    assert french["Saisi le"].text == "1er\xa0août 2026 à 0\xa0h\xa009"
    assert (english["Decided on"].text, english["Entered on"].text) == (
        "24\xa0November 2026 at 14:05",
        "1\xa0August 2026 at 00:09",
    )
    assert "20\u202f000\xa0€, pour\u202f: " in french["Délégation"].text
    assert (build_record(found, "fr").project, build_record(found, "fr").language) == ("Rénovation du port", "fr")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_and_the_pdf_say_all_that_the_record_says(
    language: str, decision: Decision, recipient: Any, client_of: Any
) -> None:
    client = client_of(recipient)
    page = client.get(decision.get_absolute_url(), headers={"accept-language": language}).content.decode()
    said = pdf.text(client.get(f"{address(decision)}?lang={language}").content)
    page = " ".join(page.split())
    for text in written(record(decision, language)):
        assert escape(" ".join(text.split()), quote=False) in page.replace("&#x27;", "'").replace("&quot;", '"'), text
        assert pdf.squeezed(text) in said, text


def test_an_invisible_character_is_written_as_its_code(decision: Decision) -> None:
    found = read(decision)
    found.reasons = "I \u202edo not\u202c approve\x07 \ue000"
    found.signature = "\u2067Camille"
    said = lines(build_record(found, "en"))
    assert said["Reasons"].words == "I [U+202E]do not[U+202C] approve[U+0007] [U+E000]"
    assert said["Signatory"].text == "[U+2067]Camille"


# — the file —


def address(decision: Decision) -> str:
    """Return the address of the PDF."""
    return reverse("governance:records:decision_record_pdf", args=[decision.pk])


def test_the_pdf_is_accessible_named_and_dated_by_the_act(decision: Decision) -> None:
    found = record(decision, "fr")
    made = render_pdf(found)
    assert b"/MarkInfo<</Marked true" in made
    assert b"/Lang(fr)" in made
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made
    assert f"/CreationDate(D:{decision.acted_at.astimezone(UTC):%Y%m%d%H%M%S}".encode() in made
    assert f"{found.reference} {found.title}</rdf:li></rdf:Alt></dc:title>".encode() in made


@pytest.mark.parametrize(
    ("asked", "language"), [("?lang=fr", "fr"), ("?lang=en", "en"), ("", "en"), ("?lang=de", "en"), ("?lang=", "en")]
)
def test_the_file_is_shown_under_a_name_of_its_own_in_the_language_asked_or_that_of_the_project(
    asked: str, language: str, decision: Decision, owner: Any, client_of: Any
) -> None:
    answer = client_of(owner).get(address(decision) + asked, headers={"accept-language": "fr"})
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'inline; filename="ONE-{decision.reference}-{language}.pdf"'
    assert answer.content == render_pdf(record(decision, language))


def test_a_record_says_what_the_matrix_of_that_day_said(decision: Decision) -> None:
    sections = {section.heading: section.lines for section in record(decision).sections}
    letters = {line.label: line.text for line in sections["Responsibility matrix on that day"]}
    assert letters["MOA"] == "D · decides"
    powers = decision.project.matrix.powers
    kind = decision.proposal.kind
    assert set(letters) == {role for role, held in powers.items() if any(kind in kinds for kinds in held.values())}


def test_an_ordinary_record_is_two_pages_at_most(proposal: Any, delegated: Decision, decision: Decision) -> None:
    ordinary = Decision.objects.filter(project__code="ONE")
    assert ordinary.count() > 5
    assert [
        (decision.number, n) for decision in ordinary if (n := pdf.pages(render_pdf(record(decision, "fr")))) > 2
    ] == []


def test_long_texts_run_on(decision: Decision) -> None:
    found = read(decision)
    found.reasons = "Both advices say so, each in its way, for every berth. " * 350
    made = render_pdf(build_record(found, "en"))
    assert pdf.pages(made) > 2
    assert pdf.text(made).count("berth") == 350


def test_the_file_is_made_in_less_than_a_fifth_of_a_second(decision: Decision) -> None:
    found, best = record(decision, "fr"), 1.0
    for number in range(5):
        other = replace(found, title=f"{found.title} {number}")
        started = process_time()
        render_pdf(other)
        best = min(best, process_time() - started)
    assert best < 0.2


# — always the same —


def test_the_file_has_the_same_bytes_in_another_process(decision: Decision) -> None:
    found = record(decision, "fr")
    made = subprocess.run(  # its own hash seed, its own caches
        [sys.executable, "-c", ELSEWHERE], input=pickle.dumps(found), capture_output=True, check=True, cwd=settings.ROOT
    ).stdout
    assert made == render_pdf(found)
    assert made.startswith(b"%PDF")


def test_later_events_leave_the_record_unchanged(
    delegated: Decision, decision: Decision, owner: Any, pmo: Any, delegate: Any, project_one: Any
) -> None:
    before = [render_pdf(record(item, language)) for item in (delegated, decision) for language in ("fr", "en")]
    with acting_as(owner):
        owner.name, pmo.name, delegate.name = "Camille Vasseur-Lenoir", "Priya N.", "T. R."
        for person in (owner, pmo, delegate):
            person.save()
    names = {"title_fr": "Autre", "title_en": "Other", "language": "fr"}
    edit_facts(actor=owner, project=project_one, fields=names, seen=version_of(project_one))
    with owning(), back_entry(timezone.now()), acting_as(owner):
        delegate.title = "Dr"
        delegate.save()
    acts.lift(owner, decision.proposal)
    revoke(actor=owner, delegation=Delegation.objects.get(delegate=delegate))
    end_mandate(actor=owner, mandate=project_one.mandates.get(holder=pmo), ends_at=timezone.now(), because="Left.")
    assert [render_pdf(record(item, language)) for item in (delegated, decision) for language in ("fr", "en")] == before


def test_a_decision_that_replaces_it_leaves_the_file_as_it_was(owner: Any, amoa: Any, pmo: Any, proposal: Any) -> None:
    file = proposal("ready_for_decision")
    first = acts.decide(owner, file, Outcome.REWORK)
    before = render_pdf(record(first))
    acts.edit(amoa, file)
    acts.submit(amoa, file)
    acts.advise(pmo, file)
    acts.decide(owner, file)
    assert render_pdf(record(first)) == before


def test_an_account_renamed_before_the_act_signs_with_its_new_name(owner: Any, delegate: Any, proposal: Any) -> None:
    with acting_as(owner):
        owner.name = "Camille Vasseur-Lenoir"
        owner.save()
    decision = acts.decide(delegate, proposal("ready_minor"))
    assert "Camille Vasseur-Lenoir" in lines(record(decision))["Capacity"].text


def test_the_reader_changes_nothing_of_the_file(decision: Decision, owner: Any, recipient: Any, client_of: Any) -> None:
    with acting_as(recipient):
        recipient.language, recipient.time_zone = "en", "Pacific/Auckland"
        recipient.save()
    path = f"{address(decision)}?lang=fr"
    mine = client_of(owner).get(path, headers={"accept-language": "fr"}).content
    with translation.override("en"), timezone.override("Asia/Tokyo"):
        assert render_pdf(record(decision, "fr")) == mine
    assert client_of(recipient).get(path, headers={"accept-language": "en"}).content == mine


# — texts that would like to be more than texts —

HOSTILE = {
    "markup": "*bold* _it_ = no\n== no\n+ no\n/ t: d\n$x^2$ `raw` ~ -- --- ... \"q\" 'q' \\ \\u{41} // c /* c */",
    "code": '#panic("x") #read("facts.py") #import "@preview/x:1.0.0" #sys.inputs @ref <label> [x] {x} #{1+1}',
    "json": '"}], "outcome": "rejected", "x": [{"\\u0022',
    "links": "https://example.org/#top mailto:a@example.org",
    "long": "a" * 400 + " https://example.org/" + "é" * 200,
    "accents": "Œuvre, cœur, Łódź, naïve, Ελλάδα, Україна, 5 ≤ 6 → 7, 1\u202f000 €, « oui\u202f»",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_text_of_a_person_is_shown_and_never_read_as_markup(text: str, decision: Decision) -> None:
    found = record(decision, "fr")
    lined = [Line(text, text, text, (text[:60],), "0" * 64)]
    said = pdf.text(render_pdf(replace(found, title=text, project=text, sections=[Section(text, lined)])))
    assert said.count(pdf.squeezed(text)) >= 5
    assert f"{'0' * 64}" in said


def test_a_word_longer_than_its_line_is_broken_and_goes_on(decision: Decision) -> None:
    found, word = record(decision), "a" * 20_000
    for line in (Line("x", word), Line("x", words=word), Line("x", words=f"- {word}")):
        assert pdf.pages(render_pdf(replace(found, sections=[Section("x", [line])]))) > 3
    assert pdf.pages(render_pdf(replace(found, title=word, sections=[]))) > 3
    assert pdf.pages(render_pdf(replace(found, project=word, sections=[]))) > 3


def test_a_list_of_a_person_is_a_list(decision: Decision) -> None:
    said = pdf.text(render_pdf(record(decision)))
    assert "Tooearly.–nocrew–noice" in said


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("I agree 😀", "I agree [U+1F600]"),
        ("👩‍🚒", "[U+1F469][U+200D][U+1F692]"),
        ("漢字 and 漢", "[U+6F22][U+5B57] and [U+6F22]"),
        ("".join(map(chr, range(0x4E00, 0x4F00))), "".join(f"[U+{code:04X}]" for code in range(0x4E00, 0x4F00))),
        ("\ufffe", "[U+FFFE]"),
    ],
    ids=["emoji", "joined emoji", "ideographs", "many", "no character"],
)
def test_a_character_without_a_glyph_is_written_as_its_code(text: str, shown: str, decision: Decision) -> None:
    found = record(decision)
    made = render_pdf(replace(found, sections=[Section("Text", [Line("x", words=text)])]))
    assert pdf.squeezed(shown) in pdf.text(made)
    assert b"<pdfuaid:part>1" in made


@pytest.mark.parametrize("text", ["שלום עולם", "مرحبا بالعالم (x)", "a שלום b مرحبا 12"])
def test_a_text_from_right_to_left_is_drawn(text: str, decision: Decision) -> None:
    """Its glyphs are in visual order, so the test compares letters without their order."""
    found = record(decision)
    made = render_pdf(replace(found, title="", sections=[Section("Text", [Line("x", words=text)])]))
    assert set(pdf.squeezed(text)) - {"(", ")"} <= set(pdf.text(made))
    assert "[U+" not in pdf.text(made)


def test_an_error_of_the_template_is_raised(decision: Decision) -> None:
    with pytest.raises(typst.TypstError, match="letter"):
        render_pdf(replace(record(decision), language="no language"))


def test_hostile_texts_go_through_the_acts_to_the_file(
    owner: Any, amoa: Any, pmo: Any, project_one: Any, client_of: Any
) -> None:
    code, markup = HOSTILE["code"], HOSTILE["markup"]
    file = acts.draft(amoa, project_one, title=code, question=markup, evidence="😀 " + code)
    acts.submit(amoa, file)
    acts.advise(pmo, file, reasons=markup)
    decision = acts.decide(owner, file)
    said = pdf.text(client_of(owner).get(address(decision)).content)
    assert said.count(pdf.squeezed(code)) == 2
    assert said.count(pdf.squeezed(markup)) == 2
    assert "[U+1F600]" in said


def test_the_pdf_shows_name_and_logo_of_the_organisation(decision: Decision) -> None:
    picture = Logo.objects.create(sha256=sha256(png()).hexdigest(), media_type="image/png", content=png())
    found = replace(record(decision), organisation="City of Brillance", logo=picture.sha256)
    assert "CityofBrillance" in pdf.text(render_pdf(found))
    assert render_pdf(found) == render_pdf(found)
    assert len(render_pdf(found)) > len(render_pdf(replace(found, logo="")))


def test_a_record_names_the_organisation_of_its_day(decision: Decision, staff_admin: Any) -> None:
    before = record(decision)
    seen = version_of(OrganisationSettings.objects.get())
    edit_settings(actor=staff_admin, fields={"name": "Later", "time_zone": "Pacific/Auckland"}, seen=seen)
    assert record(decision) == before


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Printed from Ouvrage on 2 Mar 2027."), ("fr", "Imprimé depuis Ouvrage le 2 mars 2027.")],
)
def test_every_page_says_on_paper_when_it_was_printed(
    pmo: Any, project_one: Any, client_of: Any, language: str, words: str
) -> None:
    with time_machine.travel(datetime(2027, 3, 2, 12, tzinfo=UTC)):
        for place in (project_one.get_absolute_url(), "/projects/ONE/register/", "/projects/ONE/roles/"):
            page = client_of(pmo).get(place, headers={"accept-language": language}).text
            line = page.partition('class="print-only')[2].partition("</p>")[0]
            assert words.rstrip(".") in line, place
            assert page.count('class="print-only') == 1, place
