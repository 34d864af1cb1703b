"""Test the proof of permissions: it evaluates the predicates for everybody in every state, and matches the services."""

from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings

from core.access import Refused, all_permissions, can
from core.acts import acting_as, cached_reads
from governance import workflow
from governance.decide.kinds.registry import kind_of
from governance.desk.permissions import simulation
from governance.desk.permissions.rights import Right, RightsReader, Standing
from governance.desk.permissions.simulation import (
    ABOUT,
    ADMINISTRATOR,
    DELEGATE,
    NOBODY,
    Answer,
    Subject,
    Supposition,
    build_columns,
    list_proposing_roles,
)
from governance.enums import Act, ProposalState
from governance.models import Proposal
from projects.models import Bidder, Interest, Matrix, Project
from projects.seats.mandates.predicates import is_owner
from projects.seats.mandates.seats import seats_of, seats_on, suppose
from projects.seats.matrix.models import sealed_columns
from roles.enums import DELEGABLE_KINDS, DecisionKind, decision_kinds
from roles.models import User
from roles.role_templates.content import Matrix as Content
from roles.role_templates.content import published_matrix
from tests import acts
from tests.conftest import CAST
from tests.database import statements, undone
from tests.effort import EFFORT, in_turn
from tests.projects.seats.matrix.strategies import matrices
from tests.projects.seats.matrix.test_matrix import RULES, STATES, expected_of
from tests.projects.seats.matrix.test_permissions_follow_the_matrix import _on_paper

pytestmark = pytest.mark.django_db

#: Advising roles of the method that nobody of the cast holds.
OPTIONAL = ("CDP", "RSSI", "DPD")
#: The holder of each column of project one.
HOLDERS = {
    "MOA": "owner",
    "PMO": "pmo",
    "AMOA": "amoa",
    "MOE": "moe",
    "DEST": "recipient",
    NOBODY: "outsider",
    ADMINISTRATOR: "staff_admin",
}


def answers(project: Project, kind: str, author: str, state: str) -> dict[str, dict[str, Answer]]:
    """Map permission → column → answer."""
    people = build_columns(project)
    rows = [row for rows in Supposition(project, people, kind, author).rows(state).values() for row in rows]
    return {row.name: dict(zip([c.code for c in people], row.answers, strict=True)) for row in rows}


def yes(found: dict[str, Answer]) -> set[str]:
    """List the columns with a yes."""
    return {code for code, answer in found.items() if answer == Answer.YES}


# — one supposition —


def test_every_permission_of_the_registry_has_its_subject_and_its_act() -> None:
    assert set(ABOUT) == set(all_permissions())
    acts = {act for _subject, act in ABOUT.values() if act}
    assert acts == set(workflow.TRANSITIONS) - {Act.SUPERSEDE, Act.LAPSE}  # effects of decisions, which nobody performs


def test_the_columns_are_the_roles_in_force_and_who_holds_none(project_one: Project) -> None:
    people = build_columns(project_one)
    assert [column.code for column in people] == [
        *("MOA", "PMO", "AMOA", "MOE", "DEST", *OPTIONAL),
        *(DELEGATE, NOBODY, ADMINISTRATOR),
    ]
    assert [column.is_role for column in people] == [True] * 8 + [False] * 3
    assert len({column.holder.pk for column in people}) == len(people)
    assert all(column.holder.pk < 0 for column in people)


def test_a_change_written_by_the_amoa(project_one: Project) -> None:
    found = answers(project_one, "change", "AMOA", "submitted")
    assert yes(found["governance.propose"]) == {"PMO", "AMOA", "MOE", "CDP"}
    assert yes(found["governance.advise"]) == yes(found["governance.take_up"]) == {"PMO", "RSSI", "DPD"}
    assert yes(found["governance.decide"]) == {"MOA"}
    assert yes(found["governance.submit"]) == yes(found["governance.withdraw"]) == {"AMOA"}
    everybody = {*HOLDERS, *OPTIONAL, DELEGATE, NOBODY, ADMINISTRATOR}
    for name in ("projects.accept", "projects.decline", "projects.state_competence"):
        assert yes(found[name]) == everybody
    assert yes(found["projects.appoint"]) == {"MOA"}
    assert yes(found["projects.declare_interest"]) == {"MOA", "PMO", "AMOA", "MOE", "DEST", *OPTIONAL, DELEGATE}
    assert found["governance.lift"]["MOA"] == Answer.NOT_NOW
    assert found["governance.prove"]["AMOA"] == Answer.NOT_NOW


@pytest.mark.parametrize("kind", DecisionKind.values)
def test_a_delegate_signs_the_kinds_that_may_be_delegated_and_no_other(kind: str, project_one: Project) -> None:
    authors = list_proposing_roles(project_one, build_columns(project_one), kind)
    for author in in_turn(DecisionKind.values.index(kind), authors):
        signing = yes(answers(project_one, kind, author, "ready_for_decision")["governance.decide"])
        assert signing == ({"MOA", DELEGATE} if kind in DELEGABLE_KINDS else {"MOA"})


@pytest.mark.parametrize("pack", ["fr", "pm2"])
def test_each_permission_can_be_held_by_a_role_of_each_method(pack: str, project_one: Project) -> None:
    content = published_matrix(pack)
    project = Project(pk=project_one.pk, code="ONE", state=project_one.state)
    project.matrix = Matrix(pk=-1, project=project, number=1, **sealed_columns(content))
    people = build_columns(project)
    roles = {column.code for column in people if column.is_role}
    files = [(kind, author) for kind in DecisionKind for author in list_proposing_roles(project, people, kind)]
    held: set[str] = set()
    by_administrators = {name for name, (subject, _act) in ABOUT.items() if subject == Subject.INSTALLATION}
    for kind, author in files:
        if set(ABOUT) == held | by_administrators:
            break
        supposed = Supposition(project, people, kind, author).rows("ready_for_decision")
        for row in (row for rows in supposed.values() for row in rows):
            answers = dict(zip((column.code for column in people), row.answers, strict=True))
            if any(answers[role] != Answer.NO for role in roles):
                held.add(row.name)
    assert set(ABOUT) - held - by_administrators == set()


@pytest.mark.parametrize("state", ProposalState.values)
def test_no_state_gives_an_administrator_or_a_stranger_an_act_on_the_project(state: str, project_one: Project) -> None:
    found = answers(project_one, "change", "AMOA", state)
    for code in (NOBODY, ADMINISTRATOR):
        given = {name for name, answer in found.items() if answer[code] != Answer.NO}
        beyond = {name for name, (subject, _act) in ABOUT.items() if subject == Subject.INSTALLATION}
        beyond -= {"projects.vouch", "projects.take_replacement", "projects.confirm_replacement"}  # of who asked
        beyond |= {"projects.second_replacement"}  # as advising roles
        own = {"projects.accept", "projects.decline", "projects.state_competence"}
        assert given == own | (beyond if code == ADMINISTRATOR else set())


def test_an_administrator_names_no_owner_alone_also_where_there_is_none(
    project_one: Project, project_three: Project
) -> None:
    for project in (project_one, project_three):
        found = answers(project, "change", "AMOA", "draft")
        assert yes(found["projects.name_owner"]) == {"MOA"}
        assert yes(found["projects.second_replacement"]) >= {"PMO", "AMOA", ADMINISTRATOR}
        assert "MOA" not in yes(found["projects.second_replacement"])


def test_a_project_without_roles_lets_nobody_propose(project_one: Project) -> None:
    project = Project(pk=project_one.pk, code="ONE")
    people = build_columns(project)
    assert [column.code for column in people] == [NOBODY, ADMINISTRATOR]
    assert list_proposing_roles(project, people, "change") == []
    assert Supposition(project, people, "change", "").plain()["matrix"] is None


def test_the_answers_are_not_a_second_table(project_one: Project, monkeypatch: Any) -> None:
    before = answers(project_one, "change", "AMOA", "submitted")
    monkeypatch.setattr(simulation, "can", lambda user, name, on: name == "governance.decide")
    everybody = answers(project_one, "change", "AMOA", "submitted")
    assert yes(before["governance.decide"]) == {"MOA"}
    assert set(everybody["governance.decide"].values()) == {Answer.YES}
    assert set(everybody["governance.advise"].values()) == {Answer.NO}
    monkeypatch.setattr(workflow, "TRANSITIONS", {act: {} for act in workflow.TRANSITIONS})
    assert set(answers(project_one, "change", "AMOA", "submitted")["governance.decide"].values()) == {Answer.NOT_NOW}


def test_the_page_says_what_the_whole_cast_then_gets_from_the_services(proposal: Any, project_one: Project) -> None:
    """The printed answers in each state equal those of tests/projects/seats/matrix/test_matrix.py."""
    of_conditions = {"prove", "lift", "waive"}
    for key in STATES:
        file = proposal(key)
        found = answers(project_one, file.kind, file.author_role, key)
        for name in set(RULES) - {"merge", "note_binding"} - of_conditions:
            said = {member: found[f"governance.{name}"][code] for code, member in HOLDERS.items()}
            done = {member: expected_of(RULES[name], member, key) for member in HOLDERS.values()}
            meaning = {"done": Answer.YES, "wrong state": Answer.NOT_NOW, "refused": Answer.NO}
            drafted = key == "draft" and name in {"take_up", "advise"}
            assert drafted or said == {member: meaning[outcome] for member, outcome in done.items()}, (key, name)


def test_the_permissions_page_sends_no_query_per_cell(project_one: Project) -> None:
    project = Project.objects.select_related("matrix").get(pk=project_one.pk)
    people = build_columns(project)
    with statements() as sent:
        Supposition(project, people, "change", "AMOA").plain()
    assert sent.total() == 0
    with statements() as sent:
        for kind in DecisionKind:
            list_proposing_roles(project, people, kind)
    assert sent.total() == 0


@settings(deadline=None, max_examples=10 * EFFORT)
@given(content=matrices())
def test_any_matrix_has_one_deciding_role_and_nobody_decides_their_own_proposal(content: Content) -> None:
    project = _on_paper(content)
    people = [column for column in build_columns(project) if column.is_role]
    owners = [role.code for role in content.roles if role.decides]
    for kind in ("change", "minor_change", "waiver"):
        for author in list_proposing_roles(project, people, kind):
            assert author not in owners
            file = simulation.build_proposal(project, kind, author, [])
            assert [c.code for c in people if simulation.is_allowed(c, "governance.decide", file)] == owners
            for column in people:
                file.writers = [column.holder.pk]
                assert not simulation.is_allowed(column, "governance.decide", file)


# — a supposed holder reaches nothing —


def test_a_supposed_seat_is_seen_by_the_question_only(project_one: Project, outsider: User, owner: User) -> None:
    seat = seats_of(owner)[0]
    with cached_reads():
        assert not is_owner(outsider, project_one)
        assert is_owner(suppose(outsider, [seat]), project_one)
        assert not is_owner(outsider, project_one)


def test_no_act_is_done_under_a_supposed_seat(project_one: Project, owner: User, outsider: User, proposal: Any) -> None:
    file, kept = proposal("ready_for_decision"), acts.count_evidence()
    supposed = suppose(outsider, seats_of(owner))
    assert can(supposed, "governance.decide", file)
    with pytest.raises(Refused):
        acts.decide(outsider, file)
    with pytest.raises(ValueError, match="instance"):
        acts.decide(supposed, file)  # type: ignore[arg-type]
    assert acts.count_evidence() == kept


# — what one person may do —


def rights(project: Project, person: User) -> dict[str, Right]:
    """Map permission → right of this person."""
    seats = seats_on(project.pk)
    people = list(User.objects.filter(pk__in=seats))
    found = RightsReader(project, build_columns(project), people, seats).rights(person)
    return {right.permission.name: right for group in found.values() for right in group}


def test_the_seats_of_a_project_are_those_each_holder_has_there(project_one: Project, cast: dict[str, Any]) -> None:
    found = seats_on(project_one.pk)
    people = {user.pk: user for user in cast.values() if isinstance(user, User)}
    own = {pk: [s for s in seats_of(user) if s.project_id == project_one.pk] for pk, user in people.items()}
    assert found == {pk: seats for pk, seats in own.items() if seats}
    assert {people[pk].email.split("@")[0] for pk in found} == {"owner", "delegate", "pmo", "amoa", "moe", "recipient"}
    with statements() as sent:
        seats_on(project_one.pk)
    assert sent.total() == 1


@pytest.mark.parametrize("member", [m for m in CAST if m != "anonymous"])
def test_a_person_is_told_yes_where_the_server_says_yes(
    member: str, cast: dict[str, Any], project_one: Project
) -> None:
    found = rights(project_one, cast[member])
    assert set(found) == set(ABOUT)
    on_project = (
        "governance.add_document",
        "governance.adapt_roles",
        "projects.appoint",
        "projects.name_owner",
        "projects.delegate",
        "projects.note_bidder",
        "projects.declare_interest",
    )
    for name in on_project:
        may = can(cast[member], name, project_one)
        assert (found[name].standing == Standing.YES) == may, name
    of_a_project = [kind for kind, _label in decision_kinds() if project_one.level in kind_of(kind).levels]
    kinds = {
        kind
        for kind in of_a_project
        if can(cast[member], "governance.propose", Proposal(project=project_one, kind=kind))
    }
    told = found["governance.propose"]
    assert (told.standing == Standing.YES) == bool(kinds)
    assert len(told.kinds) == len(kinds) or len(kinds) == len(of_a_project)


def test_the_holders_of_each_right_are_named(project_one: Project, moe: User, cast: dict[str, Any]) -> None:
    found = rights(project_one, moe)
    assert found["governance.decide"].standing == Standing.NO
    assert set(found["governance.decide"].who) == {cast["owner"], cast["delegate"]}
    assert found["projects.appoint"].who == (cast["owner"],)
    assert found["projects.accept"].who == (moe,)
    assert set(found["governance.propose"].who) == {cast["pmo"], cast["amoa"], moe}


def test_a_delegate_is_told_the_kinds_of_the_delegation(project_one: Project, delegate: User) -> None:
    found = rights(project_one, delegate)["governance.decide"]
    [seat] = [seat for seat in seats_of(delegate) if seat.project_id == project_one.pk]
    assert found.standing == Standing.YES
    assert len(found.kinds) == len(seat.kinds or ())


def test_a_declared_tie_freezes_what_the_role_could_do_and_nothing_else(
    project_one: Project, moe: User, pmo: User
) -> None:
    before = rights(project_one, moe)
    with undone():
        _tie(project_one, moe, pmo)
        after = rights(project_one, moe)
        others = rights(project_one, pmo)
    could = {name for name, right in before.items() if right.standing == Standing.YES}
    frozen = {name for name, right in after.items() if right.standing == Standing.FROZEN}
    assert frozen == could - {
        "projects.accept",
        "projects.decline",
        "projects.state_competence",
        "projects.declare_interest",
        "projects.find_person",
    }
    assert after["governance.propose"].kinds == before["governance.propose"].kinds
    assert moe not in after["governance.propose"].who
    assert not [name for name, right in others.items() if right.standing == Standing.FROZEN]


def _tie(project: Project, person: User, by: User) -> None:
    """Delete past the services, so that no event is left; the caller rolls back."""
    with acting_as(by):
        now = timezone.now()
        Bidder.objects.create(project=project, organisation=person.organisation, noted_by=by, acted_at=now)
        Interest.objects.create(
            project=project, person=person, organisation=person.organisation, tie="Employed there.", acted_at=now
        )
