"""Test the permission API: a typo never denies silently, and nobody has a shortcut (R1)."""

import operator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone, translation

from amoa.models import Question
from core.access import Refused, all_permissions, can, ensure
from governance.life.carry_overs.enums import CarryOverState
from governance.models import CarryOver, Condition, Decision, Discharge, Move
from projects.models import Credential, Delegation, Document, Interest, Mandate, Project
from projects.people.credentials.enums import CredentialKind, Origin
from projects.people.credentials.services import give_credential
from projects.people.replacements.services import propose_owner
from projects.people.vouching.services import ask_vouch
from projects.seats.mandates.authorities import OWNER, PROVIDER
from roles.models import User
from tests.conftest import CAST
from tests.database import backdate, undone

pytestmark = pytest.mark.django_db


#: Acts of an administrator on the catalogue, organisations and accounts: there is no object to ask about.
CONFIGURING = (
    "roles.configure",
    "projects.publish_role",
    "projects.retire_role",
    "projects.install_pack",
    "projects.name_administrator",
    "projects.end_administrator",
    "projects.keep_organisation",
    "projects.link_organisations",
    "projects.end_link",
    "projects.invite",
    "projects.send_reset",
    "projects.propose_address",
    "projects.plan_departure",
    "projects.state_absence",
    "projects.change_employer",
    "projects.close_account",
    "projects.reopen_account",
    "projects.edit_settings",
    "projects.make_token",
    "projects.end_token",
)
#: Acts of the AMOA workspace of a project: permission → roles.
EVERYBODY = {"owner", "pmo", "amoa", "moe", "recipient"}
ON_A_PROJECT = {
    "amoa.describe_group": {"amoa"},
    "amoa.write_requirements": {"amoa"},
    "amoa.import_requirements": {"amoa"},
    "amoa.freeze_baseline": {"amoa"},
    "amoa.implement": {"moe"},
    "amoa.estimate": {"moe"},
    "amoa.ask": {"amoa", "moe"},
    "amoa.plan_acceptance": {"amoa"},
    "amoa.close_campaign": {"amoa"},
    "amoa.run_test": {"amoa", "recipient"},
    "amoa.close_defect": {"amoa", "recipient"},
    "amoa.report_defect": {"amoa", "moe", "recipient"},
    "amoa.correct_defect": {"moe"},
    "pmo.keep_standards": {"pmo"},
    "pmo.follow_indicators": {"pmo"},
    "pmo.publish_weather": {"pmo"},
    "pmo.plan_schedule": {"pmo"},
    "pmo.confirm_dependencies": {"pmo"},
    "pmo.plan_means": {"pmo"},
    "pmo.propose_criterion": {"pmo", "amoa"},
    "pmo.propose_benefit": {"amoa"},
    "pmo.freeze_criteria": {"pmo", "amoa"},
    "pmo.measure_criterion": {"pmo", "amoa"},
    "pmo.note_lesson": EVERYBODY,
    "pmo.check_conformity": {"pmo"},
    "pmo.close_waiver": {"pmo"},
    "pmo.revoke_waiver": {"owner"},
    "amoa.plan_change": {"amoa"},
    "amoa.freeze_plan": {"amoa"},
    "amoa.answer_feedback": {"amoa"},
    "amoa.give_feedback": EVERYBODY,
    "pmo.archive_review": {"pmo"},
    "governance.write_body": {"pmo"},
    "governance.write_session": {"pmo"},
    "governance.convene_session": {"pmo"},
    "governance.add_session_item": {"pmo"},
    "governance.open_session": {"pmo"},
    "governance.note_session_item": {"pmo"},
    "governance.close_session": {"pmo"},
    "governance.cancel_session": {"pmo"},
    "governance.settle_list": {"owner"},
    "governance.rectify_list": {"owner"},
    "pmo.remind": {"owner", "pmo", "amoa", "moe"},
    "projects.import_list": EVERYBODY,
    "pmo.raise_risk": EVERYBODY,
    "pmo.raise_issue": EVERYBODY,
    "pmo.review_risks": {"pmo"},
    "pmo.escalate_risk": {"owner", "pmo", "amoa"},
    "pmo.examine_escalation": {"pmo"},
    "pmo.answer_escalation": {"owner"},
    "pmo.set_risk_scale": {"owner"},
    "pmo.assess_risk": {"pmo", "amoa"},
    "pmo.materialise_risk": {"pmo", "amoa"},
    "pmo.settle_issue": {"pmo", "amoa"},
    "governance.give_action": {"owner", "pmo", "amoa"},
}
WITHOUT_OBJECT = {"projects.found", "projects.find_person", *CONFIGURING}


def _carried_to(project: Project) -> CarryOver:
    """Return an item that the AMOA of a project is to accept."""
    holder = User.objects.get(email="amoa@example.org")
    return CarryOver(project=project, target=project, holder=holder, due_on=timezone.localdate())


def _taken_over(project: Project) -> CarryOver:
    """Return an item that the AMOA of a project has accepted."""
    row = _carried_to(project)
    row.state, row.answered_by = CarryOverState.ACCEPTED, row.holder
    return row


def _done(project: Project) -> CarryOver:
    """Return an item that the AMOA of a project says is done."""
    row = _taken_over(project)
    row.state, row.done_by, row.refuse_by = CarryOverState.DONE, row.holder, timezone.localdate() + timedelta(days=9)
    return row


def asked_by(email: str) -> Credential:
    """Return a credential that waits, for which its person has asked somebody to vouch."""
    person = User.objects.get(email=email)
    give_credential(actor=person, person=person, kind=CredentialKind.PASSWORD, origin=Origin.MAILED)
    return ask_vouch(actor=person)[0]


@pytest.fixture
def objects(proposal: Any, project_one: Any, project_two: Any, staff_admin: Any, outsider: Any) -> dict[str, Any]:
    """Map each permission to an object on which somebody holds it."""
    about = {"project": Project.objects.get(code="THREE"), "successor": outsider, "because": "They have left."}
    proposed = propose_owner(actor=staff_admin, **about)
    return {
        "projects.found": None,
        "projects.find_person": None,
        "governance.decide": proposal("ready_for_decision"),
        "governance.lift": Condition.objects.get(decision__proposal=proposal("conditions_open")),
        **dict.fromkeys(("governance.accept_carry_over", "governance.decline_carry_over"), _carried_to(project_one)),
        "governance.finish_carry_over": _taken_over(project_one),
        "governance.refuse_carry_over": _done(project_one),
        "governance.advise": proposal("submitted"),
        "governance.take_up": proposal("submitted"),
        "governance.propose": project_one,
        "governance.edit": proposal("draft"),
        "governance.submit": proposal("draft"),
        "governance.withdraw": proposal("draft"),
        "projects.appoint": project_one,
        "projects.invite_holder": project_one,
        "projects.end_mandate": Mandate.objects.get(holder__email="pmo@example.org"),
        "projects.name_owner": project_one,
        "projects.delegate": project_one,
        "projects.vouch": asked_by("moe@example.org"),
        "projects.propose_replacement": Project.objects.get(code="THREE"),
        **dict.fromkeys(ON_A_REPLACEMENT, proposed),
        "projects.revoke": Delegation.objects.get(),
        "projects.decline": Mandate.objects.get(holder__email="amoa@example.org"),
        "projects.accept": Mandate.objects.get(holder__email="amoa@example.org"),
        "projects.state_competence": Mandate.objects.get(holder__email="amoa@example.org"),
        "governance.prove": Condition.objects.get(decision__proposal=proposal("conditions_open")),
        "governance.waive": Condition.objects.get(decision__proposal=proposal("conditions_open")),
        "governance.note_binding": proposal("ready_binding"),
        "governance.add_document": project_one,
        "governance.replace_document": Document.objects.filter(project=project_one).earliest("pk"),
        **dict.fromkeys(CONFIGURING),
        **dict.fromkeys(ON_A_PROJECT, project_one),
        "amoa.answer": Question.objects.filter(project=project_one, asked_of="MOE").earliest("pk"),
        "governance.review_decision": Decision.objects.filter(project=project_one).earliest("pk"),
        "governance.look_back": Decision.objects.filter(project=project_one).earliest("pk"),
        "governance.acknowledge": Decision.objects.filter(project=project_one).earliest("pk"),
        "pmo.edit_risk": project_one.risks.get(code="OR-2"),
        "pmo.treat_risk": project_one.risks.get(code="OR-1"),
        "governance.settle_action": project_one.actions.get(),
        "governance.fulfil": Discharge(project=project_one, role="MOE"),
        "governance.check_evidence": Discharge(project=project_one, role="MOE", receivers=["AMOA"]),
        "governance.excuse": project_one,
        "governance.adapt_roles": project_one,
        "governance.write_earlier": project_one,
        "governance.edit_facts": project_one,
        "governance.switch_workspaces": project_one,
        "governance.sign_decisions": project_one,
        "governance.archive": project_one,
        "governance.unarchive": project_one,
        "governance.ask_move": project_one,
        "governance.take_back_move": Move(project=project_one, target=project_two),
        "governance.accept_move": Move(project=project_one, target=project_two),
        "governance.refuse_move": Move(project=project_one, target=project_two),
        "projects.note_bidder": project_one,
        "projects.declare_interest": project_one,
        "projects.settle_interest": Interest(
            project=project_one, person=Mandate.objects.get(holder__email="pmo@example.org").holder
        ),
    }


#: Acts on a replacement that the administrator proposed.
ON_A_REPLACEMENT = {
    "projects.second_replacement": {"superuser"},
    "projects.take_replacement": {"outsider"},
    "projects.confirm_replacement": {"staff_admin"},
    "projects.end_replacement": {"staff_admin", "superuser"},
}

HOLDERS = {
    **ON_A_PROJECT,
    "pmo.edit_risk": {"pmo", "amoa", "moe"},
    "pmo.treat_risk": {"pmo", "amoa"},
    "governance.settle_action": {"amoa", "moe"},
    "amoa.answer": {"moe"},
    "governance.review_decision": {"owner"},
    "governance.look_back": {"owner"},
    "governance.acknowledge": EVERYBODY,
    "projects.found": {"staff_admin", "superuser"},
    "projects.find_person": {"owner", "pmo", "amoa", "moe", "other_owner", "staff_admin", "superuser"},
    "governance.decide": {"owner"},
    "governance.lift": {"owner"},
    "governance.accept_carry_over": {"amoa"},
    "governance.decline_carry_over": {"amoa"},
    "governance.finish_carry_over": {"amoa"},
    "governance.refuse_carry_over": {"owner"},
    "governance.advise": {"pmo"},
    "governance.take_up": {"pmo"},
    "governance.propose": {"pmo", "amoa", "moe"},
    "governance.edit": {"amoa"},
    "governance.submit": {"amoa"},
    "governance.withdraw": {"amoa"},
    "projects.appoint": {"owner"},
    "projects.invite_holder": {"owner"},
    "projects.end_mandate": {"owner"},
    "projects.name_owner": {"owner"},
    "projects.delegate": {"owner"},
    "projects.revoke": {"owner"},
    "projects.accept": {"amoa"},
    "projects.decline": {"amoa"},
    "projects.state_competence": {"amoa"},
    "governance.prove": {"amoa"},
    "governance.waive": {"owner"},
    "governance.note_binding": {"pmo"},
    "governance.add_document": {"owner", "pmo", "amoa", "moe"},
    "governance.replace_document": {"owner", "pmo", "amoa", "moe"},
    **{name: {"staff_admin", "superuser"} for name in CONFIGURING},
    "projects.vouch": {"staff_admin", "superuser"},
    "projects.propose_replacement": {"staff_admin", "superuser"},
    **ON_A_REPLACEMENT,
    "governance.fulfil": {"moe"},
    "governance.check_evidence": {"amoa", "owner"},
    "governance.excuse": {"owner"},
    "governance.adapt_roles": {"pmo", "amoa"},
    "governance.write_earlier": {"pmo"},
    "governance.edit_facts": {"owner"},
    "governance.switch_workspaces": {"owner"},
    "governance.sign_decisions": {"owner"},
    "governance.archive": {"owner"},
    "governance.unarchive": {"owner"},
    "governance.ask_move": {"owner"},
    "governance.take_back_move": {"owner"},
    "governance.accept_move": {"other_owner"},
    "governance.refuse_move": {"other_owner"},
    "projects.note_bidder": {"owner", "pmo", "amoa"},
    "projects.declare_interest": {"owner", "delegate", "pmo", "amoa", "moe", "recipient"},
    "projects.settle_interest": {"owner"},
}


def test_every_permission_has_a_line_here(objects: dict[str, Any]) -> None:
    assert set(all_permissions()) == set(objects) == set(HOLDERS)


def test_each_permission_is_held_by_these_and_by_nobody_else(cast: dict[str, Any], objects: dict[str, Any]) -> None:
    assert {name: {who for who in CAST if can(cast[who], name, objects[name])} for name in HOLDERS} == HOLDERS


def test_has_perm_says_the_same_as_can(cast: dict[str, Any], objects: dict[str, Any]) -> None:
    people = set(CAST) - {"anonymous"}
    assert {name: {who for who in people if cast[who].has_perm(name, objects[name])} for name in HOLDERS} == HOLDERS


def test_being_superuser_gives_none_of_our_permissions(objects: dict[str, Any], superuser: Any) -> None:
    superuser.is_staff = False
    assert superuser.is_superuser
    assert [name for name in HOLDERS if can(superuser, name, objects[name])] == []
    assert [name for name in HOLDERS if superuser.has_perm(name, objects[name])] == []
    assert superuser.has_perm("auth.add_group")


def test_a_closed_account_loses_every_permission(cast: dict[str, Any], objects: dict[str, Any]) -> None:
    for member in set().union(*HOLDERS.values()):
        user = cast[member]
        with undone():
            backdate("roles_user", "is_active", False, "id = %s", [user.pk])
            user.refresh_from_db()
            kept = [name for name in HOLDERS if member in HOLDERS[name] and can(user, name, objects[name])]
        assert (member, kept) == (member, [])


def test_without_an_object_nobody_holds_a_permission_that_needs_one(cast: dict[str, Any]) -> None:
    held = {name: {who for who in CAST if can(cast[who], name)} for name in HOLDERS}
    assert held == {name: who if name in WITHOUT_OBJECT else set() for name, who in HOLDERS.items()}


def test_two_authorities_make_one(project_one: Any, owner: Any, moe: Any, pmo: Any) -> None:
    either = OWNER | PROVIDER
    assert [either.holds(user, project_one) for user in (owner, moe, pmo)] == [True, True, False]
    assert [seat.person for seat in (either | OWNER).holders(project_one)] == [owner, moe]
    with translation.override("en"):
        assert str(either.label) == "the project owner, or the solution provider"
        assert str(either.with_label("both of them").label) == "both of them"


def test_the_operators_that_would_hide_who_holds_an_authority_are_refused() -> None:
    for combine in (operator.and_, operator.xor):
        with pytest.raises(TypeError):
            combine(OWNER, PROVIDER)
    with pytest.raises(TypeError):
        operator.invert(OWNER)


def test_a_visitor_has_no_permission(objects: dict[str, Any]) -> None:
    assert not [name for name in all_permissions() if can(AnonymousUser(), name, objects[name])]


@pytest.mark.parametrize("name", ["governance.decides", "decide", "", "governance.decide ", "roles.decide"])
def test_a_name_nobody_registered_is_an_error_not_a_no(name: str, owner: Any, superuser: Any, proposal: Any) -> None:
    for user in (owner, superuser, AnonymousUser()):
        with pytest.raises(KeyError):
            can(user, name, proposal("ready_for_decision"))
        with pytest.raises(KeyError):
            ensure(user, name, proposal("ready_for_decision"))


def test_ensure_is_silent_for_who_may(owner: Any, proposal: Any) -> None:
    assert ensure(owner, "governance.decide", proposal("ready_for_decision")) is None


def test_a_refusal_names_the_rule_and_who_holds_the_role(pmo: Any, owner: Any, delegate: Any, proposal: Any) -> None:
    with pytest.raises(Refused) as error:
        ensure(pmo, "governance.decide", proposal("ready_minor"))
    refusal = error.value
    assert (refusal.permission.name, refusal.permission.rule) == ("governance.decide", "R1")
    assert [seat.person for seat in refusal.holders] == [owner, delegate]
    assert {seat.role.code for seat in refusal.holders} == {"MOA"}
    assert "R1" in str(refusal)


def test_people_named_by_a_refusal_hold_the_permission(objects: dict[str, Any], outsider: User) -> None:
    named = {}
    of_accounts = {"projects.vouch", "projects.propose_replacement", *ON_A_REPLACEMENT}  # held by no seat
    for name in set(HOLDERS) - WITHOUT_OBJECT - of_accounts:
        with pytest.raises(Refused) as error:
            ensure(outsider, name, objects[name])
        named[name] = {seat.person.email.split("@")[0].replace(".", "_") for seat in error.value.holders}
    assert named == {name: HOLDERS[name] for name in named}


def test_the_owner_does_not_settle_their_own_tie(owner: Any, project_one: Any) -> None:
    assert not can(owner, "projects.settle_interest", Interest(project=project_one, person=owner))


def test_a_refusal_names_nobody_when_nobody_holds_the_permission(outsider: Any, proposal: Any) -> None:
    with pytest.raises(Refused) as error:
        ensure(outsider, "governance.decide", proposal("ready_three"))
    assert error.value.holders == []


def test_a_refusal_without_an_object_names_nobody(outsider: Any) -> None:
    with pytest.raises(Refused) as error:
        ensure(outsider, "projects.found")
    assert error.value.holders == []


@pytest.mark.parametrize("name", HOLDERS)
def test_each_permission_can_explain_itself(name: str) -> None:
    permission = all_permissions()[name]
    assert permission.rule in {f"R{number}" for number in range(1, 12)}
    assert all(str(text) for text in (permission.act, permission.because, permission.authority_name))
    assert str(permission.because).endswith(".")
