"""Test the state of the system: page of administrators, `/healthz?full`, trace of the scheduler."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from config.system_state import queries
from config.system_state.queries import BAD, OK, WARNING
from config.system_state.tasks import HEARTBEAT, heartbeat
from projects.models import Notification
from projects.notices.models import Reason

pytestmark = pytest.mark.django_db
PAGE = "/administration/system/"
ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def _fresh() -> None:
    """Forget what an earlier test cached."""
    cache.clear()


@pytest.fixture
def workers(monkeypatch: Any) -> list[dict[str, str]]:
    """Let one worker answer; a test empties the list."""
    answers = [{"celery@here": "pong"}]
    monkeypatch.setattr(queries.app.control, "ping", lambda timeout: answers)
    monkeypatch.setattr(queries, "redis_state", lambda: "ok")
    return answers


def states() -> dict[str, str]:
    """Map each part to its state."""
    return {line.code: line.state for line in queries.read_state()}


def test_only_an_administrator_reads_the_page(staff_admin: Any, owner: Any, client_of: Any, workers: Any) -> None:
    answer = client_of(staff_admin).get(PAGE, headers=ENGLISH)
    assert answer.status_code == 200
    assert "Scheduler (beat)" in answer.text
    assert client_of(owner).get(PAGE).status_code == 403


def test_a_worker_that_is_gone_is_told(workers: list[Any]) -> None:
    assert states()["worker"] == OK
    workers.clear()
    assert states()["worker"] == BAD


def test_the_scheduler_is_known_by_the_last_task_it_started(workers: Any) -> None:
    assert states()["beat"] == BAD
    heartbeat()
    assert states()["beat"] == OK
    cache.set(HEARTBEAT, timezone.now() - timedelta(minutes=11))
    assert states()["beat"] == BAD


def test_mails_that_wait_or_fail_are_told(pmo: Any, workers: Any) -> None:
    Notification.objects.update(mailed_at=timezone.now())
    assert (states()["outbox"], states()["mail"]) == (OK, OK)
    long_ago = timezone.now() - timedelta(hours=1)
    made = Notification.objects.create(
        recipient=pmo, created_at=long_ago, about="X", link="/x/", reason=Reason.OBLIGATION_DUE
    )
    row = Notification.objects.filter(pk=made.pk)
    found = []
    for attempts in (0, 1, 6):
        row.update(mailed_at=None, attempts=attempts)
        found.append(states()["mail"])
    assert found == [OK, WARNING, BAD]
    assert states()["outbox"] == BAD
    with override("en"):
        assert "pending" in next(line.text for line in queries.read_state() if line.code == "outbox")


def test_an_event_that_nobody_signed_for_long_is_told(workers: Any) -> None:
    assert states()["notary"] == WARNING


def test_the_full_health_tells_every_part_and_fails_with_one(workers: list[Any]) -> None:
    heartbeat()
    first = Client().get("/healthz?full")
    assert set(first.json()) == {
        "database",
        "redis",
        "web",
        "worker",
        "beat",
        "outbox",
        "mail",
        "notary",
        "timestamps",
        "ledger",
    }
    assert first.json()["worker"] == OK
    workers.clear()
    assert Client().get("/healthz?full").json()["worker"] == OK, "kept for some seconds"
    cache.clear()
    answer = Client().get("/healthz?full")
    assert (answer.status_code, answer.json()["worker"]) == (503, BAD)
    assert Client().get("/healthz").status_code == 200


def test_the_database_is_compared_on_demand(staff_admin: Any, client_of: Any, workers: Any, monkeypatch: Any) -> None:
    line = queries.Line("database", "triggers", BAD, "a trigger is switched off")
    monkeypatch.setattr("config.system_state.views.check_database", lambda: [line])
    client = client_of(staff_admin)
    assert "a trigger is switched off" not in client.get(PAGE).text
    assert "a trigger is switched off" in client.get(f"{PAGE}?database").text
