"""Conformity: what is due at the next gate, what was found, what the system sees itself; unanswered is no failure."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import override

from governance.charts import months_back
from governance.conformity import computed
from governance.conformity.computed import CHECKS, compute, working_days
from governance.conformity.due import passed_gates
from governance.conformity.reading import shares, standing
from governance.conformity.services import record_check
from governance.conformity_checks.enums import Result, Standing
from governance.figures import musts, uncovered
from governance.models import ConformityCheck, LedgerEvent
from governance.risks.services import review_risks
from governance.standards.days import ZONE
from projects.models import Project, Requirement
from roles.access import Refused
from roles.acting import back_entry
from roles.enums import Gate
from tests import acts
from tests.baselines import written
from tests.checked_standards import adopted, by_standard, checkpoint, nested, stood
from tests.conftest import CAST
from tests.database import owning, run, statements
from tests.governance.test_waivers import expired, granted

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """The sentences are read as an English reader gets them."""
    with override("en"):
        yield


@pytest.fixture
def standard(project_one: Any) -> Any:
    """STD-A of project one, with three checkpoints."""
    return adopted(project_one, "STD-A", "Read", "Heard", "Seen")


def found(pmo: Any, version: Any, number: int = 1, result: Result = Result.NOT_CONFORM, **more: Any) -> ConformityCheck:
    """Record a check at a checkpoint."""
    given = {"finding": "As seen on the quay."} | more
    return record_check(
        actor=pmo, project=given.pop("project", version.standard.project), checkpoint=checkpoint(version, number),
        result=result, **given,
    )  # fmt: skip


def codes(project: Any, at: Any = None) -> list[str]:
    """The standards due."""
    return sorted({row.checkpoint.version.standard.code for row in stood(project, at)})


# — recording a check —


def test_the_last_check_of_a_checkpoint_rules(pmo: Any, project_one: Any, standard: Any) -> None:
    first = found(pmo, standard)
    found(pmo, standard, 2, Result.CONFORM, finding="")
    found(pmo, standard, result=Result.PARTIALLY_CONFORM)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    assert [row.standing for row in stood(project_one)] == ["partially_conform", "conform", "unanswered"]
    assert ConformityCheck.objects.filter(pk=first.pk).exists()
    event = LedgerEvent.objects.latest("pk")
    assert (event.act, event.detail, event.role) == ("check_conformity", "partially_conform", "PMO")


def test_where_it_stood_at_an_earlier_moment_can_be_read(pmo: Any, project_one: Any, standard: Any) -> None:
    with owning(), back_entry(timezone.now() - 3 * DAY):
        found(pmo, standard)
    found(pmo, standard, result=Result.CONFORM)
    assert [stood(project_one, timezone.now() - n * DAY)[0].standing for n in (0, 2, 4)] == [
        "conform", "not_conform", "unanswered",
    ]  # fmt: skip


@pytest.mark.parametrize("result", set(Result) - {Result.CONFORM})
def test_only_conform_speaks_for_itself(result: Result, pmo: Any, standard: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        found(pmo, standard, result=result, finding="")
    assert refused.value.code == "finding"
    assert not ConformityCheck.objects.exists()


@pytest.mark.parametrize(
    ("action", "code"),
    [
        ({"action": "Fix the map."}, "action_role"),
        ({"action": "Fix the map.", "action_role": "MOE"}, "action_due"),
        ({"action_role": "MOE", "action_due": TODAY}, "action"),
        ({"action": "Fix the map.", "action_role": "NONE", "action_due": TODAY}, "action_role"),
    ],
)
def test_an_action_is_whole(action: dict[str, Any], code: str, pmo: Any, standard: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        found(pmo, standard, **action)
    assert refused.value.code == code
    found(pmo, standard, action="Fix the map.", action_role="MOE", action_due=TODAY)


def test_a_check_is_on_what_is_in_force_for_the_project(
    pmo: Any, project_one: Any, project_two: Any, standard: Any
) -> None:
    elsewhere = adopted(project_two, "STD-A")
    over = adopted(project_one, "STD-OLD", until=TODAY)
    for version in (elsewhere, over):
        with pytest.raises(ValidationError) as refused:
            found(pmo, version, project=project_one)
        assert refused.value.code == "checkpoint"


def test_the_evidence_is_of_the_project(
    pmo: Any, other_owner: Any, project_one: Any, project_two: Any, standard: Any
) -> None:
    theirs = acts.documented(other_owner, project_two)
    with pytest.raises(ValidationError) as refused:
        found(pmo, standard, evidence=theirs)
    assert refused.value.code == "evidence"
    assert found(pmo, standard, evidence=acts.documented(pmo, project_one)).evidence is not None


@pytest.mark.parametrize("member", set(CAST) - {"pmo", "anonymous"})
def test_only_who_keeps_the_standards_checks(member: str, cast: dict[str, Any], standard: Any) -> None:
    with pytest.raises(Refused):
        found(cast[member], standard)
    assert not ConformityCheck.objects.exists()


# — what is due —


def test_the_next_gate_follows_from_decisions_that_took_effect(project_one: Any, project_two: Any, owner: Any) -> None:
    def next_gate(project: Any) -> Gate | None:
        return Project.objects.get(pk=project.pk).next_gate

    assert next_gate(project_two) == Gate.G0
    before = next_gate(project_one)
    assert before is not None
    decision = acts.decided(owner, acts.put(project_one, "gate", terms={"gate": "G3"}))
    assert next_gate(project_one) == Gate.G4
    assert list(passed_gates(project_one))[-1] == Gate.G3
    acts.decided(owner, acts.put(project_one, "arbitration", replaces=decision))
    assert next_gate(project_one) == before
    acts.decided(owner, acts.put(project_one, "gate", terms={"gate": "G5"}))
    assert next_gate(project_one) is None


def test_due_is_what_holds_at_the_level_up_to_the_next_gate(project_one: Any, project_two: Any, owner: Any) -> None:
    adopted(project_one, "STD-G0")
    adopted(project_one, "STD-G5", gate="G5")
    adopted(project_one, "STD-PRG", levels=["programme"])
    adopted(project_one, "STD-SOON", since=TODAY + DAY)
    adopted(project_one, "STD-OVER", until=TODAY)
    adopted(project_two, "STD-THEIRS")
    assert codes(project_one) == ["STD-G0"]
    assert codes(project_one, timezone.now() + DAY) == ["STD-G0", "STD-SOON"]
    assert codes(project_one, timezone.now() - DAY) == ["STD-G0", "STD-OVER"]
    acts.decided(owner, acts.put(project_one, "gate", terms={"gate": "G4"}))
    assert codes(Project.objects.get(pk=project_one.pk)) == ["STD-G0", "STD-G5"]


def test_the_libraries_above_hold_for_a_project(staff_admin: Any, owner: Any) -> None:
    above, below = nested(staff_admin, owner)
    adopted(above, "STD-ABOVE", levels=["project", "programme"])
    adopted(below, "STD-HERE")
    assert codes(below) == ["STD-ABOVE", "STD-HERE"]
    assert codes(above) == ["STD-ABOVE"]


# — over many projects —


def test_figures_over_many_projects_agree_with_each_project(
    pmo: Any, owner: Any, project_one: Any, project_two: Any, staff_admin: Any, standard: Any
) -> None:
    above, below = nested(staff_admin, owner)
    adopted(above, "STD-A", "From above", levels=["project", "programme"])
    adopted(project_two, "STD-B", gate="G2")
    adopted(project_one, "STD-G5", gate="G5")
    found(pmo, standard, 1)
    granted(project_one, owner, "STD-A.1#1")
    found(pmo, standard, 2, Result.CONFORM)
    for at in (timezone.now(), timezone.now() + 61 * DAY, timezone.now() - 800 * DAY):
        for project in (project_one, project_two, above, below):
            one = [share for share in by_standard(Project.objects.filter(pk=project.pk), at) if share.total]
            assert one == shares(standing(project, at)), (project, at)
    every = by_standard(Project.objects.filter(pk__in=[project_one.pk, above.pk, below.pk]))
    share = next(share for share in every if share.code == "STD-A")
    counted = {one.value: n for one, n in share.counts.items() if n}
    assert (share.code, share.total, share.answered) == ("STD-A", 5, 2)
    assert counted == {"waived": 1, "conform": 1, "unanswered": 3}


def test_an_expired_waiver_counts_as_not_conform_over_many_projects_too(
    project_one: Any, owner: Any, standard: Any
) -> None:
    expired(project_one, owner)
    share = next(share for share in by_standard(Project.objects.all()) if share.code == "STD-A")
    assert share.counts[Standing.NOT_CONFORM] == 1
    assert [share] == shares(stood(project_one))


def test_many_projects_take_as_many_queries_as_one(
    staff_admin: Any, owner: Any, project_one: Any, standard: Any
) -> None:
    counts = []
    for projects in (Project.objects.filter(pk=project_one.pk), Project.objects.all()):
        with statements() as asked:
            by_standard(projects)
        counts.append(asked.total())
    assert counts == [4, 4]


# — what the system sees itself —


def test_every_check_answers_or_says_that_it_cannot(project_one: Any, project_two: Any) -> None:
    for name in CHECKS:
        for project in (project_one, project_two):
            answer = compute(name, project)
            assert answer is None or (answer.sentence.endswith(".") and answer.facts), name
    assert compute("unknown", project_one) is None


def test_what_cannot_be_computed_is_answered_by_a_person(pmo: Any, project_two: Any) -> None:
    """Without an open risk, and before the launch, nobody but a person can tell."""
    for name in ("risks_reviewed_monthly", "dashboard_published_monthly"):
        assert compute(name, project_two) is None, name


def test_success_criteria_count_once_the_owner_has_approved_all_of_them(project_one: Any, project_two: Any) -> None:
    none, some = compute("success_criteria_approved", project_two), compute("success_criteria_approved", project_one)
    assert none is not None
    assert some is not None
    assert (none.result, none.facts[0].number) == (Result.NOT_CONFORM, 0)
    states = list(project_one.success_criteria.values_list("state", flat=True))
    assert [fact.number for fact in some.facts] == [states.count("approved"), states.count("proposed")]
    assert some.result == Result.PARTIALLY_CONFORM


@pytest.mark.parametrize(("approved", "result"), [(1, "partially_conform"), (2, "conform"), (5, "conform"),
                                                  (6, "partially_conform")])  # fmt: skip
def test_a_project_has_from_two_to_five_success_criteria(approved: int, result: str) -> None:
    """As the checkpoint of the catalogue says, over which the system rules."""
    states = SimpleNamespace(values_list=lambda *_names, **_how: ["approved"] * approved)
    project: Any = SimpleNamespace(code="ONE", success_criteria=states)
    answer = compute("success_criteria_approved", project)
    assert answer is not None
    assert answer.result == result


def test_risks_count_as_reviewed_within_a_month_of_the_act(project_one: Any, pmo: Any) -> None:
    review_risks(actor=pmo, project=project_one, note="As before.")
    now = compute("risks_reviewed_monthly", project_one)
    later = compute("risks_reviewed_monthly", project_one, timezone.now() + timedelta(days=40))
    assert now is not None
    assert later is not None
    assert (now.result, now.facts[0].number) == (Result.CONFORM, project_one.risks.open().count())
    assert (later.result, later.facts[1].number) == (Result.NOT_CONFORM, 0)


def test_the_weather_is_due_each_full_month_three_at_most(project_one: Any) -> None:
    months = months_back(TODAY - 9 * DAY, 4)[:-1]
    published = set(project_one.weather.values_list("month", flat=True))
    found = compute("dashboard_published_monthly", project_one)
    assert found is not None
    due = [month for month in months if month >= project_one.starts_on.replace(day=1)]
    assert [fact.number for fact in found.facts] == [len(due), len(published & set(due))]


@pytest.mark.parametrize(("day", "months"), [(1, None), (9, None), (10, 1), (31, 1)])
def test_the_weather_of_a_month_is_due_on_the_tenth_of_the_next(day: int, months: int | None, project_one: Any) -> None:
    project_one.starts_on = date(2026, 11, 2)
    answer = compute("dashboard_published_monthly", project_one, datetime(2026, 12, day, 12, tzinfo=ZONE))
    assert (answer.facts[0].number if answer else None) == months


def test_the_system_rules_over_what_a_person_found(pmo: Any, project_one: Any) -> None:
    version = adopted(project_one, "STD-C", "Baseline", computed=["baseline_in_force"])
    found(pmo, version, result=Result.NOT_CONFORM)
    row = stood(project_one)[0]
    assert (row.standing, row.check is not None, row.computed is not None) == (Standing.CONFORM, True, True)


def test_roles_are_defined_once_the_checklist_is_there(project_one: Any, project_two: Any) -> None:
    answer = compute("roles_defined", project_two)
    assert answer is not None
    assert answer.result == Result.NOT_CONFORM
    assert answer.facts[1].number > 0


def test_a_charter_is_a_document_called_one(amoa: Any, project_one: Any) -> None:
    results = []
    for name in ("Quotation 40", "Project charter", "Charte du projet"):
        acts.documented(amoa, project_one, name)
        answer = compute("charter_attached", project_one)
        assert answer is not None
        results.append((answer.result, answer.facts[0].number))
    assert results == [("not_conform", 0), ("conform", 1), ("conform", 2)]


def test_requirements_are_judged_by_the_rules_of_writing(project_one: Any, project_two: Any) -> None:
    assert compute("requirements_linted", project_two) is None
    answer = compute("requirements_linted", project_one)
    assert answer is not None
    assert answer.facts[0].number == project_one.requirements.exclude(state__in=computed.GIVEN_UP).count()


@pytest.mark.parametrize(
    ("passed", "result"),
    [([], None), (["G0"], "conform"), (["G0", "G1", "G2"], "conform"), (["G0", "G2"], "not_conform"),
     (["G1", "G0"], "not_conform")],
)  # fmt: skip
def test_gates_in_order_and_out_of_order(
    passed: list[str], result: str | None, project_one: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(computed, "passed_gates", lambda project, at: dict.fromkeys(map(Gate, passed)))
    answer = compute("gates_decided_in_order", project_one)
    assert (answer.result if answer else None) == result


def test_a_gate_passed_before_the_one_before_it_is_out_of_order(project_one: Any, owner: Any) -> None:
    acts.decided(owner, acts.put(project_one, "gate", terms={"gate": "G4"}))
    answer = compute("gates_decided_in_order", project_one)
    assert answer is not None
    assert answer.result == Result.NOT_CONFORM


def test_must_requirements_need_a_test_and_are_counted_as_at_the_gate(project_one: Any, amoa: Any) -> None:
    written(amoa, project_one, title="Lamps", priority="must", state="draft")
    written(amoa, project_one, title="Boats", priority="must")
    answer = compute("must_requirements_covered", project_one)
    assert answer is not None
    rows = Requirement.objects.filter(project=project_one)
    assert [fact.number for fact in answer.facts] == [musts(rows).count(), uncovered(rows).count()]
    assert answer.facts[1].number


def test_each_group_is_told_something(project_one: Any, project_three: Any) -> None:
    answer = compute("communication_planned", project_one)
    assert answer is not None
    assert answer.facts[0].number == project_one.recipient_groups.count()
    assert compute("communication_planned", project_three) is None


def test_decisions_entered_afterwards_are_not_judged(project_one: Any, owner: Any) -> None:
    assert compute("decisions_listed_in_time", project_one) is None  # the cast is a back-entry
    acts.decided(owner, acts.put(project_one))
    answer = compute("decisions_listed_in_time", project_one)
    assert answer is not None
    assert (answer.result, answer.facts[0].number) == (Result.CONFORM, 1)
    assert answer.facts[2].number == project_one.decisions.count() - 1


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [("2026-11-27", "2026-11-30", 1), ("2026-11-23", "2026-11-30", 5), ("2026-11-28", "2026-11-29", 0),
     ("2026-11-30", "2026-11-27", 0)],
)  # fmt: skip
def test_working_days_are_monday_to_friday(first: str, last: str, days: int) -> None:
    assert working_days(date.fromisoformat(first), date.fromisoformat(last)) == days


def test_acceptance_is_planned_before_it_begins(project_one: Any, project_three: Any) -> None:
    answer = compute("acceptance_planned_before", project_one)
    assert answer is not None
    assert answer.facts[1].number == project_one.campaigns.filter(starts_on__lte=TODAY).count()
    none = compute("acceptance_planned_before", project_three)
    assert none is not None
    assert none.result == Result.NOT_CONFORM


def test_the_number_of_queries_does_not_grow_with_checkpoints(pmo: Any, project_one: Any, standard: Any) -> None:
    counts = []
    for n in range(3):
        adopted(project_one, f"STD-{n}", *(str(k) for k in range(5)))
        with statements() as asked:
            stood(project_one)
        counts.append(len(asked))
    assert len(set(counts)) == 1
