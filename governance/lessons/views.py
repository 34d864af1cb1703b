"""What was learned: on one project, and on all those the reader sees, to be searched."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from governance.lessons import services
from governance.lessons.forms import LessonForm
from governance.one_form import Words
from governance.paging import page_before
from governance.planned_form import planned, visible_row
from governance.visible import visible_project
from projects.lessons.enums import Family
from projects.models import LessonLearned, Project
from roles.access import can, ensure

LONGEST_WORDS = 200


@require_GET
def lesson_list(request: HttpRequest) -> HttpResponse:
    """The lessons of every project the reader sees, those that hold the words `q` and are of a `family`."""
    rows = LessonLearned.objects.visible_to(request.user)
    return _page(request, rows, None, {})


@require_GET
def lessons(request: HttpRequest, code: str) -> HttpResponse:
    """The lessons of one project."""
    project = visible_project(request, code)
    more = {"may_note": can(request.user, "governance.note_lesson", project)}
    return _page(request, project.lessons.all(), project, more)


def _page(request: HttpRequest, rows: Any, project: Project | None, more: dict[str, Any]) -> HttpResponse:
    words = " ".join(request.GET.get("q", "").replace("\x00", " ").split())[:LONGEST_WORDS]
    family = request.GET.get("family", "")
    if words:
        rows = rows.saying(words)
    if family in Family.values:
        rows = rows.filter(family=family)
    page = page_before(request, rows.select_related("project", "raised_by"), "pk")
    found = [(one, can(request.user, "governance.note_lesson", one)) for one in page.rows]
    context = {
        "project": project, "q": words, "family": family, "families": Family, "lessons": found,
        "next_key": page.next_key, "is_narrow": bool(words or family in Family.values),
    }  # fmt: skip
    return render(request, "governance/lessons.html", context | more)


@require_http_methods(["GET", "POST"])
def lesson_new(request: HttpRequest, code: str) -> HttpResponse:
    """Note what was learned."""
    project = visible_project(request, code)
    ensure(request.user, "governance.note_lesson", project)
    return planned(request, project, LessonForm, None, _words(project, _("Note a lesson")), services.note_lesson)


@require_http_methods(["GET", "POST"])
def lesson_edit(request: HttpRequest, lesson_id: int) -> HttpResponse:
    """Reword a lesson of one's own role."""
    row = visible_row(request, LessonLearned, lesson_id)
    ensure(request.user, "governance.note_lesson", row)
    words = _words(row.project, _("Reword a lesson"))
    return planned(request, row.project, LessonForm, row, words, services.note_lesson)


def _words(project: Project, title: str) -> Words:
    return Words(
        title, _("Whoever sees the project finds it again, also from another project."), _("Record the lesson"),
        _("The lesson is recorded."), _("Lessons learned"), reverse("governance:lessons", args=[project.code]),
    )  # fmt: skip
