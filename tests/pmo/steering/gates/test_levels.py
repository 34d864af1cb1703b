"""Test the gates of a programme and of a portfolio: which there are, what they ask for, and what no word passes."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from governance.decide.decisions.effects import CannotTakeEffect
from governance.decide.kinds.registry import describe
from governance.decide.obligations.queries import load_obligations
from governance.decide.proposals.services import Incomplete
from governance.desk.inbox.queries import list_tasks
from governance.life.moves.services import accept_move, ask_move
from governance.models import Effect
from pmo.registers.schedule.services import write_milestone
from pmo.steering.gates.criteria import list_criteria
from pmo.steering.gates.stages import list_stages
from projects.enums import Level
from projects.models import Project
from projects.seats.launch.checklist import is_required
from projects.seats.mandates.services import found_project
from roles.enums import Gate
from tests import acts
from tests.attacks import Attacks
from tests.database import fire_deferred_triggers
from tests.pmo.standards.standards.factories import adopt, write_draft
from tests.pmo.steering.gates.levels import found_level
from tests.pmo.steering.gates.test_guards import list_words, write_decision

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with override("en"):
        yield


@pytest.fixture
def programme(cast: dict[str, Any]) -> Project:
    """Open a programme with the roles of its level."""
    return found_level(cast, Level.PROGRAMME, "PROG", scope="Faster landing of the catch.")


@pytest.fixture
def portfolio(cast: dict[str, Any]) -> Project:
    """Open a portfolio with the roles of its level."""
    return found_level(cast, Level.PORTFOLIO, "PORT")


def gates(project: Project) -> list[str]:
    """List the codes of the gates."""
    return [gate.code for gate in acts.fresh(project).gates]


def found(project: Project, gate: Gate) -> dict[str, bool]:
    """Map the names of the criteria to whether they are met."""
    return {criterion.name: criterion.met for criterion in list_criteria(acts.fresh(project), gate)}


def plan_stage(pmo: Any, programme: Project, code: str, days: int) -> Any:
    """Plan the end of a stage."""
    fields = {"code": code, "name": f"Stage {code}", "gate": Gate.G4, "baseline_on": timezone.localdate() + days * DAY}
    return write_milestone(actor=pmo, project=programme, fields=fields)


def place(owner: Any, project: Project, above: Project) -> None:
    """Move a project under a parent, by both owners."""
    accept_move(actor=owner, move=ask_move(actor=owner, project=acts.fresh(project), target=above))
    fire_deferred_triggers()


def end_stage(owner: Any, programme: Project, code: str) -> Any:
    """Decide the end of a stage, with a word on each gap."""
    file = acts.submit_to_owner(acts.fresh(programme), "gate", terms={"gate": "G4", "stage": code})
    return acts.decide(owner, file)


REQUIRED = "No word passes a gate without what it requires"
ATTACKS = Attacks(
    triggers=[
        (
            "decision.passes_with_what_it_requires",
            "a programme is defined without a benefit",
            lambda file: write_decision(file, list_words(file)),
            REQUIRED,
        ),
    ],
    behind={"decision.passes_with_what_it_requires": "decision.leaves_an_event"},
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, owner: Any, programme: Project) -> None:
    acts.pass_gates(owner, programme, "G0")
    ATTACKS.prove(guard, acts.submit_to_owner(acts.fresh(programme), "gate", terms={"gate": "G1"}))


def test_each_level_has_its_gates(project_one: Project, programme: Project, portfolio: Project) -> None:
    assert gates(project_one) == ["G0", "G1", "G2", "G3", "G4", "G5"]
    assert gates(programme) == ["PG0", "PG1", "PT", "PGC"]
    assert gates(portfolio) == ["PF-OUV", "PF-FIN"]


def test_a_programme_with_the_roles_of_a_project_keeps_its_gates(cast: dict[str, Any]) -> None:
    words = {"code": "OLD", "prefix": "OLD", "title_fr": "Vieux", "title_en": "Old", "level": Level.PROGRAMME}
    dates = {"starts_on": timezone.localdate(), "ends_on": acts.FUTURE}
    project = found_project(actor=cast["staff_admin"], owner=cast["owner"], fields=words | dates)
    assert gates(project) == ["G0", "G1", "G2", "G3", "G4", "G5"]


def test_a_gate_of_another_level_is_refused(owner: Any, programme: Project) -> None:
    acts.pass_gates(owner, programme, "G0")
    with pytest.raises(Incomplete) as error:
        acts.submit_to_owner(acts.fresh(programme), "gate", terms={"gate": "G2"})
    assert error.value.gaps == {"terms-gate": "Select a gate of this level."}


def test_a_portfolio_opens_and_ends(
    owner: Any, portfolio: Project, project_one: Project, client_of: Any, pmo: Any
) -> None:
    unmet = {name for name, met in found(portfolio, Gate.G0).items() if not met}
    assert unmet == {"strategy", "budget"}
    strategy = {"strategy": "Land the catch.", "criteria_of_selection": "Value.", "valid_until": str(acts.FUTURE)}
    acts.decide(owner, acts.submit_to_owner(portfolio, "strategy", terms=strategy))
    assert found(portfolio, Gate.G0)["strategy"]
    acts.pass_gates(owner, portfolio, "G0")
    assert (acts.fresh(portfolio).state, acts.fresh(portfolio).next_gate) == ("active", Gate.G5)
    place(owner, project_one, portfolio)
    file = acts.submit_to_owner(acts.fresh(portfolio), "gate", terms={"gate": "G5"})
    with pytest.raises(CannotTakeEffect) as error:
        acts.decide(owner, file)
    assert "Projects below ended. Not ended: ONE. End them or move them first." in str(error.value)
    page = client_of(pmo).get(reverse("pmo:gates:gates", args=["PORT"]), headers={"Accept-Language": "en"})
    assert "PF-FIN · end of the portfolio" in page.text


@pytest.mark.parametrize(("days", "asks"), [(91, False), (90, True)])
def test_the_end_of_a_portfolio_asks_for_its_checks_in_the_last_months(
    days: int, *, asks: bool, cast: dict[str, Any]
) -> None:
    portfolio = found_level(cast, Level.PORTFOLIO, "PORT", ends_on=timezone.localdate() + days * DAY)
    acts.pass_gates(cast["owner"], portfolio, "G0")
    adopt(cast["owner"], write_draft(cast["pmo"], acts.fresh(portfolio), levels=["portfolio"]))
    assert ("checks" in {task.kind.name for task in list_tasks(cast["pmo"]) if task.project_id == portfolio.pk}) is asks


def test_an_end_of_stage_with_an_unmeasured_benefit_passes_only_with_words(
    owner: Any, pmo: Any, programme: Project, project_one: Project
) -> None:
    acts.pass_gates(owner, programme, "G0")
    place(owner, project_one, acts.fresh(programme))
    plan_stage(pmo, acts.fresh(programme), "T1", 20)
    plan_stage(pmo, acts.fresh(programme), "T2", 200)
    acts.pass_gates(owner, programme, "G1")
    assert [stage.code for stage in list_stages(acts.fresh(programme))] == ["T1", "T2"]
    unmeasured = found(programme, Gate.G4)
    assert unmeasured["measured"] is False
    decision = end_stage(owner, programme, "T1")
    fire_deferred_triggers()
    assert "criterion:measured" in {word["item"] for word in decision.settled}
    [effect] = Effect.objects.filter(decision=decision)
    assert (effect.subject, effect.field) == ("pmo.milestone", "stage:T1")
    first, second = list_stages(acts.fresh(programme))
    assert first.effect == effect
    assert second.effect is None
    assert acts.fresh(programme).gate == "G1"
    with pytest.raises(Incomplete) as error:
        acts.submit_to_owner(acts.fresh(programme), "gate", terms={"gate": "G4", "stage": "T1"})
    assert error.value.gaps == {"terms-stage": "Select a stage of the schedule that has not ended."}


def test_each_stage_asks_for_its_obligations(owner: Any, pmo: Any, programme: Project, project_one: Project) -> None:
    acts.pass_gates(owner, programme, "G0")
    place(owner, project_one, acts.fresh(programme))
    for code, days in (("T1", 20), ("T2", 200)):
        plan_stage(pmo, acts.fresh(programme), code, days)
    acts.pass_gates(owner, programme, "G1")

    def keys() -> set[tuple[str, str]]:
        rows = load_obligations(acts.fresh(programme))
        return {(row.key, row.occasion_label) for row in rows if row.rhythm == "each_gate" and row.key}

    before = keys()
    assert ("G4-1", "PT1 · end of stage") in before
    assert not {key for key, _label in before} & {"G2", "G3", "G4-2", "G5"}
    end_stage(owner, programme, "T1")
    assert ("G4-2", "PT2 · end of stage") in keys()


def test_the_launch_and_the_home_name_the_first_gate_of_the_level(
    owner: Any, pmo: Any, programme: Project, client_of: Any
) -> None:
    english = {"Accept-Language": "en"}
    launch = client_of(pmo).get(reverse("governance:launch:launch", args=["PROG"]), headers=english).text
    home = client_of(owner).get(reverse("governance:home:project_home", args=["PROG"]), headers=english)
    assert "What gate PG0 asks for" in launch
    assert "can approve gate PG0" in home.text
    assert not re.search(r"\bG0\b", (launch + home.text).replace("gate=G0", ""))
    assert reverse("governance:place:place", args=["PROG"]) in home.text
    assert f"{reverse('projects:opening:project_open')}?parent=PROG" in home.text
    assert all(line.seats or is_required(programme, line.role) for line in home.context["roles"])


def test_the_pages_name_the_gates_of_the_level(
    owner: Any, pmo: Any, programme: Project, project_one: Project, client_of: Any
) -> None:
    acts.pass_gates(owner, programme, "G0")
    place(owner, project_one, acts.fresh(programme))
    plan_stage(pmo, acts.fresh(programme), "T1", 20)
    acts.pass_gates(owner, programme, "G1")
    english = {"Accept-Language": "en"}
    page = client_of(pmo).get(reverse("pmo:gates:gates", args=["PROG"]), headers=english)
    assert "PT1 · Stage T1" in page.text
    assert "kind=gate&amp;gate=G4&amp;stage=T1" in page.text
    form = client_of(pmo).get(page.context["propose"], headers=english)
    assert "T1 · Stage T1" in form.text
    assert "PG0 · identification" in form.text
    assert "G2 · design settled" not in form.text
    schedule = client_of(pmo).get(reverse("pmo:schedule:schedule", args=["PROG"]), headers=english)
    assert "PT · end of stage" in schedule.text
    decision = end_stage(owner, programme, "T1")
    shown = client_of(pmo).get(decision.get_absolute_url(), headers=english)
    assert describe(decision.effects.get()) == "Stage ended: T1"
    assert "PT · end of stage" in shown.text


def test_a_stage_is_led_back_with_its_decision(owner: Any, pmo: Any, programme: Project, project_one: Project) -> None:
    acts.pass_gates(owner, programme, "G0")
    place(owner, project_one, acts.fresh(programme))
    plan_stage(pmo, acts.fresh(programme), "T1", 20)
    acts.pass_gates(owner, programme, "G1")
    ended = end_stage(owner, programme, "T1")
    assert acts.fresh(programme).milestones.get(code="T1").actual_on is not None
    back = acts.submit_to_owner(acts.fresh(programme), "arbitration", ended)
    acts.decide(owner, back)
    fire_deferred_triggers()
    assert acts.fresh(programme).milestones.get(code="T1").actual_on is None
    assert [stage.effect for stage in list_stages(acts.fresh(programme))] == [None]


def test_a_programme_closes_once_its_projects_have_ended(
    owner: Any, pmo: Any, programme: Project, project_one: Project
) -> None:
    acts.pass_gates(owner, programme, "G0")
    place(owner, project_one, acts.fresh(programme))
    acts.pass_gates(owner, programme, "G1")
    unmet = {name for name, met in found(programme, Gate.G5).items() if not met}
    assert unmet >= {"below", "lessons"}
    with pytest.raises(CannotTakeEffect):
        acts.pass_gates(owner, programme, "G5")
