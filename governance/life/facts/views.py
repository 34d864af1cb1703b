"""Page of the facts of a project, and the pages on which its owner changes them."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from core.access import can
from core.history import version_of
from core.pages.form_views import Facts, ReviewedFormView
from governance.decide.proposals.queries import list_changes_of_state
from governance.life.facts import services
from governance.life.facts.forms import FactsForm, SeenForm, SigningForm, WorkspacesForm
from governance.life.facts.queries import find_since, has_references, list_lines, list_lost
from governance.life.moves.queries import find_open_move
from projects.form_views import ProjectFormView
from projects.models import Project
from projects.organisation_settings.queries import organisation
from projects.shortcuts import get_project_or_404


@require_GET
def facts(request: HttpRequest, code: str) -> HttpResponse:
    """Show the title, the prefix, the language, the state and the workspaces of a project."""
    project = get_project_or_404(request, code, Project.objects.select_related("pack", "parent"))
    is_open = not project.is_over
    context = {
        "project": project,
        "since": find_since(project),
        "offers": list_changes_of_state(request.user, project),
        "lines": list_lines(project),
        "may_edit": is_open and can(request.user, "governance.edit_facts", project),
        "may_switch": is_open and can(request.user, "governance.switch_workspaces", project),
        "may_sign": is_open and can(request.user, "governance.sign_decisions", project),
        "signed_everywhere": organisation().signed_decisions,
        "reads_parent": Project.objects.visible_to(request.user).filter(pk=project.parent_id or 0).exists(),
        "move": find_open_move(project),
        "may_move": is_open and can(request.user, "governance.ask_move", project),
        "may_archive": project.is_over and not project.archived and can(request.user, "governance.archive", project),
        "may_unarchive": project.archived and can(request.user, "governance.unarchive", project),
    }
    return render(request, "governance/life/facts/facts.html", context)


class FactsFormView(ProjectFormView):
    """A form on the facts of a project; `service` takes actor, project and what the form cleans to."""

    back_label = _("Facts of the project")
    back_url_name = "governance:facts:facts"
    service: ClassVar[Callable[..., Project]]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"project": self.project}

    def act(self, data: dict[str, Any]) -> Project:
        """Record the change."""
        service = type(self).service
        return service(actor=self.actor, project=self.project, **data)


class FactsEditView(FactsFormView):
    """Change the title, the prefix and the language."""

    permission = "governance.edit_facts"
    form_class = FactsForm
    title = button = _("Edit the facts")
    lede = _("The records of past decisions keep what the project was called then.")
    done = _("The facts are changed.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"keeps_prefix": has_references(self.project)}

    def act(self, data: dict[str, Any]) -> Project:
        seen = data.pop("seen")
        return services.edit_facts(actor=self.actor, project=self.project, fields=data, seen=seen)


class WorkspacesSwitchView(ReviewedFormView, FactsFormView):
    """Switch workspaces on or off; one with open rows goes off after a review of what it takes along."""

    #: Only a workspace with open rows is reviewed, so the form keeps its own button.
    is_reviewed = False
    review_template_name = "governance/life/facts/workspaces_review.html"
    permission = "governance.switch_workspaces"
    form_class = WorkspacesForm
    title = button = _("Switch workspaces")
    lede = _(
        "A workspace that is off disappears from the menu, the tasks, the figures, the gates and the obligations. "
        "Nothing is deleted."
    )
    done = _("The workspaces are switched.")
    consequences = (
        _("Pages, tasks, figures, gates and obligations of the workspace disappear for everybody on the project."),
        _("No reminder and no alarm about these rows leaves any more."),
        _("Nothing is deleted. All of it comes back when you switch the workspace on again."),
    )
    service = services.switch_workspaces

    def get_facts(self, data: dict[str, Any]) -> Facts:
        """Return each workspace that goes off, with its open rows in words."""
        return [(capfirst(str(label)), ", ".join(rows)) for label, rows in list_lost(self.project, data["workspaces"])]

    def show_review(self, form: Any) -> HttpResponse:
        """Show what is open in the workspaces that go off; act at once where nothing is."""
        if form.cleaned_data["seen"] != version_of(self.project):
            return self.show_conflict(form)
        if any(rows for _label, rows in list_lost(self.project, form.cleaned_data["workspaces"])):
            return super().show_review(form)
        return self.form_valid(form)


class SigningView(FactsFormView):
    """Require that decisions be signed with a passkey, or no longer."""

    permission = "governance.sign_decisions"
    form_class = SigningForm
    title = button = _("Change how decisions are signed")
    lede = _("A signature is checked by anyone, without Ouvrage. Decisions already recorded stay as they are.")
    done = _("The signing of decisions is changed.")
    service = services.sign_decisions


class ArchiveView(FactsFormView):
    """Archive a project that has ended."""

    permission = "governance.archive"
    form_class = SeenForm
    title = button = _("Archive the project")
    lede = _("It stays readable but can no longer be changed. Lists show it only on request.")
    done = _("The project is archived.")
    service = services.archive


class UnarchiveView(ArchiveView):
    """Take a project out of the archive."""

    permission = "governance.unarchive"
    title = button = _("Take the project out of the archive")
    lede = _("It is in the lists again. It stays closed or abandoned until a decision reopens it.")
    done = _("The project is out of the archive.")
    service = services.unarchive
