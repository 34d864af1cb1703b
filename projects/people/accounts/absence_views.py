"""Pages of an absence: of the reader's own account, and of a person for administrators."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core.access import ensure, reader
from core.pages.form_views import ActFormView, Text
from core.pages.refusals.views import Conflict, conflict
from projects.organisation_settings.queries import today
from projects.people.absences import services
from projects.people.absences.forms import AbsenceForm
from projects.people.absences.queries import is_over
from projects.people.accounts.views import get_person_or_404, person_url
from roles.models import User


class AbsenceView(ActFormView):
    """State the absence of a person, by default the reader's own."""

    template_name = "projects/people/accounts/absence_form.html"
    permission = "projects.state_absence"
    form_class = AbsenceForm
    button = _("Declare the absence")
    done = _("The absence is recorded.")
    lede = _("An absence transfers no rights. Only a mandate or a delegation gives them.")

    object: User

    @property
    def project(self) -> None:
        """Return None: accounts belong to no project."""
        return

    def get_object(self) -> User:
        return get_person_or_404(self.kwargs.get("person_id", self.actor.pk))

    def get_title(self) -> Text:
        if self.object == self.actor:
            return _("Your absence")
        return _("Absence of %(person)s") % {"person": self.object}

    def get_form_kwargs(self) -> dict[str, Any]:
        """Show the absence that is stated, unless it is over."""
        shown = {} if is_over(self.object, today()) else {name: getattr(self.object, name) for name in FIELDS}
        return super().get_form_kwargs() | {"person": self.object, "initial": shown}

    def get_back_url(self) -> str:
        return account_url(self.actor, self.object)

    def act(self, data: dict[str, Any]) -> User:
        return services.state_absence(actor=self.actor, person=self.object, **data)


FIELDS = tuple(AbsenceForm.base_fields)


def account_url(user: Any, person: User) -> str:
    """Return the address of one's own account, or of the page of another person."""
    return reverse("projects:people:account") if person == user else person_url(person)


@require_POST
def absence_take_back(request: HttpRequest, person_id: int) -> HttpResponse:
    """Take back the absence of a person."""
    person = get_person_or_404(person_id)
    ensure(request.user, "projects.state_absence", person)
    back = account_url(request.user, person)
    try:
        services.take_back_absence(actor=reader(request), person=person)
    except ValidationError as error:
        title = _("The absence stays as it is")
        return conflict(request, Conflict(title, " ".join(error.messages), back, _("Read the account as it is now")))
    messages.success(request, _("The absence is taken back."))
    return redirect(back)
