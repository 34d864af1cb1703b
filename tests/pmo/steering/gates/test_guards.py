"""Test that the database asks for a word on each unmet entry criterion of a gate, as far as rows tell."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from core.acts import acting_as
from governance.decide.decisions.fingerprint import build_file, read_parts
from governance.decide.decisions.settlement import describe, list_demands
from governance.decide.kinds.base import take_snapshots
from governance.decide.kinds.registry import kind_of
from governance.enums import APPROVALS, Outcome
from governance.models import Decision, Proposal, ProposalRevision
from pmo.standards.conformity.enums import Result
from pmo.standards.conformity.services import record_check
from projects.models import Project
from projects.seats.mandates.holders import holders
from projects.seats.mandates.services import appoint, end_mandate, role_on
from roles.models import User
from tests import acts
from tests.amoa.requirements import factories as requirements
from tests.attacks import Attacks
from tests.database import fire_deferred_triggers, refusal
from tests.pmo.registers.risks import factories as risks
from tests.pmo.standards.conformity.checked_standards import adopted, checkpoint
from tests.projects.seats.mandates.test_renewal import drop_duty

pytestmark = pytest.mark.django_db

KNOWINGLY = "A gate is passed without an entry criterion only with the word of the owner on it"
OUTSIDER = "outsider@example.org"
GUARD = "decision.says_a_word_on_each_unmet_criterion"
FROZEN = "A gate is submitted with each entry criterion that is not met"
FREEZES = "proposalrevision.freezes_each_unmet_criterion"


@pytest.fixture(scope="module")
def kept_file(kept_cast: dict[str, Any]) -> Proposal:
    """Put gate G3 to the owner with every criterion unmet, once for the file."""
    owner, pmo, amoa = kept_cast["owner"], kept_cast["pmo"], kept_cast["amoa"]
    project = Project.objects.get(code="ONE")
    risks.create_unaccepted_risk(pmo, project, 5, 4)
    adopted(project, "STD-Z", "Seen", gate="G3")
    requirements.write(amoa, project, priority="must", title="Never tested")
    file = acts.submit_to_owner(project, "gate", terms={"gate": "G3"})
    end_mandate(actor=owner, mandate=holders(project, "MOE")[0])
    fire_deferred_triggers()
    return file


@pytest.fixture
def file(kept_file: Proposal) -> Proposal:
    """Return the gate that was put to the owner."""
    return acts.reread(kept_file)


def list_words(file: Proposal, without: str = "", **changes: str) -> list[dict[str, str]]:
    said = acts.words_on_demands(file)
    assert file.current is not None
    words = [describe(demand, said[demand.key]) for demand in list_demands(file, file.current)]
    return [word | changes for word in words if word["item"] != f"criterion:{without}"]


def write_decision(file: Proposal, settled: list[dict[str, str]], outcome: str = Outcome.APPROVED) -> None:
    """Write a decision past the services."""
    parts, owner = read_parts(file), file.project.mandates.active().deciding().get()
    assert file.current is not None
    fields = {
        "project": file.project,
        "number": 900,
        "proposal": file,
        "revision": file.current,
        "revision_hash": acts.fingerprint(file),
        "file": build_file(file.current, parts),
        "seen": parts,
        "outcome": outcome,
        "option": file.current.recommended if outcome in APPROVALS else "",
        "reasons": "Because.",
        "decided_by": owner.holder,
        "mandate": owner,
        "signature": "X",
        "settled": settled,
        "acted_at": timezone.now(),
    }
    with acting_as(owner.holder):
        Decision.objects.bulk_create([Decision(**fields)])


def _without(criterion: str) -> Callable[[Proposal], None]:
    return lambda file: write_decision(file, list_words(file, criterion))


def _with_other_responsibilities(file: Proposal) -> None:
    """Approve other responsibilities of a role after its holder accepted them, then pass a gate."""
    project, owner = file.project, file.project.mandates.active().deciding().get().holder
    appoint(actor=owner, project=project, role=role_on(project, "MOE"), holder=User.objects.get(email=OUTSIDER))
    acts.accept_mandates(project)
    drop_duty(project, owner, "PMO", "PMO-13")
    _without("roles")(acts.reread(file))


def _submit(file: Proposal, hidden: str) -> None:
    """Write a revision past the services whose snapshot says that the hidden criterion is met."""
    kind, text = kind_of(file.kind), file.draft
    snapshot = [part.plain() for part in take_snapshots(kind, text, file.project)]
    for figure in snapshot[0]["figures"]:
        figure["met"] = "yes" if figure["name"] == hidden else figure["met"]
    assert file.current is not None
    revision = ProposalRevision(
        **text.content(),
        proposal=file,
        number=900,
        submitted_by=file.author,
        asked_roles=file.current.asked_roles,
        acted_at=timezone.now(),
        snapshot=snapshot,
    )
    revision.hash = revision.seal()
    ProposalRevision.objects.bulk_create([revision])


def _hiding(criterion: str) -> Callable[[Proposal], None]:
    return lambda file: _submit(file, criterion)


ATTACKS = Attacks(
    triggers=[
        *((FREEZES, f"{name} told as met", _hiding(name), FROZEN) for name in ("roles", "standards", "risks", "musts")),
        (GUARD, "a role that nobody holds", _without("roles"), KNOWINGLY),
        (GUARD, "a standard without an answer", _without("standards"), KNOWINGLY),
        (GUARD, "a red risk", _without("risks"), KNOWINGLY),
        (GUARD, "a must without a test", _without("musts"), KNOWINGLY),
        (GUARD, "other responsibilities than accepted", _with_other_responsibilities, KNOWINGLY),
        (GUARD, "another fate", lambda file: write_decision(file, list_words(file, fate="excused")), KNOWINGLY),
        (GUARD, "no word at all", lambda file: write_decision(file, []), KNOWINGLY),
    ],
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, file: Proposal) -> None:
    ATTACKS.prove(guard, file)


def test_the_words_of_the_service_are_enough(file: Proposal, owner: Any) -> None:
    found = {word["item"] for word in list_words(file)}
    assert found == {"criterion:roles", "criterion:standards", "criterion:risks", "criterion:musts"}
    assert KNOWINGLY not in refusal(lambda: write_decision(file, list_words(file)))
    assert KNOWINGLY not in refusal(lambda: write_decision(file, [], Outcome.REJECTED))


def test_what_is_met_not_due_or_only_computed_needs_no_word(project_one: Project, pmo: Any) -> None:
    """The SQL asks for less than the page where Python alone knows, and never for more."""
    file = acts.submit_to_owner(project_one, "gate", terms={"gate": "G3"})
    asked = KNOWINGLY in refusal(lambda: write_decision(file, list_words(file, "standards")))
    answered = adopted(project_one, "STD-Z", "Seen", gate="G3")
    record_check(actor=pmo, project=project_one, checkpoint=checkpoint(answered), result=Result.CONFORM, finding="")
    adopted(project_one, "STD-Y", "Optional", gate="G3", mandatory=False)
    adopted(project_one, "STD-X", "Later", gate="G4")
    adopted(project_one, "STD-W", "Charter", gate="G3", computed=["charter_attached"])
    assert asked == (KNOWINGLY in refusal(lambda: write_decision(file, list_words(file, "standards"))))
    adopted(project_one, "STD-V", "Due and open", gate="G3")
    assert KNOWINGLY in refusal(lambda: write_decision(file, list_words(file, "standards")))
    assert KNOWINGLY not in refusal(lambda: write_decision(file, list_words(file)))
