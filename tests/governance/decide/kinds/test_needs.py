"""Test that no decision is about nothing: each kind refuses an empty submission, in service and database."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from core.history import bypassing_history
from governance.decide.decisions.effects import CannotTakeEffect
from governance.decide.kinds.registry import kinds
from governance.decide.proposals.services import Incomplete
from governance.enums import Act, Outcome
from governance.models import Proposal, ProposalDraft, ProposalRevision
from projects.ledger.services import record
from projects.models import Project
from projects.seats.mandates.holders import advisers, proposers
from tests import acts
from tests.amoa.acceptance import factories as acceptance
from tests.attacks import Attacks
from tests.database import fire_deferred_triggers, owning, run
from tests.pmo.registers.success_criteria import factories as benefits

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with override("en"):
        yield


#: kind → what an empty proposal of it lacks.
EMPTY: dict[str, dict[str, str]] = {
    "acceptance": {"terms-campaign": "Choose the closed campaign whose results are accepted."},
    "interim_acceptance": {"terms-campaign": "Choose the closed campaign whose results are accepted."},
    "supplier_choice": {
        "terms-bidder": "Select the bidder. Add it on the page of bidders first.",
        "terms-holder": "Enter the person who takes the role of solution provider.",
        "amount": "Enter the amount that the choice commits.",
    },
    "requirement_baseline": {"terms-baseline": "Freeze the requirements, then choose the baseline to approve."},
    "risk_acceptance": {"terms-risk": "Choose the risk of the register to accept."},
    "budget": {"terms-budget": "Enter the new budget of the project."},
    "appointment": {
        "terms-role": "Select what is approved: roles, the gate of the provider, or a role to fill.",
    },
}


@pytest.mark.parametrize("kind", EMPTY)
def test_a_proposal_about_nothing_is_not_submitted(kind: str, project_one: Project) -> None:
    author = proposers(project_one, kind)[0].holder
    file = acts.draft(author, project_one, kind, terms={}, amount=None)
    kept = acts.count_evidence()
    with pytest.raises(Incomplete) as error:
        acts.submit(author, file)
    assert error.value.gaps == EMPTY[kind]
    assert acts.count_evidence() == kept


@pytest.mark.parametrize("kind", EMPTY)
def test_with_what_it_is_about_it_is_decided(kind: str, owner: Any, project_one: Project) -> None:
    about = {"terms": {"budget": "1.00"}} if kind == "budget" else {}
    about = {"terms": {"provider_gate": "G2"}} if kind == "appointment" else about
    decision = acts.decide(owner, acts.submit_to_owner(project_one, kind, **about))
    assert decision.approves


def test_a_campaign_of_no_deliverable_is_not_accepted(amoa: Any, project_one: Project) -> None:
    term = acceptance.closed_campaign_term(amoa, acceptance.create_campaign(amoa, project_one, deliverable=None))
    with pytest.raises(Incomplete) as error:
        acts.submit_to_owner(project_one, "acceptance", terms={"campaign": term})
    assert list(error.value.gaps) == ["terms-campaign"]
    assert "names no deliverable" in error.value.gaps["terms-campaign"]


@pytest.mark.parametrize("kind", sorted(set(EMPTY) - {"budget", "appointment"}))
def test_an_empty_proposal_of_an_earlier_version_is_read_and_refused_only(
    kind: str, owner: Any, project_one: Project
) -> None:
    file = _submitted_before_the_rule(project_one, kind)
    with pytest.raises(CannotTakeEffect):
        acts.decide(owner, file, waived=acts.missing_opinion_reasons(file))
    acts.decide(owner, file, Outcome.REJECTED, waived=acts.missing_opinion_reasons(file))


def _submitted_before_the_rule(project: Project, kind: str) -> Proposal:
    """Submit an empty proposal as an earlier version of the product did."""
    file = _draft(project, kind)
    fire_deferred_triggers()
    with owning():
        trigger = next(t for t in ProposalRevision._meta.triggers if t.name == "names_what_its_kind_needs")
        name = trigger.get_pgid(ProposalRevision)
        run(f"ALTER TABLE governance_proposalrevision DISABLE TRIGGER {name}")
        with bypassing_history():
            revision = _revise(file)
            moved = {"current": revision, "awaited_roles": revision.asked_roles, "state_since": timezone.now()}
            Proposal.objects.filter(pk=file.pk).update(state="submitted", **moved)
    about = {"role": file.author_role, "project": project, "proposal_id": file.pk, "detail": "1"}
    record(act=Act.SUBMIT, actor=file.author, subject=revision, **about)
    return acts.reread(file)


def test_a_term_that_says_nothing_is_not_submitted(project_one: Project) -> None:
    with pytest.raises(Incomplete) as error:
        acts.submit_to_owner(project_one, "scope", terms={"scope": "..."}, impact_recipients="They are told.")
    assert error.value.gaps == {"terms-scope": "Enter at least three letters or digits."}


# — the choice of a provider —


def test_the_owner_is_offered_to_appoint_the_chosen_provider(
    english: Callable[[Any], Any], owner: Any, amoa: Any, outsider: Any, project_one: Project
) -> None:
    file = acts.submit_to_owner(project_one, "supplier_choice")
    acts.decide(owner, file)
    page = english(owner).get(file.get_absolute_url())
    address = f"{reverse('projects:appointments:mandate_appoint', args=['ONE'])}?role=MOE&amp;email={outsider.key}"
    assert f'href="{address}"' in page.text
    assert address not in english(amoa).get(file.get_absolute_url()).text
    form = english(owner).get(address.replace("&amp;", "&"))
    assert f'value="{outsider.name}"' in form.text
    assert f'value="{outsider.key}"' in form.text
    assert form.context["form"]["role"].value() == "MOE"


def test_the_record_names_the_bidder(english: Callable[[Any], Any], owner: Any, project_one: Project) -> None:
    decision = acts.decide(owner, acts.submit_to_owner(project_one, "supplier_choice"))
    page = english(owner).get(decision.get_absolute_url())
    assert str(project_one.bidders.get()) in page.text


# — the database —


def _draft(project: Project, kind: str) -> Proposal:
    return acts.draft(proposers(project, kind)[0].holder, project, kind, terms={}, amount=None)


def _revise(file: Proposal, **changes: Any) -> ProposalRevision:
    """Submit a working text past the services."""
    text = ProposalDraft.objects.get(proposal=file)
    asked = {seat.role.code for seat in advisers(file.project)} - {file.author_role}
    fields = {
        **text.content(),
        "proposal": file,
        "number": 1,
        "submitted_by": file.author,
        "asked_roles": sorted(asked),
        "acted_at": timezone.now(),
    }
    revision = ProposalRevision(**fields | changes)
    revision.hash = revision.seal()
    return ProposalRevision.objects.bulk_create([revision])[0]


def _empty(kind: str, **changes: Any) -> Callable[[Project], None]:
    def attempt(project: Project) -> None:
        _revise(_draft(project, kind), **changes)

    return attempt


def _supplier(**changes: str) -> Callable[[Project], None]:
    def attempt(project: Project) -> None:
        terms = acts.terms_of_a_supplier_choice(project) | changes
        _revise(_draft(project, "supplier_choice"), terms=terms, amount=Decimal(5))

    return attempt


def _free(project: Project) -> None:
    _revise(_draft(project, "supplier_choice"), terms=acts.terms_of_a_supplier_choice(project), amount=Decimal(0))


def _of_no_deliverable(project: Project) -> None:
    author = proposers(project, "acceptance")[0].holder
    term = acceptance.closed_campaign_term(author, acceptance.create_campaign(author, project, deliverable=None))
    _revise(_draft(project, "acceptance"), terms={"campaign": term})


def _open(project: Project) -> None:
    campaign = project.campaigns.get(closed_at=None)
    _revise(_draft(project, "acceptance"), terms={"campaign": f"{campaign.number}:"})


def _of_an_incomplete_benefit(project: Project) -> None:
    benefits.propose(project, owner=None)
    _revise(_draft(project, "benefits"), terms=benefits.name_set(benefits.freeze(project)))


GUARD = "proposalrevision.names_what_its_kind_needs"
DELIVERED = "An acceptance has a deliverable and a closed campaign"
BIDDER = "A choice of provider names a bidder of its project"
ATTACKS = Attacks(
    triggers=[
        (GUARD, "an acceptance of nothing", _empty("acceptance"), DELIVERED),
        (GUARD, "an interim acceptance of nothing", _empty("interim_acceptance"), DELIVERED),
        (GUARD, "an acceptance of no deliverable", _of_no_deliverable, DELIVERED),
        (GUARD, "an acceptance of an open campaign", _open, DELIVERED),
        (GUARD, "a choice of nobody", _empty("supplier_choice", amount=Decimal(5)), BIDDER),
        (GUARD, "a choice of somebody who did not bid", _supplier(bidder="Nobody Ltd"), BIDDER),
        (GUARD, "a choice for nothing", _free, "A choice of provider has an amount"),
        (GUARD, "a choice without a person", _supplier(holder="x"), "A choice of provider names who takes the role"),
        (GUARD, "no baseline", _empty("requirement_baseline"), "A baseline decision has a baseline"),
        (GUARD, "no risk", _empty("risk_acceptance"), "A risk acceptance has a risk"),
        (GUARD, "no benefit", _empty("benefits"), "A decision on benefits names a set of them"),
        (GUARD, "an incomplete benefit", _of_an_incomplete_benefit, "A benefit is put to the owner with its value"),
        (GUARD, "no figures", _empty("budget", terms={"budget": "much"}), "A budget decision has its figures"),
        (GUARD, "a text of dots", _empty("scope", terms={"scope": "..."}), "A text of the terms has at least three"),
        (GUARD, "no gate", _empty("gate"), "A proposal of this kind has the term gate"),
        (GUARD, "nothing communicated", _empty("communication"), "A communication decision says what is communicated"),
        (GUARD, "nobody appointed", _empty("appointment"), "An appointment approves roles"),
    ]
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, project_one: Project) -> None:
    ATTACKS.prove(guard, project_one)


def test_every_condition_reads_as_a_sentence() -> None:
    said = [need.refusal for kind in kinds() for need in kind.all_needs]
    assert said
    assert all(text[0].isupper() and "'" not in text and "%" not in text for text in said)


def test_the_cast_has_nothing_empty() -> None:
    """Old rows are not asked again, but the demonstration has none."""
    for revision in ProposalRevision.objects.select_related("proposal__project"):
        if revision.proposal.kind in EMPTY:
            assert revision.terms, revision.proposal
