"""`/metrics`: figures for Prometheus, in its text format, without a name of a project or of a person."""

import logging
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.db.models import Max, Min
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from config.system_state import host, probes
from config.system_state.findings import BAD, OK, WARNING
from config.system_state.queries import HEALTH, MISSING
from governance.record.records.queries import list_missing
from projects.models import LedgerEvent, Notification

logger = logging.getLogger(__name__)
#: Figures by the labels that tell them apart, "" for the only one. Those of one that cannot be read are left out.
type Figures = Mapping[str, float]
STATES = {OK: 0, WARNING: 1, BAD: 2}
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def _parts() -> Figures:
    return {f'part="{code}"': STATES[state] for code, state in HEALTH.read().items()}


def _tasks() -> Figures:
    waiting = probes.count_tasks()
    return {} if waiting is None else {"": waiting}


def _oldest_email() -> Figures:
    oldest = Notification.objects.to_mail().aggregate(at=Min(Coalesce("mail_from", "created_at")))["at"]
    return {"": (timezone.now() - oldest).total_seconds() if oldest else 0}


def _acts() -> Figures:
    return {"": LedgerEvent.objects.aggregate(newest=Max("pk"))["newest"] or 0}


def _backup() -> Figures:
    last = cache.get(host.BACKUP)
    return {"": (timezone.now() - last).total_seconds()} if last else {}


def _certificate() -> Figures:
    if not settings.BASE_URL.startswith("https://"):
        return {}
    with suppress(OSError):
        return {"": (probes.read_certificate()[1] - timezone.now()).total_seconds()}
    return {}


def _disk() -> Figures:
    disk = shutil.disk_usage(settings.ROOT)
    return {"": disk.free / disk.total}


def _database() -> Figures:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return {"": cursor.fetchone()[0]}


#: Name, kind and meaning of each figure, with its reader.
METRICS: tuple[tuple[str, str, str, Callable[[], Figures]], ...] = (
    ("ouvrage_info", "gauge", "Version of Ouvrage.", lambda: {f'version="{settings.VERSION}"': 1}),
    ("ouvrage_part_state", "gauge", "State of each part: 0 works, 1 to watch, 2 at fault.", _parts),
    ("ouvrage_acts_total", "counter", "Number of the newest event of the ledger.", _acts),
    ("ouvrage_tasks_pending", "gauge", "Tasks in the queue of the worker.", _tasks),
    ("ouvrage_emails_pending", "gauge", "Emails to send.", lambda: {"": Notification.objects.to_mail().count()}),
    (
        "ouvrage_emails_failed",
        "gauge",
        "Emails that failed to leave.",
        lambda: {"": Notification.objects.failed().count()},
    ),
    ("ouvrage_email_oldest_seconds", "gauge", "Age of the oldest email to send.", _oldest_email),
    ("ouvrage_records_to_store", "gauge", "Records to store.", lambda: {"": len(list_missing(MISSING))}),
    ("ouvrage_backup_age_seconds", "gauge", "Age of the last backup.", _backup),
    ("ouvrage_certificate_left_seconds", "gauge", "Time until the certificate ends.", _certificate),
    ("ouvrage_disk_free_ratio", "gauge", "Free share of the disk of the web process.", _disk),
    ("ouvrage_database_bytes", "gauge", "Size of the database.", _database),
)


def write_metrics() -> Iterator[str]:
    """Write the lines of every figure that can be read."""
    for name, kind, meaning, read in METRICS:
        yield f"# HELP {name} {meaning}\n# TYPE {name} {kind}\n"
        try:
            figures = read()
        except Exception:  # a monitor asks when something fails, whatever it is
            logger.exception("The figure %s could not be read", name)
            continue
        for labels, value in figures.items():
            yield f"{name}{{{labels}}} {value}\n" if labels else f"{name} {value}\n"


@login_not_required
@never_cache
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer who sends METRICS_TOKEN; there is no such page for anybody else, nor without that setting."""
    given = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}"):
        raise Http404
    return HttpResponse("".join(write_metrics()), content_type=CONTENT_TYPE)
