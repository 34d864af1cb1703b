"""Test snapshots: the figures of a night are recorded once, and never change."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from core.acts import back_entry
from core.record.sealing import content_hash
from governance.decide.proposals.services import withdraw
from governance.enums import Outcome
from governance.models import Decision, Proposal, ProposalRevision
from pmo.models import Snapshot
from pmo.standards.conformity.queries import list_due_standings, list_project_standings
from pmo.steering.dashboards.figures import list_lines
from pmo.steering.dashboards.scope import visible_parts
from pmo.steering.dashboards.snapshots import monthly_trend, take_missing
from pmo.steering.dashboards.tasks import take_snapshots
from projects.enums import Level
from projects.models import Project
from roles.models import User
from tests import acts
from tests.attacks import Attacks
from tests.database import owning
from tests.pmo.standards.conformity.checked_standards import adopted
from tests.pmo.steering.dashboards.test_dashboards import by_hand
from tests.projects.ledger.tampering import disable_guards

pytestmark = pytest.mark.django_db


def pending_at(project: Project, instant: datetime) -> int:
    """Count the files that waited at `instant`, from rows that never change and the day of a withdrawal."""
    count = 0
    for proposal in Proposal.objects.filter(project=project):
        revisions = ProposalRevision.objects.filter(proposal=proposal, acted_at__lte=instant).order_by("number")
        last = revisions.last()
        answered = last and Decision.objects.filter(revision=last, acted_at__lte=instant).exists()
        withdrawn = proposal.state == "withdrawn" and proposal.state_since <= instant
        count += bool(last and not answered and not withdrawn)
    return count


def test_a_snapshot_agrees_with_the_rows_of_its_instant(project_one: Project, owner: Any, amoa: Any, pmo: Any) -> None:
    """Recounted later from rows that never change, a night's figure equals its snapshot."""
    ready, gone = acts.prepare(amoa, pmo, project=project_one), acts.draft(amoa, project_one)
    acts.submit(amoa, gone)
    take_missing(Project.objects.filter(pk=project_one.pk))
    kept = Snapshot.objects.get(project=project_one, day=timezone.localdate())
    acts.decide(owner, ready, Outcome.REWORK)
    withdraw(actor=amoa, proposal=acts.reread(gone), reasons="Overtaken.")
    acts.submit(amoa, acts.draft(amoa, project_one))
    now = pending_at(project_one, timezone.now())
    assert kept.figures["pending"] == str(pending_at(project_one, kept.taken_at)) != str(now)


def test_the_story_has_a_snapshot_of_each_month(demo: None) -> None:
    kept = Snapshot.objects.filter(project__code="VIGIE").order_by("day")
    assert [snapshot.day.month for snapshot in kept] == list(range(2, 12))


def test_a_condition_that_is_overdue_is_counted_and_listed(demo: None, client_of: Any) -> None:
    owner = User.objects.get(email="karim.delattre@example.org")
    project = Project.objects.get(code="VIGIE")
    [line] = list_lines(visible_parts(project, owner), timezone.now(), timezone.localdate() - timedelta(days=365))
    assert line.overdue == by_hand("VIGIE")["overdue"] > 0
    listed = client_of(owner).get(reverse("pmo:dashboards:dashboard_list", args=["VIGIE", "overdue"]))
    assert listed.context["page"].found == line.overdue


def test_a_night_keeps_each_project_once(project_one: Project) -> None:
    everything = Project.objects.exclude(level=Level.ORGANISATION).count()
    assert take_snapshots() == everything
    assert take_snapshots() == 0
    today = Snapshot.objects.filter(day=timezone.localdate())
    assert today.count() == everything
    one = today.get(project=project_one)
    said = {"day": str(one.day), "project": str(one.project_id), "figures": one.figures}
    assert one.hash == content_hash(said)


def test_a_snapshot_stays_when_the_figures_move_on(project_one: Project, owner: Any, amoa: Any, pmo: Any) -> None:
    take_missing(Project.objects.filter(pk=project_one.pk))
    before = Snapshot.objects.get(project=project_one, day=timezone.localdate()).figures
    acts.decide(owner, acts.prepare(amoa, pmo, project=project_one), Outcome.REJECTED)
    acts.submit(amoa, acts.draft(amoa, project_one))
    take_missing(Project.objects.filter(pk=project_one.pk))
    assert Snapshot.objects.get(project=project_one, day=timezone.localdate()).figures == before


def test_a_trend_adds_up_the_projects_of_each_day(project_one: Project, project_two: Project) -> None:
    both = Project.objects.filter(pk__in=[project_one.pk, project_two.pk])
    take_missing(both)
    kept = Snapshot.objects.filter(project__in=both, day=timezone.localdate())
    last = monthly_trend(both, ("pending", "roles"), timezone.localdate() - timedelta(days=365))[-1]
    assert last["pending"] == sum(int(snapshot.figures["pending"]) for snapshot in kept)
    assert last["roles"] == sum(int(snapshot.figures["roles"]) for snapshot in kept)


def test_a_month_is_told_by_its_last_night_and_an_unfinished_night_makes_no_dip(
    project_one: Project, project_two: Project
) -> None:
    """The night of the 20th recorded one project of two: the other one counts as on the night before."""
    both, one = (Project.objects.filter(code__in=codes) for codes in (["ONE", "TWO"], ["ONE"]))
    nights = [
        (both, datetime(2026, 1, 3, tzinfo=UTC)),
        (both, datetime(2026, 1, 19, tzinfo=UTC)),
        (one, datetime(2026, 1, 20, tzinfo=UTC)),
        (both, datetime(2026, 2, 7, tzinfo=UTC)),
    ]
    with owning():
        for projects, night in nights:
            with back_entry(night):
                take_missing(projects)
    rows = [row for row in monthly_trend(both, ("roles",), date(2025, 1, 1)) if row["day"] < date(2026, 3, 1)]
    assert [str(row["day"]) for row in rows] == ["2026-01-20", "2026-02-07"]
    needed = sum(int(kept.figures["roles"]) for kept in Snapshot.objects.filter(project__in=both, day="2026-02-07"))
    assert [row["roles"] for row in rows] == [needed, needed]
    assert needed


def test_over_several_projects_what_ouvrage_checks_itself_is_as_it_found_it_last_night(
    project_one: Project, project_two: Project, amoa: Any
) -> None:
    """One project is recomputed when its page opens; several use the last snapshot, until the next one."""
    both, now = Project.objects.filter(pk__in=[project_one.pk, project_two.pk]), timezone.now()
    adopted(project_one, "STD-R", "A charter", computed=["charter_attached"])
    assert found_of(both) == "unanswered"
    with disable_guards(Snapshot._meta.db_table):  # on the second of a month the scenario has kept that night
        Snapshot.objects.filter(project__in=both, day=timezone.localdate(now - timedelta(days=1))).delete()
    with owning(), back_entry(now - timedelta(days=1)):
        take_missing(both)
    acts.add_document(amoa, project_one, name="Charter")
    assert [row.standing for row in list_due_standings(project_one) if row.code == "STD-R"] == ["conform"]
    assert found_of(both) == "not_conform"
    take_missing(both)
    assert found_of(both) == "conform"
    assert [found_of(both, now - timedelta(hours=hours)) for hours in (25, 23)] == ["unanswered", "not_conform"]


def found_of(projects: Any, at: datetime | None = None) -> str:
    """Return the status of STD-R's only checkpoint, as a page over several projects shows it."""
    [(_project, row)] = [pair for pair in list_project_standings(projects, at) if pair[1].code == "STD-R"]
    return str(row.standing)


# — what the database refuses —


def _snapshot(project: Project, **fields: Any) -> None:
    day, figures = fields.pop("day", timezone.localdate()), {"pending": "0"}
    said = {"day": str(day), "project": str(project.pk), "figures": figures}
    given = {"project": project, "day": day, "figures": figures, "hash": content_hash(said), "taken_at": timezone.now()}
    Snapshot.objects.bulk_create([Snapshot(**given | fields)])


OF_ITS_DAY, DAY = "snapshot.is_of_its_day", timedelta(days=1)
TAKEN, HASHED = "is of the day it is taken", "carries the hash of its figures"
ATTACKS = Attacks(
    [
        (OF_ITS_DAY, "of yesterday", lambda p: _snapshot(p, day=timezone.localdate() - DAY), TAKEN),
        (OF_ITS_DAY, "of tomorrow", lambda p: _snapshot(p, day=timezone.localdate() + DAY), TAKEN),
        (OF_ITS_DAY, "other figures", lambda p: _snapshot(p, figures={"pending": "9"}), HASHED),
        (OF_ITS_DAY, "no hash", lambda p: _snapshot(p, hash=""), HASHED),
    ],
    {"one_snapshot_per_project_and_day": lambda p: [_snapshot(p), _snapshot(p)]},
)


@pytest.mark.parametrize("guard", ATTACKS.by_guard)
def test_an_attack_is_refused_and_passes_without_its_trigger(guard: str, project_three: Project) -> None:
    ATTACKS.prove(guard, project_three)
