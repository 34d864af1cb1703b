"""Test what is needed before it is forecast: found, passed with a word of the owner in need only, seen at both ends."""

import random
from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from core.access import Refused
from core.acts import acting_as, back_entry
from core.history import version_of
from governance.decide.decisions.settlement import Unanswered, list_demands
from governance.decide.kinds.registry import kind_of
from governance.enums import Outcome
from governance.models import ProposalDraft
from pmo.enums import Act
from pmo.models import Dependency, Milestone
from pmo.registers.schedule import queries, services
from pmo.registers.schedule.guards import LATE_DEPENDENCIES
from projects.models import LedgerEvent
from tests import acts
from tests.attacks import Attacks
from tests.database import fire_deferred_triggers, owning, refusal, run, undone
from tests.governance.desk.inbox.later import list_rows_on
from tests.pmo.levels import Levels
from tests.pmo.steering.gates.test_guards import write_decision

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
DAY = timedelta(days=1)
KNOWINGLY = "What is needed before it is forecast passes only with the word of the owner on it"
LATER = (TODAY + 300 * DAY).isoformat()


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with override("en"):
        yield


@pytest.fixture(scope="module")
def built(kept_cast: dict[str, Any]) -> Levels:
    with owning(), back_entry(timezone.now() - timedelta(days=3)):  # a decision needs a seat of another transaction
        return Levels(kept_cast)


@pytest.fixture
def levels(db: None, built: Levels) -> Levels:
    """Return a copy of the tree, which a test may change."""
    return deepcopy(built)


def need(levels: Levels, **fields: Any) -> Dependency:
    """Let LAST need something of LOW, which a milestone provides 19 days too late."""
    milestone = services.write_milestone(
        actor=levels.cast["other_pmo"],
        project=levels.low,
        fields={"code": "M-5", "name": "Registry open", "baseline_on": TODAY + 119 * DAY},
    )
    given = {"needs": levels.low, "what": "The registry of boats", "needed_on": TODAY + 100 * DAY}
    row = services.write_dependency(actor=levels.cast["pmo"], project=levels.last, fields=given)
    change = {"provided_by": milestone} | fields
    return services.write_dependency(
        actor=levels.cast["pmo"], project=levels.last, row=row, seen=version_of(row), fields=change
    )


def propose(levels: Levels) -> Any:
    return acts.submit_to_owner(levels.last, "schedule", terms={"ends_on": LATER}, impact_schedule="Later.")


def test_the_owner_in_need_passes_a_late_dependency_with_a_word_only(levels: Levels) -> None:
    row = need(levels)
    file = propose(levels)
    [demand] = list_demands(file, file.current)
    assert (demand.key, demand.label) == (f"dependency:{row.pk}", "The registry of boats")
    assert demand.text.startswith("LAST needs it on ")
    assert ". LOW forecasts " in demand.text

    with pytest.raises(Unanswered):
        acts.decide(levels.cast["owner"], file, settled={})
    assert KNOWINGLY in refusal(lambda: write_decision(file, []))
    decision = acts.decide(levels.cast["owner"], file)
    fire_deferred_triggers()
    assert [word["item"] for word in decision.settled] == [f"dependency:{row.pk}"]


def test_both_owners_and_the_parent_see_it_with_the_word_and_the_next_gate_asks_again(
    levels: Levels, client_of: Any
) -> None:
    row = need(levels)
    decision = acts.decide(levels.cast["owner"], propose(levels))
    for reader, code in (("owner", "LAST"), ("other_owner", "LOW"), ("owner", "MID")):
        page = client_of(levels.cast[reader]).get(
            reverse("pmo:schedule:schedule", args=[code]), headers={"accept-language": "en"}
        )
        assert "The registry of boats" in page.text, code
        assert "Too late" in page.text, code
        assert "It is left as it is." in page.text, code
        assert decision.reference in page.text, code
    gate = acts.draft(levels.cast["pmo"], acts.fresh(levels.last), "gate", terms={"gate": "G0"})
    assert f"dependency:{row.pk}" in [demand.key for demand in list_demands(gate, gate.draft)]


@pytest.mark.parametrize(("days", "first"), [(200, 140), (100, 31)])
def test_a_dependency_needed_soon_or_late_is_a_task_once_nobody_has_confirmed_it_for_a_month(
    days: int, first: int, levels: Levels
) -> None:
    need(levels, needed_on=TODAY + days * DAY)  # forecast in 119 days: the second one comes too late

    def is_asked(member: str, day: int) -> bool:
        return levels.last in list_rows_on(TODAY + day * DAY, "dependencies", levels.cast[member])

    assert not is_asked("pmo", first - 1)
    assert is_asked("pmo", first)
    assert not is_asked("other_pmo", first)


def test_the_owner_below_without_a_seat_above_gets_no_link_there(levels: Levels, client_of: Any) -> None:
    need(levels)
    page = client_of(levels.cast["other_owner"]).get(reverse("pmo:schedule:schedule", args=["LOW"])).text
    assert levels.last.get_absolute_url() not in page


def test_what_is_in_time_met_broken_or_without_a_forecast_asks_for_no_word(levels: Levels) -> None:
    for fields in (
        {"needed_on": TODAY + 119 * DAY},
        {"state": "met"},
        {"state": "broken"},
        {"provided_by": None},
        {"provided_by": None, "provided_on": TODAY + 100 * DAY},
    ):
        row = need(levels, **fields) if not levels.last.dependencies.exists() else change(levels, **fields)
        assert not row.is_late, fields
        assert queries.list_late_dependencies(levels.last) == []
    assert change(levels, provided_on=TODAY + 101 * DAY).is_late
    assert acts.decide(levels.cast["owner"], propose(levels), Outcome.REJECTED).settled == []


def change(levels: Levels, **fields: Any) -> Dependency:
    """Change the dependency, which is late but for these fields."""
    row = levels.last.dependencies.get()
    late = {"needed_on": TODAY + 100 * DAY, "state": "open", "provided_by": levels.low.milestones.get()}
    return services.write_dependency(
        actor=levels.cast["pmo"], project=levels.last, row=row, seen=version_of(row), fields=late | fields
    )


def test_it_is_provided_by_a_milestone_of_the_other_project(levels: Levels) -> None:
    need(levels)
    own = services.write_milestone(
        actor=levels.cast["pmo"], project=levels.last, fields={"code": "M-1", "name": "X", "baseline_on": TODAY}
    )
    with pytest.raises(ValidationError) as refused:
        change(levels, provided_by=own)
    assert set(refused.value.message_dict) == {"provided_by"}


def test_the_follower_confirms_the_dependencies_in_one_click(levels: Levels, client_of: Any) -> None:
    row = need(levels)
    url = reverse("pmo:schedule:dependencies_confirm", args=["LAST"])
    client_of(levels.cast["pmo"]).post(url)
    fire_deferred_triggers()
    row.refresh_from_db()
    event = LedgerEvent.objects.latest("pk")
    assert (row.confirmed_on, row.history.count()) == (TODAY, 3)
    assert (event.act, event.project) == (Act.CONFIRM_DEPENDENCIES, levels.last)
    with pytest.raises(Refused):
        services.confirm_dependencies(actor=levels.cast["owner"], project=levels.last)
    change(levels, state="met")
    with pytest.raises(services.NothingToConfirm):
        services.confirm_dependencies(actor=levels.cast["pmo"], project=levels.last)
    assert client_of(levels.cast["pmo"]).post(url).status_code == 409


@pytest.mark.parametrize("seed", range(10))
def test_of_300_dependencies_all_late_ones_are_found_and_none_is_invented(seed: int, levels: Levels) -> None:
    chance = random.Random(seed)  # noqa: S311 the same dependencies each time

    def day() -> Any:
        return TODAY + chance.randint(-20, 60) * DAY

    projects = [levels.top, levels.mid, levels.low, levels.last]
    expected = set()
    with undone(), acting_as(levels.cast["pmo"]):
        for number in range(30):
            project, needs = chance.sample(projects, 2)
            row = Dependency(project=project, needs=needs, what=f"X{number}", needed_on=day())
            row.state = chance.choice(["open", "open", "open", "met", "broken"])
            row.provided_on = chance.choice([None, day()])
            if chance.random() < 0.5:
                reached = chance.choice([None, TODAY - chance.randint(0, 20) * DAY])
                row.provided_by = Milestone(
                    project=needs, code=f"X{number}", name="X", baseline_on=day(), forecast_on=day(), actual_on=reached
                )
                row.provided_by.save()
                arrives = reached or (row.provided_by.forecast_on if row.provided_by.forecast_on > TODAY else TODAY)
            else:
                arrives = row.provided_on
            row.save()
            if row.state == "open" and arrives is not None and arrives > row.needed_on:
                expected.add((project.code, row.what))
        for project in projects:
            mine = {what for code, what in expected if code == project.code}
            assert {row.what for row in queries.list_late_dependencies(project)} == mine
            sql = LATE_DEPENDENCIES.replace("NEW.project_id", str(project.pk)).replace("today", f"date '{TODAY}'")
            pks = {pk for (pk,) in run(sql)}
            assert set(Dependency.objects.filter(pk__in=pks).values_list("what", flat=True)) == mine


# — attacks —


def _pass_without_a_word(levels: Levels) -> None:
    need(levels)
    write_decision(propose(levels), [])


def _provided_by_its_own(levels: Levels) -> None:
    row = need(levels)
    own = Milestone(project=levels.last, code="X", name="X", baseline_on=TODAY, forecast_on=TODAY)
    with acting_as(levels.cast["pmo"]):
        own.save()
    Dependency.objects.filter(pk=row.pk).update(provided_by=own)


ATTACKS = Attacks(
    [
        ("decision.says_a_word_on_each_late_dependency", "without a word", _pass_without_a_word, KNOWINGLY),
        (
            "dependency.is_provided_by_the_other_project",
            "provided by its own milestone",
            _provided_by_its_own,
            "A dependency is provided by a milestone of the project it needs",
        ),
    ]
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, levels: Levels) -> None:
    ATTACKS.prove(guard, levels)


def test_a_project_without_the_workspace_asks_for_no_word(levels: Levels) -> None:
    need(levels)
    levels.last.workspaces = ["risks"]
    kind, content = kind_of("schedule"), ProposalDraft(terms={"ends_on": LATER})
    assert [each for added in (kind, *kind.additions) for each in added.demands(content, levels.last)] == []
