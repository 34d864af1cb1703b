"""Test the change plan: written by its role, frozen for the owner, in force by a decision, answered once."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from amoa.change_plan import services
from amoa.change_plan.chart import build_chart
from amoa.change_plan.content import build_content, list_differences, list_versions, load_rows
from amoa.change_plan.enums import Aspect
from amoa.change_plan.queries import Measure, list_dues, list_measures, prefetch_readings
from amoa.enums import Act
from amoa.models import AdoptionReading, ChangePlan, CommunicationAction
from amoa.recipients.services import describe_group
from core.access import Refused
from core.history import Outdated, version_of
from core.record.sealing import content_hash, term_of
from governance.enums import Outcome
from projects.models import LedgerEvent
from tests import acts
from tests.conftest import CAST
from tests.database import fire_deferred_triggers

pytestmark = pytest.mark.django_db
PLANNERS = {"amoa"}
SEATED = {"owner", "pmo", "amoa", "moe", "recipient"}


def group_of(project: Any, name: str = "harbour users") -> Any:
    return project.recipient_groups.get(name=name)


def impact(actor: Any, project: Any, **fields: Any) -> Any:
    return services.write_impact(
        actor=actor, project=project, group=group_of(project), aspect="skill", fields={"level": "low"} | fields
    )


def message(actor: Any, project: Any, **fields: Any) -> Any:
    given = {"group": group_of(project), "title": "Opening hours", "due_on": timezone.localdate()} | fields
    return services.write_communication(actor=actor, project=project, fields=given)


def session(actor: Any, project: Any, **fields: Any) -> Any:
    given = {"group": group_of(project), "title": "On the quay", "held_on": timezone.localdate()} | fields
    return services.write_training(actor=actor, project=project, fields=given)


def indicator(actor: Any, project: Any, **fields: Any) -> Any:
    given = {"name": "Complaints", "direction": "down", "target": Decimal(5)} | fields
    return services.write_indicator(actor=actor, project=project, fields=given)


def read(actor: Any, project: Any, **fields: Any) -> Any:
    given = {"measured_on": timezone.localdate(), "value": Decimal(71)} | fields
    return services.add_reading(actor=actor, indicator=project.indicators.earliest("pk"), **given)


def said(actor: Any, project: Any, **fields: Any) -> Any:
    given = {"group": group_of(project), "kind": "question", "text": "Who answers at night?"} | fields
    return services.give_feedback(actor=actor, project=project, **given)


def answered(actor: Any, project: Any, **fields: Any) -> Any:
    item = project.feedback.get(answer="")
    return services.answer_feedback(actor=actor, item=item, **{"answer": "The office."} | fields)


def frozen(actor: Any, project: Any) -> ChangePlan:
    return services.freeze_plan(actor=actor, project=project)


ACTS: dict[str, tuple[Callable[..., Any], set[str], Act]] = {
    "write_impact": (impact, PLANNERS, Act.PLAN_CHANGE),
    "write_communication": (message, PLANNERS, Act.PLAN_CHANGE),
    "write_training": (session, PLANNERS, Act.PLAN_CHANGE),
    "write_indicator": (indicator, PLANNERS, Act.PLAN_CHANGE),
    "add_reading": (read, PLANNERS, Act.PLAN_CHANGE),
    "freeze_plan": (frozen, PLANNERS, Act.FREEZE_PLAN),
    "give_feedback": (said, SEATED, Act.GIVE_FEEDBACK),
    "answer_feedback": (answered, PLANNERS, Act.ANSWER_FEEDBACK),
}


@pytest.mark.parametrize("member", CAST)
@pytest.mark.parametrize("name", ACTS)
def test_each_act_is_for_its_role_and_leaves_one_event(
    name: str, member: str, cast: dict[str, Any], project_one: Any
) -> None:
    perform, allowed, what = ACTS[name]
    events = LedgerEvent.objects.count()
    if member not in allowed:
        with pytest.raises(Refused):
            perform(cast[member], project_one)
        assert LedgerEvent.objects.count() == events
        return
    row = perform(cast[member], project_one)
    fire_deferred_triggers()
    event = LedgerEvent.objects.latest("pk")
    assert LedgerEvent.objects.count() == events + 1
    assert (event.act, event.actor, event.subject, event.subject_id) == (
        what,
        cast[member],
        row._meta.label_lower,
        row.pk,
    )


@pytest.mark.parametrize(
    ("perform", "fields", "code"),
    [
        (message, {"due_on": None}, "due_on"),
        (message, {"after": 1}, "due_on"),
        (message, {"due_on": None, "after": 999}, "after"),
        (message, {"state": "done"}, "done_on"),
        (session, {"state": "done"}, "attended"),
        (indicator, {"name": "Berths asked for on the screen"}, "name"),
        (read, {"measured_on": timezone.localdate() + timedelta(days=2)}, "measured_on"),
        (said, {"text": ""}, "text"),
        (said, {"requirement": "NONE-1"}, "requirement"),
        (answered, {"answer": ""}, "answer"),
        (answered, {"requirement": "NONE-1"}, "requirement"),
    ],
)
def test_an_invalid_value_is_refused_beside_its_field(
    perform: Any, fields: dict[str, Any], code: str, amoa: Any, project_one: Any
) -> None:
    with pytest.raises(ValidationError) as refused:
        perform(amoa, project_one, **fields)
    assert set(refused.value.message_dict) == {code}


def test_a_draft_of_another_role_is_no_proposal_a_message_may_follow(amoa: Any, pmo: Any, project_one: Any) -> None:
    hidden = acts.draft(pmo, project_one, kind="schedule")
    with pytest.raises(ValidationError) as refused:
        message(amoa, project_one, due_on=None, after=hidden.number)
    assert set(refused.value.message_dict) == {"after"}


def test_a_group_of_another_project_has_no_part_in_the_plan(cast: Any, project_one: Any, project_two: Any) -> None:
    stranger = describe_group(actor=cast["other_amoa"], project=project_two, fields={"name": "Passengers"})
    for perform in (message, session, indicator, said):
        with pytest.raises(ValidationError) as refused:
            perform(cast["amoa"], project_one, group=stranger)
        assert set(refused.value.message_dict) == {"group"}


def test_a_row_is_changed_from_the_version_that_was_read(amoa: Any, project_one: Any) -> None:
    with pytest.raises(Outdated):
        services.write_impact(
            actor=amoa, project=project_one, group=group_of(project_one), aspect="tool", fields={"level": "high"}
        )
    row = project_one.communications.earliest("pk")
    seen = version_of(row)
    change = {"actor": amoa, "project": project_one, "row": row, "seen": seen}
    services.write_communication(**change, fields={"title": "Where to moor"})
    with pytest.raises(Outdated):
        services.write_communication(**change, fields={"title": "Where not to moor"})
    row.refresh_from_db()
    assert row.title == "Where to moor"


def test_an_answer_is_given_once(amoa: Any, project_one: Any) -> None:
    item = answered(amoa, project_one)
    with pytest.raises(services.AnsweredAlready):
        services.answer_feedback(actor=amoa, item=item, answer="Another one.")


def test_a_day_after_a_decision_is_known_once_it_is_taken(cast: Any, project_one: Any) -> None:
    file = acts.submit_to_owner(project_one)
    row = message(cast["amoa"], project_one, due_on=None, after=file.number, days_after=5)
    [due] = list_dues(project_one, [row])
    assert (due.day, due.decision, due.follows) == (None, None, file.reference)
    acts.decide(cast["owner"], file, Outcome.DEFERRED)
    assert list_dues(project_one, [row])[0].day is None


def test_the_page_says_how_many_days_after_which_decision(cast: Any, project_one: Any, client_of: Any) -> None:
    file = acts.submit_to_owner(project_one)
    message(cast["amoa"], project_one, due_on=None, after=file.number, days_after=5, title="What was decided")
    decision = acts.decide(cast["owner"], file)
    [due] = list_dues(project_one, CommunicationAction.objects.filter(title="What was decided"))
    assert due.day == timezone.localtime(decision.acted_at).date() + timedelta(days=5)
    path = reverse("amoa:change_plan:change_communications", args=["ONE"])
    text = client_of(cast["pmo"]).get(path, headers={"accept-language": "en"}).content.decode()
    assert f"5 days after {decision.reference}:" in text


def test_a_frozen_version_is_in_force_by_decision_and_the_plan_says_what_changed_since(
    cast: Any, project_one: Any
) -> None:
    amoa, owner = cast["amoa"], cast["owner"]
    assert list_versions(project_one, 10)[0] is None
    frozen(amoa, project_one)
    with pytest.raises(services.NothingToFreeze):
        frozen(amoa, project_one)
    impact(amoa, project_one)
    plan = frozen(amoa, project_one)
    fire_deferred_triggers()
    assert plan.hash == content_hash({"number": str(plan.number), "content": plan.content})
    assert ("AMOA", str(plan.number)) == LedgerEvent.objects.values_list("role", "detail").latest("pk")
    terms = {"plan": term_of(plan.number, plan.hash)}
    decision = acts.decide(
        owner, acts.submit_to_owner(project_one, "communication", terms=terms, impact_recipients="All.")
    )
    fire_deferred_triggers()
    current, newest = list_versions(project_one, 10)
    assert current is not None
    assert (current.plan, current.decision, newest[0]) == (plan, decision, plan)
    assert list_differences(plan.content, build_content(load_rows(project_one))) == []
    message(amoa, project_one, title="Night service")
    session_ = project_one.trainings.earliest("pk")
    services.write_training(
        actor=amoa, project=project_one, row=session_, seen=version_of(session_), fields={"place": "Quay 2"}
    )
    dropped = project_one.communications.earliest("pk")
    services.write_communication(
        actor=amoa, project=project_one, row=dropped, seen=version_of(dropped), fields={"state": "cancelled"}
    )
    found = {
        (difference.part, difference.word.value, difference.name)
        for difference in list_differences(plan.content, build_content(load_rows(project_one)))
    }
    assert found == {
        ("communications", "added", "Night service"),
        ("communications", "dropped", dropped.title),
        ("trainings", "changed", session_.title),
    }


def test_a_completed_action_does_not_change_the_plan(amoa: Any, project_one: Any) -> None:
    before = build_content(load_rows(project_one))
    row = project_one.communications.get(title="What was decided on the mock-up")
    fields = {"state": "done", "done_on": timezone.localdate(), "reached": 30}
    services.write_communication(actor=amoa, project=project_one, row=row, seen=version_of(row), fields=fields)
    assert list_differences(before, build_content(load_rows(project_one))) == []


def test_the_last_reading_of_a_day_counts_and_tells_whether_the_target_is_met(amoa: Any, project_one: Any) -> None:
    read(amoa, project_one, value=Decimal(10))
    read(amoa, project_one, value=Decimal(81))
    [one] = prefetch_readings(project_one.indicators.all())
    found = list_measures(one)
    assert [(measure.value, measure.is_met) for measure in found] == [(35, False), (62, False), (81, True)]
    assert AdoptionReading.objects.filter(indicator=one).count() == 4


def test_the_line_of_an_indicator_starts_at_zero_and_holds_its_goal() -> None:
    today = timezone.localdate()
    drawn = build_chart(
        [Measure(today - timedelta(days=10), Decimal(20), False), Measure(today, Decimal(80), True)], Decimal(60)
    )
    assert drawn is not None
    assert [tick.value for tick in drawn.scale] == [0, 50, 100]
    assert drawn.points.startswith("44.0,110.0 426.0,")
    assert drawn.goal_y == 62.0
    assert build_chart([], Decimal(60)) is None
    assert build_chart([Measure(today, Decimal(-1), False)], Decimal(60)) is None


def test_the_way_to_the_owner_opens_a_proposal_that_names_the_version(
    amoa: Any, project_one: Any, client_of: Any
) -> None:
    client = client_of(amoa)
    answer = client.post(reverse("amoa:change_plan:change_plan_freeze", args=["ONE"]))
    plan = project_one.change_plans.latest("number")
    assert answer["Location"] == reverse("amoa:change_plan:change_plan_version", args=["ONE", plan.number])
    page = client.get(answer["Location"]).content.decode()
    start = reverse("governance:proposals:proposal_new", args=["ONE"])
    address = f"{start}?kind=communication&amp;plan={plan.number}:{plan.hash}"
    assert address in page
    form = client.get(address.replace("&amp;", "&")).content.decode()
    assert f'<option value="{plan.number}:{plan.hash}" selected>' in form
    assert client.post(reverse("amoa:change_plan:change_plan_freeze", args=["ONE"])).status_code == 409


def test_freezing_shows_first_the_parts_and_the_impacts_that_are_not_assessed(
    amoa: Any, project_one: Any, client_of: Any
) -> None:
    freeze, client = reverse("amoa:change_plan:change_plan_freeze", args=["ONE"]), client_of(amoa)
    page = client.get(freeze)
    preview, seen = page.context["preview"], page.context["form"]["seen"].value()
    assert {part: len(rows) for part, _title, rows in preview.parts} == {
        part: len(rows) for part, rows in load_rows(project_one).items()
    }
    assessed = project_one.impacts.count()
    left = sum(len(aspects) for _group, aspects in preview.unassessed)
    assert left + assessed == project_one.recipient_groups.count() * len(Aspect)
    refused = client.post(freeze, {"seen": "0" * 64})
    assert refused.status_code == 409
    assert client.post(freeze, {"seen": seen}).status_code == 302
