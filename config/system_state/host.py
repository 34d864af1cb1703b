"""State of what Ouvrage stands on: database, standbys, backup, certificate, disk, versions."""

import platform
import shutil
from datetime import datetime, timedelta

import django
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.system_state.findings import BAD, OK, WARNING, Finding
from config.system_state.probes import database_state, read_certificate
from core.templatetags.ui import when
from projects.models import LedgerEvent

#: Key of the last backup in the cache (manage.py note_backup), and its age that is a fault: a day, and time to make it.
BACKUP, BACKUP_LATE = "system_state.backup", timedelta(hours=26)
#: A certificate is near its end in its last week, or in the last tenth of its life where that is shorter.
CERTIFICATE_ENDS, OF_ITS_LIFE = timedelta(days=7), 10
#: Shares of the disk that are free: to watch below the first, a fault below the second.
LITTLE, TOO_LITTLE = 0.1, 0.05
#: A commit that waits longer for a standby is a fault. Of other roles' sessions PostgreSQL does not tell.
STANDBYS = """
SELECT (SELECT count(*) FROM pg_stat_replication),
       (SELECT count(*) FROM pg_stat_activity
        WHERE wait_event = 'SyncRep' AND state_change < clock_timestamp() - interval '10 seconds')
"""
SERVER = "SELECT split_part(current_setting('server_version'), ' ', 1)"


def read_database(now: datetime) -> Finding:
    state = database_state()
    if state == "ok":
        return OK, _("It takes changes.")
    return BAD, _("It is read-only: nothing can be recorded.") if state == "read-only" else _("It does not answer.")


def read_standbys(now: datetime) -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(STANDBYS)
        connected, waiting = cursor.fetchone()
    if waiting:
        text = ngettext("%(n)s act is pending.", "%(n)s acts are pending.", waiting) % {"n": waiting}
        return BAD, f"{text} {_('No standby server confirms it.')}"
    if not connected:
        return OK, _("No standby server is connected.")
    words = ngettext("%(n)s standby server is connected.", "%(n)s standby servers are connected.", connected)
    return OK, words % {"n": connected}


def read_backup(now: datetime) -> Finding:
    last = cache.get(BACKUP)
    if last is not None:
        return OK if now - last < BACKUP_LATE else BAD, _("Last saved on %(at)s.") % {"at": when(last)}
    first = LedgerEvent.objects.order_by("pk").first()
    is_late = first is not None and now - first.recorded_at >= BACKUP_LATE
    return BAD if is_late else WARNING, _("It has not been saved yet.")


def read_certificate_dates(now: datetime) -> Finding:
    if not settings.BASE_URL.startswith("https://"):
        return OK, _("The address of Ouvrage does not use TLS.")
    try:
        begins, ends = read_certificate()
    except OSError:
        return WARNING, _("Nobody answers at %(url)s from here.") % {"url": settings.BASE_URL}
    text = _("Valid until %(at)s.") % {"at": when(ends)}
    return BAD if ends - now < min(CERTIFICATE_ENDS, (ends - begins) / OF_ITS_LIFE) else OK, text


def read_disk(now: datetime) -> Finding:
    disk = shutil.disk_usage(settings.ROOT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        size = cursor.fetchone()[0]
    text = _("The database takes %(size)s. The disk of the web process has %(free)s of %(total)s free.")
    text %= {"size": filesizeformat(size), "free": filesizeformat(disk.free), "total": filesizeformat(disk.total)}
    free = disk.free / disk.total
    return OK if free >= LITTLE else WARNING if free >= TOO_LITTLE else BAD, text


def read_versions(now: datetime) -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(SERVER)
        server = cursor.fetchone()[0]
    names = (("Ouvrage", settings.VERSION), ("Django", django.__version__), ("Python", platform.python_version()))
    return OK, ", ".join(f"{name} {version}" for name, version in (*names, ("PostgreSQL", server)))
