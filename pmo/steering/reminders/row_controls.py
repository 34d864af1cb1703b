"""Control that reminds the role of an obligation, in the rows of the list of a project."""

from collections.abc import Sequence

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from core.access import can, reader
from core.pages.lists.columns import Control
from governance.decide.obligations.listing import Row
from governance.desk.inbox.obligations import is_due
from pmo.steering.dashboards.obligations import find_task_key
from pmo.steering.reminder_rows.models import Reminder
from projects.models import Project
from projects.organisation_settings.queries import today


def build_reminder_control(request: HttpRequest, project: Project, rows: Sequence[Row]) -> Control | None:
    """Return the button of the rows that are late or due within a month and whose role somebody else holds."""
    day, own = today(), reader(request).pk
    owed = {
        row.pk
        for row in rows
        if is_due(row.obligation, day) and any(tenure.mandate.holder_id != own for tenure in row.tenures)
    }
    if not owed or not can(request.user, "pmo.remind", project):
        return None
    sent = set(Reminder.objects.filter(project=project, day=day).values_list("key", flat=True))
    shared = {"project": project.code, "back": request.get_full_path(), "csrf_token": get_token(request)}

    def render(row: Row) -> str:
        if row.pk not in owed:
            return ""
        key = find_task_key(row.obligation)
        of = f"{row.obligation.duty.code}, {row.obligation.occasion_label}"
        context = {"key": key, "of": of, "row": row.pk, "is_sent": key in sent, **shared}
        return render_to_string("pmo/steering/reminders/_remind.html", context)

    return Control(_("Reminder"), render)
