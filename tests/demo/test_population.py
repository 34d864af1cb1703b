"""Test the population for measurements: it passes every guard, verifies, and refuses to run in the wrong place."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from demo.population import populate as populating
from demo.population.populate import plans, populate
from demo.population.projects import prefix_of
from demo.population.sizes import SIZES, Odd, Size
from governance.models import Condition, Decision, Proposal, ProposalRevision
from governance.record.verification.verifier import verify
from pmo.models import Risk, WeatherReport
from pmo.standards.conformity.enums import Standing
from projects.models import Delegation, LedgerEvent, Mandate, Notification, Project
from tests.bench import measures, scaled
from tests.database import owning, undone
from tests.pmo.standards.conformity.checked_standards import by_standard

pytestmark = pytest.mark.django_db

SMALL, ODD = Size(10, 110), Odd(revisions=4, pending=8, requirements=0, mandates=14)


def test_the_same_size_gives_the_same_plan_and_all_of_its_proposals() -> None:
    now = timezone.now()
    for size in SIZES.values():
        made = plans(size, now)
        assert made == plans(size, now)
        assert (len(made), sum(plan.proposals for plan in made)) == (size.projects, size.proposals)
        assert all(plan.parent is None or plan.parent < plan.number for plan in made)
        assert {len(prefix_of(plan.number)) for plan in made} == {4}
        assert len({prefix_of(plan.number) for plan in made}) == size.projects
        assert all(now - plan.began >= timedelta(days=60) for plan in made)


def test_populate_refuses_production_and_the_runtime_role(settings: Any, scenario: dict[str, Any]) -> None:
    settings.ENVIRONMENT = settings.PRODUCTION
    with pytest.raises(CommandError, match="not in production"):
        call_command("populate")
    settings.ENVIRONMENT = settings.TEST
    settings.OWNS_DATABASE = False
    with pytest.raises(CommandError, match="OUVRAGE_DB_ROLE=owner"):
        call_command("populate")


def test_populate_refuses_projects_of_another_origin(
    settings: Any, scenario: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OWNS_DATABASE = True
    with pytest.raises(CommandError, match="--into-existing"):
        call_command("populate")
    monkeypatch.setattr("demo.management.commands.populate.populate", lambda *asked: iter([(1, 1)]))
    call_command("populate", "--into-existing")
    monkeypatch.setattr("demo.management.commands.populate.is_populated", lambda: True)
    with pytest.raises(CommandError, match="populated already"):
        call_command("populate", "--into-existing")


def test_a_slice_is_one_function(scenario: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    met: list[tuple[str, int]] = []
    monkeypatch.setattr(populating, "SLICES", [lambda place, writer, count: met.append((place.project.code, count))])
    with owning():
        list(islice(populate(Size(2, 9), None, 1), 2))  # the statistics that follow take longer than all projects
    assert len(met) == 2
    assert sum(count for _code, count in met) == 9


# — a population, made once —


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Create a small population beside the cast, once for the tests that follow."""
    with django_db_blocker.unblock(), undone():
        with owning():
            list(populate(SMALL, ODD, 1))
            connection.check_constraints()
        yield


@pytest.fixture
def populated(standing: None, db: None) -> Any:
    """Return the projects of the population."""
    return Project.objects.filter(code__startswith="SCALE-")


def test_a_population_verifies_and_says_that_it_was_entered_afterwards(populated: Any) -> None:
    report = verify()
    assert (report.result, report.faults) == (0, [])
    events = LedgerEvent.objects.filter(project__in=populated)
    assert events.filter(act="decide").count() == Decision.objects.filter(project__in=populated).count() > 50
    assert not events.filter(entered_afterwards=False).exists()
    assert not ProposalRevision.objects.filter(proposal__project__in=populated, entered_afterwards=False).exists()
    assert not Notification.objects.filter(event__project__in=populated, recipient__email__contains="@pop").exists()


def test_every_state_and_level_occurs_with_a_history_of_its_own(populated: Any) -> None:
    files = Proposal.objects.filter(project__in=populated)
    states = set(files.values_list("state", flat=True))
    assert {"draft", "submitted", "ready_for_decision", "decided", "conditions_open", "closed", "returned"} <= states
    assert set(populated.values_list("level", flat=True)) == {"project", "programme", "portfolio"}
    assert populated.exclude(parent=None).exists()
    assert Condition.objects.filter(decision__project__in=populated).overdue().exists()
    for file in files.filter(state="decided")[:20]:
        told = [(row.state, row.history_date) for row in file.history.order_by("history_id")]
        assert [state for state, _at in told] == ["draft", "submitted", "ready_for_decision", "decided"] or len(
            told
        ) > 4
        assert [at for _state, at in told] == sorted(at for _state, at in told)


def test_the_pmo_finds_risks_checks_and_weather_as_people_leave_them(populated: Any) -> None:
    risks = Risk.objects.filter(project__in=populated)
    assert set(risks.values_list("status", flat=True)) >= {"proposed", "treated", "closed"}
    for risk in risks.filter(status="treated")[:20]:
        assert [row.kind for row in risk.ratings.order_by("acted_at")] == ["initial", "residual"]
        assert [row.status for row in risk.history.order_by("history_date")][:2] == ["proposed", "treated"]
    counted = {share.code: share.counts for share in by_standard(populated)}
    assert {"STD-CHARTER", "STD-GATE"} <= set(counted)
    assert sum(found[Standing.CONFORM] for found in counted.values()) > 20
    assert sum(found[Standing.NOT_CONFORM] for found in counted.values()) > 5
    assert WeatherReport.objects.filter(project__in=populated, trend="worsening").exists()


def test_the_odd_ones_are_as_odd_as_asked(populated: Any) -> None:
    assert Proposal.objects.filter(project__in=populated, revisions__number=ODD.revisions).count() == 1
    waiting = Mandate.objects.active().filter(holder__email="pop-waited-0001@example.org").values("project")
    assert Proposal.objects.filter(project__in=waiting, state="ready_for_decision").count() == ODD.pending
    assert Mandate.objects.filter(holder__email="pop-everywhere-0001@example.org").count() == ODD.mandates
    assert Delegation.objects.filter(mandate__project__in=populated).exists()


def test_the_bench_finds_each_page_of_a_population_and_its_floor_does_the_same_job(
    populated: Any, client_of: Any, settings: Any
) -> None:
    settings.ROOT_URLCONF = "tests.bench.urls"
    for page in scaled.pages():
        client = client_of(page.reader)
        shown = client.get(page.path)
        assert shown.status_code == 200, page.name
        if page.dashboard:
            scaled.compare_counts(page.name, page.dashboard, page.reader)
        if page.has_floor:
            least = client.get(f"/floor{page.path}")
            measures.compare(page.name, shown.content.decode(), least.content.decode(), exact=False)
