"""Test readings of benefits: when they are due, whom they ask, and what the owner of a benefit is told."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from core.history import version_of
from governance.decide.obligations.working_days import read_calendar
from governance.desk.inbox.reminders import find_digest
from pmo.enums import Reason
from pmo.models import SuccessCriterion
from pmo.registers.success_criteria import services
from pmo.registers.success_criteria.enums import Met
from projects.models import Notification, Project
from tests import acts
from tests.database import fire_deferred_triggers, undone
from tests.governance.desk.inbox.later import list_rows_on
from tests.pmo.registers.success_criteria import factories

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
DAY = timedelta(days=1)


def ahead(months: int, days: int = 0) -> date:
    """Return the day so many months and days ahead."""
    years, month = divmod(TODAY.month - 1 + months, 12)
    last = monthrange(TODAY.year + years, month + 1)[1]
    return TODAY.replace(year=TODAY.year + years, month=month + 1, day=min(TODAY.day, last)) + days * DAY


TARGET = ahead(26)


def measure(person: Any, benefit: SuccessCriterion, day: date = TODAY) -> None:
    """Measure a benefit."""
    services.measure_criterion(actor=person, criterion=benefit, measured_on=day, value="31", met=Met.PARTLY)


def due_days(person: Any, benefit: SuccessCriterion) -> list[date]:
    """List the day of the reading of a benefit that waits for a person on the last day of three years."""
    return [row.reading_on for row in list_rows_on(ahead(36), "benefits", person) if row.pk == benefit.pk]


@pytest.fixture
def closed(owner: Any, project_one: Project) -> SuccessCriterion:
    """Approve a benefit of the owner, then close its project."""
    benefit = factories.approve(project_one, target_on=TARGET)
    acts.close(owner, acts.fresh(project_one))
    fire_deferred_triggers()
    return SuccessCriterion.objects.get(pk=benefit.pk)


def test_after_the_closing_a_reading_is_due_at_6_and_12_months_then_yearly_to_the_target(
    closed: SuccessCriterion, amoa: Any
) -> None:
    assert due_days(amoa, closed) == [ahead(6)]
    with undone():
        for last, month in ((5, 12), (11, 24)):
            shift(closed, ahead(last, 20))
            assert due_days(amoa, closed) == [ahead(month)]
        shift(closed, ahead(23, 20))
        assert due_days(amoa, closed) == [TARGET], "after the yearly readings, that of the target"
        shift(closed, TARGET - 10 * DAY)
        assert due_days(amoa, closed) == [], "a measure counts from a month before"


def shift(benefit: SuccessCriterion, day: date) -> None:
    """Write a measure of a later day, past the service, which refuses it."""
    row = benefit.measures.model(
        project_id=benefit.project_id,
        criterion=benefit,
        measured_on=day,
        value="31",
        met=Met.PARTLY,
        measured_by=benefit.owner,
        acted_at=timezone.now(),
    )
    benefit.measures.bulk_create([row])


def test_a_reading_asks_who_measures_and_the_owner_of_the_benefit_two_weeks_before(
    closed: SuccessCriterion, owner: Any, amoa: Any, pmo: Any, moe: Any
) -> None:
    due = ahead(6)
    for person, asked in ((amoa, True), (pmo, True), (owner, True), (moe, False)):
        assert (closed in list_rows_on(due - 14 * DAY, "benefits", person)) == asked, person
        assert closed not in list_rows_on(due - 15 * DAY, "benefits", person)


def test_a_project_that_goes_on_is_asked_at_the_target_and_one_at_rest_is_not(
    owner: Any, amoa: Any, project_one: Project
) -> None:
    benefit = factories.approve(project_one, target_on=TODAY + 40 * DAY)
    assert due_days(amoa, benefit) == [TODAY + 40 * DAY]
    acts.suspend(owner, acts.fresh(project_one))
    assert due_days(amoa, benefit) == []


def test_the_owner_of_a_benefit_is_reminded_by_mail_and_measures_it(
    owner: Any, project_one: Project, client_of: Any
) -> None:
    benefit = factories.approve(project_one, target_on=TODAY + 3 * DAY)
    fire_deferred_triggers()
    client = client_of(owner)
    url = reverse("pmo:success_criteria:criterion_measure", args=[benefit.pk])
    assert url in client.get(reverse("pmo:success_criteria:success", args=["ONE"])).text
    assert url in client.get(reverse("governance:inbox:inbox"), {"kind": "benefits"}).text
    day = read_calendar().add_working_days(TODAY + 3 * DAY, -1)
    digest = find_digest(owner, day, read_calendar())
    assert digest
    assert "benefits" in {task.kind.name for task in digest.tasks}

    client.post(url, {"measured_on": TODAY.isoformat(), "value": "18", "met": "yes"})

    fire_deferred_triggers()
    assert benefit.measures.get().measured_by == owner
    assert url not in client.get(reverse("governance:inbox:inbox"), {"kind": "benefits"}).text


def test_the_owner_of_another_benefit_does_not_measure_this_one(owner: Any, moe: Any, project_one: Project) -> None:
    mine, other = factories.approve(project_one, owner=moe), factories.approve(project_one, text="Fish stays fresh.")
    measure(moe, mine)
    with pytest.raises(PermissionDenied):
        measure(moe, other)
    with pytest.raises(PermissionDenied):
        measure(owner, mine)


def test_the_owner_of_a_benefit_is_told_when_named_when_it_changes_and_when_it_is_measured(
    owner: Any, moe: Any, amoa: Any, project_one: Project
) -> None:
    def told(person: Any) -> list[str]:
        found = Notification.objects.standing().filter(recipient=person, reason__startswith="benefit_")
        return list(found.order_by("pk").values_list("reason", flat=True))

    row = factories.propose(project_one, owner=None)
    assert told(owner) == told(moe) == []

    def rewrite(**fields: Any) -> None:
        now = SuccessCriterion.objects.get(pk=row.pk)
        services.write_benefit(actor=amoa, project=project_one, fields=fields, row=now, seen=version_of(now))

    rewrite(owner=moe)
    assert told(moe) == [Reason.BENEFIT_NAMED]
    rewrite(text="Boats wait less.")
    assert told(moe) == [Reason.BENEFIT_NAMED], "neither the target nor the measure changed"
    rewrite(target="15")
    assert told(moe) == [Reason.BENEFIT_NAMED, Reason.BENEFIT_CHANGED]
    factories.decide(project_one, **factories.name_set(factories.freeze(project_one)))
    measure(amoa, SuccessCriterion.objects.get(pk=row.pk))
    assert told(moe) == [Reason.BENEFIT_NAMED, Reason.BENEFIT_CHANGED, Reason.BENEFIT_MEASURED]
    assert told(owner) == told(amoa) == []
