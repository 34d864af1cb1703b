"""Pages of baselines: the list, one compared with another, and freezing the next."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from amoa.requirements import baselines
from amoa.requirements.models import RequirementBaseline, get_baseline_in_force
from amoa.requirements.quality import count_gaps, read_baseline
from amoa.requirements.services import NothingToFreeze, freeze_baseline
from amoa.requirements.text_diff import display_value
from core.access import can, ensure, reader
from core.forms import ReasonField
from core.history import Outdated
from core.pages.pagination import page_before
from core.pages.refusals.views import Conflict, conflict
from projects.enums import ProjectState
from projects.models import Project
from projects.seats.mandates.predicates import kinds_to_propose
from projects.shortcuts import get_object_or_404, get_project_or_404
from roles.enums import DecisionKind
from roles.unsent.posts import is_unsent

#: Page size of each list on a baseline's page.
SIZE = 25
LONGEST_CODE = 30
UNPROCESSABLE = 422


class FreezeForm(forms.Form):
    """Reason of the freeze, and the fingerprint of what the actor read."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    reason = ReasonField(
        label=gettext_lazy("Why now"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Kept with the baseline, such as the workshop or the review it closes."),
    )


@dataclass(frozen=True)
class CodePage[Row]:
    """One page of rows keyed by code; `next_code` is empty on the last page."""

    rows: Sequence[Row]
    next_code: str


@require_GET
def baseline_list(request: HttpRequest, code: str) -> HttpResponse:
    """List the baselines of a project, newest first, with their status."""
    project = get_project_or_404(request, code)
    page = page_before(request, project.baselines.select_related("made_by"), "number")
    sizes = baselines.count_requirements(page.rows)
    rows = [
        (status, sizes.get(status.baseline.pk, 0))
        for status in baselines.list_with_status(project, page.rows, request.user)
    ]
    context = {
        "project": project,
        "page": page,
        "rows": rows,
        "may_freeze": can(request.user, "amoa.freeze_baseline", project),
    }
    return render(request, "amoa/requirements/baseline_list.html", context)


@require_GET
def baseline(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Show a baseline and its differences with the one in force, or the one named by `with`."""
    project = get_project_or_404(request, code)
    baseline = get_object_or_404(project.baselines.select_related("made_by"), number=number)
    offered = baselines.list_comparable(project, baseline)
    listed = baselines.list_with_status(project, [baseline], request.user)[0]
    other = _get_other(request, project, listed, offered)
    first, second = (baseline, other) if other and other.number > baseline.number else (other, baseline)
    compared = baselines.compare_baselines(first, second)
    changes = _paginate(request, "change", compared.rows if other else [])
    versions = baseline.versions.order_by("requirement__code").select_related("requirement")
    page_versions = versions.filter(requirement__code__gt=_get_start_code(request, "requirement"))[: SIZE + 1]
    shown_versions = list(page_versions)
    context = {
        "project": project,
        "listed": listed,
        "baseline": baseline,
        "before": first,
        "after": second,
        "other": other,
        "offered": offered,
        "compared": compared,
        "asked": {name: _get_start_code(request, name) for name in ("change", "requirement")},
        "changes": baselines.describe_differences(changes.rows),
        "next_change": changes.next_code,
        "held": [
            (v, display_value("kind", v.content["kind"]), display_value("priority", v.content["priority"]))
            for v in shown_versions[:SIZE]
        ],
        "next_requirement": shown_versions[SIZE - 1].requirement.code if len(shown_versions) > SIZE else "",
        "size": compared.size if second == baseline else baselines.count_requirements([baseline]).get(baseline.pk, 0),
        "put": build_proposal_url(request, project, listed),
        "gaps": count_gaps(project, read_baseline(baseline)),
    }
    return render(request, "amoa/requirements/baseline.html", context)


@require_http_methods(["GET", "POST"])
def baseline_freeze(request: HttpRequest, code: str) -> HttpResponse:
    """Review what will be frozen and what is left out, then freeze. Cannot be undone."""
    project = get_project_or_404(request, code)
    ensure(request.user, "amoa.freeze_baseline", project)
    form = FreezeForm(request.POST if request.method == "POST" else None)
    if not form.is_valid() or is_unsent(request):
        return _render_review(request, project, form)
    try:
        frozen = freeze_baseline(actor=reader(request), project=project, **form.cleaned_data)
    except (Outdated, NothingToFreeze):
        outdated = Conflict(
            _("The requirements changed while you were reading"),
            _("They were changed or frozen since you read what would be frozen."),
            request.path,
            _("Read what would be frozen now"),
            [(str(form["reason"].label), form.cleaned_data["reason"])],
        )
        return conflict(request, outdated)
    words = _("Baseline %(number)s is frozen. It comes into force once the owner approves it.")
    messages.success(request, words % {"number": frozen.number})
    return redirect(frozen)


def build_proposal_url(request: HttpRequest, project: Project, listed: baselines.BaselineStatus) -> str:
    """Return the address of a proposal form for this baseline; empty when not allowed or not needed.

    Once requirements are in force, another baseline is proposed as a change.
    """
    if listed.state != "frozen":
        return ""
    kinds = kinds_to_propose(request.user, project)
    follows = get_baseline_in_force(project) is not None and project.state != ProjectState.DRAFT
    wanted = [DecisionKind.CHANGE] if follows else []
    kind = next((kind for kind in (*wanted, DecisionKind.REQUIREMENT_BASELINE) if kind in kinds), None)
    if kind is None:
        return ""
    query = urlencode({"kind": kind, "baseline": baselines.build_term(listed.baseline)})
    return f"{reverse('governance:proposals:proposal_new', args=[project.code])}?{query}"


def _render_review(request: HttpRequest, project: Project, form: FreezeForm) -> HttpResponse:
    preview = baselines.build_preview(project)
    failed = form.is_bound
    if not failed:
        form = FreezeForm(initial={"seen": preview.seen})
    context = {"project": project, "form": form, "preview": preview}
    return render(request, "amoa/requirements/baseline_freeze.html", context, status=UNPROCESSABLE if failed else 200)


def _get_other(
    request: HttpRequest, project: Project, listed: baselines.BaselineStatus, offered: list[RequirementBaseline]
) -> RequirementBaseline | None:
    """Return the baseline to compare with: the one `with` names, else the one in force, else the previous.

    None when there is none.
    """
    number = request.GET.get("with", "")
    if number.isascii() and number.isdecimal() and len(number) < 10:
        chosen = project.baselines.filter(number=int(number)).exclude(pk=listed.baseline.pk).first()
        if chosen:
            return chosen
    by_pk = {candidate.pk: candidate for candidate in offered}
    current = get_baseline_in_force(project)
    if current is not None and current.pk in by_pk:
        return by_pk[current.pk]
    effect = baselines.map_effects(project).get(str(listed.baseline.number))
    before = int(effect.before) if effect and effect.before else listed.baseline.number - 1
    return next((candidate for candidate in offered if candidate.number == before), None)


def _get_start_code(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "")[:LONGEST_CODE].replace("\0", "")


def _paginate[Row: tuple[str, int, int]](request: HttpRequest, name: str, rows: Sequence[Row]) -> CodePage[Row]:
    """Return the page of rows after the code given in the query string."""
    rest = [row for row in rows if row[0] > _get_start_code(request, name)]
    return CodePage(rest[:SIZE], rest[SIZE - 1][0] if len(rest) > SIZE else "")
