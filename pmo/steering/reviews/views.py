"""Pages of monthly reviews: list, new review, archived review, PDF."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from core.access import can
from core.forms import add_errors, forget_errors
from core.pages.form_views import ReviewedFormView, Text
from core.pages.pagination import page_before
from pmo.steering.dashboards.scope import Scope, visible_parts
from pmo.steering.reviews.forms import ReviewForm
from pmo.steering.reviews.models import Review
from pmo.steering.reviews.periods import find_due_review
from pmo.steering.reviews.questions import group_questions
from pmo.steering.reviews.services import archive_review, build_review
from pmo.steering.reviews.words import Rhythm, name_reviews
from projects.form_views import ProjectFormView
from projects.organisation_settings.queries import today
from projects.shortcuts import get_object_or_404, get_project_or_404


@require_GET
def review_list(request: HttpRequest, code: str) -> HttpResponse:
    """List the archived reviews, newest first."""
    project = get_project_or_404(request, code)
    readable = Review.objects.visible_to(request.user).filter(project=project)
    rhythm = KeyTextTransform("rhythm", KeyTransform("review", "content"))
    rows = readable.defer("pdf", "content").select_related("made_by").annotate(rhythm_=rhythm)
    context = {
        "project": project,
        "name": name_reviews(project),
        "scope": Scope.of(request, project),
        "page": page_before(request, rows, "number"),
        "rhythms": dict(Rhythm.choices),
        "due": find_due_review(project, today()),
        "may_archive": can(request.user, "pmo.archive_review", project),
    }
    return render(request, "pmo/steering/reviews/review_list.html", context)


class ReviewFormView(ReviewedFormView, ProjectFormView):
    """Choose projects and add questions, read the review, then archive it."""

    template_name = "pmo/steering/reviews/review_form.html"
    permission = "pmo.archive_review"
    form_class = ReviewForm
    review_template_name = "pmo/steering/reviews/review_preview.html"
    title = _("Prepare the monthly review")
    lede = _(
        "The figures of the selected projects as of now, with the pending decisions of each owner. Archived as a "
        "PDF, the review never changes."
    )
    button = _("Read the review")
    done = _("The review is archived.")
    shows_result = True
    back_url_name = "pmo:reviews:review_list"

    def get_back_label(self) -> Text:
        return name_reviews(self.project)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the visible projects here and below."""
        projects = list(visible_parts(self.project, self.request.user).order_by("code"))
        return super().get_form_kwargs() | {"project": self.project, "projects": projects}

    def get_form(self) -> ReviewForm:
        """Return the form; without its errors when it is shown with one more question."""
        form = ReviewForm(**self.get_form_kwargs())
        if form.is_one_more:
            forget_errors(form)
        return form

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form with one more question, its review, or archive it."""
        return self.get(request) if "add_question" in request.POST else super().post(request)

    def show_review(self, form: forms.Form) -> HttpResponse:
        """Render the review as it would be archived now."""
        try:
            _numbers, content = build_review(self.actor, self.project, **form.cleaned_data, at=timezone.now())
        except ValidationError as error:
            add_errors(form, error)
            return self.show_form(form)
        context = {"content": content, "groups": group_questions(content["questions"])}
        return render(self.request, self.review_template_name, self.get_context_data(form) | context)

    def act(self, data: dict[str, Any]) -> Review:
        return archive_review(actor=self.actor, project=self.project, **data)


@require_GET
def review(request: HttpRequest, review_id: int) -> HttpResponse:
    """Show an archived review."""
    review = get_object_or_404(
        Review.objects.visible_to(request.user).defer("pdf").select_related("project", "made_by"), pk=review_id
    )
    context = {
        "project": review.project,
        "name": name_reviews(review.project),
        "review": review,
        "groups": group_questions(review.content["questions"]),
    }
    return render(request, "pmo/steering/reviews/review.html", context)


@require_GET
def review_pdf(request: HttpRequest, review_id: int) -> HttpResponse:
    """Return the archived PDF, byte for byte."""
    review = get_object_or_404(Review.objects.visible_to(request.user).select_related("project"), pk=review_id)
    name = f"{review.project.code}-{slugify(_('Monthly review'))}-{review.month:%Y-%m}-{review.number}.pdf"
    header = content_disposition_header(as_attachment=True, filename=name)
    return HttpResponse(bytes(review.pdf), "application/pdf", headers={"Content-Disposition": header})
