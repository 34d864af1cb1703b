"""Page of the organisation of a person: of the reader's own account, and of a person for administrators."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.pages.form_views import ActFormView, Text
from projects.organisation_settings.queries import today
from projects.people.accounts.absence_views import account_url
from projects.people.accounts.employers import change_employer
from projects.people.accounts.forms import EmployerForm
from projects.people.accounts.views import get_person_or_404
from roles.models import User


class EmployerView(ActFormView):
    """Record for which organisation a person works, by default the reader."""

    template_name = "projects/people/accounts/employer_form.html"
    permission = "projects.change_employer"
    form_class = EmployerForm
    button = _("Save the organisation")
    done = _("The organisation is saved.")
    lede = _("It tells whether roles are independent of each other. The earlier organisation stays in the record.")
    error_field = "organisation"

    object: User

    @property
    def project(self) -> None:
        """Return None: accounts belong to no project."""
        return

    def get_object(self) -> User:
        return get_person_or_404(self.kwargs.get("person_id", self.actor.pk))

    def get_title(self) -> Text:
        if self.object == self.actor:
            return _("Your organisation")
        return _("Organisation of %(person)s") % {"person": self.object}

    def get_form_kwargs(self) -> dict[str, Any]:
        shown = {"organisation": str(self.object.organisation or ""), "starts_on": today()}
        return super().get_form_kwargs() | {"initial": shown}

    def get_back_url(self) -> str:
        return account_url(self.actor, self.object)

    def act(self, data: dict[str, Any]) -> User:
        """Record the organisation."""
        return change_employer(actor=self.actor, person=self.object, **data)
