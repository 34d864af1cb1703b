"""Switch on the workspaces that a mandatory standard above requires. Called inside the act of the owner above."""

from dataclasses import dataclass

from django.urls import reverse

from governance.enums import Act, Reason
from projects.ledger.services import record
from projects.models import Project
from projects.notices.services import notify
from projects.seats.mandates.holders import contributors, owners
from projects.workspaces import add_required, requirements_of
from roles.enums import DecisionKind, Nature
from roles.models import User


@dataclass(frozen=True)
class FactsNotice:
    """The subject of a notice on the facts of a project."""

    project: Project

    @property
    def reference(self) -> str:
        return self.project.code

    @property
    def title(self) -> str:
        return self.project.title_fr if self.project.language == "fr" else self.project.title_en

    def get_absolute_url(self) -> str:
        return reverse("governance:facts:facts", args=[self.project.code])


def require_below(node: Project, actor: User) -> None:
    """Switch on what is required of each open project below a locked node.

    The projects are locked level by level, so that one opened or switched meanwhile is seen here or sees the
    requirement.
    """
    for project in list(Project.objects.lock().filter(parent=node).order_by("pk")):
        require_on(project)
        if project.has_parts:
            require_below(project, actor)


def require_on(project: Project) -> None:
    """Switch on what is required of a locked project and off there, and tell its owner and its office."""
    missing = [one for one in requirements_of(project) if not project.has(one.workspace)]
    if not missing:
        return
    project.workspaces = add_required(project.workspaces, missing)
    project.save(update_fields=["workspaces"])
    on = ",".join(sorted({one.workspace.value for one in missing}))
    because = ",".join(sorted({f"{one.node}/{one.name}" for one in missing}))
    event = record(Act.REQUIRE_WORKSPACES, project, on=on, because=because)
    keepers = contributors(project, DecisionKind.STANDARD_ADOPTION, Nature.PRODUCE, Nature.PROPOSE)
    people = [mandate.holder for mandate in (*owners(project), *keepers)]
    notify(event=event, reason=Reason.WORKSPACES_REQUIRED, about=FactsNotice(project), people=people)
