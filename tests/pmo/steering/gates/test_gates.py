"""Test gates: entry criteria are read from the rows, block only the launch, and go into a report."""

import html
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import override

from amoa.models import AcceptanceTest, Requirement
from core.acts import acting_as
from governance.decide.kinds.snapshots import read_snapshots
from governance.models import Decision, Proposal
from governance.record.records.facts import build_record
from governance.record.records.pdf import render_pdf
from pmo.registers.risks.register import RISKS
from pmo.standards.conformity.enums import Result
from pmo.standards.conformity.services import record_check
from pmo.standards.standards.models import StandardVersion
from pmo.steering.gates.criteria import Criterion, list_criteria
from pmo.steering.gates.report import render_report
from projects.models import Document, Project
from projects.seats.mandates.holders import holders
from projects.seats.mandates.services import end_mandate
from roles.enums import Gate
from tests import acts, pdf
from tests.pmo.registers.risks import factories as risks
from tests.pmo.standards.conformity.checked_standards import adopted, checkpoint

pytestmark = pytest.mark.django_db


def found(project: Project, gate: Gate) -> dict[str, Criterion]:
    """Map the criteria by name, in English."""
    with override("en"):
        return {criterion.name: criterion for criterion in list_criteria(project, gate)}


def numbers(one: Criterion) -> list[int]:
    """Return the numbers of a sentence."""
    return [int(number) for number in re.findall("[0-9]+", one.sentence)]


def test_coverage_is_asked_from_gate_g3_on(project_one: Project) -> None:
    assert "musts" not in found(project_one, Gate.G2)
    tested = AcceptanceTest.objects.filter(project=project_one, retired=False).values_list("requirement", flat=True)
    musts = [
        requirement
        for requirement in Requirement.objects.filter(project=project_one, priority="must").exclude(kind="need")
        if requirement.state not in {"draft", "rejected", "deferred", "withdrawn"}
    ]
    covered = [requirement for requirement in musts if requirement.pk in set(tested)]
    asked = found(project_one, Gate.G3)["musts"]
    assert asked.met == (len(covered) == len(musts))
    assert asked.sentence == f"{len(covered)} of {len(musts)} must-have requirements have a test."


def test_roles_are_held_or_the_gate_says_which_is_not(project_one: Project, project_two: Project) -> None:
    assert found(project_one, Gate.G3)["roles"].met
    missing = found(project_two, Gate.G0)["roles"]
    assert not missing.met
    assert missing.sentence.startswith("Missing: ")


def test_a_provider_who_was_to_come_by_a_gate_is_held_at_that_gate(project_one: Project, owner: Any) -> None:
    acts.decide(owner, acts.submit_to_owner(project_one, "appointment", terms={"provider_gate": "G2"}))
    project_one.refresh_from_db()
    end_mandate(actor=owner, mandate=holders(project_one, "MOE")[0])
    assert found(project_one, Gate.G1)["roles"].met
    for gate in (Gate.G2, Gate.G4):
        missing = found(project_one, gate)["roles"]
        assert (missing.met, missing.sentence) == (False, "Missing: MOE appointed.")


def test_a_mandatory_checkpoint_must_be_answered_and_met(project_one: Project, pmo: Any) -> None:
    before = found(project_one, Gate.G4)["standards"]
    version = adopted(project_one, "STD-Z", "Seen", gate="G4")
    adopted(project_one, "STD-Y", "Optional", gate="G4", mandatory=False)
    asked = numbers(found(project_one, Gate.G4)["standards"])
    of = {"actor": pmo, "project": project_one, "checkpoint": checkpoint(version)}
    record_check(**of, result=Result.NOT_CONFORM, finding="Nobody came.")
    failed = numbers(found(project_one, Gate.G4)["standards"])
    record_check(**of, result=Result.CONFORM, finding="")
    met = numbers(found(project_one, Gate.G4)["standards"])
    due, missed, unanswered = numbers(before)
    assert asked == [due + 1, missed, unanswered + 1]
    assert failed == [due + 1, missed + 1, unanswered]
    assert met == [due + 1, missed, unanswered]
    assert found(project_one, Gate.G4)["standards"].met == (missed == unanswered == 0)


def test_a_red_risk_is_named_until_the_owner_accepts_it(project_one: Project, pmo: Any, owner: Any) -> None:
    risk = risks.create_unaccepted_risk(pmo, project_one, 5, 4)
    asked = found(project_one, Gate.G3)["risks"]
    assert not asked.met
    assert risk.code in asked.sentence
    risks.accept(owner, risk)
    others = found(project_one, Gate.G3)["risks"]
    assert risk.code not in others.sentence
    assert others.met == (others.sentence == "No open risk is red without being accepted.")


def test_the_criterion_leads_to_exactly_the_red_risks_it_names(project_one: Project, pmo: Any, owner: Any) -> None:
    risks.accept(owner, risks.create_unaccepted_risk(pmo, project_one, 5, 4))
    risks.create_unaccepted_risk(pmo, project_one, 3, 4)
    chance = risks.create_risk(pmo, project_one, opportunity=True, likelihood=5, impact=5)
    asked = found(project_one, Gate.G3)["risks"]
    listed = RISKS.build(project_one, QueryDict(urlsplit(asked.link).query))[0].rows
    named = set(re.findall(r"OR-[0-9]+", asked.sentence))
    assert {risk.code for risk in listed} == named
    assert chance.code not in named


def test_an_unmet_criterion_blocks_no_gate_but_the_launch(project_one: Project, pmo: Any, owner: Any) -> None:
    adopted(project_one, "STD-Z", "Seen", gate="G3")
    assert not found(project_one, Gate.G3)["standards"].met
    acts.decide(owner, acts.submit_to_owner(project_one, "gate", terms={"gate": "G3"}))
    assert Project.objects.get(pk=project_one.pk).gate == "G3"


@pytest.mark.parametrize("gate", list(Gate))
def test_the_report_is_a_document_the_same_for_the_same_moment(gate: Gate, project_one: Project) -> None:
    at = timezone.now()
    assert render_report(project_one, gate, at) == render_report(project_one, gate, at)
    assert render_report(project_one, gate, at).startswith(b"%PDF-")


def test_the_page_shows_the_way_the_criteria_and_the_report(pmo: Any, project_one: Project, client_of: Any) -> None:
    client, path = client_of(pmo), reverse("pmo:gates:gates", args=["ONE"])
    page = client.get(path)
    assert page.context["gate"].place == project_one.next_gate == Gate.G3
    assert [step.gate.place for step in page.context["steps"] if step.effect][-1] == Gate.G2
    assert page.context["may_propose"]
    assert client.get(f"{path}?gate=G9").context["gate"].place == Gate.G3
    assert len(client.get(f"{path}?gate=G4").context["criteria"]) == len(found(project_one, Gate.G4))
    assert client.get(reverse("pmo:gates:gate_report", args=["ONE"])).content.startswith(b"%PDF-")


def test_the_report_is_put_among_the_documents_once_a_minute(pmo: Any, recipient: Any, client_of: Any) -> None:
    path, before = reverse("pmo:gates:gate_report_add", args=["ONE"]), Document.objects.count()
    assert client_of(recipient).post(path, {"gate": "G3"}).status_code == 403
    client = client_of(pmo)
    assert client.post(path, {"gate": "G3"}).status_code == 302
    assert client.post(path, {"gate": "G3"}).status_code == 302
    assert Document.objects.count() in {before + 1, before + 2}  # the second may fall into the next minute
    assert Document.objects.latest("pk").versions.get().media_type == "application/pdf"


def test_a_report_is_called_in_the_words_it_is_written_in(pmo: Any, client_of: Any) -> None:
    with acting_as(pmo):
        pmo.language, pmo.time_zone = "fr", "Pacific/Auckland"
        pmo.save()
    with translation.override("fr"):
        client_of(pmo).post(reverse("pmo:gates:gate_report_add", args=["ONE"]), {"gate": "G3"})
    name = Document.objects.latest("pk").name
    assert name.startswith(f"Conformity report G3 ONE {timezone.localtime():%Y-%m-%d %H}"), name


def submit_with_a_gap(project: Project) -> Proposal:
    """Submit gate G3 with a checkpoint that nobody answered."""
    adopted(project, "STD-Z", "Seen", gate="G3")
    return acts.submit_to_owner(project, "gate", terms={"gate": "G3"})


def figures(shown: Any) -> dict[str, Any]:
    """Map the compared figures of a dossier by name."""
    return {figure.frozen.name: figure for part in shown.context["proposed"].snapshots for figure in part.figures}


def test_the_owner_reads_the_gaps_of_the_submission_and_what_has_changed_since(
    owner: Any, pmo: Any, project_one: Project, english: Any
) -> None:
    file = submit_with_a_gap(project_one)
    page = english(owner).get(file.get_absolute_url())
    before = figures(page)
    assert "Entry criteria of G3" in page.text
    assert "STD-Z.1#1" in page.text
    assert not before["standards"].frozen.is_met
    assert "STD-Z.1#1" in [item.name for item in before["unanswered"].frozen.items]
    assert not before["unanswered"].has_changed
    listed = english(owner).get(before["unanswered"].link).context["page"]
    assert str(listed.found) == before["unanswered"].frozen.text

    version = StandardVersion.objects.get(standard__code="STD-Z")
    record_check(actor=pmo, project=project_one, checkpoint=checkpoint(version), result=Result.CONFORM, finding="")
    page = english(owner).get(file.get_absolute_url())
    after = figures(page)
    assert after["unanswered"].frozen == before["unanswered"].frozen
    assert [item.name for item in after["unanswered"].gone] == ["STD-Z.1#1"]
    assert "No longer in the list:" in page.text

    decision = acts.decide(owner, file)
    page = english(owner).get(file.get_absolute_url())
    assert figures(page)["unanswered"].frozen == before["unanswered"].frozen
    assert "No longer in the list:" not in page.text
    assert "STD-Z.1#1" in english(owner).get(decision.get_absolute_url()).text
    record = build_record(Decision.objects.with_record().get(pk=decision.pk), "en")
    assert "STD-Z.1#1" in pdf.text(render_pdf(record))


def test_the_gaps_of_a_submission_are_sealed_with_its_revision(project_one: Project) -> None:
    revision = submit_with_a_gap(project_one).current
    assert revision is not None
    assert {part["name"] for part in revision.sealed_content()["snapshot"]} == {"criteria", "checkpoints"}
    revision.snapshot[0]["figures"][1]["met"] = "yes"
    assert revision.seal() != revision.hash


def test_a_draft_shows_what_its_submission_would_freeze(pmo: Any, project_one: Project, english: Any) -> None:
    file = acts.draft(pmo, project_one, "gate", terms={"gate": "G3"})
    page = english(pmo).get(file.get_absolute_url())
    assert "Submitting the proposal freezes these figures with it." in page.text
    assert set(figures(page)) >= {"roles", "standards", "risks", "musts"}


def test_frozen_figures_are_read_in_the_language_of_their_reader(
    owner: Any, project_one: Project, english: Any, client_of: Any
) -> None:
    file = submit_with_a_gap(project_one)
    french = client_of(owner).get(file.get_absolute_url(), headers={"accept-language": "fr"})
    assert "Critères d’entrée de G3" in html.unescape(french.text)
    page = english(owner).get(file.get_absolute_url())
    assert "Entry criteria of G3" in page.text
    assert not any(figure.has_changed for figure in figures(page).values())
    assert not any(figure.has_changed for figure in figures(french).values())
    decision = Decision.objects.with_record().get(pk=acts.decide(owner, file).pk)
    assert "Entry criteria of G3" in pdf_words(decision, "en")
    assert "Critères d’entrée de G3" in pdf_words(Decision.objects.with_record().get(pk=decision.pk), "fr")


def test_figures_that_an_earlier_release_froze_stay_in_the_language_of_the_project(project_one: Project) -> None:
    file = submit_with_a_gap(project_one)
    assert file.current
    plain = [{key: value for key, value in part.items() if key != "words"} for part in file.current.snapshot]
    with translation.override("en" if project_one.language == "fr" else "fr"):
        [first, *_rest] = read_snapshots(plain, project_one.language)
        assert (first.heading, first.language) == (plain[0]["heading"], project_one.language)


def pdf_words(decision: Decision, language: str) -> str:
    """Return the lines of the record in a language."""
    record = build_record(decision, language)
    return " ".join(line.label for section in record.sections for line in section.lines)
