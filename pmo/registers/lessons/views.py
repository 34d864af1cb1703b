"""Pages of lessons learned: one project, or a search over all visible projects."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from core.access import can
from core.pages.lists.exports import export, is_export
from core.pages.lists.filters import Asked
from core.pages.lists.pages import Listing, build_page
from pmo.registers.lessons import services
from pmo.registers.lessons.forms import LessonForm
from pmo.registers.lessons.models import LessonLearned
from pmo.registers.lessons.register import LESSONS
from projects.enums import Workspace
from projects.form_views import RowFormView
from projects.models import Project
from projects.shortcuts import get_project_or_404
from projects.workspaces import on_projects_using


@require_GET
def lesson_list(request: HttpRequest) -> HttpResponse:
    """List the lessons of all visible projects that the query string asks for."""
    rows = LessonLearned.objects.visible_to(request.user).filter(on_projects_using(Workspace.STEERING))
    return _page(request, None, LESSONS.build_among(rows, request.GET, ""), gettext("All my projects"))


@require_GET
def lessons(request: HttpRequest, code: str) -> HttpResponse:
    """List the lessons of one project that the query string asks for."""
    project = get_project_or_404(request, code)
    found = LESSONS.build_among(LESSONS.list_of(project), request.GET, project.language, without=("project",))
    return _page(request, project, found, f"{project.code} · {project.title}")


def _page(request: HttpRequest, project: Project | None, found: tuple[Listing, Asked], of: str) -> HttpResponse:
    listing, asked = found
    if is_export(listing):
        return export(listing, title=str(LESSONS.title), of=of, stem=project.code if project else "")
    page = build_page(listing)
    context = {
        "project": project,
        "page": page,
        "asked": asked,
        "lessons": [(lesson, can(request.user, "pmo.note_lesson", lesson)) for lesson in page.rows],
        "may_note": project and can(request.user, "pmo.note_lesson", project),
    }
    return render(request, "pmo/registers/lessons/lessons.html", context)


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
    back_label = LESSONS.title
    back_url_name = LESSONS.list_url
