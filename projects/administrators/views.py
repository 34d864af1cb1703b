"""Pages of administrators on each other: name one, end the rights of one."""

from typing import Any

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.form_views import ActFormView, Text
from core.refusals.views import Conflict
from projects.administrators import services
from roles.models import INSTALLATION, User


class AdministratorView(ActFormView):
    """A form without fields on one person."""

    template_name = "projects/administrators/administrator_form.html"
    conflicts = (ValidationError,)

    object: User

    @property
    def project(self) -> None:
        """Return None: administrators belong to no project."""
        return

    def get_object(self) -> User:
        """Return the person. Raises Http404."""
        return get_object_or_404(User.objects.exclude(email=INSTALLATION), pk=self.kwargs["person_id"])

    def get_quote(self) -> Text:
        """Return the name and address of the person."""
        return f"{self.object.name}, {self.object.email}"

    def get_back_url(self) -> str:
        """Return the address of the page of the person."""
        return reverse("projects:people:person", args=[self.object.pk])

    def get_conflict(self, error: Exception) -> Conflict:
        """Return the conflict page with the reason of the refusal."""
        text = " ".join(error.messages) if isinstance(error, ValidationError) else ""
        return Conflict(_("Nothing has changed"), text, self.get_back_url(), _("Read the account as it is now"))


class AdministratorNameView(AdministratorView):
    """Make a person an administrator."""

    permission = "projects.name_administrator"
    title = _("Grant administrator rights")
    lede = _(
        "An administrator opens projects, invites people and manages the settings, without access to the contents "
        "of projects."
    )
    button = _("Grant the rights")
    done = _("This person is an administrator.")

    def act(self, data: dict[str, Any]) -> User:
        """Name."""
        return services.name_administrator(actor=self.actor, person=self.object)


class AdministratorEndView(AdministratorView):
    """End the rights of an administrator."""

    permission = "projects.end_administrator"
    title = _("Remove administrator rights")
    lede = _("The account stays open, with its roles on projects.")
    button = _("Remove the rights")
    done = _("This person is no longer an administrator.")

    def act(self, data: dict[str, Any]) -> User:
        """End."""
        return services.end_administrator(actor=self.actor, person=self.object)
