"""Test acceptance (recette): permissions of each act, and the effect of results on a requirement."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from amoa.acceptance import models as acceptance
from amoa.acceptance import queries, services
from amoa.acceptance.enums import DefectState, Result
from amoa.enums import Act
from amoa.models import AcceptanceCampaign, AcceptanceTest, Defect, Requirement, TestRun
from amoa.requirements.services import change_many, implement
from amoa.traceability.coverage import Trace, list_traces
from amoa.traceability.decisions import get_acceptance
from core.access import Refused
from core.history import Outdated, version_of
from core.pages.refusals.exceptions import MovedOn
from core.record.sealing import content_hash, term_of
from governance.enums import Outcome
from governance.models import Decision
from governance.record.verification.verifier import verify
from projects.models import LedgerEvent
from tests import acts
from tests.amoa.acceptance import factories
from tests.conftest import CAST
from tests.database import fire_deferred_triggers, undone
from tests.days import today

pytestmark = pytest.mark.django_db


def days() -> dict[str, date]:
    """Return the days of a campaign of one day, today."""
    return {"starts_on": today(), "ends_on": today()}


@pytest.fixture
def campaign(project_one: Any) -> AcceptanceCampaign:
    """Return the open campaign of the cast."""
    found: AcceptanceCampaign = project_one.campaigns.select_related("project").get(closed_at=None)
    return found


@pytest.fixture
def closed(project_one: Any) -> AcceptanceCampaign:
    """Return the closed campaign of the cast."""
    found: AcceptanceCampaign = project_one.campaigns.select_related("project").exclude(closed_at=None).get()
    return found


@pytest.fixture
def test(project_one: Any) -> AcceptanceTest:
    """Return T-001, which proves the first criterion of ONE-001."""
    found: AcceptanceTest = project_one.tests.select_related("requirement", "project").get(code="T-001")
    return found


def defect_in(state: str) -> Defect:
    """Return a defect of the cast in this state."""
    return Defect.objects.select_related("project").filter(project__code="ONE", state=state).earliest("pk")


def state_of(requirement: Requirement | None) -> str:
    """Read the object from the database."""
    assert requirement is not None
    return Requirement.objects.get(pk=requirement.pk).state


@dataclass(frozen=True)
class Rule:
    """An act: its permission, its event, the valid states of its subject, and its error in any other state."""

    perform: Callable[[Any, Any], Any]
    may: set[str]
    event: Act
    states: tuple[Any, ...] = (None,)
    possible: tuple[Any, ...] = (None,)
    raises: type[Exception] = Exception


def _campaign(state: Any) -> AcceptanceCampaign:
    rows = AcceptanceCampaign.objects.select_related("project").filter(project__code="ONE")
    return rows.get(closed_at=None) if state == "open" else rows.exclude(closed_at=None).get()


def _first_test() -> AcceptanceTest:
    return AcceptanceTest.objects.get(project__code="ONE", code="T-001")


def _project() -> Any:
    return _campaign("open").project


#: Recipients test too: the matrix gives them that letter.
TESTERS = {"amoa", "recipient"}
ROLES = {"amoa": "AMOA", "moe": "MOE", "recipient": "DEST"}
CAMPAIGN: dict[str, Any] = {
    "states": ("open", "closed"),
    "possible": ("open",),
    "raises": MovedOn,
}
DEFECT: dict[str, Any] = {"states": tuple(DefectState.values), "raises": MovedOn}
RULES: dict[str, Rule] = {
    "write_deliverable": Rule(
        lambda who, _s: services.write_deliverable(
            actor=who, project=_project(), fields={"code": "D-77", "name": "Lamps"}
        ),
        {"amoa"},
        Act.PLAN_ACCEPTANCE,
    ),
    "write_test": Rule(
        lambda who, _s: services.write_test(actor=who, project=_project(), fields={"title": "The lamp is lit"}),
        {"amoa"},
        Act.PLAN_ACCEPTANCE,
    ),
    "open_campaign": Rule(
        lambda who, _s: services.open_campaign(
            actor=who, project=_project(), fields={"stage": "fitness", "title": "Again", **days()}
        ),
        {"amoa"},
        Act.PLAN_ACCEPTANCE,
    ),
    "edit_campaign": Rule(
        lambda who, state: services.open_campaign(
            actor=who,
            project=_project(),
            fields={"title": "Better"},
            row=_campaign(state),
            seen=version_of(_campaign(state)),
        ),
        {"amoa"},
        Act.PLAN_ACCEPTANCE,
        **CAMPAIGN,
    ),
    "run_test": Rule(
        lambda who, state: services.run_test(
            actor=who, campaign=_campaign(state), test=_first_test(), result=Result.PASSED
        ),
        TESTERS,
        Act.RUN_TEST,
        **CAMPAIGN,
    ),
    "report_defect": Rule(
        lambda who, state: services.report_defect(
            actor=who, campaign=_campaign(state), severity="minor", title="A scratch"
        ),
        TESTERS | {"moe"},
        Act.REPORT_DEFECT,
        **CAMPAIGN,
    ),
    "close_campaign": Rule(
        lambda who, state: services.close_campaign(actor=who, campaign=_campaign(state)),
        {"amoa"},
        Act.CLOSE_CAMPAIGN,
        **CAMPAIGN,
    ),
    "correct_defect": Rule(
        lambda who, state: services.correct_defect(actor=who, defect=defect_in(state), correction="Version 2."),
        {"moe"},
        Act.CORRECT_DEFECT,
        possible=("open",),
        **DEFECT,
    ),
    "close_defect": Rule(
        lambda who, state: services.close_defect(actor=who, defect=defect_in(state)),
        TESTERS,
        Act.CLOSE_DEFECT,
        possible=("open", "corrected"),
        **DEFECT,
    ),
    "reopen_defect": Rule(
        lambda who, state: services.reopen_defect(actor=who, defect=defect_in(state)),
        TESTERS,
        Act.CLOSE_DEFECT,
        possible=("corrected",),
        **DEFECT,
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_each_act_is_done_by_who_may_and_in_its_states_only(name: str, cast: dict[str, Any]) -> None:
    rule = RULES[name]
    for state in rule.states:
        for member in CAST:
            kept = LedgerEvent.objects.count()
            with undone():
                if member not in rule.may:
                    with pytest.raises(Refused):
                        rule.perform(cast[member], state)
                elif state not in rule.possible:
                    with pytest.raises(rule.raises):
                        rule.perform(cast[member], state)
                else:
                    rule.perform(cast[member], state)
                    fire_deferred_triggers()
                    event = LedgerEvent.objects.latest("pk")
                    assert (event.act, event.actor, event.role) == (rule.event, cast[member], ROLES[member])
                    kept += 1
                assert (member, state, LedgerEvent.objects.count()) == (member, state, kept)


# — planning —


def test_a_test_gets_the_next_code_and_names_what_it_proves(amoa: Any, project_one: Any, project_two: Any) -> None:
    requirement = project_one.requirements.get(code="ONE-001")
    fields = {"title": "The lamp stays lit", "requirement": requirement, "criterion": "2"}
    test = services.write_test(actor=amoa, project=project_one, fields=fields)
    assert (test.code, test.requirement, test.criterion) == ("T-004", requirement, "2")
    for wrong, place in (
        ({"criterion": "9"}, "criterion"),
        ({"requirement": None, "criterion": "1"}, "criterion"),
        ({"code": "T-001"}, "code"),
    ):
        with pytest.raises(ValidationError) as error:
            services.write_test(actor=amoa, project=project_one, fields=fields | wrong)
        assert set(error.value.message_dict) == {place}
    assert project_one.tests.count() == 4


def test_a_planned_action_is_changed_only_in_the_version_read(amoa: Any, test: AcceptanceTest) -> None:
    seen = version_of(test)
    changed = services.write_test(actor=amoa, project=test.project, fields={"title": "Other"}, row=test, seen=seen)
    with pytest.raises(Outdated):
        services.write_test(actor=amoa, project=test.project, fields={"title": "Third"}, row=test, seen=seen)
    events = LedgerEvent.objects.count()
    services.write_test(actor=amoa, project=test.project, fields={"title": "Other"}, row=test, seen=version_of(changed))
    assert LedgerEvent.objects.count() == events, "nothing was changed, nothing is recorded"


def test_a_campaign_ends_after_it_starts(amoa: Any, project_one: Any) -> None:
    fields = {"stage": "fitness", "title": "Again", "starts_on": today(), "ends_on": acts.FUTURE}
    with pytest.raises(ValidationError) as error:
        services.open_campaign(
            actor=amoa, project=project_one, fields=fields | {"starts_on": acts.FUTURE, "ends_on": today()}
        )
    assert set(error.value.message_dict) == {"ends_on"}
    assert services.open_campaign(actor=amoa, project=project_one, fields=fields).number == 3


# — running —


def test_another_run_is_added_and_none_is_changed(
    amoa: Any, campaign: AcceptanceCampaign, test: AcceptanceTest
) -> None:
    before = list(test.runs.order_by("pk").values())
    again = services.run_test(actor=amoa, campaign=campaign, test=test, result=Result.FAILED, note="Too dark.")
    fire_deferred_triggers()
    assert list(test.runs.order_by("pk").values())[:-1] == before
    assert (again.version, again.note, again.run_by) == (1, "Too dark.", amoa)
    last = queries.annotate_last_run(acceptance.list_campaign_tests(campaign), campaign).get(pk=test.pk)
    assert (last.last_result, last.last_note) == ("failed", "Too dark.")


@pytest.mark.parametrize("result", [Result.FAILED, Result.BLOCKED])
def test_a_failed_test_needs_an_observation(
    result: Result, amoa: Any, campaign: AcceptanceCampaign, test: AcceptanceTest
) -> None:
    kept = TestRun.objects.count()
    with pytest.raises(ValidationError) as error:
        services.run_test(actor=amoa, campaign=campaign, test=test, result=result)
    assert (set(error.value.message_dict), TestRun.objects.count()) == ({"note"}, kept)


def test_a_retired_test_is_not_run(amoa: Any, campaign: AcceptanceCampaign, test: AcceptanceTest) -> None:
    services.write_test(actor=amoa, project=test.project, fields={"retired": True}, row=test, seen=version_of(test))
    with pytest.raises(ValidationError) as error:
        services.run_test(actor=amoa, campaign=campaign, test=test, result=Result.PASSED)
    assert set(error.value.message_dict) == {"test"}


def test_a_requirement_is_verified_once_all_its_tests_pass_and_led_back_by_a_failure(
    amoa: Any, moe: Any, campaign: AcceptanceCampaign, test: AcceptanceTest
) -> None:
    project, requirement = test.project, test.requirement
    assert requirement is not None
    second = services.write_test(
        actor=amoa,
        project=project,
        fields={"title": "The lamp stays lit", "requirement": requirement, "criterion": "2"},
    )

    def result(of: AcceptanceTest, what: Result) -> str:
        services.run_test(actor=amoa, campaign=campaign, test=of, result=what, note="Seen.")
        fire_deferred_triggers()
        return state_of(requirement)

    assert result(test, Result.PASSED) == "approved", "what is not built is not verified"
    implement(actor=moe, project=project, numbers=[requirement.pk])
    assert result(test, Result.PASSED) == "implemented", "one test has not been run"
    assert result(second, Result.BLOCKED) == "implemented"
    assert result(second, Result.PASSED) == "verified"
    assert result(second, Result.PASSED) == "verified"
    assert result(test, Result.FAILED) == "implemented"
    assert result(test, Result.PASSED) == "verified"
    assert Requirement.objects.get(pk=requirement.pk).history.latest().history_user == amoa
    change_many(actor=amoa, project=project, numbers=[requirement.pk], fields={"priority": "could"})
    assert result(test, Result.PASSED) == "proposed", "another version is proposed; its tests begin again"


# — defects —


def test_a_defect_goes_from_its_report_to_its_end(amoa: Any, moe: Any, campaign: AcceptanceCampaign) -> None:
    defect = services.report_defect(
        actor=moe, campaign=campaign, severity="blocking", title="No light", test=_first_test()
    )
    assert (defect.reference, defect.state, defect.reported_by) == ("DEF-04", "open", moe)
    services.correct_defect(actor=moe, defect=defect, correction="A new lamp.")
    defect = services.reopen_defect(actor=amoa, defect=defect)
    assert (defect.state, defect.corrected_at, defect.correction) == ("open", None, "A new lamp.")
    services.correct_defect(actor=moe, defect=defect, correction="Another lamp.")
    defect = services.close_defect(actor=amoa, defect=defect)
    fire_deferred_triggers()
    assert (defect.state, defect.closed_at is not None) == ("closed", True)
    states = defect.history.order_by("history_date", "history_id").values_list("state", "history_user")
    assert list(states) == [
        ("open", moe.pk),
        ("corrected", moe.pk),
        ("open", amoa.pk),
        ("corrected", moe.pk),
        ("closed", amoa.pk),
    ]


# — closing, and the owner —


def test_closing_freezes_what_was_found_with_its_hash(amoa: Any, campaign: AcceptanceCampaign) -> None:
    done = services.close_campaign(actor=amoa, campaign=campaign)
    fire_deferred_triggers()
    assert (done.hash, done.closed_by) == (content_hash(done.report), amoa)
    report = done.report
    assert report is not None
    assert report["results"] == [["T-001", "ONE-001", "1", "passed"], ["T-002", "", "", "failed"]]
    assert report["not_run"] == [["T-003", ""]]
    assert [row[:3] for row in report["defects"]] == [
        ["DEF-02", "major", "open"],
        ["DEF-03", "minor", "corrected"],
    ]
    assert f'"hash":"{done.hash}"' in bytes(LedgerEvent.objects.latest("pk").body).decode()
    services.close_defect(actor=amoa, defect=defect_in("open"))
    done.refresh_from_db()
    assert done.report == report
    assert verify(done.project).faults == []


def test_a_campaign_without_a_result_is_not_closed(amoa: Any, project_one: Any) -> None:
    empty = services.open_campaign(
        actor=amoa, project=project_one, fields={"stage": "fitness", "title": "Empty", **days()}
    )
    with pytest.raises(services.NothingTested):
        services.close_campaign(actor=amoa, campaign=empty)


def test_a_regular_service_check_says_how_long_the_service_was_away(amoa: Any, project_one: Any) -> None:
    fields = {"stage": "regular_service", "title": "Thirty days", **days()}
    check = services.open_campaign(actor=amoa, project=project_one, fields=fields)
    services.run_test(actor=amoa, campaign=check, test=_first_test(), result=Result.PASSED)
    with pytest.raises(ValidationError) as error:
        services.close_campaign(actor=amoa, campaign=check)
    assert set(error.value.message_dict) == {"unavailability"}
    for share, regular in ((Decimal("2.00"), True), (Decimal("2.01"), False)):
        with undone():
            services.open_campaign(
                actor=amoa, project=project_one, fields={"unavailability": share}, row=check, seen=version_of(check)
            )
            report = queries.build_report(services.close_campaign(actor=amoa, campaign=check))
            assert report is not None
            assert report.is_regular is regular


def _put(campaign: AcceptanceCampaign) -> Any:
    return acts.submit_to_owner(
        campaign.project, "acceptance", terms={"campaign": term_of(campaign.number, campaign.hash)}
    )


def traced(test: AcceptanceTest) -> Trace:
    """Return the trace of the requirement of a test."""
    [found] = list_traces(Requirement.objects.filter(pk=test.requirement_id))
    return found


def test_accepted_requirements_name_the_acceptance_decision(
    owner: Any, amoa: Any, moe: Any, campaign: AcceptanceCampaign, test: AcceptanceTest
) -> None:
    assert test.requirement is not None
    implement(actor=moe, project=campaign.project, numbers=[test.requirement.pk])
    services.run_test(actor=amoa, campaign=campaign, test=test, result=Result.PASSED)
    assert queries.list_pronouncements(campaign) == []
    done = services.close_campaign(actor=amoa, campaign=campaign)
    fire_deferred_triggers()
    decision = acts.decide(owner, _put(done), Outcome.ACCEPTED)
    fire_deferred_triggers()
    assert state_of(test.requirement) == "accepted"
    [said] = queries.list_pronouncements(done)
    assert (said.decision, [requirement.code for requirement in said.accepted]) == (decision, ["ONE-001"])
    assert get_acceptance(done) == decision
    assert decision in traced(test).acceptances
    other = factories.closed_campaign_term(amoa, factories.create_campaign(amoa, campaign.project))
    replacing = acts.submit_to_owner(campaign.project, "acceptance", replaces=decision, terms={"campaign": other})
    acts.decide(owner, replacing, Outcome.ACCEPTED)
    fire_deferred_triggers()
    assert state_of(test.requirement) == "verified"
    assert queries.list_pronouncements(done)[0].accepted == []
    assert get_acceptance(done) is None
    assert traced(test).acceptances == ()


def test_an_acceptance_that_waits_for_its_reservations_accepts_nothing_yet(
    owner: Any, amoa: Any, moe: Any, campaign: AcceptanceCampaign, test: AcceptanceTest
) -> None:
    assert test.requirement is not None
    implement(actor=moe, project=campaign.project, numbers=[test.requirement.pk])
    services.run_test(actor=amoa, campaign=campaign, test=test, result=Result.PASSED)
    file = _put(services.close_campaign(actor=amoa, campaign=campaign))
    decision = acts.decide(owner, file, Outcome.ACCEPTED_WITH_RESERVATIONS, effective="when_met")
    fire_deferred_triggers()
    assert (state_of(test.requirement), decision.waits) == ("verified", True)
    acts.lift(owner, file)
    fire_deferred_triggers()
    assert state_of(test.requirement) == "accepted"
    assert Decision.objects.get(pk=decision.pk).effects.get().field == "acceptance"


def test_an_acceptance_names_a_campaign_that_is_closed(amoa: Any, campaign: AcceptanceCampaign) -> None:
    file = acts.draft(amoa, campaign.project, "acceptance", terms={"campaign": f"{campaign.number}:{'0' * 64}"})
    with pytest.raises(Exception, match="terms-campaign"):
        acts.submit(amoa, file)
