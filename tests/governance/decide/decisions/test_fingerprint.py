"""Test that a decision seals the file as it was read: what arrives between the review and the seal stops it."""

import html
import json
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from core.access import Refused, can
from governance.decide.decisions.fingerprint import describe_changes, read_parts
from governance.decide.proposals.services import Outdated
from governance.enums import Act, Outcome, Position
from governance.models import Decision, Proposal, SealBreak
from governance.record.verification.verifier import verify
from projects.models import DocumentVersion, LedgerEvent, Notification
from projects.seats.mandates.services import accept, appoint, end_mandate, name_owner
from projects.seats.mandates.services import delegate as lend_signature
from tests import acts
from tests.database import fire_deferred_triggers

pytestmark = pytest.mark.django_db

WORDS = "The works stop on Monday without it."


def with_a_document(cast: dict[str, Any], project: Any) -> tuple[Proposal, DocumentVersion]:
    """Bring a proposal with one document to the owner."""
    version = acts.add_document(cast["amoa"], project, "Quotation 99")
    file = acts.attach(cast["amoa"], acts.draft(cast["amoa"], project), version)
    acts.submit(cast["amoa"], file)
    acts.advise(cast["pmo"], file)
    return acts.reread(file), version


def answer_to(file: Proposal, **fields: str) -> dict[str, str]:
    """Return the fields of an answer, as the dossier sends them to the review."""
    rows = {"conditions-TOTAL_FORMS": "1", "conditions-INITIAL_FORMS": "0", "conditions-0-text": ""}
    about = {
        "fingerprint": acts.fingerprint(file),
        "option": "A",
        "outcome": "approved",
        "reasons": "Agreed.",
        "step": "review",
    }
    return rows | about | fields


def hidden_fields(page: str) -> dict[str, str]:
    """Return the hidden fields of the form on the review page."""
    form = page.partition('class="card step"')[2].partition("</form>")[0]
    found = {}
    for field in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', field), re.search(r'value="([^"]*)"', field)
        if name and name[1] != "csrfmiddlewaretoken":
            found[name[1]] = html.unescape(value[1]) if value else ""
    return found | {
        name: html.unescape(text) for name, text in re.findall(r'<textarea name="([^"]*)"[^>]*>\s*([^<]*)<', form)
    }


def decide_page(file: Proposal) -> str:
    return reverse("governance:dossier:proposal_decide", args=[file.pk])


# — the service —


def test_a_decision_keeps_the_file_as_it_was_read(cast: dict[str, Any], project_one: Any) -> None:
    file, version = with_a_document(cast, project_one)
    assert file.current is not None
    decision = acts.decide(cast["owner"], file)
    decision.refresh_from_db()
    opinion = file.current.opinions.get()
    parts = {"revision": file.current.hash, "opinion:PMO": opinion.seal(), version.document.item: version.sha256}
    assert decision.seen == parts
    assert {entry["item"]: entry["hash"] for entry in decision.file} == parts
    assert decision.sealed_content()["seen"] == parts
    fire_deferred_triggers()
    assert verify(project_one).faults == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_an_opinion_that_arrives_after_the_reading_stops_the_decision(
    language: str, owner: Any, pmo: Any, proposal: Any
) -> None:
    file = proposal("submitted")
    seen = read_parts(file)
    assert seen["awaited:PMO"] == ""
    acts.advise(pmo, file, Position.UNFAVOURABLE, "The floor does not carry it.")
    kept = acts.count_evidence()
    with override(language), pytest.raises(Outdated) as error:
        acts.decide(owner, file, seen=seen, waived={"PMO": WORDS})
    told = {"en": "The PMO gave its opinion.", "fr": "Le rôle PMO a rendu son avis."}
    assert error.value.changes == [told[language]]
    assert acts.count_evidence() == kept


def test_a_document_replaced_after_the_reading_stops_the_decision(cast: dict[str, Any], project_one: Any) -> None:
    file, version = with_a_document(cast, project_one)
    seen = read_parts(file)
    acts.replace(cast["moe"], version.document)
    kept = acts.count_evidence()
    with override("en"), pytest.raises(Outdated) as error:
        acts.decide(cast["owner"], file, seen=seen)
    assert error.value.changes == ["The document “Quotation 99” was replaced."]
    assert acts.count_evidence() == kept


def test_a_binding_opinion_noted_after_the_reading_stops_the_decision(owner: Any, pmo: Any, proposal: Any) -> None:
    file = proposal("ready_binding")
    seen = read_parts(file)
    acts.note_binding(pmo, file, favourable=False)
    with override("en"), pytest.raises(Outdated) as error:
        acts.decide(owner, file, Outcome.REJECTED, seen=seen)
    assert error.value.changes == ["The binding opinion is recorded."]


def test_a_decision_on_nothing_read_is_refused(owner: Any, proposal: Any) -> None:
    kept = acts.count_evidence()
    with pytest.raises(Outdated):
        acts.decide(owner, proposal("ready_for_decision"), seen={})
    assert acts.count_evidence() == kept


def test_every_change_is_told(proposal: Any) -> None:
    now = read_parts(proposal("submitted"))
    with override("en"):
        assert describe_changes(now | {"awaited:AMOA": ""}, now) == ["The opinions due have changed."]
        assert describe_changes(now | {"revision": "0" * 64}, now) == ["A new revision was submitted."]


def test_the_owner_goes_on_knowingly_and_the_decision_is_marked_at_once(cast: dict[str, Any], project_one: Any) -> None:
    file, version = with_a_document(cast, project_one)
    newer = acts.replace(cast["moe"], version.document)
    decision = acts.decide(cast["owner"], file)
    fire_deferred_triggers()
    change = SealBreak.objects.get(decision=decision)
    assert (change.item, change.before, change.after) == (version.document.item, version.sha256, newer.sha256)
    assert decision.changed_at == decision.acted_at
    assert decision.seen[version.document.item] == newer.sha256
    event = LedgerEvent.objects.get(act=Act.BREAK_SEAL, subject_id=change.pk)
    assert event.actor == cast["owner"]
    told = Notification.objects.filter(event=event).values_list("recipient", flat=True)
    assert {cast["amoa"].pk, cast["moe"].pk} <= set(told)
    assert not Decision.objects.current().filter(pk=decision.pk).exists()
    assert verify(project_one).faults == []


# — the pages —


def test_the_review_carries_the_file_and_the_seal_says_what_changed(
    owner: Any, pmo: Any, proposal: Any, client_of: Any
) -> None:
    file, client = proposal("submitted"), client_of(owner)
    review = client.post(decide_page(file), answer_to(file, **{"waiver-PMO": WORDS}))
    fields = hidden_fields(review.text)
    assert json.loads(fields["seen"]) == read_parts(file)
    acts.advise(pmo, file, Position.UNFAVOURABLE, "The floor does not carry it.")
    kept = acts.count_evidence()
    answer = client.post(decide_page(file), fields | {"step": "seal"}, headers={"accept-language": "en"})
    assert answer.status_code == 409
    for part in ("The PMO gave its opinion.", WORDS, "Agreed."):
        assert part in html.unescape(answer.text)
    assert acts.count_evidence() == kept


def test_a_reason_for_not_waiting_never_vanishes(owner: Any, pmo: Any, proposal: Any, client_of: Any) -> None:
    """The opinion has arrived: the words typed for doing without it are handed back, also by a form without a file."""
    file = proposal("submitted")
    acts.advise(pmo, file)
    posted = answer_to(file, **{"waiver-PMO": WORDS, "step": "seal"})
    answer = client_of(owner).post(decide_page(file), posted)
    assert answer.status_code == 409
    assert WORDS in html.unescape(answer.text)
    assert not Decision.objects.filter(proposal=file).exists()


def test_the_dossier_carries_the_file_to_the_review(owner: Any, pmo: Any, proposal: Any, client_of: Any) -> None:
    file, client = proposal("submitted"), client_of(owner)
    seen = re.search(r'name="seen" value="([^"]*)"', client.get(file.get_absolute_url()).text)
    assert seen
    acts.advise(pmo, file)
    answer = client.post(decide_page(file), answer_to(file, seen=html.unescape(seen[1])))
    assert answer.status_code == 409


@pytest.mark.parametrize("seen", ["", "{", "[]", "[" * 100_000, '{"revision": 1}', "null"])
def test_a_file_that_cannot_be_read_was_not_read(seen: str, owner: Any, proposal: Any, client_of: Any) -> None:
    file = proposal("ready_for_decision")
    answer = client_of(owner).post(decide_page(file), answer_to(file, seen=seen, step="seal"))
    assert answer.status_code == 409
    assert not Decision.objects.filter(proposal=file).exists()


def test_the_review_says_that_a_document_has_a_newer_version(
    cast: dict[str, Any], project_one: Any, client_of: Any
) -> None:
    file, version = with_a_document(cast, project_one)
    acts.replace(cast["moe"], version.document)
    client = client_of(cast["owner"])
    review = client.post(decide_page(file), answer_to(file), headers={"accept-language": "en"})
    assert "“Quotation 99” has a newer version, 2. You decide on version 1." in html.unescape(review.text)
    sealed = client.post(decide_page(file), hidden_fields(review.text) | {"step": "seal"})
    assert sealed.status_code == 302
    assert SealBreak.objects.filter(decision__proposal=file).count() == 1


# — who has a part in it —


def lend(owner: Any, project: Any, to: Any) -> None:
    """Let somebody sign minor changes without a cap."""
    end = timezone.now() + timedelta(days=9)
    lend_signature(actor=owner, project=project, to=to, kinds=["minor_change"], cap=None, document="Act 9", ends_at=end)


def test_whoever_rewrote_the_text_does_not_sign_the_decision(
    cast: dict[str, Any], outsider: Any, project_one: Any
) -> None:
    amoa, pmo, owner = cast["amoa"], cast["pmo"], cast["owner"]
    held = amoa.mandates.get(project=project_one)
    file = acts.draft(amoa, project_one, "minor_change")
    end_mandate(actor=owner, mandate=held)
    given = appoint(actor=owner, project=project_one, role=held.role, holder=outsider)
    acts.edit(outsider, file, recommendation="Order two of them.")
    end_mandate(actor=owner, mandate=given)
    appoint(actor=owner, project=project_one, role=held.role, holder=amoa)
    acts.submit(amoa, file)
    acts.advise(pmo, file)
    lend(owner, project_one, outsider)
    file = acts.reread(file)
    assert outsider.pk in file.writers
    assert not Proposal.objects.awaiting_decision_of(outsider).filter(pk=file.pk).exists()
    with pytest.raises(Refused):
        acts.decide(outsider, file)


def test_an_adviser_named_owner_does_not_decide_on_what_they_advised(
    cast: dict[str, Any], pmo: Any, owner: Any, proposal: Any, project_one: Any
) -> None:
    file = proposal("ready_for_decision")
    end_mandate(actor=owner, mandate=pmo.mandates.get(project=project_one))
    accept(actor=pmo, mandate=name_owner(actor=owner, project=project_one, holder=pmo))
    assert not can(pmo, "governance.decide", file)
    assert not Proposal.objects.awaiting_decision_of(pmo).filter(pk=file.pk).exists()
    with pytest.raises(Refused):
        acts.decide(pmo, file)
    acts.edit(cast["amoa"], file)
    acts.submit(cast["amoa"], file)
    assert can(pmo, "governance.decide", acts.reread(file)), "another revision is another question"


def test_a_capped_delegate_signs_nothing_without_an_amount(owner: Any, delegate: Any, project_one: Any) -> None:
    file = acts.submit_to_owner(project_one, "minor_change", amount=None)
    assert not Proposal.objects.awaiting_decision_of(delegate).filter(pk=file.pk).exists()
    with pytest.raises(Refused):
        acts.decide(delegate, file)
    assert acts.decide(owner, file).decided_by == owner
    nothing = acts.submit_to_owner(project_one, "minor_change", amount=Decimal(0))
    assert Proposal.objects.awaiting_decision_of(delegate).filter(pk=nothing.pk).exists()
    assert acts.decide(delegate, nothing).decided_by == delegate
