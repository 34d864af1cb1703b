"""Test the take-over of the former register, and proposals that cite or replace an earlier decision."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest
from django.urls import reverse
from django.utils.translation import override

from core.access import Refused
from core.history import version_of
from governance.decide.decisions.effects import CannotTakeEffect
from governance.decide.decisions.supersede import NotCarried
from governance.decide.proposals.services import Incomplete
from governance.enums import Outcome
from governance.models import Decision, Proposal, ProposalRevision
from governance.record.earlier_decisions.models import EarlierDecision
from governance.record.earlier_decisions.queries import find_successor, find_take_over, offer_to_replace, read_list
from governance.record.earlier_decisions.services import write_earlier
from governance.record.records.facts import build_record
from projects.models import Project
from tests import acts
from tests.governance.record.earlier_decisions import factories
from tests.projects.ledger.tampering import export_bundle, verify_bundle, verify_database

pytestmark = pytest.mark.django_db

CHANGED = "The list of earlier decisions is not this one any more."


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def listed(pmo: Any, project_one: Project) -> EarlierDecision:
    """Import the former register; return its first decision."""
    factories.bring_in_register(pmo, project_one)
    return EarlierDecision.objects.get(number="2021-07")


@pytest.fixture
def taken(listed: EarlierDecision, owner: Any, project_one: Project) -> EarlierDecision:
    """Take it over."""
    factories.take_over(owner, project_one)
    return listed


# — the take-over —


def test_the_owner_takes_the_list_over_with_its_fingerprint(
    listed: EarlierDecision, owner: Any, project_one: Project
) -> None:
    term = read_list(project_one)
    decision = factories.take_over(owner, project_one)
    assert find_take_over(project_one) == decision
    assert decision.revision.terms == {"earlier_decisions": term}
    assert [(e.field, e.after, e.description) for e in decision.effects.all()] == [
        ("earlier_decisions", term, "Former register taken over: 4 earlier decisions")
    ]
    record = str(build_record(Decision.objects.with_record().get(pk=decision.pk), "en"))
    assert "4 earlier decisions" in record
    assert term.partition(":")[2] in record
    assert not project_one.decisions.filter(number__gt=decision.number).exists()


def test_an_empty_list_is_not_proposed(pmo: Any, project_one: Project) -> None:
    row = project_one.earlier_decisions.get()
    write_earlier(actor=pmo, project=project_one, fields={"left_out": True}, row=row, seen=version_of(row))
    with pytest.raises(Incomplete) as error:
        acts.submit_to_owner(project_one, "take_over", terms={})
    assert error.value.gaps == {
        "terms-earlier_decisions": "No earlier decision is listed yet. Import the former register first."
    }


def test_a_list_that_changed_is_not_submitted(pmo: Any, listed: EarlierDecision, project_one: Project) -> None:
    file = acts.draft(pmo, project_one, "take_over", terms=factories.terms(project_one))
    factories.write(pmo, project_one, "2022-02")
    with pytest.raises(Incomplete) as error:
        acts.submit(pmo, file)
    assert CHANGED in error.value.gaps["terms-earlier_decisions"]


def test_the_owner_does_not_take_over_a_list_that_changed_since(
    english: Callable[[Any], Any], owner: Any, pmo: Any, listed: EarlierDecision, project_one: Project
) -> None:
    file = factories.propose(project_one)
    factories.write(pmo, project_one, "2022-02")
    assert CHANGED in english(owner).get(file.get_absolute_url()).text
    with pytest.raises(CannotTakeEffect, match=CHANGED):
        acts.decide(owner, file)
    acts.decide(owner, file, Outcome.REWORK)
    assert find_take_over(project_one) is None
    acts.edit(pmo, file, terms=factories.terms(project_one))
    acts.submit(pmo, file)
    for adviser in acts.reread(file).awaited_roles:
        assert adviser == "AMOA"
    acts.decide(owner, file, waived=acts.missing_opinion_reasons(acts.reread(file)))
    assert find_take_over(project_one)


def test_a_rejected_take_over_leaves_the_list_open(
    owner: Any, pmo: Any, listed: EarlierDecision, project_one: Project
) -> None:
    acts.decide(owner, factories.propose(project_one), Outcome.REJECTED)
    factories.write(pmo, project_one, "2022-02")
    assert find_take_over(project_one) is None


def test_the_register_is_taken_over_once(owner: Any, listed: EarlierDecision, project_one: Project) -> None:
    first, second = factories.propose(project_one), factories.propose(project_one)
    acts.decide(owner, first)
    with pytest.raises(CannotTakeEffect, match="already taken over"):
        acts.decide(owner, second)
    with pytest.raises(Incomplete) as error:
        factories.propose(project_one)
    assert "already taken over" in error.value.gaps["terms-earlier_decisions"]


def test_a_decision_that_replaces_the_take_over_keeps_the_list(
    taken: EarlierDecision, owner: Any, project_one: Project
) -> None:
    decision = find_take_over(project_one)
    file = acts.submit_to_owner(project_one, "arbitration", decision)
    assert "kept" in acts.decide(owner, file).carried.values()
    assert find_take_over(project_one) == decision


@pytest.mark.parametrize("name", ["amoa", "moe", "recipient", "outsider", "staff_admin", "owner"])
def test_only_who_proposes_gates_proposes_it(
    name: str, cast: Any, listed: EarlierDecision, project_one: Project
) -> None:
    with pytest.raises(Refused):
        acts.draft(cast[name], project_one, "take_over", terms=factories.terms(project_one))


def test_only_the_owner_takes_it_over(cast: Any, listed: EarlierDecision, project_one: Project) -> None:
    file = factories.propose(project_one)
    for name in ("pmo", "amoa", "moe", "recipient", "outsider", "staff_admin"):
        with pytest.raises(Refused):
            acts.decide(cast[name], file)


def test_the_page_leads_to_the_proposal_with_the_list(
    english: Callable[[Any], Any], pmo: Any, amoa: Any, listed: EarlierDecision, project_one: Project
) -> None:
    address = reverse("governance:earlier_decisions:earlier_list", args=["ONE"])
    page = english(pmo).get(address)
    form = english(pmo).get(page.context["proposal"])
    assert form.context["terms"]["earlier_decisions"].value() == read_list(project_one)
    assert form.context["form"]["title"].value() == "Take-over of the former register"
    assert english(amoa).get(address).context["proposal"] == ""
    assert "To be taken over" in english(amoa).get(address).text


def test_an_owner_answers_a_take_over_without_conditions(
    english: Callable[[Any], Any], owner: Any, listed: EarlierDecision, project_one: Project
) -> None:
    page = english(owner).get(factories.propose(project_one).get_absolute_url())
    assert "4 earlier decisions" in page.text
    assert 'value="approved"' in page.text
    assert 'value="approved_with_conditions"' not in page.text


# — cite and replace —


def _resting(pmo: Any, project: Project, reference: str, **fields: str) -> dict[str, Any]:
    """Return the fields of a proposal form that names an earlier decision."""
    texts = {name: str(value) for name, value in acts.CONTENT.items() if isinstance(value, str | int)}
    return {
        **texts,
        "version": "0",
        "kind": "change",
        "decide_by": str(acts.FUTURE),
        "rests_on": reference,
        "options-TOTAL_FORMS": "2",
        "options-INITIAL_FORMS": "0",
        "options-0-title": "Do nothing",
        "options-1-title": "Do it",
        **fields,
    }


def write_proposal(english: Callable[[Any], Any], actor: Any, project: Project, reference: str, **fields: str) -> Any:
    """Send the form of a new proposal; return the newest proposal, or the answer when it was refused."""
    address = reverse("governance:proposals:proposal_new", args=[project.code])
    answer = english(actor).post(address, _resting(actor, project, reference, **fields))
    return Proposal.objects.latest("pk") if answer.status_code == 302 else answer


def reference_of(project: Project) -> str:
    """Return the reference that the form offers for the decision 2021-07."""
    return next(reference for reference, label in offer_to_replace(project) if label.startswith("2021-07"))


def bring_to_owner(amoa: Any, pmo: Any, file: Proposal) -> Proposal:
    """Submit a proposal of the AMOA with the opinion of the PMO."""
    acts.submit(amoa, file)
    acts.advise(pmo, file)
    return acts.reread(file)


@pytest.mark.parametrize("reference", ["earlier 2021-07", "Antérieure 2021-07"])
def test_a_proposal_cites_an_earlier_decision(
    reference: str,
    english: Callable[[Any], Any],
    owner: Any,
    pmo: Any,
    amoa: Any,
    taken: EarlierDecision,
    project_one: Project,
) -> None:
    file = bring_to_owner(amoa, pmo, write_proposal(english, amoa, project_one, reference))
    assert file.current is not None
    assert file.current.rests_on == [{"item": f"earlier:{taken.pk}", "name": reference, "version": taken.hash}]
    assert taken.get_absolute_url() in english(owner).get(file.get_absolute_url()).text
    decision = acts.decide(owner, file)
    assert "Earlier decision 2021-07" in str(build_record(Decision.objects.with_record().get(pk=decision.pk), "en"))
    page = english(owner).get(taken.get_absolute_url()).text
    assert f"Cited by {decision.reference}" in page
    assert find_successor(taken) is None


def test_an_earlier_decision_is_cited_once_it_is_taken_over(
    english: Callable[[Any], Any], amoa: Any, listed: EarlierDecision, project_one: Project
) -> None:
    for reference in ("earlier 2021-07", "replaces 2021-07", "earlier 1999"):
        answer = write_proposal(english, amoa, project_one, reference)
        assert (answer.status_code, "not frozen yet, or replaced" in answer.text) == (422, True)


def test_a_decision_replaces_an_earlier_one(
    english: Callable[[Any], Any], owner: Any, pmo: Any, amoa: Any, taken: EarlierDecision, project_one: Project
) -> None:
    page = english(amoa).get(taken.get_absolute_url())
    form = english(amoa).get(f"{reverse('governance:proposals:proposal_new', args=['ONE'])}?{page.context['replaces']}")
    chosen = form.context["form"]["replaces"].value()
    assert quote_plus(chosen) in page.text
    assert dict(form.context["form"].fields["replaces"].choices)[chosen] == "2021-07 · Machine à glace (before Ouvrage)"
    file = write_proposal(english, amoa, project_one, "", replaces=chosen)
    again = english(amoa).get(reverse("governance:proposals:proposal_edit", args=[file.pk]))
    assert (again.context["form"]["replaces"].value(), again.context["form"]["rests_on"].value()) == (chosen, "")
    file = bring_to_owner(amoa, pmo, file)
    assert "Replaces" in english(owner).get(file.get_absolute_url()).text
    assert find_successor(taken) is None
    decision = acts.decide(owner, file)
    assert find_successor(taken) == decision
    record = build_record(Decision.objects.with_record().get(pk=decision.pk), "en")
    assert [line.text for section in record.sections for line in section.lines if line.label == "Replaces"] == [
        "Earlier decision 2021-07"
    ]
    assert f"Replaced by {decision.reference}" in english(owner).get(taken.get_absolute_url()).text
    listed = english(owner).get(reverse("governance:earlier_decisions:earlier_list", args=["ONE"])).text
    assert f"Replaced by {decision.reference}" in listed


def test_an_earlier_decision_is_replaced_once(
    english: Callable[[Any], Any], owner: Any, pmo: Any, amoa: Any, taken: EarlierDecision, project_one: Project
) -> None:
    first, second = (
        bring_to_owner(amoa, pmo, write_proposal(english, amoa, project_one, "", replaces=reference_of(project_one)))
        for _time in range(2)
    )
    acts.decide(owner, first)
    with pytest.raises(NotCarried):
        acts.decide(owner, second)
    assert "has replaced the earlier decision 2021-07" in english(owner).get(second.get_absolute_url()).text
    acts.decide(owner, second, Outcome.REJECTED)
    third = acts.draft(amoa, project_one, rests_on=second.current.rests_on)  # type: ignore[union-attr]
    with pytest.raises(Incomplete) as error:
        acts.submit(amoa, third)
    assert "rests_on" in error.value.gaps


def test_a_rejection_replaces_nothing(
    english: Callable[[Any], Any], owner: Any, pmo: Any, amoa: Any, taken: EarlierDecision, project_one: Project
) -> None:
    file = bring_to_owner(amoa, pmo, write_proposal(english, amoa, project_one, "replaces 2021-07"))
    acts.decide(owner, file, Outcome.REJECTED)
    assert find_successor(taken) is None


def test_a_delegate_does_not_replace_an_earlier_decision(
    english: Callable[[Any], Any],
    owner: Any,
    pmo: Any,
    amoa: Any,
    delegate: Any,
    taken: EarlierDecision,
    project_one: Project,
) -> None:
    plain, replacing = (
        bring_to_owner(
            amoa,
            pmo,
            write_proposal(english, amoa, project_one, "", kind="minor_change", amount="500", replaces=chosen),
        )
        for chosen in ("", reference_of(project_one))
    )
    waiting = Proposal.objects.awaiting_decision_of(delegate)
    assert (plain in waiting, replacing in waiting) == (True, False)
    with pytest.raises(Refused):
        acts.decide(delegate, replacing)


def test_the_ledger_proves_it_inside_and_outside(
    english: Callable[[Any], Any],
    owner: Any,
    pmo: Any,
    amoa: Any,
    taken: EarlierDecision,
    project_one: Project,
    tmp_path: Path,
) -> None:
    file = bring_to_owner(amoa, pmo, write_proposal(english, amoa, project_one, "earlier 2022-01, replaces 2021-07"))
    acts.decide(owner, file)
    assert ProposalRevision.objects.get(pk=file.current_id).seal() == acts.fingerprint(file)
    code, said = verify_database()
    assert code == 0, said
    code, said = verify_bundle(export_bundle(tmp_path))
    assert code == 0, said
