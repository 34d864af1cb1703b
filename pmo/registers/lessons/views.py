"""Pages of lessons learned: one project, or a search over all visible projects."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from core.access import can
from core.lists.exports import export, is_export
from core.lists.pages import build_page
from pmo.registers.lessons import services
from pmo.registers.lessons.forms import LessonForm
from pmo.registers.lessons.listing import build_listing
from pmo.registers.lessons.models import LessonLearned, LessonQuerySet
from projects.enums import Workspace
from projects.form_views import RowFormView
from projects.models import Project
from projects.shortcuts import get_project_or_404
from projects.workspaces import on_projects_using


@require_GET
def lesson_list(request: HttpRequest) -> HttpResponse:
    """List the lessons of all visible projects that the query string asks for."""
    rows = LessonLearned.objects.visible_to(request.user).filter(on_projects_using(Workspace.STEERING))
    return _page(request, rows, None, {})


@require_GET
def lessons(request: HttpRequest, code: str) -> HttpResponse:
    """List the lessons of one project that the query string asks for."""
    project = get_project_or_404(request, code)
    more = {"may_note": can(request.user, "pmo.note_lesson", project)}
    return _page(request, project.lessons.all(), project, more)


def _page(request: HttpRequest, rows: LessonQuerySet, project: Project | None, more: dict[str, Any]) -> HttpResponse:
    listing, asked = build_listing(rows, request.GET, everywhere=project is None)
    if is_export(listing):
        of, stem = (f"{project.code} · {project.title}", project.code) if project else (gettext("All my projects"), "")
        return export(listing, title=gettext("Lessons learned"), of=of, stem=stem)
    page = build_page(listing)
    lessons = [(lesson, can(request.user, "pmo.note_lesson", lesson)) for lesson in page.rows]
    context = {"project": project, "page": page, "asked": asked, "lessons": lessons}
    return render(request, "pmo/registers/lessons/lessons.html", context | more)


class LessonFormView(RowFormView):
    """Add a lesson, or change one of the reader's own role."""

    model = LessonLearned
    pk_url_kwarg = "lesson_id"
    permission = "pmo.note_lesson"
    form_class = LessonForm
    service = services.note_lesson
    new_title = _("Add a lesson learned")
    title = _("Reword a lesson")
    lede = _("Everyone who can read the project can find it, also from another project.")
    button = _("Save the lesson")
    done = _("The lesson is saved.")
    back_label = _("Lessons learned")
    back_url_name = "pmo:lessons:lessons"
