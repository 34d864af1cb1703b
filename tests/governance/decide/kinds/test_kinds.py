"""Test the kinds of decision row by row: what each needs, and what its approval changes on the project (R1, R5)."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from core.access import Refused
from core.acts import acting_as
from core.record.sealing import term_of
from governance.decide.decisions import effects
from governance.decide.decisions.effects import CannotTakeEffect
from governance.decide.kinds.registry import kind_of, kinds
from governance.decide.proposals.services import Incomplete
from governance.desk.responsibilities.services import adapt_roles, newest, without_duty
from governance.enums import APPROVALS, Outcome
from governance.models import Decision, Effect, ProposalDraft
from governance.workflow import ProjectAtRest
from projects.models import Delegation, LedgerEvent, Mandate, Matrix, Project
from projects.seats.mandates.holders import proposers
from projects.seats.mandates.services import appoint, end_mandate
from roles.enums import FOLLOWING_KINDS, DecisionKind
from roles.models import RoleTemplate
from roles.role_templates.content import Matrix as Content
from tests import acts
from tests.database import undone
from tests.days import today

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with override("en"):
        yield


TODAY = timezone.localdate()
DAY = timedelta(days=1)
IMPACTS = ("impact_scope", "impact_cost", "impact_schedule", "impact_quality", "impact_recipients")
NOTHING_SAID = dict.fromkeys(IMPACTS, "")

#: The text of a waiver request.
OF_A_WAIVER = (
    "checkpoints",
    "scope",
    "reason",
    "impact",
    "measure",
    "return_plan",
    "affects_recipients",
    "starts_on",
    "ends_on",
)

#: kind → missing items of a text without impacts and terms, beyond those of every proposal.
NEEDED: dict[DecisionKind, set[str]] = {
    DecisionKind.CHANGE: {"impact_scope", "impact_cost"},
    DecisionKind.SCOPE: {"impact_recipients", "terms-scope"},
    DecisionKind.SCHEDULE: {"impact_schedule", "terms-ends_on"},
    DecisionKind.BUDGET: {"impact_cost", "terms-budget"},
    DecisionKind.REQUIREMENT_BASELINE: {"terms-baseline"},
    DecisionKind.COMMUNICATION: {"impact_recipients", "terms-message"},
    DecisionKind.RISK_ACCEPTANCE: {"terms-risk"},
    DecisionKind.GATE: {"terms-gate"},
    DecisionKind.STANDARD_ADOPTION: {"terms-standards"},
    DecisionKind.WAIVER: {f"terms-{term}" for term in OF_A_WAIVER},
    DecisionKind.DELEGATION: {"terms-delegate", "terms-kinds", "terms-ends_on", "terms-document"},
    DecisionKind.APPOINTMENT: {"terms-role"},
    DecisionKind.ACCEPTANCE: {"terms-campaign"},
    DecisionKind.INTERIM_ACCEPTANCE: {"terms-campaign"},
    DecisionKind.SUPPLIER_CHOICE: {"terms-bidder", "terms-holder"},
}


@pytest.mark.parametrize("kind", DecisionKind)
def test_each_kind_names_what_it_needs(kind: DecisionKind, project_one: Any) -> None:
    gaps = kind_of(kind).gaps(ProposalDraft(**acts.CONTENT | NOTHING_SAID), project_one)
    assert set(gaps) == NEEDED.get(kind, set())
    assert all(message.endswith(".") for message in gaps.values())
    assert str(kind_of(kind).evidence)
    assert {known.code for known in kinds()} == {*DecisionKind, *FOLLOWING_KINDS}


@pytest.mark.parametrize("kind", NEEDED)
def test_a_proposal_is_not_submitted_without_what_its_kind_needs(kind: DecisionKind, project_one: Any) -> None:
    author = proposers(project_one, kind)[0].holder
    file = acts.draft(author, project_one, kind, **NOTHING_SAID | {"impact_quality": "None.", "terms": {}})
    kept = acts.count_evidence()
    with pytest.raises(Incomplete) as error:
        acts.submit(author, file)
    assert set(error.value.gaps) == NEEDED[kind]
    assert (acts.count_evidence(), acts.reread(file).state) == (kept, "draft")


@pytest.mark.parametrize(("terms", "gap"), [({"role": "DEST"}, "terms-holder"), ({"holder": "x"}, "terms-role")])
def test_a_role_is_proposed_with_a_person_and_a_person_with_a_role(
    terms: dict[str, str], gap: str, project_one: Any
) -> None:
    assert set(kind_of("appointment").gaps(ProposalDraft(**acts.CONTENT, terms=terms), project_one)) == {gap}


# — what an approval does —


def approve(owner: Any, project: Project, kind: str = "change", **content: Any) -> Decision:
    """Approve a new proposal."""
    return acts.decide(owner, acts.submit_to_owner(project, kind, **content))


def noted(decision: Decision) -> list[tuple[str, int, str, str, str]]:
    """List the effects of a decision in their recorded order."""
    return [(e.subject, e.subject_id, e.field, e.before, e.after) for e in decision.effects.order_by("pk")]


END = str(TODAY + 700 * DAY)
#: kind, terms → its change of the project: part → value afterwards.
PROJECT_TERMS: list[tuple[str, dict[str, str], dict[str, str]]] = [
    ("budget", {"budget": "4300000.00"}, {"budget": "4300000.00"}),
    ("budget", {"budget": "4300000"}, {"budget": "4300000.00"}),
    ("schedule", {"ends_on": END}, {"ends_on": END}),
    ("scope", {"scope": "Quays 1 to 3."}, {"scope": "Quays 1 to 3."}),
    (
        "change",
        {"scope": "Quays 1 to 3.", "ends_on": END, "budget": "1.50"},
        {"budget": "1.50", "ends_on": END, "scope": "Quays 1 to 3."},
    ),
    ("change", {}, {}),
    ("budget", {"budget": "4225000.00"}, {}),
    ("arbitration", {}, {"retained_option": "A. Order now"}),
    ("arbitration", {"budget": "4300000.00"}, {"retained_option": "A. Order now", "budget": "4300000.00"}),
    ("communication", {"message": "It runs from Monday on."}, {"communication": "Ice machine of quay 4"}),
]


@pytest.mark.parametrize(("kind", "terms", "after"), PROJECT_TERMS, ids=lambda value: str(value)[:40])
def test_an_approval_changes_what_its_terms_name_and_notes_it_before_and_after(
    kind: str, terms: dict[str, str], after: dict[str, str], owner: Any, project_one: Any
) -> None:
    before = {"budget": "4225000.00", "ends_on": str(project_one.ends_on), "scope": ""}
    about = {"impact_schedule": "None.", "impact_recipients": "None."}
    decision = approve(owner, project_one, kind=kind, terms=terms, **about)
    assert noted(decision) == [
        ("projects.project", project_one.pk, part, before.get(part, ""), text) for part, text in after.items()
    ]
    project = Project.objects.get(pk=project_one.pk)
    now = {"budget": f"{project.budget:.2f}", "ends_on": str(project.ends_on), "scope": project.scope}
    assert now == before | {part: text for part, text in after.items() if part in before}
    assert {effect.acted_at for effect in decision.effects.all()} <= {decision.acted_at}
    if now != before:
        assert project.history.latest().history_user == owner


#: Kinds that change nothing without a named object: each has its own tests.
NAMING = {
    "acceptance",
    "appointment",
    "delegation",
    "gate",
    "interim_acceptance",
    "requirement_baseline",
    "risk_acceptance",
    "standard_adoption",
    "supplier_choice",
    "waiver",
}


@pytest.mark.parametrize("kind", sorted(set(DecisionKind) - {p[0] for p in PROJECT_TERMS} - NAMING))
def test_the_other_kinds_record_the_decision_and_change_nothing(kind: str, owner: Any, project_one: Any) -> None:
    """It holds even when the working text still has terms of another kind, or unknown terms."""
    kept = Project.objects.filter(pk=project_one.pk).values().get()
    seats = Mandate.objects.count()
    decision = approve(owner, project_one, kind=kind, terms={"budget": "1.00", "state": "closed"})
    assert noted(decision) == []
    assert (Project.objects.filter(pk=project_one.pk).values().get(), Mandate.objects.count()) == (kept, seats)


def test_terms_that_no_form_has_change_nothing(owner: Any, project_one: Any) -> None:
    terms = {"state": "closed", "prefix": "X", "delete": "yes", "holder": "x"}
    assert noted(approve(owner, project_one, terms=terms)) == []
    assert Project.objects.get(pk=project_one.pk).state == project_one.state


def test_a_rejection_changes_nothing(owner: Any, project_one: Any) -> None:
    for outcome in set(acts.ANSWERS) - APPROVALS:
        file = acts.submit_to_owner(project_one, "budget", terms={"budget": "1.00"})
        assert noted(acts.decide(owner, file, outcome)) == []
    assert Project.objects.get(pk=project_one.pk).budget == Decimal("4225000.00")


def test_an_approved_appointment_gives_the_role_for_its_days(owner: Any, outsider: Any, project_one: Any) -> None:
    terms = {
        "role": "DEST",
        "holder": str(outsider.key),
        "group": "anglers",
        "starts_on": str(today() + DAY),
        "ends_on": str(today() + 9 * DAY),
    }
    decision = approve(owner, project_one, kind="appointment", terms=terms)
    mandate = Mandate.objects.get(holder=outsider)
    assert (mandate.project, mandate.role.code, mandate.group) == (project_one, "DEST", "anglers")
    assert mandate.appointed_by == owner
    assert decision.acted_at <= mandate.acted_at <= timezone.now()
    first, end = mandate.starts_at.astimezone(), mandate.ends_at
    assert end is not None
    days = [timezone.localtime(first).date(), timezone.localtime(end).date()]
    assert days == [today() + DAY, today() + 10 * DAY]
    assert noted(decision) == [("projects.mandate", mandate.pk, "holder", "", str(outsider.key))]


def test_an_approved_delegation_lends_the_signature_within_its_bounds(
    owner: Any, outsider: Any, project_one: Any
) -> None:
    terms = {
        "delegate": str(outsider.key),
        "kinds": "communication,minor_change",
        "cap": "500.00",
        "document": "Act 2",
        "ends_on": str(today() + 9 * DAY),
    }
    decision = approve(owner, project_one, kind="delegation", terms=terms)
    lent = Delegation.objects.get(delegate=outsider)
    assert (lent.mandate.holder, lent.kinds, lent.cap) == (owner, ["communication", "minor_change"], Decimal("500.00"))
    assert lent.document == "Act 2"
    assert decision.acted_at <= lent.period.lower <= timezone.now()
    assert noted(decision) == [("projects.delegation", lent.pk, "delegate", "", str(outsider.key))]


def test_the_ledger_tells_the_fingerprint_of_the_effects(owner: Any, project_one: Any) -> None:
    def told() -> str:
        return bytes(LedgerEvent.objects.filter(act="decide").latest("pk").body).decode()

    approve(owner, project_one)
    assert '"effects":""' in told()
    approve(owner, project_one, kind="budget", terms={"budget": "4300000.00"})
    assert '"effects":""' not in told()


# — the roles, the gates and the launch —


def adapted(project: Project, content: Content) -> Matrix:
    """Write the next version of the roles, as the role that may propose the organisation."""
    author = proposers(project, DecisionKind.APPOINTMENT)[0].holder
    return adapt_roles(actor=author, project=project, base=newest(project).number, content=content, reason="Ours.")


def another_version(project: Project) -> Matrix:
    """Write one more version with the same content, so that it lacks nothing."""
    return adapted(project, newest(project).read())


def lacking_an_accountable_role(project: Project) -> Matrix:
    """Write one more version where no role is accountable for the owner's first duty."""
    content = newest(project).read()
    owner = next(role for role in content.roles if role.decides)
    line = owner.duties[0].activities[0]
    for duty in [duty for duty in owner.duties if line in duty.activities]:
        content = without_duty(content, owner.code, duty.code, "Never mind.")
    return adapted(project, content)


def naming(matrix: Matrix) -> dict[str, str]:
    """Return the terms that submit a version of the roles to the owner."""
    return {"matrix": term_of(matrix.number, matrix.hash)}


def test_approved_roles_come_into_force_and_the_ones_before_are_noted(owner: Any, project_one: Any) -> None:
    version = another_version(project_one)
    assert Project.objects.get(pk=project_one.pk).matrix_id == project_one.matrix_id != version.pk
    decision = approve(owner, project_one, "appointment", terms=naming(version))
    project = Project.objects.get(pk=project_one.pk)
    assert (project.matrix_id, project.matrix_approved) == (version.pk, True)
    assert noted(decision) == [("projects.project", project.pk, "matrix", "1", "2")]


def test_the_version_in_force_approved_again_changes_nothing(owner: Any, project_one: Any) -> None:
    decision = approve(owner, project_one, "appointment", terms=naming(project_one.matrix))
    assert (noted(decision), Project.objects.get(pk=project_one.pk).matrix_id) == ([], project_one.matrix_id)


def test_roles_that_lack_something_are_not_put_to_the_owner(project_one: Any) -> None:
    version = lacking_an_accountable_role(project_one)
    with pytest.raises(Incomplete) as error:
        acts.submit_to_owner(project_one, "appointment", terms=naming(version))
    assert "exactly one accountable role" in error.value.gaps["terms-matrix"]


@pytest.mark.parametrize("term", ["1:" + "0" * 64, "9:" + "0" * 64, "nothing", ":", "1"])
def test_a_version_that_is_not_the_projects_is_not_put_to_the_owner(term: str, project_one: Any) -> None:
    with pytest.raises(Incomplete) as error:
        acts.submit_to_owner(project_one, "appointment", terms={"matrix": term})
    assert error.value.gaps == {"terms-matrix": "This version of the roles is not the project's."}


def test_roles_of_another_project_are_not_put_to_the_owner(project_one: Any, project_two: Any) -> None:
    version = another_version(project_two)
    with pytest.raises(Incomplete):
        acts.submit_to_owner(project_one, "appointment", terms=naming(version))


def test_the_gate_of_the_provider_is_approved_and_noted(owner: Any, project_one: Any) -> None:
    decision = approve(owner, project_one, "appointment", terms={"provider_gate": "G2"})
    assert Project.objects.get(pk=project_one.pk).provider_gate == "G2"
    assert noted(decision) == [("projects.project", project_one.pk, "provider_gate", "G1", "G2")]


@pytest.mark.parametrize("gate", ["G3", "G4"])
def test_a_gate_between_launch_and_closing_moves_the_project_and_changes_no_state(
    gate: str, owner: Any, project_one: Any
) -> None:
    assert noted(approve(owner, project_one, "gate", terms={"gate": gate, "skips": "A small project."})) == [
        ("projects.project", project_one.pk, "gate", "G2", gate)
    ]
    moved = Project.objects.get(pk=project_one.pk)
    assert (moved.state, moved.gate) == ("active", gate)


@pytest.mark.parametrize("gate", ["G1", "G2"])
def test_a_gate_that_was_passed_is_not_passed_again(gate: str, project_one: Any) -> None:
    with pytest.raises(Incomplete) as error:
        acts.submit_to_owner(project_one, "gate", terms={"gate": gate})
    assert error.value.gaps == {"terms-gate": "The project has passed gate G2. Select a later gate."}


def test_a_gate_taken_back_by_a_later_decision_leads_the_project_back(owner: Any, project_one: Any) -> None:
    decision = approve(owner, project_one, "gate", terms={"gate": "G3"})
    with acting_as(owner), undone():
        effects.undo_effect(decision.effects.get(), decision, owner)
        assert Project.objects.get(pk=project_one.pk).gate == "G2"


def test_the_last_gate_closes_the_project_which_then_passes_none(owner: Any, project_one: Any) -> None:
    decision = approve(owner, project_one, "gate", terms={"gate": "G5", "skips": "A small project."})
    assert noted(decision) == [
        ("projects.project", project_one.pk, "gate", "G2", "G5"),
        ("projects.project", project_one.pk, "state", "active", "closed"),
    ]
    assert Project.objects.get(pk=project_one.pk).state == "closed"
    for gate in ("G0", "G3", "G5"):
        with pytest.raises(ProjectAtRest):
            acts.submit_to_owner(Project.objects.get(pk=project_one.pk), "gate", terms={"gate": gate})


def test_a_project_is_not_launched_twice(project_one: Any) -> None:
    with pytest.raises(Incomplete) as error:
        acts.submit_to_owner(project_one, "gate", terms={"gate": "G0"})
    assert error.value.gaps == {
        "terms-gate": "The project has been launched already: the gate of the launch is passed once."
    }


@pytest.mark.parametrize("gate", ["G1", "G2", "G3", "G4", "G5"])
def test_no_gate_is_passed_before_the_launch(gate: str, project_two: Any) -> None:
    with pytest.raises(Incomplete) as error:
        acts.submit_to_owner(project_two, "gate", terms={"gate": gate})
    assert set(error.value.gaps) == {"terms-gate"}


@pytest.mark.parametrize("kind", ["change", "minor_change", "interim_acceptance", "acceptance"])
def test_nothing_is_changed_or_accepted_before_the_launch(kind: str, project_two: Any) -> None:
    with pytest.raises(Incomplete) as error:
        acts.submit_to_owner(project_two, kind)
    assert set(error.value.gaps) == {"kind"}


# — the project has moved on —


def _appointed_meanwhile(cast: dict[str, Any], project: Project) -> None:
    role = RoleTemplate.objects.published().get(pack="fr", code="DEST")
    appoint(actor=cast["owner"], project=project, role=role, holder=cast["outsider"])


def _account_closed(cast: dict[str, Any], project: Project) -> None:
    with acting_as(cast["superuser"]):
        cast["outsider"].is_active = False
        cast["outsider"].save()


def _nothing(cast: dict[str, Any], project: Project) -> None:
    pass


PAST = str(TODAY - DAY)
LENT = {"kinds": "minor_change", "document": "Act 2"}
MOVED_ON: dict[str, tuple[str, dict[str, str], Any]] = {
    "the person has a role meanwhile": ("appointment", {"role": "DEST", "holder": "outsider"}, _appointed_meanwhile),
    "the account is closed meanwhile": ("appointment", {"role": "DEST", "holder": "outsider"}, _account_closed),
    "the days are over": ("appointment", {"role": "DEST", "holder": "outsider", "ends_on": PAST}, _nothing),
    "a role that decides": ("appointment", {"role": "MOA", "holder": "outsider"}, _nothing),
    "the owner themselves": ("appointment", {"role": "DEST", "holder": "owner"}, _nothing),
    "the end before the start": ("schedule", {"ends_on": str(TODAY - 500 * DAY)}, _nothing),
    "the delegate's account is closed": (
        "delegation",
        LENT | {"delegate": "outsider", "ends_on": END},
        _account_closed,
    ),
    "the delegation is over": ("delegation", LENT | {"delegate": "outsider", "ends_on": PAST}, _nothing),
    "the delegate advises": ("delegation", LENT | {"delegate": "pmo", "ends_on": END}, _nothing),
    "a kind that stays with the owner": (
        "delegation",
        LENT | {"delegate": "outsider", "ends_on": END, "kinds": "budget"},
        _nothing,
    ),
}


@pytest.mark.parametrize("name", MOVED_ON)
def test_an_impossible_effect_is_not_approved_and_nothing_is_recorded(
    name: str, cast: dict[str, Any], owner: Any, project_one: Any
) -> None:
    kind, terms, meanwhile = MOVED_ON[name]
    terms = {part: str(cast[text].key) if part in {"holder", "delegate"} else text for part, text in terms.items()}
    file = acts.submit_to_owner(project_one, kind, terms=terms, impact_schedule="None.")
    meanwhile(cast, project_one)
    kept = acts.count_evidence(), Mandate.objects.count(), Delegation.objects.count(), Effect.objects.count()
    with pytest.raises(CannotTakeEffect) as error:
        acts.decide(owner, file)
    assert error.value.messages
    assert kept == (acts.count_evidence(), Mandate.objects.count(), Delegation.objects.count(), Effect.objects.count())
    assert acts.reread(file).state == "ready_for_decision"
    assert acts.decide(owner, file, Outcome.REJECTED).effects.count() == 0


def test_a_delegate_who_loses_the_signature_meanwhile_approves_no_effect(owner: Any, project_one: Any) -> None:
    """The authority of the actor is checked before anything of the kind runs."""
    file = acts.submit_to_owner(project_one, "budget", terms={"budget": "1.00"})
    end_mandate(actor=owner, mandate=owner.mandates.get(project=project_one, authority="decides"))
    with pytest.raises(Refused):
        acts.decide(owner, file)
    assert Project.objects.get(pk=project_one.pk).budget == Decimal("4225000.00")
