"""Test the silences in which evidence fades: days without the act, a gate that is near, a basis, a state of rows."""

import copy
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from amoa.acceptance.services import write_test
from amoa.enums import Act
from core.history import version_of
from governance.decide.decisions.services import NewCondition
from governance.decide.obligations.ages import judge, load_ages
from governance.decide.obligations.enums import Age
from governance.decide.obligations.queries import derive_obligations
from governance.decide.obligations.silences import FADINGS, States, judge_silence, load_states
from governance.enums import Act as GovernanceAct
from governance.enums import Outcome
from pmo.fading import list_ending_acceptances, list_passed_budgets, list_silent_risks
from pmo.registers.budget.services import write_budget_line
from pmo.registers.risks.services import write_action
from projects.ledger.enums import Act as ProjectAct
from projects.models import Project
from projects.organisation_settings.queries import today
from projects.people.absences.services import state_absence
from projects.seats.mandates.services import appoint, delegate, end_mandate
from roles.enums import DELEGABLE_KINDS
from tests import acts
from tests.amoa.requirements import factories as requirements
from tests.database import backdate
from tests.governance.decide.obligations.made_up import facts_of, make_facts, on_days
from tests.governance.decide.obligations.test_ages import answer, project
from tests.pmo.registers.risks import factories as risks

DAY = timedelta(days=1)


def age(found: Any, day: date, states: States | None = None) -> Age:
    facts = make_facts(found, datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
    rows = derive_obligations(facts)
    [freshness] = judge(facts, rows, states or {}).values()
    return freshness.age


def held_by(found: Any, role: str) -> Any:
    found.matrices_[0]["content"]["roles"][0]["code"] = role
    for row in found.discharges_:
        row["role"] = role
    return found


def given(code: str, key: str, on: str) -> dict[str, Any]:
    return answer(key, on) | {"duty": code}


def file(number: int, kind: str, submitted: str, decided: str = "") -> dict[str, Any]:
    """Return the facts of a submitted proposal, decided or not."""
    row = {"pk": number, "number": number, "kind": kind, "author_role": "X", "decide_by": submitted}
    told = [("submit", submitted), *([("decide", decided)] if decided else [])]
    return {
        "files_": [row | {"opinions_by": submitted}],
        "on_files_": [{"proposal": number, "act": act, "role": "X", "on": on, "seq": number} for act, on in told],
    }


def test_two_rhythms_are_as_old_as_the_worst_of_them() -> None:
    asked = ((Act.ASK, "MOE", "2026-05-04"),)
    both = project("quarterly", code="AMOA-05", acts=asked, also=["event"], workspaces=["requirements"])
    both = held_by(both, "AMOA")
    quarters = (("2026-Q1", "2026-04-01"), ("2026-Q2", "2026-06-29"))
    both.discharges_ = [given("AMOA-05", key, on) | {"role": "AMOA"} for key, on in quarters]
    assert age(both, date(2026, 5, 18)) == Age.UP_TO_DATE
    assert age(both, date(2026, 5, 21)) == Age.TO_RENEW  # the question has waited for more than ten working days
    assert age(both, date(2026, 6, 30)) == Age.NO_RECENT
    both.acts_ += [{"act": Act.ANSWER, "role": "AMOA", "on": "2026-06-30", "seq": 9}]
    assert age(both, date(2026, 6, 30)) == Age.UP_TO_DATE
    assert age(both, date(2026, 10, 30)) == Age.TO_RENEW  # the third quarter is missing


def test_each_rhythm_arises_on_its_own_occasions_and_no_idle_one_is_left() -> None:
    both = project("monthly", code="AMOA-05", also=["at_g2", "event"], workspaces=["requirements"])
    rows = derive_obligations(make_facts(held_by(both, "AMOA"), datetime(2026, 2, 10, 12, tzinfo=UTC)))
    assert [(row.rhythm, row.key) for row in rows] == [
        ("monthly", "2026-01"),
        ("monthly", "2026-02"),
        ("at_g2", "G2"),
    ]


def test_a_further_rhythm_counts_from_the_version_that_adds_it() -> None:
    found = project("at_g2", discharges_=[answer("G2", "2026-02-02")])
    later = project("at_g2", also=["monthly"]).matrices_[0]["content"]
    found.matrices_ = [*found.matrices_, {"pk": 2, "content": later}]
    changed = {"matrix_id": 2, "history_date": "2026-06-10T09:00:00+00:00"}
    found.changes_ = [*found.changes_, found.changes_[-1] | changed]
    rows = derive_obligations(make_facts(found, datetime(2026, 8, 3, 12, tzinfo=UTC)))
    assert [(row.key, str(row.standing)) for row in rows] == [
        ("G2", "done"),
        ("2026-07", "to_do"),
        ("2026-08", "to_do"),
    ]


def test_periods_count_between_two_gates_and_another_window_asks_from_its_first_full_period() -> None:
    found, changed = project("at_g1", also=["quarterly"]), "2027-02-10T09:00:00+00:00"
    [role] = found.matrices_[0]["content"]["roles"]
    role["duties"][0] |= {"from_gate": "G1", "until_gate": "G3"}
    passed = {"G1": "2026-05-04", "G3": "2026-12-31"}
    changes = [{"gate": gate, "history_date": f"{on}T09:00:00+00:00"} for gate, on in passed.items()]
    found.changes_ = [*found.changes_, *(found.changes_[-1] | change for change in changes)]

    def keys(year: int, month: int) -> list[str]:
        at = datetime(year, month, 20, tzinfo=UTC)
        known = [change for change in found.changes_ if change["history_date"] <= at.isoformat()]
        seen = SimpleNamespace(**vars(found) | {"changes_": known})
        return [row.key for row in derive_obligations(make_facts(seen, at))]

    assert keys(2026, 4) == ["G1"]
    assert keys(2026, 8) == ["G1", "2026-Q2", "2026-Q3"]
    assert keys(2027, 6) == ["G1", "2026-Q2", "2026-Q3", "2026-Q4"]
    wider = copy.deepcopy(found.matrices_[0]["content"])
    wider["roles"][0]["duties"][0]["until_gate"] = "G5"
    found.matrices_ = [*found.matrices_, {"pk": 2, "content": wider}]
    found.changes_ = [*found.changes_, found.changes_[-1] | {"matrix_id": 2, "history_date": changed}]
    assert keys(2027, 6) == ["G1", "2027-Q2"]
    assert age(found, date(2027, 6, 20)) == Age.TO_RENEW


def test_evidence_fades_after_days_without_the_act_and_is_gone_after_twice_as_many() -> None:
    found = project("event", code="AMOA-01", acts=((GovernanceAct.DESCRIBE_GROUP, "AMOA", "2026-01-06"),))
    found.discharges_ = [given("AMOA-01", "E-2026-01-06", "2026-01-12")]
    held_by(found, "AMOA")
    assert age(found, date(2026, 1, 12) + 90 * DAY) == Age.UP_TO_DATE
    assert age(found, date(2026, 1, 12) + 91 * DAY) == Age.TO_RENEW
    assert age(found, date(2026, 1, 12) + 181 * DAY) == Age.NO_RECENT


def test_no_occasion_is_no_silence() -> None:
    assert age(held_by(project("event", code="AMOA-01"), "AMOA"), date(2026, 12, 1)) == Age.NO_OCCASION


def test_a_delivery_is_missed_between_two_gates_only() -> None:
    found = held_by(project("at_g5", code="MOE-03"), "MOE")
    assert age(found, date(2026, 11, 2)) == Age.NO_OCCASION
    found.changes_ = [*found.changes_, found.changes_[-1] | {"gate": "G2", "history_date": "2026-03-02T09:00:00+00:00"}]
    assert age(found, date(2026, 3, 2) + 101 * DAY) == Age.TO_RENEW
    found.acts_ = [{"act": Act.IMPLEMENT, "role": "MOE", "on": "2026-06-01", "seq": 1}]
    assert age(found, date(2026, 3, 2) + 101 * DAY) == Age.NO_OCCASION
    found.changes_ = [*found.changes_, found.changes_[-1] | {"gate": "G4", "history_date": "2026-07-01T09:00:00+00:00"}]
    assert age(found, date(2026, 12, 1)) == Age.NO_OCCASION


def test_a_decision_that_waits_asks_for_a_session_within_45_days() -> None:
    waits = project("at_g5", code="MOA-11", **file(1, "change", "2026-02-02"))
    assert age(waits, date(2026, 2, 2) + 45 * DAY) == Age.NO_OCCASION
    assert age(waits, date(2026, 2, 2) + 46 * DAY) == Age.TO_RENEW
    decided = project("at_g5", code="MOA-11", **file(1, "change", "2026-02-02", "2026-03-02"))
    assert age(decided, date(2026, 2, 2) + 46 * DAY) == Age.NO_OCCASION


def test_a_gate_that_is_near_asks_for_its_evidence() -> None:
    planned = [{"gate": "G3", "on": "2026-06-30"}]
    found = project("at_g3", code="MOE-10", planned_0_=planned)
    assert age(found, date(2026, 6, 15)) == Age.NO_OCCASION
    assert age(found, date(2026, 6, 16)) == Age.TO_RENEW  # ten working days before
    found.discharges_ = [given("MOE-10", "G3", "2026-06-16")]
    assert age(found, date(2026, 6, 17)) == Age.UP_TO_DATE


@pytest.mark.parametrize(
    ("code", "kind", "basis_changes"),
    [
        ("AMOA-08", "requirement_baseline", True),
        ("PMO-02", "standard_adoption", True),
        ("AMOA-08", "standard_adoption", False),
    ],
)
def test_evidence_of_a_gate_is_renewed_when_its_basis_has_changed(code: str, kind: str, basis_changes: bool) -> None:
    found = project("at_g3", code=code, **file(1, kind, "2026-03-02", "2026-03-09"))
    found.workspaces = ["requirements", "standards", "steering", "risks", "change"]
    found.discharges_ = [given(code, "G3", "2026-02-02")]
    assert (age(found, date(2026, 3, 10)) == Age.TO_RENEW) is basis_changes
    found.discharges_ = [given(code, "G3", "2026-03-09")]
    assert age(found, date(2026, 3, 10)) == Age.UP_TO_DATE


def test_a_new_owner_renews_the_objective() -> None:
    found = project("at_g0", code="MOA-01", discharges_=[given("MOA-01", "G0", "2026-01-05")])
    assert age(found, date(2026, 3, 10)) == Age.UP_TO_DATE
    found.acts_ = [{"act": ProjectAct.TAKE_REPLACEMENT, "role": "MOA", "on": "2026-03-02", "seq": 1}]
    assert age(found, date(2026, 3, 10)) == Age.TO_RENEW


def test_a_new_bidder_renews_what_was_said_on_the_choice_of_the_supplier() -> None:
    found = held_by(project("at_g1", code="AMOA-15", discharges_=[given("AMOA-15", "G1", "2026-02-03")]), "AMOA")
    assert age(found, date(2026, 3, 10)) == Age.UP_TO_DATE
    found.acts_ = [{"act": ProjectAct.NOTE_BIDDER, "role": "PMO", "on": "2026-03-02", "seq": 3}]
    assert age(found, date(2026, 3, 10)) == Age.TO_RENEW


@pytest.mark.parametrize("code", ["MOA-06", "PO-04"])
def test_a_gate_whose_planned_day_has_passed_asks_for_a_decision_or_another_day(code: str) -> None:
    found = project("each_gate", code=code)
    found.planned_0_ = [{"gate": "G2", "on": "2026-03-02"}]
    assert age(found, date(2026, 3, 16)) == Age.NO_OCCASION
    assert age(found, date(2026, 3, 17)) == Age.TO_RENEW  # ten working days after it
    assert age(found, date(2026, 4, 10)) == Age.NO_RECENT
    found.planned_0_ = [{"gate": "G2", "on": "2026-05-04"}]
    assert age(found, date(2026, 4, 10)) == Age.NO_OCCASION


def test_a_project_a_month_late_on_its_end_asks_for_another_end() -> None:
    found = project("event", code="MOA-02")
    late = found.ends_on + 30 * DAY
    assert age(found, late - DAY) == Age.NO_OCCASION
    assert age(found, late) == Age.TO_RENEW
    assert age(found, late + 60 * DAY) == Age.NO_RECENT


def test_a_state_waits_from_its_day_to_its_last_one() -> None:
    [acceptances] = [fading for fading in FADINGS if fading.rows is list_ending_acceptances]
    states = {"MOA-07": [(date(2026, 3, 2), date(2026, 4, 1), acceptances)]}
    found = project("each_proposal", code="MOA-07")
    assert age(found, date(2026, 3, 1), states) == Age.NO_OCCASION
    assert age(found, date(2026, 3, 2), states) == Age.TO_RENEW
    assert age(found, date(2026, 3, 24), states) == Age.NO_RECENT
    assert age(found, date(2026, 4, 2), states) == Age.NO_OCCASION


@pytest.mark.django_db
def test_a_condition_overdue_without_a_proof_makes_the_follow_up_fade(
    owner: Any, proposal: Any, django_assert_num_queries: Any
) -> None:
    """Only who follows conditions is concerned; all states are read in one query."""
    opined = proposal("ready_for_decision")
    due_on = timezone.localdate() - 12 * DAY
    project_one = opined.project
    before = load_states(project_one)["PMO-12"]
    acts.decide(owner, opined, Outcome.APPROVED_WITH_CONDITIONS, [NewCondition("Tell the crews.", "AMOA", due_on)])
    with django_assert_num_queries(1):
        states = load_states(project_one)["PMO-12"]
    [(on, until, fading)] = [state for state in states if state not in before]
    assert (on, until, fading.days, fading.gone) == (due_on, date.max, 5, 20)
    now = timezone.now()
    facts = facts_of(project_one, now)
    [held] = [held for held in facts.duties if held.duty.code == "PMO-12"]
    assert judge_silence(held, None, True, facts.life, {"PMO-12": [(on, until, fading)]}) == Age.TO_RENEW
    assert load_ages(project_one)["PMO", "PMO-12"].age in {Age.TO_RENEW, Age.NO_RECENT}
    acts.waive(owner, opined)
    assert load_states(project_one)["PMO-12"] == before


@pytest.mark.django_db
def test_an_acceptance_that_ends_within_a_month_is_looked_at_again(owner: Any, pmo: Any, project_one: Any) -> None:
    until = timezone.localdate() + 20 * DAY
    risks.accept(owner, risks.create_unaccepted_risk(pmo, project_one), until)
    [(on, last)] = [state[:2] for state in load_states(project_one)["MOA-07"] if state[1] != date.max]
    assert (on, last) == (until - timedelta(days=30), until)
    later = timezone.now() + timedelta(days=1)
    facts = facts_of(project_one, later)
    found = derive_obligations(facts)
    assert judge(facts, found)["MOA", "MOA-07"].age == Age.UP_TO_DATE


def since(found: Project, code: str, rows: Any = None) -> list[date]:
    """List the days since when states wait for a responsibility, of these rows if given."""
    states = load_states(found).get(code, [])
    return sorted(on for on, _until, fading in states if rows in (None, fading.rows))


@pytest.mark.django_db
def test_a_red_risk_without_an_action_waits_for_the_owner_and_for_the_office(pmo: Any, project_one: Any) -> None:
    before = since(project_one, "MOA-07"), since(project_one, "PMO-06")
    risk = risks.create_unaccepted_risk(pmo, project_one, 5, 5)
    after = since(project_one, "MOA-07"), since(project_one, "PMO-06")
    assert [len(now) - len(then) for now, then in zip(after, before, strict=True)] == [1, 2]
    assert today() in after[0]
    fields = {"text": "Dredge the berth.", "role": "MOE", "due_on": today() + 20 * DAY}
    write_action(actor=pmo, risk=risk, fields=fields)
    assert since(project_one, "MOA-07") == before[0]
    left = since(project_one, "PMO-06")
    assert len(left) == len(before[1]) + 1, "its silence is counted from the action"
    assert today() + 90 * DAY in since(project_one, "PMO-06", list_silent_risks)


@pytest.mark.django_db
def test_a_forecast_a_tenth_above_the_budget_waits_for_the_owner(pmo: Any, project_one: Any) -> None:
    assert since(project_one, "MOA-02", list_passed_budgets) == []
    fields = {"label": "Dredging", "envelope": 1, "committed": 0, "forecast": project_one.budget * 2}
    write_budget_line(actor=pmo, project=project_one, fields=fields)
    assert since(project_one, "MOA-02", list_passed_budgets) == [today()]


@pytest.mark.django_db
def test_a_long_absence_of_the_owner_waits_for_a_delegation(other_owner: Any, outsider: Any, project_two: Any) -> None:
    first = today() + 10 * DAY
    for days, states in ((4, []), (14, [first])):
        last = first + days * DAY
        state_absence(actor=other_owner, person=other_owner, absent_from=first, absent_until=last, stand_in=None)
        assert since(project_two, "MOA-12") == states
    period = {"starts_at": timezone.now() + 9 * DAY, "ends_at": timezone.now() + 30 * DAY}
    about = {"kinds": sorted(DELEGABLE_KINDS)[:1], "cap": None, "document": "Letter 4"}
    delegate(actor=other_owner, project=project_two, to=outsider, **about, **period)
    assert since(project_two, "MOA-12") == []


@pytest.mark.django_db
def test_a_group_without_a_representative_waits_a_month(owner: Any, project_one: Any) -> None:
    before = since(project_one, "MOA-13")
    for seat in project_one.mandates.active().filter(role__code="DEST"):
        end_mandate(actor=owner, mandate=seat)
    assert today() + 30 * DAY in since(project_one, "MOA-13")
    assert len(since(project_one, "MOA-13")) > len(before)


@pytest.mark.django_db
def test_a_proposal_sent_back_waits_for_its_author(owner: Any, amoa: Any, project_one: Any) -> None:
    file = acts.draft(amoa, project_one, "change")
    acts.submit(amoa, file)
    acts.advise(project_one.mandates.active().get(role__code="PMO").holder, file)
    before = since(project_one, "AMOA-04")
    acts.decide(owner, acts.reread(file), Outcome.REWORK)
    assert since(project_one, "AMOA-04") == [*before, today()]


@pytest.mark.django_db
def test_a_proposal_sent_back_is_an_event_for_its_author(owner: Any, amoa: Any, project_one: Any) -> None:
    file = acts.draft(amoa, project_one, "change")
    acts.submit(amoa, file)
    acts.advise(project_one.mandates.active().get(role__code="PMO").holder, file)
    before = facts_of(project_one, timezone.now()).life.events.get("AMOA-04", frozenset())
    acts.decide(owner, acts.reread(file), Outcome.REWORK)
    assert facts_of(project_one, timezone.now()).life.events["AMOA-04"] == before | {today()}


def test_what_is_sent_back_is_proposed_again_in_its_days() -> None:
    found = held_by(project("event", code="AMOA-04", **on_days("AMOA-04", "2026-03-02")), "AMOA")
    assert age(found, date(2026, 3, 16)) == Age.NO_OCCASION
    assert age(found, date(2026, 3, 17)) == Age.TO_RENEW
    found.acts_ = [{"act": GovernanceAct.SUBMIT, "role": "AMOA", "on": "2026-03-17", "seq": 1}]
    assert age(found, date(2026, 3, 18)) == Age.UP_TO_DATE


@pytest.mark.django_db
def test_a_group_without_a_champion_waits_once_the_design_is_settled(
    owner: Any, outsider: Any, project_one: Any
) -> None:
    group = project_one.recipient_groups.earliest("pk")
    backdate("projects_project", "gate", "G1", "id = %s", [project_one.pk])
    assert since(project_one, "DEST-08") == [], "before G2 nobody waits for champions"
    backdate("projects_project", "gate", "G2", "id = %s", [project_one.pk])
    alone = since(project_one, "DEST-08")
    assert len(alone) == project_one.recipient_groups.count(), "a representative is no champion"
    role = project_one.mandates.active().filter(role__code="DEST").first().role
    seat = appoint(actor=owner, project=project_one, role=role, holder=outsider, group=group.name, champion=True)
    assert len(since(project_one, "DEST-08")) == len(alone) - 1
    end_mandate(actor=owner, mandate=seat)
    assert len(since(project_one, "DEST-08")) == len(alone)
    assert today() in since(project_one, "DEST-08"), "since the day on which the champion left"
    states = load_states(project_one)["DEST-08"]
    assert {(fading.days, fading.gone) for _on, _until, fading in states} == {(20, 35)}


@pytest.mark.django_db
def test_a_must_have_that_has_changed_waits_until_its_tests_are_looked_at(
    owner: Any, amoa: Any, project_one: Any
) -> None:
    baseline = requirements.freeze(amoa, project_one)
    requirements.approve(owner, project_one, baseline)
    test = project_one.tests.in_use().filter(requirement__priority="must").earliest("pk")
    assert since(project_one, "AMOA-07") == []
    requirements.edit(amoa, test.requirement, statement="The plan shows each berth within two seconds.")
    assert since(project_one, "AMOA-07") == [today()]
    [(_on, _until, fading)] = load_states(project_one)["AMOA-07"]
    assert (fading.days, fading.gone) == (15, 30)
    write_test(
        actor=amoa, project=project_one, fields={"expected": "Within two seconds."}, row=test, seen=version_of(test)
    )
    assert since(project_one, "AMOA-07") == []
