"""Attack the triggers and constraints on deliverables, tests, campaigns, results and defects."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from amoa.acceptance.models import build_report_content
from amoa.models import AcceptanceCampaign, AcceptanceTest, Defect, Deliverable, Requirement, TestRun
from core.record.sealing import content_hash
from projects.models import Project
from tests.attacks import Attacks, Declared, leaves

pytestmark = pytest.mark.django_db


class World:
    """Project one with its acceptance, written past the services."""

    def __init__(self, cast: dict[str, Any], project: Project, other: Project) -> None:
        self.cast, self.project, self.other = cast, project, other
        self.today = timezone.localdate()
        self.open = project.campaigns.get(closed_at=None)
        self.closed = project.campaigns.exclude(closed_at=None).get()

    def add(self, model: Any, **fields: Any) -> Any:
        """Write a row of project one."""
        return model.objects.bulk_create([model(**{"project": self.project} | fields)])[0]

    def change(self, row: Any, **fields: Any) -> None:
        """Change a row."""
        assert type(row).objects.filter(pk=row.pk).update(**fields)

    def first(self, model: Any) -> Any:
        """Return the first row of project one."""
        return model.objects.filter(project=self.project).earliest("pk")

    def deliverable(self, **fields: Any) -> Any:
        return self.add(Deliverable, **{"code": "D-99", "name": "Lamps"} | fields)

    def test(self, **fields: Any) -> Any:
        return self.add(AcceptanceTest, **{"code": "T-099", "title": "The lamp is lit"} | fields)

    def campaign(self, **fields: Any) -> Any:
        given = {"number": 99, "stage": "fitness", "title": "Again", "starts_on": self.today, "ends_on": self.today}
        return self.add(AcceptanceCampaign, **given | fields)

    def close(self, row: Any = None, **fields: Any) -> None:
        """Close a campaign, valid except for the changes."""
        row = row or self.open
        found = build_report_content(row)
        given = {"report": found, "hash": content_hash(found), "closed_at": timezone.now()}
        self.change(row, **given | {"closed_by": self.cast["amoa"]} | fields)

    def run(self, **fields: Any) -> Any:
        given = {
            "campaign": self.open,
            "test": self.first(AcceptanceTest),
            "result": "passed",
            "run_by": self.cast["amoa"],
            "acted_at": timezone.now(),
        }
        return self.add(TestRun, **given | fields)

    def defect(self, **fields: Any) -> Any:
        given = {
            "number": 99,
            "campaign": self.open,
            "severity": "minor",
            "title": "A scratch",
            "reported_by": self.cast["amoa"],
            "reported_at": timezone.now(),
        }
        return self.add(Defect, **given | fields)

    @property
    def foreign(self) -> dict[str, Any]:
        """Return an object of project two, to refer to."""
        today = {"starts_on": self.today, "ends_on": self.today}
        requirement = {"kind": "functional", "title": "A", "code": "TWO-1", "author": self.cast["other_amoa"]}
        return {
            "deliverable": self.add(Deliverable, project=self.other, code="D-1", name="Tickets"),
            "campaign": self.add(
                AcceptanceCampaign, project=self.other, number=1, stage="fitness", title="Theirs", **today
            ),
            "test": self.add(AcceptanceTest, project=self.other, code="T-1", title="Theirs"),
            "requirement": self.add(Requirement, project=self.other, changed_at=timezone.now(), **requirement),
        }


Attempt = Callable[[World], Any]
TOGETHER = "What belongs together is of one project"
KEEPS = "A row keeps its project and what names it"
AS_CLOSED = "A closed campaign stays as it was closed"
OPENED = "A campaign is opened before it is closed"
HASHED = "A closed campaign carries the hash of its report"
WHILE_OPEN = "A result is added while its campaign is open"
BORN_OPEN = "A defect is open when it is reported"
LIFE = "A defect is corrected, then closed; a closed one is reported again"


def _defect_in(world: World, state: str) -> Any:
    return world.project.defects.filter(state=state).earliest("pk")


TRIGGERS: list[Declared] = [
    *(
        (f"{model._meta.model_name}.stays_on_its_project", f"another {column}", attack, KEEPS)
        for model, column, value in (
            (Deliverable, "code", "D-98"),
            (AcceptanceTest, "code", "T-098"),
            (AcceptanceCampaign, "number", 98),
            (Defect, "number", 98),
        )
        for attack in [
            lambda w, m=model, c=column, v=value: w.change(w.open if m is AcceptanceCampaign else w.first(m), **{c: v})
        ]
    ),
    ("deliverable.stays_on_its_project", "moved", lambda w: w.change(w.first(Deliverable), project=w.other), KEEPS),
    (
        "defect.stays_on_its_project",
        "reported by another",
        lambda w: w.change(w.first(Defect), reported_by=w.cast["pmo"]),
        KEEPS,
    ),
    (
        "defect.stays_on_its_project",
        "found in another campaign",
        lambda w: w.change(_defect_in(w, "open"), campaign=w.closed),
        KEEPS,
    ),
    (
        "acceptancetest.points_within_its_project",
        "of a foreign requirement",
        lambda w: w.test(requirement=w.foreign["requirement"]),
        TOGETHER,
    ),
    (
        "acceptancetest.points_within_its_project",
        "given a foreign requirement",
        lambda w: w.change(w.first(AcceptanceTest), requirement=w.foreign["requirement"]),
        TOGETHER,
    ),
    (
        "acceptancecampaign.points_within_its_project",
        "on a foreign deliverable",
        lambda w: w.campaign(deliverable=w.foreign["deliverable"]),
        TOGETHER,
    ),
    (
        "testrun.points_within_its_project",
        "in a foreign campaign",
        lambda w: w.run(campaign=w.foreign["campaign"]),
        TOGETHER,
    ),
    ("testrun.points_within_its_project", "of a foreign test", lambda w: w.run(test=w.foreign["test"]), TOGETHER),
    (
        "defect.points_within_its_project",
        "in a foreign campaign",
        lambda w: w.defect(campaign=w.foreign["campaign"]),
        TOGETHER,
    ),
    ("defect.points_within_its_project", "of a foreign test", lambda w: w.defect(test=w.foreign["test"]), TOGETHER),
    (
        "acceptancecampaign.is_closed_once",
        "born closed",
        lambda w: w.campaign(closed_at=timezone.now(), closed_by=w.cast["amoa"], report={}, hash=content_hash({})),
        OPENED,
    ),
    ("acceptancecampaign.is_closed_once", "closed twice", lambda w: w.close(w.closed), AS_CLOSED),
    ("acceptancecampaign.is_closed_once", "renamed", lambda w: w.change(w.closed, title="Better"), AS_CLOSED),
    (
        "acceptancecampaign.is_closed_once",
        "opened again",
        lambda w: w.change(w.closed, closed_at=None, closed_by=None, report=None, hash=""),
        AS_CLOSED,
    ),
    ("acceptancecampaign.is_closed_once", "another hash", lambda w: w.close(hash="0" * 64), HASHED),
    ("acceptancecampaign.is_closed_once", "no hash", lambda w: w.close(hash=""), HASHED),
    ("acceptancecampaign.is_closed_once", "another report", lambda w: w.close(report={"results": []}), HASHED),
    ("testrun.is_run_while_its_campaign_is_open", "after the closing", lambda w: w.run(campaign=w.closed), WHILE_OPEN),
    ("defect.follows_its_life", "born corrected", lambda w: w.defect(state="corrected", correction="Done."), BORN_OPEN),
    ("defect.follows_its_life", "born closed", lambda w: w.defect(state="closed"), BORN_OPEN),
    ("defect.follows_its_life", "opened again", lambda w: w.change(_defect_in(w, "closed"), state="open"), LIFE),
    (
        "defect.follows_its_life",
        "corrected once closed",
        lambda w: w.change(_defect_in(w, "closed"), state="corrected"),
        LIFE,
    ),
    ("defect.follows_its_life", "lost", lambda w: w.change(_defect_in(w, "open"), state="lost"), LIFE),
    *(
        (f"{model._meta.model_name}.leaves_an_event", "written without an event", attack, leaves(model))
        for model, attack in (
            (Deliverable, lambda w: w.deliverable()),
            (AcceptanceTest, lambda w: w.test()),
            (AcceptanceCampaign, lambda w: w.campaign()),
            (TestRun, lambda w: w.run()),
            (Defect, lambda w: w.defect()),
        )
    ),
    ("acceptancecampaign.leaves_an_event", "closed without an event", lambda w: w.close(), leaves(AcceptanceCampaign)),
    (
        "defect.leaves_an_event",
        "closed without an event",
        lambda w: w.change(_defect_in(w, "open"), state="closed"),
        leaves(Defect),
    ),
]

#: constraint → a row it refuses.
CONSTRAINTS: dict[str, Attempt] = {
    "one_deliverable_per_code_and_project": lambda w: w.deliverable(code="D-10"),
    "one_test_per_code_and_project": lambda w: w.test(code="T-001"),
    "a_test_has_a_code_and_a_title": lambda w: w.test(title=""),
    "one_campaign_per_number": lambda w: w.campaign(number=1),
    "a_campaign_has_a_known_stage": lambda w: w.campaign(stage="whim"),
    "a_campaign_ends_after_it_starts": lambda w: w.campaign(ends_on=w.today - timedelta(days=1)),
    "unavailability_is_a_share": lambda w: w.campaign(unavailability=101),
    "a_closed_campaign_has_its_report": lambda w: w.close(closed_by=None),
    "a_run_has_a_known_result": lambda w: w.run(result="perhaps", note="Hm."),
    "a_run_that_did_not_pass_says_what_was_seen": lambda w: w.run(result="blocked"),
    "one_defect_per_number": lambda w: w.defect(number=1),
    "a_defect_has_a_known_severity": lambda w: w.defect(severity="huge"),
    "a_defect_has_a_title": lambda w: w.defect(title=""),
    "a_correction_says_what_was_done": lambda w: w.change(_defect_in(w, "open"), state="corrected", correction=""),
}


@pytest.fixture
def world(cast: dict[str, Any], project_one: Any, project_two: Any) -> World:
    """Build the world of these attacks."""
    return World(cast, project_one, project_two)


ATTACKS = Attacks(TRIGGERS, CONSTRAINTS)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, world: World) -> None:
    ATTACKS.prove(guard, world)
