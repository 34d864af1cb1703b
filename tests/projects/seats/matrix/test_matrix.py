"""Test each permission in each state: the whole cast, every state, every act, through the services (R1, R2, R8)."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from core.access import Refused, can
from core.acts import acting_as
from governance.decide.decisions.condition_services import AlreadyLifted
from governance.decide.decisions.services import AlreadyDecided, OpinionMissing
from governance.desk.responsibilities.services import adapt_roles, without_duty
from governance.enums import Outcome, ProposalState
from governance.models import BindingOpinion, Condition, Decision, Opinion, Proposal
from governance.workflow import WrongState
from projects.models import Project
from projects.seats.role_templates.installation import write_draft
from projects.seats.role_templates.services import install_pack, new_version, publish_role, retire_role
from roles.models import MethodPack, RoleTemplate, User
from roles.role_templates.catalogue import pack_of
from roles.role_templates.content import role_of
from tests import acts
from tests.conftest import CAST
from tests.database import undone
from tests.effort import in_turn

pytestmark = pytest.mark.django_db

STATES = (
    "draft",
    "submitted",
    "under_review",
    "ready_for_decision",
    "decided",
    "conditions_open",
    "closed",
    "returned",
    "deferred",
    "withdrawn",
    "merged",
    "superseded",
)
#: Accounts without a role on project one today: no rule tells one from another.
STRANGERS = (
    "former_owner",
    "future_owner",
    "other_owner",
    "outsider",
    "inactive_owner",
    "staff_admin",
    "superuser",
    "anonymous",
)
OPEN = {"draft", "submitted", "under_review", "ready_for_decision", "returned", "deferred"}
SUBMITTED = set(STATES) - {"draft"}
DECIDABLE = {"submitted", "under_review", "ready_for_decision"}
#: Other roles with the letter “advises” at the activity of each file: welcome, never awaited.
WELCOME = {"under_review": {"moe"}}
#: The role responsible for the condition of each file that has one.
ANSWERING = {"conditions_open": "amoa", "closed": "moe", "superseded": "pmo"}
#: Delegable, of an amount under the cap: the delegate could sign these, were they ready.
SMALL = {"withdrawn", "merged"}


@dataclass(frozen=True)
class Rule:
    """One cell: `who` may perform the act on a file, `when` it is possible, and `done` checks the effect."""

    perform: Callable[[Any, Proposal], Any]
    who: Callable[[str], set[str]]
    when: set[str]
    done: Callable[[Proposal, Proposal, Any], bool]


def deciders(key: str) -> set[str]:
    """Return who may decide a file, whatever its state."""
    return {"owner", "delegate"} if key in SMALL else {"owner"}


def has_answer(before: Proposal, actor: Any, **fields: Any) -> bool:
    """Return whether `actor` gave this answer to the revision."""
    return Decision.objects.filter(revision=before.current, decided_by=actor, **fields).exists()


def has_condition(after: Proposal, **fields: Any) -> bool:
    """Return whether the file has a condition like this."""
    return Condition.objects.filter(decision__proposal=after, **fields).exists()


#: The twelve files named after a state are all written by the AMOA; the PMO is asked.
RULES = {
    "submit": Rule(
        acts.submit,
        lambda key: {"amoa"},
        OPEN,
        lambda before, after, actor: (
            after.state == "submitted"
            and after.current is not None
            and after.current != before.current
            and after.current.submitted_by == actor
            and after.awaited_roles == ["PMO"]
        ),
    ),
    "edit": Rule(
        acts.edit,
        lambda key: {"amoa"},
        OPEN,
        lambda before, after, actor: (
            after.draft.title == "A better title"
            and after.draft.version == before.draft.version + 1
            and after.state == before.state
            and after.current == before.current
        ),
    ),
    "withdraw": Rule(
        acts.withdraw,
        lambda key: {"amoa"},
        OPEN,
        lambda before, after, actor: after.state == "withdrawn" and after.withdrawn_because == "No longer needed.",
    ),
    "take_up": Rule(
        acts.take_up,
        lambda key: {"pmo"} if key in SUBMITTED else set(),
        {"submitted"},
        lambda before, after, actor: after.state == "under_review" and after.awaited_roles == ["PMO"],
    ),
    "advise": Rule(
        acts.advise,
        lambda key: {"pmo"} | WELCOME.get(key, set()) if key in SUBMITTED else set(),
        {"submitted", "under_review"},
        lambda before, after, actor: (
            after.state == ("under_review" if after.awaited_roles else "ready_for_decision")
            and after.awaited_roles == ([] if actor.email.startswith("pmo@") else before.awaited_roles)
            and Opinion.objects.filter(revision=after.current, adviser=actor).exists()
        ),
    ),
    "decide": Rule(
        lambda actor, file: acts.decide(actor, file, waived=acts.missing_opinion_reasons(file)),
        deciders,
        DECIDABLE,
        lambda before, after, actor: (
            after.state == "decided"
            and has_answer(before, actor, outcome=Outcome.APPROVED, waived=acts.missing_opinion_reasons(before))
            and after.awaited_roles == []
        ),
    ),
    "merge": Rule(
        lambda actor, file: acts.decide(actor, file, Outcome.MERGED, waived=acts.missing_opinion_reasons(file)),
        deciders,
        DECIDABLE,
        lambda before, after, actor: (
            after.state == "merged" and has_answer(before, actor, merged_into__project=before.project)
        ),
    ),
    "note_binding": Rule(acts.note_binding, lambda key: {"pmo"}, set(), lambda before, after, actor: False),
    "prove": Rule(
        acts.prove,
        lambda key: {ANSWERING[key]},
        {"conditions_open"},
        lambda before, after, actor: (
            after.state == "conditions_open" and has_condition(after, proved_by=actor, state="open")
        ),
    ),
    "waive": Rule(
        acts.waive,
        lambda key: {"owner"},
        {"conditions_open"},
        lambda before, after, actor: (
            after.state == "closed" and has_condition(after, lifted_by=actor, waived_because="The crews have moved.")
        ),
    ),
    "lift": Rule(
        acts.lift,
        lambda key: {"owner"},
        {"conditions_open"},
        lambda before, after, actor: after.state == "closed" and has_condition(after, lifted_by=actor, state="met"),
    ),
}


def outcome_of(rule: Rule, actor: Any, before: Proposal) -> str:
    """Attempt the act and roll it back: done, refused, wrong state; a refusal records nothing."""
    kept = acts.count_evidence()
    with undone():
        try:
            with transaction.atomic():
                rule.perform(actor, before)
        except Refused:
            assert acts.count_evidence() == kept
            return "refused"
        except (WrongState, AlreadyDecided, AlreadyLifted):
            assert acts.count_evidence() == kept
            return "wrong state"
        except ValidationError:
            assert acts.count_evidence() == kept
            return "not asked"
        return "done" if rule.done(before, acts.reread(before), actor) else "without effect"


def expected_of(rule: Rule, member: str, key: str) -> str:
    """Return the expected outcome of one cell of the table above."""
    if member not in rule.who(key):
        return "refused"
    if rule is RULES["note_binding"] and key in DECIDABLE:
        return "not asked"
    return "done" if key in rule.when else "wrong state"


@pytest.mark.parametrize("key", STATES)
@pytest.mark.parametrize("name", RULES)
def test_an_act_succeeds_for_the_right_person_in_the_right_state_and_otherwise_records_nothing(
    name: str, key: str, cast: dict[str, Any], proposal: Any
) -> None:
    if name in {"prove", "lift", "waive"} and key not in ANSWERING:
        assert not Condition.objects.filter(decision__proposal=proposal(key)).exists()
        return
    rule, file = RULES[name], proposal(key)
    place = list(RULES).index(name) * len(STATES) + STATES.index(key)
    asking = [member for member in CAST if member not in STRANGERS] + in_turn(place, STRANGERS, 3)
    found = {member: outcome_of(rule, cast[member], deepcopy(file)) for member in asking}
    assert found == {member: expected_of(rule, member, key) for member in asking}


@pytest.mark.parametrize("key", ["submitted", "under_review"])
def test_the_owner_answers_nothing_while_an_opinion_is_neither_given_nor_waived(
    key: str, owner: Any, proposal: Any
) -> None:
    kept = acts.count_evidence()
    for outcome in acts.ANSWERS:
        for waived in ({}, {"PMO": ""}, {"AMOA": "Not asked at all."}):
            with pytest.raises(OpinionMissing) as error:
                acts.decide(owner, proposal(key), outcome, waived=waived)
            assert error.value.roles == ["PMO"]
    assert (acts.count_evidence(), proposal(key).state) == (kept, key)


def test_the_binding_opinion_asked_for_is_noted_by_the_adviser_who_did_not_write_the_proposal(
    cast: dict[str, Any], proposal: Any
) -> None:
    def done(before: Proposal, after: Proposal, actor: Any) -> bool:
        noted = BindingOpinion.objects.filter(revision=after.current, noted_by=actor)
        return noted.exists() and after.state == before.state

    rule = Rule(acts.note_binding, lambda key: {"pmo"}, {"ready_binding"}, done)
    people = [*CAST, "other_pmo", "other_amoa"]
    found = {member for member in people if outcome_of(rule, cast[member], proposal("ready_binding")) == "done"}
    assert found == {"pmo"}


def test_the_files_are_in_the_states_they_are_named_after(proposal: Any) -> None:
    assert {key: proposal(key).state for key in STATES} == {key: key for key in STATES}
    assert set(STATES) == set(ProposalState.values) - {"lapsed"}  # tests/governance/decide/lapses: nobody acts on it
    assert {proposal(key).author_role for key in STATES} == {"AMOA"}


@pytest.mark.parametrize(
    ("key", "deciders"),
    [
        ("ready_for_decision", {"owner"}),
        ("ready_minor", {"owner", "delegate"}),
        ("ready_over_cap", {"owner"}),
        ("ready_by_pmo", {"owner"}),
        ("revised", {"owner"}),
        ("ready_two", {"other_owner"}),
        ("ready_three", set()),
        ("ready_replacing", {"owner"}),
        ("late", {"owner", "delegate"}),
    ],
)
def test_only_the_owner_in_office_or_a_delegate_within_bounds_decides_a_ready_file(
    key: str, deciders: set[str], cast: dict[str, Any], proposal: Any
) -> None:
    found = {member for member in CAST if outcome_of(RULES["decide"], cast[member], proposal(key)) == "done"}
    assert found == deciders


@pytest.mark.parametrize(
    ("key", "writer"),
    [("ready_by_pmo", "pmo"), ("ready_minor", "moe"), ("ready_two", "other_amoa"), ("submitted_two", "other_pmo")],
)
def test_only_the_role_that_wrote_a_file_changes_it(key: str, writer: str, cast: dict[str, Any], proposal: Any) -> None:
    people = [*CAST, "other_pmo", "other_amoa"]
    for name in ("edit", "withdraw"):
        found = {member for member in people if outcome_of(RULES[name], cast[member], proposal(key)) == "done"}
        assert found == {writer}


def test_the_author_and_their_role_give_no_opinion_on_their_own_file(cast: dict[str, Any], proposal: Any) -> None:
    people = [*CAST, "other_pmo", "other_amoa"]
    found = {
        member for member in people if outcome_of(RULES["advise"], cast[member], proposal("submitted_two")) != "refused"
    }
    assert found == {"other_amoa"}


# — the roles themselves: the referential, and the matrix of a project —


def _adapt(actor: Any, project: Project) -> None:
    assert project.matrix is not None
    content = without_duty(project.matrix.read(), "MOE", "MOE-01", "Not here.")
    before = project.matrices.count()
    adapt_roles(actor=actor, project=project, base=project.matrix.number, content=content, reason="Not here.")
    assert project.matrices.count() == before + 1
    assert Project.objects.get(pk=project.pk).matrix == project.matrix  # in force only once the owner decides


def _published(code: str) -> RoleTemplate:
    return RoleTemplate.objects.get(pack="fr", code=code, state="published")


def _configure(actor: Any, project: Project) -> None:
    assert new_version(actor=actor, template=_published("MOE")).state == "draft"


def _publish(actor: Any, project: Project) -> None:
    with acting_as(User.objects.get(email="staff.admin@example.org")):
        draft = write_draft(_published("MOE").pack, role_of(_published("MOE")), 99, 4)
    assert publish_role(actor=actor, template=draft) == _published("MOE")


def _retire(actor: Any, project: Project) -> None:
    assert retire_role(actor=actor, template=_published("DEST")).state == "retired"


def _install(actor: Any, project: Project) -> None:
    pack = replace(pack_of(MethodPack.objects.get(code="fr")), code="copy", name_en="Copy")
    assert install_pack(actor=actor, pack=pack).published


ADMINISTRATORS = {"staff_admin", "superuser"}
ON_ROLES: dict[str, tuple[Callable[[Any, Project], None], set[str]]] = {
    "governance.adapt_roles": (_adapt, {"pmo", "amoa"}),
    "roles.configure": (_configure, ADMINISTRATORS),
    "projects.publish_role": (_publish, ADMINISTRATORS),
    "projects.retire_role": (_retire, ADMINISTRATORS),
    "projects.install_pack": (_install, ADMINISTRATORS),
}


@pytest.mark.parametrize("name", ON_ROLES)
def test_each_act_on_the_roles_belongs_to_its_members_and_administrators_get_no_act_in_a_project(
    name: str, cast: dict[str, Any], project_one: Project
) -> None:
    perform, who = ON_ROLES[name]
    found = {member: _outcome(perform, cast[member], project_one) for member in CAST}
    assert found == {member: "" if member in who else name for member in CAST}
    assert not [member for member in ADMINISTRATORS for act in IN_A_PROJECT if can(cast[member], act, project_one)]


def _outcome(perform: Callable[[Any, Project], None], actor: Any, project: Project) -> str:
    """Return the refused permission, with nothing recorded; "" when the act took place."""
    kept = acts.count_evidence()
    with undone():
        try:
            with transaction.atomic():
                perform(actor, project)
        except Refused as refused:
            assert acts.count_evidence() == kept
            return refused.permission.name
        return ""


#: Acts on a project: an administrator does none of them.
IN_A_PROJECT = ("governance.adapt_roles", "governance.propose", "projects.appoint", "projects.name_owner")
