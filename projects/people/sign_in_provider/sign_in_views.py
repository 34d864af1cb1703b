"""Ways to the provider and back: sign in, link one's account, accept an invitation, confirm that it is you."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.access import reader
from core.pages.refusals.views import Conflict, conflict
from projects.people.accounts.invitations import find_invited
from projects.people.sign_in_provider import pending, services
from projects.people.sign_in_provider.claims import ProviderFailed
from projects.people.sign_in_provider.completion import finish
from projects.people.sign_in_provider.enums import EXPIRED, NO_LONGER_INVITED, UNREACHABLE, Process
from projects.people.sign_in_provider.pages import show_failure
from projects.people.sign_in_provider.provider import CallbackView, Provider, ProviderAdapter
from projects.people.sign_in_provider.queries import find_provider
from roles.reauthentication.proofs import ensure_proved

#: Titles of the page on which a person confirms what is written.
TITLES = {
    Process.SIGN_IN: _("Open your account"),
    Process.LINK: _("Link your account"),
    Process.INVITATION: _("Accept the invitation"),
}


@login_not_required
@never_cache
@require_POST
def provider_sign_in(request: HttpRequest) -> HttpResponse:
    """Send a person to the provider, to sign in."""
    return _leave(request, Process.SIGN_IN)


@login_not_required
@never_cache
@require_POST
def provider_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Send an invited person to the provider, which takes the place of a password."""
    if find_invited(token) is None:
        return show_failure(request, NO_LONGER_INVITED)
    return _leave(request, Process.INVITATION, token=token)


@never_cache
@require_POST
def provider_link(request: HttpRequest) -> HttpResponse:
    """Send the reader to the provider, to link their account."""
    ensure_proved("link the sign-in provider")
    return _leave(request, Process.LINK, person=str(reader(request).key))


@never_cache
@require_POST
def provider_confirm(request: HttpRequest) -> HttpResponse:
    """Send the reader to the provider, to confirm that it is them, where the organisation relies on it."""
    provider = find_provider()
    if provider is None or provider.asks_own_factor:
        raise Http404
    return _leave(request, Process.CONFIRM)


@require_POST
def provider_unlink(request: HttpRequest) -> HttpResponse:
    """End the link between the reader's account and the provider."""
    ensure_proved("link the sign-in provider")
    try:
        services.unlink_provider(actor=reader(request))
    except ValidationError as error:
        text, back = " ".join(error.messages), "/account/"
        return conflict(request, Conflict(_("The link stays"), text, back, _("Your account")))
    messages.success(request, _("The identity provider is no longer linked."))
    return redirect("projects:people:account")


@login_not_required
@never_cache
@require_GET
def provider_callback(request: HttpRequest) -> HttpResponse:
    """Take a person back from the provider."""
    try:
        response: HttpResponse = CallbackView.adapter_view(ProviderAdapter(request, ""))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except ProviderFailed as error:
        return show_failure(request, error.failure, str(error))
    return response


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def provider_finish(request: HttpRequest) -> HttpResponse:
    """Show who the provider says the person is; open, link or accept on POST."""
    provider, waiting = find_provider(), pending.read(request)
    if provider is None or waiting is None:
        return show_failure(request, EXPIRED)
    if request.method == "GET":
        context = {"title": TITLES[waiting.process], "provider": provider, "identity": waiting.identity}
        return render(request, "projects/people/sign_in_provider/finish.html", context)
    pending.drop(request)
    return finish(request, provider, waiting)


def _leave(request: HttpRequest, process: Process, **data: Any) -> HttpResponse:
    """Show the page that leads to the provider.

    The content security policy lets a form lead nowhere else, not even by a redirect: hence a page.
    """
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="login")
    if limited:
        return limited
    described = find_provider()
    if described is None:
        raise Http404
    next_url = request.POST.get("next", "")
    if not get_adapter().is_safe_url(next_url):
        next_url = ""
    try:
        response = Provider(request, described).begin(request, process, next_url, data)
    except ProviderFailed as error:
        return show_failure(request, error.failure, str(error))
    except OAuth2Error as error:
        return show_failure(request, UNREACHABLE, str(error))
    if not isinstance(response, HttpResponseRedirect):
        return response
    return render(
        request, "projects/people/sign_in_provider/leave.html", {"provider": described, "address": response.url}
    )
