"""Test conformity: checks due at the next gate, results, automatic checks; no answer is not a failure."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import override

from core.access import Refused
from core.acts import back_entry, cached_reads
from pmo.models import ConformityCheck
from pmo.standards.conformity.due import passed_gates
from pmo.standards.conformity.enums import Result, Standing
from pmo.standards.conformity.queries import count_by_standard, list_due_standings
from pmo.standards.conformity.services import record_check
from projects.models import LedgerEvent, Project
from roles.enums import Gate
from tests import acts
from tests.conftest import CAST
from tests.database import fire_deferred_triggers, owning, run, statements
from tests.days import today
from tests.pmo.standards.conformity.checked_standards import adopted, by_standard, checkpoint, list_statuses, nested
from tests.pmo.standards.waivers.test_waivers import expired, grant

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Read the messages in English."""
    with override("en"):
        yield


@pytest.fixture(scope="module")
def kept_standard(kept_database: None) -> Any:
    """Write STD-A of project one, with three checkpoints."""
    version = adopted(Project.objects.get(code="ONE"), "STD-A", "Read", "Heard", "Seen")
    fire_deferred_triggers()
    return version


@pytest.fixture
def standard(kept_standard: Any) -> Any:
    """Return that standard."""
    return deepcopy(kept_standard)


def found(pmo: Any, version: Any, number: int = 1, result: Result = Result.NOT_CONFORM, **more: Any) -> ConformityCheck:
    """Record a check at a checkpoint."""
    given = {"finding": "As seen on the quay."} | more
    return record_check(
        actor=pmo,
        project=given.pop("project", version.standard.project),
        checkpoint=checkpoint(version, number),
        result=result,
        **given,
    )


def codes(project: Any, at: Any = None) -> list[str]:
    """List the standards due."""
    return sorted({row.checkpoint.version.standard.code for row in list_statuses(project, at)})


# — recording a check —


def test_the_last_check_of_a_checkpoint_rules(pmo: Any, project_one: Any, standard: Any) -> None:
    first = found(pmo, standard)
    found(pmo, standard, 2, Result.CONFORM, finding="")
    found(pmo, standard, result=Result.PARTIALLY_CONFORM)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    assert [row.standing for row in list_statuses(project_one)] == ["partially_conform", "conform", "unanswered"]
    assert ConformityCheck.objects.filter(pk=first.pk).exists()
    event = LedgerEvent.objects.latest("pk")
    assert (event.act, event.detail, event.role) == ("check_conformity", "partially_conform", "PMO")


def test_the_status_of_a_checkpoint_at_an_earlier_moment_can_be_read(pmo: Any, project_one: Any, standard: Any) -> None:
    with owning(), back_entry(timezone.now() - 3 * DAY):
        found(pmo, standard)
    found(pmo, standard, result=Result.CONFORM)
    assert [list_statuses(project_one, timezone.now() - n * DAY)[0].standing for n in (0, 2, 4)] == [
        "conform",
        "not_conform",
        "unanswered",
    ]


@pytest.mark.parametrize("result", set(Result) - {Result.CONFORM})
def test_only_conform_speaks_for_itself(result: Result, pmo: Any, standard: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        found(pmo, standard, result=result, finding="")
    assert set(refused.value.message_dict) == {"finding"}
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
    assert set(refused.value.message_dict) == {code}
    found(pmo, standard, action="Fix the map.", action_role="MOE", action_due=today())


def test_a_check_is_on_what_is_in_force_for_the_project(
    pmo: Any, project_one: Any, project_two: Any, standard: Any
) -> None:
    elsewhere = adopted(project_two, "STD-A")
    over = adopted(project_one, "STD-OLD", until=today())
    for version in (elsewhere, over):
        with pytest.raises(ValidationError) as refused:
            found(pmo, version, project=project_one)
        assert set(refused.value.message_dict) == {"checkpoint"}


def test_the_evidence_is_of_the_project(
    pmo: Any, other_owner: Any, project_one: Any, project_two: Any, standard: Any
) -> None:
    theirs = acts.add_document(other_owner, project_two)
    with pytest.raises(ValidationError) as refused:
        found(pmo, standard, evidence=theirs)
    assert set(refused.value.message_dict) == {"evidence"}
    assert found(pmo, standard, evidence=acts.add_document(pmo, project_one)).evidence is not None


def test_only_who_keeps_the_standards_checks(cast: dict[str, Any], standard: Any) -> None:
    for member in sorted({*CAST} - {"pmo", "anonymous"}):
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
    decision = acts.decide(owner, acts.submit_to_owner(project_one, "gate", terms={"gate": "G3"}))
    assert next_gate(project_one) == Gate.G4
    assert list(passed_gates(project_one))[-1] == Gate.G3
    acts.decide(owner, acts.submit_to_owner(project_one, "arbitration", replaces=decision))
    assert next_gate(project_one) == before
    acts.decide(owner, acts.submit_to_owner(project_one, "gate", terms={"gate": "G5", "skips": "A trial."}))
    assert next_gate(project_one) is None


def test_due_is_what_holds_at_the_level_up_to_the_next_gate(project_one: Any, project_two: Any, owner: Any) -> None:
    adopted(project_one, "STD-G0")
    adopted(project_one, "STD-G5", gate="G5")
    adopted(project_one, "STD-PRG", levels=["programme"])
    adopted(project_one, "STD-SOON", since=today() + DAY)
    adopted(project_one, "STD-OVER", until=today())
    adopted(project_two, "STD-THEIRS")
    assert codes(project_one) == ["STD-G0"]
    assert codes(project_one, timezone.now() + DAY) == ["STD-G0", "STD-SOON"]
    assert codes(project_one, timezone.now() - DAY) == ["STD-G0", "STD-OVER"]
    acts.decide(owner, acts.submit_to_owner(project_one, "gate", terms={"gate": "G4", "skips": "A trial."}))
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
    grant(project_one, owner, "STD-A.1#1")
    found(pmo, standard, 2, Result.CONFORM)
    for at in (timezone.now(), timezone.now() + 61 * DAY, timezone.now() - 800 * DAY):
        for project in (project_one, project_two, above, below):
            one = [share for share in by_standard(Project.objects.filter(pk=project.pk), at) if share.total]
            assert one == count_by_standard(list_due_standings(project, at)), (project, at)
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
    assert [share] == count_by_standard(list_statuses(project_one))


def test_many_projects_take_as_many_queries_as_one(
    staff_admin: Any, owner: Any, project_one: Any, standard: Any
) -> None:
    counts = []
    for projects in (Project.objects.filter(pk=project_one.pk), Project.objects.all()):
        with cached_reads(), statements() as asked:
            by_standard(projects)
        counts.append(asked.total())
    assert counts == [5, 5]


def test_the_system_rules_over_what_a_person_found(pmo: Any, project_one: Any) -> None:
    version = adopted(project_one, "STD-C", "Baseline", computed=["baseline_in_force"])
    found(pmo, version, result=Result.NOT_CONFORM)
    row = list_statuses(project_one)[0]
    assert (row.standing, row.check is not None, row.computed is not None) == (Standing.CONFORM, True, True)


def test_the_number_of_queries_does_not_grow_with_checkpoints(pmo: Any, project_one: Any, standard: Any) -> None:
    counts = []
    for n in range(3):
        adopted(project_one, f"STD-{n}", *(str(k) for k in range(5)))
        with statements() as asked:
            list_statuses(project_one)
        counts.append(len(asked))
    assert len(set(counts)) == 1
