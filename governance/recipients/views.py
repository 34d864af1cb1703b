"""The recipients of a project: all of them, one of them, and describing one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from governance.one_form import Words, one_form, posted
from governance.paging import page_before
from governance.recipients import reading
from governance.recipients.forms import GroupForm
from governance.recipients.services import describe_group
from governance.visible import visible_project
from projects.models import RecipientGroup
from projects.recipients.enums import InterestDegree
from roles.access import can, ensure, reader


@require_GET
def recipient_list(request: HttpRequest, code: str) -> HttpResponse:
    """Every group, the map of influence and interest, and what is uncovered."""
    project = visible_project(request, code)
    groups: list[Any] = list(reading.groups_of(project).order_by("name")[: reading.MOST])
    page = page_before(request, reading.with_seats(reading.groups_of(project)), "pk")
    context = {
        "project": project,
        "lines": [reading.line(group) for group in page.rows],
        "next_key": page.next_key,
        "groups": groups,
        "silent": sum(not group.heard for group in groups),
        "people": sum(group.size or 0 for group in groups),
        "placed": reading.placed(groups),
        "interests": InterestDegree,
        "unplaced": [group for group in groups if not (group.influence and group.interest)],
        "coverage": reading.coverage(project, groups),
        "may_describe": can(request.user, "governance.describe_group", project),
    }
    return render(request, "governance/recipient_list.html", context)


@require_GET
def recipient(request: HttpRequest, group_id: int) -> HttpResponse:
    """One group: who they are, who speaks for them, and what serves them."""
    group = _visible(request, group_id)
    project = group.project
    serving = project.requirements.requirements().serving(group.pk).exclude(state__in=reading.GONE)
    context = {
        "project": project,
        "group": group,
        "line": reading.line(group),
        "serving": list(serving.order_by("code")[: reading.LISTED]),
        "may_describe": can(request.user, "governance.describe_group", project),
    }
    return render(request, "governance/recipient.html", context)


@require_http_methods(["GET", "POST"])
def recipient_new(request: HttpRequest, code: str) -> HttpResponse:
    """Describe one more group."""
    project = visible_project(request, code)
    ensure(request.user, "governance.describe_group", project)
    back = reverse("governance:recipient_list", args=[project.code])
    words = Words(
        _("Describe a recipient group"), _("A name is enough to begin with; the rest can follow."),
        _("Add the group"), _("The group is described."), _("Recipients"), back,
    )  # fmt: skip

    def run(typed: dict[str, Any]) -> Any:
        typed.pop("seen")
        return describe_group(actor=reader(request), project=project, fields=typed)

    return one_form(request, project, GroupForm(posted(request)), words, run)


@require_http_methods(["GET", "POST"])
def recipient_edit(request: HttpRequest, group_id: int) -> HttpResponse:
    """Change what is said of a group."""
    group = _visible(request, group_id)
    ensure(request.user, "governance.describe_group", group)
    words = Words(
        _("Change what is said of this group"), _("Every version is kept with its author and its date."),
        _("Record the change"), _("The change is recorded."), group.name, group.get_absolute_url(),
    )  # fmt: skip

    def run(typed: dict[str, Any]) -> Any:
        seen = typed.pop("seen")
        return describe_group(actor=reader(request), project=group.project, fields=typed, group=group, seen=seen)

    return one_form(request, group.project, GroupForm(posted(request), group=group), words, run)


def _visible(request: HttpRequest, group_id: int) -> RecipientGroup:
    """The group, or 404 when absent or on a project that is not for this reader."""
    groups = reading.with_seats(RecipientGroup.objects.visible_to(request.user).select_related("project"))
    return get_object_or_404(groups, pk=group_id)
