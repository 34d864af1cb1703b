"""Pages of recipients: the list, one group, and the forms to describe it."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from amoa.recipients import queries
from amoa.recipients.forms import GroupCellsForm, GroupForm
from amoa.recipients.register import RECIPIENTS
from amoa.recipients.services import describe_group, edit_groups, undo_groups
from core.access import can
from core.pages.form_views import Text
from core.pages.grid.rows import RowChange, RowsWritten
from core.pages.lists.exports import export, is_export
from core.pages.lists.neighbours import find_neighbours
from core.pages.lists.pages import build_page
from core.pages.lists.undo import BulkResult
from projects.form_views import ProjectFormView, ProjectGridView, RowActView
from projects.models import RecipientGroup
from projects.seats.recipient_groups.enums import InterestDegree
from projects.shortcuts import get_object_or_404, get_project_or_404


@require_GET
def recipient_list(request: HttpRequest, code: str) -> HttpResponse:
    """Show the groups, the map of influence and interest, and the gaps."""
    project = get_project_or_404(request, code)
    may_describe = can(request.user, "amoa.describe_group", project)
    listing, asked = RECIPIENTS.build(project, request.GET, changes=may_describe)
    if is_export(listing):
        return export(listing, title=str(RECIPIENTS.title), of=f"{project.code} · {project.title}", stem=project.code)
    groups: list[Any] = list(queries.annotate_groups(project).order_by("name")[: queries.MOST])
    context = {
        "project": project,
        "asked": asked,
        "page": build_page(listing),
        "undo": RecipientGridView.find_undo_for(request, project) if may_describe else None,
        "groups": groups,
        "silent": sum(not group.heard for group in groups),
        "people": sum(group.size or 0 for group in groups),
        "placed": queries.build_map(groups),
        "interests": InterestDegree,
        "unplaced": [group for group in groups if not (group.influence and group.interest)],
        "coverage": queries.find_gaps(project, groups),
        "may_describe": may_describe,
    }
    return render(request, "amoa/recipients/recipient_list.html", context)


@require_GET
def recipient(request: HttpRequest, group_id: int) -> HttpResponse:
    """Show one group, its representatives and the requirements that serve it."""
    group = _get_group_or_404(request, group_id)
    project = group.project
    serving = project.requirements.requirements().serving(group.pk).exclude(state__in=queries.GONE)
    context = {
        "project": project,
        "group": group,
        "line": queries.build_line(group),
        "serving": list(serving.order_by("code")[: queries.LISTED]),
        "may_describe": can(request.user, "amoa.describe_group", project),
        "neighbours": find_neighbours(
            request,
            lambda query: RECIPIENTS.build(project, query)[0],
            group.pk,
            reverse(RECIPIENTS.list_url, args=[project.code]),
            lambda pk: reverse(RECIPIENTS.row_url, args=[pk]),
        ),
    }
    return render(request, "amoa/recipients/recipient.html", context)


class RecipientNewView(ProjectFormView):
    """Describe a new group."""

    permission = "amoa.describe_group"
    form_class = GroupForm
    title = _("Add a recipient group")
    lede = _("Only the name is required. You can add the rest later.")
    button = _("Add the group")
    done = _("The group is described.")
    back_label = _("Recipients")
    back_url_name = "amoa:recipients:recipient_list"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"project": self.project}

    def act(self, data: dict[str, Any]) -> RecipientGroup:
        del data["seen"]
        return describe_group(actor=self.actor, project=self.project, fields=data)


class RecipientGridView(ProjectGridView):
    """Edit a page of groups at once."""

    register = RECIPIENTS
    form_class = GroupCellsForm
    title = _("Edit groups in a grid")
    lede = _("Only the rows that you change are saved.")
    button = _("Save the groups")
    caption = _("Recipient groups as cells")
    name_label = _("Group")
    name_css = ""
    back_label = RECIPIENTS.title

    def write(self, changes: Mapping[int, RowChange]) -> RowsWritten[RecipientGroup]:
        return edit_groups(actor=self.actor, project=self.project, changes=changes)

    def undo(self, seq: int) -> BulkResult:
        return undo_groups(actor=self.actor, project=self.project, seq=seq)

    def get_done(self, count: int) -> str:
        return ngettext("%(n)s group is saved.", "%(n)s groups are saved.", count) % {"n": count}


class RecipientEditView(RowActView):
    """Change the description of a group."""

    pk_url_kwarg = "group_id"
    permission = "amoa.describe_group"
    form_class = GroupForm
    title = _("Edit the group")
    lede = _("Every version is kept with its author and its date.")
    button = _("Save the group")
    done = _("The group is saved.")

    def get_row(self, number: int) -> RecipientGroup:
        return _get_group_or_404(self.request, number)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Prefill the group."""
        return super().get_form_kwargs() | {"project": self.project, "row": self.row}

    def get_back_label(self) -> Text:
        name: str = self.row.name
        return name

    def act(self, data: dict[str, Any]) -> RecipientGroup:
        seen = data.pop("seen")
        return describe_group(actor=self.actor, project=self.project, fields=data, group=self.row, seen=seen)


def _get_group_or_404(request: HttpRequest, group_id: int) -> RecipientGroup:
    """Return the group. Raises Http404 when absent or hidden from the reader."""
    groups = queries.prefetch_seats(RecipientGroup.objects.visible_to(request.user).select_related("project"))
    return get_object_or_404(groups, pk=group_id)
