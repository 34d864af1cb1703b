"""Views that record checks: in the row of a checkpoint, for several at once, and by the form of every field."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from core.access import ensure, reader
from core.forms import add_errors
from core.pages.form_views import UNPROCESSABLE, Text
from pmo.standards.conformity import queries, services
from pmo.standards.conformity.enums import Result
from pmo.standards.conformity.forms import AnswerForm, CheckForm
from pmo.standards.conformity.listing import build_listing
from pmo.standards.conformity.models import ConformityCheck
from pmo.standards.conformity.views import build_context, get_checkpoint_or_404, reader_permissions
from pmo.standards.standards.models import StandardCheckpoint
from pmo.standards.standards.references import list_checkpoints, reference_of
from projects.form_views import ProjectFormView
from projects.models import Project
from projects.shortcuts import get_project_or_404


class CheckFormView(ProjectFormView):
    """Record what was found at a checkpoint.

    htmx gets the row of the list: with `?result=` as a form, else as it is. What is posted from the list carries its
    `filter`, and leads back to it.
    """

    permission = "pmo.check_conformity"
    title = gettext_lazy("Record a check")
    button = gettext_lazy("Record the check")
    done = gettext_lazy("The check is recorded.")

    checkpoint: StandardCheckpoint

    @property
    def is_in_row(self) -> bool:
        """Tell whether the row of the list is asked for, not the page."""
        return bool(self.request.htmx)  # type: ignore[attr-defined]

    def check(self) -> None:
        """Load the checkpoint. Raise Http404."""
        self.checkpoint = get_checkpoint_or_404(self.project, self.kwargs["checkpoint_id"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.is_in_row or "result" in request.GET:
            return super().get(request, *args, **kwargs)
        self.prepare()
        return HttpResponse(self.render_row())

    def get_lede(self) -> Text:
        version = self.checkpoint.version
        return _("%(code)s, %(title)s.") % {"code": version.standard.code, "title": version.title}

    def get_quote(self) -> Text:
        return self.checkpoint.text

    def get_form(self) -> AnswerForm | CheckForm:
        """Return the form of every field, or that of the row; `?result=` is chosen."""
        given = super().get_form_kwargs() | {"initial": {"result": self.request.GET.get("result", "")}}
        if self.is_in_row:
            return AnswerForm(**given, auto_id=f"id_{self.checkpoint.pk}_%s")
        return CheckForm(**given, project=self.project)

    def show_form(self, form: Any, status: int = 0) -> HttpResponse:
        if not self.is_in_row:
            return super().show_form(form, status)
        return self.show_row(
            "pmo/standards/conformity/_conformity_row_form.html",
            form=form,
            status=UNPROCESSABLE if form.errors else 200,
        )

    def show_row(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        """Render a template of the row."""
        about = {"project": self.project, "checkpoint": self.checkpoint, "reference": reference_of(self.checkpoint)}
        about |= {"may": reader_permissions(self.request, self.project)}
        return render(self.request, template, about | context, status=status)

    def show_done(self, result: ConformityCheck) -> HttpResponse:
        """Show the answered row to htmx, with the counts of the list; else redirect."""
        if not self.is_in_row:
            return super().show_done(result)
        context = build_context(self.request, self.project, read_filter(self.request))
        return self.show_row(
            "pmo/standards/conformity/_conformity_answered.html", **context | {"answered": self.render_row()}
        )

    def render_row(self) -> SafeString:
        """Render the row as the list shows it."""
        rows = queries.list_standings(self.project, [self.checkpoint])
        may = reader_permissions(self.request, self.project)
        listing, _asked = build_listing(self.project, rows, read_filter(self.request), [], may)
        return listing.render_row(rows[0])

    def get_back_label(self) -> Text:
        return reference_of(self.checkpoint)

    def get_back_url(self) -> str:
        return reverse("pmo:conformity:conformity_checkpoint", args=[self.project.code, self.checkpoint.pk])

    def get_success_url(self, result: ConformityCheck) -> str:
        """Return the URL of the list that the answer was posted from, else of the checkpoint."""
        if "filter" in self.request.POST:
            return _get_list_url(self.request, self.project, after=[self.checkpoint])
        return super().get_success_url(result)

    def act(self, data: dict[str, Any]) -> ConformityCheck:
        result = Result(data.pop("result"))
        return services.record_check(
            actor=self.actor, project=self.project, checkpoint=self.checkpoint, result=result, **data
        )


def read_filter(request: HttpRequest) -> QueryDict:
    """Return the query string of the list that a request comes from."""
    return QueryDict((request.POST or request.GET).get("filter", ""))


@require_POST
def conformity_checks(request: HttpRequest, code: str) -> HttpResponse:
    """Record the same answer for the ticked checkpoints; show the form again with what is missing."""
    project = get_project_or_404(request, code)
    ensure(request.user, "pmo.check_conformity", project)
    ticked = set(request.POST.getlist("one"))
    chosen = [checkpoint for checkpoint in list_checkpoints(project) if str(checkpoint.pk) in ticked]
    form = AnswerForm(request.POST)
    if form.is_valid():
        result, finding = Result(form.cleaned_data["result"]), form.cleaned_data["finding"]
        try:
            checks = services.record_checks(
                actor=reader(request), project=project, checkpoints=chosen, result=result, finding=finding
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            done = ngettext("%(count)d check is recorded.", "%(count)d checks are recorded.", len(checks))
            messages.success(request, done % {"count": len(checks)})
            return redirect(_get_list_url(request, project, after=chosen))
    back = _get_list_url(request, project, after=[])
    context = {
        "project": project,
        "form": form,
        "chosen": chosen,
        "filter": request.POST.get("filter", ""),
        "back": back,
    }
    return render(request, "pmo/standards/conformity/conformity_checks.html", context, status=UNPROCESSABLE)


def _get_list_url(request: HttpRequest, project: Project, *, after: list[StandardCheckpoint]) -> str:
    """Return the URL of the list as it was filtered, at the next unanswered row after these checkpoints."""
    query = read_filter(request)
    url = reverse("pmo:conformity:conformity", args=[project.code], query=query or None)
    if not after:
        return url
    rows = build_context(request, project, query)["page"].rows
    at = next((n for n, row in enumerate(rows) if row.pk == after[-1].pk), -1)
    following = next((row for row in [*rows[at + 1 :], *rows[: at + 1]] if row.is_open), None)
    return f"{url}#row-{following.pk}" if following else url
