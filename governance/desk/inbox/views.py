"""My tasks: what asks something of the reader on all their projects, and the page that puts a task off."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.access import can, reader
from core.forms import add_errors
from core.pages.form_views import post_data, render_form
from governance import workflow
from governance.decide.decisions.models import Decision
from governance.decide.proposals.models import Proposal
from governance.desk.inbox import services
from governance.desk.inbox.filters import FIRST, GROUPS, LATE, SNOOZED, WHEN, Filter, Mark, find_period
from governance.desk.inbox.folds import Fold, fold
from governance.desk.inbox.forms import SnoozeForm
from governance.desk.inbox.moving_in import read_moving_in
from governance.desk.inbox.obligations import OBLIGATIONS
from governance.desk.inbox.queries import list_tasks, load_details, sort_by_weight
from governance.desk.inbox.task import Task
from governance.workspace_registry import TASKS
from projects.models import Project
from projects.organisation_settings.queries import today
from projects.people.absences.queries import list_absent_colleagues
from projects.seats.mandates.seats import seats_of
from roles.models import User

#: Tasks of a page, and most rows of the lists below.
SIZE, MOST = 50, 20
#: Most projects that the filter offers by name.
OFFERED = 100


@dataclass(frozen=True)
class Group:
    """Tasks under one heading, some of them folded, and how many the filter matches; whether they are urgent."""

    heading: Any
    rows: list[tuple[Task, Fold | None]]
    count: int
    is_late: bool


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """List the tasks of the reader, filtered, grouped and paged; then proposals under way and recent decisions."""
    user = reader(request)
    tasks, day = sort_by_weight(list_tasks(user)), today()
    for task in tasks:
        task.period = find_period(task, day)
    projects = _name_projects(user, tasks)
    asked = Filter.read(request.GET, {pk: code for pk, (code, _title) in projects.items()})
    marked = [Mark.of(task) for task in tasks]
    marks, weighed = Counter(marked), list(zip(tasks, marked, strict=True))
    wanted = {mark for mark in marks if asked.matches(mark)}
    matching = sorted((task for task, mark in weighed if mark in wanted), key=asked.order)
    rows = fold(asked, matching, projects)
    left = [row for row in rows if asked.order(row[0]) > asked.after] if asked.after else rows
    shown = left[:SIZE]
    alone = [task for task, folded in shown if folded is None]
    load_details([task for task, _folded in shown])
    _name_roles(user, alone)
    periods, kinds, by_project = (asked.count(marks, part) for part in ("when", "kind", "project"))
    shown_count = sum(count for period, count in periods.items() if period != SNOOZED)
    owned = [seat.project_id for seat in seats_of(user) if seat.decides]
    context = {
        "groups": _group(asked, shown, Counter(asked.find_group_key(task) for task in matching)),
        "asked": asked,
        "whole": sum(count for mark, count in marks.items() if mark.when != SNOOZED),
        "late": sum(mark.when == LATE and not task.weight.is_routine for task, mark in weighed),
        "late_routine": sum(mark.when == LATE and task.weight.is_routine for task, mark in weighed),
        "found": len(matching),
        "when": [("", _("All"), shown_count), *((name, label, periods[name]) for name, label in WHEN.items())],
        "kinds": [(kind.name, kind.heading, kinds[kind.name]) for kind in (*TASKS, OBLIGATIONS) if kinds[kind.name]],
        "projects": sorted((*projects[pk], n) for pk, n in by_project.items() if pk in projects)[:OFFERED],
        "ways": GROUPS.items(),
        "next": asked.order(shown[-1][0]) if len(left) > SIZE else None,
        "tasks": tasks,
        "moving_in": read_moving_in(user),
        "may_found": can(user, "projects.found"),
        "absent": list_absent_colleagues(user, day),
        "on_its_way": _list_on_its_way(owned) if owned else [],
        "recent": Decision.objects.visible_to(user)
        .filter(acted_at__gte=timezone.now() - timedelta(days=30))
        .select_related("project", "proposal", "revision")
        .order_by("-acted_at")[:10],
        "query": f"&{request.GET.urlencode()}" if request.GET else "",
        "tomorrow": day + timedelta(days=1),
        "soon": day + timedelta(days=7),
        "today": day,
    }
    return render(request, "governance/desk/inbox/inbox.html", context)


def _name_projects(user: User, tasks: list[Task]) -> dict[int | None, tuple[str, str]]:
    """Map the projects of the tasks to code and title. One query where the reader has no seat yet."""
    names: dict[int | None, tuple[str, str]] = {seat.project_id: (seat.code, seat.title) for seat in seats_of(user)}
    wanted = {task.project_id for task in tasks if task.project_id}
    missing = wanted - names.keys()
    found = Project.objects.filter(pk__in=missing) if missing else ()
    names |= {project.pk: (project.code, project.title) for project in found}
    return {pk: name for pk, name in names.items() if pk in wanted}


def _name_roles(user: User, tasks: list[Task]) -> None:
    """Name the role in which the reader has each task, beside the role that is late if it is another one."""
    roles: dict[int, list[str]] = {}
    for seat in seats_of(user):
        roles.setdefault(seat.project_id, []).append(seat.role)
    for task in tasks:
        held = roles.get(task.project_id or 0, [])
        if task.role and held and task.role not in held and not task.kind.is_own:
            task.late_role, task.role = task.role, ""
        task.role = task.role or (held[-1] if held else "")


def _group(asked: Filter, shown: list[tuple[Task, Fold | None]], counts: Counter[str]) -> list[Group]:
    groups = ((key, list(rows)) for key, rows in groupby(shown, lambda row: asked.find_group_key(row[0])))
    return [Group(asked.name_group(rows[0][0]), rows, counts[key], key in {LATE, FIRST}) for key, rows in groups]


def _list_on_its_way(owned: list[int]) -> list[Proposal]:
    """List the proposals of these projects that still wait for opinions."""
    files = Proposal.objects.filter(project__in=owned, state__in=workflow.BEING_ADVISED)
    return list(files.select_related("project", "current").order_by("current__decide_by", "pk")[:MOST])


def _find_task(user: User, key: str) -> Task:
    """Return the task of the reader with this key. Raises Http404."""
    found = next((task for task in list_tasks(user) if task.key == key), None)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
def snooze(request: HttpRequest) -> HttpResponse:
    """Put a task of the reader off until a day of their choice; the query string is that of the list besides `task`."""
    user = reader(request)
    task = _find_task(user, request.GET.get("task", ""))
    load_details([task])
    listed = request.GET.copy()
    del listed["task"]
    back = reverse("governance:inbox:inbox", query=listed or None)
    form = SnoozeForm(post_data(request), initial={"until": task.snoozed})
    if form.is_valid():
        try:
            services.snooze(person=user, task=task, until=form.cleaned_data["until"])
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("The task is snoozed."))
            return redirect(back)
    return render_form(request, "governance/desk/inbox/snooze.html", form, task=task, back=back)


@require_POST
def unsnooze(request: HttpRequest) -> HttpResponse:
    """Show a task of the reader again."""
    user = reader(request)
    services.unsnooze(person=user, task=_find_task(user, request.POST.get("task", "")))
    messages.success(request, _("The task is shown again."))
    return redirect(f"{reverse('governance:inbox:inbox')}?when={SNOOZED}")
