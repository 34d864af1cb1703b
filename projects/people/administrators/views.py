"""Pages of administrators on each other: name one, end the rights of one, object to it."""

from typing import Any

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from core.pages.form_views import ActFormView, Text
from core.pages.refusals.views import Conflict
from projects.organisation_settings.queries import find_waiting_time
from projects.people.administrators import services
from projects.people.administrators.enums import HOURS
from projects.people.administrators.links import build_objection_link, find_to_object
from projects.people.administrators.models import AdministratorEnding
from projects.people.administrators.queries import rights_count
from roles.models import INSTALLATION, User


class AdministratorView(ActFormView):
    """A form without fields on one person."""

    template_name = "projects/people/administrators/administrator_form.html"
    conflicts = (ValidationError,)

    object: User

    @property
    def project(self) -> None:
        return

    def get_object(self) -> User:
        return get_object_or_404(User.objects.exclude(email=INSTALLATION), pk=self.kwargs["person_id"])

    def get_quote(self) -> Text:
        """Return the name and address of the person."""
        return f"{self.object.name}, {self.object.email}"

    def get_back_url(self) -> str:
        """Return the address of the page of the person."""
        return reverse("projects:people:person", args=[self.object.pk])

    def get_consequences(self) -> list[Text]:
        """Return what follows, in sentences."""
        return []

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

    def get_consequences(self) -> list[Text]:
        told = _("The person and all administrators receive an email.")
        waiting = find_waiting_time(timezone.now())
        if not waiting:
            return [told]
        waits = _(
            "For the first %(hours)s hours the person cannot name administrators, end their rights, propose addresses "
            "or make tokens of provisioning. Until then any administrator can end these rights at once."
        )
        return [told, waits % {"hours": round(waiting.total_seconds() / 3600)}]

    def act(self, data: dict[str, Any]) -> User:
        return services.name_administrator(actor=self.actor, person=self.object)


class AdministratorEndView(AdministratorView):
    """Ask that the rights of an administrator end."""

    permission = "projects.end_administrator"
    title = _("Remove administrator rights")
    lede = _("The account stays open, with its roles on projects.")
    button = _("Remove the rights")

    def get_consequences(self) -> list[Text]:
        told = _("The person and all administrators receive an email.")
        if not rights_count(self.object):
            return [told, _("These rights do not count yet. They end at once.")]
        ends = _(
            "The rights end in %(hours)s hours, unless the person objects by the link in their email. A second "
            "administrator can confirm: the rights then end at once, also after an objection."
        )
        return [told, ends % {"hours": HOURS}]

    def act(self, data: dict[str, Any]) -> AdministratorEnding:
        return services.end_administrator(actor=self.actor, person=self.object)

    def get_done(self, result: AdministratorEnding) -> Text:
        if result.ended_at:
            return _("This person is no longer an administrator.")
        return _("The person and all administrators receive an email. The rights end later.")


class AdministratorSecondView(AdministratorView):
    """Confirm, as a second administrator, that the rights of one end."""

    permission = "projects.end_administrator"
    title = _("Confirm the end of administrator rights")
    lede = _("You are the second administrator: the rights end at once.")
    button = _("End the rights")
    done = _("This person is no longer an administrator.")

    def act(self, data: dict[str, Any]) -> AdministratorEnding:
        return services.second_ending(actor=self.actor, person=self.object)


class AdministratorKeepView(AdministratorView):
    """Take back the end of the rights of an administrator."""

    permission = "projects.end_administrator"
    title = _("Keep administrator rights")
    lede = _("The person stays an administrator. The person and all administrators receive an email.")
    button = _("Keep the rights")
    done = _("This person stays an administrator.")

    def act(self, data: dict[str, Any]) -> AdministratorEnding:
        """Take back."""
        return services.keep_administrator(actor=self.actor, person=self.object)


@require_GET
def administrator_mine(request: HttpRequest) -> HttpResponse:
    """Lead the reader to the page on which they object to the end of their rights."""
    ending = get_object_or_404(AdministratorEnding.objects.open(), person=request.user.pk, objected_at=None)
    return redirect(build_objection_link(ending))


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def administrator_object(request: HttpRequest, token: str) -> HttpResponse:
    """Show the end of rights of a mailed link; object on POST. Nobody needs to be signed in."""
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="reset_password_from_key")
    if limited:
        return limited
    ending = find_to_object(token)
    if ending is None:
        return render(request, "projects/people/administrators/link_refused.html")
    if request.method == "GET":
        return render(request, "projects/people/administrators/administrator_object.html", {"ending": ending})
    try:
        services.object_to_ending(actor=ending.person, ending=ending)
    except services.NoLongerOpen:
        return render(request, "projects/people/administrators/link_refused.html")
    return render(request, "projects/people/administrators/administrator_objected.html", {"ending": ending})
