"""Pages of administrators on the provider by which people sign in."""

import logging
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core.access import ensure, reader
from projects.organisation_settings import services
from projects.organisation_settings.form_views import SettingsFormView
from projects.organisation_settings.models import OrganisationSettings
from projects.organisation_settings.sections import list_sections
from projects.people.sign_in_provider.claims import ProviderFailed, check
from projects.people.sign_in_provider.enums import UNUSABLE
from projects.people.sign_in_provider.forms import ProviderForm
from projects.people.sign_in_provider.provider import callback_url
from projects.people.sign_in_provider.queries import find_entered_provider, set_by_environment
from projects.people.sign_in_provider.services import note_check

logger = logging.getLogger("ouvrage.refusals")


class ProviderSettingsView(SettingsFormView):
    """Change the provider by which people sign in."""

    template_name = "projects/people/sign_in_provider/provider_form.html"
    form_class = ProviderForm
    title = _("Identity provider")
    lede = _("People can sign in with the identity provider of your organisation, by OpenID Connect.")
    button = _("Save the identity provider")
    done = _("The settings are saved.")

    def get_back_url(self) -> str:
        """Return the address of this page."""
        return reverse("projects:sign_in_provider:provider_edit")

    def get_context_data(self, form: Any) -> dict[str, Any]:
        """Return the context with what the provider has to know, and what the environment sets."""
        return super().get_context_data(form) | {
            "sections": list_sections(),
            "callback_url": callback_url(),
            "provider": find_entered_provider(),
            "has_secret": bool(self.row.provider_secret),
            "variables": set_by_environment().values(),
        }

    def act(self, data: dict[str, Any]) -> OrganisationSettings:
        return services.edit_settings(actor=self.actor, seen=data.pop("seen"), fields=data)


@require_POST
def provider_check(request: HttpRequest) -> HttpResponse:
    """Ask the provider for its configuration. Once it answers as it must, people can sign in there."""
    ensure(request.user, "projects.edit_settings")
    provider = find_entered_provider()
    if provider is None:
        messages.error(request, _("Enter the issuer and the client identifier first."))
    else:
        try:
            check(provider.issuer)
        except ProviderFailed as failed:
            logger.warning("check of the provider: %s", " ".join(str(failed).split()))
            messages.error(request, str(UNUSABLE))
        else:
            note_check(actor=reader(request), issuer=provider.issuer)
            messages.success(request, _("The identity provider answers as entered. People can sign in with it."))
    return redirect("projects:sign_in_provider:provider_edit")
