"""Test risks that a level below escalates: rated again above, answered by the owner above, once."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from core.access import Refused
from core.history import version_of
from core.pages.refusals.exceptions import MovedOn
from governance.decide.obligations.queries import load_obligations
from governance.decide.obligations.working_days import read_calendar
from governance.desk.home.questions import Question
from governance.desk.inbox.queries import list_tasks, sort_by_weight
from governance.life.facts.services import switch_workspaces
from pmo.models import Escalation, Risk
from pmo.registers.escalations.enums import EscalationState
from pmo.registers.escalations.services import answer_escalation, escalate_risk, examine_escalation
from pmo.registers.risks.enums import RiskStatus
from pmo.registers.risks.services import set_risk_scale, settle_risk, write_action
from pmo.steering.levels.aspects import find_escalated
from pmo.steering.levels.views import read_group
from projects.models import LedgerEvent, Notification, Project
from projects.organisation_settings.queries import today
from tests import acts
from tests.attacks import Attacks, leaves
from tests.database import backdate, fire_deferred_triggers
from tests.governance.decide.obligations.test_levels import launch
from tests.governance.place.nodes import found, place
from tests.pmo.registers.risks.factories import FIELDS, accept, assess, create_risk, create_unaccepted_risk
from tests.pmo.steering.levels.test_places import read_block

pytestmark = pytest.mark.django_db
WORDS = "The port authority alone can close quay 2."


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with override("en"):
        yield


@pytest.fixture
def node(cast: dict[str, Any], project_one: Project) -> Project:
    """Open a programme of the other owner, and place project one under it."""
    opened = found(cast, "PRG")
    place(cast, project_one, opened)
    return acts.fresh(opened)  # type: ignore[no-any-return]


def escalate(actor: Any, risk: Risk, node: Project) -> Escalation:
    """Escalate a risk, and check the deferred triggers."""
    risk = Risk.objects.select_related("project").get(pk=risk.pk)
    row = escalate_risk(actor=actor, risk=risk, above=node, because=WORDS)
    fire_deferred_triggers()
    return row


def reread(row: Escalation) -> Escalation:
    return Escalation.objects.select_related("project", "risk__project", "scale").get(pk=row.pk)


def answer(actor: Any, row: Escalation, state: EscalationState) -> Escalation:
    """Answer an escalated risk, and check the deferred triggers."""
    answer_escalation(actor=actor, escalation=row, state=state, answer="We close the quay for a month.")
    fire_deferred_triggers()
    return reread(row)


def list_kinds(person: Any) -> dict[str, int]:
    """Return the weights of the tasks of a person on escalated risks, by kind."""
    tasks = sort_by_weight(list_tasks(person))
    return {task.kind.name: task.weight.number for task in tasks if task.kind.name.startswith("escalation")}


def test_a_risk_is_escalated_rated_on_the_scale_above_and_answered(
    cast: dict[str, Any], node: Project, project_one: Project
) -> None:
    four = {"size": 4, "amber_from": 4, "red_from": 9}
    grades = {f"{name}_{lang}": list("abcd") for name in ("likelihood", "impact") for lang in ("fr", "en")}
    set_risk_scale(actor=cast["other_owner"], project=node, fields=four | grades)
    risk = create_risk(cast["pmo"], project_one)
    row = escalate(cast["pmo"], risk, node)

    assert (row.project, row.risk, row.raised_by_role) == (node, risk, "PMO")
    assert row.answer_by == read_calendar().add_working_days(today(), 10)
    event = LedgerEvent.objects.get(act="escalate_risk")
    assert (event.project, event.actor, event.subject_id) == (node, cast["pmo"], row.pk)
    told = Notification.objects.filter(reason="risk_escalated").values_list("recipient__email", flat=True)
    assert set(told) == {cast["other_owner"].email, cast["other_pmo"].email}
    assert list_kinds(cast["other_pmo"]) == {"escalations": 50}
    assert list_kinds(cast["other_owner"]) == {"escalation_answers": 65}

    with pytest.raises(ValidationError, match="from 1 to 4"):
        examine_escalation(actor=cast["other_pmo"], escalation=row, likelihood=5, impact=2)
    examine_escalation(actor=cast["other_pmo"], escalation=row, likelihood=3, impact=3)
    fire_deferred_triggers()
    row = reread(row)
    assert (row.level, row.band) == (9, "red"), "on the scale above, where 9 of 16 is red"
    assert (risk.likelihood, risk.impact) == (4, 4), "levels are never mixed"
    assert list_kinds(cast["other_pmo"]) == {}

    answered = answer(cast["other_owner"], row, EscalationState.ACCEPTED)
    assert (answered.state, answered.answered_by, answered.own) == ("accepted", cast["other_owner"], None)
    told = Notification.objects.filter(reason="escalation_answered").values_list("recipient__email", flat=True)
    assert set(told) == {cast["owner"].email, cast["pmo"].email}
    assert list_kinds(cast["other_owner"]) == {}
    assert [version.state for version in answered.history.order_by("history_id")] == ["raised", "raised", "accepted"]
    with pytest.raises(MovedOn):
        answer(cast["other_owner"], answered, EscalationState.HANDED_BACK)


def test_a_risk_that_is_taken_over_is_an_own_risk_that_a_decision_accepts(
    cast: dict[str, Any], node: Project, project_one: Project
) -> None:
    row = escalate(cast["amoa"], create_risk(cast["pmo"], project_one), node)
    with pytest.raises(ValidationError, match="rated on the scale of this level first"):
        answer(cast["other_owner"], row, EscalationState.TAKEN_OVER)
    examine_escalation(actor=cast["other_pmo"], escalation=row, likelihood=5, impact=3)
    own = answer(cast["other_owner"], reread(row), EscalationState.TAKEN_OVER).own
    assert own is not None
    assert (own.project, own.title, own.rating) == (node, FIELDS["title"], (5, 3))
    assess(cast["other_pmo"], own, response="reduce")
    accept(cast["other_owner"], own)
    own.refresh_from_db()
    assert own.status == RiskStatus.ACCEPTED


def test_only_the_people_of_each_side_act_on_it(cast: dict[str, Any], node: Project, project_one: Project) -> None:
    risk = create_risk(cast["pmo"], project_one)
    for stranger in ("moe", "recipient", "other_owner", "other_pmo"):
        with pytest.raises(Refused):
            escalate(cast[stranger], risk, node)
    row = escalate(cast["owner"], risk, node)
    for stranger in ("owner", "pmo", "other_owner", "other_amoa"):
        with pytest.raises(Refused):
            examine_escalation(actor=cast[stranger], escalation=row, likelihood=1, impact=1)
    for stranger in ("owner", "pmo", "other_pmo", "other_amoa"):
        with pytest.raises(Refused):
            answer(cast[stranger], row, EscalationState.HANDED_BACK)


def test_it_is_withdrawn_when_the_risk_below_closes(cast: dict[str, Any], node: Project, project_one: Project) -> None:
    risk = create_unaccepted_risk(cast["pmo"], project_one)
    row = escalate(cast["pmo"], risk, node)
    settle_risk(actor=cast["pmo"], risk=risk, status=RiskStatus.CLOSED, because="The crane is new.")
    row = reread(row)
    assert (row.is_withdrawn, str(row.standing)) == (True, "withdrawn")
    assert list_kinds(cast["other_owner"]) == list_kinds(cast["other_pmo"]) == {}
    with pytest.raises(MovedOn):
        answer(cast["other_owner"], row, EscalationState.HANDED_BACK)


def test_what_the_level_above_does_not_take_is_not_escalated(
    cast: dict[str, Any], node: Project, project_one: Project, project_two: Project
) -> None:
    risk = create_risk(cast["pmo"], project_one)
    with pytest.raises(ValidationError, match="No level above takes it"):
        escalate(cast["pmo"], risk, project_two)
    with pytest.raises(ValidationError, match="Only a threat"):
        escalate(cast["pmo"], create_risk(cast["pmo"], project_one, opportunity=True), node)
    escalate(cast["pmo"], risk, node)
    with pytest.raises(ValidationError, match="escalated already"):
        escalate(cast["pmo"], risk, node)
    kept = [name for name in node.workspaces if name != "risks"]
    switch_workspaces(actor=cast["other_owner"], project=node, workspaces=kept, seen=version_of(node))
    with pytest.raises(ValidationError, match="risks are not followed there"):
        escalate(cast["pmo"], create_risk(cast["pmo"], project_one), acts.fresh(node))


@pytest.mark.parametrize(
    ("pack", "advisers", "duty", "days"),
    [
        ("fr-portfolio", ("PFPMO", "PFMET"), "PFMOA-05", 15),
        ("pm2-portfolio", ("PFSO", "PFBR"), "PFO-05", 15),
        ("fr-programme", ("PGPMO", "PGAMO"), "PGMOA-05", 10),
        ("pm2-programme", ("PGST", "PGBM"), "PGO-05", 10),
    ],
)
def test_the_answer_is_the_evidence_of_the_owner_above(
    pack: str, advisers: tuple[str, str], duty: str, days: int, cast: dict[str, Any], project_one: Project
) -> None:
    above = launch(cast, pack, *advisers)
    place(cast, project_one, above)

    def read() -> list[Any]:
        return [row for row in load_obligations(acts.fresh(above)) if row.duty.code == duty and row.due_on]

    assert read() == [], "nothing is owed while nothing is escalated"
    row = escalate(cast["pmo"], create_risk(cast["pmo"], project_one), above)
    assert row.answer_by == read_calendar().add_working_days(today(), days)
    [owed] = read()
    assert (owed.due_on, owed.proof) == (row.answer_by, None)
    answer(cast["other_owner"], row, EscalationState.HANDED_BACK)
    [owed] = read()
    assert owed.proof is not None


def test_the_home_and_the_weather_above_say_what_waits_and_what_is_silent(
    cast: dict[str, Any], node: Project, project_one: Project, english: Any
) -> None:
    client = english(cast["other_owner"])
    page = reverse("pmo:escalations:escalation_list", args=[node.code])
    [silent] = read_block(client, node, Question.ESCALATED)
    assert (silent.text, silent.url) == (
        "1 red risk below has had no answer for 15 working days.",
        f"{page}#signals",
    )
    action = {"text": "Rent a crane.", "role": "PMO", "due_on": today() + timedelta(days=9)}
    for risk in client.get(page).context["signals"]:
        write_action(actor=cast["pmo"], risk=risk, fields=action)
    assert read_block(client, node, Question.ESCALATED) == [], "no empty block"
    row = escalate(cast["pmo"], create_risk(cast["pmo"], project_one), node)
    [waiting] = read_block(client, node, Question.ESCALATED)
    assert (waiting.text, waiting.is_bad) == ("1 escalated risk awaits an answer.", False)
    assert client.get(waiting.url).status_code == 200
    assert find_escalated(read_group(node, cast["other_owner"])).sky == "cloudy"
    examine_escalation(actor=cast["other_pmo"], escalation=row, likelihood=5, impact=5)
    fire_deferred_triggers()
    assert read_block(client, node, Question.ESCALATED)[0].is_bad
    assert find_escalated(read_group(node, cast["other_owner"])).sky == "stormy"
    answer(cast["other_owner"], reread(row), EscalationState.HANDED_BACK)
    assert read_block(client, node, Question.ESCALATED) == []


def test_a_red_risk_below_that_nobody_answers_is_a_signal_after_fifteen_working_days(
    cast: dict[str, Any], node: Project, project_one: Project, client_of: Any
) -> None:
    url = reverse("pmo:escalations:escalation_list", args=[node.code])
    client = client_of(cast["other_owner"])
    old, _young = create_risk(cast["pmo"], project_one), create_risk(cast["pmo"], project_one)
    limit = read_calendar().add_working_days(today(), -15)
    before = {risk.pk for risk in client.get(url).context["signals"]}
    at = timezone.now() - (today() - limit)
    backdate("pmo_riskrating", "acted_at", at, f"risk_id = {old.pk}")
    assert {risk.pk for risk in client.get(url).context["signals"]} == before | {old.pk}
    action = {"text": "Rent a crane.", "role": "PMO", "due_on": today() + timedelta(days=9)}
    write_action(actor=cast["pmo"], risk=old, fields=action)
    assert {risk.pk for risk in client.get(url).context["signals"]} == before


def test_the_pages_show_it_to_both_sides(
    cast: dict[str, Any], node: Project, project_one: Project, english: Any
) -> None:
    risk = create_risk(cast["pmo"], project_one)
    page = reverse("pmo:risks:risk", args=[risk.pk])
    below, above = english(cast["pmo"]), english(cast["other_owner"])
    form = reverse("pmo:escalations:risk_escalate", args=[risk.pk])
    assert form in below.get(page).text
    assert below.post(form, {"because": " "}).status_code == 422
    assert below.post(form, {"because": WORDS}).status_code == 302
    row = Escalation.objects.get()
    assert form not in below.get(page).text
    assert "Escalated to the level above" in below.get(page).text
    listed = above.get(reverse("pmo:escalations:escalation_list", args=[node.code]))
    assert row.title in listed.text
    assert row.reference in above.get(row.get_absolute_url()).text
    assert WORDS in below.get(row.get_absolute_url()).text, "the level below reads it too"
    rate, reply = (reverse(f"pmo:escalations:escalation_{name}", args=[row.pk]) for name in ("examine", "answer"))
    assert "it can only be handed back" in above.get(reply).text
    assert english(cast["other_pmo"]).post(rate, {"likelihood": "", "impact": "2"}).status_code == 422
    assert english(cast["other_pmo"]).post(rate, {"likelihood": "4", "impact": "2"}).status_code == 302
    assert above.post(reply, {"state": "accepted", "answer": ""}).status_code == 422
    assert above.post(reply, {"state": "accepted", "answer": "We live with it."}).status_code == 302
    assert "We live with it." in below.get(page).text
    assert above.get(reply).status_code == 409
    assert below.get(reverse("pmo:escalations:escalation_list", args=["ONE"])).status_code == 404


# — the database —


class World:
    """An escalated risk, written past the services."""

    def __init__(self, cast: dict[str, Any], project: Project, node: Project) -> None:
        self.cast, self.project, self.node = cast, project, node
        self.risk = create_risk(cast["pmo"], project)
        self.other = create_risk(cast["other_pmo"], node)
        fire_deferred_triggers()

    def add(self, **changed: Any) -> Escalation:
        """Write an escalated risk."""
        fields = {"project": self.node, "risk": self.risk, "title": "Crane", "because": WORDS, "answer_by": today()}
        raiser = {"raised_by": self.cast["pmo"], "raised_by_role": "PMO", "raised_at": timezone.now()}
        return Escalation.objects.bulk_create([Escalation(**fields | raiser | changed)])[0]

    def change(self, **changed: Any) -> None:
        """Change an escalated risk."""
        Escalation.objects.filter(pk=self.add().pk).update(**changed)

    def answer(self, by: str = "other_owner", **changed: Any) -> Escalation:
        """Answer an escalated risk."""
        row = self.add()
        given = {"state": "handed_back", "answer": WORDS, "answered_by": self.cast[by], "answered_at": timezone.now()}
        Escalation.objects.filter(pk=row.pk).update(**given | changed)
        return row

    def answer_again(self) -> None:
        """Change the rating of one that is answered."""
        Escalation.objects.filter(pk=self.answer().pk).update(likelihood=2, impact=2)


@pytest.fixture
def world(cast: dict[str, Any], project_one: Project, node: Project) -> World:
    return World(cast, project_one, node)


ATTACKS = Attacks(
    triggers=[
        (
            "escalation.is_raised_from_below",
            "rated from the start",
            lambda w: w.add(likelihood=1, impact=1),
            "An escalated risk begins without a rating and without an answer",
        ),
        (
            "escalation.is_raised_from_below",
            "to itself",
            lambda w: w.add(risk=w.other, raised_by=w.cast["other_pmo"]),
            "A risk is escalated to the portfolio or programme that its project is part of",
        ),
        (
            "escalation.is_raised_from_below",
            "by the provider",
            lambda w: w.add(raised_by=w.cast["moe"]),
            "A risk is escalated by the owner or an adviser in office of its project (R2)",
        ),
        (
            "escalation.is_answered_by_the_owner_above",
            "by the owner below",
            lambda w: w.answer("owner"),
            "An escalated risk is answered by the owner in office of the level above (R1)",
        ),
        (
            "escalation.is_answered_by_the_owner_above",
            "rated after the answer",
            lambda w: w.answer_again(),
            "An escalated risk that is answered stays as it is",
        ),
        (
            "escalation.points_within_its_project",
            "as a risk of the project below",
            lambda w: w.answer(state="taken_over", likelihood=1, impact=1, own=w.risk),
            "What belongs together is of one project",
        ),
        (
            "escalation.is_rated_on_its_scale",
            "a grade of no scale",
            lambda w: w.change(likelihood=9, impact=9),
            "A rating is a grade of its scale",
        ),
        (
            "escalation.stays_on_its_project",
            "renamed",
            lambda w: w.change(title="Another crane"),
            "A row keeps its project and what names it",
        ),
        ("escalation.leaves_an_event", "without its event", lambda w: w.add(), leaves(Escalation)),
    ],
    constraints={
        "one_open_escalation_per_risk": lambda w: [w.add(), w.add()],
        "an_escalated_risk_says_what_and_why": lambda w: w.add(title=""),
        "an_escalated_risk_is_rated_in_both_ways": lambda w: w.change(likelihood=2),
        "an_escalated_risk_is_answered_by_somebody": lambda w: w.answer(answer=""),
        "an_escalated_risk_is_rated_before_it_stays": lambda w: w.answer(state="accepted"),
        "an_escalated_risk_is_taken_over_as_a_risk": lambda w: w.answer(state="taken_over", likelihood=1, impact=1),
    },
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)
