"""Test that a project is suspended, resumed, abandoned and reopened by decision, and what rests meanwhile."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils.translation import override

from core.access import Refused
from governance.decide.decisions.effects import CannotTakeEffect
from governance.decide.decisions.models import Condition
from governance.decide.decisions.services import NewCondition
from governance.decide.decisions.settlement import Unanswered
from governance.decide.kinds.registry import part_of
from governance.decide.lapses.tasks import apply_lapses
from governance.decide.obligations.enums import Standing
from governance.decide.obligations.occasions import Life, Pause
from governance.decide.obligations.queries import load_obligations
from governance.decide.proposals.queries import list_kinds
from governance.decide.proposals.services import Incomplete
from governance.desk.inbox.tasks import remind_of_tasks
from governance.enums import OnLapse, Outcome
from governance.life.facts.queries import find_since
from governance.models import Proposal
from governance.record.verification.verifier import verify
from governance.workflow import ProjectAtRest
from projects.models import Notification, Project
from projects.notices.enums import Reason
from roles.enums import ABANDONMENT, RESUMPTION, SUSPENSION
from tests import acts
from tests.attacks import Attacks
from tests.database import fire_deferred_triggers
from tests.governance.world import World

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
SUSPENDED = "The project is suspended. Only its resumption, its abandonment and appointments can be decided."
ABANDONED = "The project is abandoned. Only its reopening can be decided."


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with override("en"):
        yield


@pytest.fixture(scope="module")
def kept_suspended(kept_cast: dict[str, Any]) -> Project:
    """Suspend project one, once for the file."""
    project = Project.objects.get(code="ONE")
    with override("en"):
        acts.suspend(kept_cast["owner"], project)
    fire_deferred_triggers()
    return project


@pytest.fixture
def suspended(kept_suspended: Project) -> Any:
    """Return project one, suspended."""
    return acts.fresh(kept_suspended)


@pytest.fixture
def abandoned(owner: Any, project_one: Project) -> Project:
    """Abandon project one."""
    acts.abandon(owner, project_one)
    fire_deferred_triggers()
    return acts.fresh(project_one)


def told(decision: Any) -> list[tuple[str, ...]]:
    """List the effects of the decision."""
    return [(e.field, e.before, e.after, e.description) for e in decision.effects.order_by("pk")]


# — suspend and resume —


def test_a_project_is_suspended_and_resumed_by_its_owner(owner: Any, project_one: Project) -> None:
    decision = acts.suspend(owner, project_one)
    assert told(decision) == [("state", "active", "suspended", "Project suspended")]
    project = acts.fresh(project_one)
    assert (project.state, find_since(project).because) == ("suspended", decision)
    decision = acts.resume(owner, project)
    assert told(decision) == [("state", "suspended", "active", "Project resumed")]
    project = acts.fresh(project_one)
    assert (project.state, find_since(project).because) == ("active", decision)
    assert project.gate == project_one.gate
    connection.check_constraints()
    assert verify(project).faults == []
    acts.decide(owner, acts.submit_to_owner(project, "change"))


def test_a_rejected_suspension_changes_nothing(owner: Any, project_one: Project) -> None:
    acts.decide(owner, acts.submit_to_owner(project_one, SUSPENSION), Outcome.REJECTED)
    assert acts.fresh(project_one).state == "active"


@pytest.mark.parametrize("member", ["pmo", "amoa", "moe", "delegate", "other_owner", "staff_admin", "superuser"])
def test_nobody_else_suspends_a_project(member: str, cast: dict[str, Any], project_one: Project) -> None:
    file = acts.submit_to_owner(project_one, SUSPENSION)
    with pytest.raises(Refused):
        acts.decide(cast[member], file)
    assert acts.fresh(project_one).state == "active"


@pytest.mark.parametrize("kind", ["change", "budget", "gate", "arbitration", SUSPENSION])
def test_nothing_else_is_submitted_on_a_suspended_project(kind: str, amoa: Any, suspended: Project) -> None:
    file = acts.draft(amoa, suspended, kind, terms={"budget": "1.00", "gate": "G3"})
    kept = acts.count_evidence()
    with pytest.raises(ProjectAtRest):
        acts.submit(amoa, file)
    assert acts.count_evidence() == kept


def test_what_waited_is_decided_after_the_resumption(owner: Any, project_one: Project) -> None:
    waiting = acts.submit_to_owner(project_one, "change")
    acts.suspend(owner, project_one)
    with pytest.raises(ProjectAtRest) as refused:
        acts.decide(owner, acts.reread(waiting))
    assert refused.value.text == SUSPENDED
    assert waiting not in Proposal.objects.awaiting_decision_of(owner)
    acts.resume(owner, project_one)
    assert waiting in Proposal.objects.awaiting_decision_of(owner)
    acts.decide(owner, acts.reread(waiting))


def test_advisers_are_not_asked_meanwhile(pmo: Any, amoa: Any, owner: Any, project_one: Project) -> None:
    file = acts.draft(amoa, project_one, "change")
    acts.submit(amoa, file)
    assert file in Proposal.objects.awaiting_opinion_of(pmo)
    acts.suspend(owner, project_one)
    assert file not in Proposal.objects.awaiting_opinion_of(pmo)


def test_roles_are_still_decided_on_a_suspended_project(owner: Any, suspended: Project) -> None:
    file = acts.submit_to_owner(suspended, "appointment", terms={"provider_gate": "G3"})
    assert acts.decide(owner, file).outcome == Outcome.APPROVED


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (RESUMPTION, "The project is not suspended: there is nothing to resume."),
        ("reopening", "The project is not closed: there is nothing to reopen."),
    ],
)
def test_an_active_project_is_neither_resumed_nor_reopened(kind: str, sentence: str, project_one: Project) -> None:
    with pytest.raises(Incomplete) as error:
        acts.submit_to_owner(project_one, kind)
    assert error.value.gaps == {"kind": sentence}


def test_two_proposals_do_not_suspend_it_twice(owner: Any, project_one: Project) -> None:
    first, second = (acts.submit_to_owner(project_one, SUSPENSION) for _ in range(2))
    acts.decide(owner, first)
    with pytest.raises(ProjectAtRest):
        acts.decide(owner, second)
    acts.resume(owner, project_one)
    acts.decide(owner, acts.reread(second))
    assert acts.fresh(project_one).state == "suspended"


def test_two_resumptions_take_effect_once(owner: Any, suspended: Project) -> None:
    first, second = (acts.submit_to_owner(suspended, RESUMPTION) for _ in range(2))
    acts.decide(owner, first)
    with pytest.raises(CannotTakeEffect):
        acts.decide(owner, second)
    acts.decide(owner, second, Outcome.REJECTED)


def test_who_proposes_gates_is_offered_what_fits_the_state(
    amoa: Any, moe: Any, owner: Any, project_one: Project
) -> None:
    def offered(user: Any) -> set[str]:
        codes = {kind.code for kind in list_kinds(user, acts.fresh(project_one))}
        return codes & {SUSPENSION, RESUMPTION, ABANDONMENT, "reopening", "change"}

    assert offered(amoa) == {SUSPENSION, ABANDONMENT, "change"}
    assert offered(moe) & {SUSPENSION, ABANDONMENT} == set()
    acts.suspend(owner, project_one)
    assert offered(amoa) == {RESUMPTION, ABANDONMENT}
    acts.abandon(owner, project_one)
    assert offered(amoa) == {"reopening"}


# — the clock —


def test_the_clock_of_obligations_stands_still() -> None:
    def life(*pauses: Pause) -> Life:
        launched = datetime(2026, 1, 5, tzinfo=UTC)
        return Life(date(2026, 6, 1), date(2026, 1, 1), date(2027, 1, 1), launched, pauses=pauses)

    lasting, over = Pause(date(2026, 3, 2), None), Pause(date(2026, 3, 2), date(2026, 3, 31))
    before, within, after = date(2026, 2, 27), date(2026, 3, 4), date(2026, 4, 15)
    assert [life(lasting).is_late(day) for day in (before, within, after)] == [True, False, False]
    assert [life(over).is_late(day) for day in (before, after)] == [True, True]
    assert [life(over).after_pauses(day) for day in (before, within, after)] == [before, date(2026, 4, 3), after]
    assert life(lasting).after_pauses(within) == within


def test_nobody_is_late_and_nobody_is_reminded_meanwhile(suspended: Project) -> None:
    late = {(row.role, row.duty.code, row.key) for row in load_obligations(suspended) if row.standing == Standing.LATE}
    in_a_year = find_since(suspended).at + timedelta(days=365)
    then = load_obligations(suspended, in_a_year)
    assert {(row.role, row.duty.code, row.key) for row in then if row.standing == Standing.LATE} == late
    remind_of_tasks()
    assert not Notification.objects.filter(reason=Reason.TASKS_DUE, about__contains=suspended.code).exists()


def test_no_condition_is_overdue_or_lapses_meanwhile(owner: Any, project_one: Project) -> None:
    file = acts.submit_to_owner(project_one, "budget", terms={"budget": "7.00"})
    condition = NewCondition("Told.", "AMOA", date(2020, 1, 1), on_lapse=OnLapse.LAPSES)
    acts.decide(owner, file, Outcome.APPROVED_WITH_CONDITIONS, [condition])
    late = Condition.objects.filter(decision__proposal=file)
    acts.suspend(owner, project_one)
    assert not late.overdue()
    assert not late.get().is_overdue
    apply_lapses()
    assert acts.reread(file).state == "conditions_open"
    acts.resume(owner, project_one)
    assert late.overdue()
    apply_lapses()
    assert acts.reread(file).state == "lapsed"


# — abandon —


def test_an_abandonment_says_a_word_on_everything_open(owner: Any, project_one: Project) -> None:
    file = acts.submit_to_owner(project_one, ABANDONMENT)
    with pytest.raises(Unanswered) as error:
        acts.decide(owner, file, settled={})
    assert {key.partition("-")[0] for key in error.value.gaps} >= {"condition", "action", "obligation"}
    decision = acts.decide(owner, file, settled=acts.words_on_demands(file))
    fire_deferred_triggers()
    assert told(decision) == [("state", "active", "abandoned", "Project abandoned")]
    project = acts.fresh(project_one)
    assert (project.state, project.next_gate) == ("abandoned", None)
    assert verify(project).faults == []


def test_a_suspended_project_is_abandoned(owner: Any, suspended: Project) -> None:
    decision = acts.abandon(owner, suspended)
    fire_deferred_triggers()
    assert told(decision) == [("state", "suspended", "abandoned", "Project abandoned")]


@pytest.mark.parametrize("kind", ["change", "appointment", ABANDONMENT, RESUMPTION])
def test_an_abandoned_project_decides_its_reopening_only(kind: str, amoa: Any, pmo: Any, abandoned: Project) -> None:
    author = pmo if kind == "appointment" else amoa
    with pytest.raises(ProjectAtRest) as refused:
        acts.submit(author, acts.draft(author, abandoned, kind))
    assert refused.value.text == ABANDONED


def test_an_abandoned_project_is_reopened_where_it_stood(owner: Any, suspended: Project) -> None:
    acts.abandon(owner, suspended)
    decision = acts.reopen(owner, suspended)
    fire_deferred_triggers()
    assert told(decision) == [("state", "abandoned", "active", "Project no longer abandoned")]
    project = acts.fresh(suspended)
    assert (project.state, project.gate) == ("active", suspended.gate)


def test_a_project_abandoned_before_its_launch_is_launched_after_its_reopening(
    cast: dict[str, Any], project_two: Project
) -> None:
    owner = cast["other_owner"]
    assert project_two.state == "draft"
    acts.abandon(owner, project_two)
    acts.reopen(owner, project_two)
    fire_deferred_triggers()
    assert acts.fresh(project_two).state == "draft"


def test_a_state_of_its_own_decision_is_kept_when_that_one_is_replaced(owner: Any, project_one: Project) -> None:
    decision = acts.suspend(owner, project_one)
    acts.resume(owner, project_one)
    [effect] = decision.effects.all()
    part = part_of(effect)
    assert part is not None
    assert part.find_obstacle(effect, acts.fresh(project_one))


# — pages —


def test_pages_tell_the_state_since_when_and_why(english: Callable[[Any], Any], amoa: Any, suspended: Project) -> None:
    client, decision = english(amoa), find_since(suspended).because
    assert decision is not None
    home = client.get(suspended.get_absolute_url())
    resumption = f"{reverse('governance:proposals:proposal_new', args=['ONE'])}?kind=resumption"
    for words in (SUSPENDED, decision.reference, f'href="{resumption}"', "Suspended"):
        assert words in home.text
    facts = client.get(reverse("governance:facts:facts", args=["ONE"]))
    for words in ("Suspended", decision.reference, "Propose to abandon it"):
        assert words in facts.text
    due = client.get(reverse("governance:obligations:obligation_list", args=["ONE"]))
    assert "nothing falls due until it is resumed" in due.text
    form = client.get(resumption)
    assert form.context["form"].initial["title"] in {"Resumption of the project", "Reprise du projet"}
    tree = client.get(reverse("governance:project_tree:project_list") + "?state=suspended")
    assert suspended.title in tree.text


def test_the_panel_tells_the_owner_what_an_approval_does(
    english: Callable[[Any], Any], owner: Any, project_one: Project
) -> None:
    for kind, words in ((SUSPENSION, "are paused until it is resumed"), (ABANDONMENT, "Select in your decision")):
        file = acts.submit_to_owner(project_one, kind)
        assert words in english(owner).get(file.get_absolute_url()).text


# — the database —


def _by_hand(state: str) -> Callable[[World], None]:
    def attack(world: World) -> None:
        project = world.proposal("draft").project
        Project.objects.filter(pk=project.pk).update(state=state)

    return attack


def _decided_while_suspended(world: World) -> None:
    acts.suspend(world.cast["owner"], world.proposal("draft").project)
    world.decide()


ATTACKS = Attacks(
    triggers=[
        (
            "decision.is_decided_while_its_project_goes_on",
            "what had waited on a suspended project",
            _decided_while_suspended,
            "A project at rest decides only what leads out of it, and appointments while suspended",
        ),
        (
            "project.changes_its_terms_by_decision",
            "suspended by hand",
            _by_hand("suspended"),
            "The terms, the roles and the state of a project change by a decision of its owner (R1)",
        ),
        (
            "project.starts_with_every_role",
            "closed from nowhere",
            lambda world: Project.objects.filter(code="TWO").update(state="suspended"),
            "A project is launched, suspended and resumed, then closed or abandoned",
        ),
    ]
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)
