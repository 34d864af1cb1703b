"""Test the state of the system: page of administrators, `/readyz`, trace of the scheduler."""

import re
import shutil
from collections import namedtuple
from contextlib import suppress
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import OperationalError as DatabaseAway
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.translation import override
from kombu.exceptions import OperationalError

from amoa.imports.models import ImportJob
from amoa.imports.services import start
from config.system_state import host, queries
from config.system_state.findings import BAD, OK, WARNING
from config.system_state.tasks import HEARTBEAT, heartbeat
from projects.models import Notification
from projects.notices.enums import Reason
from projects.notices.tasks import relay
from projects.organisation_settings.mail_failures import SILENT
from tests.amoa.imports.factories import check_file
from tests.sources import ROOT

pytestmark = pytest.mark.django_db
Disk = namedtuple("Disk", ("total", "used", "free"))
PAGE = "/administration/system/"
EMAILS = "/administration/system/emails/"
ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def _fresh() -> None:
    """Forget what an earlier test cached."""
    cache.clear()
    queries.HEALTH.forget()


@pytest.fixture(autouse=True)
def _room(monkeypatch: Any) -> None:
    """Give this machine a disk that is half empty."""
    monkeypatch.setattr(shutil, "disk_usage", lambda place: Disk(100, 50, 50))


@pytest.fixture
def workers(monkeypatch: Any) -> list[dict[str, str]]:
    """Let one worker answer; a test empties the list."""
    answers = [{"celery@here": "pong"}]
    monkeypatch.setattr(queries.app.control, "ping", lambda timeout: answers)
    monkeypatch.setattr(queries, "redis_state", lambda: "ok")
    monkeypatch.setattr(queries, "count_tasks", lambda: 0)
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


def connections_to_redis() -> set[str]:
    """List the local ends of the connections of this process to Redis."""
    port = urlsplit(settings.REDIS_URL).port
    opened = psutil.Process().net_connections(kind="tcp")
    return {f"{one.laddr.ip}:{one.laddr.port}" for one in opened if one.raddr and one.raddr.port == port}


def test_a_redis_that_was_restarted_is_no_error_of_the_page(staff_admin: Any, client_of: Any) -> None:
    client = client_of(staff_admin)
    for _ping in range(2):
        assert client.get(PAGE).status_code == 200
        with redis.Redis.from_url(settings.REDIS_URL) as server:
            for address in connections_to_redis():
                with suppress(redis.ResponseError):  # that of `server` itself, or one that has ended
                    server.client_kill_filter(addr=address)
    assert client.get("/readyz").status_code == 503


@pytest.mark.parametrize(
    "error", [redis.ConnectionError("Connection closed by server."), OperationalError(), ConnectionResetError()]
)
def test_a_connection_from_before_a_restart_is_tried_again(error: Exception, workers: Any, monkeypatch: Any) -> None:
    answers: list[Any] = [error, [{"celery@here": "pong"}]]

    def ping(timeout: float) -> Any:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(queries.app.control, "ping", ping)
    assert states()["worker"] == OK
    answers[:] = [error, error]
    assert states()["worker"] == BAD


@pytest.mark.parametrize("code", [code for code, _name, _read in queries.PARTS])
def test_a_part_that_cannot_be_read_is_at_fault_and_hides_no_other(
    code: str, workers: Any, staff_admin: Any, client_of: Any, monkeypatch: Any
) -> None:
    def fail(now: Any) -> Any:
        raise RuntimeError("nobody thought of this")

    parts = [(known, name, fail if known == code else read) for known, name, read in queries.PARTS]
    monkeypatch.setattr(queries, "PARTS", parts)
    answer = client_of(staff_admin).get(PAGE, headers=ENGLISH)
    assert answer.status_code == 200
    assert answer.text.count("It could not be checked.") == 1
    health = Client().get("/readyz")
    assert (health.status_code, health.json()["parts"][code]) == (503, BAD)


@pytest.fixture
def _away(monkeypatch: Any) -> None:
    """Let the database refuse every connection."""

    def fail() -> Any:
        raise DatabaseAway("connection refused")

    monkeypatch.setattr(connection, "cursor", fail)


@pytest.mark.usefixtures("_away")
def test_without_a_database_the_process_is_well_and_the_rest_is_told(workers: Any) -> None:
    assert Client().get("/healthz").json() == {"web": "ok"}
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["parts"]) == (503, {"database": BAD, "redis": OK, "certificate": OK})


def test_the_process_is_asked_without_the_database(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert Client().get("/healthz").status_code == 200


def test_a_database_that_is_read_only_is_told(workers: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
    assert states()["database"] == BAD
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["see"]["database"]) == (503, "docs/operate.md#database")


@pytest.mark.parametrize("guide", ["docs/operate.md", "docs/fr/operate.md"])
def test_each_part_has_its_heading_in_the_guide(guide: str) -> None:
    headings = re.findall(r"^### `(\w+)`$", (ROOT / guide).read_text(), flags=re.MULTILINE)
    assert headings == [code for code, _name, _read in queries.PARTS]


# — what Ouvrage stands on —


def test_an_act_that_waits_for_a_standby_is_told(workers: Any, monkeypatch: Any) -> None:
    assert states()["standbys"] == OK
    monkeypatch.setattr(host, "STANDBYS", "SELECT 2, 0")
    assert states()["standbys"] == OK
    monkeypatch.setattr(host, "STANDBYS", "SELECT 2, 1")
    assert states()["standbys"] == BAD


def test_a_backup_that_misses_or_is_too_old_is_told(workers: Any, owner: Any, monkeypatch: Any) -> None:
    assert states()["backup"] == WARNING, "the server is new"
    monkeypatch.setattr(host, "BACKUP_LATE", timedelta())
    assert states()["backup"] == BAD, "its first act is too old for that"
    monkeypatch.undo()
    call_command("note_backup")
    assert states()["backup"] == OK
    cache.set(host.BACKUP, timezone.now() - timedelta(hours=27), None)
    assert states()["backup"] == BAD


@pytest.mark.parametrize(
    ("begun", "left", "state"),
    [(60, 30, OK), (84, 6, BAD), (91, -1, BAD), (3, 3, OK), (5.6, 0.4, BAD)],
    ids=["renewed", "last week", "over", "short", "end of a short one"],
)
def test_a_certificate_near_its_end_is_told(
    begun: float, left: float, state: str, workers: Any, settings: Any, monkeypatch: Any
) -> None:
    assert states()["certificate"] == OK, "there is none"
    settings.BASE_URL, now = "https://ouvrage.example", timezone.now()
    monkeypatch.setattr(host, "read_certificate", lambda: (now - timedelta(begun), now + timedelta(left)))
    assert states()["certificate"] == state


def test_a_proxy_that_cannot_be_asked_is_no_fault(workers: Any, settings: Any) -> None:
    settings.BASE_URL = "https://127.0.0.1:1"
    assert states()["certificate"] == WARNING


@pytest.mark.parametrize(("free", "state"), [(50, OK), (9, WARNING), (4, BAD)])
def test_a_disk_that_is_nearly_full_is_told(free: int, state: str, workers: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda place: Disk(100, 100 - free, free))
    assert states()["disk"] == state


def test_an_import_that_nobody_takes_up_is_told(cast: dict[str, Any], project_two: Any, workers: Any) -> None:
    assert states()["jobs"] == OK
    job = check_file(cast["other_amoa"], project_two)
    start(actor=cast["other_amoa"], job=job, leave_out=False)
    assert states()["jobs"] == OK
    ImportJob.objects.filter(pk=job.pk).update(heartbeat=timezone.now() - timedelta(minutes=6))
    assert states()["jobs"] == BAD


# — failed emails —


@pytest.fixture
def failed(pmo: Any) -> Notification:
    """An email that the server refused twice, and that waits for its next turn."""
    notice = Notification(recipient=pmo, created_at=timezone.now(), about="X", link="/x/", reason=Reason.OBLIGATION_DUE)
    for _attempt in range(2):
        notice.note_failure(SILENT, timezone.now())
    notice.save()
    return notice


def test_failed_emails_are_listed_with_why_and_when_again(
    failed: Notification, pmo: Any, staff_admin: Any, owner: Any, client_of: Any, workers: Any
) -> None:
    client = client_of(staff_admin)
    state = client.get(PAGE, headers=ENGLISH).text
    assert f'href="{EMAILS}"' in state
    assert pmo.email not in state, "addresses stand on the page of the emails alone"
    text = client.get(EMAILS, headers=ENGLISH).text
    assert pmo.email in text
    for words in ("No email server answers at", "2 attempts.", "Next one:", "Send again"):
        assert words in text
    assert client_of(owner).get(EMAILS).status_code == 403


def test_a_failed_email_is_sent_again_at_once(failed: Notification, staff_admin: Any, client_of: Any) -> None:
    assert relay() == 0, "it waits"
    answer = client_of(staff_admin).post(f"{EMAILS}retry/", {"notice": failed.pk}, headers=ENGLISH, follow=True)
    assert "1 email is tried again now." in answer.text
    assert "The next one follows within a minute." in answer.text
    assert relay() == 1
    assert "No email failed to leave." in client_of(staff_admin).get(EMAILS, headers=ENGLISH).text


@pytest.mark.parametrize(("notice", "count"), [("", 1), ("0", 0), ("x", 0), ("9" * 40, 0)])
def test_all_failed_emails_are_sent_again(
    notice: str, count: int, failed: Notification, staff_admin: Any, client_of: Any
) -> None:
    assert client_of(staff_admin).post(f"{EMAILS}retry/", {"notice": notice}).status_code == 302
    assert Notification.objects.failed().filter(next_try_at=None).count() == count


def test_nobody_else_sends_an_email_again(failed: Notification, owner: Any, client_of: Any) -> None:
    assert client_of(owner).post(f"{EMAILS}retry/").status_code == 403
    failed.refresh_from_db()
    assert failed.waits


# — the rest —


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
    row.update(created_at=timezone.now())
    assert states()["outbox"] == WARNING, "the email server is down"
    row.update(attempts=0)
    assert states()["outbox"] == OK
    with override("en"):
        assert "pending" in next(line.text for line in queries.read_state() if line.code == "outbox")


def test_an_event_that_nobody_signed_for_long_is_told(workers: Any) -> None:
    assert states()["notary"] == WARNING


def test_the_health_tells_every_part_and_fails_with_one(workers: list[Any]) -> None:
    heartbeat()
    first = Client().get("/readyz")
    assert first.json()["parts"].keys() >= {"database", "redis", "worker", "beat", "outbox", "mail", "notary", "ledger"}
    assert first.json()["parts"].keys() >= {"timestamps", "backup", "certificate", "disk", "versions", "standbys"}
    assert first.json()["parts"]["worker"] == OK
    assert first.json()["see"] == {}
    assert first.status_code == 200
    workers.clear()
    assert Client().get("/readyz").json()["parts"]["worker"] == OK, "kept for some seconds"
    queries.HEALTH.forget()
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["parts"]["worker"]) == (503, BAD)
    assert answer.json()["see"] == {"worker": "docs/operate.md#worker"}
    assert Client().get("/healthz").status_code == 200


def test_the_database_is_compared_on_demand(staff_admin: Any, client_of: Any, workers: Any, monkeypatch: Any) -> None:
    line = queries.Line("database", "triggers", BAD, "a trigger is switched off")
    monkeypatch.setattr("config.system_state.views.check_database", lambda: [line])
    client = client_of(staff_admin)
    assert "a trigger is switched off" not in client.get(PAGE).text
    assert "a trigger is switched off" in client.get(f"{PAGE}?database").text
