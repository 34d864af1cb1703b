"""Views that change many risks of the register, undo such a change, and copy risks from another project."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from core.access import ensure, reader
from core.form_views import UNPROCESSABLE, Text, post_data
from core.forms import add_errors
from core.history import Outdated
from core.lists.undo import BulkResult
from core.refusals.views import Conflict, conflict
from pmo.risks import bulk_services, queries
from pmo.risks.filters import Filter
from pmo.risks.forms import BulkRiskForm, CopyRisksForm
from pmo.risks.models import Risk
from projects.form_views import ProjectFormView
from projects.models import Project
from projects.shortcuts import get_project_or_404

#: Maximum number of risks that one act changes.
MOST = 500
LARGEST = 2**31 - 1


@require_POST
def risks_change(request: HttpRequest, code: str) -> HttpResponse:
    """Set fields of the ticked risks, or of all that the filter matches."""
    project = get_project_or_404(request, code)
    ensure(request.user, "pmo.assess_risk", project)
    numbers, form = _list_chosen(request, project), BulkRiskForm(request.POST, project=project)
    if not form.is_valid() or not 0 < len(numbers) <= MOST:
        return _render_result(request, project, form, BulkResult(), chosen=len(numbers))
    try:
        done = bulk_services.change_risks(
            actor=reader(request),
            project=project,
            numbers=numbers,
            fields=form.content(),
            because=form.cleaned_data["because"],
        )
    except ValidationError as error:
        add_errors(form, error)
        return _render_result(request, project, form, BulkResult(), chosen=len(numbers))
    if done.skipped or not done.changed:
        return _render_result(request, project, form, done, chosen=len(numbers))
    return redirect(_get_back_url(request, project, changed=done.seq))


class RisksCopyView(ProjectFormView):
    """Raise risks of another project here; `?of=` names it."""

    permission = "pmo.raise_risk"
    template_name = "pmo/risks/risks_copy.html"
    title = gettext_lazy("Copy risks")
    lede = gettext_lazy("The copies are new risks with their first rating. Actions and acceptances stay behind.")
    button = gettext_lazy("Copy the risks")
    back_label = gettext_lazy("Risks")
    back_url_name = "pmo:risks:risk_list"

    @cached_property
    def source(self) -> Project | None:
        """Return the project of the query string. Raises Http404 when the reader may not read it."""
        code = self.request.GET.get("of", "").replace("\x00", "")[:30]
        return get_project_or_404(self.request, code) if code else None

    @cached_property
    def risks(self) -> list[Risk]:
        """List the risks to choose from."""
        return queries.list_to_copy(self.source, MOST) if self.source else []

    def get_form(self) -> CopyRisksForm:
        """Return the form with the risks to choose from."""
        return CopyRisksForm(post_data(self.request), risks=self.risks)

    def get_context_data(self, form: Form) -> dict[str, Any]:
        """Add the projects to copy from, the risks, and the titles that the register has already."""
        return super().get_context_data(form) | {
            "source": self.source,
            "sources": queries.list_sources(self.project, self.request.user),
            "risks": self.risks,
            "known": set(self.project.risks.values_list("title", flat=True)),
            "chosen": set(self.request.POST.getlist("one")),
        }

    def act(self, data: dict[str, Any]) -> list[Risk]:
        """Copy the chosen risks."""
        chosen = [risk for risk in self.risks if risk.pk in data["one"]]
        return bulk_services.copy_risks(actor=self.actor, project=self.project, risks=chosen)

    def get_done(self, result: list[Risk]) -> Text:
        """Return how many risks were raised."""
        words = ngettext("%(count)d risk is copied.", "%(count)d risks are copied.", len(result))
        return words % {"count": len(result)}


@require_POST
def risks_undo(request: HttpRequest, code: str, seq: int) -> HttpResponse:
    """Undo a change of many."""
    project = get_project_or_404(request, code)
    ensure(request.user, "pmo.assess_risk", project)
    try:
        done = bulk_services.undo_risks(actor=reader(request), project=project, seq=min(seq, LARGEST))
    except Outdated:
        title, words = (
            _("This change can no longer be undone"),
            _("A change is undone within ten minutes, by its author."),
        )
        return conflict(request, Conflict(title, words, _get_back_url(request, project), _("Back to the risks"), []))
    if done.skipped:
        return _render_result(request, project, None, done, chosen=len(done.changed) + len(done.skipped))
    count = len(done.changed)
    message = ngettext("%(count)d risk is as it was before.", "%(count)d risks are as they were before.", count)
    messages.success(request, message % {"count": count})
    return redirect(_get_back_url(request, project))


def _list_chosen(request: HttpRequest, project: Project) -> list[int]:
    """List the primary keys of the ticked risks, or of all that the filter matches; at most one more than MOST."""
    if request.POST.get("all"):
        chosen = Filter.from_query_string(QueryDict(request.POST.get("filter", "")))
        return list(chosen.rows(project).values_list("pk", flat=True)[: MOST + 1])
    ticked = [pk for pk in request.POST.getlist("one") if pk.isascii() and pk.isdecimal() and len(pk) < 12]
    return list(dict.fromkeys(int(pk) for pk in ticked))[: MOST + 1]


def _get_back_url(request: HttpRequest, project: Project, *, changed: int = 0) -> str:
    """Return the address of the list with the filter it was left with, and the entry of a change to undo."""
    query = QueryDict(request.POST.get("filter", ""), mutable=True)
    query.pop("changed", None)
    if changed:
        query["changed"] = str(changed)
    return reverse("pmo:risks:risk_list", args=[project.code], query=query or None)


def _render_result(
    request: HttpRequest, project: Project, form: BulkRiskForm | None, done: BulkResult, *, chosen: int
) -> HttpResponse:
    """Show the changed and the skipped risks, or what is missing with the form as it was typed."""
    refused = form is not None and (bool(form.errors) or not 0 < chosen <= MOST)
    context = {
        "project": project,
        "form": form if refused else None,
        "done": done,
        "chosen": chosen,
        "most": MOST,
        "keep": [(name, value) for name in ("one", "all", "filter") for value in request.POST.getlist(name)],
        "undo_url": reverse("pmo:risks:risks_undo", args=[project.code, done.seq]) if done.seq else "",
        "back": _get_back_url(request, project),
    }
    return render(request, "pmo/risks/risks_changed.html", context, status=UNPROCESSABLE if refused else 200)
