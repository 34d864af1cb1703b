"""Test traceability: from the need to the decision and back, gaps, and the export."""

import csv
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from io import StringIO
from typing import Any

import pytest
from django.utils import timezone, translation

from amoa.models import AcceptanceCampaign, AcceptanceTest, Defect, Deliverable, Requirement, TestRun
from amoa.requirements.services import freeze_baseline, write_requirement
from amoa.traceability import exports
from amoa.traceability.coverage import Alert, count_alerts, filter_by_alert, list_loose_tests, list_traces
from amoa.traceability.paths import list_paths
from core.acts import acting_as
from core.record.sealing import term_of
from core.tables.reader import open_table
from governance.models import Decision
from projects.models import Project
from tests import acts, pdf
from tests.database import fire_deferred_triggers

pytestmark = pytest.mark.django_db


@dataclass
class Place:
    """A project with a need, a requirement that is tested and decided, and some that lack something."""

    project: Project
    need: Requirement
    traced: Requirement
    bare: Requirement
    test: AcceptanceTest
    loose: AcceptanceTest
    campaign: AcceptanceCampaign
    defect: Defect
    deliverable: Deliverable
    decision: Decision


@pytest.fixture(scope="module")
def kept_place(kept_cast: dict[str, Any]) -> Place:
    """Trace a need to its decision, once for the file."""
    cast, project_one = kept_cast, Project.objects.get(code="ONE")
    amoa, today = cast["amoa"], timezone.localdate()
    with acting_as(amoa), translation.override("en"):
        group = project_one.recipient_groups.create(name="Pilots of the tugs")
        deliverable = Deliverable.objects.create(project=project_one, code="DL-99", name="Berth plan")

        def written(**fields: Any) -> Requirement:
            content = {"kind": "functional", "state": "proposed"} | fields
            return write_requirement(actor=amoa, project=project_one, fields=content)

        need = written(kind="need", title="Nobody knows which berth is free", source="Workshop 3")
        traced = written(
            title="Crews see the berth plan",
            parent=need,
            recipients=[group.pk],
            deliverable=deliverable,
            criteria=[{"number": "1", "text": "The plan is at most 2 minutes old."}, {"number": "2", "text": "=1+1"}],
        )
        bare = written(title="Crews hear the tide", priority="must")
        baseline = freeze_baseline(actor=amoa, project=project_one)
        terms = {"baseline": term_of(baseline.number, baseline.hash)}
        decision = acts.decide(cast["owner"], acts.submit_to_owner(project_one, "requirement_baseline", terms=terms))
        test = AcceptanceTest.objects.create(
            project=project_one, code="T-901", title="Look at the plan", requirement=traced, criterion="1"
        )
        loose = AcceptanceTest.objects.create(project=project_one, code="T-902", title="Belongs to nothing")
        campaign = AcceptanceCampaign.objects.create(
            project=project_one, number=91, stage="fitness", title="Pilot", starts_on=today, ends_on=today
        )
        TestRun.objects.create(
            project=project_one,
            campaign=campaign,
            test=test,
            version=1,
            result="failed",
            note="3 minutes",
            run_by=amoa,
            acted_at=timezone.now(),
        )
        defect = Defect.objects.create(
            project=project_one,
            number=91,
            campaign=campaign,
            test=test,
            severity="major",
            title="Too old",
            reported_by=amoa,
            reported_at=timezone.now(),
        )
        acts.leave_event(project_one)
    fire_deferred_triggers()
    return Place(project_one, need, traced, bare, test, loose, campaign, defect, deliverable, decision)


@pytest.fixture
def place(kept_place: Place, cast: dict[str, Any]) -> Iterator[Place]:
    """Act as the AMOA, in English."""
    with acting_as(cast["amoa"]), translation.override("en"):
        yield deepcopy(kept_place)


def of(place: Place, requirement: Requirement) -> Any:
    [found] = list_traces(Requirement.objects.filter(pk=requirement.pk))
    return found


def test_a_trace_goes_from_the_need_to_the_decision(place: Place) -> None:
    trace = of(place, place.traced)
    assert trace.need == place.need
    assert [(criterion.number, [t.test.code for t in criterion.tests]) for criterion in trace.criteria] == [
        ("1", ["T-901"]),
        ("2", []),
    ]
    assert trace.approval == place.decision
    assert [tested.run.result for tested in trace.tests] == ["failed"]


def test_a_gap_is_reported_once(place: Place) -> None:
    assert of(place, place.traced).alerts == (Alert.FAILED,)
    assert of(place, place.bare).alerts == (Alert.MUST_NOT_COVERED, Alert.NO_RECIPIENT)


def test_the_counts_and_the_filters_agree_with_the_traces(place: Place) -> None:
    every = place.project.requirements.requirements()
    told = {alert: {trace.requirement.pk for trace in list_traces(every) if alert in trace.alerts} for alert in Alert}
    told[Alert.NO_TEST] |= told[Alert.MUST_NOT_COVERED]  # a must without a test is a requirement without a test
    for alert, _label, count in count_alerts(place.project)["alerts"]:
        found = set(filter_by_alert(every, place.project, alert).values_list("pk", flat=True))
        assert (found, count) == (told[alert], len(found)), alert
    without = place.project.tests.filter(requirement=None, retired=False).count()
    assert [test.of for test in list_loose_tests(place.project, 1)] == [without]
    assert place.loose in list_loose_tests(place.project, without)


def test_a_retired_test_covers_nothing(place: Place) -> None:
    with acting_as(place.decision.decided_by):
        place.test.retired = True
        place.test.save()
    acts.leave_event(place.project)
    assert Alert.NO_TEST in of(place, place.traced).alerts


@pytest.mark.parametrize("name", ["traced", "test", "campaign", "defect", "deliverable"])
def test_the_path_from_any_item_ends_at_the_decision(place: Place, name: str) -> None:
    [path] = list_paths(getattr(place, name))
    assert path.decision == place.decision
    assert path.steps[-1].name == place.decision.reference
    assert path.steps[-2].name == str(place.need)


def test_a_path_that_breaks_off_says_where(place: Place, amoa: Any) -> None:
    [path] = list_paths(place.loose)
    assert (path.decision, path.steps[-1].is_missing) == (None, True)
    later = write_requirement(actor=amoa, project=place.project, fields={"kind": "functional", "title": "Later"})
    [path] = list_paths(later)
    assert [step.is_missing for step in path.steps] == [False, True, True]


def test_no_cell_of_a_file_is_a_formula(place: Place) -> None:
    found = list_traces(place.project.requirements.requirements().order_by("code"))
    text = exports.write_csv(place.project, found, timezone.now()).decode("utf-8-sig")
    cells = [cell for row in csv.reader(StringIO(text)) for cell in row]
    assert "'=1+1" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_table_holds_one_line_a_test(place: Place, kind: str) -> None:
    found = list_traces(place.project.requirements.requirements().order_by("code"))
    table = open_table(f"trace.{kind}", exports.FORMATS[kind][1](place.project, found, timezone.now()))
    lines = [list(row) for row in table.rows]
    assert list(table.header) == exports.list_headers()
    assert lines == [[cell.strip() for cell in row] for row in exports.iterate_lines(found)]


def test_the_reqif_holds_needs_above_their_requirements(place: Place) -> None:
    found = list_traces(place.project.requirements.requirements().order_by("code"))
    table = open_table("trace.reqif", exports.write_reqif(place.project, found, timezone.now()))
    rows = [dict(zip(table.header, row, strict=True)) for row in table.rows]
    told = {row["Identifier"]: row for row in rows}
    assert told[place.traced.code]["Parent"] == place.need.code
    assert told[place.need.code]["Title"] == place.need.title


def test_the_paper_says_the_same(place: Place) -> None:
    found = list_traces(place.project.requirements.requirements().order_by("code"))
    text = pdf.text(exports.write_pdf(place.project, found, timezone.now()))
    for words in ("Traceability matrix", place.traced.code, "T-901", place.decision.reference):
        assert pdf.squeezed(words) in text
    state = pdf.squeezed(exports.describe_baseline(place.project))
    assert text.count(state) > pdf.pages(exports.write_pdf(place.project, found, timezone.now()))
