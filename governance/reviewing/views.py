"""The monthly reviews of a project, a programme or a portfolio: the list, a new one, one that was archived, its PDF."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from governance.dashboards.scope import Scope, part_of
from governance.models import Review
from governance.one_form import Words, one_form, posted
from governance.paging import page_before
from governance.reviewing.forms import ReviewForm
from governance.reviewing.services import archive_review
from governance.visible import visible_project
from roles.access import can, ensure, reader


@require_GET
def review_list(request: HttpRequest, code: str) -> HttpResponse:
    """The reviews archived here, newest first."""
    project = visible_project(request, code)
    readable = Review.objects.visible_to(request.user).filter(project=project)
    rows = readable.defer("pdf", "content").select_related("made_by")
    context = {
        "project": project, "scope": Scope.of(request, project), "page": page_before(request, rows, "number"),
        "may_archive": can(request.user, "governance.archive_review", project),
    }  # fmt: skip
    return render(request, "governance/review_list.html", context)


@require_http_methods(["GET", "POST"])
def review_new(request: HttpRequest, code: str) -> HttpResponse:
    """Choose the projects, add questions, archive."""
    project = visible_project(request, code)
    ensure(request.user, "governance.archive_review", project)
    form = ReviewForm(posted(request), projects=list(part_of(project, request.user).order_by("code")))
    words = Words(
        _("Prepare the monthly review"),
        _("The figures of the chosen projects as they are now, with what waits for each owner. It is archived as a PDF "
          "and never changes."),
        _("Archive the review"), _("The review is archived."), _("Monthly reviews"), project_reviews(code),
        shows_it=True,
    )  # fmt: skip

    def run(values: dict[str, Any]) -> Review:
        return archive_review(actor=reader(request), project=project, **values)

    return one_form(request, project, form, words, run)


@require_GET
def review(request: HttpRequest, review_id: int) -> HttpResponse:
    """One review as it was archived."""
    found = get_object_or_404(
        Review.objects.visible_to(request.user).defer("pdf").select_related("project", "made_by"), pk=review_id
    )
    return render(request, "governance/review.html", {"project": found.project, "review": found})


@require_GET
def review_pdf(request: HttpRequest, review_id: int) -> HttpResponse:
    """The document, byte for byte as it was archived."""
    found = get_object_or_404(Review.objects.visible_to(request.user).select_related("project"), pk=review_id)
    name = f"{found.project.code}-{slugify(_('Monthly review'))}-{found.month:%Y-%m}-{found.number}.pdf"
    header = content_disposition_header(as_attachment=True, filename=name)
    return HttpResponse(bytes(found.pdf), "application/pdf", headers={"Content-Disposition": header})


def project_reviews(code: str) -> str:
    """Address of the list."""
    return reverse("governance:review_list", args=[code])
